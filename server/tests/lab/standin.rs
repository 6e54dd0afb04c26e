//! Stand-ins for services that misbehave, as no real one can be made to.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// How a stand-in misbehaves.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Manner {
    /// It takes connections, reads, and says nothing.
    Hangs,
    /// It answers with what is no protocol at all.
    Garbage,
    /// It ends each connection at once.
    Closes,
    /// It sends without end.
    Floods,
}

/// A stand-in that runs until it is dropped.
pub(crate) struct StandIn {
    /// Where it listens.
    pub(crate) port: u16,
    task: JoinHandle<()>,
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl StandIn {
    /// Starts one.
    pub(crate) async fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
        let port = listener.local_addr().expect("it listens").port();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(misbehave(stream, manner));
            }
        });
        Self { port, task }
    }
}

async fn misbehave(mut stream: TcpStream, manner: Manner) {
    let mut sink = [0; 1024];
    match manner {
        Manner::Hangs => while stream.read(&mut sink).await.is_ok_and(|read| read > 0) {},
        Manner::Garbage => {
            let _ = stream.write_all(b"\x07\x00\xffthis is no protocol\r\n\r\n\x00\x00").await;
            while stream.read(&mut sink).await.is_ok_and(|read| read > 0) {}
        }
        Manner::Closes => {}
        Manner::Floods => {
            let block = [b'$'; 16 * 1024];
            while stream.write_all(&block).await.is_ok() {}
        }
    }
}
