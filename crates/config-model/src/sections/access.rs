//! Who may come in, what they may make, and who is in charge.

use super::oidc;
use crate::value::{Duration, List, Text, Value};

section! {
    /// How people log in, what they may do once they are in, and who is in charge.
    "access", "Access", Access;
    rules: [somebody_can_log_in, invitation_creates_an_account, registry_has_an_administrator];

    /// User names of the people in charge of the whole registry. Naming them here creates no
    /// account.
    SUPER_USERS "Administrators": List<Text> = [], also(&["Super users", "superuser", "admin"]), unique;

    /// Give the administrators their pages: all users, organizations, and messages to everybody.
    FEATURE_SUPER_USERS "Administrators have their own pages": bool = true, also(&["superuser panel", "admin"]);

    /// Let administrators see and change every repository and organization, not only those they
    /// are members of.
    FEATURE_SUPERUSERS_FULL_ACCESS "Administrators reach everything": bool = false, when(FEATURE_SUPER_USERS, &["true"]);

    /// Let only administrators make organizations.
    FEATURE_SUPERUSERS_ORG_CREATION_ONLY "Only administrators make organizations": bool = false, when(FEATURE_SUPER_USERS, &["true"]);

    /// User names of auditors: they see every repository and organization and change nothing.
    GLOBAL_READONLY_SUPER_USERS "Auditors": List<Text> = [], also(&["read-only superuser"]), unique;

    /// Let people log in to the web pages with a user name and a password. Turn it off where
    /// everybody comes in through another provider.
    FEATURE_DIRECT_LOGIN "Direct log-in": bool = true, also(&["Basic credentials login"]);

    /// Let users make tokens that stand in for their password in Docker and other programs. A
    /// lost token is revoked alone.
    FEATURE_APP_SPECIFIC_TOKENS "Application tokens": bool = true, also(&["External application tokens"]);

    /// How long such a token is good for. Without a value it never expires.
    APP_SPECIFIC_TOKEN_EXPIRATION "Lifetime of application tokens": Duration, when(FEATURE_APP_SPECIFIC_TOKENS, &["true"]),
        also(&["External application token expiration"]);

    /// How long an expired token stays in the user's list before it is removed.
    EXPIRED_APP_SPECIFIC_TOKEN_GC "Keep expired tokens for": Duration = "1d", when(FEATURE_APP_SPECIFIC_TOKENS, &["true"]);

    /// Let anyone search for and pull public repositories without logging in.
    FEATURE_ANONYMOUS_ACCESS "Anonymous access": bool = true, also(&["guest", "public repositories"]);

    /// Let people make their own accounts. Turn it off where administrators or a directory such
    /// as LDAP provide them.
    FEATURE_USER_CREATION "User creation": bool = true, also(&["sign up", "registration"]);

    /// A new account needs an invitation to a team. It takes User creation as well.
    FEATURE_INVITE_ONLY_USER_CREATION "Only with an invitation": bool = false, also(&["Invite-only user creation"]);

    /// Take only encrypted passwords from Docker and other programs; users make them on their
    /// settings page. Nobody's real password ends up in a file then.
    FEATURE_REQUIRE_ENCRYPTED_BASIC_AUTH "Require encrypted client passwords": bool = false, also(&["Encrypted client password", "docker login"]);

    /// Suggest user names from their first letters. Without it a name must be typed in full, and
    /// nobody can find out who has an account.
    FEATURE_PARTIAL_USER_AUTOCOMPLETE "Complete user names": bool = true, also(&["Prefix username autocompletion"]);

    /// Ask users before they become members of a team. Otherwise whoever is added is a member at
    /// once.
    FEATURE_REQUIRE_TEAM_INVITE "Team members must accept": bool = true, also(&["Team invitations"]);

    /// Allow slashes inside repository names, as in `team/backend/api`.
    FEATURE_EXTENDED_REPOSITORY_NAMES "Nested repository names": bool = true;

    /// Make new repositories private when a push creates them. Otherwise everybody can see them.
    CREATE_PRIVATE_REPO_ON_PUSH "Pushed repositories are private": bool = true;

    /// Quay's server does not read this old name. Use the setting above.
    CREATE_REPOSITORY_ON_PUSH_PUBLIC "Pushed repositories are public": bool = false;

    /// Make an organization when somebody pushes to one that does not exist.
    CREATE_NAMESPACE_ON_PUSH "A push makes its organization": bool = false;

    /// Keep users from making organizations, and repositories of their own, except those listed
    /// below.
    FEATURE_RESTRICTED_USERS "Restrict users": bool = false;

    /// User names that the restriction does not hold for.
    RESTRICTED_USERS_WHITELIST "Unrestricted users": List<Text>, when(FEATURE_RESTRICTED_USERS, &["true"]);

    /// How long a log-in lasts in the browser.
    SESSION_TIMEOUT "Log-in lasts": Duration = "31d", also(&["logout", "session lifetime"]), may_be_empty;

    /// How long after a log-in users may change sensitive settings without giving their password
    /// again.
    FRESH_LOGIN_TIMEOUT "Ask for the password again after": Duration = "10m", may_be_empty;

    /// How long the link in a password recovery mail works.
    USER_RECOVERY_TOKEN_LIFETIME "Recovery link works for": Duration = "30m", may_be_empty;

    /// Remember when each user and token was last seen.
    FEATURE_USER_LAST_ACCESSED "Record the last access": bool = true;

    /// Ask users for their name, company and place.
    FEATURE_USER_METADATA "Ask for personal details": bool = false;

    /// Let users read the action log of their own account.
    FEATURE_USER_LOG_ACCESS "Users see their own log": bool = false;

    /// Let users change their own user name. The names of their repositories change with it.
    FEATURE_USER_RENAME "Users may rename themselves": bool = false;

    /// Let users who come from another provider correct the user name Quay made for them.
    FEATURE_USERNAME_CONFIRMATION "Confirm new user names": bool = true;

    /// Let a program make the very first account, while there is none. Turn it off again once
    /// that is done.
    FEATURE_USER_INITIALIZE "First account by a program": bool = false;
}

