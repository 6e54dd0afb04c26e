//! A stand-in for a server of Kafka, for what Tansu cannot be made to say.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What it says of the topic.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Topic {
    /// What is wrong with it, as a number of Kafka's.
    pub(crate) error: u8,
    /// Whether one of its two partitions has nobody to look after it.
    pub(crate) orphaned: bool,
    /// Whether it may be written to.
    pub(crate) may_write: bool,
    /// Whether topics are made by themselves.
    pub(crate) makes: bool,
}

impl Topic {
    /// A good one.
    pub(crate) const GOOD: Self = Self { error: 0, orphaned: false, may_write: true, makes: false };
}

/// A stand-in that runs until it is dropped.
pub(crate) struct KafkaStandIn {
    /// Where it listens.
    pub(crate) port: u16,
    task: JoinHandle<()>,
}

impl Drop for KafkaStandIn {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl KafkaStandIn {
    /// One with this topic.
    pub(crate) async fn start(topic: Topic) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
        let port = listener.local_addr().expect("it listens").port();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(talk(stream, port, topic));
            }
        });
        Self { port, task }
    }
}

async fn talk(mut stream: TcpStream, port: u16, topic: Topic) {
    while let Ok(length) = stream.read_u32().await {
        let mut request = vec![0; usize::try_from(length).expect("it is small")];
        if stream.read_exact(&mut request).await.is_err() {
            return;
        }
        let body = match request[1] {
            18 => versions(),
            3 => cluster(port, topic),
            _ => settings(topic),
        };
        let answer = [&request[4..8], &body].concat();
        let length = u32::try_from(answer.len()).expect("it is small");
        let sent = [length.to_be_bytes().as_slice(), &answer].concat();
        if stream.write_all(&sent).await.is_err() {
            return;
        }
    }
}

fn text(text: &str) -> Vec<u8> {
    let length = u16::try_from(text.len()).expect("it is short");
    [&length.to_be_bytes(), text.as_bytes()].concat()
}

fn versions() -> Vec<u8> {
    let kinds: [u8; 3] = [3, 18, 32];
    let each = kinds.iter().flat_map(|kind| [0, *kind, 0, 0, 0, 8]);
    [0, 0, 0, 0, 0, 3].into_iter().chain(each).collect()
}

fn cluster(port: u16, topic: Topic) -> Vec<u8> {
    let mut out = vec![0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1];
    out.extend(text("127.0.0.1"));
    out.extend(u32::from(port).to_be_bytes());
    out.extend([255, 255]);
    out.extend(text("lab"));
    out.extend([0, 0, 0, 1, 0, 0, 0, 1, 0, topic.error]);
    out.extend(text("quay"));
    out.push(0);
    let partitions: u8 = if topic.error == 0 { 2 } else { 0 };
    out.extend([0, 0, 0, partitions]);
    for number in 0..partitions {
        let leader: i32 = if topic.orphaned && number == 1 { -1 } else { 1 };
        out.extend([0, 0, 0, 0, 0, number]);
        out.extend(leader.to_be_bytes());
        // Epoch, copies, those that are up to date, those that are gone.
        out.extend([0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0]);
    }
    let rights: u32 = if topic.may_write { 1 << 8 | 1 << 4 } else { 1 << 8 };
    out.extend(rights.to_be_bytes());
    out.extend([128, 0, 0, 0]);
    out
}

fn settings(topic: Topic) -> Vec<u8> {
    let mut out = vec![0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 255, 255, 4];
    out.extend(text("1"));
    out.extend([0, 0, 0, 1]);
    out.extend(text("auto.create.topics.enable"));
    out.extend(text(if topic.makes { "true" } else { "false" }));
    out.extend([0, 5, 0, 0, 0, 0, 0]);
    out
}
