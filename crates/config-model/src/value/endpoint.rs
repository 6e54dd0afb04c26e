//! A server as a list of its name and its port.

use super::{HostName, ParseError, Parsed, Port, Value, ValueKind};

/// A host name and a port, written `[memcached, 11211]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostAndPort {
    /// The machine.
    pub host: HostName,
    /// The port the server listens on.
    pub port: Port,
}

impl Parsed for HostAndPort {
    const KIND: ValueKind = ValueKind::HostAndPort;

    fn parse(value: &Value) -> Result<Self, ParseError> {
        let Some([host, port]) = value.as_list() else {
            return Err(ParseError {
                expected: "a list of a host name and a port, for example [memcached, 11211]",
            });
        };
        Ok(Self { host: HostName::parse(host)?, port: Port::parse(port)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml;

    #[test]
    fn a_server_is_a_host_name_and_a_port() {
        let parse = |text: &str| {
            let document = yaml::read(&format!("A: {text}")).unwrap();
            HostAndPort::parse(document.top("A").unwrap())
        };
        assert_eq!(parse("[127.0.0.1, 18080]").unwrap().port.get(), 18080);
        assert_eq!(parse("['::1', 11211]").unwrap().host.as_str(), "::1");
        for bad in [
            "memcached",
            "'memcached:11211'",
            "[]",
            "[memcached]",
            "[memcached, '11211']",
            "[memcached, 0]",
            "[memcached, 70000]",
            "[memcached, 11211, 1]",
            "['http://memcached', 11211]",
            "{host: memcached, port: 11211}",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
