//! Refusals, as clients of a registry read them.

use crate::storage::StorageError;
use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use tokio::task::JoinError;

/// Why a request is refused.
#[derive(Debug)]
pub(crate) struct ApiError {
    status: StatusCode,
    code: &'static str,
    message: String,
}

impl ApiError {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }

    /// No name and password, or wrong ones.
    pub(super) fn unauthorized() -> Self {
        let message = "access to the requested resource is not authorized";
        Self::new(StatusCode::UNAUTHORIZED, "UNAUTHORIZED", message)
    }

    /// What the stand-in does not do.
    pub(super) fn unsupported() -> Self {
        let message = "The operation is unsupported.";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "UNSUPPORTED", message)
    }

    /// `REGISTRY_STATE: readonly`.
    pub(super) fn read_only() -> Self {
        let message = "System is currently read-only. Pulls will succeed but all write operations are currently suspended.";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "DENIED", message)
    }

    /// A path that leads nowhere.
    pub(super) fn nothing_there() -> Self {
        Self::new(StatusCode::NOT_FOUND, "NOT_FOUND", "there is nothing under this address")
    }

    /// No name of a repository.
    pub(super) fn bad_name() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "NAME_INVALID", "invalid repository name")
    }

    /// A repository that nobody has pushed to.
    pub(super) fn no_repository() -> Self {
        Self::new(StatusCode::NOT_FOUND, "NAME_UNKNOWN", "repository name not known to registry")
    }

    /// No tag.
    pub(super) fn bad_tag() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "TAG_INVALID", "manifest tag did not match URI")
    }

    /// No digest, or not that of the bytes.
    pub(super) fn bad_digest() -> Self {
        let message = "provided digest did not match uploaded content";
        Self::new(StatusCode::BAD_REQUEST, "DIGEST_INVALID", message)
    }

    /// A blob that nobody has pushed.
    pub(super) fn no_blob() -> Self {
        Self::new(StatusCode::NOT_FOUND, "BLOB_UNKNOWN", "blob unknown to registry")
    }

    /// A manifest that nobody has pushed.
    pub(super) fn no_manifest() -> Self {
        Self::new(StatusCode::NOT_FOUND, "MANIFEST_UNKNOWN", "manifest unknown")
    }

    /// A manifest that cannot be read.
    pub(super) fn bad_manifest(why: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "MANIFEST_INVALID", format!("manifest invalid: {why}"))
    }

    /// A manifest of blobs that nobody has pushed.
    pub(super) fn blob_of_manifest_missing() -> Self {
        let message = "manifest or blob of the manifest unknown to registry";
        Self::new(StatusCode::NOT_FOUND, "MANIFEST_BLOB_UNKNOWN", message)
    }

    /// An upload that nobody has begun.
    pub(super) fn no_upload() -> Self {
        let message = "blob upload unknown to registry";
        Self::new(StatusCode::NOT_FOUND, "BLOB_UPLOAD_UNKNOWN", message)
    }

    /// A piece of an upload that does not follow the one before.
    pub(super) fn out_of_order() -> Self {
        let message = "the piece does not follow what was uploaded before";
        Self::new(StatusCode::RANGE_NOT_SATISFIABLE, "BLOB_UPLOAD_INVALID", message)
    }

    /// More than a trial needs.
    pub(super) fn too_large(bytes_max: u64) -> Self {
        let message =
            format!("the stand-in for Quay takes no more than {} MiB", bytes_max / 1024 / 1024);
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "SIZE_INVALID", message)
    }

    /// The client went away in the middle.
    pub(super) fn cut_off() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BLOB_UPLOAD_INVALID", "the body broke off")
    }

    /// The client sends nothing, or next to nothing.
    pub(super) fn too_slow() -> Self {
        let message = "the body did not arrive in time";
        Self::new(StatusCode::REQUEST_TIMEOUT, "BLOB_UPLOAD_INVALID", message)
    }

    /// More pieces than the stand-in joins.
    pub(super) fn too_many_pieces(pieces_max: u32) -> Self {
        let message = format!("the stand-in for Quay takes a blob in {pieces_max} pieces at most");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "SIZE_INVALID", message)
    }

    /// Others send, and go on doing so.
    pub(super) fn busy() -> Self {
        let message = "too many clients are sending at once";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", message)
    }

    fn unavailable(what: &str, error: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(error, "{what} cannot be used");
        let message = format!("{what} is temporarily unavailable");
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", message)
    }
}

impl From<StorageError> for ApiError {
    fn from(error: StorageError) -> Self {
        Self::unavailable("storage", &error)
    }
}

impl From<JoinError> for ApiError {
    fn from(error: JoinError) -> Self {
        Self::unavailable("the registry", &error)
    }
}

impl From<sqlx::Error> for ApiError {
    fn from(error: sqlx::Error) -> Self {
        Self::unavailable("database", &error)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let error = json!({"code": self.code, "message": self.message, "detail": {}});
        (self.status, Json(json!({"errors": [error]}))).into_response()
    }
}
