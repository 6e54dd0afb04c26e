//! Servers as a host name and a port in one text.

use super::{HostName, ParseError, Parsed, Value, ValueKind, url};

/// A host name or an address, with `:port` or without.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerAddress {
    /// The machine.
    pub host: HostName,
    /// The port, when one is written.
    pub port: Option<u16>,
}

impl ServerAddress {
    /// Reads `kafka`, `kafka:9092` or `[::1]:9092`.
    pub fn from_text(text: &str) -> Option<Self> {
        let (host, port) = match text.strip_prefix('[') {
            Some(rest) => {
                let (host, rest) = rest.split_once(']')?;
                (host, if rest.is_empty() { None } else { Some(rest.strip_prefix(':')?) })
            }
            None => match text.split_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (text, None),
            },
        };
        let port = match port {
            Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                Some(digits.parse().ok().filter(|port| *port > 0)?)
            }
            Some(_) => return None,
            None => None,
        };
        Some(Self { host: HostName::from_text(host)?, port })
    }
}

impl Parsed for ServerAddress {
    const KIND: ValueKind = ValueKind::line("kafka01.example.com:9092");

    fn parse(value: &Value) -> Result<Self, ParseError> {
        value.as_str().and_then(Self::from_text).ok_or(ParseError {
            expected: "a host name and a port such as kafka01.example.com:9092, without a scheme",
        })
    }
}

/// An `http://` or `https://` URL; without a scheme, a host name and a port that mean HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpAddress(String);

impl Parsed for HttpAddress {
    const KIND: ValueKind = ValueKind::url("http://localhost:9091");

    fn parse(value: &Value) -> Result<Self, ParseError> {
        let is_url = |text: &str| url::host_of(text, &["http", "https"]).is_some();
        value
            .as_str()
            .filter(|text| is_url(text) || ServerAddress::from_text(text).is_some())
            .map(|text| Self(text.to_owned()))
            .ok_or(ParseError {
                expected: "a URL that begins with http:// or https://, or a host name and a port",
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_a_name_and_maybe_a_port() {
        for good in ["kafka", "kafka:9092", "10.0.0.1:1", "[::1]:65535", "[::1]"] {
            assert!(ServerAddress::from_text(good).is_some(), "{good}");
        }
        for bad in ["", "tcp://kafka:9092", "kafka:", "kafka:0", "kafka:70000", "kafka:+1", "a b:1"]
        {
            assert!(ServerAddress::from_text(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn an_address_without_a_scheme_means_http() {
        let parse = |text: &str| HttpAddress::parse(&Value::from(text));
        for good in ["http://localhost:9091", "https://push.example.com/x", "localhost:9091"] {
            assert!(parse(good).is_ok(), "{good}");
        }
        for bad in ["", "ftp://localhost", "localhost:nine", "http://"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
