//! Server functions, for logged-in browsers only.

use crate::backend::RequestBackend;
use crate::http::guard::LoggedIn;
use crate::state::AppState;
use app::backend::SharedBackend;
use app::error::UiError;
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Request, StatusCode};
use axum::response::{IntoResponse, Response};
use leptos::prelude::provide_context;
use std::sync::Arc;

/// Runs the server function the path names.
pub async fn call(
    session: Option<LoggedIn>,
    State(state): State<AppState>,
    request: Request<Body>,
) -> Response {
    if session.is_none() {
        return (StatusCode::UNAUTHORIZED, Json(UiError::SignedOut)).into_response();
    }
    let backend: SharedBackend = Arc::new(RequestBackend::new(state.drafts));
    leptos_axum::handle_server_fns_with_context(move || provide_context(backend.clone()), request)
        .await
        .into_response()
}
