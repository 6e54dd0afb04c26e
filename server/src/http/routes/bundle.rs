//! Downloading the archive and saving to the configuration folder.

use crate::backend::draft::{Draft, DraftService};
use crate::backend::history::Action;
use crate::http::error::AppError;
use crate::http::guard::LoggedIn;
use crate::state::AppState;
use app::paths;
use axum::Form;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use config_model::bundle::ARCHIVE_NAME;
use serde::Deserialize;

/// The deliberate second step that takes a configuration with errors.
#[derive(Deserialize)]
pub struct Acceptance {
    accept_errors: Option<String>,
    #[serde(default)]
    reason: String,
}

/// Sends `quay-config.tar.gz`.
pub async fn download(
    _: LoggedIn,
    State(state): State<AppState>,
    Form(acceptance): Form<Acceptance>,
) -> Response {
    match archive(&state, &acceptance).await {
        Ok(Some(bytes)) => {
            let disposition = format!("attachment; filename={ARCHIVE_NAME}");
            let disposition = HeaderValue::from_str(&disposition).expect("the name is plain ASCII");
            let kind = HeaderValue::from_static("application/gzip");
            ([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, disposition)], bytes)
                .into_response()
        }
        Ok(None) => Redirect::to(paths::REVIEW).into_response(),
        Err(error) => error.page(&state),
    }
}

async fn archive(state: &AppState, acceptance: &Acceptance) -> Result<Option<Vec<u8>>, AppError> {
    let draft = state.drafts.load().await?;
    if !may_leave(state, &draft, acceptance) {
        return Ok(None);
    }
    let archive = DraftService::archive(&draft)?;
    state.drafts.keep_revision(&draft, Action::Download, &acceptance.reason).await?;
    Ok(Some(archive))
}

/// Writes the files into the configuration folder.
pub async fn save(
    _: LoggedIn,
    State(state): State<AppState>,
    Form(acceptance): Form<Acceptance>,
) -> Response {
    match write(&state, &acceptance).await {
        Ok(true) => Redirect::to(&format!("{}?saved=yes", paths::OVERVIEW)).into_response(),
        Ok(false) => Redirect::to(paths::REVIEW).into_response(),
        Err(error) => error.page(&state),
    }
}

async fn write(state: &AppState, acceptance: &Acceptance) -> Result<bool, AppError> {
    let draft = state.drafts.load().await?;
    if !may_leave(state, &draft, acceptance) {
        return Ok(false);
    }
    state.drafts.save_to_folder(&acceptance.reason).await?;
    Ok(true)
}

fn may_leave(state: &AppState, draft: &Draft, acceptance: &Acceptance) -> bool {
    acceptance.accept_errors.is_some() || state.drafts.report(draft).is_valid()
}
