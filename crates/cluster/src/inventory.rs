//! The machines of a cluster and the parts they play in it, as the manual's chapter 2 lists them.

use serde::{Deserialize, Serialize};

/// The longest part of a host name between two dots, by DNS.
const NAME_CHARS_MAX: usize = 63;

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

/// What a machine does in the cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Runs the registry.
    Quay,
    /// Runs the database.
    Database,
    /// Runs Redis.
    Redis,
    /// Spreads requests over the Quay nodes.
    LoadBalancer,
    /// Serves the object store.
    ObjectGateway,
}

/// A machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Node {
    /// Its name.
    pub name: NodeName,
    /// What it does, in no particular order.
    pub roles: Vec<Role>,
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
}
