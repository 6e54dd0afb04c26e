//! A stand-in for a service that talks in lines, for answers that no real one can be made to give.

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// How a line begins, and what is answered to it.
pub(crate) type Answers = &'static [(&'static str, &'static str)];

/// A stand-in that runs until it is dropped.
pub(crate) struct Lines {
    /// Where it listens.
    pub(crate) port: u16,
    task: JoinHandle<()>,
}

impl Drop for Lines {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Lines {
    /// One with these answers; to other lines it says nothing.
    pub(crate) async fn start(answers: Answers) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
        let port = listener.local_addr().expect("it listens").port();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(talk(stream, answers));
            }
        });
        Self { port, task }
    }
}

async fn talk(stream: TcpStream, answers: Answers) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        if let Some((_, answer)) = answers.iter().find(|(begin, _)| line.starts_with(begin))
            && write.write_all(answer.as_bytes()).await.is_err()
        {
            return;
        }
    }
}
