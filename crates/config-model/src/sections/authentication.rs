//! Internal authentication: who proves that users are who they say, and which teams follow it.

use crate::document::Document;
use crate::sections::access::{FEATURE_APP_SPECIFIC_TOKENS, FEATURE_DIRECT_LOGIN};
use crate::sections::oidc::{self, OidcProvider};
use crate::value::Duration;

choice! {
    /// What checks the user names and passwords.
    AuthenticationType, "Database, LDAP, JWT, Keystone, OIDC or AppToken";
    Database = "Database" "Local database",
    Ldap = "LDAP" "LDAP",
    Jwt = "JWT" "JWT custom authentication",
    Keystone = "Keystone" "Keystone (OpenStack)",
    Oidc = "OIDC" "OpenID Connect",
    AppToken = "AppToken" "External application token",
}

section! {
    /// Where accounts live, and who checks their passwords.
    "authentication", "Internal authentication", Access;
    rules: [
        app_token_log_in_has_tokens, app_token_log_in_replaces_passwords,
        oidc_log_in_has_a_provider, teams_have_groups_to_follow,
    ];

    /// Who checks the passwords of users. Choose Local database unless your organization has a
    /// directory. The chosen service is set up on a page of its own.
    AUTHENTICATION_TYPE "Authentication": AuthenticationType = "Database" => "Database", required,
        also(&["Internal authentication", "LDAP", "Keystone", "JWT", "OIDC", "Active Directory"]);

    /// Let teams take their members from groups of LDAP, Keystone or OIDC. The members of such a
    /// team can no longer be changed in the registry.
    FEATURE_TEAM_SYNCING "Synchronize teams": bool = false, also(&["Team synchronization", "group sync"]);

    /// How old the members of a synchronized team may get before they are looked up again. A
    /// short time removes leavers sooner and asks the directory more often.
    TEAM_RESYNC_STALE_TIME "Look up members after": Duration = "30m",
        when(FEATURE_TEAM_SYNCING, &["true"]), also(&["Resynchronization duration"]);

    /// Let every team administrator connect a team with a group. Otherwise only superusers can.
    FEATURE_NONSUPERUSER_TEAM_SYNCING_SETUP "Team administrators may set it up": bool = false,
        when(FEATURE_TEAM_SYNCING, &["true"]), also(&["Self-service team syncing setup"]);
}

fn kind(document: &Document) -> Option<AuthenticationType> {
    document.effective(AUTHENTICATION_TYPE)
}

rule! {
    /// Quay stops at start: the tokens are the only passwords left.
    app_token_log_in_has_tokens: Error,
    "Log-in with application tokens is chosen, but such tokens are turned off.",
    fix "Turn on application tokens, or choose another authentication.";
    |subject, places| {
        let on = subject.document.effective(FEATURE_APP_SPECIFIC_TOKENS) != Some(false);
        if kind(subject.document) == Some(AuthenticationType::AppToken) && !on {
            places.at(FEATURE_APP_SPECIFIC_TOKENS.path());
        }
    }
}

rule! {
    /// Quay stops at start: without a password store there is nothing to log in with directly.
    app_token_log_in_replaces_passwords: Error,
    "Log-in with application tokens is chosen, but direct log-in with a password is on.",
    fix "Turn off direct log-in, or choose another authentication.";
    |subject, places| {
        let on = subject.document.effective(FEATURE_DIRECT_LOGIN) != Some(false);
        if kind(subject.document) == Some(AuthenticationType::AppToken) && on {
            places.at(FEATURE_DIRECT_LOGIN.path());
        }
    }
}

rule! {
    /// Quay takes the first OIDC provider it finds, and stops at start when there is none.
    oidc_log_in_has_a_provider: Error,
    "OpenID Connect is chosen, but no provider is configured.",
    fix "Add an OIDC provider and its server, or choose another authentication.";
    |subject, places| {
        let chosen = kind(subject.document) == Some(AuthenticationType::Oidc);
        let mut providers = oidc::providers(subject.document);
        if chosen && !providers.any(|provider| provider.has(OidcProvider::OIDC_SERVER)) {
            places.at(AUTHENTICATION_TYPE.path());
        }
    }
}