rule! {
    /// Quay's own checker keeps Quay from starting, for everybody would be locked out.
    somebody_can_log_in: Error,
    "Nobody can log in: direct log-in is off, and no other provider is set up.",
    fix "Turn on Direct log-in, or set up GitHub, Google or an OpenID Connect provider.";
    |subject, places| {
        let document = subject.document;
        let on = |name: &str| document.top(name).and_then(Value::as_bool) == Some(true);
        let elsewhere = on("FEATURE_GITHUB_LOGIN")
            || on("FEATURE_GOOGLE_LOGIN")
            || oidc::providers(document).next().is_some();
        if document.effective(FEATURE_DIRECT_LOGIN) == Some(false) && !elsewhere {
            places.at(FEATURE_DIRECT_LOGIN.path());
        }
    }
}

rule! {
    /// Quay's own checker keeps Quay from starting: the invited could not make an account.
    invitation_creates_an_account: Error,
    "Invited people cannot make an account, because user creation is off.",
    fix "Turn on User creation, or turn off Only with an invitation.";
    |subject, places| {
        let document = subject.document;
        let invited = document.effective(FEATURE_INVITE_ONLY_USER_CREATION) == Some(true);
        if invited && document.effective(FEATURE_USER_CREATION) == Some(false) {
            places.at(FEATURE_INVITE_ONLY_USER_CREATION.path());
            places.at(FEATURE_USER_CREATION.path());
        }
    }
}

rule! {
    /// Somebody must be able to unlock accounts and see what is going on.
    registry_has_an_administrator: Warning,
    "Nobody is in charge of the registry.",
    fix "Enter at least one user name under Administrators.";
    |subject, places| {
        let document = subject.document;
        let wanted = document.effective(FEATURE_SUPER_USERS) == Some(true);
        let named = document.effective(SUPER_USERS).is_none_or(|names| !names.0.is_empty());
        // A directory may say who is in charge.
        let found = document.top("LDAP_SUPERUSER_FILTER").is_some_and(|filter| !filter.is_blank());
        if wanted && !named && !found {
            places.at(SUPER_USERS.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rule::testing::findings;

    #[test]
    fn a_registry_with_an_administrator_is_accepted() {
        let report = findings(
            "SUPER_USERS: [admin]\nAPP_SPECIFIC_TOKEN_EXPIRATION: null\nSESSION_TIMEOUT: 12h\n\
             FEATURE_INVITE_ONLY_USER_CREATION: true",
        );
        assert_eq!(report, [""; 0]);
    }

    #[test]
    fn somebody_must_be_able_to_log_in() {
        assert_eq!(
            findings("SUPER_USERS: [admin]\nFEATURE_DIRECT_LOGIN: false"),
            ["somebody_can_log_in FEATURE_DIRECT_LOGIN"]
        );
    }

    #[test]
    fn any_other_provider_lets_people_log_in() {
        for provider in [
            "FEATURE_GITHUB_LOGIN: true",
            "FEATURE_GOOGLE_LOGIN: true",
            "CORP_LOGIN_CONFIG: {SERVICE_NAME: Corporate}",
        ] {
            let report = findings(&format!("FEATURE_DIRECT_LOGIN: false\n{provider}"));
            let locked_out = report.iter().any(|line| line.starts_with("somebody_can_log_in"));
            assert!(!locked_out, "{provider}");
        }
        let report = findings("FEATURE_DIRECT_LOGIN: false\nGITHUB_LOGIN_CONFIG: {CLIENT_ID: x}");
        assert!(report.contains(&"somebody_can_log_in FEATURE_DIRECT_LOGIN".to_owned()));
    }

    #[test]
    fn an_invitation_needs_user_creation() {
        assert_eq!(
            findings(
                "SUPER_USERS: [admin]\nFEATURE_USER_CREATION: false\n\
                 FEATURE_INVITE_ONLY_USER_CREATION: true"
            ),
            [
                "invitation_creates_an_account FEATURE_USER_CREATION",
                "invitation_creates_an_account FEATURE_INVITE_ONLY_USER_CREATION"
            ]
        );
    }

    #[test]
    fn a_registry_without_an_administrator_is_warned_about() {
        assert_eq!(findings("SUPER_USERS: []"), ["registry_has_an_administrator SUPER_USERS"]);
        assert_eq!(findings("SUPER_USERS: []\nFEATURE_SUPER_USERS: false"), [""; 0]);
    }
}
