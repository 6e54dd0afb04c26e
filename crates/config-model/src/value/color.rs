//! Colours.

use super::{ParseError, Parsed, Value, ValueKind};

/// A colour as style sheets write it in hexadecimal: `#2ca02c`, or `#2c2` for short.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HexColor(String);

/// How many digits such a colour has: short or long, with the opacity or without.
const DIGITS: [usize; 4] = [3, 4, 6, 8];

impl Parsed for HexColor {
    const KIND: ValueKind = ValueKind::line("#2ca02c");

    fn parse(value: &Value) -> Result<Self, ParseError> {
        let text = value.as_str().unwrap_or_default();
        let digits = text.strip_prefix('#').unwrap_or_default();
        if DIGITS.contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(ParseError { expected: "a colour such as #2ca02c, in quotes in the file" })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_is_a_hash_and_its_digits() {
        for good in ["#2ca02c", "#2CA02C", "#fff", "#ffff", "#2ca02c80"] {
            assert!(HexColor::parse(&Value::from(good)).is_ok(), "{good}");
        }
        for bad in ["", "#", "2ca02c", "#2ca02", "#2ca02g", "green", "##ffff", "#ééé"] {
            assert!(HexColor::parse(&Value::from(bad)).is_err(), "{bad}");
        }
    }
}
