//! Numbers in whose place Quay also takes true and false.

use super::{ParseError, Parsed, Value, ValueKind, Whole};

/// A whole number of at least 0, or true for 1 and false for 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WholeOrBool(pub u64);

impl Parsed for WholeOrBool {
    const KIND: ValueKind = ValueKind::Number;

    fn parse(value: &Value) -> Result<Self, ParseError> {
        let number = match value.as_bool() {
            Some(on) => Ok(u64::from(on)),
            None => Whole::parse(value).map(|whole| whole.0),
        };
        number.map(Self).map_err(|_| ParseError { expected: "a whole number, or true or false" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn true_is_one_and_false_is_nothing() {
        let parse = |value: Value| WholeOrBool::parse(&value).map(|number| number.0);
        assert_eq!(parse(Value::from(true)), Ok(1));
        assert_eq!(parse(Value::from(false)), Ok(0));
        assert_eq!(parse(Value::from(2)), Ok(2));
        assert!(parse(Value::from("1")).is_err());
    }
}
