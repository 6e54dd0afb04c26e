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
        value
            .as_str()
            .filter(|text| is_address(text))
            .map(|text| Self(text.to_owned()))
            .ok_or(ParseError { expected: "an e-mail address" })
    }
}

fn is_address(text: &str) -> bool {
    let split = text.rsplit_once('@');
    split.is_some_and(|(user, host)| !user.is_empty() && super::HostName::from_text(host).is_some())
        && !text.chars().any(|letter| letter.is_whitespace() || "<>".contains(letter))
}

/// Whom mail comes from: an address, or a name and an address as in `Quay <quay@example.com>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailSender(String);

impl MailSender {
    /// The sender as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Parsed for MailSender {
    const KIND: ValueKind = ValueKind::line("quay@example.com");

    fn parse(value: &Value) -> Result<Self, ParseError> {
        let text = value.as_str().unwrap_or_default();
        let parts = text.strip_suffix('>').and_then(|text| text.split_once('<'));
        let (name, address) = parts.unwrap_or(("", text));
        if is_address(address) && !name.chars().any(char::is_control) {
            Ok(Self(text.to_owned()))
        } else {
            Err(ParseError {
                expected: "an e-mail address, or a name and an address: Quay <quay@example.com>",
            })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_is_an_address_with_a_name_or_without() {
        let parse = |text: &str| MailSender::parse(&Value::from(text));
        for good in ["quay@example.com", "Quay <quay@example.com>", "<quay@example.com>"] {
            assert!(parse(good).is_ok(), "{good}");
        }
        for bad in ["", "quay", "quay@", "Quay quay@example.com", "Quay <quay>", "quay@b.c>"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
