//! What Quay signs with the key it shares with Clair.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde::Serialize;

/// How long what is signed is good for, as Quay has it.
pub(super) const LIFE_SECONDS: i64 = 5 * 60;

/// What is signed; Quay names no more than who it is and until when.
#[derive(Serialize)]
struct Claims {
    iss: &'static str,
    exp: i64,
}

/// The key itself. Quay looks over white space in it: `openssl rand -base64 64` prints two lines.
pub(super) fn key(text: &str) -> Option<Vec<u8>> {
    let text: String = text.split_whitespace().collect();
    STANDARD.decode(text).ok().filter(|bytes| !bytes.is_empty())
}

/// A token as Quay sends it.
pub(super) fn sign(key: &[u8], now: i64) -> String {
    let claims = Claims { iss: "quay", exp: now + LIFE_SECONDS };
    let key = EncodingKey::from_secret(key);
    encode(&Header::new(Algorithm::HS256), &claims, &key).expect("any bytes are a key for HMAC")
}
