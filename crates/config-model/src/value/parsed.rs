//! What every checked value type has in common.

use super::{Choice, EntryKind, ObjectKind, ObjectSpec, Value, Variant};
use crate::storage::engines::ENGINES;

/// How a value is edited; a page picks its control from this, never from a key's name.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum ValueKind {
    /// On or off.
    Toggle,
    /// One line of text.
    Line(Line),
    /// A whole or decimal number.
    Number,
    /// One of a few words.
    Choice(&'static [Choice]),
    /// Text that is stored and never shown.
    Secret,
    /// Any number of values of one kind.
    List(&'static ValueKind),
    /// Fields of their own.
    Object(ObjectKind),
    /// The address of the database, password included.
    DatabaseUri,
    /// Where TLS ends: the choice behind `PREFERRED_URL_SCHEME` and `EXTERNAL_TLS_TERMINATION`.
    TlsMode,
    /// The storage engines, by name.
    Engines,
    /// Names of the administrator's own, each with a value of one kind.
    Mapping(EntryKind),
    /// A word and its arguments: `[word, {arguments}]`.
    Tagged(&'static [Variant]),
    /// A host name and a port: `[host, port]`.
    HostAndPort,
}

/// What a browser should know of a line of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// An example, shown while the field is empty.
    pub example: &'static str,
    /// The HTML `inputmode`.
    pub input_mode: &'static str,
}

impl ValueKind {
    /// A line of text with an example.
    pub const fn line(example: &'static str) -> Self {
        Self::Line(Line { example, input_mode: "text" })
    }

    /// A line of text that is a URL.
    pub const fn url(example: &'static str) -> Self {
        Self::Line(Line { example, input_mode: "url" })
    }

    /// The fields of an object, none for anything else.
    pub const fn object(&self) -> Option<&'static ObjectSpec> {
        if let Self::Object(object) = self { Some(object.0) } else { None }
    }

    /// The kind of what is in a list or mapping, where that has fields of its own or is named by
    /// the administrator; the page draws each with a way to add and remove it.
    pub const fn entries(&self) -> Option<Self> {
        match self {
            Self::List(item) if item.is_structured() => Some(**item),
            Self::Mapping(entry) if entry.0.kind.is_structured() => Some(entry.0.kind),
            Self::Engines => Some(Self::Tagged(ENGINES)),
            _ => None,
        }
    }

    /// Whether it is more than one control can edit.
    pub const fn is_structured(&self) -> bool {
        matches!(self, Self::Object(_) | Self::Tagged(_) | Self::List(_) | Self::Mapping(_))
    }
}

/// A type that can be read from one configuration value.
pub trait Parsed: Sized {
    /// How it is edited.
    const KIND: ValueKind;
    /// Whether its text must not be shown.
    const SECRET: bool = false;

    /// Reads the value, or says what was expected instead.
    fn parse(value: &Value) -> Result<Self, ParseError>;
}

/// Why a value is not of its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}")]
pub struct ParseError {
    /// What the type takes, as the end of the sentence "expected ...".
    pub expected: &'static str,
}

impl Parsed for bool {
    const KIND: ValueKind = ValueKind::Toggle;

    fn parse(value: &Value) -> Result<Self, ParseError> {
        value.as_bool().ok_or(ParseError { expected: "true or false" })
    }
}
