//! One error for every handler: a status, and a page that says what to do.

use super::render;
use crate::auth::session::SessionError;
use crate::backend::draft::DraftError;
use crate::state::AppState;
use crate::store::StoreError;
use app::{paths, text};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

/// Why a request was not answered with what it asked for.
#[derive(Debug)]
pub enum AppError {
    /// Nobody is logged in.
    SignedOut,
    /// There is no such page.
    NotFound,
    /// The request is not acceptable; the sentence says why.
    Refused(String),
    /// Something failed inside; it has been logged.
    Internal,
}

impl AppError {
    fn internal(error: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(error, "a request failed");
        Self::Internal
    }

    /// The answer, as a page.
    pub fn page(self, state: &AppState) -> Response {
        let t = text::page();
        match self {
            Self::SignedOut => Redirect::to(paths::LOGIN).into_response(),
            Self::NotFound => {
                render::message(state, StatusCode::NOT_FOUND, t.not_found_title, t.not_found)
            }
            Self::Refused(why) => {
                render::message(state, StatusCode::BAD_REQUEST, t.refused_title, &why)
            }
            Self::Internal => render::message(
                state,
                StatusCode::INTERNAL_SERVER_ERROR,
                t.error_title,
                t.error_internal,
            ),
        }
    }
}

impl From<DraftError> for AppError {
    fn from(error: DraftError) -> Self {
        match error {
            DraftError::Refused(why) => Self::Refused(why),
            error @ (DraftError::Yaml { .. } | DraftError::Folder(_) | DraftError::Busy) => {
                Self::Refused(format!("{error}."))
            }
            error => Self::internal(&error),
        }
    }
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        Self::internal(&error)
    }
}

impl From<SessionError> for AppError {
    fn from(error: SessionError) -> Self {
        Self::internal(&error)
    }
}
