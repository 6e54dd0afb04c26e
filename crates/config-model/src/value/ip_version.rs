//! The kinds of addresses Quay listens on.

use super::{Choice, ParseError, Parsed, Value, ValueKind};

/// The kinds of addresses Quay listens on; capitals do not matter to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IpVersion {
    /// IPv4 only.
    V4,
    /// IPv6 only.
    V6,
    /// Both.
    DualStack,
}

/// The words, spelled as Quay's own documents do.
const WORDS: &[Choice] = &[
    Choice { value: "IPv4", label: "IPv4 only" },
    Choice { value: "IPv6", label: "IPv6 only" },
    Choice { value: "dual-stack", label: "Both IPv4 and IPv6" },
];

impl Parsed for IpVersion {
    const KIND: ValueKind = ValueKind::Choice(WORDS);

    fn parse(value: &Value) -> Result<Self, ParseError> {
        match value.as_str().map(str::to_ascii_lowercase).as_deref() {
            Some("ipv4") => Ok(Self::V4),
            Some("ipv6") => Ok(Self::V6),
            Some("dual-stack") => Ok(Self::DualStack),
            _ => Err(ParseError { expected: "IPv4, IPv6 or dual-stack" }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_offered_is_taken() {
        for word in WORDS {
            assert!(IpVersion::parse(&Value::from(word.value)).is_ok(), "{}", word.value);
        }
        assert_eq!(IpVersion::parse(&Value::from("IPV6")), Ok(IpVersion::V6));
        assert!(IpVersion::parse(&Value::from("both")).is_err());
    }
}
