//! Rules about OpenID Connect providers.

use super::{CustomParameters, OidcProvider, providers};
use crate::field::Key;
use crate::sections::authentication::{
    AUTHENTICATION_TYPE, AuthenticationType, FEATURE_TEAM_SYNCING,
};
use crate::sections::github_login::{FEATURE_GITHUB_LOGIN, GITHUB_LOGIN_CONFIG};
use crate::sections::google_login::{FEATURE_GOOGLE_LOGIN, GOOGLE_LOGIN_CONFIG};
use crate::value::{List, Map, MapKey, Text, Value};

/// Names that Quay keeps for directories.
const RESERVED: [&str; 3] = ["LDAP", "JWT", "KEYSTONE"];

rule! {
    /// Quay reads only keys without small letters, and makes the callback address of what stands
    /// before the first `_`.
    oidc_name_is_usable: Error,
    "Nobody can log in at a provider called {name}.",
    fix "Name it in capital letters, beginning with a letter or digit, such as KEYCLOAK.";
    |subject, places| {
        for provider in providers(subject.document) {
            let unread = provider.name.chars().any(char::is_lowercase);
            if unread || provider.name.starts_with('_') {
                places.at_with(provider.path(), [("name", provider.name.to_owned())]);
            }
        }
    }
}

rule! {
    /// Quay stops at start at these names.
    oidc_name_is_free: Error,
    "Quay keeps the name {name} for its directories and stops at start.",
    fix "Give the provider another name, such as KEYCLOAK.";
    |subject, places| {
        for provider in providers(subject.document) {
            if RESERVED.contains(&provider.name) {
                places.at_with(provider.path(), [("name", provider.name.to_owned())]);
            }
        }
    }
}

rule! {
    /// Quay stops at start when two providers want the same callback address.
    oidc_names_make_different_addresses: Error,
    "{key} and {other} would both have the callback address /oauth2/{id}/callback.",
    fix "Give one of them a name that differs before the first _.";
    |subject, places| {
        let document = subject.document;
        let mut taken: Vec<(String, &str)> = Vec::new();
        for (switch, key, id) in [
            (FEATURE_GITHUB_LOGIN, GITHUB_LOGIN_CONFIG.name(), "github"),
            (FEATURE_GOOGLE_LOGIN, GOOGLE_LOGIN_CONFIG.name(), "google"),
        ] {
            if document.effective(switch) == Some(true) {
                taken.push((id.to_owned(), key));
            }
        }
        for provider in providers(document) {
            let id = provider.id();
            let other = taken.iter().find(|(other, _)| *other == id).map(|(_, key)| *key);
            if let Some(other) = other {
                let args =
                    [("key", provider.key.to_owned()), ("other", other.to_owned()), ("id", id)];
                places.at_with(provider.path(), args);
            } else {
                taken.push((id, provider.key));
            }
        }
    }
}

rule! {
    /// The name becomes part of addresses.
    oidc_name_is_plain: Warning,
    "The name {name} has signs that may be trouble in addresses.",
    fix "Use capital letters and digits, with single _ between them.";
    |subject, places| {
        let sign = |byte: u8| byte.is_ascii_alphanumeric();
        let plain = |part: &str| !part.is_empty() && part.bytes().all(sign);
        for provider in providers(subject.document) {
            if !provider.name.split('_').all(plain) {
                places.at_with(provider.path(), [("name", provider.name.to_owned())]);
            }
        }
    }
}

rule! {
    /// Quay's own checker keeps Quay from starting.
    oidc_server_ends_with_a_slash: Error,
    "The server address does not end with a slash.", fix "Add / at the end.";
    |subject, places| {
        for provider in providers(subject.document) {
            let server = provider.read(OidcProvider::OIDC_SERVER);
            if server.is_some_and(|server| !server.as_str().ends_with('/')) {
                places.at(provider.place_of(OidcProvider::OIDC_SERVER));
            }
        }
    }
}

