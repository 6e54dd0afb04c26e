//! Keystone: the identity service of `OpenStack` that checks passwords.

use super::authentication::{AUTHENTICATION_TYPE, AuthenticationType, FEATURE_TEAM_SYNCING};
use crate::document::Document;
use crate::value::{HttpUrl, Secret, Spelled, Text, Whole};

section! {
    /// The identity service that checks passwords when Keystone is the authentication.
    "keystone", "Keystone", Access;
    rules: [
        keystone_version_exists, keystone_version_is_that_of_the_address,
        keystone_version_knows_groups, keystone_connection_is_encrypted,
    ];

    /// Version of the Keystone interface, 2 or 3. Choose 3 unless the installation is very old.
    KEYSTONE_AUTH_VERSION "Version": Spelled<Whole> = 2, when(AUTHENTICATION_TYPE, &["Keystone"]), also(&["Keystone API version"]);

    /// Address of Keystone, for example `https://keystone.example.com:5000/v3`.
    KEYSTONE_AUTH_URL "Server address": HttpUrl, required,
        when(AUTHENTICATION_TYPE, &["Keystone"]), also(&["Keystone authentication URL", "OpenStack"]);

    /// The project (called tenant in version 2) of the account below.
    KEYSTONE_ADMIN_TENANT "Project": Text, required, when(AUTHENTICATION_TYPE, &["Keystone"]), also(&["Keystone administrator tenant"]);

    /// The account Quay looks up users with. It must be allowed to list users, and groups where
    /// teams are synchronized.
    KEYSTONE_ADMIN_USERNAME "Search account": Text, required,
        when(AUTHENTICATION_TYPE, &["Keystone"]), also(&["Keystone administrator username"]);

    /// Password of the search account.
    KEYSTONE_ADMIN_PASSWORD "Password of the search account": Secret, required,
        when(AUTHENTICATION_TYPE, &["Keystone"]), also(&["Keystone administrator password"]);
}

fn in_use(document: &Document) -> bool {
    document.effective(AUTHENTICATION_TYPE) == Some(AuthenticationType::Keystone)
}

/// The address and the version, `None` unless Keystone is chosen and both can be read.
fn address_and_version(document: &Document) -> Option<(HttpUrl, Whole)> {
    let url = document.effective(KEYSTONE_AUTH_URL).filter(|_| in_use(document))?;
    Some((url, document.effective(KEYSTONE_AUTH_VERSION)?.0))
}

rule! {
    /// Quay takes any other number for version 2, which is hardly what was meant.
    keystone_version_exists: Error,
    "Quay knows versions 2 and 3 of Keystone only.", fix "Enter 2 or 3.";
    |subject, places| {
        let version = subject.document.effective(KEYSTONE_AUTH_VERSION);
        if version.is_some_and(|Spelled(Whole(version))| ![2, 3].contains(&version)) {
            places.at(KEYSTONE_AUTH_VERSION.path());
        }
    }
}

rule! {
    /// The two versions take different requests; at the wrong address each log-in fails.
    keystone_version_is_that_of_the_address: Warning,
    "The server address names another version than the one chosen.",
    fix "Set Version to the one at the end of the address.";
    |subject, places| {
        let Some((url, version)) = address_and_version(subject.document) else { return };
        let last = url.as_str().trim_end_matches('/').rsplit('/').next();
        let named = match last {
            Some("v2" | "v2.0") => Some(2),
            Some("v3") => Some(3),
            _ => None,
        };
        if named.is_some_and(|named| named != version.0) {
            places.at(KEYSTONE_AUTH_VERSION.path());
        }
    }
}

rule! {
    /// Groups came with version 3.
    keystone_version_knows_groups: Warning,
    "Teams are to be synchronized, but version 2 of Keystone has no groups.",
    fix "Use version 3, or turn off Synchronize teams.";
    |subject, places| {
        let document = subject.document;
        let syncing = document.effective(FEATURE_TEAM_SYNCING) == Some(true);
        let old = document.effective(KEYSTONE_AUTH_VERSION) == Some(Spelled(Whole(2)));
        if in_use(document) && syncing && old {
            places.at(KEYSTONE_AUTH_VERSION.path());
        }
    }
}

rule! {
    /// Keystone is sent the password of each user who logs in.
    keystone_connection_is_encrypted: Warning,
    "Passwords travel to Keystone in clear.", fix "Use an address that begins with https://.";
    |subject, places| {
        let clear = address_and_version(subject.document).is_some_and(|(url, _)| !url.is_https());
        if clear {
            places.at(KEYSTONE_AUTH_URL.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rule::testing::findings;

    const GOOD: &str = "AUTHENTICATION_TYPE: Keystone
KEYSTONE_AUTH_VERSION: 3
KEYSTONE_AUTH_URL: https://keystone.example.com:5000/v3
KEYSTONE_ADMIN_TENANT: admin
KEYSTONE_ADMIN_USERNAME: quay
KEYSTONE_ADMIN_PASSWORD: password
";

    #[test]
    fn a_good_keystone_is_accepted() {
        assert_eq!(findings(GOOD), [""; 0]);
        assert_eq!(findings(&format!("{GOOD}FEATURE_TEAM_SYNCING: true")), [""; 0]);
        let in_quotes = GOOD.replace("VERSION: 3", "VERSION: '3'");
        assert_eq!(findings(&in_quotes), [""; 0], "as the removed tool wrote it");
        let old = GOOD.replace("VERSION: 3", "VERSION: 2").replace("/v3", "/v2.0/");
        assert_eq!(findings(&old), [""; 0]);
    }

    #[test]
    fn what_quay_cannot_do_without_is_required() {
        assert_eq!(
            findings("AUTHENTICATION_TYPE: Keystone\nKEYSTONE_AUTH_VERSION: 3"),
            [
                "required_value_is_set KEYSTONE_AUTH_URL",
                "required_value_is_set KEYSTONE_ADMIN_TENANT",
                "required_value_is_set KEYSTONE_ADMIN_USERNAME",
                "required_value_is_set KEYSTONE_ADMIN_PASSWORD",
            ]
        );
    }

    #[test]
    fn there_are_two_versions() {
        assert_eq!(
            findings("KEYSTONE_AUTH_VERSION: 4"),
            ["keystone_version_exists KEYSTONE_AUTH_VERSION"]
        );
    }

    #[test]
    fn the_address_names_the_same_version() {
        assert_eq!(
            findings(&GOOD.replace("/v3", "/v2.0")),
            ["keystone_version_is_that_of_the_address KEYSTONE_AUTH_VERSION"]
        );
    }

    #[test]
    fn version_2_cannot_synchronize_teams() {
        let old = GOOD.replace("VERSION: 3", "VERSION: 2").replace("/v3", "/v2.0");
        assert_eq!(
            findings(&format!("{old}FEATURE_TEAM_SYNCING: true")),
            ["keystone_version_knows_groups KEYSTONE_AUTH_VERSION"]
        );
    }

    #[test]
    fn a_connection_in_clear_is_warned_about() {
        assert_eq!(
            findings(&GOOD.replace("https:", "http:")),
            ["keystone_connection_is_encrypted KEYSTONE_AUTH_URL"]
        );
    }
}
