//! From a name and a port to a connection.

use super::wire::Wire;
use rustls::pki_types::CertificateDer;
use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

/// Addresses of one name that are tried.
pub const ADDRESSES_MAX: usize = 8;
/// How long the name servers may take. A check has more than twice as long, so that it can still
/// say that it was they who did not answer.
pub const LOOKUP_TIME: Duration = Duration::from_secs(4);
/// How long the addresses of one name may take together to answer.
pub const CONNECT_TIME: Duration = Duration::from_secs(5);
/// How long each of them may take in any case, however many there are.
const SHARE_MIN: Duration = Duration::from_secs(1);
/// What ends a name that leads nowhere by RFC 6761, so that nobody has to be asked for it.
const NOWHERE: &str = ".invalid";
/// How glibc and musl say that no name server answered; there is no number in what we get.
const SILENT_WORDS: [&str; 2] = ["Temporary failure in name resolution", "Try again"];

/// How names are found, and whom this machine trusts.
#[derive(Clone, Default)]
pub struct Net {
    hosts: Arc<HashMap<String, Vec<SocketAddr>>>,
    /// Whether no name server answers.
    mute: bool,
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
    /// No address is known for the name.
    #[error(transparent)]
    Unknown(#[from] NameError),
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

/// Why there is no address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// There is none.
    #[error("the name has no address: {0}")]
    NoAddress(String),
    /// Nobody says whether there is one.
    #[error("no name server answers: {0}")]
    Silent(String),
}

impl DialError {
    fn of(address: SocketAddr, error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::ConnectionRefused => Self::Refused(address),
            io::ErrorKind::TimedOut => Self::Silent(address),
            _ => Self::Unreachable(address, error.to_string()),
        }
    }

    /// How much it says of the service. Who refuses is there; that an address of the other
    /// protocol has no way to it says nothing.
    fn weight(&self) -> u8 {
        match self {
            Self::Refused(_) => 3,
            Self::Silent(_) => 2,
            Self::Unreachable(..) => 1,
            Self::Unknown(_) => 0,
        }
    }
}

impl Net {
    /// A net in which these names lead to these places, as lines of `/etc/hosts` would have it.
    ///
    /// A name comes with its port: `("registry.example.com:443", 127.0.0.1:8443)`.
    pub fn with_hosts(hosts: HashMap<String, SocketAddr>) -> Self {
        let hosts = hosts.into_iter().map(|(name, address)| (name, vec![address])).collect();
        Self { hosts: Arc::new(hosts), ..Self::default() }
    }

    /// The same net, in which a name with its port leads to all of these places, or to none.
    #[must_use]
    pub fn leading(mut self, name: &str, to: Vec<SocketAddr>) -> Self {
        Arc::make_mut(&mut self.hosts).insert(name.to_owned(), to);
        self
    }

    /// The same net, in which no name server answers.
    #[must_use]
    pub fn muted(self) -> Self {
        Self { mute: true, ..self }
    }

    /// The certificates that this machine trusts.
    pub fn system_roots(&self) -> &[CertificateDer<'static>] {
        self.roots.get_or_init(|| rustls_native_certs::load_native_certs().certs)
    }