rule! {
    /// The other types know users only, so the switch does nothing.
    teams_have_groups_to_follow: Warning,
    "This authentication has no groups that teams could follow.",
    fix "Turn off Synchronize teams, or choose LDAP, Keystone or OpenID Connect.";
    |subject, places| {
        let on = subject.document.effective(FEATURE_TEAM_SYNCING) == Some(true);
        let groupless = kind(subject.document).is_some_and(|kind| !has_groups(kind));
        if on && groupless {
            places.at(FEATURE_TEAM_SYNCING.path());
        }
    }
}

fn has_groups(kind: AuthenticationType) -> bool {
    use AuthenticationType::{Keystone, Ldap, Oidc};
    matches!(kind, Ldap | Keystone | Oidc)
}

#[cfg(test)]
mod tests {
    use crate::rule::testing::findings;

    #[test]
    fn every_type_has_a_good_configuration() {
        for good in [
            "AUTHENTICATION_TYPE: Database",
            "AUTHENTICATION_TYPE: JWT",
            "AUTHENTICATION_TYPE: LDAP\nFEATURE_TEAM_SYNCING: true\nTEAM_RESYNC_STALE_TIME: 1h",
            "AUTHENTICATION_TYPE: Keystone\nFEATURE_TEAM_SYNCING: true",
            "AUTHENTICATION_TYPE: OIDC\nSSO_LOGIN_CONFIG: {OIDC_SERVER: 'https://sso.example.com/', \
             CLIENT_ID: quay, CLIENT_SECRET: secret, SERVICE_NAME: SSO}",
        ] {
            assert!(findings(good).is_empty(), "{good}: {:?}", findings(good));
        }
    }

    #[test]
    fn an_unknown_type_is_refused() {
        assert_eq!(
            findings("AUTHENTICATION_TYPE: notarealauthtype"),
            ["value_is_of_its_type AUTHENTICATION_TYPE"]
        );
    }

    /// The access page has rules of its own, which are not the business of these tests.
    fn about_app_tokens(text: &str) -> Vec<String> {
        let ours = |finding: &String| finding.starts_with("app_token_log_in");
        findings(text).into_iter().filter(ours).collect()
    }

    #[test]
    fn application_tokens_must_be_on_and_passwords_off() {
        let chosen = "AUTHENTICATION_TYPE: AppToken\nFEATURE_APP_SPECIFIC_TOKENS";
        let report = about_app_tokens(&format!("{chosen}: false\nFEATURE_DIRECT_LOGIN: true"));
        assert_eq!(report.len(), 2, "{report:?}");
        for expected in [
            "app_token_log_in_has_tokens FEATURE_APP_SPECIFIC_TOKENS",
            "app_token_log_in_replaces_passwords FEATURE_DIRECT_LOGIN",
        ] {
            assert!(report.contains(&expected.to_owned()), "{report:?}");
        }
        let good = format!("{chosen}: true\nFEATURE_DIRECT_LOGIN: false");
        assert!(about_app_tokens(&good).is_empty());
    }

    #[test]
    fn direct_log_in_is_on_unless_turned_off() {
        assert_eq!(
            about_app_tokens("AUTHENTICATION_TYPE: AppToken\nFEATURE_APP_SPECIFIC_TOKENS: true"),
            ["app_token_log_in_replaces_passwords FEATURE_DIRECT_LOGIN"]
        );
    }

    #[test]
    fn oidc_without_a_provider_is_refused() {
        for bad in ["", "SSO_LOGIN_CONFIG: {}", "GITHUB_LOGIN_CONFIG: {OIDC_SERVER: https://x/}"] {
            let report = findings(&format!("AUTHENTICATION_TYPE: OIDC\n{bad}"));
            let expected = "oidc_log_in_has_a_provider AUTHENTICATION_TYPE".to_owned();
            assert!(report.contains(&expected), "{bad}: {report:?}");
        }
    }

    #[test]
    fn teams_cannot_follow_a_database() {
        for groupless in ["Database", "JWT"] {
            assert_eq!(
                findings(&format!("AUTHENTICATION_TYPE: {groupless}\nFEATURE_TEAM_SYNCING: true")),
                ["teams_have_groups_to_follow FEATURE_TEAM_SYNCING"]
            );
        }
    }

    #[test]
    fn a_time_without_a_unit_is_refused() {
        assert_eq!(
            findings("TEAM_RESYNC_STALE_TIME: 10fff"),
            ["value_is_of_its_type TEAM_RESYNC_STALE_TIME"]
        );
    }
}
