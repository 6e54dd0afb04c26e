//! Stand-ins for directories that say what no slapd can be made to say, above all those of
//! Active Directory.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// How a stand-in answers a log-in. To searches it says that there is nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Manner {
    /// With this result, and what it says besides.
    Result(u8, &'static str),
    /// With a message that makes no sense.
    Nonsense,
    /// With messages without end.
    Floods,
}

/// A stand-in that runs until it is dropped.
pub(crate) struct Directory {
    /// Where it listens.
    pub(crate) port: u16,
    task: JoinHandle<()>,
}

impl Drop for Directory {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Directory {
    /// Starts one.
    pub(crate) async fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
        let port = listener.local_addr().expect("it listens").port();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, manner));
            }
        });
        Self { port, task }
    }
}

async fn answer(mut stream: TcpStream, manner: Manner) {
    let mut request = [0; 4096];
    while let Ok(read) = stream.read(&mut request).await {
        let Some((id, operation)) = opened(&request[..read]) else { return };
        let bytes = match (operation, manner) {
            // A search, and its end.
            (0x63, _) => message(id, 0x65, 0, ""),
            (0x60, Manner::Result(result, text)) => message(id, 0x61, result, text),
            (0x60, Manner::Nonsense) => vec![0x30, 0x03, 0x02, 0x01, id],
            (0x60, Manner::Floods) => {
                let block = message(0, 0x78, 52, &"x".repeat(60_000));
                while stream.write_all(&block).await.is_ok() {}
                return;
            }
            _ => return,
        };
        if stream.write_all(&bytes).await.is_err() {
            return;
        }
    }
}

/// The number of a request, which is small here, and what it wants.
fn opened(request: &[u8]) -> Option<(u8, u8)> {
    let start = match request.get(1)? {
        short if *short < 0x80 => 2,
        long => 2 + usize::from(long & 0x7f),
    };
    match request.get(start..)? {
        [0x02, 0x01, id, operation, ..] => Some((*id, *operation)),
        _ => None,
    }
}

/// An answer: a result and a text.
fn message(id: u8, operation: u8, result: u8, text: &str) -> Vec<u8> {
    let text = part(0x04, text.as_bytes());
    let content = part(operation, &[&[0x0a, 0x01, result, 0x04, 0x00][..], &text].concat());
    part(0x30, &[&[0x02, 0x01, id][..], &content].concat())
}

/// A part with its length, as long as Active Directory writes it.
fn part(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).expect("it is short").to_be_bytes();
    [&[tag, 0x84][..], &length, content].concat()
}
