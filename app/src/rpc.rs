//! Server functions: what the browser asks of the server while a page is open.

use crate::draft::{Edit, Saved};
use crate::error::UiError;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

/// Saves edits to the draft.
#[server(prefix = "/rpc", endpoint = "save_edits", input = Json, output = Json)]
pub async fn save_edits(edits: Vec<Edit>) -> Result<Saved, UiError> {
    let backend = use_context::<crate::backend::SharedBackend>().ok_or(UiError::SignedOut)?;
    backend.save_edits(edits).await
}
