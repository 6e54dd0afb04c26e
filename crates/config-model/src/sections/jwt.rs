//! JWT: a web service of your own that checks passwords and answers with a signed token.

use super::authentication::{AUTHENTICATION_TYPE, AuthenticationType};
use crate::certificate::{Content, FileSlot};
use crate::document::Document;
use crate::value::{HttpUrl, Text};

section! {
    /// The web service that checks passwords when JWT is the authentication.
    "jwt", "JWT", Access;
    files: [JWT_CERT];
    rules: [jwt_connection_is_encrypted, jwt_service_can_be_watched];

    /// The address Quay sends a user name and a password to. The service answers with a signed
    /// token when they are right.
    JWT_VERIFY_ENDPOINT "Check a password": HttpUrl, required, when(AUTHENTICATION_TYPE, &["JWT"]), also(&["User verification endpoint"]);

    /// The address at which Quay looks up one user by name. The health checks of every node ask
    /// it as well.
    JWT_GETUSER_ENDPOINT "Look up a user": HttpUrl, when(AUTHENTICATION_TYPE, &["JWT"]), also(&["User lookup endpoint"]);

    /// The address at which Quay searches for users whose names begin with some letters. Without
    /// it the web pages cannot complete names.
    JWT_QUERY_ENDPOINT "Search for users": HttpUrl, when(AUTHENTICATION_TYPE, &["JWT"]), also(&["User query endpoint"]);

    /// The name the service gives itself in the `iss` part of a token. Quay refuses tokens of
    /// anybody else.
    JWT_AUTH_ISSUER "Issuer": Text, required, when(AUTHENTICATION_TYPE, &["JWT"]), also(&["Authentication issuer"]);
}

/// The key that the service's tokens are checked with.
pub const JWT_CERT: FileSlot = FileSlot {
    name: "jwt-authn.cert",
    label: "Public key of the JWT service",
    doc: "PEM file with the public key. With it, Quay checks that a token comes from your service.",
    content: Content::PublicKey,
    needed: in_use,
};

fn in_use(document: &Document) -> bool {
    document.effective(AUTHENTICATION_TYPE) == Some(AuthenticationType::Jwt)
}

rule! {
    /// The token is signed, the request with the password is not hidden.
    jwt_connection_is_encrypted: Warning,
    "What Quay asks here travels in clear, passwords included.",
    fix "Use an address that begins with https://.";
    |subject, places| {
        for key in [JWT_VERIFY_ENDPOINT, JWT_GETUSER_ENDPOINT, JWT_QUERY_ENDPOINT] {
            let clear = subject.document.effective(key).is_some_and(|url| !url.is_https());
            if clear && in_use(subject.document) {
                places.at(key.path());
            }
        }
    }
}

rule! {
    /// The health check asks this address, and counts the node as ill when there is none.
    jwt_service_can_be_watched: Warning,
    "Without this address, every node reports that its authentication is ill.",
    fix "Enter the address at which your service looks up a user.";
    |subject, places| {
        let missing = subject.document.top(JWT_GETUSER_ENDPOINT.name())
            .is_none_or(crate::value::Value::is_blank);
        if missing && in_use(subject.document) {
            places.at(JWT_GETUSER_ENDPOINT.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::certificate::{FileContent, FileFacts, Files};
    use crate::rule::testing::{findings, findings_with};

    const GOOD: &str = "AUTHENTICATION_TYPE: JWT
JWT_VERIFY_ENDPOINT: https://users.example.com/verify
JWT_GETUSER_ENDPOINT: https://users.example.com/user
JWT_QUERY_ENDPOINT: https://users.example.com/query
JWT_AUTH_ISSUER: users.example.com
";

    fn public_key() -> Files {
        let content = FileContent::PublicKey;
        Files::from([("jwt-authn.cert".to_owned(), FileFacts { bytes: 1, content })])
    }

    #[test]
    fn a_good_service_is_accepted() {
        assert_eq!(findings_with(GOOD, &public_key()), [""; 0]);
    }

    #[test]
    fn the_key_is_needed() {
        assert_eq!(findings(GOOD), ["needed_file_is_supplied jwt-authn.cert"]);
        assert_eq!(findings(&GOOD.replace("TYPE: JWT", "TYPE: Database")), [""; 0]);
    }

    #[test]
    fn what_quay_cannot_do_without_is_required() {
        let text = "AUTHENTICATION_TYPE: JWT\nJWT_GETUSER_ENDPOINT: https://users.example.com/";
        assert_eq!(
            findings_with(text, &public_key()),
            ["required_value_is_set JWT_VERIFY_ENDPOINT", "required_value_is_set JWT_AUTH_ISSUER"]
        );
    }

    #[test]
    fn an_address_without_a_scheme_is_refused() {
        assert_eq!(
            findings("JWT_VERIFY_ENDPOINT: notagoodendpoint"),
            ["value_is_of_its_type JWT_VERIFY_ENDPOINT"]
        );
    }

    #[test]
    fn passwords_in_clear_are_warned_about() {
        let clear = GOOD.replace("https://users.example.com/verify", "http://users.example.com/");
        assert_eq!(
            findings_with(&clear, &public_key()),
            ["jwt_connection_is_encrypted JWT_VERIFY_ENDPOINT"]
        );
    }

    #[test]
    fn a_service_that_cannot_be_watched_is_warned_about() {
        let unwatched = GOOD.replace("https://users.example.com/user", "''");
        let report = findings_with(&unwatched, &public_key());
        let expected = "jwt_service_can_be_watched JWT_GETUSER_ENDPOINT".to_owned();
        assert!(report.contains(&expected), "{report:?}");
    }
}
