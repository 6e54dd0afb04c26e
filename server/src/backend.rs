//! What pages and server functions ask for, one file a subject.

pub mod checks;
pub mod compare;
pub mod draft;
mod edit;
pub mod engines;
pub mod entries;
pub mod files;
pub mod history;
pub mod import;
mod keep;
pub mod raw;
mod search;

use app::backend::Backend;
use app::draft::{Edit, Saved};
use app::error::UiError;
use app::search::HitLine;
use std::sync::Arc;

/// The backend of one logged-in request.
#[derive(Debug)]
pub struct RequestBackend {
    drafts: Arc<draft::DraftService>,
}

impl RequestBackend {
    /// A backend for a request whose session has been checked.
    pub fn new(drafts: Arc<draft::DraftService>) -> Self {
        Self { drafts }
    }
}

#[async_trait::async_trait]
impl Backend for RequestBackend {
    async fn save_edits(&self, edits: Vec<Edit>) -> Result<Saved, UiError> {
        self.drafts.edit(edits).await.map_err(refusal)
    }

    async fn search(&self, query: &str) -> Result<Vec<HitLine>, UiError> {
        self.drafts.hits(query).await.map_err(refusal)
    }
}

/// What a browser is told of a failure; the rest goes to the log.
fn refusal(error: draft::DraftError) -> UiError {
    match error {
        draft::DraftError::Refused(why) => UiError::Refused(why),
        error => {
            tracing::error!(error = &error as &dyn std::error::Error, "a server function failed");
            UiError::Internal
        }
    }
}
