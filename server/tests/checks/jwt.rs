//! JWT authentication, with a stand-in for the administrator's own service.

use crate::lab::process::free_port;
use crate::lab::standin::{Manner, StandIn};
use crate::lab::standin_jwt::{Pair, claims, elliptic, usual};
use crate::lab::standin_web::{Asked, json, page, redirect, start};
use crate::lab::web::Web;
use crate::support::{NOW, Proofs, Trial};
use axum::response::Response;
use cluster::check::{Outcome, State};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json as value};
use std::time::Duration;

/// The check's name.
const CHECK: &str = "jwt";
/// The file with the public key.
const FILE: &str = "jwt-authn.cert";

/// A registry that asks the service at this port.
fn config(port: u16) -> String {
    let at = format!("http://127.0.0.1:{port}");
    format!(
        "AUTHENTICATION_TYPE: JWT\nJWT_VERIFY_ENDPOINT: {at}/verify\n\
         JWT_GETUSER_ENDPOINT: {at}/user\nJWT_QUERY_ENDPOINT: {at}/search\nJWT_AUTH_ISSUER: lab"
    )
}

/// What was tried of a service with this key, at one place.
async fn tried(web: &Web, key: &str, place: &str) -> Outcome {
    let outcomes = Trial::of(config(web.port)).file(FILE, key).run(CHECK).await;
    let found = outcomes.iter().find(|outcome| outcome.path.to_string() == place);
    found.unwrap_or_else(|| panic!("{place} is not in {outcomes:#?}")).clone()
}

/// A service that answers so on one page, and as usual on all others.
async fn with(
    proofs: &mut Proofs,
    token: String,
    at_path: &'static str,
    answer: impl Fn(&Asked) -> Response + Clone + Send + Sync + 'static,
) -> Web {
    let web = start(
        move |asked: &Asked| {
            if asked.path == at_path { answer(asked) } else { usual(asked, &token) }
        },
    )
    .await;
    proofs.hide(web.port, "80");
    web
}

#[tokio::test]
async fn the_pages_of_a_service_are_called_by_what_is_wrong_with_them() {
    let pair = Pair::new();
    let token = pair.sign(&claims(NOW));
    let mut proofs = Proofs::of(CHECK, CHECK);
    let good = with(&mut proofs, token.clone(), "/nowhere", |_: &Asked| page(404, "")).await;
    for (situation, place) in [
        ("the key is one", FILE),
        ("passwords are refused without one", "JWT_VERIFY_ENDPOINT"),
        ("a look-up without a name is refused", "JWT_GETUSER_ENDPOINT"),
        ("a search is answered with a good token", "JWT_QUERY_ENDPOINT"),
    ] {
        proofs.passes(situation, &tried(&good, &pair.public, place).await);
    }
    for (situation, at, place, status, fault) in [
        ("the address is wrong", "/verify", "JWT_VERIFY_ENDPOINT", 404, "nothing_there"),
        ("everybody is let in", "/verify", "JWT_VERIFY_ENDPOINT", 200, "not_asked_who"),
        ("GET is not taken", "/verify", "JWT_VERIFY_ENDPOINT", 405, "not_with_get"),
        ("the service is broken", "/verify", "JWT_VERIFY_ENDPOINT", 500, "service_ill"),
        ("the health check is answered 200", "/user", "JWT_GETUSER_ENDPOINT", 200, "health_fails"),
        ("the address of searches is wrong", "/search", "JWT_QUERY_ENDPOINT", 404, "nothing_there"),
        ("a search needs a password", "/search", "JWT_QUERY_ENDPOINT", 401, "search_refused"),
        ("a search breaks the service", "/search", "JWT_QUERY_ENDPOINT", 503, "service_ill"),
    ] {
        let answer = move |_: &Asked| page(status, "stand-in");
        let web = with(&mut proofs, token.clone(), at, answer).await;
        proofs.finds(situation, &tried(&web, &pair.public, place).await, fault);
    }
    let to_page = |_: &Asked| redirect("/form");
    let web = with(&mut proofs, token.clone(), "/verify", to_page).await;
    let outcome = tried(&web, &pair.public, "JWT_VERIFY_ENDPOINT").await;
    proofs.finds("it sends on to a page that is not there", &outcome, "nothing_there");
    let closed = free_port();
    proofs.hide(closed, "80");
    let outcomes = Trial::of(config(closed)).file(FILE, &pair.public).run(CHECK).await;
    proofs.finds("nothing listens there", &outcomes[1], "connection_refused");
    let hanging = StandIn::start(Manner::Hangs).await;
    let trial = Trial::of(config(hanging.port)).file(FILE, &pair.public);
    let outcomes = trial.patience(Duration::from_secs(2)).run(CHECK).await;
    proofs.finds("it hangs", &outcomes[1], "no_answer");
    proofs.end();
}

