//! Blobs on their way to their place: joined from pieces, and kept if they are what they are
//! called.

use super::error::ApiError;
use super::incoming::{Incoming, length};
use super::place::Digest;
use crate::registry::Registry;
use crate::storage::Writer;
use bytes::Bytes;
use sha2::{Digest as _, Sha256};

/// A blob that is being joined.
struct Blob {
    writer: Writer,
    hash: Sha256,
    bytes: u64,
    bytes_max: u64,
}

impl Blob {
    async fn add(&mut self, bytes: Bytes) -> Result<(), ApiError> {
        self.bytes = self.bytes.saturating_add(length(&bytes));
        if self.bytes > self.bytes_max {
            return Err(ApiError::too_large(self.bytes_max));
        }
        self.hash.update(&bytes);
        Ok(self.writer.write(bytes).await?)
    }

    /// Takes the pieces under these keys and then what comes; false if one of them is not there.
    async fn fill(
        &mut self,
        registry: &Registry,
        keys: &[String],
        mut incoming: Incoming,
    ) -> Result<bool, ApiError> {
        for key in keys {
            let Some(mut reader) = registry.storage.open(key).await? else { return Ok(false) };
            while let Some(bytes) = reader.next().await? {
                self.add(bytes).await?;
            }
        }
        while let Some(piece) = incoming.piece(registry.limits.piece_bytes).await? {
            self.add(piece).await?;
        }
        Ok(true)
    }
}

/// Keeps the pieces under these keys, and what comes after them, under their digest if it is
/// theirs; false if one of them is not there.
pub(super) async fn join(
    registry: &Registry,
    keys: &[String],
    incoming: Incoming,
    digest: &Digest,
) -> Result<bool, ApiError> {
    let mut blob = Blob {
        writer: registry.storage.create(&digest.key()).await?,
        hash: Sha256::new(),
        bytes: 0,
        bytes_max: registry.limits.blob_bytes_max,
    };
    let filled = blob.fill(registry, keys, incoming).await;
    let Blob { writer, hash, bytes, .. } = blob;
    let in_parts = u64::from(writer.is_in_parts());
    registry.metrics.count("quay_multipart_uploads_started_total", &[], in_parts);
    let is_right = Digest::from_hash(hash) == *digest;
    let filled = match filled {
        Ok(true) if !is_right => Err(ApiError::bad_digest()),
        filled => filled,
    };
    if !matches!(filled, Ok(true)) {
        writer.give_up().await;
        return filled;
    }
    writer.keep().await?;
    registry.metrics.count("quay_multipart_uploads_completed_total", &[], in_parts);
    registry.metrics.count("quay_registry_image_pushed_bytes_total", &[], bytes);
    Ok(true)
}
