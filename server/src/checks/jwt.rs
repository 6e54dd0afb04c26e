//! JWT authentication: the administrator's own web service that checks passwords.

mod key;
mod service;
mod token;

use super::course::Course;
use super::fault::faults;
use super::{Check, Planned, Settings};
use config_model::path::Path;
use config_model::sections::authentication::{AUTHENTICATION_TYPE, AuthenticationType};
use config_model::sections::jwt::{
    JWT_CERT, JWT_GETUSER_ENDPOINT, JWT_QUERY_ENDPOINT, JWT_VERIFY_ENDPOINT,
};
use service::{Search, Service, Use};

/// Tries the web service that checks passwords.
pub const CHECK: Check = Check {
    name: "jwt",
    label: "JWT authentication",
    reads: &[
        "JWT_VERIFY_ENDPOINT",
        "JWT_GETUSER_ENDPOINT",
        "JWT_QUERY_ENDPOINT",
        "JWT_AUTH_ISSUER",
    ],
    matters: "This service checks the passwords of all users; without it nobody can log in.",
    actions: &[],
    plan,
    writes: false,
    faults: FAULTS,
};

faults! {
    /// As its name `jwt-authn.cert` suggests. Quay's library reads public keys only.
    KEY_IS_CERTIFICATE: Error,
    "The file {file} holds a certificate, and Quay reads a public key only.",
    why "Quay can check no token, and nobody can log in.",
    fix "Take the key out of the certificate, and upload that under the same name: openssl x509 -in {file} -pubkey -noout";

    /// The half that stays with the service.
    KEY_IS_PRIVATE: Error,
    "The file {file} holds a private key, with which Quay cannot check anything.",
    why "Whoever has this key can make tokens for any user. It belongs to the service alone.",
    fix "Make a new pair for the service, and upload its public half: openssl pkey -in KEY -pubout";

    /// Quay takes RS256 only.
    KEY_NOT_RSA: Error,
    "The key in {file} is not an RSA key.",
    why "Quay takes tokens signed with RS256 only, for which it needs an RSA key.",
    fix "Let the service sign with an RSA key, and upload its public half: openssl pkey -in KEY -pubout";

    /// 2xx, or a page after redirects, for somebody without a password.
    NOT_ASKED_WHO: Error,
    "The service answers {status} to somebody who shows no password.",
    why "It has to refuse whoever cannot show that they are a user.",
    fix "Let the service answer 401 without a right user name and password, or correct the address.";

    /// What Quay's health check looks at.
    HEALTH_FAILS: Error,
    "The service answers {status} to Quay's health check, which wants an answer of 4xx.",
    why "Each node then reports that its authentication is ill, and a load balancer takes it out.",
    fix "Let the service answer 400 where no user name is given, or 401.";

    /// 404.
    NOTHING_THERE: Warning,
    "The service answers that there is nothing at {url}.",
    why "A wrong address looks like a wrong password to users.",
    fix "Compare the address with what the service serves. Try it: curl -i {quoted}";

    /// 405.
    NOT_WITH_GET: Error,
    "The service does not take GET at {url}, which is all that Quay sends.",
    fix "Let the service answer GET there, or correct the address.";

    /// 5xx.
    SERVICE_ILL: Error,
    "The service has trouble of its own: it answers {status}.",
    fix "Look into the log of the service at this time.";

    /// Quay shows nothing there but the words to look for.
    SEARCH_REFUSED: Warning,
    "The service refuses a search: it answers {status}.",
    why "Quay sends no password with a search, so that web pages cannot complete the names of users.",
    fix "Let the service answer searches of the Quay nodes without a password.";

    /// 200, and no `token` in it.
    TOKEN_MISSING: Error,
    "The answer to a search holds no token that can be read.",
    fix "Let the service answer with JSON such as {form}, where the value is a signed JWT.";

    /// Another algorithm.
    TOKEN_NOT_RS256: Error,
    "The service signs its tokens with {signature}, and Quay takes RS256 only.",
    fix "Let the service sign with RS256.";

    /// Another key.
    TOKEN_OF_OTHER_KEY: Error,
    "The tokens of the service are not signed with the key in {file}.",
    why "Quay refuses such tokens, also those for log-ins.",
    fix "Upload the public key that belongs to the private key of the service: openssl pkey -in KEY -pubout";

    /// `iss`.
    TOKEN_OF_OTHER_ISSUER: Error,
    "The service calls itself {issuer} in its tokens, and the issuer {wanted} is configured.",
    why "Quay refuses such tokens, also those for log-ins.",
    fix "Enter {issuer} as issuer, or correct the service.";

    /// `aud`.
    TOKEN_FOR_OTHERS: Error,
    "The token for a search is meant for {audience}, and Quay wants one for {wanted}.",
    why "Quay refuses it, so that web pages cannot complete the names of users.",
    fix "Let the service put {wanted} into aud of what it answers to searches.";

    /// `nbf`, `iat`, `exp`.
    TOKEN_OUT_OF_TIME: Error,
    "The times in the token are not as Quay wants them: {reason}.",
    why "Quay refuses such tokens, also those for log-ins.",
    fix "Let the service set nbf and iat to now, exp to at most {seconds} seconds later, and follow a time server.";

    /// Nothing in it.
    RESULTS_MISSING: Error,
    "The token for a search has no list called results.",
    fix "Let the service put the users it found into results, each with username and email.";
}

fn plan(settings: &Settings<'_>) -> Vec<Planned> {
    if settings.document.effective(AUTHENTICATION_TYPE) != Some(AuthenticationType::Jwt) {
        return Vec::new();
    }
    let path = Path::key(JWT_CERT.name);
    let key = |course: Course| async move { key::attempt(&course) };
    let mut planned = vec![Planned::new(path, JWT_CERT.name, key)];
    for (key, purpose) in [
        (JWT_VERIFY_ENDPOINT, Use::Passwords),
        (JWT_GETUSER_ENDPOINT, Use::Health),
        (JWT_QUERY_ENDPOINT, Use::Search(Search::of(settings))),
    ] {
        let path = key.path();
        match settings.document.effective(key).and_then(|url| Service::at(url.as_str(), purpose)) {
            Some(service) => {
                let target = service.place.bare();
                planned.push(Planned::new(path, target, move |course| service.attempt(course)));
            }
            // Quay does without the two others.
            None if key.spec().required || settings.at(&path).is_some() => {
                let target = path.to_string();
                planned.push(Planned::incomplete(path, target, "the address"));
            }
            None => {}
        }
    }
    planned
}
