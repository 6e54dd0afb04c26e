//! Mappings of names of the administrator's own to values of one kind.

use super::{ParseError, Parsed, Value, ValueKind};
use crate::field::FieldSpec;
use std::marker::PhantomData;

/// Names of the administrator's own, each with a value of one kind.
///
/// Only the shape is proved here; the entries are fields of their own and checked one by one.
#[derive(Clone, Copy, Debug)]
pub struct Mapping<T>(PhantomData<T>);

/// The kind of the entries, as a field without a name.
#[derive(Clone, Copy, Debug)]
pub struct EntryKind(pub &'static FieldSpec);

impl PartialEq for EntryKind {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}

impl<T: Parsed> Mapping<T> {
    /// What an entry is.
    const ENTRY: &'static FieldSpec = &FieldSpec::new::<T>("<name>", "", &[]);
}

impl<T: Parsed> Parsed for Mapping<T> {
    const KIND: ValueKind = ValueKind::Mapping(EntryKind(Self::ENTRY));

    fn parse(value: &Value) -> Result<Self, ParseError> {
        match value {
            Value::Map(map) if map.keys().all(|name| name.as_str().is_some()) => {
                Ok(Self(PhantomData))
            }
            _ => Err(ParseError { expected: "a mapping of names to values" }),
        }
    }
}
