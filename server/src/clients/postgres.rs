//! The first words of `PostgreSQL`'s protocol, which no library leaves to us: whether a
//! connection may be encrypted, and whether it is `PostgreSQL` at all.

use super::relay::Relay;
use super::wire::{OtherProtocol, Wire};
use std::io;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, copy_bidirectional};

/// The question whether a connection may be encrypted: a length, and a number in the place where
/// others give the version of the protocol.
const TLS_REQUEST: [u8; 8] = [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f];
/// Bytes of what a client begins with: names and a few settings.
const STARTUP_BYTES_MAX: u32 = 10_000;
/// Bytes of a server's first message, as libpq has it: more is no message of this protocol.
const FIRST_BYTES_MAX: u32 = 30_000;

/// What a server says to the question for encryption.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offer {
    /// It may be encrypted, from now on.
    Tls,
    /// It does not encrypt; the connection is still good.
    Nothing,
    /// It is in trouble and will say no more.
    Trouble,
}

/// Asks whether a connection may be encrypted.
pub async fn ask_for_tls(wire: &mut Wire) -> io::Result<Offer> {
    wire.write_all(&TLS_REQUEST).await?;
    wire.flush().await?;
    match wire.read_u8().await? {
        b'S' => Ok(Offer::Tls),
        b'N' => Ok(Offer::Nothing),
        b'E' => Ok(Offer::Trouble),
        _ => Err(io::Error::other(OtherProtocol)),
    }
}

/// Puts a connection behind a port, for a library that is told not to encrypt.
pub async fn behind_relay(mut wire: Wire) -> io::Result<Relay> {
    Relay::guided(move |inside| {
        Box::pin(async move {
            introduce(inside, &mut wire).await?;
            copy_bidirectional(inside, &mut wire).await.map(drop)
        })
    })
    .await
}

/// Hands on what a client begins with, and the head of the answer if it is one.
///
/// A library would take the first bytes of anything for a length, and wait for that many.
async fn introduce<C, S>(client: &mut C, server: &mut S) -> io::Result<()>
where
    C: AsyncRead + AsyncWrite + Unpin,
    S: AsyncRead + AsyncWrite + Unpin,
{
    let length = client.read_u32().await?;
    if !(4..=STARTUP_BYTES_MAX).contains(&length) {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let mut rest = vec![0; usize::try_from(length - 4).unwrap_or(0)];
    client.read_exact(&mut rest).await?;
    if let Err(error) = hand_on(server, length, &rest).await {
        // Before it hung up, the server may have said why: that it refuses our certificate.
        return Err(server.read_u8().await.err().unwrap_or(error));
    }
    let kind = server.read_u8().await?;
    if !matches!(kind, b'R' | b'E' | b'N' | b'v') {
        return Err(io::Error::other(OtherProtocol));
    }
    let length = server.read_u32().await?;
    if !(4..=FIRST_BYTES_MAX).contains(&length) {
        return Err(io::Error::other(OtherProtocol));
    }
    client.write_u8(kind).await?;
    client.write_u32(length).await
}

async fn hand_on<S>(server: &mut S, length: u32, rest: &[u8]) -> io::Result<()>
where
    S: AsyncWrite + Unpin,
{
    server.write_u32(length).await?;
    server.write_all(rest).await?;
    server.flush().await
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What comes of a server that answers with these bytes.
    async fn introduced(answer: &[u8]) -> io::Result<Vec<u8>> {
        let (mut ours, mut client) = tokio::io::duplex(1024);
        let (mut theirs, mut server) = tokio::io::duplex(1024);
        ours.write_all(b"\0\0\0\x0ahello!").await.unwrap();
        server.write_all(answer).await.unwrap();
        introduce(&mut client, &mut theirs).await?;
        let (mut asked, mut told) = ([0; 10], [0; 5]);
        server.read_exact(&mut asked).await.unwrap();
        assert_eq!(&asked, b"\0\0\0\x0ahello!");
        ours.read_exact(&mut told).await.unwrap();
        Ok(told.to_vec())
    }

    #[tokio::test]
    async fn only_its_own_messages_are_handed_on() {
        assert_eq!(introduced(b"R\0\0\0\x08\0\0\0\0").await.unwrap(), b"R\0\0\0\x08");
        for other in [&b"HTTP/1.1 400"[..], b"ERROR\r\n", b"\x4a\0\0\0\x0a8.0.36"] {
            let error = introduced(other).await.unwrap_err();
            let inner = error.get_ref().unwrap();
            assert!(inner.is::<OtherProtocol>(), "{inner}");
        }
    }
}
