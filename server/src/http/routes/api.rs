//! The HTTP API of the removed configuration tool: the same addresses, bodies and answers.
//!
//! Scripts written for it work unchanged. They send user name and password with every request;
//! a session of the browser opens nothing here, because the configuration leaves in clear.

mod bundle;
mod document;
mod groups;
pub mod page;

use crate::archive;
use crate::backend::draft::{DraftError, Origin};
use crate::certificates;
use crate::http::basic::BasicUser;
use crate::http::error::AppError;
use crate::http::plain;
use crate::state::AppState;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bundle::Posted;
use cluster::check::Outcome;
use config_model::bundle::{ARCHIVE_NAME, entries};
use config_model::rule::{Subject, check};
use config_model::yaml;
use serde::{Deserialize, Serialize};

/// What a check may be for; without one it is for the first.
const MODES: [&str; 4] = ["online", "setup", "testing", "offline"];
/// Those in which services are really tried.
const DIALLING: [&str; 2] = ["online", "setup"];
/// Why nothing is handed to an Operator.
const NO_OPERATOR: &str = "This console does not hand configurations to the Quay Operator: its \
                           editor was removed in Quay 3.10, and nothing takes them any more.";

/// The configuration and its files, secrets in clear.
pub async fn config(_: BasicUser, State(state): State<AppState>) -> Response {
    match state.drafts.load().await {
        Ok(draft) => {
            let begun = matches!(draft.origin, Origin::Setup);
            let status = if begun { StatusCode::ACCEPTED } else { StatusCode::OK };
            let kind = HeaderValue::from_static(document::JSON);
            let body = bundle::write(&draft.document, &draft.files);
            (status, [(header::CONTENT_TYPE, kind)], body).into_response()
        }
        Err(error) => plain::error(error.into()),
    }
}

/// What a check is asked for.
#[derive(Deserialize)]
pub struct Check {
    mode: Option<String>,
}

/// An error, with the names the removed tool gave to its parts.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Fault {
    field_group: String,
    tags: Vec<String>,
    message: String,
}

/// Lists the errors of a bundle.
pub async fn validate(
    _: BasicUser,
    State(state): State<AppState>,
    Query(asked): Query<Check>,
    body: Bytes,
) -> Response {
    let mode = asked.mode.as_deref().unwrap_or(MODES[0]);
    if !MODES.contains(&mode) {
        let words = format!("The mode must be one of {}.", MODES.join(", "));
        return plain::sentence(StatusCode::BAD_REQUEST, &words);
    }
    let now = state.clock.now();
    let done = with_bundle(body, move |posted| Ok((faults(&posted, now), posted))).await;
    let (mut faults, posted) = match done {
        Ok(done) => done,
        Err(error) => return plain::error(error),
    };
    if DIALLING.contains(&mode) {
        match state.checks.run_all(&posted.document, &posted.files, now).await {
            Ok(outcomes) => faults.extend(outcomes.iter().filter_map(failed)),
            Err(busy) => {
                return plain::sentence(StatusCode::SERVICE_UNAVAILABLE, &busy.to_string());
            }
        }
    }
    Json(faults).into_response()
}

/// A check that failed, as the removed tool told it.
fn failed(outcome: &Outcome) -> Option<Fault> {
    let problem = outcome.failure()?;
    Some(Fault {
        field_group: groups::group(&outcome.section, outcome.path.root()),
        tags: vec![outcome.path.to_string()],
        message: format!("{}: {} {}", outcome.target, problem.message, problem.fix),
    })
}

fn faults(posted: &Posted, now: i64) -> Vec<Fault> {
    let files = certificates::facts(&posted.files);
    let report = check(&Subject { document: &posted.document, files: &files, now });
    report
        .errors()
        .map(|finding| Fault {
            field_group: groups::group(&finding.section, &finding.key),
            tags: vec![finding.path.to_string()],
            message: format!("{} {}", finding.message, finding.fix),
        })
        .collect()
}

/// Makes `quay-config.tar.gz` of a bundle, and leaves the draft alone.
pub async fn download(_: BasicUser, body: Bytes) -> Response {
    let packed = with_bundle(body, |posted| {
        let config = yaml::write(&posted.document);
        let packed = archive::pack(&entries(&config, &posted.files));
        packed.map_err(|error| DraftError::Pack(error).into())
    });
    match packed.await {
        Ok(bytes) => {
            let disposition = format!("attachment; filename={ARCHIVE_NAME}");
            let disposition = HeaderValue::from_str(&disposition).expect("the name is plain ASCII");
            let kind = HeaderValue::from_static(document::ARCHIVE);
            ([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, disposition)], bytes)
                .into_response()
        }
        Err(error) => plain::error(error),
    }
}

/// Says that there is no Operator to hand a configuration to.
pub async fn operator() -> Response {
    plain::sentence(StatusCode::NOT_IMPLEMENTED, NO_OPERATOR)
}

/// The OpenAPI document; there is no secret in it.
pub async fn openapi() -> Response {
    Json(document::openapi()).into_response()
}

/// Does something with the bundle in a body, away from the threads that answer requests.
async fn with_bundle<T: Send + 'static>(
    body: Bytes,
    work: impl FnOnce(Posted) -> Result<T, AppError> + Send + 'static,
) -> Result<T, AppError> {
    let done = tokio::task::spawn_blocking(move || work(bundle::read(&body)?)).await;
    done.unwrap_or_else(|error| {
        tracing::error!(
            error = &error as &dyn std::error::Error,
            "a bundle could not be worked on"
        );
        Err(AppError::Internal)
    })
}
