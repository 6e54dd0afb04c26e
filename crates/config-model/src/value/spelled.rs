//! Numbers that may also be written as text.

use super::{ParseError, Parsed, Value, ValueKind};

/// A number that may also stand as text, as the removed tool wrote it and Quay reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spelled<T>(pub T);

impl<T: Parsed> Parsed for Spelled<T> {
    const KIND: ValueKind = T::KIND;

    fn parse(value: &Value) -> Result<Self, ParseError> {
        let number = value.as_str().and_then(Value::decimal);
        T::parse(number.as_ref().unwrap_or(value)).map(Self)
    }
}

/// True or false, or the text `true`, which Python takes for true as it takes any text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpelledTrue(pub bool);

impl Parsed for SpelledTrue {
    const KIND: ValueKind = ValueKind::Toggle;

    fn parse(value: &Value) -> Result<Self, ParseError> {
        let text = value.as_str().filter(|text| ["true", "True"].contains(text));
        match text {
            Some(_) => Ok(Self(true)),
            None => bool::parse(value).map(Self),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Port;
    use super::*;

    #[test]
    fn a_port_in_quotes_is_a_port() {
        let parse = |value: Value| Spelled::<Port>::parse(&value).map(|port| port.0.get());
        assert_eq!(parse(Value::from(7480)), Ok(7480));
        assert_eq!(parse(Value::from("7480")), Ok(7480));
        for bad in ["", "0", "70000", "7480.0", "+80", "http"] {
            assert!(parse(Value::from(bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn no_text_means_false() {
        let parse = |value: Value| SpelledTrue::parse(&value).map(|switch| switch.0);
        assert_eq!(parse(Value::from(false)), Ok(false));
        assert_eq!(parse(Value::from("True")), Ok(true));
        for bad in ["", "false", "yes", "1"] {
            assert!(parse(Value::from(bad)).is_err(), "{bad}");
        }
    }
}