#[tokio::test]
async fn a_token_is_checked_as_quay_checks_it() {
    let (pair, other) = (Pair::new(), Pair::new());
    let mut proofs = Proofs::of(CHECK, "jwt-tokens");
    let change = |name: &str, changed: Value| {
        let mut claims = claims(NOW);
        claims[name] = changed;
        pair.sign(&claims)
    };
    let shared = EncodingKey::from_secret(b"shared");
    let shared = encode(&Header::new(Algorithm::HS256), &claims(NOW), &shared);
    for (situation, token, fault) in [
        ("it is signed with another key", other.sign(&claims(NOW)), "token_of_other_key"),
        ("it is signed with a shared word", shared.expect("it can be"), "token_not_rs256"),
        ("it is none", "lab".to_owned(), "token_missing"),
        ("it names another issuer", change("iss", value!("acme")), "token_of_other_issuer"),
        ("it is meant for others", change("aud", value!("acme")), "token_for_others"),
        ("it is meant for nobody", change("aud", Value::Null), "token_for_others"),
        ("it has expired", change("exp", value!(NOW - 5)), "token_out_of_time"),
        ("it is good for too long", change("exp", value!(NOW + 3600)), "token_out_of_time"),
        ("it begins later", change("nbf", value!(NOW + 600)), "token_out_of_time"),
        ("it does not say when it begins", change("nbf", Value::Null), "token_out_of_time"),
        ("it holds no results", change("results", Value::Null), "results_missing"),
    ] {
        let web = with(&mut proofs, token, "/nowhere", |_: &Asked| page(404, "")).await;
        let outcome = tried(&web, &pair.public, "JWT_QUERY_ENDPOINT").await;
        proofs.finds(situation, &outcome, fault);
    }
    let empty = |_: &Asked| json(200, &value!({}));
    let web = with(&mut proofs, String::new(), "/search", empty).await;
    let outcome = tried(&web, &pair.public, "JWT_QUERY_ENDPOINT").await;
    proofs.finds("the answer holds no token", &outcome, "token_missing");
    proofs.end();
}

#[tokio::test]
async fn the_key_of_a_service_is_one_that_quay_can_use() {
    let pair = Pair::new();
    let mut proofs = Proofs::of(CHECK, "jwt-keys");
    let token = pair.sign(&claims(NOW));
    let web = with(&mut proofs, token, "/nowhere", |_: &Asked| page(404, "")).await;
    proofs.passes("the key is in the older form", &tried(&web, &pair.older, FILE).await);
    let search = tried(&web, &pair.older, "JWT_QUERY_ENDPOINT").await;
    assert_eq!(search.state, State::Passed, "{search:#?}");
    let elliptic = elliptic();
    let damaged = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n";
    for (situation, key, fault) in [
        ("the file holds a certificate", pair.certificate.as_str(), "key_is_certificate"),
        ("the file holds a private key", pair.private.as_str(), "key_is_private"),
        ("the key is elliptic", elliptic.as_str(), "key_not_rsa"),
        ("the file is damaged", damaged, "file_unusable"),
        ("the file holds something else", "lab", "file_unusable"),
    ] {
        proofs.finds(situation, &tried(&web, key, FILE).await, fault);
    }
    let outcomes = Trial::of(config(web.port)).run(CHECK).await;
    proofs.finds("the file is missing", &outcomes[0], "file_missing");
    proofs.end();
}

#[tokio::test]
async fn nothing_is_tried_while_something_else_checks_passwords() {
    let config = config(1).replace("TYPE: JWT", "TYPE: Database");
    assert!(Trial::of(config).run(CHECK).await.is_empty());
    let outcomes = Trial::of("AUTHENTICATION_TYPE: JWT").run(CHECK).await;
    let paths: Vec<_> = outcomes.iter().map(|outcome| outcome.path.to_string()).collect();
    assert_eq!(paths, [FILE, "JWT_VERIFY_ENDPOINT"]);
    assert!(outcomes.iter().all(|outcome| outcome.state == State::Failed), "{outcomes:#?}");
}
