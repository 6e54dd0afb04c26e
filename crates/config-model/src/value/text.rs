//! Text of one kind or another.

use super::{ParseError, Parsed, Value, ValueKind};

/// Any text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text(pub String);

impl Parsed for Text {
    const KIND: ValueKind = ValueKind::line("");

    fn parse(value: &Value) -> Result<Self, ParseError> {
        value.as_str().map(|text| Self(text.to_owned())).ok_or(ParseError {
            expected: "text; put it in quotes if it looks like a number or a date",
        })
    }
}

/// An e-mail address, as far as it can be told without sending to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmailAddress(String);

impl Parsed for EmailAddress {
    const KIND: ValueKind = ValueKind::line("quay@example.com");

    fn parse(value: &Value) -> Result<Self, ParseError> {
        let text = value.as_str().unwrap_or_default();
        let split = text.rsplit_once('@');
        let fine = split.is_some_and(|(user, host)| {
            !user.is_empty() && super::HostName::from_text(host).is_some()
        }) && !text.chars().any(char::is_whitespace);
        if fine {
            Ok(Self(text.to_owned()))
        } else {
            Err(ParseError { expected: "an e-mail address" })
        }
    }
}

/// A size as `MAXIMUM_LAYER_SIZE` takes it: a number and `G` or `M`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LayerSize {
    /// The size in mebibytes.
    pub mebibytes: u64,
}

impl Parsed for LayerSize {
    const KIND: ValueKind = ValueKind::line("20G");

    fn parse(value: &Value) -> Result<Self, ParseError> {
        let text = value.as_str().unwrap_or_default();
        let (digits, scale) = text
            .strip_suffix('G')
            .map(|digits| (digits, 1024))
            .or_else(|| text.strip_suffix('M').map(|digits| (digits, 1)))
            .unwrap_or(("", 1));
        let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        plain
            .then(|| digits.parse::<u64>().ok()?.checked_mul(scale))
            .flatten()
            .map(|mebibytes| Self { mebibytes })
            .ok_or(ParseError { expected: "a number and G or M, for example 20G" })
    }
}

/// How users reach the people who run the registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactUri(String);

impl Parsed for ContactUri {
    const KIND: ValueKind = ValueKind::url("mailto:admin@example.com");

    fn parse(value: &Value) -> Result<Self, ParseError> {
        let text = value.as_str().unwrap_or_default();
        let known = ["mailto:", "irc://", "tel:", "http://", "https://"]
            .iter()
            .any(|scheme| text.len() > scheme.len() && text.starts_with(scheme));
        if known {
            Ok(Self(text.to_owned()))
        } else {
            Err(ParseError {
                expected: "mailto:, irc://, tel:, http:// or https:// and what follows",
            })
        }
    }
}

/// A path inside a storage engine or a container; it names no parent folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilePath(pub String);

impl Parsed for FilePath {
    const KIND: ValueKind = ValueKind::line("/datastorage/registry");

    fn parse(value: &Value) -> Result<Self, ParseError> {
        let text = value.as_str().unwrap_or_default();
        let fine = !text.is_empty()
            && !text.chars().any(char::is_control)
            && text.split('/').all(|part| part != "..");
        if fine {
            Ok(Self(text.to_owned()))
        } else {
            Err(ParseError { expected: "a path without .. in it" })
        }
    }
}
