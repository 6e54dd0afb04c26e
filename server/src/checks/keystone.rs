//! Keystone: the identity service of `OpenStack`, and the account that Quay looks users up with.

mod settings;
mod version2;
mod version3;

use super::common::OTHER_PROTOCOL;
use super::course::{Course, Done, Step, Stopped};
use super::fault::{Fault, Told, faults};
use super::shell::shell_quoted;
use super::sign_in::said;
use super::sign_in::visit::{Ask, Place, Visit};
use super::{Check, Planned, Settings};
use crate::clients::http::Answer;
use cluster::check::StageKind;
use http::StatusCode;
use serde_json::Value as Json;
use settings::{Account, account};

/// Tries the Keystone that checks passwords.
pub const CHECK: Check = Check {
    name: "keystone",
    label: "Keystone",
    reads: &[
        "KEYSTONE_AUTH_URL",
        "KEYSTONE_AUTH_VERSION",
        "KEYSTONE_ADMIN_TENANT",
        "KEYSTONE_ADMIN_USERNAME",
        "KEYSTONE_ADMIN_PASSWORD",
    ],
    matters: "Keystone checks the passwords of all users; without it nobody can log in.",
    actions: &[],
    plan,
    writes: false,
    faults: FAULTS,
};

faults! {
    /// 404 at the address, or an answer that names no version.
    NO_KEYSTONE: Error,
    "There is no Keystone of version {version} at {url}: it answers {status}.",
    fix "Enter the address with the version at its end, such as https://keystone.example.com:5000/v3. Ask OpenStack for it: openstack endpoint list --service identity";

    /// The address of all versions, or of the other one.
    OTHER_VERSION: Error,
    "At {url} is Keystone {found}, and version {version} is configured.",
    fix "Enter the address of version {version}, or set Version to the one that is there. Version 2 is gone since 2018.";

    /// 5xx.
    KEYSTONE_ILL: Error,
    "Keystone has trouble of its own: it answers {status}.",
    fix "Look into the log of Keystone at this time.";

    /// 401 for name and password. Keystone does not tell them apart.
    WRONG_PASSWORD: Error,
    "Keystone refuses the name {user} or its password.",
    fix "Correct both, and look whether the account is enabled and in the domain Default: openstack user show {account} --domain default";

    /// Another answer to name and password.
    NOT_LOGGED_IN: Error,
    "Keystone does not log {user} in: it answers {status}.",
    fix "Look into the log of Keystone at this time.";

    /// 401 for the project, which exists, as far as the account can see, or does not.
    PROJECT_REFUSED: Error,
    "There is no project {project} in which {user} has a role; there are: {projects}.",
    fix "Enter one of these as project, or give the account a role: openstack role add --user {account} --project {within} admin";

    /// Quay's library wants one, and newer installations have none.
    NO_ADMIN_ADDRESS: Error,
    "Keystone's list of services has no admin address of Keystone itself, at which Quay looks users up.",
    why "Passwords are checked, but no user is found, and nobody can log in.",
    fix "Add one, the same as the public one: openstack endpoint create --region REGION identity admin {url}";

    /// 404 there.
    ADMIN_ADDRESS_WRONG: Error,
    "There are no users at the admin address {url}, which Keystone's list of services has: it answers {status}.",
    why "Passwords are checked, but no user is found, and nobody can log in.",
    fix "Correct it: openstack endpoint list --service identity --interface admin, then openstack endpoint set --url URL ID";

    /// 403 for users.
    NO_PERMISSION: Error,
    "The account {user} may not look up users: {status}.",
    why "Quay looks up each user after Keystone has checked the password.",
    fix "Give it a role that may: openstack role add --user {account} --project {within} admin";

    /// 403 for groups, which only team synchronization needs.
    NO_GROUPS: Error,
    "The account {user} may not look up groups: {status}.",
    why "Teams are to be synchronized with groups, and cannot be.",
    fix "Give it a role that may: openstack role add --user {account} --project {within} admin";

    /// Another answer to a look-up.
    NOT_FOUND_OUT: Error,
    "Keystone does not answer who its users are: {status}.",
    fix "Look into the log of Keystone at this time.";

    /// An empty list.
    NO_USERS: Warning,
    "Keystone finds no user, not even {user} itself.",
    why "Nobody can log in.",
    fix "Look whether its users are in the domain Default: openstack user list --domain default";
}

