//! One of a few words.

use super::{ParseError, Parsed, Value, ValueKind};

/// A word that may be chosen, and what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The word in the file.
    pub value: &'static str,
    /// What a person reads.
    pub label: &'static str,
}

/// A set of words, declared with `choice!`.
pub trait Choices: Copy + 'static {
    /// Every word, with the variant it stands for.
    const ALL: &'static [(Self, Choice)];
    /// The words alone, as a control needs them.
    const CHOICES: &'static [Choice];
    /// The end of the sentence "expected ...".
    const EXPECTED: &'static str;
}

impl<T: Choices> Parsed for T {
    const KIND: ValueKind = ValueKind::Choice(T::CHOICES);

    fn parse(value: &Value) -> Result<Self, ParseError> {
        let word = value.as_str();
        T::ALL
            .iter()
            .find(|(_, choice)| Some(choice.value) == word)
            .map(|(variant, _)| *variant)
            .ok_or(ParseError { expected: T::EXPECTED })
    }
}
