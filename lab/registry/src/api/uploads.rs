//! Blobs on their way in.
//!
//! Behind a load balancer each request may reach another node. What has arrived lies in the
//! storage that all nodes share, and how far an upload has come stands in the address that the
//! client is given for its next request.

use super::blobs::DIGEST_HEADER;
use super::error::ApiError;
use super::place::Digest;
use super::{Call, named, read};
use crate::registry::Registry;
use axum::body::Body;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::Response;
use bytes::{Bytes, BytesMut};
use uuid::Uuid;

/// The largest blob; a trial needs no larger one, and each is held in memory once.
const BLOB_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Pieces of one blob.
const PIECES_MAX: u32 = 200;
/// The header with the name of an upload.
const UPLOAD_HEADER: &str = "docker-upload-uuid";

/// How far an upload has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Progress {
    pieces: u32,
    bytes: usize,
}

impl Progress {
    /// What the address says; nothing at the beginning.
    fn of(call: &Call) -> Result<Self, ApiError> {
        let number = |name: &str| match call.asked(name) {
            Some(text) => text.parse::<u32>().map_err(|_| ApiError::no_upload()),
            None => Ok(0),
        };
        let bytes = usize::try_from(number("bytes")?).map_err(|_| ApiError::no_upload())?;
        let progress = Self { pieces: number("pieces")?, bytes };
        if progress.pieces > PIECES_MAX || progress.bytes > BLOB_BYTES_MAX {
            return Err(ApiError::no_upload());
        }
        Ok(progress)
    }
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

/// `POST`: begins an upload, takes a whole blob, or finds that it is there already.
pub(super) async fn begin(
    registry: &Registry,
    repository: &str,
    call: &Call,
    body: Body,
) -> Result<Response, ApiError> {
    let route = "v2.start_blob_upload";
    if let Some(digest) = call.asked("digest") {
        let digest = digest_of(digest)?;
        let _turn = registry.bodies.acquire().await;
        let body = read(body, BLOB_BYTES_MAX).await?;
        keep(registry, &digest, body).await?;
        return Ok(done(route, repository, &digest));
    }
    if let Some(digest) = call.asked("mount") {
        let digest = digest_of(digest)?;
        if registry.storage.size(&digest.key()).await?.is_some() {
            return Ok(done(route, repository, &digest));
        }
    }
    let progress = Progress { pieces: 0, bytes: 0 };
    Ok(told(route, StatusCode::ACCEPTED, repository, Uuid::new_v4(), progress))
}

/// `GET`: how far the upload has come.
pub(super) fn status(repository: &str, id: Uuid, call: &Call) -> Result<Response, ApiError> {
    let progress = Progress::of(call)?;
    Ok(told("v2.fetch_existing_upload", StatusCode::NO_CONTENT, repository, id, progress))
}

/// `PATCH`: a piece more.
pub(super) async fn more(
    registry: &Registry,
    repository: &str,
    id: Uuid,
    call: &Call,
    body: Body,
) -> Result<Response, ApiError> {
    let _turn = registry.bodies.acquire().await;
    let (progress, _) = take(registry, id, call, body).await?;
    Ok(told("v2.upload_chunk", StatusCode::ACCEPTED, repository, id, progress))
}

/// `PUT`: the last piece, which may be empty, and the digest of the whole.
pub(super) async fn finish(
    registry: &Registry,
    repository: &str,
    id: Uuid,
    call: &Call,
    body: Body,
) -> Result<Response, ApiError> {
    let digest = digest_of(call.asked("digest").unwrap_or_default())?;
    let _turn = registry.bodies.acquire().await;
    let (progress, last) = take(registry, id, call, body).await?;
    let blob = match last {
        // One piece that has just arrived need not be fetched.
        Some(last) if progress.pieces == 1 => last,
        _ => gather(registry, id, progress).await?,
    };
    keep(registry, &digest, blob).await?;
    forget(registry, id, progress).await?;
    Ok(done("v2.monolithic_upload_or_last_chunk", repository, &digest))
}

/// `DELETE`: the upload is given up.
pub(super) async fn cancel(
    registry: &Registry,
    repository: &str,
    id: Uuid,
    call: &Call,
) -> Result<Response, ApiError> {
    let progress = Progress::of(call)?;
    tracing::debug!("an upload to {repository} is given up");
    forget(registry, id, progress).await?;
    Ok(named("v2.cancel_upload", StatusCode::NO_CONTENT))
}

/// Takes what a request brings, and says how far the upload has come with it.
async fn take(
    registry: &Registry,
    id: Uuid,
    call: &Call,
    body: Body,
) -> Result<(Progress, Option<Bytes>), ApiError> {
    let before = Progress::of(call)?;
    let range = call.header(header::CONTENT_RANGE).trim_start_matches("bytes ");
    if let Some((from, _)) = range.split_once('-')
        && from.trim().parse::<usize>() != Ok(before.bytes)
    {
        return Err(ApiError::out_of_order());
    }
    let body = read(body, BLOB_BYTES_MAX - before.bytes).await?;
    if body.is_empty() {
        return Ok((before, None));
    }
    if before.pieces >= PIECES_MAX {
        return Err(ApiError::too_large(BLOB_BYTES_MAX));
    }
    registry.storage.put(&key(id, before.pieces), body.clone()).await?;
    let progress = Progress { pieces: before.pieces + 1, bytes: before.bytes + body.len() };
    Ok((progress, Some(body)))
}

/// Everything that has arrived.
async fn gather(registry: &Registry, id: Uuid, progress: Progress) -> Result<Bytes, ApiError> {
    let mut blob = BytesMut::with_capacity(progress.bytes);
    for piece in 0..progress.pieces {
        let found = registry.storage.open(&key(id, piece)).await?;
        let mut reader = found.ok_or_else(ApiError::no_upload)?;
        while let Some(bytes) = reader.next().await? {
            if blob.len() + bytes.len() > progress.bytes {
                return Err(ApiError::bad_digest());
            }
            blob.extend_from_slice(&bytes);
        }
    }
    Ok(blob.freeze())
}

/// Keeps a blob under its digest, if it is its own.
async fn keep(registry: &Registry, digest: &Digest, blob: Bytes) -> Result<(), ApiError> {
    if Digest::of(&blob) != *digest {
        return Err(ApiError::bad_digest());
    }
    let bytes = u64::try_from(blob.len()).unwrap_or_default();
    registry.metrics.count("quay_registry_image_pushed_bytes_total", &[], bytes);
    Ok(registry.storage.put(&digest.key(), blob).await?)
}

/// Takes the pieces away.
async fn forget(registry: &Registry, id: Uuid, progress: Progress) -> Result<(), ApiError> {
    for piece in 0..progress.pieces {
        registry.storage.remove(&key(id, piece)).await?;
    }
    Ok(())
}
