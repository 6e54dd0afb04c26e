//! From a name and a port to a connection.

use super::wire::Wire;
use rustls::pki_types::CertificateDer;
use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Addresses of one name that are tried.
pub const ADDRESSES_MAX: usize = 8;
/// How long one address may take to answer.
pub const CONNECT_TIME: Duration = Duration::from_secs(5);

/// How names are found, and whom this machine trusts.
#[derive(Clone, Default)]
pub struct Net {
    hosts: Arc<HashMap<String, SocketAddr>>,
    roots: Arc<OnceLock<Vec<CertificateDer<'static>>>>,
}

impl std::fmt::Debug for Net {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Net").field("hosts", &self.hosts).finish_non_exhaustive()
    }
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum DialError {
    /// No address belongs to the name.
    #[error("the name has no address: {0}")]
    Unknown(String),
    /// Nobody listens there.
    #[error("nobody listens at {0}")]
    Refused(SocketAddr),
    /// Nothing answers there.
    #[error("nothing answers at {0}")]
    Silent(SocketAddr),
    /// There is no way there.
    #[error("there is no way to {0}: {1}")]
    Unreachable(SocketAddr, String),
}

impl Net {
    /// A net in which these names lead to these places, as lines of `/etc/hosts` would have it.
    ///
    /// A name comes with its port: `("registry.example.com:443", 127.0.0.1:8443)`.
    pub fn with_hosts(hosts: HashMap<String, SocketAddr>) -> Self {
        Self { hosts: Arc::new(hosts), roots: Arc::default() }
    }

    /// The certificates that this machine trusts.
    pub fn system_roots(&self) -> &[CertificateDer<'static>] {
        self.roots.get_or_init(|| rustls_native_certs::load_native_certs().certs)
    }

    /// The addresses of a name, at most [`ADDRESSES_MAX`].
    pub async fn resolve(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, DialError> {
        if let Some(address) = self.hosts.get(&format!("{host}:{port}")) {
            return Ok(vec![*address]);
        }
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        if let Ok(address) = bare.parse::<IpAddr>() {
            return Ok(vec![SocketAddr::new(address, port)]);
        }
        let found = tokio::net::lookup_host((bare, port)).await;
        let found = found.map_err(|error| DialError::Unknown(without_prefix(&error)))?;
        let addresses: Vec<_> = found.take(ADDRESSES_MAX).collect();
        if addresses.is_empty() {
            return Err(DialError::Unknown("the answer was empty".to_owned()));
        }
        Ok(addresses)
    }

    /// A connection to the first address that takes one, and which that was.
    pub async fn connect(&self, addresses: &[SocketAddr]) -> Result<(Wire, SocketAddr), DialError> {
        let mut failure = DialError::Unknown("there is no address".to_owned());
        for &address in addresses {
            failure = match timeout(CONNECT_TIME, TcpStream::connect(address)).await {
                Ok(Ok(stream)) => {
                    let _ = stream.set_nodelay(true);
                    return Ok((Wire::new(stream), address));
                }
                Ok(Err(error)) if error.kind() == io::ErrorKind::ConnectionRefused => {
                    DialError::Refused(address)
                }
                Ok(Err(error)) if error.kind() == io::ErrorKind::TimedOut => {
                    DialError::Silent(address)
                }
                Ok(Err(error)) => DialError::Unreachable(address, error.to_string()),
                Err(_) => DialError::Silent(address),
            };
        }
        Err(failure)
    }
}

/// What the resolver said, without what says that it was the resolver.
fn without_prefix(error: &io::Error) -> String {
    let words = error.to_string();
    words.rsplit_once(": ").map_or(words.clone(), |(_, last)| last.to_owned())
}
