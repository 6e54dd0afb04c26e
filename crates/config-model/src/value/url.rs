//! Addresses with a scheme.

use super::{HostName, ParseError, Parsed, Value, ValueKind};
use fluent_uri::Uri;

/// An `http://` or `https://` URL with a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpUrl(String);

impl HttpUrl {
    /// The URL as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the connection is encrypted.
    pub fn is_https(&self) -> bool {
        self.0.get(..6).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https:"))
    }
}

/// The host of `text` when it is a URL with one of `schemes`.
pub(super) fn host_of(text: &str, schemes: &[&str]) -> Option<String> {
    let uri = Uri::parse(text).ok()?;
    let authority = uri.authority()?;
    let known = schemes.iter().any(|scheme| uri.scheme().as_str().eq_ignore_ascii_case(scheme));
    let port = authority.port_to_u16();
    let host = authority.host().trim_start_matches('[').trim_end_matches(']');
    let usable = HostName::from_text(host).is_some() && port.is_ok_and(|port| port != Some(0));
    (known && usable).then(|| host.to_owned())
}

impl Parsed for HttpUrl {
    const KIND: ValueKind = ValueKind::url("https://");

    fn parse(value: &Value) -> Result<Self, ParseError> {
        value
            .as_str()
            .filter(|text| host_of(text, &["http", "https"]).is_some())
            .map(|text| Self(text.to_owned()))
            .ok_or(ParseError {
                expected: "a URL that begins with http:// or https:// and names a host",
            })
    }
}

/// A URL of any scheme, or a path on this registry such as `/static/img/logo.svg`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnyUrl(String);

impl Parsed for AnyUrl {
    const KIND: ValueKind = ValueKind::url("https://");

    fn parse(value: &Value) -> Result<Self, ParseError> {
        let text = value.as_str().unwrap_or_default();
        let path = text.starts_with('/') && fluent_uri::UriRef::parse(text).is_ok();
        if path || Uri::parse(text).is_ok() {
            Ok(Self(text.to_owned()))
        } else {
            Err(ParseError { expected: "a URL, or a path that begins with /" })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_has_a_scheme_and_a_host() {
        let parse = |text: &str| HttpUrl::parse(&Value::from(text));
        for good in ["http://clair:6060", "https://clair.example.com/x?y=1", "https://[::1]:8443/"]
        {
            assert!(parse(good).is_ok(), "{good}");
        }
        for bad in [
            "clair:6060",
            "http://",
            "ftp://clair",
            "http://cl air",
            "http://clair:70000",
            "https:///x",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
        assert!(parse("HTTPS://clair").is_ok_and(|url| url.is_https()));
    }
}
