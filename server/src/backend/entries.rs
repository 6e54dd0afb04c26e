//! Adding and removing what the administrator names: items of lists, entries of mappings, log-in
//! providers, and the word that a tagged value begins with.

use super::draft::{Draft, DraftError, DraftService};
use config_model::path::{Path, Step};
use config_model::sections::SECTIONS;
use config_model::value::{Map, MapKey, ObjectSpec, Value, ValueKind, Variant};
use config_model::walk::field_at;

/// More entries than any such list or mapping is meant to hold.
const ENTRIES_MAX: usize = 200;
/// The longest name an entry may have.
const NAME_CHARS_MAX: usize = 255;

/// What is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryAction {
    /// Adds an entry to the list or mapping at the path.
    Add {
        /// The entry's name; not used in lists.
        name: String,
        /// The word a tagged entry begins with.
        word: String,
    },
    /// Takes out the entry at the path.
    Remove,
    /// Gives the tagged value at the path this word.
    Choose(String),
    /// Adds a top-level key of the family with this ending.
    AddKey {
        /// What stands before the ending.
        name: String,
        /// The ending.
        ending: String,
    },
}

impl DraftService {
    /// Does `action` at `path`, and returns the place to show then.
    pub async fn entry(&self, path: &Path, action: &EntryAction) -> Result<Path, DraftError> {
        let shown = shown_after(path, action);
        let label = shown.to_string();
        let draft = self.change(&label, |draft| act(draft, path, action)).await?;
        let added = matches!(action, EntryAction::Add { .. });
        Ok(match draft.document.raw(path).and_then(Value::as_list) {
            Some(items) if added => path.item(items.len().saturating_sub(1)),
            _ => shown,
        })
    }
}

fn refused<T>(why: impl Into<String>) -> Result<T, DraftError> {
    Err(DraftError::Refused(why.into()))
}

fn shown_after(path: &Path, action: &EntryAction) -> Path {
    match action {
        EntryAction::Add { name, .. } if !name.is_empty() => path.field(name),
        EntryAction::Remove => path.parent().unwrap_or_else(|| path.clone()),
        EntryAction::AddKey { name, ending } => Path::key(&format!("{name}{ending}")),
        EntryAction::Add { .. } | EntryAction::Choose(_) => path.clone(),
    }
}

fn act(draft: &mut Draft, path: &Path, action: &EntryAction) -> Result<(), DraftError> {
    match action {
        EntryAction::Add { name, word } => add(draft, path, name, word),
        EntryAction::Choose(word) => choose(draft, path, word),
        EntryAction::AddKey { name, ending } => add_key(draft, name, ending),
        EntryAction::Remove => {
            let known = kind_at(draft, path).is_some();
            if known && draft.document.remove(path).is_some() {
                Ok(())
            } else {
                refused(format!("There is nothing at {path}."))
            }
        }
    }
}

/// The kind of the value at `path`, of an entry as well.
fn kind_at(draft: &Draft, path: &Path) -> Option<ValueKind> {
    if let Some(field) = field_at(&draft.document, path) {
        return Some(field.kind);
    }
    kind_at(draft, &path.parent()?)?.entries()
}

fn add(draft: &mut Draft, path: &Path, name: &str, word: &str) -> Result<(), DraftError> {
    let Some((kind, entry)) = kind_at(draft, path).and_then(|kind| Some((kind, kind.entries()?)))
    else {
        return refused(format!("{path} is not a list or mapping of this configuration."));
    };
    let value = start(entry, word)?;
    let present = draft.document.raw(path);
    let entries = match present {
        Some(Value::List(items)) => items.len(),
        Some(Value::Map(map)) => map.len(),
        _ => 0,
    };
    if entries >= ENTRIES_MAX {
        return refused(format!("{path} holds {ENTRIES_MAX} entries already."));
    }
    let place = match kind {
        ValueKind::List(_) => path.item(entries),
        _ => {
            if name.is_empty() || name.chars().count() > NAME_CHARS_MAX {
                return refused(format!("A name has 1 to {NAME_CHARS_MAX} characters."));
            }
            if present.is_some_and(|present| present.entry(name).is_some()) {
                return refused(format!("{path} has an entry called {name} already."));
            }
            path.field(name)
        }
    };
    draft.document.set(&place, value).map_err(|error| DraftError::Refused(error.to_string()))
}

fn choose(draft: &mut Draft, path: &Path, word: &str) -> Result<(), DraftError> {
    let Some(kind @ ValueKind::Tagged(variants)) = kind_at(draft, path) else {
        return refused(format!("{path} takes no such word."));
    };
    let mut value = start(kind, word)?;
    // Arguments that the new word takes too are kept.
    let kept =
        draft.document.raw(path).and_then(|value| Some(value.as_list()?.get(1)?.as_map()?.clone()));
    let spec = variants.iter().find(|variant| variant.word == word).map(|variant| variant.fields);
    if let (Value::List(items), Some(kept), Some(spec)) = (&mut value, kept, spec)
        && let Some(Value::Map(args)) = items.get_mut(1)
    {
        let takes = |name: &MapKey| name.as_str().is_some_and(|name| spec.field(name).is_some());
        args.extend(kept.into_iter().filter(|(name, _)| takes(name)));
    }
    draft.document.set(path, value).map_err(|error| DraftError::Refused(error.to_string()))
}

fn add_key(draft: &mut Draft, name: &str, ending: &str) -> Result<(), DraftError> {
    let families = SECTIONS.iter().filter_map(|section| section.family);
    let Some(family) = families.into_iter().find(|family| family.ending == ending) else {
        return refused("This form is not known.");
    };
    let key = format!("{name}{ending}");
    let plain = name
        .chars()
        .all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_');
    if !plain || name.len() > NAME_CHARS_MAX || family.name_in(&key).is_none() {
        return refused(format!(
            "{key} cannot be the name of one. Before {ending} use capital letters and digits, and no name that another page has."
        ));
    }
    if draft.document.top(&key).is_some() {
        return refused(format!("There is a {key} already."));
    }
    let value = start(family.spec.kind, "")?;
    draft
        .document
        .set(&Path::key(&key), value)
        .map_err(|error| DraftError::Refused(error.to_string()))
}

/// What a new entry begins with.
fn start(kind: ValueKind, word: &str) -> Result<Value, DraftError> {
    Ok(match kind {
        ValueKind::Object(object) => Value::Map(starts(object.0)),
        ValueKind::Tagged(variants) => {
            let Some(Variant { word, fields, .. }) =
                variants.iter().find(|variant| variant.word == word)
            else {
                return refused(format!("There is no {word}."));
            };
            Value::List(vec![Value::from(*word), Value::Map(starts(fields))])
        }
        ValueKind::List(_) => Value::List(Vec::new()),
        ValueKind::Mapping(_) => Value::Map(Map::new()),
        _ => Value::Null,
    })
}

/// The values with which the fields of a new object begin.
pub(super) fn starts(object: &ObjectSpec) -> Map {
    object.fields().filter_map(|field| Some((MapKey::from(field.name), (field.setup?)()))).collect()
}

/// The path in a form field.
pub fn path_from(text: &str) -> Option<Path> {
    let path: Path = serde_json::from_str(text).ok()?;
    let bounded = path.steps().len() <= config_model::path::DEPTH_MAX;
    let named = matches!(path.steps().first(), Some(Step::Field(_)));
    (bounded && named).then_some(path)
}
