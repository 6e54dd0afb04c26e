//! TCP ports.

use super::{ParseError, Parsed, Value, ValueKind};
use std::num::NonZeroU16;

/// A TCP port that is not zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Port(NonZeroU16);

impl Port {
    /// The port as a number.
    pub const fn get(self) -> u16 {
        self.0.get()
    }
}

impl Parsed for Port {
    const KIND: ValueKind = ValueKind::Number;

    fn parse(value: &Value) -> Result<Self, ParseError> {
        let Value::Number(number) = value else {
            return Err(ParseError { expected: "a port from 1 to 65535" });
        };
        number
            .as_i64()
            .and_then(|number| u16::try_from(number).ok())
            .and_then(NonZeroU16::new)
            .map(Self)
            .ok_or(ParseError { expected: "a port from 1 to 65535" })
    }
}
