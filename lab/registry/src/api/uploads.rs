//! Blobs on their way in.
//!
//! Behind a load balancer each request may reach another node. What has arrived lies in the
//! storage that all nodes share, in pieces, beside an empty object that says that the upload has
//! begun. How far it has come stands in the address that the client is given for its next request.

use super::blobs::DIGEST_HEADER;
use super::error::ApiError;
use super::incoming::{Incoming, length, turn};
use super::joining::join;
use super::place::Digest;
use super::{Call, named};
use crate::registry::Registry;
use crate::storage::StorageError;
use axum::body::Body;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use std::ops::Range;
use std::sync::Arc;
use tokio::task::JoinHandle;
use uuid::Uuid;

/// Pieces of one blob: those of a mebibyte, as some clients send them, suffice for the largest.
const PIECES_MAX: u32 = 4096;
/// The header with the name of an upload.
const UPLOAD_HEADER: &str = "docker-upload-uuid";

/// How far an upload has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Progress {
    pieces: u32,
    bytes: u64,
}

impl Progress {
    /// What the address says, nothing at the beginning; the request must go on from there.
    fn of(registry: &Registry, call: &Call) -> Result<Self, ApiError> {
        let number = |name: &str| match call.asked(name) {
            Some(text) => text.parse::<u64>().map_err(|_| ApiError::no_upload()),
            None => Ok(0),
        };
        let pieces = u32::try_from(number("pieces")?).unwrap_or(u32::MAX);
        let progress = Self { pieces, bytes: number("bytes")? };
        if progress.pieces > PIECES_MAX || progress.bytes > registry.limits.blob_bytes_max {
            return Err(ApiError::no_upload());
        }
        let range = call.header(header::CONTENT_RANGE).trim_start_matches("bytes ");
        if let Some((from, _)) = range.split_once('-')
            && from.trim().parse::<u64>() != Ok(progress.bytes)
        {
            return Err(ApiError::out_of_order());
        }
        Ok(progress)
    }
}

/// What says that an upload has begun.
fn marker(id: Uuid) -> String {
    format!("uploads/{id}/begun")
}

/// Where a piece lies until the blob is whole.
fn key(id: Uuid, piece: u32) -> String {
    format!("uploads/{id}/{piece}")
}

/// What a client is told of an upload.
fn told(
    route: &'static str,
    status: StatusCode,
    repository: &str,
    id: Uuid,
    progress: Progress,
) -> Response {
    let Progress { pieces, bytes } = progress;
    let location = format!("/v2/{repository}/blobs/uploads/{id}?pieces={pieces}&bytes={bytes}");
    let range = format!("0-{}", bytes.saturating_sub(1));
    let headers = [(header::LOCATION, location), (header::RANGE, range)];
    let id = [(HeaderName::from_static(UPLOAD_HEADER), id.to_string())];
    named(route, (status, headers, id))
}

/// What a client is told of a blob that is there.
fn done(route: &'static str, repository: &str, digest: &Digest) -> Response {
    let location = format!("/v2/{repository}/blobs/{digest}");
    let headers = [(header::LOCATION, location)];
    let digest = [(HeaderName::from_static(DIGEST_HEADER), digest.to_string())];
    named(route, (StatusCode::CREATED, headers, digest))
}

fn digest_of(text: &str) -> Result<Digest, ApiError> {
    Digest::parse(text).ok_or_else(ApiError::bad_digest)
}

/// Does work to its end, also if the client goes away, so that nothing is left half done.
fn to_the_end<T: Send + 'static>(
    work: impl Future<Output = Result<T, ApiError>> + Send + 'static,
) -> JoinHandle<Result<T, ApiError>> {
    tokio::spawn(work)
}

/// `POST`: begins an upload, takes a whole blob, or finds that it is there already.
pub(super) async fn begin(
    registry: &Arc<Registry>,
    repository: &str,
    call: &Call,
    body: Body,
) -> Result<Response, ApiError> {
    let route = "v2.start_blob_upload";
    if let Some(digest) = call.asked("digest") {
        let digest = digest_of(digest)?;
        to_the_end(whole(registry.clone(), digest.clone(), body)).await??;
        return Ok(done(route, repository, &digest));
    }
    if let Some(digest) = call.asked("mount") {
        let digest = digest_of(digest)?;
        if registry.storage.size(&digest.key()).await?.is_some() {
            return Ok(done(route, repository, &digest));
        }
    }
    let id = Uuid::new_v4();
    registry.storage.put(&marker(id), Bytes::new()).await?;
    Ok(told(route, StatusCode::ACCEPTED, repository, id, Progress::default()))
}

/// `GET`: how far the upload has come.
pub(super) async fn status(
    registry: &Registry,
    repository: &str,
    id: Uuid,
    call: &Call,
) -> Result<Response, ApiError> {
    let progress = Progress::of(registry, call)?;
    if !is_open(registry, id).await? {
        return Err(ApiError::no_upload());
    }
    Ok(told("v2.fetch_existing_upload", StatusCode::NO_CONTENT, repository, id, progress))
}

