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

fn whole(value: &Value) -> Option<u64> {
    let Value::Number(number) = value else { return None };
    number.as_i64().and_then(|number| u64::try_from(number).ok())
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
