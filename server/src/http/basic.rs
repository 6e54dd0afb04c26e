//! Who is asking: a program that sends user name and password with each request.

use super::plain;
use crate::auth::USER;
use crate::auth::entry::{Entry, attempt};
use crate::state::AppState;
use app::text;
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use std::net::SocketAddr;

/// What a program is told to send.
const CHALLENGE: &str = "Basic realm=\"quayconfig\"";

/// Proof that the request itself carries the password; a session's cookie is none.
#[derive(Clone, Copy, Debug)]
pub struct BasicUser;

impl FromRequestParts<AppState> for BasicUser {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        let Some((user, password)) = credentials(&parts.headers) else {
            return Err(unauthorized(&format!(
                "Send the user name {USER} and the password of this console with HTTP Basic."
            )));
        };
        let ConnectInfo(address) = ConnectInfo::<SocketAddr>::from_request_parts(parts, state)
            .await
            .map_err(IntoResponse::into_response)?;
        let (store, clock) = (state.store.as_ref(), state.clock.as_ref());
        match attempt(store, clock, &state.passwords, address.ip(), &user, password).await {
            Ok(Entry::Granted) => Ok(Self),
            Ok(Entry::Wrong) => Err(unauthorized(text::page().login_failed)),
            Ok(Entry::Throttled(seconds)) => Err(throttled(seconds)),
            Err(error) => Err(plain::error(error.into())),
        }
    }
}

/// User name and password, none without a header that holds both.
fn credentials(headers: &HeaderMap) -> Option<(String, String)> {
    let line = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = line.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(BASE64_STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (user, password) = text.split_once(':')?;
    Some((user.to_owned(), password.to_owned()))
}

fn unauthorized(words: &str) -> Response {
    let mut response = plain::sentence(StatusCode::UNAUTHORIZED, words);
    response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(CHALLENGE));
    response
}

fn throttled(seconds: u64) -> Response {
    let words = text::fill(text::page().login_throttled, [("seconds", &seconds.to_string())]);
    let mut response = plain::sentence(StatusCode::TOO_MANY_REQUESTS, &words);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(line: &str) -> Option<(String, String)> {
        let line = HeaderValue::from_str(line).unwrap();
        credentials(&HeaderMap::from_iter([(header::AUTHORIZATION, line)]))
    }

    #[test]
    fn a_password_may_hold_colons_and_any_letter() {
        let pair = |user: &str, password: &str| Some((user.to_owned(), password.to_owned()));
        assert_eq!(sent("Basic cXVheWNvbmZpZzpzZWNyZXQ="), pair("quayconfig", "secret"));
        assert_eq!(sent("basic cXVheWNvbmZpZzphOmI="), pair("quayconfig", "a:b"));
        assert_eq!(sent("Basic cXVheWNvbmZpZzrDpA=="), pair("quayconfig", "ä"));
        for bad in ["Basic", "Basic %", "Basic cXVheQ==", "Bearer cXVheWNvbmZpZzpzZWNyZXQ="] {
            assert_eq!(sent(bad), None, "{bad}");
        }
        assert_eq!(credentials(&HeaderMap::new()), None);
    }
}
