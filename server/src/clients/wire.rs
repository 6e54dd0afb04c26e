//! A connection from which only so much is read, whatever the other side sends.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Bytes read from one connection. What a check reads is far below.
pub const WIRE_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Anything that can be read and written.
pub trait Stream: AsyncRead + AsyncWrite + Send + Sync + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Sync + Unpin> Stream for S {}

/// A connection to a service, encrypted or not.
pub struct Wire {
    inner: Box<dyn Stream>,
    left: usize,
}

/// The other side has sent more than anybody should.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it sent more than {} MiB", WIRE_BYTES_MAX / 1024 / 1024)]
pub struct TooMuch;

/// What answers does not speak the protocol that was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it speaks another protocol")]
pub struct OtherProtocol;

impl Wire {
    /// A connection over this stream.
    pub fn new(inner: impl Stream + 'static) -> Self {
        Self { inner: Box::new(inner), left: WIRE_BYTES_MAX }
    }
}

impl std::fmt::Debug for Wire {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wire").field("left", &self.left).finish_non_exhaustive()
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.left == 0 {
            return Poll::Ready(Err(io::Error::other(TooMuch)));
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.inner).poll_read(context, buffer))?;
        let read = buffer.filled().len() - before;
        self.left = self.left.saturating_sub(read);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    #[tokio::test]
    async fn no_more_is_read_than_the_bound() {
        let (ours, mut theirs) = tokio::io::duplex(64 * 1024);
        let flood = tokio::spawn(async move {
            let block = vec![0; 64 * 1024];
            while theirs.write_all(&block).await.is_ok() {}
        });
        let mut read = Vec::new();
        let error = Wire::new(ours).read_to_end(&mut read).await.unwrap_err();
        assert!(error.get_ref().is_some_and(<dyn std::error::Error + Send + Sync>::is::<TooMuch>));
        assert!(read.len() < WIRE_BYTES_MAX + 64 * 1024, "{}", read.len());
        flood.await.unwrap();
    }
}
