//! Blobs on their way out.

use super::error::ApiError;
use super::place::Digest;
use super::{Call, named};
use crate::registry::Registry;
use crate::storage::{Reader, StorageError};
use axum::body::Body;
use axum::http::{Method, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream::try_unfold;
use sha2::{Digest as _, Sha256};
use std::sync::Arc;

/// The header with a digest.
pub(super) const DIGEST_HEADER: &str = "docker-content-digest";

/// A blob that is sent piece by piece.
struct Sending {
    registry: Arc<Registry>,
    reader: Reader,
    digest: Digest,
    hash: Sha256,
    left: u64,
}

/// `GET` and `HEAD` of a blob.
pub(super) async fn get(
    registry: &Arc<Registry>,
    digest: Digest,
    call: &Call,
) -> Result<Response, ApiError> {
    let kind = (header::CONTENT_TYPE, "application/octet-stream".to_owned());
    let key = digest.key();
    if call.method == Method::HEAD {
        let size = registry.storage.size(&key).await?.ok_or_else(ApiError::no_blob)?;
        let length = (header::CONTENT_LENGTH, size.to_string());
        let headers = [kind, length];
        let digest = [(DIGEST_HEADER, digest.to_string())];
        return Ok(named("v2.check_blob_exists", (headers, digest)));
    }
    let reader = registry.storage.open(&key).await?.ok_or_else(ApiError::no_blob)?;
    let left = reader.size();
    let length = (header::CONTENT_LENGTH, left.to_string());
    let shown = [(DIGEST_HEADER, digest.to_string())];
    let registry = registry.clone();
    let sending = Sending { registry, reader, digest, hash: Sha256::new(), left };
    let body = Body::from_stream(try_unfold(sending, piece));
    Ok(named("v2.download_blob", ([kind, length], shown, body).into_response()))
}

/// The next piece. What is not what its name says is cut off before its last piece.
async fn piece(mut sending: Sending) -> Result<Option<(Bytes, Sending)>, StorageError> {
    let Some(piece) = sending.reader.next().await? else { return Ok(None) };
    let bytes = u64::try_from(piece.len()).unwrap_or_default();
    sending.hash.update(&piece);
    sending.left = sending.left.saturating_sub(bytes);
    if sending.left == 0 && Digest::from_hash(sending.hash.clone()) != sending.digest {
        tracing::error!(digest = %sending.digest, "the storage holds something else");
        return Err(StorageError::Damaged(sending.digest.to_string()));
    }
    let family = "quay_registry_image_pulled_estimated_bytes_total";
    sending.registry.metrics.count(family, &[("protocol", "v2")], bytes);
    Ok(Some((piece, sending)))
}
