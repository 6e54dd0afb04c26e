//! How far a configuration is: what is still required, and the state of each section.

use crate::document::Document;
use crate::path::{Path, Step};
use crate::rule::{Report, Subject};
use crate::sections::{SECTIONS, Section};
use crate::value::ValueKind;
use crate::walk::{Visit, field_at, walk, walk_section};

/// A required value or file, and whether it is there and right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// The section it is edited in.
    pub section: &'static str,
    /// What a person calls it, with what it is a part of.
    pub label: String,
    /// Where it stands.
    pub path: Path,
    /// Whether it is set, and free of errors.
    pub met: bool,
}

/// What the navigation shows for a section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SectionState {
    /// Nothing in it differs from a new configuration, and nothing is wrong.
    Untouched,
    /// Something is set, and nothing is wrong.
    Complete,
    /// This many things are wrong.
    Errors(usize),
}

/// Everything that is required, in the order of the pages.
pub fn requirements(subject: &Subject<'_>, report: &Report) -> Vec<Requirement> {
    let right = |path: &Path| {
        !report.within(path).any(|finding| finding.severity == crate::rule::Severity::Error)
    };
    let mut found = Vec::new();
    walk(subject.document, &mut |visit: Visit<'_>| {
        if visit.field.required && visit.active && visit.field.default.is_none() {
            let leaf = visit.field.kind.object().is_none();
            let engines = visit.field.kind == ValueKind::Engines;
            let set = visit.value.is_some_and(|value| !value.is_blank());
            if leaf {
                found.push(Requirement {
                    section: visit.section.id,
                    label: full_label(subject.document, &visit.path, visit.field.label),
                    // What is wrong inside an engine is counted there.
                    met: set && (engines || right(&visit.path)),
                    path: visit.path,
                });
            }
        }
    });
    for section in SECTIONS {
        for slot in section.files.iter().filter(|slot| (slot.needed)(subject.document)) {
            let path = Path::key(slot.name);
            let met = subject.files.contains_key(slot.name) && right(&path);
            found.push(Requirement {
                section: section.id,
                label: slot.label.to_owned(),
                path,
                met,
            });
        }
    }
    found
}

/// A field's label with that of the object or the name of the engine it is in.
pub fn full_label(document: &Document, path: &Path, label: &str) -> String {
    let engine = match path.steps() {
        [_, Step::Field(name), Step::Item(_), ..] => Some(name.as_str()),
        _ => None,
    };
    let parent = path.parent();
    let object = parent.as_ref().and_then(|parent| field_at(document, parent));
    // A key whose name the administrator made up is called by it.
    let object = object.map(|field| {
        if crate::sections::is_declared(path.root()) { field.label } else { path.root() }
    });
    match engine.or(object) {
        Some(holder) => format!("{holder}: {label}"),
        None => label.to_owned(),
    }
}

/// The state of one section.
pub fn state(section: &'static Section, subject: &Subject<'_>, report: &Report) -> SectionState {
    match report.errors_in(section.id) {
        0 if is_touched(section, subject) => SectionState::Complete,
        0 => SectionState::Untouched,
        errors => SectionState::Errors(errors),
    }
}

fn is_touched(section: &'static Section, subject: &Subject<'_>) -> bool {
    let mut touched =
        subject.files.keys().any(|name| section.files.iter().any(|slot| slot.takes(name)));
    walk_section(subject.document, section, &mut |visit: Visit<'_>| {
        touched |= visit.field.kind.object().is_none() && differs_from_start(&visit);
    });
    touched
}

fn differs_from_start(visit: &Visit<'_>) -> bool {
    match (visit.value, visit.field.setup) {
        (None, _) => false,
        (Some(value), Some(setup)) => *value != setup(),
        (Some(value), None) => !value.is_blank(),
    }
}

/// The keys of a document that no section declares, in the order of the file.
pub fn unknown_keys(document: &Document) -> impl Iterator<Item = &str> {
    document
        .entries()
        .keys()
        .filter_map(|key| key.as_str())
        .filter(|key| crate::sections::field_of(key).is_none())
}
