//! The registry as a client sees it, over a folder and without a database.

mod limits;
mod uploads;

use super::place::Digest;
use crate::configuration::Configuration;
use crate::environment::Environment;
use crate::registry::{Limits, Registry};
use crate::routes;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode, header};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use sqlx::postgres::PgConnectOptions;
use std::sync::Arc;
use tempfile::TempDir;
use tower::ServiceExt as _;

/// A stand-in whose blobs lie in a folder; what needs the database fails.
struct Client {
    router: Router,
    registry: Arc<Registry>,
    folder: TempDir,
}

impl Client {
    fn new(more: &str) -> Self {
        Self::with(more, Limits::USUAL)
    }

    fn with(more: &str, limits: Limits) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let text = format!(
            "DISTRIBUTED_STORAGE_CONFIG: {{default: [LocalStorage, {{storage_path: '{}'}}]}}\n\
             DISTRIBUTED_STORAGE_PREFERENCE: [default]\n{more}",
            folder.path().display()
        );
        let configuration = Configuration::of_text(&text).unwrap();
        let environment = Environment::of(|_| None).unwrap();
        let nowhere = PgConnectOptions::new_without_pgpass().host("127.0.0.1").port(1);
        let mut registry = Registry::new(environment, configuration, nowhere);
        registry.limits = limits;
        let registry = Arc::new(registry);
        Self { router: routes::registry(registry.clone()), registry, folder }
    }

    async fn ask(&self, method: Method, path: &str, body: &'static [u8]) -> Response {
        self.send(method, path, Body::from(body)).await
    }

    async fn send(&self, method: Method, path: &str, body: Body) -> Response {
        let login = format!("Basic {}", STANDARD.encode("quay:quay-standin"));
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::AUTHORIZATION, login)
            .body(body)
            .unwrap();
        self.router.clone().oneshot(request).await.unwrap()
    }
}

fn text(response: &Response, name: &str) -> String {
    let value = response.headers().get(name).and_then(|value| value.to_str().ok());
    value.unwrap_or_default().to_owned()
}

async fn body(response: Response) -> Vec<u8> {
    to_bytes(response.into_body(), 100_000).await.unwrap().to_vec()
}

const UPLOADS: &str = "/v2/acme/app/blobs/uploads/";

#[tokio::test]
async fn every_answer_says_that_this_is_no_quay() {
    let client = Client::new("");
    let response = client.ask(Method::GET, "/", b"").await;
    assert_eq!(text(&response, "x-quay-standin"), "3.14.0");
    let said = String::from_utf8(body(response).await).unwrap();
    assert!(said.contains("It is no Quay."), "{said}");
    let response = client.ask(Method::GET, "/nowhere", b"").await;
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    assert_eq!(text(&response, "x-quay-standin"), "3.14.0");
}

#[tokio::test]
async fn a_client_has_to_log_in() {
    let client = Client::new("");
    let request = Request::builder().uri("/v2/").body(Body::empty()).unwrap();
    let response = client.router.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(text(&response, "www-authenticate"), "Basic realm=\"quay-standin\"");
    let response = client.ask(Method::GET, "/v2/", b"").await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(text(&response, "docker-distribution-api-version"), "registry/2.0");
}

#[tokio::test]
async fn a_blob_arrives_in_pieces_and_is_read_back() {
    let client = Client::new("");
    let begun = client.ask(Method::POST, UPLOADS, b"").await;
    assert_eq!(begun.status(), StatusCode::ACCEPTED);
    let more = client.ask(Method::PATCH, &text(&begun, "location"), b"hello ").await;
    assert_eq!((more.status(), text(&more, "range").as_str()), (StatusCode::ACCEPTED, "0-5"));
    let digest = Digest::of(b"hello world");
    let last = format!("{}&digest={digest}", text(&more, "location"));
    let done = client.ask(Method::PUT, &last, b"world").await;
    assert_eq!(done.status(), StatusCode::CREATED);
    assert_eq!(text(&done, "docker-content-digest"), digest.to_string());
    let path = text(&done, "location");
    let head = client.ask(Method::HEAD, &path, b"").await;
    assert_eq!((head.status(), text(&head, "content-length").as_str()), (StatusCode::OK, "11"));
    let found = client.ask(Method::GET, &path, b"").await;
    assert_eq!(body(found).await, b"hello world");
    let metrics = client.registry.metrics.as_text("", &[]);
    assert!(metrics.contains("quay_registry_image_pushed_bytes_total{} 11"), "{metrics}");
}

#[tokio::test]
async fn bytes_under_a_false_digest_are_refused() {
    let client = Client::new("");
    let digest = Digest::of(b"something else");
    let whole = format!("{UPLOADS}?digest={digest}");
    let refused = client.ask(Method::POST, &whole, b"something").await;
    assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
    let said = String::from_utf8(body(refused).await).unwrap();
    assert!(said.contains("DIGEST_INVALID"), "{said}");
    let path = format!("/v2/acme/app/blobs/{digest}");
    let missing = client.ask(Method::GET, &path, b"").await;
    assert_eq!(missing.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_blob_that_was_changed_in_the_storage_is_cut_off() {
    let client = Client::new("");
    let digest = Digest::of(b"good");
    client.registry.storage.put(&digest.key(), Bytes::from_static(b"evil")).await.unwrap();
    let path = format!("/v2/acme/app/blobs/{digest}");
    let found = client.ask(Method::GET, &path, b"").await;
    assert!(to_bytes(found.into_body(), 100).await.is_err());
}

#[tokio::test]
async fn nothing_is_deleted_and_a_maintained_registry_takes_nothing() {
    let client = Client::new("REGISTRY_STATE: readonly\n");
    let path = format!("/v2/acme/app/blobs/{}", Digest::of(b""));
    let deleted = client.ask(Method::DELETE, &path, b"").await;
    assert_eq!(deleted.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert!(String::from_utf8(body(deleted).await).unwrap().contains("UNSUPPORTED"));
    let pushed = client.ask(Method::POST, UPLOADS, b"").await;
    assert_eq!(pushed.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert!(String::from_utf8(body(pushed).await).unwrap().contains("read-only"));
}
