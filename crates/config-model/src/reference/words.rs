//! What a field takes, in words.

use super::entry::Entry;
use crate::field::FieldSpec;
use crate::value::{Choice, Value, ValueKind, Variant};

/// Whether a required field may be left out.
pub(super) fn required_in_words(entry: &Entry) -> String {
    let Entry { field, parent, .. } = entry;
    let mut words = vec!["yes".to_owned()];
    if !parent.is_empty() && !parent.ends_with("[1]") {
        words.push(format!("wherever `{parent}` is there"));
    }
    if field.when.is_some() {
        words.push("while it matters".to_owned());
    }
    if field.default.is_some() {
        words.push("but where it is left out, the default serves".to_owned());
    }
    words.join(", ")
}

/// What a field takes.
pub(super) fn type_in_words(field: &FieldSpec) -> String {
    let words = match field.kind {
        ValueKind::Toggle => "`true` or `false`".to_owned(),
        ValueKind::Choice(choices) => format!("one of these words{}", options(choices)),
        ValueKind::Secret => "text".to_owned(),
        ValueKind::List(item) => list_in_words(field, item),
        ValueKind::Object(object) if object.0.is_opaque() => {
            "a mapping of names to values, which is kept as it is".to_owned()
        }
        ValueKind::Object(_) => "a mapping with the fields below".to_owned(),
        ValueKind::Tagged(variants) => {
            format!("a list of one of these words and its arguments{}", words_of(variants))
        }
        ValueKind::Mapping(entry) => {
            format!("a mapping of names of your own; each value is {}", type_in_words(entry.0))
        }
        ValueKind::Line(_)
        | ValueKind::Number
        | ValueKind::DatabaseUri
        | ValueKind::HostAndPort
        | ValueKind::TlsMode
        | ValueKind::Engines => expected(field, &Value::Null),
    };
    if field.unit.is_empty() { words } else { format!("{words}, in {}", field.unit) }
}

/// The words of a tagged value as a list inside a list.
fn words_of(variants: &[Variant]) -> String {
    let lines =
        variants.iter().map(|variant| format!("\n  - `{}`: {}", variant.word, variant.label));
    lines.collect()
}

/// What the items of a list are: the type says so itself when an item is wrong.
fn list_in_words(field: &FieldSpec, item: &ValueKind) -> String {
    let mut item = item;
    let mut wrong = Value::List(vec![Value::Null]);
    let mut words = "a list".to_owned();
    while let ValueKind::List(inner) = *item {
        item = inner;
        wrong = Value::List(vec![wrong]);
        words.push_str(" of lists");
    }
    match *item {
        ValueKind::Choice(choices) => {
            format!("{words}; each item is one of these words{}", options(choices))
        }
        ValueKind::Object(_) => format!("{words}; each item is a mapping with the fields below"),
        _ => format!("{words}; each item is {}", expected(field, &wrong)),
    }
}

/// The words a type uses when it refuses a value.
fn expected(field: &FieldSpec, wrong: &Value) -> String {
    match (field.check)(wrong) {
        Ok(()) => "any value".to_owned(),
        Err(error) => error.expected.to_owned(),
    }
}

/// The words of a choice as a list inside a list.
fn options(choices: &[Choice]) -> String {
    let lines: Vec<String> = choices
        .iter()
        .map(|choice| format!("\n  - `{}`: {}", choice.value, choice.label))
        .collect();
    lines.concat()
}
