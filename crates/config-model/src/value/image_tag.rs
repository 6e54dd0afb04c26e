//! Tags of images.

use super::{ParseError, Parsed, Value, ValueKind};

/// The longest tag a registry takes.
const TAG_CHARS_MAX: usize = 128;

/// The tag of an image.
///
/// Quay takes a number as well and writes it as Python does: `3.10` without quotes becomes `3.1`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageTag(String);

/// Letters, digits and `_`, with dots and hyphens after the first sign.
fn is_tag(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    (1..=TAG_CHARS_MAX).contains(&text.len())
        && text.bytes().all(plain)
        && !text.starts_with(['.', '-'])
}

impl Parsed for ImageTag {
    const KIND: ValueKind = ValueKind::line("latest");

    fn parse(value: &Value) -> Result<Self, ParseError> {
        let text = match value {
            Value::Text(text) => text.as_str(),
            Value::Number(number) => number.as_str(),
            _ => "",
        };
        if is_tag(text) {
            Ok(Self(text.to_owned()))
        } else {
            Err(ParseError {
                expected: "a tag: letters, digits, dots, hyphens and underscores, at most 128",
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_has_no_colon_and_no_slash() {
        for good in ["latest", "v3.14", "3.14.0-2", "_a", "a".repeat(128).as_str()] {
            assert!(ImageTag::parse(&Value::from(good)).is_ok(), "{good}");
        }
        assert!(ImageTag::parse(&Value::from(3)).is_ok());
        for bad in ["", ".a", "-a", "a:b", "a/b", "a b", "a".repeat(129).as_str()] {
            assert!(ImageTag::parse(&Value::from(bad)).is_err(), "{bad}");
        }
        assert!(ImageTag::parse(&Value::from(true)).is_err());
    }
}