rule! {
    /// Quay does not ask a provider in clear, so that nobody can log in.
    oidc_server_is_encrypted: Error,
    "Quay asks a provider over https:// only.",
    fix "Use an address that begins with https://, in small letters.";
    |subject, places| {
        for provider in providers(subject.document) {
            let server = provider.read(OidcProvider::OIDC_SERVER);
            let clear = server.is_some_and(|server| !server.as_str().starts_with("https://"));
            if clear && provider.read(OidcProvider::DEBUGGING) != Some(true) {
                places.at(provider.place_of(OidcProvider::OIDC_SERVER));
            }
        }
    }
}

rule! {
    /// The provider says who somebody is, so whoever can pose as the provider can be anybody.
    oidc_server_is_checked: Warning,
    "Quay does not check whether it talks to the provider.",
    fix "Turn off Do without TLS checks; upload a private authority under Custom certificates.";
    |subject, places| {
        for provider in providers(subject.document) {
            if provider.read(OidcProvider::DEBUGGING) == Some(true) {
                places.at(provider.place_of(OidcProvider::DEBUGGING));
            }
        }
    }
}

rule! {
    /// Without it a provider sends no token that says who somebody is.
    oidc_scopes_contain_openid: Warning,
    "The scope openid is missing, so the provider does not say who logs in.",
    fix "Add openid, or reset the field to ask for everything the provider offers.";
    |subject, places| {
        for provider in providers(subject.document) {
            let scopes = provider.read(OidcProvider::LOGIN_SCOPES);
            if scopes.is_some_and(|List(scopes)| scopes.iter().all(|scope| scope.0 != "openid")) {
                places.at(provider.place_of(OidcProvider::LOGIN_SCOPES));
            }
        }
    }
}

/// Lists that may be left out and may not be empty.
const LISTS: [Key<List<Text>>; 3] =
    [OidcProvider::OIDC_ISSUERS, OidcProvider::OIDC_AUDIENCES, OidcProvider::OIDC_ALLOWED_CLIENTS];

rule! {
    /// Quay stops at start.
    oidc_lists_are_not_empty: Error,
    "{label} is an empty list.", fix "Add an entry, or take the key out of the file.";
    |subject, places| {
        for provider in providers(subject.document) {
            for list in LISTS {
                let items = provider.settings.entry(list.name()).and_then(Value::as_list);
                if items.is_some_and(<[Value]>::is_empty) {
                    let label = list.spec().label.to_owned();
                    places.at_with(provider.place_of(list), [("label", label)]);
                }
            }
        }
    }
}

rule! {
    /// Quay takes the list and says so in its log only.
    oidc_issuer_is_given_once: Warning,
    "The single issuer does nothing beside the list of issuers.",
    fix "Add it to Issuers if it belongs there, and reset this field.";
    |subject, places| {
        for provider in providers(subject.document) {
            let (one, several) = (OidcProvider::OIDC_ISSUER, OidcProvider::OIDC_ISSUERS);
            if provider.has(one) && provider.has(several) {
                places.at(provider.place_of(one));
            }
        }
    }
}

rule! {
    /// A code that was caught on the way is as good as the password where no secret goes with it.
    oidc_public_client_is_protected: Warning,
    "A public client sends no secret, and nothing takes its place.",
    fix "Turn on Use PKCE, or turn off Public client.";
    |subject, places| {
        for provider in providers(subject.document) {
            let public = provider.read(OidcProvider::PUBLIC_CLIENT) == Some(true);
            if public && provider.read(OidcProvider::USE_PKCE) == Some(false) {
                places.at(provider.place_of(OidcProvider::USE_PKCE));
            }
        }
    }
}

rule! {
    /// The manual names one that Quay does not look at.
    oidc_parameters_are_for_a_page: Warning,
    "Quay adds nothing to {page}.",
    fix "Put the parameters under authorization_endpoint, token_endpoint or userinfo_endpoint.";
    |subject, places| {
        let field = OidcProvider::OIDC_ENDPOINT_CUSTOM_PARAMS;
        for provider in providers(subject.document) {
            let pages = provider.settings.entry(field.name()).and_then(Value::as_map);
            for page in pages.into_iter().flat_map(Map::keys).filter_map(MapKey::as_str) {
                if CustomParameters::spec.field(page).is_none() {
                    let place = provider.place_of(field).field(page);
                    places.at_with(place, [("page", page.to_owned())]);
                }
            }
        }
    }
}

