//! Lists of values of one kind.

use super::{ParseError, Parsed, Value, ValueKind};

/// More items than any list of this configuration is meant to hold.
pub const LIST_ITEMS_MAX: usize = 10_000;

/// Any number of values of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List<T>(pub Vec<T>);

impl<T: Parsed> Parsed for List<T> {
    const KIND: ValueKind = ValueKind::List(&T::KIND);

    fn parse(value: &Value) -> Result<Self, ParseError> {
        let items = value.as_list().ok_or(ParseError { expected: "a list" })?;
        if items.len() > LIST_ITEMS_MAX {
            return Err(ParseError { expected: "a list of at most 10000 items" });
        }
        items.iter().map(T::parse).collect::<Result<_, _>>().map(Self)
    }
}
