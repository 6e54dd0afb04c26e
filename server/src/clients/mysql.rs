//! The first words of the protocol of `MySQL` and `MariaDB`: what a server says of itself, how a
//! connection is encrypted, and how a library logs in that does not know that it is.

use super::relay::Relay;
use super::wire::{OtherProtocol, Wire};
use std::io;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, copy_bidirectional};

/// Bytes of a packet before anybody is logged in.
const PACKET_BYTES_MAX: usize = 16 * 1024;
/// The capability to be encrypted: this bit of the second byte.
const TLS_BIT: u8 = 0x08;
/// What we say we can before encryption: the same as the library says afterwards, with
/// `CLIENT_SSL`, since a server may take the one or the other.
const CAPABILITIES: u32 = 0x012f_ab0a;
/// `CLIENT_PROTOCOL_41`, without which nobody speaks any more.
const PROTOCOL_41: u32 = 0x0200;
/// Bytes that the library says it takes; again, it is said twice.
const MESSAGE_BYTES_MAX: u32 = 1024;
/// `utf8mb4_general_ci`.
const LETTERS: u8 = 45;
/// A server's wish that the client goes on with its password in clear.
const IN_CLEAR: &[u8] = b"\xfemysql_clear_password\0";

/// A packet of the protocol.
struct Packet {
    number: u8,
    payload: Vec<u8>,
}

/// What a server says first.
#[derive(Clone, Debug)]
pub enum Said {
    /// What it is.
    Greeting(Greeting),
    /// That it does not want to talk.
    Refusal {
        /// The number of the error.
        number: u16,
        /// Its words.
        words: String,
    },
}

/// What a server says of itself.
#[derive(Clone, Debug)]
pub struct Greeting {
    payload: Vec<u8>,
    /// Where its capabilities stand.
    at: usize,
    /// Its version, as it writes it.
    pub version: String,
}

impl Greeting {
    /// Understands a greeting that is whole: libraries trust the lengths in it.
    fn of(payload: Vec<u8>) -> Option<Self> {
        if payload.first() != Some(&10) {
            return None;
        }
        let end = payload.iter().position(|byte| *byte == 0)?;
        let version = String::from_utf8_lossy(payload.get(1..end)?).into_owned();
        // Between: a number of the connection, eight bytes of salt, and a zero.
        let at = end + 14;
        // Behind: character set, status, more capabilities, the length of the salt, reserved
        // bytes, and the rest of the salt.
        let salt = usize::from(*payload.get(at + 7)?).saturating_sub(9).max(12);
        (payload.len() > at + 18 + salt).then_some(Self { payload, at, version })
    }

    /// Whether the server can encrypt.
    pub fn offers_tls(&self) -> bool {
        self.payload[self.at + 1] & TLS_BIT != 0
    }

    fn capabilities(&self) -> u32 {
        let byte = |at: usize| self.payload[self.at + at];
        u32::from_le_bytes([byte(0), byte(1), byte(5), byte(6)])
    }

    /// The greeting of a server that cannot encrypt.
    fn without_tls(&self) -> Packet {
        let mut payload = self.payload.clone();
        payload[self.at + 1] &= !TLS_BIT;
        Packet { number: 0, payload }
    }
}

/// Reads what a server says first.
pub async fn greeting(wire: &mut Wire) -> io::Result<Said> {
    let packet = read(wire).await?;
    let other = || io::Error::other(OtherProtocol);
    match packet.payload.as_slice() {
        [0xff, low, high, words @ ..] if packet.number == 0 => {
            // Servers put a state of six letters before the words, once they know the client.
            let words = if words.first() == Some(&b'#') { words.get(6..) } else { Some(words) };
            let words = String::from_utf8_lossy(words.unwrap_or_default()).into_owned();
            Ok(Said::Refusal { number: u16::from_le_bytes([*low, *high]), words })
        }
        _ if packet.number == 0 => {
            Greeting::of(packet.payload).map(Said::Greeting).ok_or_else(other)
        }
        _ => Err(other()),
    }
}

/// Tells a server that encryption comes next.
pub async fn ask_for_tls(wire: &mut Wire, greeting: &Greeting) -> io::Result<()> {
    let capabilities = (CAPABILITIES & greeting.capabilities()) | PROTOCOL_41;
    let mut payload = capabilities.to_le_bytes().to_vec();
    payload.extend(MESSAGE_BYTES_MAX.to_le_bytes());
    payload.push(LETTERS);
    payload.extend([0; 23]);
    write(wire, &Packet { number: 1, payload }).await
}

/// Puts a connection behind a port, for a library that is told not to encrypt.
///
/// `is_encrypted` says that we have encrypted it ourselves, so that it may send its password.
pub async fn behind_relay(
    mut wire: Wire,
    greeting: Greeting,
    is_encrypted: bool,
) -> io::Result<Relay> {
    Relay::guided(move |inside| {
        Box::pin(async move {
            write(inside, &greeting.without_tls()).await?;
            if is_encrypted {
                introduce(inside, &mut wire).await?;
            }
            copy_bidirectional(inside, &mut wire).await.map(drop)
        })
    })
    .await
}

