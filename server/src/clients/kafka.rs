//! Kafka, as far as it takes to ask a server what it knows; nothing is sent to a topic or read.
//!
//! Libraries for it connect by themselves to whatever address a server names, and try again
//! until somebody stops them. What is wanted here is one question, and which address failed.

use super::wire::Wire;
use bytes::{Buf as _, BufMut as _};
use std::io;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// Bytes of an answer; what is asked for is far smaller.
const ANSWER_BYTES_MAX: usize = 4 * 1024 * 1024;
/// The requests that are made.
const METADATA: i16 = 3;
const API_VERSIONS: i16 = 18;
const DESCRIBE_CONFIGS: i16 = 32;
/// From this version on, metadata tells what one may do with a topic.
const TELLS_RIGHTS: i16 = 8;
/// The first version in which one can ask for a topic without making it.
const MAKES_NOTHING: i16 = 4;
/// What a server says of rights it knows nothing about.
const RIGHTS_UNKNOWN: i32 = i32::MIN;
/// The bit that says that one may write.
const RIGHT_TO_WRITE: i32 = 1 << 4;
/// Settings are asked for of a server.
const OF_A_SERVER: i8 = 4;

/// The topic is there.
pub const NO_ERROR: i16 = 0;
/// Nobody knows the topic.
pub const UNKNOWN_TOPIC: i16 = 3;
/// No topic can have such a name.
pub const INVALID_TOPIC: i16 = 17;
/// One may not know the topic.
pub const TOPIC_FORBIDDEN: i16 = 29;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum KafkaError {
    /// The answer is none of Kafka's.
    #[error("the answer is not Kafka's")]
    NotKafka,
    /// The connection broke.
    #[error("{0}")]
    Broken(#[from] io::Error),
}

/// A cluster, as one of its servers tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cluster {
    /// Its name, if it has one.
    pub name: Option<String>,
    /// Its servers, where they say they are.
    pub servers: Vec<Server>,
    /// The topic that was asked for.
    pub topic: Topic,
}

/// A server of a cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// Its number.
    pub id: i32,
    /// Its name.
    pub host: String,
    /// Its port.
    pub port: u16,
}

/// A topic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Topic {
    /// What is wrong with it, [`NO_ERROR`] if nothing is.
    pub error: i16,
    /// Its partitions.
    pub partitions: usize,
    /// Those that no server looks after, so that nothing can be written to them.
    pub without_leader: usize,
    /// Whether one may write to it, where the server tells.
    pub may_write: Option<bool>,
}

/// A server of Kafka we are connected to.
#[derive(Debug)]
pub struct Kafka {
    wire: Wire,
    client: String,
    number: i32,
}

impl Kafka {
    /// Over this connection, under this name.
    pub fn over(wire: Wire, client: &str) -> Self {
        Self { wire, client: client.to_owned(), number: 0 }
    }

    /// The latest version in which the server takes each kind of request.
    pub async fn versions(&mut self) -> Result<Vec<(i16, i16)>, KafkaError> {
        let answer = self.ask(API_VERSIONS, 0, &[]).await?;
        let mut reader = Reader(&answer);
        let error = reader.short()?;
        let versions = reader.list(|reader| {
            let (kind, _, latest) = (reader.short()?, reader.short()?, reader.short()?);
            Ok((kind, latest))
        })?;
        if error == NO_ERROR { Ok(versions) } else { Err(KafkaError::NotKafka) }
    }

    /// What the server knows of its cluster and of a topic, which is not made by that.
    pub async fn cluster(
        &mut self,
        topic: &str,
        versions: &[(i16, i16)],
    ) -> Result<Cluster, KafkaError> {
        let tells = versions.iter().any(|&(kind, to)| kind == METADATA && to >= TELLS_RIGHTS);
        let mut body = Vec::new();
        body.put_i32(1);
        put_text(&mut body, topic);
        body.put_u8(0);
        if tells {
            body.put_slice(&[0, 1]);
        }
        let version = if tells { TELLS_RIGHTS } else { MAKES_NOTHING };
        let answer = self.ask(METADATA, version, &body).await?;
        let mut reader = Reader(&answer);
        let _throttled = reader.number()?;
        let servers = reader.list(|reader| {
            let (id, host, port) = (reader.number()?, reader.text()?, reader.number()?);
            let _rack = reader.text()?;
            let port = u16::try_from(port).map_err(|_| KafkaError::NotKafka)?;
            Ok(Server { id, host: host.ok_or(KafkaError::NotKafka)?, port })
        })?;
        let name = reader.text()?;
        let _controller = reader.number()?;
        let topics = reader.list(|reader| reader.topic(tells))?;
        let topic = topics.into_iter().next().ok_or(KafkaError::NotKafka)?;
        Ok(Cluster { name, servers, topic })
    }