    /// The addresses of a name, at most [`ADDRESSES_MAX`].
    pub async fn resolve(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, DialError> {
        let addresses = match self.hosts.get(&format!("{host}:{port}")) {
            Some(addresses) => addresses.clone(),
            None => self.ask_for(host, port).await?,
        };
        if addresses.is_empty() {
            return Err(NameError::NoAddress("the answer was empty".to_owned()).into());
        }
        Ok(addresses)
    }

    async fn ask_for(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, NameError> {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        if let Ok(address) = bare.parse::<IpAddr>() {
            return Ok(vec![SocketAddr::new(address, port)]);
        }
        if bare.trim_end_matches('.').to_ascii_lowercase().ends_with(NOWHERE) {
            return Err(NameError::NoAddress(format!("names in {NOWHERE} never have one")));
        }
        let lookup = async {
            if self.mute {
                std::future::pending::<()>().await;
            }
            let found = tokio::net::lookup_host((bare, port)).await;
            found.map(|found| found.take(ADDRESSES_MAX).collect())
        };
        match timeout(LOOKUP_TIME, lookup).await {
            Ok(found) => found.map_err(|error| no_name(&error)),
            Err(_) => {
                let seconds = LOOKUP_TIME.as_secs();
                Err(NameError::Silent(format!("nothing came within {seconds} seconds")))
            }
        }
    }

    /// A connection to the first address that takes one, and which that was. Where none does, the
    /// failure that says most.
    pub async fn connect(&self, addresses: &[SocketAddr]) -> Result<(Wire, SocketAddr), DialError> {
        let end = Instant::now() + CONNECT_TIME;
        let mut failure: Option<DialError> = None;
        for (at, &address) in addresses.iter().enumerate() {
            let left = u32::try_from(addresses.len() - at).unwrap_or(u32::MAX);
            let share = end.saturating_duration_since(Instant::now()) / left;
            let error = match timeout(share.max(SHARE_MIN), TcpStream::connect(address)).await {
                Ok(Ok(stream)) => {
                    let _ = stream.set_nodelay(true);
                    return Ok((Wire::new(stream), address));
                }
                Ok(Err(error)) => DialError::of(address, &error),
                Err(_) => DialError::Silent(address),
            };
            if failure.as_ref().is_none_or(|known| error.weight() > known.weight()) {
                failure = Some(error);
            }
        }
        let nowhere = || NameError::NoAddress("there is none to try".to_owned());
        Err(failure.unwrap_or_else(|| nowhere().into()))
    }
}

/// What a failure of the resolver means.
fn no_name(error: &io::Error) -> NameError {
    let words = without_prefix(error);
    if SILENT_WORDS.contains(&words.as_str()) {
        NameError::Silent(words)
    } else {
        NameError::NoAddress(words)
    }
}

/// What the resolver said, without what says that it was the resolver.
fn without_prefix(error: &io::Error) -> String {
    let words = error.to_string();
    words.rsplit_once(": ").map_or(words.clone(), |(_, last)| last.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;
    use tokio::net::{TcpListener, TcpSocket};

    /// A port on which nobody listens.
    async fn closed() -> SocketAddr {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        listener.local_addr().unwrap()
    }

    /// No connection over TCP ever leads there.
    fn nowhere() -> SocketAddr {
        (Ipv4Addr::BROADCAST, 9).into()
    }

    #[test]
    fn a_silent_name_server_is_told_from_a_name_without_address() {
        let said = |words: &str| {
            no_name(&io::Error::other(format!("failed to lookup address information: {words}")))
        };
        for words in SILENT_WORDS {
            assert_eq!(said(words), NameError::Silent(words.to_owned()));
        }
        let words = "Name or service not known";
        assert_eq!(said(words), NameError::NoAddress(words.to_owned()));
    }

    #[tokio::test(start_paused = true)]
    async fn name_servers_have_a_time_of_their_own() {
        let began = Instant::now();
        let found = Net::default().muted().resolve("db.example.com", 5432).await;
        assert!(matches!(found, Err(DialError::Unknown(NameError::Silent(_)))), "{found:?}");
        assert_eq!(began.elapsed().as_secs(), LOOKUP_TIME.as_secs());
    }

    #[tokio::test]
    async fn nobody_is_asked_for_a_name_that_leads_nowhere() {
        let net = Net::default().muted().leading("db.example.com:5432", Vec::new());
        for (name, port) in [("nowhere.invalid", 80), ("db.example.com", 5432)] {
            let found = net.resolve(name, port).await;
            assert!(matches!(found, Err(DialError::Unknown(NameError::NoAddress(_)))), "{found:?}");
        }
    }

    #[tokio::test]
    async fn the_failure_that_says_most_is_told() {
        let closed = closed().await;
        let failure = |addresses: Vec<SocketAddr>| async move {
            Net::default().connect(&addresses).await.unwrap_err()
        };
        for addresses in [vec![closed, nowhere()], vec![nowhere(), closed]] {
            let error = failure(addresses).await;
            assert!(matches!(error, DialError::Refused(address) if address == closed), "{error}");
        }
        let error = failure(vec![nowhere()]).await;
        assert!(matches!(error, DialError::Unreachable(..)), "{error}");
        assert!(matches!(failure(Vec::new()).await, DialError::Unknown(_)));
    }

    #[tokio::test(start_paused = true)]
    async fn addresses_that_do_not_answer_share_the_time() {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
        // It has room for one that waits, and drops what others send.
        let listener = socket.listen(0).unwrap();
        let full = listener.local_addr().unwrap();
        let _waiting = std::net::TcpStream::connect(full).unwrap();
        let began = Instant::now();
        let error = Net::default().connect(&[full, full]).await.unwrap_err();
        assert!(matches!(error, DialError::Silent(_)), "{error}");
        assert_eq!(began.elapsed().as_secs(), CONNECT_TIME.as_secs());
    }
}
