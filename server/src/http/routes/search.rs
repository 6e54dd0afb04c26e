//! The page of the search.

use super::editor::{editor_page, with_draft};
use crate::http::error::AppError;
use crate::http::guard::LoggedIn;
use crate::state::AppState;
use app::pages::search::{SearchPage, Show};
use app::{paths, text};
use axum::extract::{Query, State};
use axum::response::Response;
use leptos::prelude::*;
use serde::Deserialize;

/// What is looked for.
#[derive(Deserialize)]
pub struct Question {
    #[serde(default)]
    q: String,
    #[serde(default)]
    show: String,
}

/// The settings that fit.
pub async fn show(
    _: LoggedIn,
    State(state): State<AppState>,
    Query(question): Query<Question>,
) -> Response {
    let found = match state.drafts.find(&question.q, Show::of(&question.show)).await {
        Ok(found) => found,
        Err(error) => return AppError::from(error).page(&state),
    };
    with_draft(&state, |_, view| {
        let here = paths::SEARCH.to_owned();
        editor_page(&state, text::search().title, here, view, None, move || {
            view! { <SearchPage found=found/> }.into_any()
        })
    })
    .await
}
