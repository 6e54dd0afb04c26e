//! A stand-in for a store that speaks S3, for what no store of the lab can be made to say: what
//! Amazon and Google answer, and what is missing in stores of other makers. It checks no
//! signature.

use super::certificates::Signed;
use super::standin_web::{Asked, answering};
use super::web::Web;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Response};
use std::collections::BTreeMap;
use std::future::pending;
use std::sync::{Arc, Mutex, PoisonError};

/// What it answers instead of doing what it is asked for: a status, a header and a body.
pub(crate) struct Refusal {
    status: u16,
    header: (&'static str, &'static str),
    body: String,
}

/// What it refuses.
pub(crate) type Refuses = fn(&Asked) -> Option<Refusal>;

/// Objects by their paths; parts by the paths of their uploads.
pub(crate) type Objects = Arc<Mutex<BTreeMap<String, String>>>;

impl Refusal {
    /// A refusal as Amazon writes it, with more elements.
    pub(crate) fn of(status: u16, code: &str, more: &str) -> Self {
        let error = format!("<Error><Code>{code}</Code>{more}</Error>");
        let body = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{error}");
        Self { status, header: ("content-type", "application/xml"), body }
    }

    /// With this header.
    pub(crate) fn with(mut self, name: &'static str, value: &'static str) -> Self {
        self.header = (name, value);
        self
    }

    /// A page for people.
    pub(crate) fn page(status: u16, body: &str) -> Self {
        Self { status, header: ("content-type", "text/html"), body: body.to_owned() }
    }

    /// Something that is no refusal, but a wrong answer.
    pub(crate) fn wrong(body: &str) -> Self {
        Self { status: 200, header: ("content-type", "text/plain"), body: body.to_owned() }
    }
}

/// Starts one.
pub(crate) async fn start(refuses: Refuses) -> Web {
    let objects = Objects::default();
    Web::start(answering(move |asked| answer(&objects, refuses, asked))).await
}

/// Starts one that speaks TLS.
pub(crate) async fn start_tls(signed: &Signed, refuses: Refuses) -> Web {
    let objects = Objects::default();
    Web::start_tls(answering(move |asked| answer(&objects, refuses, asked)), signed).await
}

/// Starts one that never answers some requests, and gives what is in it.
pub(crate) async fn start_holding(
    holds: impl Fn(&Request) -> bool + Clone + Send + Sync + 'static,
) -> (Web, Objects) {
    let objects = Objects::default();
    let kept = objects.clone();
    let router = answering(move |asked| answer(&kept, |_| None, asked));
    let held = from_fn(move |request: Request, next: Next| {
        let is_held = holds(&request);
        async move {
            if is_held {
                pending::<()>().await;
            }
            next.run(request).await
        }
    });
    (Web::start(router.layer(held)).await, objects)
}

fn answer(objects: &Objects, refuses: Refuses, asked: &Asked) -> Response {
    if let Some(refusal) = refuses(asked) {
        let status = StatusCode::from_u16(refusal.status).expect("a status");
        // An answer to HEAD has no body, and so no words.
        let body = if asked.method == "HEAD" { String::new() } else { refusal.body };
        return (status, [refusal.header], body).into_response();
    }
    let mut objects = objects.lock().unwrap_or_else(PoisonError::into_inner);
    let path = asked.path.trim_end_matches('/').to_owned();
    // The bucket stands in the path or in the host's name.
    let in_host = asked.header("host").starts_with("quay.");
    let is_bucket = path.is_empty() || (!in_host && path.matches('/').count() == 1);
    let has = |name: &str| {
        asked.query.split('&').any(|part| part == name || part.starts_with(&format!("{name}=")))
    };
    match asked.method.as_str() {
        "HEAD" | "GET" if is_bucket && has("uploads") => ok("<ListMultipartUploadsResult/>"),
        "HEAD" | "GET" if is_bucket => ok("<ListBucketResult/>"),
        "POST" if has("uploads") => ok(
            "<InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult>",
        ),
        "POST" => {
            let part = objects.remove(&format!("{path}?")).unwrap_or_default();
            objects.insert(path, part);
            ok("<CompleteMultipartUploadResult/>")
        }
        "PUT" => {
            let from = asked.header("x-amz-copy-source");
            let from = from.strip_prefix("quay").filter(|_| in_host).unwrap_or(from);
            let from = format!("/{}", from.trim_start_matches('/'));
            let is_copy = from != "/";
            let text = if is_copy {
                objects.get(&from).cloned().unwrap_or_default()
            } else {
                asked.body.clone()
            };
            objects.insert(if has("partNumber") { format!("{path}?") } else { path }, text);
            let body = if is_copy { "<CopyResult><ETag>\"1\"</ETag></CopyResult>" } else { "" };
            ([("etag", "\"1\"")], body.to_owned()).into_response()
        }
        "HEAD" | "GET" => match objects.get(&path) {
            Some(text) => ok(text),
            None => {
                (StatusCode::NOT_FOUND, "<Error><Code>NoSuchKey</Code></Error>").into_response()
            }
        },
        "DELETE" => {
            objects.remove(&path);
            StatusCode::NO_CONTENT.into_response()
        }
        _ => StatusCode::FORBIDDEN.into_response(),
    }
}

fn ok(text: &str) -> Response {
    text.to_owned().into_response()
}
