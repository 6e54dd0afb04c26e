//! What the checks of log-ins at other sites share.

pub(super) mod verdict;
pub(super) mod visit;

use super::Settings;
use crate::clients::date::of_http;
use crate::clients::http::Answer;
use crate::clients::sigv4::encoded;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use config_model::sections::server::{PREFERRED_URL_SCHEME, SERVER_HOSTNAME, UrlScheme};
use config_model::value::{Secret, Value};
use serde_json::Value as Json;

/// A code that no provider has given to anybody.
pub(super) const MADE_UP_CODE: &str = "made-up-by-quay-console";
/// How a form is sent.
pub(super) const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
/// What Quay wants to be answered with.
pub(super) const JSON: (&str, &str) = ("accept", "application/json");

/// Where users are sent back to from the service with this id; `None` while the registry has no
/// name.
pub(super) fn callback(settings: &Settings<'_>, id: &str) -> Option<String> {
    let host = settings.at(&SERVER_HOSTNAME.path()).and_then(Value::as_str)?;
    let scheme = match settings.document.effective(PREFERRED_URL_SCHEME) {
        Some(UrlScheme::Https) => "https",
        _ => "http",
    };
    Some(format!("{scheme}://{host}/oauth2/{id}/callback"))
}

/// The text of a secret, empty if there is none.
pub(super) fn revealed(secret: Option<Secret>) -> String {
    secret.and_then(|secret| secret.reveal().map(str::to_owned)).unwrap_or_default()
}

/// Names and values as a form or a query has them.
pub(super) fn form(pairs: &[(&str, &str)]) -> String {
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{}={}", encoded(name, ""), encoded(value, "")))
        .collect();
    pairs.join("&")
}

/// A name and a password as the header `authorization` has them.
pub(super) fn basic(name: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{name}:{password}")))
}

/// By how many seconds the clock of whoever answered is ahead of `now`; less than 0 for behind.
pub(super) fn ahead(answer: &Answer, now: i64) -> Option<i64> {
    Some(of_http(answer.header("date"))? - now)
}

/// An address below another one, with one slash in between.
pub(super) fn below(base: &str, rest: &str) -> String {
    format!("{}/{rest}", base.trim_end_matches('/'))
}

/// What an answer says, for a person: its status, and its words where it has any of a known form.
pub(super) fn said(answer: &Answer) -> String {
    let words = answer.json().map(|json| words(&json)).unwrap_or_default();
    let (status, words) = (answer.status, words.trim_end_matches('.'));
    if words.is_empty() { status.to_string() } else { format!("{status}: {words}") }
}

/// What went wrong, in the forms of OAuth, of Keystone and of GitHub.
fn words(json: &Json) -> String {
    let inner = json.pointer("/error/message");
    let all = [json.get("error"), inner, json.get("error_description"), json.get("message")];
    let all: Vec<&str> = all.into_iter().flatten().filter_map(Json::as_str).collect();
    all.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderMap, StatusCode};

    fn answer(body: &'static str) -> Answer {
        Answer { status: StatusCode::BAD_REQUEST, headers: HeaderMap::new(), body: body.into() }
    }

    #[test]
    fn what_an_answer_says_is_found_in_each_form() {
        let oauth = answer(r#"{"error":"invalid_grant","error_description":"no such code"}"#);
        assert_eq!(said(&oauth), "400 Bad Request: invalid_grant, no such code");
        let keystone = answer(r#"{"error":{"code":401,"message":"log in.","title":"No"}}"#);
        assert_eq!(said(&keystone), "400 Bad Request: log in");
        assert_eq!(said(&answer(r#"{"message":"Not Found"}"#)), "400 Bad Request: Not Found");
        assert_eq!(said(&answer("<html>")), "400 Bad Request");
    }

    #[test]
    fn a_form_has_its_values_encoded() {
        assert_eq!(form(&[("a", "b c"), ("url", "https://x/")]), "a=b%20c&url=https%3A%2F%2Fx%2F");
        assert_eq!(basic("a", "b"), "Basic YTpi");
    }
}