rule! {
    /// Quay takes the first provider for its users, and finds no groups without the claim.
    oidc_teams_have_a_claim: Warning,
    "Teams are to be synchronized, and nothing says which claim lists the groups.",
    fix "Enter the group claim, often groups, or turn off Synchronize teams.";
    |subject, places| {
        let document = subject.document;
        let chosen = document.effective(AUTHENTICATION_TYPE) == Some(AuthenticationType::Oidc);
        let syncing = document.effective(FEATURE_TEAM_SYNCING) == Some(true);
        let field = OidcProvider::PREFERRED_GROUP_CLAIM_NAME;
        let first = providers(document).next().filter(|first| !first.has(field));
        if let Some(first) = first.filter(|_| chosen && syncing) {
            places.at(first.place_of(field));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rule::testing::findings;

    const SETTINGS: &str = "OIDC_SERVER: 'https://sso.example.com/realms/quay/', \
         CLIENT_ID: quay, CLIENT_SECRET: word, SERVICE_NAME: Corporate";

    /// What is found about the provider `SSO` with these settings besides.
    fn with(settings: &str) -> Vec<String> {
        named("SSO", settings)
            .iter()
            .map(|finding| finding.replace("SSO_LOGIN_CONFIG.", ""))
            .collect()
    }

    fn named(name: &str, settings: &str) -> Vec<String> {
        findings(&format!("{name}_LOGIN_CONFIG: {{{SETTINGS}, {settings}}}"))
    }

    #[test]
    fn complete_providers_are_accepted() {
        for settings in [
            "SERVICE_ICON: null, LOGIN_SCOPES: [openid, email], LOGIN_BINDING_FIELD: sub",
            "LOGIN_SCOPES: [], VERIFIED_EMAIL_CLAIM_NAME: email, PREFERRED_GROUP_CLAIM_NAME: groups",
            "USE_PKCE: true, PKCE_METHOD: S256, PUBLIC_CLIENT: true",
            "OIDC_DISABLE_USER_ENDPOINT: true, OIDC_ISSUERS: ['https://a/', 'https://b/']",
            "OIDC_ENDPOINT_CUSTOM_PARAMS: {authorization_endpoint: {max_age: 3600, prompt: login}}",
            "OIDC_AUDIENCES: [api], OIDC_ALLOWED_CLIENTS: [portal], MY_OWN: 1",
        ] {
            assert_eq!(with(settings), [""; 0], "{settings}");
        }
        for name in ["AZURE", "AUTH0", "MY_OWN_2"] {
            assert_eq!(named(name, "USE_PKCE: false"), [""; 0], "{name}");
        }
    }

    #[test]
    fn what_quays_checker_asks_for_is_required() {
        let place = "required_value_is_set SSO_LOGIN_CONFIG";
        let missing = ["OIDC_SERVER", "CLIENT_ID", "CLIENT_SECRET", "SERVICE_NAME"];
        let expected = missing.map(|field| format!("{place}.{field}"));
        assert_eq!(findings("SSO_LOGIN_CONFIG: {}"), expected);
        assert_eq!(findings("SSO_LOGIN_CONFIG: null"), [""; 0]);
    }

    #[test]
    fn a_provider_has_its_settings_below_its_name() {
        assert_eq!(
            findings("SSO_LOGIN_CONFIG: https://sso.example.com/"),
            ["value_is_of_its_type SSO_LOGIN_CONFIG"]
        );
    }

    #[test]
    fn the_address_ends_with_a_slash() {
        let bare = SETTINGS.replace("realms/quay/", "realms/quay");
        assert_eq!(
            findings(&format!("SSO_LOGIN_CONFIG: {{{bare}}}")),
            ["oidc_server_ends_with_a_slash SSO_LOGIN_CONFIG.OIDC_SERVER"]
        );
    }

    #[test]
    fn a_provider_in_clear_is_for_trials() {
        let clear = SETTINGS.replace("https:", "http:");
        assert_eq!(
            findings(&format!("SSO_LOGIN_CONFIG: {{{clear}}}")),
            ["oidc_server_is_encrypted SSO_LOGIN_CONFIG.OIDC_SERVER"]
        );
        assert_eq!(
            findings(&format!("SSO_LOGIN_CONFIG: {{{clear}, DEBUGGING: true}}")),
            ["oidc_server_is_checked SSO_LOGIN_CONFIG.DEBUGGING"]
        );
    }

    #[test]
    fn a_name_that_quay_does_not_read_is_refused() {
        for name in ["Sso", "_SSO"] {
            let expected = format!("oidc_name_is_usable {name}_LOGIN_CONFIG");
            assert!(named(name, "USE_PKCE: false").contains(&expected), "{name}");
        }
        let plain = "USE_PKCE: false";
        assert_eq!(named("JWT", plain), ["oidc_name_is_free JWT_LOGIN_CONFIG"]);
        assert_eq!(named("A-B", plain), ["oidc_name_is_plain A-B_LOGIN_CONFIG"]);
    }

    #[test]
    fn two_providers_have_two_callback_addresses() {
        let both = format!("MY_A_LOGIN_CONFIG: {{{SETTINGS}}}\nMY_B_LOGIN_CONFIG: {{{SETTINGS}}}");
        let rule = "oidc_names_make_different_addresses";
        assert_eq!(findings(&both), [format!("{rule} MY_B_LOGIN_CONFIG")]);
        let own = format!("GITHUB_OWN_LOGIN_CONFIG: {{{SETTINGS}}}");
        assert_eq!(findings(&own), [""; 0]);
        let github = findings(&format!("FEATURE_GITHUB_LOGIN: true\n{own}"));
        assert!(github.contains(&format!("{rule} GITHUB_OWN_LOGIN_CONFIG")), "{github:?}");
    }

    #[test]
    fn scopes_without_openid_are_warned_about() {
        assert_eq!(with("LOGIN_SCOPES: [email]"), ["oidc_scopes_contain_openid LOGIN_SCOPES"]);
    }

    #[test]
    fn empty_lists_stop_quay() {
        assert_eq!(
            with("OIDC_ISSUERS: [], OIDC_AUDIENCES: [], OIDC_ALLOWED_CLIENTS: []"),
            [
                "oidc_lists_are_not_empty OIDC_ISSUERS",
                "oidc_lists_are_not_empty OIDC_AUDIENCES",
                "oidc_lists_are_not_empty OIDC_ALLOWED_CLIENTS"
            ]
        );
    }

    #[test]
    fn settings_that_do_nothing_are_warned_about() {
        assert_eq!(
            with("OIDC_ISSUER: 'https://a/', OIDC_ISSUERS: ['https://b/']"),
            ["oidc_issuer_is_given_once OIDC_ISSUER"]
        );
        assert_eq!(
            with("OIDC_ENDPOINT_CUSTOM_PARAMS: {user_endpoint: {a: b}}"),
            ["oidc_parameters_are_for_a_page OIDC_ENDPOINT_CUSTOM_PARAMS.user_endpoint"]
        );
        assert_eq!(with("DEBUGLOG: true"), ["legacy_key_is_not_needed DEBUGLOG"]);
    }

    #[test]
    fn a_public_client_wants_pkce() {
        assert_eq!(with("PUBLIC_CLIENT: true"), ["oidc_public_client_is_protected USE_PKCE"]);
        assert_eq!(with("USE_PKCE: true, PKCE_METHOD: s256"), ["value_is_of_its_type PKCE_METHOD"]);
    }

    #[test]
    fn teams_follow_a_claim() {
        let syncing = "AUTHENTICATION_TYPE: OIDC\nFEATURE_TEAM_SYNCING: true\nSSO_LOGIN_CONFIG";
        assert_eq!(
            findings(&format!("{syncing}: {{{SETTINGS}}}")),
            ["oidc_teams_have_a_claim SSO_LOGIN_CONFIG.PREFERRED_GROUP_CLAIM_NAME"]
        );
        let claim = "PREFERRED_GROUP_CLAIM_NAME: groups";
        assert_eq!(findings(&format!("{syncing}: {{{SETTINGS}, {claim}}}")), [""; 0]);
    }
}
