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
use std::future::pending;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::timeout;

/// The user, or the access key.
pub(crate) const USER: &str = "log-writer";
/// The password, or the secret key.
pub(crate) const PASSWORD: &str = "strongpassword";
/// Where it is, where AWS is asked for.
pub(crate) const REGION: &str = "eu-central-1";
/// Its name there.
pub(crate) const AWS_HOST: &str = "search-quay.eu-central-1.es.amazonaws.com";

/// How long one may wait until nothing is kept any more: longer than a request without an answer.
const EMPTY_TIME: Duration = Duration::from_secs(30);

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
    /// What it does without ever answering: requests that begin like this.
    pub(crate) holds: Option<&'static str>,
}

/// It, and what is kept in it.
pub(crate) struct Running {
    /// Where it listens.
    pub(crate) web: Web,
    kept: Kept,
}

/// What is there now, by its path, and the paths of all that ever was.
#[derive(Debug, Default)]
struct Content {
    now: BTreeMap<String, Value>,
    ever: Vec<String>,
}

type Kept = Arc<watch::Sender<Content>>;
type Shared = (Elasticsearch, Kept);

impl Running {
    /// The paths of all that is kept.
    pub(crate) fn kept(&self) -> Vec<String> {
        self.kept.borrow().now.keys().cloned().collect()
    }

    /// The names of all that was ever made, which are others each time: each with one that stands
    /// for it.
    pub(crate) fn made(&self) -> Vec<(String, &'static str)> {
        let name = |path: &String| {
            let mut parts = path.trim_start_matches('/').split('/');
            match (parts.next(), parts.next()) {
                (Some("_template"), Some(name)) => (name.to_owned(), "logentry_quay-console-check"),
                (Some(index), _) => (index.to_owned(), "logentry_1970-01-01"),
                _ => panic!("{path} is none"),
            }
        };
        self.kept.borrow().ever.iter().map(name).collect()
    }

    /// Waits until nothing is kept.
    pub(crate) async fn emptied(&self) {
        let mut changes = self.kept.subscribe();
        let emptied = changes.wait_for(|content| content.now.is_empty());
        timeout(EMPTY_TIME, emptied).await.expect("something is left").expect("it runs");
    }
}

impl Elasticsearch {
    /// One that works.
    pub(crate) fn new(door: Door) -> Self {
        Self { door, version: "7.17.9", health: "green", refusal: None, holds: None }
    }

    /// Runs it.
    pub(crate) async fn run(self) -> Running {
        let kept = Kept::default();
        Running { web: Web::start(self.router(&kept)).await, kept }
    }

    /// Runs it with TLS.
    pub(crate) async fn run_tls(self, signed: &Signed) -> Running {
        let kept = Kept::default();
        Running { web: Web::start_tls(self.router(&kept), signed).await, kept }
    }

    fn router(self, kept: &Kept) -> Router {
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

    /// Does what it is asked for.
    fn does(&self, kept: &Kept, method: &Method, path: &str, body: &[u8]) -> Response {
        match (method, path) {
            (&Method::GET, "/") => found(&json!({
                "name": "node-1", "cluster_name": "lab",
                "version": { "number": self.version }, "tagline": "You Know, for Search"
            })),
            (&Method::GET, "/_cluster/health") => {
                let health = self.health;
                found(&json!({ "cluster_name": "lab", "status": health, "number_of_nodes": 1 }))
            }
            (&Method::GET, path) if path.ends_with("/_search") => {
                found(&json!({ "hits": { "total": { "value": 3, "relation": "eq" }, "hits": [] } }))
            }
            (method, path) => keep(kept, method, path, body),
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
    let line = format!("{method} {path} ");
    if let Some((begin, status, kind, reason)) = it.refusal
        && line.starts_with(begin)
    {
        return refuse(status, kind, reason);
    }
    let answer = it.does(&kept, &method, &path, &body);
    if it.holds.is_some_and(|begin| line.starts_with(begin)) {
        pending::<()>().await;
    }
    answer
}

/// Templates, entries and indices.
fn keep(kept: &Kept, method: &Method, path: &str, body: &[u8]) -> Response {
    match *method {
        Method::PUT => {
            let entry = serde_json::from_slice(body).expect("it is JSON");
            kept.send_modify(|content| {
                content.now.insert(path.to_owned(), entry);
                content.ever.push(path.to_owned());
            });
            (StatusCode::CREATED, json!({ "result": "created" }).to_string()).into_response()
        }
        Method::DELETE => {
            let below = format!("{path}/");
            let is_gone = kept.send_if_modified(|content| {
                let count = content.now.len();
                content.now.retain(|name, _| name != path && !name.starts_with(&below));
                content.now.len() < count
            });
            if is_gone {
                found(&json!({ "acknowledged": true }))
            } else {
                refuse(404, "index_not_found_exception", "no such index")
            }
        }
        _ => match kept.borrow().now.get(path) {
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
