//! Log-in with an account of Google.

use super::github_login::LoginBinding;
use crate::value::{Map, Secret, Text, Value};

/// How every client ID of Google ends.
const CLIENT_ID_END: &str = ".apps.googleusercontent.com";

object! {
    /// The application registered at Google.
    GoogleLogin;

    /// The client ID that Google gave the application registered for this registry. It ends in
    /// `.apps.googleusercontent.com`.
    CLIENT_ID "Client ID": Text, required, also(&["OAuth client ID"]);

    /// The client secret that Google gave the application.
    CLIENT_SECRET "Client secret": Secret, required, also(&["OAuth client secret"]);

    /// Join the Google account with the user of LDAP, JWT or Keystone that has the same value.
    /// Leave it out to make a new account instead.
    LOGIN_BINDING_FIELD "Join with directory users by": LoginBinding, also(&["Binding field"]);
}

section! {
    /// Let users log in with an account of Google.
    "google-login", "Google log-in", Access;
    rules: [google_client_id_is_googles, google_settings_are_not_empty];

    /// Show users a button to log in with Google. An application must be registered there first.
    FEATURE_GOOGLE_LOGIN "Log in with Google": bool = false, also(&["Google authentication", "OAuth", "SSO"]);

    /// The application registered at Google.
    GOOGLE_LOGIN_CONFIG "Google": GoogleLogin, required, when(FEATURE_GOOGLE_LOGIN, &["true"]);
}

rule! {
    /// With any other text Google shows users an error instead of its log-in page.
    google_client_id_is_googles: Warning,
    "This is not a client ID as Google makes them.",
    fix "Copy the client ID from Google's console; it ends in .apps.googleusercontent.com.";
    |subject, places| {
        let on = subject.document.effective(FEATURE_GOOGLE_LOGIN) == Some(true);
        let id = subject.document.inside(GOOGLE_LOGIN_CONFIG, GoogleLogin::CLIENT_ID);
        if on && id.is_some_and(|id| !id.0.is_empty() && !id.0.ends_with(CLIENT_ID_END)) {
            places.at(GoogleLogin::CLIENT_ID.inside(GOOGLE_LOGIN_CONFIG));
        }
    }
}

rule! {
    /// The removed tool left it so. Quay does not mind, tools that check a file by its schema do.
    google_settings_are_not_empty: Warning,
    "The mapping is empty, which Quay's schema does not allow.",
    fix "Take the key out of the file, or fill the mapping.";
    |subject, places| {
        let on = subject.document.effective(FEATURE_GOOGLE_LOGIN) == Some(true);
        let settings = subject.document.top(GOOGLE_LOGIN_CONFIG.name()).and_then(Value::as_map);
        if !on && settings.is_some_and(Map::is_empty) {
            places.at(GOOGLE_LOGIN_CONFIG.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rule::testing::findings;

    fn with(settings: &str) -> Vec<String> {
        findings(&format!("FEATURE_GOOGLE_LOGIN: true\nGOOGLE_LOGIN_CONFIG: {{{settings}}}"))
    }

    #[test]
    fn an_application_of_google_is_accepted() {
        assert_eq!(
            with("CLIENT_ID: 5118-ng37.apps.googleusercontent.com, CLIENT_SECRET: s"),
            [""; 0]
        );
    }

    #[test]
    fn log_in_needs_an_application() {
        assert_eq!(
            findings("FEATURE_GOOGLE_LOGIN: true"),
            [
                "required_value_is_set GOOGLE_LOGIN_CONFIG.CLIENT_ID",
                "required_value_is_set GOOGLE_LOGIN_CONFIG.CLIENT_SECRET",
            ]
        );
        assert_eq!(findings("FEATURE_GOOGLE_LOGIN: false"), [""; 0]);
    }

    #[test]
    fn an_empty_mapping_is_warned_about() {
        assert_eq!(
            findings("GOOGLE_LOGIN_CONFIG: {}"),
            ["google_settings_are_not_empty GOOGLE_LOGIN_CONFIG"]
        );
    }

    #[test]
    fn an_unknown_binding_is_refused() {
        let good = "CLIENT_ID: 5118-ng37.apps.googleusercontent.com, CLIENT_SECRET: s";
        assert_eq!(
            with(&format!("{good}, LOGIN_BINDING_FIELD: name")),
            ["value_is_of_its_type GOOGLE_LOGIN_CONFIG.LOGIN_BINDING_FIELD"]
        );
    }

    #[test]
    fn another_client_id_is_warned_about() {
        assert_eq!(
            with("CLIENT_ID: bad_id, CLIENT_SECRET: s"),
            ["google_client_id_is_googles GOOGLE_LOGIN_CONFIG.CLIENT_ID"]
        );
    }
}
