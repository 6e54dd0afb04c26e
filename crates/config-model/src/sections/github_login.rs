//! Log-in with an account of GitHub or GitHub Enterprise.

use crate::document::Document;
use crate::value::{HttpUrl, List, Map, Secret, Text, Value};

choice! {
    /// What an outside account and a user of the directory must have in common to be joined.
    LoginBinding, "sub, username or email";
    Sub = "sub" "Identifier",
    Username = "username" "User name",
    Email = "email" "E-mail address",
}

object! {
    /// The GitHub that users log in at, and the application registered there.
    GithubLogin;

    /// The GitHub that users log in at: `https://github.com/`, or the address of your GitHub
    /// Enterprise.
    GITHUB_ENDPOINT "GitHub address": HttpUrl, required, also(&["GitHub Enterprise"]);

    /// Where GitHub answers programs: `https://api.github.com/` for github.com. Leave it out for
    /// GitHub Enterprise, where it follows from the address.
    API_ENDPOINT "API address": HttpUrl;

    /// The client ID that GitHub gave the application registered for this registry.
    CLIENT_ID "Client ID": Text, required, also(&["OAuth client ID"]);

    /// The client secret that GitHub gave the application.
    CLIENT_SECRET "Client secret": Secret, required, also(&["OAuth client secret"]);

    /// Let in only members of the organizations below. Without it, everybody with an account on
    /// that GitHub may log in.
    ORG_RESTRICT "Only some organizations": bool = false, also(&["Organization filtering"]);

    /// The GitHub organizations whose members may log in.
    ALLOWED_ORGANIZATIONS "Organizations": List<Text>, required,
        when(GithubLogin::ORG_RESTRICT, &["true"]), unique;

    /// Join the GitHub account with the user of LDAP, JWT or Keystone that has the same value.
    /// Leave it out to make a new account instead.
    LOGIN_BINDING_FIELD "Join with directory users by": LoginBinding, also(&["Binding field"]);
}

section! {
    /// Let users log in with an account of GitHub or GitHub Enterprise.
    "github-login", "GitHub log-in", Access;
    rules: [
        github_organizations_are_enforced, github_addresses_belong_together,
        github_connection_is_encrypted, github_settings_are_not_empty,
    ];

    /// Show users a button to log in with GitHub. An application must be registered there first.
    FEATURE_GITHUB_LOGIN "Log in with GitHub": bool = false, also(&["GitHub authentication", "OAuth", "SSO"]);

    /// The GitHub that users log in at, and the application registered there.
    GITHUB_LOGIN_CONFIG "GitHub": GithubLogin, required, when(FEATURE_GITHUB_LOGIN, &["true"]);
}

fn in_use(document: &Document) -> bool {
    document.effective(FEATURE_GITHUB_LOGIN) == Some(true)
}

rule! {
    /// The list is looked at only while the switch above it is on.
    github_organizations_are_enforced: Warning,
    "Organizations are listed, but everybody on that GitHub may log in.",
    fix "Turn on Only some organizations, or empty the list.";
    |subject, places| {
        let document = subject.document;
        let listed = document.inside(GITHUB_LOGIN_CONFIG, GithubLogin::ALLOWED_ORGANIZATIONS)
            .is_some_and(|organizations| !organizations.0.is_empty());
        let enforced = document.inside(GITHUB_LOGIN_CONFIG, GithubLogin::ORG_RESTRICT);
        if in_use(document) && listed && enforced == Some(false) {
            places.at(GithubLogin::ORG_RESTRICT.inside(GITHUB_LOGIN_CONFIG));
        }
    }
}

rule! {
    /// github.com answers programs under another name; Enterprise does so under its own.
    github_addresses_belong_together: Warning,
    "The API address and the GitHub address are not those of the same GitHub.",
    fix "For github.com enter https://api.github.com/; for GitHub Enterprise leave it out.";
    |subject, places| {
        let document = subject.document;
        let Some(page) = document.inside(GITHUB_LOGIN_CONFIG, GithubLogin::GITHUB_ENDPOINT) else {
            return;
        };
        let api = document.inside(GITHUB_LOGIN_CONFIG, GithubLogin::API_ENDPOINT);
        let public_page = ["github.com", "www.github.com"].iter().any(|name| is_at(&page, name));
        let public_api = api.is_some_and(|api| is_at(&api, "api.github.com"));
        if in_use(document) && public_page != public_api {
            places.at(GithubLogin::API_ENDPOINT.inside(GITHUB_LOGIN_CONFIG));
        }
    }
}

rule! {
    /// Codes and the client secret could be read on the way.
    github_connection_is_encrypted: Warning,
    "What users and Quay send to GitHub travels in clear.",
    fix "Use an address that begins with https://.";
    |subject, places| {
        for field in [GithubLogin::GITHUB_ENDPOINT, GithubLogin::API_ENDPOINT] {
            let url = subject.document.inside(GITHUB_LOGIN_CONFIG, field);
            if in_use(subject.document) && url.is_some_and(|url| !url.is_https()) {
                places.at(field.inside(GITHUB_LOGIN_CONFIG));
            }
        }
    }
}

