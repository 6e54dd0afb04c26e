//! The keys that a provider signs with.

use super::discovery::{Found, SIGNATURES};
use super::provider::Provider;
use super::{KEY_UNKNOWN, KEYS_UNREADABLE, NO_USABLE_KEY};
use crate::checks::course::Done;
use crate::checks::shell::shell_quoted;
use crate::checks::sign_in::said;
use crate::checks::sign_in::visit::{Ask, Visit};
use cluster::check::StageKind;
use http::StatusCode;
use serde_json::Value as Json;

/// The kinds of keys that Quay's library can read.
const KINDS: [&str; 4] = ["RSA", "EC", "OKP", "oct"];

/// Reads the keys, and looks whether there is one that Quay can use.
pub(super) async fn read(visit: &mut Visit, provider: &Provider, found: &Found) -> Done {
    let place = &found.keys;
    let mut ask = Ask::get(StageKind::Service, format!("GET {place}: its keys"), &[]);
    ask.checked = !provider.trusting;
    let (step, answer) = visit.ask(place, &ask).await?;
    let json = answer.json().unwrap_or_default();
    let keys = json.get("keys").and_then(Json::as_array);
    let (Some(keys), StatusCode::OK) = (keys, answer.status) else {
        let (url, status) = (place.to_string(), answer.status.to_string());
        let quoted = shell_quoted(&url);
        let places = [("url", url.as_str()), ("quoted", &quoted), ("status", &status)];
        return Err(step.fail(said(&answer), KEYS_UNREADABLE.with(&places)));
    };
    let shown: Vec<String> = keys.iter().map(shown).collect();
    let shown = shown.join("; ");
    let unknown = keys.iter().map(|key| text(key, "kty")).find(|kind| !KINDS.contains(kind));
    if let Some(kind) = unknown {
        return Err(step.fail(&shown, KEY_UNKNOWN.with(&[("kind", kind)])));
    }
    if keys.iter().any(is_usable) {
        step.pass(shown);
        return Ok(());
    }
    let count = keys.len().to_string();
    Err(step.fail(&shown, NO_USABLE_KEY.with(&[("count", &count)])))
}

fn text<'a>(key: &'a Json, name: &str) -> &'a str {
    key.get(name).and_then(Json::as_str).unwrap_or_default()
}

/// A key in a few words: `RSA RS256 sig`.
fn shown(key: &Json) -> String {
    let words = ["kty", "alg", "use"].map(|name| text(key, name));
    words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Whether Quay can check a signature with it.
fn is_usable(key: &Json) -> bool {
    let (signature, purpose) = (text(key, "alg"), text(key, "use"));
    text(key, "kty") == "RSA"
        && !text(key, "kid").is_empty()
        && (purpose.is_empty() || purpose == "sig")
        && (signature.is_empty() || SIGNATURES.contains(&signature))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_key_is_usable_when_quay_can_check_with_it() {
        assert!(is_usable(&json!({"kty": "RSA", "kid": "a"})));
        assert!(is_usable(&json!({"kty": "RSA", "kid": "a", "use": "sig", "alg": "RS384"})));
        for bad in [
            json!({"kty": "RSA"}),
            json!({"kty": "RSA", "kid": "a", "use": "enc"}),
            json!({"kty": "RSA", "kid": "a", "alg": "RSA-OAEP"}),
            json!({"kty": "EC", "kid": "a", "use": "sig", "alg": "ES256"}),
        ] {
            assert!(!is_usable(&bad), "{bad}");
        }
        assert_eq!(shown(&json!({"kty": "RSA", "kid": "a", "alg": "RS256"})), "RSA RS256");
    }
}