    /// A setting of a server, `None` if it does not tell.
    pub async fn setting(&mut self, server: i32, name: &str) -> Result<Option<String>, KafkaError> {
        let mut body = Vec::new();
        body.put_i32(1);
        body.put_i8(OF_A_SERVER);
        put_text(&mut body, &server.to_string());
        // All of them: not every imitation of Kafka understands a choice.
        body.put_i32(-1);
        body.put_u8(0);
        let answer = self.ask(DESCRIBE_CONFIGS, 1, &body).await?;
        let mut reader = Reader(&answer);
        let _throttled = reader.number()?;
        let servers = reader.list(|reader| {
            let _error = reader.short()?;
            let (_message, _kind, _name) = (reader.text()?, reader.byte()?, reader.text()?);
            reader.list(Reader::setting)
        })?;
        let found = servers.into_iter().flatten().find(|(has, _)| has.as_deref() == Some(name));
        Ok(found.and_then(|(_, value)| value))
    }

    /// Sends a request and waits for its answer.
    async fn ask(&mut self, kind: i16, version: i16, body: &[u8]) -> Result<Vec<u8>, KafkaError> {
        self.number += 1;
        let mut request = vec![0; 4];
        request.put_i16(kind);
        request.put_i16(version);
        request.put_i32(self.number);
        put_text(&mut request, &self.client);
        request.put_slice(body);
        let length = u32::try_from(request.len() - 4).map_err(io::Error::other)?;
        request[..4].copy_from_slice(&length.to_be_bytes());
        self.wire.write_all(&request).await?;
        self.wire.flush().await?;
        let length = usize::try_from(self.wire.read_u32().await?).map_err(io::Error::other)?;
        if !(4..=ANSWER_BYTES_MAX).contains(&length) {
            return Err(KafkaError::NotKafka);
        }
        if self.wire.read_i32().await? != self.number {
            return Err(KafkaError::NotKafka);
        }
        let mut answer = Vec::new();
        let rest = length - 4;
        (&mut self.wire).take(rest as u64).read_to_end(&mut answer).await?;
        if answer.len() < rest {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
        }
        Ok(answer)
    }
}

fn put_text(into: &mut Vec<u8>, text: &str) {
    into.put_i16(i16::try_from(text.len()).unwrap_or(i16::MAX));
    into.extend(text.bytes().take(usize::from(i16::MAX.unsigned_abs())));
}

