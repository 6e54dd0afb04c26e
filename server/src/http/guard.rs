//! Who is asking: the session in the cookie.

use super::error::AppError;
use crate::state::AppState;
use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use std::convert::Infallible;

/// Proof that the request has a running session.
#[derive(Clone, Debug)]
pub struct LoggedIn;

impl FromRequestParts<AppState> for LoggedIn {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        find(&parts.headers, state).await.map_err(|error| error.page(state))
    }
}

impl OptionalFromRequestParts<AppState> for LoggedIn {
    type Rejection = Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &AppState,
    ) -> Result<Option<Self>, Infallible> {
        Ok(find(&parts.headers, state).await.ok())
    }
}

async fn find(headers: &HeaderMap, state: &AppState) -> Result<LoggedIn, AppError> {
    let token = token(headers, state.tls).ok_or(AppError::SignedOut)?;
    match state.sessions.find(&token).await? {
        Some(_) => Ok(LoggedIn),
        None => Err(AppError::SignedOut),
    }
}

/// The cookie's name; the prefix makes browsers refuse it from anywhere but this very host.
fn name(tls: bool) -> &'static str {
    if tls { "__Host-quay-console" } else { "quay-console" }
}

/// The session's token, none without the cookie.
pub fn token(headers: &HeaderMap, tls: bool) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(found, _)| *found == name(tls))
        .map(|(_, token)| token.to_owned())
}

/// The header that puts the token into the browser, or takes it out again.
pub fn cookie(token: Option<&str>, tls: bool) -> HeaderValue {
    let secure = if tls { "; Secure" } else { "" };
    let (token, age) = match token {
        Some(token) => (token, crate::auth::session::ABSOLUTE_SECONDS),
        None => ("", 0),
    };
    let text =
        format!("{}={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age={age}{secure}", name(tls));
    HeaderValue::from_str(&text).expect("a token is letters, digits, dots, - and _")
}
