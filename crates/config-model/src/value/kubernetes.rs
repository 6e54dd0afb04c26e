//! Names as Kubernetes takes them (RFC 1123).

use super::{ParseError, Parsed, Value, ValueKind};

/// The longest name of an object.
const NAME_CHARS_MAX: usize = 253;
/// The longest part between two dots, and the longest name of a namespace.
const LABEL_CHARS_MAX: usize = 63;

/// The name of an object, such as a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KubernetesName(pub String);

/// The name of a namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KubernetesNamespace(pub String);

/// The name of an entry inside a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KubernetesKey(pub String);

/// Lower-case letters, digits and hyphens, with no hyphen at either end.
fn is_label(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=LABEL_CHARS_MAX).contains(&text.len())
        && text.bytes().all(plain)
        && !text.starts_with('-')
        && !text.ends_with('-')
}

impl Parsed for KubernetesName {
    const KIND: ValueKind = ValueKind::line("quay-bootstrap-token");

    fn parse(value: &Value) -> Result<Self, ParseError> {
        value
            .as_str()
            .filter(|text| text.len() <= NAME_CHARS_MAX && text.split('.').all(is_label))
            .map(|text| Self(text.to_owned()))
            .ok_or(ParseError {
                expected: "a Kubernetes name: small letters, digits, hyphens and dots, with a letter or digit at both ends",
            })
    }
}

impl Parsed for KubernetesNamespace {
    const KIND: ValueKind = ValueKind::line("quay");

    fn parse(value: &Value) -> Result<Self, ParseError> {
        value.as_str().filter(|text| is_label(text)).map(|text| Self(text.to_owned())).ok_or(
            ParseError {
                expected: "a Kubernetes namespace: at most 63 small letters, digits and hyphens, with a letter or digit at both ends",
            },
        )
    }
}

impl Parsed for KubernetesKey {
    const KIND: ValueKind = ValueKind::line("token.json");

    fn parse(value: &Value) -> Result<Self, ParseError> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        value
            .as_str()
            .filter(|text| !text.is_empty() && text.bytes().all(plain))
            .map(|text| Self(text.to_owned()))
            .ok_or(ParseError { expected: "letters, digits, dots, underscores and hyphens" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_labels_with_dots_between() {
        let parse = |text: &str| KubernetesName::parse(&Value::from(text));
        for good in ["token", "quay-token.v1", "0", "a".repeat(63).as_str()] {
            assert!(parse(good).is_ok(), "{good}");
        }
        for bad in ["", "Token", "-token", "token-", "a..b", "a_b", "a".repeat(64).as_str()] {
            assert!(parse(bad).is_err(), "{bad}");
        }
        assert!(parse(&format!("{}aa", "a.".repeat(126))).is_err());
    }

    #[test]
    fn a_namespace_has_no_dots() {
        let parse = |text: &str| KubernetesNamespace::parse(&Value::from(text));
        assert!(parse("quay-enterprise").is_ok());
        assert!(parse("quay.enterprise").is_err());
    }

    #[test]
    fn an_entry_may_have_capitals_and_underscores() {
        let parse = |text: &str| KubernetesKey::parse(&Value::from(text));
        assert!(parse("Token_1.json").is_ok());
        for bad in ["", "token json", "a/b"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
