//! Values that are a word and its arguments: `[word, {arguments}]`.

use super::{ObjectSpec, Value};

/// One of the words such a value may begin with, and the arguments that belong to it.
#[derive(Clone, Copy, Debug)]
pub struct Variant {
    /// The word in the file.
    pub word: &'static str,
    /// The name a person reads.
    pub label: &'static str,
    /// What it is; empty in the browser's copy.
    pub doc: &'static [&'static str],
    /// Its arguments.
    pub fields: &'static ObjectSpec,
}

impl PartialEq for Variant {
    fn eq(&self, other: &Self) -> bool {
        self.word == other.word && std::ptr::eq(self.fields, other.fields)
    }
}

impl Variant {
    /// The variant that `value` begins with, and its arguments.
    pub fn of<'a>(
        value: &'a Value,
        variants: &'static [Self],
    ) -> Option<(&'static Self, Option<&'a Value>)> {
        let items = value.as_list()?;
        let word = items.first()?.as_str()?;
        let variant = variants.iter().find(|variant| variant.word == word)?;
        Some((variant, items.get(1)))
    }

    /// The word of a value that has the right shape.
    pub fn word_of(value: &Value, variants: &'static [Self]) -> Option<&'static str> {
        let shaped = matches!(value.as_list(), Some([Value::Text(_), Value::Map(_) | Value::Null]));
        Self::of(value, variants).filter(|_| shaped).map(|(variant, _)| variant.word)
    }
}
