//! The declared fields as a flat list, each with the path that documentation writes.

use crate::field::{Apply, FieldSpec};
use crate::value::{ValueKind, Variant};

/// A field where it stands.
pub(super) struct Entry {
    /// What is known of it.
    pub(super) field: &'static FieldSpec,
    /// The path as documentation writes it.
    pub(super) path: String,
    /// The path of what it stands in; empty for a top-level key.
    pub(super) parent: String,
    /// Whether a change to it, or to what it stands in, takes all nodes down.
    pub(super) stop_all: bool,
    /// Whether it is an argument of a storage engine.
    pub(super) in_engine: bool,
}

impl Entry {
    /// A top-level key.
    pub(super) fn top(field: &'static FieldSpec) -> Self {
        Self {
            field,
            path: field.name.to_owned(),
            parent: String::new(),
            stop_all: field.apply == Apply::StopAll,
            in_engine: false,
        }
    }

    fn below(&self, field: &'static FieldSpec) -> Self {
        Self {
            field,
            path: format!("{}.{}", self.path, field.name),
            parent: self.path.clone(),
            stop_all: self.stop_all || field.apply == Apply::StopAll,
            in_engine: self.in_engine,
        }
    }

    /// The field and those inside it.
    pub(super) fn with_inner(self) -> Vec<Self> {
        let inner = self.inside(&self.path, self.field.kind);
        std::iter::once(self).chain(inner).collect()
    }

    /// What holds fields at `path`, which lies inside this one.
    fn at(&self, path: String) -> Self {
        let Self { field, stop_all, in_engine, .. } = *self;
        Self { field, path, parent: String::new(), stop_all, in_engine }
    }

    /// The fields in a value of `kind` that stands at `path`.
    fn inside(&self, path: &str, kind: ValueKind) -> Vec<Self> {
        let holder = self.at(path.to_owned());
        match kind {
            ValueKind::Object(object) => {
                object.0.fields().flat_map(|field| holder.below(field).with_inner()).collect()
            }
            ValueKind::List(item) => self.inside(&format!("{path}[]"), *item),
            ValueKind::Mapping(entry) => self.inside(&format!("{path}.<name>"), entry.0.kind),
            ValueKind::Tagged(variants) => {
                let place = format!("{path}[1]");
                let fields = variants.iter().flat_map(|variant| variant.fields.fields());
                let mut seen: Vec<&str> = Vec::new();
                let mut found = Vec::new();
                for field in fields {
                    // What several variants share stands once.
                    if !seen.contains(&field.name) {
                        seen.push(field.name);
                        found.extend(self.at(place.clone()).below(field).with_inner());
                    }
                }
                found
            }
            _ => Vec::new(),
        }
    }

    /// The marks of its heading.
    pub(super) fn hashes(&self) -> &'static str {
        match (self.parent.is_empty(), self.in_engine) {
            (true, _) => "###",
            (false, false) => "####",
            (false, true) => "#####",
        }
    }

    /// The path of a field beside this one.
    pub(super) fn sibling(&self, name: &str) -> String {
        if self.parent.is_empty() { name.to_owned() } else { format!("{}.{name}", self.parent) }
    }
}

/// The arguments of an engine that stands at `key`.
pub(super) fn arguments(key: &'static FieldSpec, engine: &'static Variant) -> Vec<Entry> {
    let path = format!("{}.<name>[1]", key.name);
    let holder = Entry { path, in_engine: true, ..Entry::top(key) };
    engine.fields.fields().flat_map(|field| holder.below(field).with_inner()).collect()
}
