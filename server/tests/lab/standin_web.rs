//! What stand-ins for web services have in common: they look at what is asked, and answer.

use super::certificates::Signed;
use super::web::Web;
use axum::Router;
use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use server::clients::sigv4::encoded;

/// Bytes of a request that are read.
const BODY_BYTES_MAX: usize = 64 * 1024;
/// The moment at which the tests take place, as HTTP writes it.
const DATE: HeaderValue = HeaderValue::from_static("Wed, 18 Nov 2026 11:06:40 GMT");

/// What a stand-in is asked.
pub(crate) struct Asked {
    /// The method.
    pub(crate) method: String,
    /// The path.
    pub(crate) path: String,
    /// The query, encoded.
    pub(crate) query: String,
    /// The headers.
    pub(crate) headers: HeaderMap,
    /// The body.
    pub(crate) body: String,
}

impl Asked {
    /// A header, empty if there is none.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Whether the form has this value.
    pub(crate) fn has(&self, name: &str, value: &str) -> bool {
        let pair = format!("{name}={}", encoded(value, ""));
        self.body.split('&').any(|has| has == pair)
    }

    /// A value of the query, encoded.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        let mut pairs = self.query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(has, _)| *has == name).map(|(_, value)| value)
    }

    /// Whether a name and a password stand in a header.
    pub(crate) fn is_from(&self, name: &str, password: &str) -> bool {
        let expected = STANDARD.encode(format!("{name}:{password}"));
        self.header("authorization") == format!("Basic {expected}")
    }
}

/// An answer in JSON.
pub(crate) fn json(status: u16, value: &Value) -> Response {
    let status = StatusCode::from_u16(status).expect("a status");
    (status, axum::Json(value)).into_response()
}

/// A page for people.
pub(crate) fn page(status: u16, text: &str) -> Response {
    let status = StatusCode::from_u16(status).expect("a status");
    (status, Html(text.to_owned())).into_response()
}

/// A redirect.
pub(crate) fn redirect(to: &str) -> Response {
    (StatusCode::FOUND, [("location", to.to_owned())]).into_response()
}

/// Routes that answer so to everything.
pub(crate) fn answering(
    answer: impl Fn(&Asked) -> Response + Clone + Send + Sync + 'static,
) -> Router {
    Router::new().fallback(move |request: Request| {
        let answer = answer.clone();
        async move {
            let (parts, body) = request.into_parts();
            let body = to_bytes(body, BODY_BYTES_MAX).await.expect("what the checks send is small");
            let asked = Asked {
                method: parts.method.to_string(),
                path: parts.uri.path().to_owned(),
                query: parts.uri.query().unwrap_or_default().to_owned(),
                headers: parts.headers,
                body: String::from_utf8_lossy(&body).into_owned(),
            };
            let mut response = answer(&asked);
            response.headers_mut().insert("date", DATE);
            response
        }
    })
}

/// Starts a stand-in that speaks in clear.
pub(crate) async fn start(
    answer: impl Fn(&Asked) -> Response + Clone + Send + Sync + 'static,
) -> Web {
    Web::start(answering(answer)).await
}

/// Starts a stand-in that speaks TLS.
pub(crate) async fn start_tls(
    signed: &Signed,
    answer: impl Fn(&Asked) -> Response + Clone + Send + Sync + 'static,
) -> Web {
    Web::start_tls(answering(answer), signed).await
}
