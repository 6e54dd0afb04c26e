//! The directory as a configuration describes it, and what Quay asks it for.

use super::filter;
use crate::checks::Settings;
use config_model::field::Key;
use config_model::sections::access::FEATURE_RESTRICTED_USERS;
use config_model::sections::advanced_access::LDAP_MEMBEROF_ATTR;
use config_model::sections::authentication::FEATURE_TEAM_SYNCING;
use config_model::sections::email::FEATURE_MAILING;
use config_model::sections::ldap::{
    LDAP_ADMIN_DN, LDAP_ADMIN_PASSWD, LDAP_ALLOW_INSECURE_FALLBACK, LDAP_BASE_DN, LDAP_EMAIL_ATTR,
    LDAP_FOLLOW_REFERRALS, LDAP_GLOBAL_READONLY_SUPERUSER_FILTER, LDAP_RESTRICTED_USER_FILTER,
    LDAP_SECONDARY_USER_RDNS, LDAP_SUPERUSER_FILTER, LDAP_UID_ATTR, LDAP_URI, LDAP_USER_FILTER,
    LDAP_USER_RDN,
};
use config_model::value::{DistinguishedName, LdapFilter, List, Text, Value};
use http::Uri;

/// The port where none is written.
const PORT: u16 = 389;
/// The same with TLS.
const TLS_PORT: u16 = 636;
/// The attribute with the groups of a user, as Quay has it where nothing is said.
const MEMBER_OF: &str = "memberOf";

/// A directory, and what Quay looks for in it.
pub(super) struct Directory {
    /// Its address as written.
    pub(super) uri: String,
    pub(super) host: String,
    pub(super) port: u16,
    /// Whether the connection is encrypted from the first byte.
    pub(super) is_encrypted: bool,
    /// Whether TLS failures are to be tolerated.
    pub(super) tolerates: bool,
    /// The search account.
    pub(super) name: String,
    pub(super) password: String,
    /// Below it everything lies.
    pub(super) base: String,
    /// Where users are, as whole names: the first place, then the others.
    pub(super) places: Vec<String>,
    /// The attribute with the user name.
    pub(super) uid: String,
    /// The attribute with the mail address, where Quay lets nobody in without one.
    pub(super) email: Option<String>,
    /// Who may log in.
    pub(super) filter: Option<String>,
    /// Who has a role.
    pub(super) roles: Vec<Role>,
    /// The attribute with the groups of a user, where teams follow groups.
    pub(super) groups: Option<String>,
    /// Whether pointers to other servers are followed.
    pub(super) follows: bool,
}

/// A role that a filter gives.
pub(super) struct Role {
    pub(super) key: &'static str,
    pub(super) filter: String,
}

impl Directory {
    /// Its address, for a person.
    pub(super) fn target(&self) -> String {
        let scheme = if self.is_encrypted { "ldaps" } else { "ldap" };
        format!("{scheme}://{}:{}", self.host, self.port)
    }

    /// What every user matches.
    pub(super) fn users(&self) -> String {
        let all = filter::present(&self.uid);
        match &self.filter {
            Some(filter) => filter::both(&all, filter),
            None => all,
        }
    }
}

/// The directory of a configuration; where it cannot be tried, what is missing.
pub(super) fn directory(settings: &Settings<'_>) -> Result<Directory, String> {
    let document = settings.document;
    let address = document.effective(LDAP_URI).ok_or("the server address")?;
    let (is_encrypted, uri) = (address.is_ldaps(), address.as_str().to_owned());
    let parsed: Uri = uri.parse().map_err(|_| "the server address")?;
    let host = parsed.host().ok_or("the server address")?.to_owned();
    let usual = if is_encrypted { TLS_PORT } else { PORT };
    let name = text(settings, LDAP_ADMIN_DN).ok_or("the search account")?;
    let password = document.effective(LDAP_ADMIN_PASSWD);
    let password = password.and_then(|password| password.reveal().map(str::to_owned));
    let password = password.filter(|password| !password.is_empty());
    let base = names(settings, LDAP_BASE_DN).filter(|base| !base.is_empty());
    let base = base.ok_or("the base")?.join(",");
    let first = names(settings, LDAP_USER_RDN).ok_or("Users below the base")?.join(",");
    let others = names(settings, LDAP_SECONDARY_USER_RDNS).ok_or("More places with users")?;
    let whole = |place: &String| match place.as_str() {
        "" => base.clone(),
        place => format!("{place},{base}"),
    };
    let places = std::iter::once(&first).chain(&others).map(whole).collect();
    let email = text(settings, LDAP_EMAIL_ATTR).ok_or("the e-mail attribute")?;
    let syncs = settings.is_on(FEATURE_TEAM_SYNCING);
    let groups = text(settings, LDAP_MEMBEROF_ATTR).unwrap_or_else(|| MEMBER_OF.to_owned());
    Ok(Directory {
        host,
        port: parsed.port_u16().unwrap_or(usual),
        uri,
        is_encrypted,
        tolerates: settings.is_on(LDAP_ALLOW_INSECURE_FALLBACK),
        name,
        password: password.ok_or("the password of the search account")?,
        places,
        base,
        uid: text(settings, LDAP_UID_ATTR).ok_or("the user name attribute")?,
        email: settings.is_on(FEATURE_MAILING).then_some(email),
        filter: written(settings, LDAP_USER_FILTER)?,
        roles: roles(settings)?,
        groups: syncs.then_some(groups),
        follows: document.effective(LDAP_FOLLOW_REFERRALS).is_none_or(|number| number.0 != 0),
    })
}

/// The filters that give roles, as far as they matter.
fn roles(settings: &Settings<'_>) -> Result<Vec<Role>, String> {
    let mut roles = Vec::new();
    for (key, matters) in [
        (LDAP_SUPERUSER_FILTER, true),
        (LDAP_GLOBAL_READONLY_SUPERUSER_FILTER, true),
        (LDAP_RESTRICTED_USER_FILTER, settings.is_on(FEATURE_RESTRICTED_USERS)),
    ] {
        if let Some(filter) = written(settings, key)?.filter(|_| matters) {
            roles.push(Role { key: key.name(), filter });
        }
    }
    Ok(roles)
}

/// A filter as written: Quay puts parentheses around it where there are none, and so do we.
fn written(settings: &Settings<'_>, key: Key<LdapFilter>) -> Result<Option<String>, String> {
    match settings.at(&key.path()) {
        None => Ok(None),
        Some(Value::Text(text)) => Ok(Some(text.clone())),
        Some(_) => Err(key.name().to_owned()),
    }
}

fn text(settings: &Settings<'_>, key: Key<Text>) -> Option<String> {
    settings.document.effective(key).map(|Text(text)| text).filter(|text| !text.is_empty())
}

fn names(settings: &Settings<'_>, key: Key<List<DistinguishedName>>) -> Option<Vec<String>> {
    let List(names) = settings.document.effective(key)?;
    Some(names.iter().map(|name| name.as_str().to_owned()).collect())
}
