//! What is configured of Keystone.

use crate::checks::course::faults::not_repeated;
use crate::checks::course::{Course, Stopped};
use crate::checks::sign_in::visit::Place;
use crate::checks::sign_in::{below, revealed};
use crate::checks::{INCOMPLETE, Settings};
use cluster::check::StageKind;
use config_model::path::Path;
use config_model::sections::authentication::{
    AUTHENTICATION_TYPE, AuthenticationType, FEATURE_TEAM_SYNCING,
};
use config_model::sections::keystone::{
    KEYSTONE_ADMIN_PASSWORD, KEYSTONE_ADMIN_TENANT, KEYSTONE_ADMIN_USERNAME, KEYSTONE_AUTH_URL,
    KEYSTONE_AUTH_VERSION,
};
use config_model::value::{Spelled, Text, Whole};

/// The account that Quay looks users up with.
pub(super) struct Account {
    /// Where its Keystone stands in the configuration.
    pub(super) path: Path,
    /// The address of its Keystone, as written.
    pub(super) url: String,
    /// The version of the interface, 2 or 3.
    pub(super) version: u64,
    /// Its name.
    pub(super) user: String,
    /// Its password.
    pub(super) password: String,
    /// Its project, which version 2 calls tenant.
    pub(super) project: String,
    /// Whether groups are looked up as well.
    pub(super) groups: bool,
}

/// The account, or what it lacks and where; `None` where something else checks passwords.
pub(super) fn account(settings: &Settings<'_>) -> Option<Result<Account, (Path, &'static str)>> {
    let chosen = settings.document.effective(AUTHENTICATION_TYPE)?;
    (chosen == AuthenticationType::Keystone).then(|| read(settings))
}

fn read(settings: &Settings<'_>) -> Result<Account, (Path, &'static str)> {
    let document = settings.document;
    let Some(url) = document.effective(KEYSTONE_AUTH_URL) else {
        return Err((KEYSTONE_AUTH_URL.path(), "the server address"));
    };
    let Some(Text(user)) = document.effective(KEYSTONE_ADMIN_USERNAME) else {
        return Err((KEYSTONE_ADMIN_USERNAME.path(), "the search account"));
    };
    let Some(Text(project)) = document.effective(KEYSTONE_ADMIN_TENANT) else {
        return Err((KEYSTONE_ADMIN_TENANT.path(), "the project"));
    };
    // Quay takes any number but 3 for 2.
    let version = document.effective(KEYSTONE_AUTH_VERSION);
    let is_3 = version.is_some_and(|Spelled(Whole(version))| version == 3);
    Ok(Account {
        path: KEYSTONE_AUTH_URL.path(),
        url: url.as_str().to_owned(),
        version: if is_3 { 3 } else { 2 },
        user,
        password: revealed(document.effective(KEYSTONE_ADMIN_PASSWORD)),
        project,
        groups: settings.is_on(FEATURE_TEAM_SYNCING),
    })
}

impl Account {
    /// What somebody logs in with, and where.
    pub(super) fn values(&self) -> [&str; 3] {
        [&self.url, &self.user, &self.password]
    }

    /// Ends the check where these values were refused before, and are not tried again.
    pub(super) fn spare(&self, course: &Course, tried: &str) -> Result<(), Stopped> {
        let Some(times) = course.refused_before(&self.values()) else { return Ok(()) };
        let step = course.begin(StageKind::Authentication, tried);
        Err(step.fail("not tried again", not_repeated(times)))
    }

    /// A page below the address.
    pub(super) fn place(&self, course: &Course, rest: &str) -> Result<Place, Stopped> {
        let bare = self.url.trim_end_matches('/');
        let url = if rest.is_empty() { bare.to_owned() } else { below(bare, rest) };
        Place::of(&url).ok_or_else(|| {
            let step = course.begin(StageKind::Settings, "the server address");
            step.fail(url, INCOMPLETE.with(&[("what", "the server address")]))
        })
    }
}
