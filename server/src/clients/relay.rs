//! Hands a connection of ours to a library that insists on opening its own.
//!
//! The library connects to a port of this machine and finds our connection behind it: resolved,
//! encrypted and bounded by us. The port takes one connection and is gone.

use super::wire::Wire;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use tokio::io::copy_bidirectional;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A port behind which a connection waits; it ends when this is dropped.
#[derive(Debug)]
pub struct Relay {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Relay {
    /// Puts a connection behind a port.
    pub async fn before(mut wire: Wire) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let task = tokio::spawn(async move {
            let Ok((mut inside, _)) = listener.accept().await else { return };
            drop(listener);
            let _ = inside.set_nodelay(true);
            let _ = copy_bidirectional(&mut inside, &mut wire).await;
        });
        Ok(Self { address, task })
    }

    /// Where the library is to connect.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.task.abort();
    }
}
