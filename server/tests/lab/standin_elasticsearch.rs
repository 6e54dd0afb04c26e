//! A stand-in for Elasticsearch, of which there is no package. It answers as its manual says.

use super::certificates::Signed;
use super::web::Web;
use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use server::clients::http::Origin;
use server::clients::sigv4::{Keys, Scope, sign};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// The user, or the access key.
pub(crate) const USER: &str = "log-writer";
/// The password, or the secret key.
pub(crate) const PASSWORD: &str = "strongpassword";
/// Where it is, where AWS is asked for.
pub(crate) const REGION: &str = "eu-central-1";
/// Its name there.
pub(crate) const AWS_HOST: &str = "search-quay.eu-central-1.es.amazonaws.com";

/// Who is let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Door {
    /// Everybody.
    Open,
    /// Who has name and password.
    Basic,
    /// Who has signed at this time, in seconds since 1970.
    Aws(i64),
}

/// A refusal: of what begins like this, with which status, kind and reason.
pub(crate) type Refusal = (&'static str, u16, &'static str, &'static str);

/// What it is like.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Elasticsearch {
    /// Who is let in.
    pub(crate) door: Door,
    /// Its version.
    pub(crate) version: &'static str,
    /// `green`, `yellow` or `red`.
    pub(crate) health: &'static str,
    /// What it refuses.
    pub(crate) refusal: Option<Refusal>,
}

/// It, and what is kept in it.
pub(crate) struct Running {
    /// Where it listens.
    pub(crate) web: Web,
    kept: Arc<Mutex<BTreeMap<String, Value>>>,
}

impl Running {
    /// The paths of all that is kept.
    pub(crate) fn kept(&self) -> Vec<String> {
        self.kept.lock().expect("no request panics").keys().cloned().collect()
    }
}

type Shared = (Elasticsearch, Arc<Mutex<BTreeMap<String, Value>>>);

impl Elasticsearch {
    /// One that works.
    pub(crate) fn new(door: Door) -> Self {
        Self { door, version: "7.17.9", health: "green", refusal: None }
    }

    /// Runs it.
    pub(crate) async fn run(self) -> Running {
        let kept = Arc::default();
        Running { web: Web::start(self.router(&kept)).await, kept }
    }

    /// Runs it with TLS.
    pub(crate) async fn run_tls(self, signed: &Signed) -> Running {
        let kept = Arc::default();
        Running { web: Web::start_tls(self.router(&kept), signed).await, kept }
    }

    fn router(self, kept: &Arc<Mutex<BTreeMap<String, Value>>>) -> Router {
        Router::new().fallback(answer).with_state((self, kept.clone()))
    }

    /// What is answered to who is not let in.
    fn turns_away(&self, request: &Request, body: &[u8]) -> Option<Response> {
        let header = |name: &str| {
            let value = request.headers().get(name).and_then(|value| value.to_str().ok());
            value.unwrap_or_default().to_owned()
        };
        let authorization = header("authorization");
        match self.door {
            Door::Open => None,
            Door::Basic => {
                let right = format!("Basic {}", STANDARD.encode(format!("{USER}:{PASSWORD}")));
                (authorization != right).then(|| {
                    refuse(401, "security_exception", "unable to authenticate user [quay]")
                })
            }
            Door::Aws(now) => {
                let keys = Keys { access: USER.into(), secret: PASSWORD.into(), token: None };
                let scope = Scope { service: "es", region: REGION, now };
                let origin = Origin { tls: true, host: AWS_HOST.to_owned(), port: 443 };
                let kind = header("content-type");
                let plain: &[_] =
                    if kind.is_empty() { &[] } else { &[("content-type", kind.as_str())] };
                let path = request.uri().path_and_query().expect("there is one").as_str();
                let signed = sign(&keys, &scope, request.method(), &origin, path, plain, body);
                let signed = signed.expect("it can be signed");
                let right = signed
                    .iter()
                    .any(|(name, value)| name == "authorization" && *value == authorization);
                let message = "The request signature we calculated does not match the signature \
                               you provided. Check your AWS Secret Access Key and signing method.";
                (!right).then(|| {
                    (StatusCode::FORBIDDEN, json!({ "message": message }).to_string())
                        .into_response()
                })
            }
        }
    }
}

async fn answer(State((it, kept)): State<Shared>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 64 * 1024).await.expect("requests are small");
    let request = Request::from_parts(parts, axum::body::Body::empty());
    if let Some(answer) = it.turns_away(&request, &body) {
        return answer;
    }
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    if let Some((begin, status, kind, reason)) = it.refusal
        && format!("{method} {path} ").starts_with(begin)
    {
        return refuse(status, kind, reason);
    }
    match (&method, path.as_str()) {
        (&Method::GET, "/") => found(&json!({
            "name": "node-1", "cluster_name": "lab",
            "version": { "number": it.version }, "tagline": "You Know, for Search"
        })),
        (&Method::GET, "/_cluster/health") => {
            found(&json!({ "cluster_name": "lab", "status": it.health, "number_of_nodes": 1 }))
        }
        (&Method::GET, path) if path.ends_with("/_search") => {
            found(&json!({ "hits": { "total": { "value": 3, "relation": "eq" }, "hits": [] } }))
        }
        (method, _) => keep(&kept, method, &path, &body),
    }
}

/// Templates, entries and indices.
fn keep(
    kept: &Mutex<BTreeMap<String, Value>>,
    method: &Method,
    path: &str,
    body: &[u8],
) -> Response {
    let mut kept = kept.lock().expect("no request panics");
    match *method {
        Method::PUT => {
            kept.insert(path.to_owned(), serde_json::from_slice(body).expect("it is JSON"));
            (StatusCode::CREATED, json!({ "result": "created" }).to_string()).into_response()
        }
        Method::DELETE => {
            let count = kept.len();
            kept.retain(|name, _| name != path && !name.starts_with(&format!("{path}/")));
            if kept.len() < count {
                found(&json!({ "acknowledged": true }))
            } else {
                refuse(404, "index_not_found_exception", "no such index")
            }
        }
        _ => match kept.get(path) {
            Some(entry) => found(&json!({ "found": true, "_source": entry })),
            None => (StatusCode::NOT_FOUND, "{}").into_response(),
        },
    }
}

fn found(json: &Value) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], json.to_string()).into_response()
}

fn refuse(status: u16, kind: &str, reason: &str) -> Response {
    let status = StatusCode::from_u16(status).expect("a status");
    let error = json!({ "type": kind, "reason": reason });
    let json = json!({ "error": error, "status": status.as_u16() });
    (status, json.to_string()).into_response()
}
