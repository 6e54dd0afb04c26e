//! A proxy before a real service that gives some answers itself: so the service is right in all
//! but one thing.

use super::certificates::Signed;
use super::web::Web;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use std::net::SocketAddr;
use std::time::Duration;

/// Bytes of a request that are passed on.
const BODY_BYTES_MAX: usize = 64 * 1024;

/// What a proxy answers itself; nothing where it passes a request on.
pub(crate) trait Twist:
    Fn(&Parts) -> Option<Response> + Clone + Send + Sync + 'static
{
}
impl<F: Fn(&Parts) -> Option<Response> + Clone + Send + Sync + 'static> Twist for F {}

/// A proxy before the service at this address.
pub(crate) async fn before(service: SocketAddr, twist: impl Twist) -> Web {
    Web::start(router(service, twist)).await
}

/// The same for clients that speak TLS.
pub(crate) async fn before_tls(service: SocketAddr, signed: &Signed, twist: impl Twist) -> Web {
    Web::start_tls(router(service, twist), signed).await
}

/// An answer with a text, as services give when they refuse.
pub(crate) fn refusal(status: u16, text: &str) -> Response {
    let status = StatusCode::from_u16(status).expect("a status");
    (status, text.to_owned()).into_response()
}

fn router(service: SocketAddr, twist: impl Twist) -> Router {
    // Only one of those who share the process can do it, and the others need not.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        .timeout(Duration::from_secs(30))
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .expect("the settings are good");
    Router::new().fallback(move |request: Request| {
        let (twist, client) = (twist.clone(), client.clone());
        async move { pass_on(service, twist, client, request).await }
    })
}

async fn pass_on(
    service: SocketAddr,
    twist: impl Twist,
    client: reqwest::Client,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    if let Some(answer) = twist(&parts) {
        return answer;
    }
    let body = to_bytes(body, BODY_BYTES_MAX).await.expect("what the checks send is small");
    let rest = parts.uri.path_and_query().map_or("/", |rest| rest.as_str());
    let request = client.request(parts.method, format!("http://{service}{rest}"));
    let sent = request.headers(parts.headers).body(body).send().await;
    let mut sent = sent.expect("the service behind the proxy answers");
    let (status, mut headers) = (sent.status(), std::mem::take(sent.headers_mut()));
    for own in [header::TRANSFER_ENCODING, header::CONNECTION] {
        headers.remove(own);
    }
    let body = sent.bytes().await.expect("the service behind the proxy answers");
    let mut answer = Response::new(Body::from(body));
    *answer.status_mut() = status;
    *answer.headers_mut() = headers;
    answer
}
