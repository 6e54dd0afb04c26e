//! Visits every field of every section, into objects and storage engines.

use crate::document::Document;
use crate::field::{Condition, FieldSpec};
use crate::path::{Path, Step};
use crate::sections::{SECTIONS, Section};
use crate::storage;
use crate::value::{MapKey, Value, ValueKind};

/// One field, and its value where it has one.
#[derive(Debug)]
pub struct Visit<'a> {
    /// The section it is edited in.
    pub section: &'static Section,
    /// What is known of it.
    pub field: &'static FieldSpec,
    /// Where it stands.
    pub path: Path,
    /// Its value.
    pub value: Option<&'a Value>,
    /// Whether it matters: its condition holds, and so does that of what it stands in.
    pub active: bool,
}

/// Calls `visit` for every declared field, whether it has a value or not.
///
/// The fields of an optional object are visited only when the object is there.
pub fn walk<'a>(document: &'a Document, visit: &mut dyn FnMut(Visit<'a>)) {
    for section in SECTIONS {
        walk_section(document, section, visit);
    }
}

/// Calls `visit` for every declared field of one section.
pub fn walk_section<'a>(
    document: &'a Document,
    section: &'static Section,
    visit: &mut dyn FnMut(Visit<'a>),
) {
    for key in section.keys {
        let active = holds(key.when, |name| document.top(name));
        let place = Place { section, field: key, path: Path::key(key.name), active };
        let value = document.entries().get(&MapKey::from(key.name));
        place.visit(value, visit);
    }
}

struct Place {
    section: &'static Section,
    field: &'static FieldSpec,
    path: Path,
    active: bool,
}

impl Place {
    fn visit<'a>(self, value: Option<&'a Value>, visit: &mut dyn FnMut(Visit<'a>)) {
        let Self { section, field, path, active } = self;
        visit(Visit { section, field, path: path.clone(), value, active });
        if let Some(object) = field.kind.object() {
            let present = value.is_some_and(|value| value.as_map().is_some());
            if present || (field.required && active) {
                visit_fields(section, object.fields, &path, value, active, visit);
            }
        }
        if field.kind == ValueKind::Engines {
            for (name, engine) in storage::engines_of(value) {
                let place = path.field(name).item(1);
                if let Some(spec) = engine.spec {
                    visit_fields(section, spec.fields, &place, engine.args, active, visit);
                }
            }
        }
    }
}

fn visit_fields<'a>(
    section: &'static Section,
    fields: &'static [&'static FieldSpec],
    base: &Path,
    value: Option<&'a Value>,
    active: bool,
    visit: &mut dyn FnMut(Visit<'a>),
) {
    for field in fields {
        let active = active && holds(field.when, |name| value.and_then(|value| value.entry(name)));
        let place = Place { section, field, path: base.field(field.name), active };
        place.visit(value.and_then(|value| value.entry(field.name)), visit);
    }
}

/// Whether a condition is met by the value found, or by the default in its place.
///
/// A field that does not matter itself cannot make another one matter.
pub fn holds<'a>(condition: Option<Condition>, find: impl Fn(&str) -> Option<&'a Value>) -> bool {
    holds_by(condition, &find)
}

fn holds_by<'a>(condition: Option<Condition>, find: &dyn Fn(&str) -> Option<&'a Value>) -> bool {
    let Some(Condition { field, one_of }) = condition else { return true };
    let matches = |value: &Value| match value {
        Value::Bool(on) => one_of.contains(&if *on { "true" } else { "false" }),
        Value::Text(text) => one_of.contains(&text.as_str()),
        _ => false,
    };
    let met = match find(field.name) {
        Some(value) => matches(value),
        None => field.default.is_some_and(|default| matches(&default())),
    };
    met && holds_by(field.when, find)
}

/// What is known of the field at `path`, `None` for one this program does not know.
pub fn field_at(document: &Document, path: &Path) -> Option<&'static FieldSpec> {
    let root = crate::sections::field_of(path.root())?;
    let rest = &path.steps()[1..];
    let (mut fields, rest) = match (root.kind, rest) {
        (_, []) => return Some(root),
        (ValueKind::Engines, [Step::Field(name), Step::Item(1), rest @ ..]) => {
            let driver = document.raw(&root_engine(root, name))?.as_str()?;
            (storage::by_driver(driver)?.fields.fields, rest)
        }
        (kind, rest) => (kind.object()?.fields, rest),
    };
    let mut found = None;
    for step in rest {
        let Step::Field(name) = step else { return None };
        let field = fields.iter().copied().find(|field| field.name == name)?;
        fields = field.kind.object().map_or(&[][..], |object| object.fields);
        found = Some(field);
    }
    found
}

/// Where the driver of the engine `name` stands.
fn root_engine(root: &FieldSpec, name: &str) -> Path {
    Path::key(root.name).field(name).item(0)
}

/// Whether the field at `path` matters: its condition and those of what it stands in hold.
pub fn is_active(document: &Document, path: &Path) -> bool {
    let mut at = Some(path.clone());
    while let Some(place) = at {
        let parent = place.parent();
        if let Some(field) = field_at(document, &place) {
            let met = holds(field.when, |name| match &parent {
                Some(parent) => document.raw(parent).and_then(|value| value.entry(name)),
                None => document.top(name),
            });
            if !met {
                return false;
            }
        }
        at = parent;
    }
    true
}
