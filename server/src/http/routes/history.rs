//! Undo, redo, and the list of revisions.

use super::editor::{editor_page, with_draft};
use crate::backend::compare::compare;
use crate::backend::draft::DraftError;
use crate::http::error::AppError;
use crate::http::guard::LoggedIn;
use crate::state::AppState;
use app::pages::history::{Compared, HistoryPage, RevisionLine};
use app::{paths, text};
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use leptos::prelude::*;
use serde::Deserialize;

/// The word that stands for the draft where a revision's number could.
const DRAFT: &str = "draft";

/// What is to be compared.
#[derive(Deserialize)]
pub struct Question {
    from: Option<i64>,
    to: Option<String>,
}

/// What the buttons send.
#[derive(Deserialize)]
pub struct Back {
    #[serde(default)]
    back: String,
}

/// Goes one state back.
pub async fn undo(_: LoggedIn, State(state): State<AppState>, Form(back): Form<Back>) -> Response {
    let done = state.drafts.undo().await.map(drop);
    answer(&state, &back, done)
}

/// Goes one state forward.
pub async fn redo(_: LoggedIn, State(state): State<AppState>, Form(back): Form<Back>) -> Response {
    let done = state.drafts.redo().await.map(drop);
    answer(&state, &back, done)
}

fn answer(state: &AppState, back: &Back, done: Result<(), DraftError>) -> Response {
    match done {
        Ok(()) => Redirect::to(page_before(&back.back)).into_response(),
        Err(error) => AppError::from(error).page(state),
    }
}

/// The page the button stood on: a path of this console, never another address.
pub(super) fn page_before(path: &str) -> &str {
    let own = path.starts_with('/')
        && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
        && !path.starts_with("//");
    if own { path } else { paths::OVERVIEW }
}

/// The revisions, and a comparison.
pub async fn show(
    _: LoggedIn,
    State(state): State<AppState>,
    Query(question): Query<Question>,
) -> Response {
    match page(&state, question).await {
        Ok(page) => page,
        Err(error) => error.page(&state),
    }
}

async fn page(state: &AppState, question: Question) -> Result<Response, AppError> {
    let revisions = state.drafts.revisions().await?;
    let compared = match question.from {
        Some(from) => Some(compared(state, from, question.to.as_deref()).await?),
        None => None,
    };
    let lines: Vec<RevisionLine> = revisions
        .into_iter()
        .map(|row| RevisionLine {
            id: row.id,
            made_at: row.made_at,
            author: row.author,
            action: row.action,
            reason: row.reason,
        })
        .collect();
    Ok(with_draft(state, |_, view| {
        let here = paths::HISTORY.to_owned();
        editor_page(state, text::history().title, here, view, None, move || {
            view! { <HistoryPage revisions=lines compared=compared/> }.into_any()
        })
    })
    .await)
}

async fn compared(state: &AppState, from: i64, to: Option<&str>) -> Result<Compared, AppError> {
    let missing = || {
        AppError::Refused(
            "There is no such revision; it may have given way to newer ones.".to_owned(),
        )
    };
    let before = state.drafts.revision(from).await?.ok_or_else(missing)?.bundle;
    let to = match to {
        None | Some(DRAFT) => None,
        Some(number) => Some(number.parse::<i64>().map_err(|_| missing())?),
    };
    let after = match to {
        None => state.drafts.load().await?.bundle(),
        Some(id) => state.drafts.revision(id).await?.ok_or_else(missing)?.bundle,
    };
    Ok(Compared { from, to, comparison: compare(&before, &after) })
}

/// Takes an earlier revision up again.
pub async fn restore(_: LoggedIn, State(state): State<AppState>, Path(id): Path<i64>) -> Response {
    match state.drafts.restore(id, "").await {
        Ok(_) => Redirect::to(paths::HISTORY).into_response(),
        Err(error) => AppError::from(error).page(&state),
    }
}
