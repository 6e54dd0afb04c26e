//! Bodies on their way in: so many at once, piece by piece, and none of them for ever.

use super::error::ApiError;
use crate::registry::{Limits, Registry};
use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt as _;
use std::mem;
use tokio::sync::SemaphorePermit;
use tokio::time::{Instant, timeout, timeout_at};

/// A body, of which a piece at a time is held in memory.
pub(super) struct Incoming {
    body: Body,
    limits: Limits,
    /// When all of it must be there.
    end: Instant,
    /// What came with the last bytes of a piece and belongs to the next one.
    rest: Bytes,
    bytes_max: u64,
    /// Bytes that may still come.
    left: u64,
}

/// The number of these bytes.
pub(super) fn length(bytes: &Bytes) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

/// The turn of a request that sends much: until this is dropped.
pub(super) async fn turn(registry: &Registry) -> Result<SemaphorePermit<'_>, ApiError> {
    match timeout(registry.limits.turn_time, registry.bodies.acquire()).await {
        Ok(Ok(turn)) => Ok(turn),
        Ok(Err(_)) | Err(_) => Err(ApiError::busy()),
    }
}

/// A body as a whole, which must have no more than this many bytes.
pub(super) async fn read(limits: &Limits, body: Body, bytes_max: usize) -> Result<Bytes, ApiError> {
    let mut incoming = Incoming::new(limits, body, u64::try_from(bytes_max).unwrap_or(u64::MAX));
    // A piece that has room for one byte more shows whether there is one.
    let whole = incoming.piece(bytes_max.saturating_add(1)).await?;
    Ok(whole.unwrap_or_default())
}

impl Incoming {
    /// A body of no more than this many bytes.
    pub(super) fn new(limits: &Limits, body: Body, bytes_max: u64) -> Self {
        Self {
            body,
            limits: *limits,
            end: Instant::now() + limits.body_time,
            rest: Bytes::new(),
            bytes_max,
            left: bytes_max,
        }
    }

    /// The same, if so many bytes were there before.
    pub(super) fn after(mut self, bytes: u64) -> Self {
        self.left = self.left.saturating_sub(bytes);
        self
    }

    /// The next piece, of this many bytes or, at the end, of fewer; none after it.
    pub(super) async fn piece(&mut self, bytes: usize) -> Result<Option<Bytes>, ApiError> {
        let end = self.end.min(Instant::now() + self.limits.piece_time);
        let mut piece = BytesMut::new();
        while piece.len() < bytes {
            if self.rest.is_empty() {
                let Some(more) = self.bytes(end).await? else { break };
                self.rest = more;
            }
            let mut more = mem::take(&mut self.rest);
            piece.extend_from_slice(&more.split_to(more.len().min(bytes - piece.len())));
            self.rest = more;
        }
        Ok((!piece.is_empty()).then(|| piece.freeze()))
    }

    /// The bytes that come next, as many as there are.
    async fn bytes(&mut self, end: Instant) -> Result<Option<Bytes>, ApiError> {
        loop {
            let end = end.min(Instant::now() + self.limits.bytes_time);
            let frame = timeout_at(end, self.body.frame()).await;
            let Some(frame) = frame.map_err(|_| ApiError::too_slow())? else { return Ok(None) };
            // What is no data stands after the body.
            let Ok(bytes) = frame.map_err(|_| ApiError::cut_off())?.into_data() else { continue };
            let left = self.left.checked_sub(length(&bytes));
            self.left = left.ok_or_else(|| ApiError::too_large(self.bytes_max))?;
            if !bytes.is_empty() {
                return Ok(Some(bytes));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::stream::iter;
    use std::io;

    fn body(frames: &[&'static str]) -> Body {
        let frames: Vec<io::Result<Bytes>> =
            frames.iter().map(|frame| Ok(Bytes::from_static(frame.as_bytes()))).collect();
        Body::from_stream(iter(frames))
    }

    #[tokio::test]
    async fn however_a_body_arrives_its_pieces_are_of_one_size() {
        for frames in [&["hello world"][..], &["he", "", "llo wo", "rld"], &["hell", "o wo", "rld"]]
        {
            let mut incoming = Incoming::new(&Limits::USUAL, body(frames), 11);
            let mut pieces = Vec::new();
            while let Some(piece) = incoming.piece(4).await.unwrap() {
                pieces.push(piece);
            }
            assert_eq!(pieces, ["hell", "o wo", "rld"], "{frames:?}");
        }
    }

    #[tokio::test]
    async fn a_body_is_as_long_as_it_may_be_and_no_longer() {
        let limits = Limits::USUAL;
        for frames in [&["hello"][..], &["hell", "o"], &["hello", ""]] {
            assert_eq!(read(&limits, body(frames), 5).await.unwrap(), "hello", "{frames:?}");
            assert!(read(&limits, body(frames), 4).await.is_err(), "{frames:?}");
            let mut incoming = Incoming::new(&limits, body(frames), 7).after(3);
            assert!(incoming.piece(5).await.is_err(), "{frames:?}");
        }
        assert_eq!(read(&limits, Body::empty(), 0).await.unwrap(), "");
    }
}