/// What is left of an answer.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn byte(&mut self) -> Result<u8, KafkaError> {
        self.0.try_get_u8().map_err(|_| KafkaError::NotKafka)
    }

    fn short(&mut self) -> Result<i16, KafkaError> {
        self.0.try_get_i16().map_err(|_| KafkaError::NotKafka)
    }

    fn number(&mut self) -> Result<i32, KafkaError> {
        self.0.try_get_i32().map_err(|_| KafkaError::NotKafka)
    }

    /// Text, which may be absent.
    fn text(&mut self) -> Result<Option<String>, KafkaError> {
        let Ok(length) = usize::try_from(self.short()?) else { return Ok(None) };
        let (text, rest) = self.0.split_at_checked(length).ok_or(KafkaError::NotKafka)?;
        self.0 = rest;
        Ok(Some(String::from_utf8_lossy(text).into_owned()))
    }

    /// As many things as are said to follow; no more than there can be.
    fn list<T>(
        &mut self,
        mut item: impl FnMut(&mut Self) -> Result<T, KafkaError>,
    ) -> Result<Vec<T>, KafkaError> {
        let count = usize::try_from(self.number()?).unwrap_or(0);
        if count > self.0.len() {
            return Err(KafkaError::NotKafka);
        }
        (0..count).map(|_| item(self)).collect()
    }

    fn topic(&mut self, tells: bool) -> Result<Topic, KafkaError> {
        let error = self.short()?;
        let (_name, _is_internal) = (self.text()?, self.byte()?);
        let leaders = self.list(|reader| {
            let (_error, _number, leader) = (reader.short()?, reader.number()?, reader.number()?);
            if tells {
                let _epoch = reader.number()?;
            }
            // Its copies, those that are up to date and, in later versions, those that are gone.
            for _ in 0..if tells { 3 } else { 2 } {
                reader.list(Self::number)?;
            }
            Ok(leader)
        })?;
        let rights = if tells { self.number()? } else { RIGHTS_UNKNOWN };
        Ok(Topic {
            error,
            partitions: leaders.len(),
            without_leader: leaders.iter().filter(|leader| **leader < 0).count(),
            may_write: (rights != RIGHTS_UNKNOWN).then_some(rights & RIGHT_TO_WRITE != 0),
        })
    }

    fn setting(&mut self) -> Result<(Option<String>, Option<String>), KafkaError> {
        let (name, value) = (self.text()?, self.text()?);
        let (_read_only, _source, _is_secret) = (self.byte()?, self.byte()?, self.byte()?);
        self.list(|reader| {
            let (_name, _value, _source) = (reader.text()?, reader.text()?, reader.byte()?);
            Ok(())
        })?;
        Ok((name, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A server that answers one request with these bytes after the number of the request.
    fn answers(bytes: &'static [u8]) -> Kafka {
        let (ours, mut theirs) = tokio::io::duplex(64 * 1024);
        tokio::spawn(async move {
            let length = theirs.read_u32().await.unwrap();
            let mut request = vec![0; length as usize];
            theirs.read_exact(&mut request).await.unwrap();
            theirs.write_u32(u32::try_from(bytes.len()).unwrap() + 4).await.unwrap();
            theirs.write_all(&request[4..8]).await.unwrap();
            theirs.write_all(bytes).await.unwrap();
        });
        Kafka::over(Wire::new(ours), "test")
    }

    /// What a server said of a topic with one partition.
    const TOPIC: &[u8] = b"\0\0\0\0\0\0\0\x01\0\0\0o\0\x0ebroker.invalid\0\0J\x94\xff\xff\
        \0\rtansu_cluster\0\0\0o\0\0\0\x01\0\0\0\x04quay\0\0\0\0\x01\0\0\0\0\0\0\0\0\0o\
        \0\0\0\0\0\0\0\x01\0\0\0o\0\0\0\x01\0\0\0o\0\0\0\0\0\0\0\x18\x80\0\0\0";

    #[tokio::test]
    async fn a_topic_and_its_servers_are_read() {
        let mut kafka = answers(TOPIC);
        let cluster = kafka.cluster("quay", &[(METADATA, 12)]).await.unwrap();
        assert_eq!(cluster.name.as_deref(), Some("tansu_cluster"));
        let server = Server { id: 111, host: "broker.invalid".to_owned(), port: 19092 };
        assert_eq!(cluster.servers, [server]);
        let topic = Topic { error: 0, partitions: 1, without_leader: 0, may_write: Some(true) };
        assert_eq!(cluster.topic, topic);
    }

    #[tokio::test]
    async fn no_beginning_of_an_answer_is_believed() {
        for length in 0..TOPIC.len() - 4 {
            let mut kafka = answers(&TOPIC[..length]);
            let error = kafka.cluster("quay", &[(METADATA, 12)]).await.unwrap_err();
            assert!(matches!(error, KafkaError::NotKafka), "{length}: {error}");
        }
    }

    #[tokio::test]
    async fn what_is_no_answer_is_told_apart() {
        let (ours, mut theirs) = tokio::io::duplex(1024);
        theirs.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
        let error = Kafka::over(Wire::new(ours), "test").versions().await.unwrap_err();
        assert!(matches!(error, KafkaError::NotKafka), "{error}");
        let (ours, theirs) = tokio::io::duplex(1024);
        drop(theirs);
        let error = Kafka::over(Wire::new(ours), "test").versions().await.unwrap_err();
        assert!(matches!(error, KafkaError::Broken(_)), "{error}");
    }
}