/// Logs a client in over a connection that is encrypted without its knowing.
///
/// It counts its packets from the greeting on, and the server counts the one that asked for
/// encryption as well. And where a server wants the password in clear, because nobody can read
/// along, the client would encrypt it once more: it is told another way of sending it.
async fn introduce<C, S>(client: &mut C, server: &mut S) -> io::Result<()>
where
    C: AsyncRead + AsyncWrite + Unpin,
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut first = read(client).await?;
    first.number = first.number.wrapping_add(1);
    if let Some(byte) = first.payload.get_mut(1) {
        *byte |= TLS_BIT;
    }
    write(server, &first).await?;
    loop {
        let mut said = read(server).await?;
        let goes_on = match said.payload.as_slice() {
            // It is in, or it is not.
            [0x00 | 0xff, ..] => {
                return write(client, &said).await;
            }
            // caching_sha2_password: what was sent is enough, and more follows by itself.
            [0x01, 0x03, ..] => false,
            // caching_sha2_password: the password itself is wanted.
            [0x01, 0x04, ..] => {
                said.payload = IN_CLEAR.to_vec();
                true
            }
            [0xfe, plugin @ ..] if plugin.starts_with(b"sha256_password\0") => {
                said.payload = IN_CLEAR.to_vec();
                true
            }
            _ => true,
        };
        write(client, &said).await?;
        if goes_on {
            let reply = read(client).await?;
            write(server, &reply).await?;
        }
    }
}

async fn read<S: AsyncRead + Unpin>(stream: &mut S) -> io::Result<Packet> {
    let mut head = [0; 4];
    stream.read_exact(&mut head).await?;
    let [a, b, c, number] = head;
    let length = usize::try_from(u32::from_le_bytes([a, b, c, 0])).unwrap_or(usize::MAX);
    if length > PACKET_BYTES_MAX {
        return Err(io::Error::other(OtherProtocol));
    }
    let mut payload = vec![0; length];
    stream.read_exact(&mut payload).await?;
    Ok(Packet { number, payload })
}

async fn write<S: AsyncWrite + Unpin>(stream: &mut S, packet: &Packet) -> io::Result<()> {
    let length = u32::try_from(packet.payload.len()).unwrap_or(u32::MAX).to_le_bytes();
    stream.write_all(&[length[0], length[1], length[2], packet.number]).await?;
    stream.write_all(&packet.payload).await?;
    stream.flush().await
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::DuplexStream;

    /// What `MySQL` 8.0 says first.
    const GREETING: &[u8] = b"\n8.0.18\x00\x19\x00\x00\x00\x114aB0c\x06g\x00\xff\xff\xff\x02\x00\
        \xff\xc7\x15\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00tL\x03s\x0f[4\rl4. \
        \x00caching_sha2_password\x00";

    async fn send(stream: &mut DuplexStream, number: u8, payload: &[u8]) {
        write(stream, &Packet { number, payload: payload.to_vec() }).await.unwrap();
    }

    async fn expect(stream: &mut DuplexStream, number: u8, payload: &[u8]) {
        let packet = read(stream).await.unwrap();
        assert_eq!((packet.number, packet.payload.as_slice()), (number, payload));
    }

    #[test]
    fn a_greeting_is_read_whole_or_not_at_all() {
        let greeting = Greeting::of(GREETING.to_vec()).unwrap();
        assert_eq!(greeting.version, "8.0.18");
        assert!(greeting.offers_tls());
        assert_eq!(greeting.capabilities(), 0xc7ff_ffff);
        let without = Greeting::of(greeting.without_tls().payload).unwrap();
        assert!(!without.offers_tls());
        let least = greeting.at + 18 + 12;
        for length in 0..=least {
            assert!(Greeting::of(GREETING[..length].to_vec()).is_none(), "{length}");
        }
        assert!(Greeting::of(b"220 mail.example.com\0".to_vec()).is_none());
    }

    #[tokio::test]
    async fn packets_are_counted_as_the_server_counts_them() {
        let (mut client, mut inside) = tokio::io::duplex(1024);
        let (mut outside, mut server) = tokio::io::duplex(1024);
        let talk = tokio::spawn(async move { introduce(&mut inside, &mut outside).await });
        send(&mut client, 1, b"\x0a\xa2hello").await;
        expect(&mut server, 2, b"\x0a\xaahello").await;
        // Another salt for the same password, then in.
        send(&mut server, 3, b"\xfemysql_native_password\0salt").await;
        expect(&mut client, 3, b"\xfemysql_native_password\0salt").await;
        send(&mut client, 4, b"scrambled").await;
        expect(&mut server, 4, b"scrambled").await;
        send(&mut server, 5, b"\0\0\0").await;
        expect(&mut client, 5, b"\0\0\0").await;
        talk.await.unwrap().unwrap();
    }

    #[tokio::test]
    async fn a_password_that_is_wanted_in_clear_is_asked_for_as_such() {
        let (mut client, mut inside) = tokio::io::duplex(1024);
        let (mut outside, mut server) = tokio::io::duplex(1024);
        let talk = tokio::spawn(async move { introduce(&mut inside, &mut outside).await });
        send(&mut client, 1, b"\x0a\xa2hello").await;
        expect(&mut server, 2, b"\x0a\xaahello").await;
        send(&mut server, 3, b"\x01\x04").await;
        expect(&mut client, 3, IN_CLEAR).await;
        send(&mut client, 4, b"the password\0").await;
        expect(&mut server, 4, b"the password\0").await;
        // As it does where it has seen the password before.
        send(&mut server, 5, b"\x01\x03").await;
        expect(&mut client, 5, b"\x01\x03").await;
        send(&mut server, 6, b"\xff\x15\x04#28000no").await;
        expect(&mut client, 6, b"\xff\x15\x04#28000no").await;
        talk.await.unwrap().unwrap();
    }
}
