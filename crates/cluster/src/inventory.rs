//! The machines of a cluster, as the manual's chapter 2 lists them, and where they are reached.

use config_model::value::HostName;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The longest part of a host name between two dots, by DNS.
const NAME_CHARS_MAX: usize = 63;
/// Nodes of one cluster, so that all can be asked at once. The manual has three.
pub const NODES_MAX: usize = 20;

/// The short name of a machine, such as `quay01`.
///
/// ```
/// use cluster::inventory::NodeName;
/// assert!(NodeName::new("quay01").is_ok());
/// assert!(NodeName::new("quay 01").is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NodeName(String);

/// Why a text is not a node's name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a node's name has 1 to {NAME_CHARS_MAX} small letters, digits and hyphens, and begins with a letter"
)]
pub struct NodeNameError;

impl NodeName {
    /// Takes small letters, digits and hyphens.
    pub fn new(text: &str) -> Result<Self, NodeNameError> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let fits = text.len() <= NAME_CHARS_MAX && text.bytes().all(plain);
        let begins = text.starts_with(|first: char| first.is_ascii_lowercase());
        if fits && begins && !text.ends_with('-') {
            Ok(Self(text.to_owned()))
        } else {
            Err(NodeNameError)
        }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for NodeName {
    type Error = NodeNameError;

    fn try_from(text: String) -> Result<Self, NodeNameError> {
        Self::new(&text)
    }
}

impl From<NodeName> for String {
    fn from(name: NodeName) -> Self {
        name.0
    }
}

/// A machine that runs Quay, and where Quay is reached on it.
///
/// ```
/// use cluster::inventory::Node;
/// let node: Node = "quay01=192.0.2.11:8443".parse()?;
/// assert_eq!((node.host(), node.port()), ("192.0.2.11", Some(8443)));
/// let node: Node = "quay01.example.com".parse()?;
/// assert_eq!(node.name().as_str(), "quay01");
/// # Ok::<(), cluster::inventory::NodeError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    name: NodeName,
    host: HostName,
    port: Option<u16>,
}

/// Why a text is not a node.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NodeError {
    /// No name stands before the address, nor can one be taken from it.
    #[error("{0}, such as quay01 in quay01=192.0.2.11")]
    Name(#[from] NodeNameError),
    /// The address is none.
    #[error(
        "{0:?} is no host name or address, with :PORT if Quay listens elsewhere than on 443 or 80"
    )]
    Address(String),
}

impl Node {
    /// Its name.
    pub fn name(&self) -> &NodeName {
        &self.name
    }

    /// Its host name, or its address.
    pub fn host(&self) -> &str {
        self.host.as_str()
    }

    /// Where Quay listens, if that is written.
    pub fn port(&self) -> Option<u16> {
        self.port
    }
}

/// Reads `quay01=192.0.2.11:8443`. The port may be left out, and the name if the host has one.
impl FromStr for Node {
    type Err = NodeError;

    fn from_str(text: &str) -> Result<Self, NodeError> {
        let (name, address) = match text.trim().split_once('=') {
            Some((name, address)) => (Some(name), address),
            None => (None, text.trim()),
        };
        let (host, port) =
            host_and_port(address).ok_or_else(|| NodeError::Address(address.to_owned()))?;
        let first = || host.as_str().split('.').next().unwrap_or_default().to_ascii_lowercase();
        let name = NodeName::new(&name.map_or_else(first, str::to_owned))?;
        Ok(Self { name, host, port })
    }
}

/// As it is read.
impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}=", self.name.as_str())?;
        match self.port {
            Some(port) if self.host().contains(':') => write!(f, "[{}]:{port}", self.host()),
            Some(port) => write!(f, "{}:{port}", self.host()),
            None => f.write_str(self.host()),
        }
    }
}

/// Reads `host`, `host:port`, `[address]:port` and a bare IPv6 address.
fn host_and_port(text: &str) -> Option<(HostName, Option<u16>)> {
    if let Some(host) = HostName::from_text(text) {
        return Some((host, None));
    }
    let (host, port) = match text.strip_prefix('[').and_then(|text| text.split_once(']')) {
        Some((host, "")) => (host, None),
        Some((host, port)) => (host, Some(port.strip_prefix(':')?)),
        None => text.rsplit_once(':').map(|(host, port)| (host, Some(port)))?,
    };
    let digits = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
    let port = match port {
        Some(port) => Some(port.parse().ok().filter(|number| *number > 0 && digits(port))?),
        None => None,
    };
    Some((HostName::from_text(host)?, port))
}

