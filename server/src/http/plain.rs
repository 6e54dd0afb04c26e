//! Answers for programs: a status and one sentence, no page.

use super::error::AppError;
use app::text;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

/// A status and a sentence.
pub fn sentence(status: StatusCode, words: &str) -> Response {
    (status, format!("{words}\n")).into_response()
}

/// Why a program's request was not answered with what it asked for.
pub fn error(error: AppError) -> Response {
    match error {
        AppError::Refused(why) => sentence(StatusCode::BAD_REQUEST, &why),
        _ => sentence(StatusCode::INTERNAL_SERVER_ERROR, text::page().error_internal),
    }
}
