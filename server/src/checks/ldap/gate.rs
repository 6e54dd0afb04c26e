//! Lets through what is LDAP, and nothing else.
//!
//! The library waits for ever where a foreign protocol looks like the beginning of a long message,
//! and its parser goes as deep as a message says. Here messages are whole, short and shallow.

use crate::clients::wire::{TooMuch, Wire};
use std::io;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Bytes of one message. Answers to what is asked here have a few hundred.
const MESSAGE_BYTES_MAX: usize = 256 * 1024;
/// Parts of a message inside one another. LDAP has six at most.
const DEPTH_MAX: usize = 16;
/// Bytes read at once.
const BLOCK_BYTES: usize = 4096;
/// How every message begins: a sequence.
const SEQUENCE: u8 = 0x30;

/// Why nothing more comes through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// It is the beginning of TLS.
    Tls,
    /// It is no LDAP.
    Foreign,
    /// It is more than anybody should send.
    TooMuch,
}

/// A connection behind which only LDAP is heard.
pub(super) struct Gate {
    wire: Wire,
    /// What has come and is no whole message yet.
    held: Vec<u8>,
    /// Whole messages.
    ready: Vec<u8>,
    refusal: Arc<OnceLock<Refusal>>,
}

impl Gate {
    /// A gate before a connection; `refusal` is set when it closes.
    pub(super) fn before(wire: Wire, refusal: Arc<OnceLock<Refusal>>) -> Self {
        Self { wire, held: Vec::new(), ready: Vec::new(), refusal }
    }

    fn close(&self, refusal: Refusal) -> io::Error {
        let _ = self.refusal.set(refusal);
        io::Error::other("it is not LDAP")
    }

    fn sort(&mut self) -> Result<(), Refusal> {
        while let Some(length) = message(&self.held)? {
            self.ready.extend(self.held.drain(..length));
        }
        Ok(())
    }
}

/// The length of the message at the beginning, `None` as long as it is not whole.
fn message(bytes: &[u8]) -> Result<Option<usize>, Refusal> {
    match bytes.first() {
        None => return Ok(None),
        Some(&SEQUENCE) => {}
        // An alert, or a handshake.
        Some(0x15 | 0x16) => return Err(Refusal::Tls),
        Some(_) => return Err(Refusal::Foreign),
    }
    let Some((start, length)) = header(bytes)? else { return Ok(None) };
    let end = start + length;
    if end > MESSAGE_BYTES_MAX {
        return Err(Refusal::TooMuch);
    }
    match bytes.get(start..end) {
        None => Ok(None),
        Some(content) if is_sound(content, DEPTH_MAX) => Ok(Some(end)),
        Some(_) => Err(Refusal::Foreign),
    }
}

/// Where the content of a part begins and how long it is, `None` where that has not come yet.
fn header(bytes: &[u8]) -> Result<Option<(usize, usize)>, Refusal> {
    let [_, first, rest @ ..] = bytes else { return Ok(None) };
    if *first < 0x80 {
        return Ok(Some((2, usize::from(*first))));
    }
    let count = usize::from(*first & 0x7f);
    if !(1..=4).contains(&count) {
        return Err(Refusal::Foreign);
    }
    let Some(digits) = rest.get(..count) else { return Ok(None) };
    let length = digits.iter().fold(0, |length, digit| (length << 8) | usize::from(*digit));
    Ok(Some((2 + count, length)))
}

/// Whether parts follow one another without a rest, and none lies too deep.
fn is_sound(mut bytes: &[u8], depth: usize) -> bool {
    while let Some(tag) = bytes.first() {
        let Ok(Some((start, length))) = header(bytes) else { return false };
        let Some(content) = bytes.get(start..start + length) else { return false };
        let is_long_tag = tag & 0x1f == 0x1f;
        let is_constructed = tag & 0x20 != 0;
        if is_long_tag || (is_constructed && (depth == 0 || !is_sound(content, depth - 1))) {
            return false;
        }
        bytes = &bytes[start + length..];
    }
    true
}

impl AsyncRead for Gate {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let gate = self.get_mut();
        loop {
            if !gate.ready.is_empty() {
                let count = gate.ready.len().min(buffer.remaining());
                buffer.put_slice(&gate.ready[..count]);
                gate.ready.drain(..count);
                return Poll::Ready(Ok(()));
            }
            let mut space = [0; BLOCK_BYTES];
            let mut block = ReadBuf::new(&mut space);
            if let Err(error) = ready!(Pin::new(&mut gate.wire).poll_read(context, &mut block)) {
                let much = error
                    .get_ref()
                    .is_some_and(<dyn std::error::Error + Send + Sync>::is::<TooMuch>);
                return Poll::Ready(Err(if much { gate.close(Refusal::TooMuch) } else { error }));
            }
            if block.filled().is_empty() {
                return Poll::Ready(Ok(()));
            }
            gate.held.extend_from_slice(block.filled());
            if let Err(refusal) = gate.sort() {
                return Poll::Ready(Err(gate.close(refusal)));
            }
        }
    }
}

impl AsyncWrite for Gate {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.wire).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.wire).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.wire).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    /// A good answer to a log-in.
    const ANSWER: &[u8] = b"\x30\x0c\x02\x01\x01\x61\x07\x0a\x01\x00\x04\x00\x04\x00";

    #[tokio::test]
    async fn messages_come_through_whole() {
        let (ours, mut theirs) = tokio::io::duplex(1024);
        let refusal = Arc::new(OnceLock::new());
        let mut gate = Gate::before(Wire::new(ours), refusal.clone());
        theirs.write_all(&ANSWER[..5]).await.unwrap();
        theirs.write_all(&ANSWER[5..]).await.unwrap();
        theirs.write_all(ANSWER).await.unwrap();
        let mut read = vec![0; ANSWER.len() * 2];
        gate.read_exact(&mut read).await.unwrap();
        assert_eq!(read, [ANSWER, ANSWER].concat());
        assert_eq!(refusal.get(), None);
    }

    #[test]
    fn what_is_no_ldap_is_refused() {
        assert_eq!(message(ANSWER), Ok(Some(ANSWER.len())));
        assert_eq!(message(&ANSWER[..7]), Ok(None));
        assert_eq!(message(b"\x15\x03\x03\x00\x02\x02\x46"), Err(Refusal::Tls));
        assert_eq!(message(b"220 mail.example.com"), Err(Refusal::Foreign));
        assert_eq!(message(b"0\x84\x7f\xff\xff\xff"), Err(Refusal::TooMuch));
        assert_eq!(message(b"0\x80"), Err(Refusal::Foreign), "a length that is not said");
        assert_eq!(message(b"0\x03\x02\x05\x01"), Err(Refusal::Foreign), "a part too long");
        let deep = (0..200).fold(Vec::new(), |inner: Vec<u8>, _| {
            let length = u16::try_from(inner.len()).unwrap().to_be_bytes();
            [&[SEQUENCE, 0x82][..], &length, &inner].concat()
        });
        assert_eq!(message(&deep), Err(Refusal::Foreign));
    }
}
