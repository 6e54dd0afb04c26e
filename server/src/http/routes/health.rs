//! Whether the program lives and is ready, and its assets.

use crate::state::AppState;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

/// The process answers.
pub async fn live() -> &'static str {
    "live\n"
}

/// The database answers too.
pub async fn ready(State(state): State<AppState>) -> Response {
    match state.store.ping().await {
        Ok(()) => "ready\n".into_response(),
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n").into_response()
        }
    }
}

/// A file for the browser.
pub async fn asset(
    State(state): State<AppState>,
    Path((fingerprint, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    state.assets.serve(&fingerprint, &name, &headers)
}

/// The icon.
pub async fn favicon(State(state): State<AppState>, headers: HeaderMap) -> Response {
    state.assets.serve("", "favicon.svg", &headers)
}

/// Nothing here is for search engines.
pub async fn robots(State(state): State<AppState>, headers: HeaderMap) -> Response {
    state.assets.serve("", "robots.txt", &headers)
}
