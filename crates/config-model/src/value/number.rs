//! Numbers that are not ports.

use super::{ParseError, Parsed, Value, ValueKind};

/// A whole number that is not negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Whole(pub u64);

/// A whole number of at least `MIN` (1 where that is what a key takes).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AtLeast<const MIN: u64>(pub u64);

/// A number, with a fraction or without.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Decimal(pub f64);

/// A number that is not negative, with a fraction or without.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct NonNegative(pub f64);

/// A part of a whole: a number from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Share(pub f64);

fn whole(value: &Value) -> Option<u64> {
    let Value::Number(number) = value else { return None };
    // 30.0 is a whole number to Quay and its schema.
    let text = number.as_str();
    let digits = text
        .split_once('.')
        .filter(|(_, rest)| !rest.is_empty() && rest.bytes().all(|byte| byte == b'0'));
    match digits {
        Some((whole, _)) => whole.parse().ok(),
        None => number.as_i64().and_then(|number| u64::try_from(number).ok()),
    }
}

impl Parsed for Whole {
    const KIND: ValueKind = ValueKind::Number;

    fn parse(value: &Value) -> Result<Self, ParseError> {
        whole(value).map(Self).ok_or(ParseError { expected: "a whole number, 0 or more" })
    }
}

impl Parsed for AtLeast<1> {
    const KIND: ValueKind = ValueKind::Number;

    fn parse(value: &Value) -> Result<Self, ParseError> {
        whole(value)
            .filter(|number| *number >= 1)
            .map(Self)
            .ok_or(ParseError { expected: "a whole number, 1 or more" })
    }
}

impl Parsed for Decimal {
    const KIND: ValueKind = ValueKind::Number;

    fn parse(value: &Value) -> Result<Self, ParseError> {
        let Value::Number(number) = value else {
            return Err(ParseError { expected: "a number" });
        };
        number.as_f64().map(Self).ok_or(ParseError { expected: "a number" })
    }
}

impl Parsed for NonNegative {
    const KIND: ValueKind = ValueKind::Number;

    fn parse(value: &Value) -> Result<Self, ParseError> {
        Decimal::parse(value)
            .ok()
            .filter(|Decimal(number)| *number >= 0.0)
            .map(|Decimal(number)| Self(number))
            .ok_or(ParseError { expected: "a number, 0 or more" })
    }
}

impl Parsed for Share {
    const KIND: ValueKind = ValueKind::Number;

    fn parse(value: &Value) -> Result<Self, ParseError> {
        Decimal::parse(value)
            .ok()
            .filter(|Decimal(number)| (0.0..=1.0).contains(number))
            .map(|Decimal(number)| Self(number))
            .ok_or(ParseError { expected: "a number from 0 to 1" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_not_negative_and_a_share_is_at_most_the_whole() {
        let number = |text: &str| Value::decimal(text).expect("plain digits");
        for (text, span, share) in [
            ("0", true, true),
            ("0.5", true, true),
            ("1", true, true),
            ("1.5", true, false),
            ("-0.5", false, false),
        ] {
            assert_eq!(NonNegative::parse(&number(text)).is_ok(), span, "{text}");
            assert_eq!(Share::parse(&number(text)).is_ok(), share, "{text}");
        }
        assert!(NonNegative::parse(&Value::from("1")).is_err());
    }
}