fn plan(settings: &Settings<'_>) -> Vec<Planned> {
    match account(settings) {
        None => Vec::new(),
        Some(Ok(account)) => {
            let (path, target) = (account.path.clone(), account.url.clone());
            vec![Planned::new(path, target, move |course| attempt(course, account))]
        }
        Some(Err((path, what))) => vec![Planned::incomplete(path, "Keystone", what)],
    }
}

async fn attempt(course: Course, account: Account) -> Done {
    let mut visit = Visit::new(&course);
    version(&course, &mut visit, &account).await?;
    if account.version == 3 {
        version3::ask(&course, &mut visit, &account).await
    } else {
        version2::ask(&course, &mut visit, &account).await
    }
}

/// Whether there is a Keystone, and of which version.
async fn version(course: &Course, visit: &mut Visit, account: &Account) -> Done {
    let place = account.place(course, "")?;
    let tried = format!("GET {place}: which version");
    let (step, answer) = visit.ask(&place, &Ask::get_once(StageKind::Service, tried, &[])).await?;
    let json = answer.json().unwrap_or_default();
    let found = json.pointer("/version/id").and_then(Json::as_str);
    let several = json.get("versions").is_some();
    let wanted = format!("v{}", account.version);
    match found {
        Some(found) if found.starts_with(&wanted) => {
            step.pass(found);
            Ok(())
        }
        Some(found) => Err(account.fail(step, &OTHER_VERSION, &answer, &place, found)),
        None if several => {
            Err(account.fail(step, &OTHER_VERSION, &answer, &place, "with several versions"))
        }
        None if answer.status.is_server_error() => {
            Err(account.fail(step, &KEYSTONE_ILL, &answer, &place, ""))
        }
        None => Err(account.fail(step, &NO_KEYSTONE, &answer, &place, "")),
    }
}

impl Account {
    /// Ends a stage with a fault. `found` is what was found instead, for the faults that say it.
    fn fail(
        &self,
        step: Step,
        fault: &'static Fault,
        answer: &Answer,
        place: &Place,
        found: &str,
    ) -> Stopped {
        let (version, url, status) = (self.version.to_string(), place.bare(), said(answer));
        let (account, within) = (shell_quoted(&self.user), shell_quoted(&self.project));
        let places = [
            ("version", version.as_str()),
            ("url", url.as_str()),
            ("status", status.as_str()),
            ("user", self.user.as_str()),
            ("project", self.project.as_str()),
            ("account", account.as_str()),
            ("within", within.as_str()),
            ("projects", found),
            ("found", found),
        ];
        step.fail(&status, fault.with(&places))
    }

    /// Ends a stage that has looked up users or groups, where it was not allowed or found nothing.
    fn looked_up(
        &self,
        step: Step,
        answer: &Answer,
        place: &Place,
        forbidden: &'static Fault,
    ) -> Result<Json, Stopped> {
        let fault = match answer.status {
            StatusCode::OK => match answer.json() {
                Some(json) => {
                    step.pass(answer.status.to_string());
                    return Ok(json);
                }
                None => return Err(step.fail(said(answer), other(place))),
            },
            StatusCode::FORBIDDEN => forbidden,
            StatusCode::NOT_FOUND => &ADMIN_ADDRESS_WRONG,
            status if status.is_server_error() => &KEYSTONE_ILL,
            _ => &NOT_FOUND_OUT,
        };
        Err(self.fail(step, fault, answer, place, ""))
    }
}

/// Something else than Keystone answers.
fn other(place: &Place) -> Told {
    let port = place.origin.port.to_string();
    let places =
        [("host", place.origin.host.as_str()), ("port", port.as_str()), ("protocol", "Keystone")];
    OTHER_PROTOCOL.with(&places)
}
