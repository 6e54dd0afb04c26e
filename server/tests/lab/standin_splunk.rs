//! A stand-in for Splunk, of which there is no package. It answers as its manual says.

use super::certificates::Signed;
use super::web::Web;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::json;

/// The token that is let in, by its interface for programs and by its event collector.
pub(crate) const TOKEN: &str = "0b1c2d3e-token-of-the-lab";
/// Its index.
pub(crate) const INDEX: &str = "quay_logs";

/// What it is like.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Splunk {
    /// What the token may do.
    pub(crate) rights: &'static [&'static str],
    /// Whether its index takes entries.
    pub(crate) disabled: bool,
    /// What the collector says to who sends nothing, with a good token: status, code and text.
    pub(crate) collector: (u16, u64, &'static str),
    /// What the collector says of its health.
    pub(crate) health: (u16, u64, &'static str),
}

impl Splunk {
    /// One that works.
    pub(crate) fn new() -> Self {
        Self {
            rights: &["edit_tcp", "search", "indexes_edit"],
            disabled: false,
            collector: (400, 5, "No data"),
            health: (200, 17, "HEC is healthy"),
        }
    }

    /// Runs both of its interfaces at one port.
    pub(crate) async fn run(self) -> Web {
        Web::start(Router::new().fallback(answer).with_state(self)).await
    }

    /// Runs both with TLS.
    pub(crate) async fn run_tls(self, signed: &Signed) -> Web {
        Web::start_tls(Router::new().fallback(answer).with_state(self), signed).await
    }
}

async fn answer(State(splunk): State<Splunk>, request: Request) -> Response {
    let right = format!("Splunk {TOKEN}");
    let given = request.headers().get(header::AUTHORIZATION);
    let is_known = given.is_some_and(|given| given.as_bytes() == right.as_bytes());
    let index = format!("/services/data/indexes/{INDEX}");
    match request.uri().path() {
        "/services/collector/health" => collector(splunk.health),
        "/services/collector/event" if is_known => collector(splunk.collector),
        "/services/collector/event" => collector((403, 4, "Invalid token")),
        path if path.starts_with("/services/") && !is_known => {
            let text = "call not properly authenticated";
            let messages = json!({ "messages": [{ "type": "WARN", "text": text }] });
            (StatusCode::UNAUTHORIZED, messages.to_string()).into_response()
        }
        "/services/authentication/current-context" => {
            let content = json!({ "username": "quay", "capabilities": splunk.rights });
            json!({ "entry": [{ "content": content }] }).to_string().into_response()
        }
        path if path == index => {
            let content = json!({ "disabled": splunk.disabled });
            json!({ "entry": [{ "name": INDEX, "content": content }] }).to_string().into_response()
        }
        _ => (StatusCode::NOT_FOUND, "<response/>").into_response(),
    }
}

fn collector((status, code, text): (u16, u64, &str)) -> Response {
    let status = StatusCode::from_u16(status).expect("a status");
    (status, json!({ "text": text, "code": code }).to_string()).into_response()
}