/// Why machines are not a cluster.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NodesError {
    /// Two have one name.
    #[error("two nodes are called {0}; give each a name of its own, as in quay01=192.0.2.11")]
    Twice(String),
    /// Two are one machine.
    #[error("{0} and {1} are at the same address; correct one of them")]
    SameAddress(String, String),
    /// There are more than [`NODES_MAX`].
    #[error("{0} nodes are too many; a cluster has at most {NODES_MAX}")]
    TooMany(usize),
}

/// The nodes of a cluster: each with a name and an address of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Nodes(Vec<Node>);

impl Nodes {
    /// None is known.
    pub const NONE: &'static Self = &Self(Vec::new());

    /// Takes at most [`NODES_MAX`], no two with one name or one address.
    pub fn new(nodes: Vec<Node>) -> Result<Self, NodesError> {
        if nodes.len() > NODES_MAX {
            return Err(NodesError::TooMany(nodes.len()));
        }
        let mut names: Vec<_> = nodes.iter().map(Node::name).collect();
        names.sort_unstable();
        if let Some(pair) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(NodesError::Twice(pair[0].as_str().to_owned()));
        }
        for (at, node) in nodes.iter().enumerate() {
            let same = |other: &&Node| (&other.host, other.port) == (&node.host, node.port);
            if let Some(other) = nodes[..at].iter().find(same) {
                let name = |node: &Node| node.name.as_str().to_owned();
                return Err(NodesError::SameAddress(name(other), name(node)));
            }
        }
        Ok(Self(nodes))
    }

    /// Them, in the order in which they were given.
    pub fn all(&self) -> &[Node] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_hosts() {
        for good in ["quay01", "db-01", "q"] {
            assert!(NodeName::new(good).is_ok(), "{good}");
        }
        for bad in ["", "Quay01", "01quay", "quay-", "quay.example.com", "quay_01"] {
            assert_eq!(NodeName::new(bad), Err(NodeNameError), "{bad}");
        }
    }

    #[test]
    fn a_node_is_a_name_and_an_address() {
        for (text, whole) in [
            ("quay01", "quay01=quay01"),
            ("quay01.example.com", "quay01=quay01.example.com"),
            ("Quay01.example.com:8443", "quay01=Quay01.example.com:8443"),
            ("first=192.0.2.11", "first=192.0.2.11"),
            ("first=192.0.2.11:8080", "first=192.0.2.11:8080"),
            ("first=2001:db8::1", "first=2001:db8::1"),
            ("first=[2001:db8::1]", "first=2001:db8::1"),
            (" first=[2001:db8::1]:443 ", "first=[2001:db8::1]:443"),
        ] {
            let node: Node = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(node.to_string(), whole, "{text}");
            assert_eq!(whole.parse(), Ok(node), "{whole}");
        }
    }

    #[test]
    fn what_is_no_node_is_told_apart() {
        for address in [
            "quay01:0",
            "quay01:70000",
            "quay01:+1",
            "https://quay01",
            "quay01/",
            "first=",
            "first=[::1",
            "first=[::1]443",
            "quay01:",
        ] {
            let found = address.parse::<Node>();
            assert!(matches!(found, Err(NodeError::Address(_))), "{address}: {found:?}");
        }
        for name in ["192.0.2.11", "2001:db8::1", "First=192.0.2.11", "=192.0.2.11"] {
            assert_eq!(name.parse::<Node>(), Err(NodeError::Name(NodeNameError)), "{name}");
        }
    }

    #[test]
    fn no_two_nodes_have_one_name_or_one_address() {
        let node = |text: &str| text.parse::<Node>().unwrap();
        assert!(Nodes::new(vec![node("quay01"), node("quay02")]).is_ok());
        let twice = Nodes::new(vec![node("quay01"), node("quay02"), node("quay01=192.0.2.1")]);
        assert_eq!(twice, Err(NodesError::Twice("quay01".to_owned())));
        let same = Nodes::new(vec![node("quay01"), node("a=192.0.2.1"), node("b=192.0.2.1")]);
        assert_eq!(same, Err(NodesError::SameAddress("a".to_owned(), "b".to_owned())));
        assert!(Nodes::new(vec![node("a=192.0.2.1"), node("b=192.0.2.1:8443")]).is_ok());
        let many: Vec<_> = (0..=NODES_MAX).map(|n| node(&format!("n{n}"))).collect();
        assert_eq!(Nodes::new(many), Err(NodesError::TooMany(NODES_MAX + 1)));
    }
}
