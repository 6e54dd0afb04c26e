//! The registry's API, version 2, as clients speak it.

mod blobs;
mod error;
mod incoming;
mod joining;
mod lists;
mod manifests;
pub(crate) mod place;
#[cfg(test)]
mod tests;
mod uploads;

use crate::registry::Registry;
use crate::routes::Route;
use axum::Json;
use axum::body::Body;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, Uri, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use error::ApiError;
use place::Place;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What every client looks for.
const VERSION: (&str, &str) = ("docker-distribution-api-version", "registry/2.0");
/// How it asks for a name and a password.
const CHALLENGE: &str = "Basic realm=\"quay-standin\"";

/// A request that is allowed.
pub(crate) struct Call {
    method: Method,
    query: BTreeMap<String, String>,
    headers: HeaderMap,
}

impl Call {
    /// A header as text, empty if there is none.
    fn header(&self, name: header::HeaderName) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// A part of the query.
    fn asked(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str)
    }
}

/// Everything below `/v2`.
pub(crate) async fn call(State(registry): State<Arc<Registry>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let call = Call { method: parts.method, query: query(&parts.uri), headers: parts.headers };
    let mut response = match answer(&registry, parts.uri.path(), &call, body).await {
        Ok(response) => response,
        Err(error) => error.into_response(),
    };
    response.headers_mut().insert(VERSION.0, HeaderValue::from_static(VERSION.1));
    response
}

fn query(uri: &Uri) -> BTreeMap<String, String> {
    Query::try_from_uri(uri).map(|Query(query)| query).unwrap_or_default()
}

/// Who asks, and for what.
async fn answer(
    registry: &Arc<Registry>,
    path: &str,
    call: &Call,
    body: Body,
) -> Result<Response, ApiError> {
    if !is_logged_in(registry, call) {
        let challenge = [(header::WWW_AUTHENTICATE, CHALLENGE)];
        return Ok((challenge, ApiError::unauthorized()).into_response());
    }
    let method = &call.method;
    // Nothing is deleted, whoever asks.
    let changes = !matches!(*method, Method::GET | Method::HEAD | Method::DELETE);
    match (method, Place::of(path)?) {
        (&Method::DELETE, Place::Upload(repository, id)) => {
            uploads::cancel(registry, &repository, id, call).await
        }
        _ if changes && registry.is_read_only() => Err(ApiError::read_only()),
        (&(Method::GET | Method::HEAD), Place::Root) => {
            Ok(named("v2.v2_support_enabled", Json(json!({}))))
        }
        (&Method::GET, Place::Catalog) => lists::repositories(registry, call).await,
        (&Method::GET, Place::Tags(repository)) => lists::tags(registry, &repository, call).await,
        (&(Method::GET | Method::HEAD), Place::Manifest(repository, reference)) => {
            manifests::get(registry, &repository, &reference, call).await
        }
        (&Method::PUT, Place::Manifest(repository, reference)) => {
            manifests::put(registry, &repository, &reference, call, body).await
        }
        (&(Method::GET | Method::HEAD), Place::Blob(_, digest)) => {
            blobs::get(registry, digest, call).await
        }
        (&Method::POST, Place::Uploads(repository)) => {
            uploads::begin(registry, &repository, call, body).await
        }
        (&Method::GET, Place::Upload(repository, id)) => {
            uploads::status(registry, &repository, id, call).await
        }
        (&Method::PATCH, Place::Upload(repository, id)) => {
            uploads::more(registry, &repository, id, call, body).await
        }
        (&Method::PUT, Place::Upload(repository, id)) => {
            uploads::finish(registry, &repository, id, call, body).await
        }
        _ => Err(ApiError::unsupported()),
    }
}

/// Whether the one account is named, by HTTP Basic.
fn is_logged_in(registry: &Registry, call: &Call) -> bool {
    let given = call.header(header::AUTHORIZATION);
    let decoded = given
        .strip_prefix("Basic ")
        .and_then(|text| STANDARD.decode(text.trim()).ok())
        .and_then(|bytes| String::from_utf8(bytes).ok());
    let (user, password) = &registry.environment.account;
    let is_right = decoded
        .as_deref()
        .and_then(|text| text.split_once(':'))
        .is_some_and(|(name, word)| name == user && word == password);
    if is_right || !given.is_empty() {
        let success = if is_right { "True" } else { "False" };
        let labels = [("auth_kind", "basic"), ("success", success)];
        registry.metrics.count("quay_authentication_attempts_total", &labels, 1);
    }
    is_right
}

/// An answer of a route with this name.
fn named(route: &'static str, response: impl IntoResponse) -> Response {
    let mut response = response.into_response();
    response.extensions_mut().insert(Route(route));
    response
}
