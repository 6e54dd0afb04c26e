//! What the pages and server functions need from the server.

use crate::draft::{Edit, Saved};
use crate::error::UiError;
use crate::search::HitLine;
use std::sync::Arc;

/// The server, as seen from a server function: already bound to one logged-in request.
#[async_trait::async_trait]
pub trait Backend: Send + Sync {
    /// Changes the draft and stores it before it answers.
    async fn save_edits(&self, edits: Vec<Edit>) -> Result<Saved, UiError>;

    /// Finds settings, the best hits first.
    async fn search(&self, query: &str) -> Result<Vec<HitLine>, UiError>;
}

/// How the server hands its backend to a server function.
pub type SharedBackend = Arc<dyn Backend>;
