//! How large a value in the model cache may be.

use super::{ParseError, Parsed, Value, ValueKind};

/// The most that Quay's own checker allows.
const MEBIBYTES_MAX: u64 = 10;

/// A size as the model cache takes it: a whole number and `MiB`, at most `10MiB`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CacheValueSize {
    /// The size in mebibytes.
    pub mebibytes: u64,
}

impl Parsed for CacheValueSize {
    const KIND: ValueKind = ValueKind::line("1MiB");

    fn parse(value: &Value) -> Result<Self, ParseError> {
        value
            .as_str()
            .and_then(|text| text.strip_suffix("MiB"))
            .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
            .and_then(|digits| digits.parse::<u64>().ok())
            .filter(|mebibytes| *mebibytes <= MEBIBYTES_MAX)
            .map(|mebibytes| Self { mebibytes })
            .ok_or(ParseError { expected: "a whole number and MiB, at most 10MiB" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_at_most_ten_mebibytes() {
        let parse = |text: &str| CacheValueSize::parse(&Value::from(text));
        assert_eq!(parse("7MiB"), Ok(CacheValueSize { mebibytes: 7 }));
        assert!(parse("10MiB").is_ok());
        for bad in ["", "MiB", "11MiB", "512MiB", "2048KiB", "1GiB", "1.5MiB", "+1MiB", "1 MiB"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
