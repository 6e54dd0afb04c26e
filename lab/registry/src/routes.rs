//! The addresses it answers: health, the registry's API, metrics.

use crate::api;
use crate::health::Health;
use crate::registry::Registry;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use axum::{Extension, Json, Router};
use serde_json::json;
use std::sync::Arc;
use std::time::Instant;

/// The name of a route, as Quay's metrics have it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Route(pub(crate) &'static str);

/// What carries the release that it pretends to be.
const STANDIN_HEADER: &str = "x-quay-standin";

/// What answers on the ports for HTTP and HTTPS.
pub(crate) fn registry(registry: Arc<Registry>) -> Router {
    Router::new()
        .route("/", get(about))
        .route("/health", get(of_node))
        .route("/health/instance", get(of_node))
        .route("/health/endtoend", get(of_all))
        .route("/status", get(of_all))
        .route("/health/warning", get(of_disk))
        .route("/health/dbrevision", get(of_tables))
        .route("/_internal_ping", get(ping))
        .route("/v1/_internal_ping", get(ping))
        .route("/v1/_ping", get(ping))
        .route("/v2", any(api::call))
        .route("/v2/", any(api::call))
        .route("/v2/{*rest}", any(api::call))
        .fallback(nothing)
        .layer(from_fn_with_state(registry.clone(), watch))
        .with_state(registry)
}

/// What answers on the port for metrics.
pub(crate) fn metrics(registry: Arc<Registry>) -> Router {
    Router::new()
        .route("/metrics", get(metrics_text))
        .route("/-/healthy", get(ready))
        .route("/-/ready", get(ready))
        .with_state(registry)
}

async fn metrics_text(State(registry): State<Arc<Registry>>) -> Response {
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    (kind, registry.metrics_text().await).into_response()
}

/// Counts, logs, and says in each answer that this is no Quay.
async fn watch(State(registry): State<Arc<Registry>>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let mut response = next.run(request).await;
    let route = response.extensions().get::<Route>().map_or("other", |route| route.0);
    let (status, time) = (response.status(), began.elapsed());
    registry.metrics.answered(&method, route, status, time);
    let version = registry.environment.version.to_string();
    if let Ok(version) = HeaderValue::from_str(&version) {
        response.headers_mut().insert(STANDIN_HEADER, version);
    }
    let (status, millis) = (status.as_u16(), time.as_millis());
    // Somebody asks for the health every second.
    if route.ends_with("_health") {
        tracing::debug!("{method} {path} {status} {millis} ms");
    } else {
        tracing::info!("{method} {path} {status} {millis} ms");
    }
    response
}

async fn about(State(registry): State<Arc<Registry>>) -> Response {
    let version = registry.environment.version;
    let text = format!(
        "This is a stand-in for Quay {version}, for trials of quay-console. It is no Quay.\n"
    );
    (Extension(Route("web.index")), text).into_response()
}

async fn of_node(State(registry): State<Arc<Registry>>) -> Response {
    let answer = registry.health().of_node(&registry.configuration, &registry.storage).await;
    (Extension(Route("web.instance_health")), answer).into_response()
}

async fn of_all(State(registry): State<Arc<Registry>>) -> Response {
    let answer = registry.health().of_all(&registry.configuration, &registry.storage).await;
    (Extension(Route("web.endtoend_health")), answer).into_response()
}

async fn of_disk(State(registry): State<Arc<Registry>>) -> Response {
    (Extension(Route("web.warning_health")), Health::of_disk(&registry.configuration))
        .into_response()
}

async fn of_tables(State(registry): State<Arc<Registry>>) -> Response {
    let Some((found, own)) = registry.revisions().await else {
        return nothing().await;
    };
    let status = if found == own { StatusCode::OK } else { StatusCode::BAD_REQUEST };
    let body = json!({
        "data": {"db_revision": found, "local_revision": own},
        "status_code": status.as_u16(),
    });
    (status, Extension(Route("web.dbrevision_health")), Json(body)).into_response()
}

async fn ready() -> &'static str {
    "OK"
}

async fn ping() -> Response {
    (Extension(Route("web.internal_ping")), "true").into_response()
}

async fn nothing() -> Response {
    (StatusCode::NOT_FOUND, "The stand-in for Quay has no such page.\n").into_response()
}
