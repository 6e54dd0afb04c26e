//! Places in the file system of a container.

use super::{ParseError, Parsed, Value, ValueKind};

/// A path from the root of a container's file system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AbsolutePath(pub String);

impl Parsed for AbsolutePath {
    const KIND: ValueKind = ValueKind::line("/var/lib/quay/file");

    fn parse(value: &Value) -> Result<Self, ParseError> {
        value
            .as_str()
            .filter(|text| text.starts_with('/') && !text.contains('\0'))
            .map(|text| Self(text.to_owned()))
            .ok_or(ParseError { expected: "a path that begins with /" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_absolute_path_begins_at_the_root() {
        for good in ["/", "/var/lib/quay/token.json", "/with space/x"] {
            assert!(AbsolutePath::parse(&Value::from(good)).is_ok(), "{good}");
        }
        for bad in ["", "token.json", "../token.json", "/tmp/a\0b"] {
            assert!(AbsolutePath::parse(&Value::from(bad)).is_err(), "{bad:?}");
        }
    }
}
