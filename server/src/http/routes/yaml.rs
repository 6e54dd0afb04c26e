//! `config.yaml` as text: the page, its form, and what the pane beside a form asks for.

use super::editor::editor_page;
use crate::backend::draft::Draft;
use crate::backend::raw::RawAnswer;
use crate::http::error::AppError;
use crate::http::guard::LoggedIn;
use crate::http::plain;
use crate::state::AppState;
use app::error::UiError;
use app::pages::yaml::{Outcome, Pane, YamlPage};
use app::{paths, text};
use axum::extract::rejection::JsonRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Form, Json};
use leptos::prelude::*;
use serde::Deserialize;

/// What the page was just told.
#[derive(Deserialize)]
pub struct Notice {
    saved: Option<String>,
}

/// An edited text, and the version of the draft it was made from.
#[derive(Deserialize)]
pub struct Edited {
    text: String,
    version: i64,
}

/// The page.
pub async fn show(
    _: LoggedIn,
    State(state): State<AppState>,
    Query(notice): Query<Notice>,
) -> Response {
    let stored = notice.saved.map(|_| Outcome::Stored);
    page(&state, StatusCode::OK, stored, None).await.unwrap_or_else(|error| error.page(&state))
}

/// Takes a text from the form; what cannot be stored stands on the page again.
pub async fn save(
    _: LoggedIn,
    State(state): State<AppState>,
    Form(edited): Form<Edited>,
) -> Response {
    let answer = match state.drafts.set_raw(&edited.text, edited.version).await {
        Ok(answer) => answer,
        Err(error) => return AppError::from(error).page(&state),
    };
    let (status, outcome, version) = match answer {
        RawAnswer::Stored(_) => {
            return Redirect::to(&format!("{}?saved=yes", paths::YAML)).into_response();
        }
        RawAnswer::Fault { error } => {
            (StatusCode::UNPROCESSABLE_ENTITY, Outcome::Fault(error), edited.version)
        }
        // Sent again, it is meant to take the place of what is there now.
        RawAnswer::Conflict { conflict } => {
            (StatusCode::CONFLICT, Outcome::Conflict, conflict.version)
        }
    };
    let kept = Edited { text: edited.text, version };
    let page = page(&state, status, Some(outcome), Some(kept)).await;
    page.unwrap_or_else(|error| error.page(&state))
}

async fn page(
    state: &AppState,
    status: StatusCode,
    outcome: Option<Outcome>,
    kept: Option<Edited>,
) -> Result<Response, AppError> {
    let draft = state.drafts.load().await?;
    let mut pane = pane(state, &draft, paths::YAML, None)?;
    pane.outcome = outcome;
    if let Some(kept) = kept {
        (pane.raw.text, pane.raw.version) = (kept.text, kept.version);
    }
    let (title, here) = (text::yaml().title, paths::YAML.to_owned());
    let mut answer = editor_page(state, title, here, state.drafts.view(&draft), None, move || {
        view! { <YamlPage pane=pane/> }.into_any()
    });
    *answer.status_mut() = status;
    Ok(answer)
}

/// What the pane for a draft shows on the page `here`; `beside` shows a page with a form anew.
pub(super) fn pane(
    state: &AppState,
    draft: &Draft,
    here: &str,
    beside: Option<String>,
) -> Result<Pane, AppError> {
    let script = format!("/{}/yaml.js", state.assets.folder());
    let raw = state.drafts.raw_of(draft)?;
    Ok(Pane { raw, script, here: here.to_owned(), beside, outcome: None })
}

/// The text, for a program.
pub async fn read(session: Option<LoggedIn>, State(state): State<AppState>) -> Response {
    if session.is_none() {
        return signed_out();
    }
    match state.drafts.raw().await {
        Ok(raw) => Json(raw).into_response(),
        Err(error) => plain::error(error.into()),
    }
}

/// Takes a text from a program, and says what came of it.
pub async fn write(
    session: Option<LoggedIn>,
    State(state): State<AppState>,
    body: Result<Json<Edited>, JsonRejection>,
) -> Response {
    if session.is_none() {
        return signed_out();
    }
    let edited = match body {
        Ok(Json(edited)) => edited,
        Err(error) => return plain::sentence(error.status(), "The request could not be read."),
    };
    match state.drafts.set_raw(&edited.text, edited.version).await {
        Ok(answer) => Json(answer).into_response(),
        Err(error) => plain::error(error.into()),
    }
}

fn signed_out() -> Response {
    plain::sentence(StatusCode::UNAUTHORIZED, &UiError::SignedOut.to_string())
}
