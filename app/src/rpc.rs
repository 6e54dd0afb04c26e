//! Server functions: what the browser asks of the server while a page is open.

use crate::draft::{Edit, Saved};
use crate::error::UiError;
use crate::search::HitLine;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

/// Saves edits to the draft.
#[server(prefix = "/rpc", endpoint = "save_edits", input = Json, output = Json)]
pub async fn save_edits(edits: Vec<Edit>) -> Result<Saved, UiError> {
    let backend = use_context::<crate::backend::SharedBackend>().ok_or(UiError::SignedOut)?;
    backend.save_edits(edits).await.inspect_err(answer_with)
}

/// Finds settings, the best hits first.
#[server(prefix = "/rpc", endpoint = "search", input = Json, output = Json)]
pub async fn search(query: String) -> Result<Vec<HitLine>, UiError> {
    let backend = use_context::<crate::backend::SharedBackend>().ok_or(UiError::SignedOut)?;
    backend.search(&query).await.inspect_err(answer_with)
}

/// Gives the answer the status that fits the refusal.
#[cfg(feature = "ssr")]
fn answer_with(error: &UiError) {
    use leptos_axum::ResponseOptions;
    let status = match error {
        UiError::SignedOut => 401,
        UiError::Refused(_) => 400,
        UiError::Unreachable | UiError::Internal => 500,
    };
    if let (Some(response), Ok(status)) =
        (use_context::<ResponseOptions>(), http::StatusCode::from_u16(status))
    {
        response.set_status(status);
    }
}
