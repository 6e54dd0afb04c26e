//! Hands a connection of ours to a library that insists on opening its own.
//!
//! The library connects to a port of this machine and finds our connection behind it: resolved,
//! encrypted and bounded by us. The port takes one connection and is gone.

use super::wire::Wire;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A port behind which a connection waits; it ends when this is dropped.
#[derive(Debug)]
pub struct Relay {
    address: SocketAddr,
    failure: Arc<OnceLock<io::Error>>,
    task: JoinHandle<()>,
}

/// What goes on between the library and our connection, until one of them ends it.
pub type Talk<'a> = Pin<Box<dyn Future<Output = io::Result<()>> + Send + 'a>>;

impl Relay {
    /// Puts a connection behind a port.
    pub async fn before(mut wire: Wire) -> io::Result<Self> {
        Self::guided(move |inside| {
            Box::pin(async move { copy_bidirectional(inside, &mut wire).await.map(drop) })
        })
        .await
    }

    /// Puts behind a port what talks with the library in its own way.
    pub async fn guided(
        talk: impl for<'a> FnOnce(&'a mut TcpStream) -> Talk<'a> + Send + 'static,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let failure = Arc::new(OnceLock::new());
        let failed = failure.clone();
        let served = tokio::spawn(async move {
            let Ok((mut inside, _)) = listener.accept().await else { return };
            drop(listener);
            let _ = inside.set_nodelay(true);
            if let Err(error) = talk(&mut inside).await {
                // Before the library sees that its connection has ended.
                let _ = failed.set(error);
            }
        });
        Ok(Self { address, failure, task: served })
    }

    /// Where the library is to connect.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Why our connection ended, where it did so badly; the library only sees that it did.
    pub fn failure(&self) -> Option<&io::Error> {
        self.failure.get()
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.task.abort();
    }
}
