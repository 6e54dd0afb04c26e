//! Visits every field of every section, into objects and storage engines.

use crate::document::Document;
use crate::field::{Condition, FieldSpec};
use crate::path::{Path, Step};
use crate::sections::{SECTIONS, Section};
use crate::storage::engines::ENGINES;
use crate::value::{MapKey, ObjectKind, ObjectSpec, Value, ValueKind, Variant};

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
    for (key, value) in document.entries().iter().filter(|_| section.family.is_some()) {
        let key = key.as_str().unwrap_or_default();
        if let Some(family) = section.family.filter(|family| family.name_in(key).is_some()) {
            let place = Place { section, field: family.spec, path: Path::key(key), active: true };
            place.visit(Some(value), visit);
        }
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
        let present = value.is_some_and(|value| value.as_map().is_some());
        let inside = Inside { section, base: path, active };
        match field.kind.object() {
            Some(object) if present || (field.required && active) => {
                inside.fields(object, value, visit);
            }
            Some(_) => {}
            None => inside.entries(field.kind, value, visit),
        }
    }
}

/// What stands in a value.
struct Inside {
    section: &'static Section,
    base: Path,
    active: bool,
}

impl Inside {
    fn fields<'a>(
        &self,
        object: &'static ObjectSpec,
        value: Option<&'a Value>,
        visit: &mut dyn FnMut(Visit<'a>),
    ) {
        for field in object.fields() {
            let find = |name: &str| value.and_then(|value| value.entry(name));
            let active = self.active && holds(field.when, find);
            let path = self.base.field(field.name);
            let place = Place { section: self.section, field, path, active };
            place.visit(find(field.name), visit);
        }
    }

    /// The entries of a list or mapping, and the arguments behind a word.
    fn entries<'a>(
        &self,
        kind: ValueKind,
        value: Option<&'a Value>,
        visit: &mut dyn FnMut(Visit<'a>),
    ) {
        let below = |base: Path| Self { section: self.section, base, active: self.active };
        match (kind, value) {
            (ValueKind::Object(object), Some(Value::Map(_))) => {
                self.fields(object.0, value, visit);
            }
            (ValueKind::List(item), Some(Value::List(items))) if item.is_structured() => {
                for (at, value) in items.iter().enumerate() {
                    below(self.base.item(at)).entries(*item, Some(value), visit);
                }
            }
            (ValueKind::Mapping(entry), Some(Value::Map(map))) => {
                for (name, value) in map {
                    let path = self.base.field(name.as_str().unwrap_or_default());
                    let (section, active) = (self.section, self.active);
                    Place { section, field: entry.0, path, active }.visit(Some(value), visit);
                }
            }
            (ValueKind::Tagged(variants), Some(value)) => {
                if let Some((variant, args)) = Variant::of(value, variants) {
                    below(self.base.item(1)).fields(variant.fields, args, visit);
                }
            }
            (ValueKind::Engines, Some(Value::Map(map))) => {
                for (name, value) in map {
                    let place = below(self.base.field(name.as_str().unwrap_or_default()));
                    place.entries(ValueKind::Tagged(ENGINES), Some(value), visit);
                }
            }
            _ => {}
        }
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
    let mut at = Path::key(path.root());
    let (mut found, mut kind) = (Some(root), root.kind);
    for step in &path.steps()[1..] {
        (found, kind) = match (kind, step) {
            (ValueKind::Object(object), Step::Field(name)) => {
                let field = object.0.field(name)?;
                (Some(field), field.kind)
            }
            (ValueKind::Mapping(entry), Step::Field(_)) => (Some(entry.0), entry.0.kind),
            (ValueKind::List(item), Step::Item(_)) => (None, *item),
            (ValueKind::Engines, Step::Field(_)) => (None, ValueKind::Tagged(ENGINES)),
            (ValueKind::Tagged(variants), Step::Item(1)) => {
                let (variant, _) = Variant::of(document.raw(&at)?, variants)?;
                (None, ValueKind::Object(ObjectKind(variant.fields)))
            }
            _ => return None,
        };
        at = match step {
            Step::Field(name) => at.field(name),
            Step::Item(index) => at.item(*index),
        };
    }
    found
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
