//! Values that are kept and not interpreted.

use super::{ParseError, Parsed, Value, ValueKind};

/// Anything at all, where nobody can tell what Quay takes; null is the same as nothing written.
#[derive(Clone, Copy, Debug)]
pub struct AnyValue;

impl Parsed for AnyValue {
    const KIND: ValueKind = ValueKind::line("");

    fn parse(value: &Value) -> Result<Self, ParseError> {
        match value {
            Value::Null => Err(ParseError { expected: "text, a number or whatever Quay takes" }),
            _ => Ok(Self),
        }
    }
}
