//! Names of machines.

use super::{ParseError, Parsed, Value, ValueKind};
use std::net::{Ipv4Addr, Ipv6Addr};

/// The longest name DNS allows.
const NAME_CHARS_MAX: usize = 253;
/// The longest part between two dots that DNS allows.
const LABEL_CHARS_MAX: usize = 63;

/// The name or address of a machine, without a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostName(String);

impl HostName {
    /// The name as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Reads a DNS name, an IPv4 or an IPv6 address.
    pub fn from_text(text: &str) -> Option<Self> {
        let known = text.parse::<Ipv6Addr>().is_ok() || is_dns_name(text);
        known.then(|| Self(text.to_owned()))
    }

    /// Whether the name means the machine (or the container) that asks.
    pub fn is_loopback(&self) -> bool {
        self.0 == "localhost"
            || self.0.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
            || self.0.parse::<Ipv6Addr>().is_ok_and(|address| address.is_loopback())
    }
}

/// Letters, digits, hyphens and dots as DNS allows them; all-digit names must be addresses.
fn is_dns_name(text: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= LABEL_CHARS_MAX
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let numeric = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    text.len() <= NAME_CHARS_MAX
        && text.split('.').all(label)
        && (!numeric || text.parse::<Ipv4Addr>().is_ok())
}

impl Parsed for HostName {
    const KIND: ValueKind = ValueKind::line("");

    fn parse(value: &Value) -> Result<Self, ParseError> {
        value.as_str().and_then(Self::from_text).ok_or(ParseError {
            expected: "a host name or an address, without a scheme, port or path",
        })
    }
}

/// The name under which users reach the registry, with a port if it is not the usual one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerHostName {
    host: HostName,
    port: Option<u16>,
}

impl ServerHostName {
    /// The name without the port: what a certificate must cover.
    pub fn host(&self) -> &HostName {
        &self.host
    }

    /// The port, when one is written.
    pub fn port(&self) -> Option<u16> {
        self.port
    }

    /// Reads `quay.example.com` or `quay.example.com:8443`.
    ///
    /// Quay's validator wants `localhost` or a dot in the name; it takes no IPv6 literal.
    pub fn from_text(text: &str) -> Option<Self> {
        let (host, port) = match text.split_once(':') {
            Some((host, port)) if !port.starts_with('+') => {
                (host, Some(port.parse::<u16>().ok().filter(|port| *port > 0)?))
            }
            Some(_) => return None,
            None => (text, None),
        };
        let usable = is_dns_name(host) && !host.contains('_');
        let reachable = host == "localhost" || host.contains('.');
        (usable && reachable).then(|| Self { host: HostName(host.to_owned()), port })
    }
}

impl Parsed for ServerHostName {
    const KIND: ValueKind = ValueKind::line("quay.example.com");

    fn parse(value: &Value) -> Result<Self, ParseError> {
        value.as_str().and_then(Self::from_text).ok_or(ParseError {
            expected: "a full host name such as quay.example.com, with :port if it is not 443",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_a_name_or_an_address() {
        for good in ["db01", "db-01.example.com", "192.168.122.40", "::1", "fe80::1", "my_redis"] {
            assert!(HostName::from_text(good).is_some(), "{good}");
        }
        for bad in
            ["", "http://db01", "db01:5432", "db 01", "-db", "a..b", "1.2.3", "256.1.1.1", "db01/"]
        {
            assert!(HostName::from_text(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn the_registry_has_a_full_name() {
        for good in ["localhost", "quay.example.com", "quay.example.com:8443", "10.0.0.1"] {
            assert!(ServerHostName::from_text(good).is_some(), "{good}");
        }
        for bad in [
            "quay",
            "https://quay.example.com",
            "quay.example.com:0",
            "quay.example.com:70000",
            "quay.example.com:",
            "quay.example.com:+1",
            "::1",
            "quay_1.example.com",
            " quay.example.com",
        ] {
            assert!(ServerHostName::from_text(bad).is_none(), "{bad}");
        }
    }
}