/// `PATCH`: some bytes more.
pub(super) async fn more(
    registry: &Arc<Registry>,
    repository: &str,
    id: Uuid,
    call: &Call,
    body: Body,
) -> Result<Response, ApiError> {
    let before = Progress::of(registry, call)?;
    let progress = to_the_end(take(registry.clone(), id, before, body)).await??;
    Ok(told("v2.upload_chunk", StatusCode::ACCEPTED, repository, id, progress))
}

/// `PUT`: the last bytes, of which there may be none, and the digest of the whole.
pub(super) async fn finish(
    registry: &Arc<Registry>,
    repository: &str,
    id: Uuid,
    call: &Call,
    body: Body,
) -> Result<Response, ApiError> {
    let digest = digest_of(call.asked("digest").unwrap_or_default())?;
    let before = Progress::of(registry, call)?;
    to_the_end(close(registry.clone(), id, before, digest.clone(), body)).await??;
    Ok(done("v2.monolithic_upload_or_last_chunk", repository, &digest))
}

/// `DELETE`: the upload is given up.
pub(super) async fn cancel(
    registry: &Registry,
    repository: &str,
    id: Uuid,
    call: &Call,
) -> Result<Response, ApiError> {
    let progress = Progress::of(registry, call)?;
    if !is_open(registry, id).await? {
        return Err(ApiError::no_upload());
    }
    tracing::debug!("an upload to {repository} is given up");
    forget(registry, id, progress).await?;
    Ok(named("v2.cancel_upload", StatusCode::NO_CONTENT))
}

/// Whether the upload has begun and not ended.
async fn is_open(registry: &Registry, id: Uuid) -> Result<bool, ApiError> {
    Ok(registry.storage.size(&marker(id)).await?.is_some())
}

/// A body that follows on what has arrived.
fn incoming(registry: &Registry, before: Progress, body: Body) -> Incoming {
    Incoming::new(&registry.limits, body, registry.limits.blob_bytes_max).after(before.bytes)
}

/// Keeps a blob that comes in one request.
async fn whole(registry: Arc<Registry>, digest: Digest, body: Body) -> Result<(), ApiError> {
    let _turn = turn(&registry).await?;
    let incoming = incoming(&registry, Progress::default(), body);
    join(&registry, &[], incoming, &digest).await?;
    Ok(())
}

/// Puts a body into the storage, all of it or nothing, and says how far the upload has come.
async fn take(
    registry: Arc<Registry>,
    id: Uuid,
    before: Progress,
    body: Body,
) -> Result<Progress, ApiError> {
    let _turn = turn(&registry).await?;
    if !is_open(&registry, id).await? {
        return Err(ApiError::no_upload());
    }
    let mut progress = before;
    let put = put(&registry, id, &mut progress, incoming(&registry, before, body)).await;
    if put.is_err() {
        clear(&registry, id, before.pieces..progress.pieces).await;
    }
    put.map(|()| progress)
}

/// Puts a body into the storage, piece by piece.
async fn put(
    registry: &Registry,
    id: Uuid,
    progress: &mut Progress,
    mut incoming: Incoming,
) -> Result<(), ApiError> {
    while let Some(piece) = incoming.piece(registry.limits.piece_bytes).await? {
        if progress.pieces >= PIECES_MAX {
            return Err(ApiError::too_many_pieces(PIECES_MAX));
        }
        let bytes = length(&piece);
        registry.storage.put(&key(id, progress.pieces), piece).await?;
        progress.pieces += 1;
        progress.bytes += bytes;
    }
    Ok(())
}

/// Ends an upload. Who asks again, because the answer got lost, finds the blob there.
async fn close(
    registry: Arc<Registry>,
    id: Uuid,
    before: Progress,
    digest: Digest,
    body: Body,
) -> Result<(), ApiError> {
    let _turn = turn(&registry).await?;
    let keys: Vec<String> = (0..before.pieces).map(|piece| key(id, piece)).collect();
    let incoming = incoming(&registry, before, body);
    if is_open(&registry, id).await? && join(&registry, &keys, incoming, &digest).await? {
        // The blob is there: what is left of its pieces is nothing that the client could mend.
        if let Err(error) = forget(&registry, id, before).await {
            tracing::warn!(%error, "an upload that has ended is left behind");
        }
        return Ok(());
    }
    match registry.storage.size(&digest.key()).await? {
        Some(_) => Ok(()),
        None => Err(ApiError::no_upload()),
    }
}

/// Takes an upload away. It ends first, so that nobody goes on with half of its pieces.
async fn forget(registry: &Registry, id: Uuid, progress: Progress) -> Result<(), StorageError> {
    registry.storage.remove(&marker(id)).await?;
    clear(registry, id, 0..progress.pieces).await;
    Ok(())
}

/// Takes pieces away, as long as the storage lets it.
async fn clear(registry: &Registry, id: Uuid, pieces: Range<u32>) {
    for piece in pieces {
        if let Err(error) = registry.storage.remove(&key(id, piece)).await {
            tracing::warn!(%error, "pieces of an upload are left behind");
            return;
        }
    }
}
