//! Uploading a configuration that is there already.

use super::editor::{editor_page, with_draft};
use crate::http::error::AppError;
use crate::http::guard::LoggedIn;
use crate::state::AppState;
use app::pages::import::ImportPage;
use app::{paths, text};
use axum::extract::{Multipart, State};
use axum::response::Response;
use leptos::prelude::*;

/// The form.
pub async fn ask(_: LoggedIn, State(state): State<AppState>) -> Response {
    page(&state, Vec::new(), false).await
}

/// Takes an upload over.
pub async fn take(_: LoggedIn, State(state): State<AppState>, form: Multipart) -> Response {
    match upload(&state, form).await {
        Ok(left_out) => page(&state, left_out, true).await,
        Err(error) => error.page(&state),
    }
}

async fn page(state: &AppState, left_out: Vec<String>, done: bool) -> Response {
    with_draft(state, |_, view| {
        let here = paths::IMPORT.to_owned();
        editor_page(state, text::import().title, here, view, None, move || {
            view! { <ImportPage left_out=left_out done=done/> }.into_any()
        })
    })
    .await
}

async fn upload(state: &AppState, mut form: Multipart) -> Result<Vec<String>, AppError> {
    let refused = |_| {
        AppError::Refused(
            "The upload could not be read. An archive may have at most 20 MiB.".to_owned(),
        )
    };
    let (mut name, mut bytes, mut reason) = (String::new(), Vec::new(), String::new());
    while let Some(field) = form.next_field().await.map_err(refused)? {
        match field.name().unwrap_or_default() {
            "file" => {
                field.file_name().unwrap_or_default().clone_into(&mut name);
                bytes = field.bytes().await.map_err(refused)?.to_vec();
            }
            "reason" => reason = field.text().await.map_err(refused)?,
            _ => {}
        }
    }
    if bytes.is_empty() {
        return Err(AppError::Refused("Choose a file to upload.".to_owned()));
    }
    Ok(state.drafts.import(&name, bytes, &reason).await?)
}
