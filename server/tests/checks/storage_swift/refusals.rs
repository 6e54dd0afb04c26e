//! A gateway that is right in all but one thing.

use super::{CHECK, gateway, tried};
use crate::lab::rgw::Rgw;
use crate::lab::twist;
use crate::support::Proofs;
use axum::http::Method;
use axum::http::request::Parts;
use axum::response::Response;
use cluster::check::Outcome;

/// What is found at a gateway behind a proxy that answers some requests itself.
async fn twisted(proofs: &mut Proofs, rgw: &Rgw, twist: fn(&Parts) -> Option<Response>) -> Outcome {
    let proxy = twist::before(([127, 0, 0, 1], rgw.port).into(), twist).await;
    proofs.hide(proxy.port, "7480");
    let outcome = tried(proxy.port, "quay:swift", ", temp_url_key: key-for-downloads").await;
    for problem in outcome.problems() {
        let named = problem.message.split_once("quay-console-check-");
        if let Some(left) = named.and_then(|(_, rest)| rest.split(' ').next()) {
            proofs.hide(left, "ID");
        }
    }
    outcome
}

/// Whether a request is for an object, and as who we are.
fn is_object(parts: &Parts, method: &Method) -> bool {
    parts.method == method
        && parts.uri.path().contains("/registry/")
        && parts.headers.contains_key("x-auth-token")
}

/// What the store does in place of what it should, and the fault that is found.
type Case = (&'static str, fn(&Parts) -> Option<Response>, &'static str);

const CASES: &[Case] = &[
    (
        "nothing may be read",
        |parts| is_object(parts, &Method::GET).then(|| twist::refusal(403, "Forbidden")),
        "swift_may_not_read",
    ),
    (
        "nothing may be deleted",
        |parts| is_object(parts, &Method::DELETE).then(|| twist::refusal(403, "Forbidden")),
        "swift_may_not_delete",
    ),
    (
        "what was written is not there",
        |parts| is_object(parts, &Method::GET).then(|| twist::refusal(404, "Not Found")),
        "swift_not_read_back",
    ),
    (
        "parts are not joined",
        |parts| {
            let whole = parts.uri.path().ends_with("-parts");
            (whole && parts.method == Method::GET).then(|| twist::refusal(200, ""))
        },
        "swift_parts_not_joined",
    ),
    (
        "requests are limited",
        |parts| is_object(parts, &Method::PUT).then(|| twist::refusal(429, "Slow Down")),
        "swift_slowed_down",
    ),
    (
        "the store fails",
        |parts| is_object(parts, &Method::PUT).then(|| twist::refusal(503, "Unavailable")),
        "swift_store_fails",
    ),
    (
        "the disks are full",
        |parts| is_object(parts, &Method::PUT).then(|| twist::refusal(507, "No space")),
        "swift_full",
    ),
    (
        "signed addresses are refused",
        |parts| {
            let query = parts.uri.query().unwrap_or_default();
            query.contains("temp_url_sig").then(|| twist::refusal(401, "Temp URL invalid"))
        },
        "swift_download_refused",
    ),
    (
        "signed addresses are not offered",
        |parts| knows(parts, r#"{"swift": {}}"#),
        "swift_downloads_not_offered",
    ),
    (
        "signed addresses are taken with SHA-256 only",
        |parts| knows(parts, r#"{"swift": {}, "tempurl": {"allowed_digests": ["sha256"]}}"#),
        "swift_digest_not_taken",
    ),
    (
        "the login fails",
        |parts| parts.uri.path().starts_with("/auth").then(|| twist::refusal(500, "Oh")),
        "swift_login_fails",
    ),
    (
        "the token is not taken",
        |parts| parts.headers.contains_key("x-auth-token").then(|| twist::refusal(401, "Who?")),
        "swift_token_refused",
    ),
];

#[tokio::test]
async fn a_store_that_does_all_but_one_thing_is_found_out() {
    let mut proofs = Proofs::of(CHECK, "storage-swift-refusals");
    let rgw = gateway().await;
    rgw.admin(&["user", "modify", "--uid", "quay", "--temp-url-key", "key-for-downloads"]);
    for (situation, twist, fault) in CASES {
        let outcome = twisted(&mut proofs, &rgw, *twist).await;
        proofs.finds(situation, &outcome, fault);
    }
    proofs.end();
}

/// A store that can do this, and takes no signed addresses.
fn knows(parts: &Parts, info: &str) -> Option<Response> {
    if parts.uri.path().ends_with("/info") {
        return Some(twist::refusal(200, info));
    }
    let query = parts.uri.query().unwrap_or_default();
    query.contains("temp_url_sig").then(|| twist::refusal(401, "Temp URL invalid"))
}
