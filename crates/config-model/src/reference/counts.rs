//! How much is declared.

use super::entry::{Entry, arguments};
use crate::field::FieldSpec;
use crate::rule;
use crate::sections::SECTIONS;
use crate::storage::engines::ENGINES;
use crate::value::ValueKind;
use std::fmt;

/// How much is declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Sections.
    pub sections: usize,
    /// Top-level keys that have a field.
    pub keys: usize,
    /// Fields inside mappings and storage engines.
    pub nested: usize,
    /// Storage engines that have a form.
    pub engines: usize,
    /// Rules, those included that hold for every key or file.
    pub rules: usize,
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { sections, keys, nested, engines, rules } = self;
        write!(
            f,
            "{sections} sections, {keys} top-level keys, {nested} nested fields, \
             {engines} storage engines, {rules} rules"
        )
    }
}

/// Counts what is declared.
pub fn counts() -> Counts {
    let keys: Vec<&'static FieldSpec> =
        SECTIONS.iter().flat_map(|section| section.keys).copied().collect();
    let fields: usize = keys.iter().copied().map(|key| Entry::top(key).with_inner().len()).sum();
    let of_engines: usize = keys
        .iter()
        .copied()
        .filter(|key| key.kind == ValueKind::Engines)
        .flat_map(|key| ENGINES.iter().map(move |engine| arguments(key, engine).len()))
        .sum();
    let in_sections: usize = SECTIONS.iter().map(|section| section.rules.len()).sum();
    Counts {
        sections: SECTIONS.len(),
        keys: keys.len(),
        nested: fields - keys.len() + of_engines,
        engines: ENGINES.len(),
        rules: rule::listed().count() + in_sections,
    }
}
