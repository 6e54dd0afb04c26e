//! The only list of routes, and the limits on them.

use super::routes::{
    api, bundle, checks, editor, engines, entries, files, health, history, import, login, rpc,
    search, values, yaml,
};
use super::{error::AppError, middleware};
use crate::state::AppState;
use app::paths;
use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::Response;
use axum::routing::{any, get, post};
use config_model::bundle::FILE_BYTES_MAX;
use config_model::yaml::BYTES_MAX;
use std::time::Duration;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;

/// Bytes of a form: a log-in, an engine's name.
const FORM_BYTES_MAX: usize = 16 * 1024;
/// Bytes of saved edits.
const RPC_BYTES_MAX: usize = 1024 * 1024;
/// Bytes of an upload: a file and the form around it.
const UPLOAD_BYTES_MAX: usize = FILE_BYTES_MAX + 64 * 1024;
/// Bytes of an uploaded configuration and the form around it.
const IMPORT_BYTES_MAX: usize = 20 * 1024 * 1024;
/// Bytes of a bundle in JSON: its files are in base64, which takes a third more.
const API_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Bytes of `config.yaml` in a form or in JSON, where each may become three.
const YAML_BYTES_MAX: usize = 3 * BYTES_MAX + 16 * 1024;
/// The longest a request may take.
const REQUEST_SECONDS_MAX: u64 = 30;

/// Everything the program answers.
pub fn router(state: AppState) -> Router {
    let limited = |routes: Router<AppState>, bytes: usize| {
        routes.layer(DefaultBodyLimit::disable()).layer(RequestBodyLimitLayer::new(bytes))
    };
    let pages = Router::new()
        .route("/live", get(health::live))
        .route("/ready", get(health::ready))
        .route("/favicon.svg", get(health::favicon))
        .route("/robots.txt", get(health::robots))
        .route("/assets/{fingerprint}/{name}", get(health::asset))
        .route(paths::LOGIN, get(login::show).post(login::enter))
        .route(paths::LOGOUT, post(login::leave))
        .route(paths::OVERVIEW, get(editor::overview))
        .route("/section/{id}", get(editor::section))
        .route(paths::REVIEW, get(editor::review))
        .route(paths::DISCARD, get(editor::ask_discard).post(editor::discard))
        .route(paths::DOWNLOAD, post(bundle::download))
        .route(paths::SAVE, post(bundle::save))
        .route(paths::ENGINES, post(engines::change))
        .route(paths::ENTRIES, post(entries::change))
        .route(paths::VALUES, post(values::change))
        .route(paths::UNDO, post(history::undo))
        .route(paths::REDO, post(history::redo))
        .route(paths::HISTORY, get(history::show))
        .route(paths::CHECKS, get(checks::show).post(checks::start))
        .route(paths::CHECKS_CANCEL, post(checks::cancel))
        .route(paths::CHECKS_EVENTS, get(checks::events))
        .route(paths::SEARCH, get(search::show))
        .route("/history/{id}/restore", post(history::restore))
        .route("/files/remove", post(files::remove))
        .route(paths::API, get(api::page::show))
        .route(paths::API_DOCUMENT, get(api::openapi));
    let rpc = Router::new().route("/rpc/{function}", post(rpc::call));
    let imports = Router::new().route(paths::IMPORT, get(import::ask).post(import::take));
    let uploads = Router::new().route(paths::FILES, post(files::upload));
    let yaml = Router::new()
        .route(paths::YAML, get(yaml::show).post(yaml::save))
        .route(paths::YAML_TEXT, get(yaml::read).post(yaml::write));
    let api = Router::new()
        .route(paths::API_CONFIG, get(api::config))
        .route(paths::API_VALIDATE, post(api::validate))
        .route(paths::API_DOWNLOAD, post(api::download))
        .route(paths::API_OPERATOR, any(api::operator))
        .layer(from_fn(middleware::no_other_site));
    limited(pages, FORM_BYTES_MAX)
        .merge(limited(rpc, RPC_BYTES_MAX))
        .merge(limited(uploads, UPLOAD_BYTES_MAX))
        .merge(limited(api, API_BYTES_MAX))
        .merge(limited(imports, IMPORT_BYTES_MAX))
        .merge(limited(yaml, YAML_BYTES_MAX))
        .fallback(not_found)
        .layer(from_fn(middleware::same_origin))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::REQUEST_TIMEOUT,
            Duration::from_secs(REQUEST_SECONDS_MAX),
        ))
        .layer(CompressionLayer::new())
        .layer(CatchPanicLayer::new())
        .layer(from_fn_with_state(state.clone(), middleware::headers))
        .layer(TraceLayer::new_for_http().make_span_with(span))
        .with_state(state)
}

/// What is logged of a request: never a header, a query or a body.
fn span<B>(request: &http::Request<B>) -> tracing::Span {
    tracing::debug_span!("request", method = %request.method(), path = request.uri().path())
}

async fn not_found(State(state): State<AppState>) -> Response {
    AppError::NotFound.page(&state)
}