rule! {
    /// The removed tool left it so. Quay does not mind, tools that check a file by its schema do.
    github_settings_are_not_empty: Warning,
    "The mapping is empty, which Quay's schema does not allow.",
    fix "Take the key out of the file, or fill the mapping.";
    |subject, places| {
        let settings = subject.document.top(GITHUB_LOGIN_CONFIG.name()).and_then(Value::as_map);
        if !in_use(subject.document) && settings.is_some_and(Map::is_empty) {
            places.at(GITHUB_LOGIN_CONFIG.path());
        }
    }
}

/// Whether the host of `url` is `name`.
fn is_at(url: &HttpUrl, name: &str) -> bool {
    let host = url.as_str().split_once("://").and_then(|(_, rest)| rest.split(['/', ':']).next());
    host.is_some_and(|host| host.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use crate::rule::testing::findings;

    fn with(settings: &str) -> Vec<String> {
        let application = format!("{{CLIENT_ID: i, CLIENT_SECRET: s, {settings}}}");
        findings(&format!("FEATURE_GITHUB_LOGIN: true\nGITHUB_LOGIN_CONFIG: {application}"))
    }

    #[test]
    fn both_kinds_of_github_are_accepted() {
        let public =
            "GITHUB_ENDPOINT: 'https://github.com/', API_ENDPOINT: 'https://api.github.com/'";
        assert_eq!(with(public), [""; 0]);
        let restricted = "ORG_RESTRICT: true, ALLOWED_ORGANIZATIONS: [Org1, Org2]";
        let own = "GITHUB_ENDPOINT: 'https://git.example.com', LOGIN_BINDING_FIELD: email";
        assert_eq!(with(&format!("{own}, {restricted}")), [""; 0]);
    }

    #[test]
    fn log_in_needs_an_application() {
        assert_eq!(
            findings("FEATURE_GITHUB_LOGIN: true"),
            [
                "required_value_is_set GITHUB_LOGIN_CONFIG.GITHUB_ENDPOINT",
                "required_value_is_set GITHUB_LOGIN_CONFIG.CLIENT_ID",
                "required_value_is_set GITHUB_LOGIN_CONFIG.CLIENT_SECRET",
            ]
        );
        assert_eq!(findings("FEATURE_GITHUB_LOGIN: false"), [""; 0]);
    }

    #[test]
    fn an_empty_mapping_is_warned_about() {
        assert_eq!(
            findings("FEATURE_GITHUB_LOGIN: false\nGITHUB_LOGIN_CONFIG: {}"),
            ["github_settings_are_not_empty GITHUB_LOGIN_CONFIG"]
        );
        assert_eq!(findings("GITHUB_LOGIN_CONFIG: null"), [""; 0]);
    }

    #[test]
    fn an_address_without_a_scheme_is_refused() {
        assert_eq!(
            with("GITHUB_ENDPOINT: not_a_valid_endpoint"),
            ["value_is_of_its_type GITHUB_LOGIN_CONFIG.GITHUB_ENDPOINT"]
        );
    }

    #[test]
    fn a_restriction_needs_organizations() {
        assert_eq!(
            with("GITHUB_ENDPOINT: 'https://git.example.com', ORG_RESTRICT: true"),
            ["required_value_is_set GITHUB_LOGIN_CONFIG.ALLOWED_ORGANIZATIONS"]
        );
    }

    #[test]
    fn organizations_without_a_restriction_are_warned_about() {
        assert_eq!(
            with("GITHUB_ENDPOINT: 'https://git.example.com', ALLOWED_ORGANIZATIONS: [Org1]"),
            ["github_organizations_are_enforced GITHUB_LOGIN_CONFIG.ORG_RESTRICT"]
        );
    }

    #[test]
    fn github_com_has_an_api_address_of_its_own() {
        for bad in [
            "GITHUB_ENDPOINT: 'https://github.com'",
            "GITHUB_ENDPOINT: 'https://github.com', API_ENDPOINT: 'https://git.example.com/api/v3/'",
            "GITHUB_ENDPOINT: 'https://git.example.com', API_ENDPOINT: 'https://api.github.com/'",
        ] {
            assert_eq!(
                with(bad),
                ["github_addresses_belong_together GITHUB_LOGIN_CONFIG.API_ENDPOINT"],
                "{bad}"
            );
        }
    }

    #[test]
    fn a_connection_in_clear_is_warned_about() {
        assert_eq!(
            with("GITHUB_ENDPOINT: 'http://git.example.com'"),
            ["github_connection_is_encrypted GITHUB_LOGIN_CONFIG.GITHUB_ENDPOINT"]
        );
    }
}
