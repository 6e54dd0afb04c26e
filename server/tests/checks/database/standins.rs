//! Stand-ins for databases that behave as no real one can be made to.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A stand-in that runs until it is dropped.
pub(super) struct Actor {
    pub(super) port: u16,
    task: JoinHandle<()>,
}

impl Drop for Actor {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What a stand-in says.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Part {
    /// To whoever comes.
    pub(super) greeting: &'static [u8],
    /// One after another, to whatever is said.
    pub(super) answers: &'static [&'static [u8]],
    /// Then, again and again.
    pub(super) flood: &'static [u8],
}

impl Actor {
    /// A stand-in that says this.
    pub(super) async fn playing(part: Part) -> Self {
        Self::start(move |stream| play(stream, part)).await
    }

    /// A stand-in for something before `PostgreSQL` that refuses whoever begins to log in.
    pub(super) async fn refusing(code: &str, words: &str) -> Self {
        let fields = format!("SFATAL\0C{code}\0M{words}\0\0");
        let length = u32::try_from(fields.len() + 4).expect("it is short").to_be_bytes();
        let message = [&b"E"[..], &length, fields.as_bytes()].concat();
        Self::start(move |stream| refuse(stream, message.clone())).await
    }

    /// A stand-in before a real server that changes its words, one for another as long.
    pub(super) async fn before(port: u16, words: Vec<(String, String)>) -> Self {
        Self::start(move |stream| disguise(stream, port, words.clone())).await
    }

    async fn start<F>(play: impl Fn(TcpStream) -> F + Send + 'static) -> Self
    where
        F: Future<Output = Option<()>> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
        let port = listener.local_addr().expect("it listens").port();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(play(stream));
            }
        });
        Self { port, task }
    }
}

async fn play(mut stream: TcpStream, part: Part) -> Option<()> {
    let mut sink = [0; 4096];
    stream.write_all(part.greeting).await.ok()?;
    for answer in part.answers {
        (stream.read(&mut sink).await.ok()? > 0).then_some(())?;
        stream.write_all(answer).await.ok()?;
    }
    while !part.flood.is_empty() {
        stream.write_all(part.flood).await.ok()?;
    }
    while stream.read(&mut sink).await.ok()? > 0 {}
    None
}

async fn refuse(mut stream: TcpStream, message: Vec<u8>) -> Option<()> {
    let mut sink = [0; 4096];
    (stream.read(&mut sink).await.ok()? > 0).then_some(())?;
    stream.write_all(&message).await.ok()?;
    while stream.read(&mut sink).await.ok()? > 0 {}
    None
}

async fn disguise(stream: TcpStream, port: u16, words: Vec<(String, String)>) -> Option<()> {
    let server = TcpStream::connect(("127.0.0.1", port)).await.ok()?;
    let ((mut hear, say), (read, mut write)) = (stream.into_split(), server.into_split());
    tokio::select! {
        _ = tokio::io::copy(&mut hear, &mut write) => None,
        ended = reword(read, say, &words) => ended,
    }
}

async fn reword(
    mut read: OwnedReadHalf,
    mut say: OwnedWriteHalf,
    words: &[(String, String)],
) -> Option<()> {
    let mut block = vec![0; 64 * 1024];
    loop {
        let count = read.read(&mut block).await.ok().filter(|count| *count > 0)?;
        let said = &mut block[..count];
        for (from, to) in words {
            replace(said, from.as_bytes(), to.as_bytes());
        }
        say.write_all(said).await.ok()?;
    }
}

fn replace(said: &mut [u8], from: &[u8], to: &[u8]) {
    assert_eq!(from.len(), to.len(), "nothing else may move");
    for at in 0..(said.len() + 1).saturating_sub(from.len()) {
        if said[at..].starts_with(from) {
            said[at..at + from.len()].copy_from_slice(to);
        }
    }
}
