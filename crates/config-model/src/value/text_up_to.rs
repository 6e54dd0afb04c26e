//! Text of a limited length.

use super::{ParseError, Parsed, Value, ValueKind};

/// Text of 1 to `MAX` characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextUpTo<const MAX: usize>(pub String);

impl<const MAX: usize> TextUpTo<MAX> {
    fn read(value: &Value) -> Option<Self> {
        let text = value.as_str()?;
        (!text.is_empty() && text.chars().count() <= MAX).then(|| Self(text.to_owned()))
    }
}

impl Parsed for TextUpTo<255> {
    const KIND: ValueKind = ValueKind::line("");

    fn parse(value: &Value) -> Result<Self, ParseError> {
        Self::read(value).ok_or(ParseError { expected: "text of 1 to 255 characters" })
    }
}

impl Parsed for TextUpTo<1024> {
    const KIND: ValueKind = ValueKind::line("");

    fn parse(value: &Value) -> Result<Self, ParseError> {
        Self::read(value).ok_or(ParseError { expected: "text of 1 to 1024 characters" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_counted_and_not_bytes() {
        let parse = |text: &str| TextUpTo::<255>::parse(&Value::from(text));
        assert!(parse(&"é".repeat(255)).is_ok());
        assert!(parse(&"a".repeat(256)).is_err());
        assert!(parse("").is_err());
    }
}
