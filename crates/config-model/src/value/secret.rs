//! Text that is stored and never shown.

use super::{ParseError, Parsed, Value, ValueKind};
use std::fmt;

/// Text that is stored and never shown; where it is hidden, only that it is set is known.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Option<String>);

impl Secret {
    /// The text, where it is known.
    pub fn reveal(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl Parsed for Secret {
    const KIND: ValueKind = ValueKind::Secret;
    const SECRET: bool = true;

    fn parse(value: &Value) -> Result<Self, ParseError> {
        match value {
            Value::Hidden => Ok(Self(None)),
            Value::Text(text) => Ok(Self(Some(text.clone()))),
            _ => Err(ParseError { expected: "text; put it in quotes if it looks like a number" }),
        }
    }
}
