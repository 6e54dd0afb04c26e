//! Mappings whose entries are kept and not interpreted.

use super::{ObjectKind, ObjectSpec, ParseError, Parsed, Value, ValueKind};

/// A mapping whose entries this program keeps and does not interpret.
#[derive(Clone, Copy, Debug)]
pub struct AnyMap;

/// No entry is known: none is drawn, and none leaves the server.
const NO_FIELDS: &ObjectSpec = &ObjectSpec { base: None, own: &[], address: None };

impl Parsed for AnyMap {
    const KIND: ValueKind = ValueKind::Object(ObjectKind(NO_FIELDS));

    fn parse(value: &Value) -> Result<Self, ParseError> {
        match value {
            Value::Map(_) => Ok(Self),
            _ => Err(ParseError { expected: "a mapping of names to values" }),
        }
    }
}
