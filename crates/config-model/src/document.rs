//! The document being edited: an ordered mapping that keeps keys we do not know.

use crate::field::Key;
use crate::path::{Path, Step};
use crate::value::{Map, MapKey, ParseError, Parsed, Value};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A whole `config.yaml`.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Document(Map);

/// Why a value could not be put where it should go.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// A step of the path leads into something that has no such part.
    #[error("{path} does not exist: {found} stands where a mapping or list should")]
    NoSuchPlace {
        /// The place asked for.
        path: String,
        /// What is there instead.
        found: &'static str,
    },
    /// The path is empty or too deep.
    #[error("a path has 1 to {max} steps", max = crate::path::DEPTH_MAX)]
    BadPath,
}

impl Document {
    /// A document with these entries.
    pub fn new(entries: Map) -> Self {
        Self(entries)
    }

    /// The entries, in order.
    pub fn entries(&self) -> &Map {
        &self.0
    }

    /// The value at `path`, `None` when there is none.
    pub fn raw(&self, path: &Path) -> Option<&Value> {
        let (Step::Field(name), rest) = path.steps().split_first()? else { return None };
        let mut value = self.0.get(&MapKey::from(name.as_str()))?;
        for step in rest {
            value = match step {
                Step::Field(name) => value.entry(name)?,
                Step::Item(index) => value.as_list()?.get(*index)?,
            };
        }
        Some(value)
    }

    /// Whether the value at `path`, or one it lies in, is hidden.
    pub fn is_hidden_at(&self, path: &Path) -> bool {
        let mut at = Some(path.clone());
        while let Some(place) = at {
            match self.raw(&place) {
                Some(value) => return *value == Value::Hidden,
                None => at = place.parent(),
            }
        }
        false
    }

    /// The value of a top-level key; `null` counts as absent, as Quay's validator sees it.
    pub fn top(&self, name: &str) -> Option<&Value> {
        self.0.get(&MapKey::from(name)).filter(|value| !matches!(value, Value::Null))
    }

    /// The parsed value, `None` when the key is absent.
    pub fn get<T: Parsed>(&self, key: Key<T>) -> Result<Option<T>, ParseError> {
        self.top(key.name()).map(T::parse).transpose()
    }

    /// The parsed value, or Quay's default, `None` when there is neither or it does not parse.
    pub fn effective<T: Parsed>(&self, key: Key<T>) -> Option<T> {
        match self.top(key.name()) {
            Some(value) => T::parse(value).ok(),
            None => key.spec().default.and_then(|default| T::parse(&default()).ok()),
        }
    }

    /// A field of the object that stands at a key, `None` when absent or unreadable.
    pub fn inside<O, T: Parsed>(&self, object: Key<O>, field: Key<T>) -> Option<T> {
        match self.top(object.name()).and_then(|value| value.entry(field.name())) {
            Some(value) => T::parse(value).ok(),
            None => field.spec().default.and_then(|default| T::parse(&default()).ok()),
        }
    }

    /// Puts `value` at `path`, making the mappings on the way; replaces what was there.
    pub fn set(&mut self, path: &Path, value: Value) -> Result<(), EditError> {
        let Some((Step::Field(name), rest)) = path.steps().split_first() else {
            return Err(EditError::BadPath);
        };
        if path.steps().len() > crate::path::DEPTH_MAX {
            return Err(EditError::BadPath);
        }
        let mut place = self.0.entry(MapKey::from(name.as_str())).or_insert(Value::Null);
        for step in rest {
            let found = place.shape();
            place = step_into(place, step)
                .ok_or_else(|| EditError::NoSuchPlace { path: path.to_string(), found })?;
        }
        *place = value;
        Ok(())
    }

    /// Takes away what stands at `path`, and the mappings that this leaves empty.
    pub fn remove(&mut self, path: &Path) -> Option<Value> {
        let (last, _) = path.steps().split_last()?;
        let removed = match (path.parent(), last) {
            (None, Step::Field(name)) => self.0.shift_remove(&MapKey::from(name.as_str())),
            (None, Step::Item(_)) => None,
            (Some(parent), step) => {
                let holder = self.raw_mut(&parent)?;
                match (holder, step) {
                    (Value::Map(map), Step::Field(name)) => {
                        map.shift_remove(&MapKey::from(name.as_str()))
                    }
                    (Value::List(items), Step::Item(index)) if *index < items.len() => {
                        Some(items.remove(*index))
                    }
                    _ => None,
                }
            }
        };
        if let Some(parent) = path.parent()
            && self
                .raw(&parent)
                .is_some_and(|value| matches!(value, Value::Map(map) if map.is_empty()))
            && !matches!(parent.steps().last(), Some(Step::Item(_)))
        {
            self.remove(&parent);
        }
        removed
    }

    fn raw_mut(&mut self, path: &Path) -> Option<&mut Value> {
        let (Step::Field(name), rest) = path.steps().split_first()? else { return None };
        let mut value = self.0.get_mut(&MapKey::from(name.as_str()))?;
        for step in rest {
            value = match (value, step) {
                (Value::Map(map), Step::Field(name)) => {
                    map.get_mut(&MapKey::from(name.as_str()))?
                }
                (Value::List(items), Step::Item(index)) => items.get_mut(*index)?,
                _ => return None,
            };
        }
        Some(value)
    }
}

/// The place one step below, made when a mapping or the next item of a list is missing.
fn step_into<'a>(place: &'a mut Value, step: &Step) -> Option<&'a mut Value> {
    if matches!(place, Value::Null) {
        *place = match step {
            Step::Field(_) => Value::Map(Map::new()),
            Step::Item(_) => Value::List(Vec::new()),
        };
    }
    match (place, step) {
        (Value::Map(map), Step::Field(name)) => {
            Some(map.entry(MapKey::from(name.as_str())).or_insert(Value::Null))
        }
        (Value::List(items), Step::Item(index)) => {
            if *index == items.len() {
                items.push(Value::Null);
            }
            items.get_mut(*index)
        }
        _ => None,
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Document({} keys)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_can_be_read_and_removed() {
        let mut document = Document::default();
        let port = Path::key("BUILDLOGS_REDIS").field("port");
        document.set(&port, Value::from(6379)).unwrap();
        assert_eq!(document.raw(&port), Some(&Value::from(6379)));
        document.remove(&port);
        assert!(document.entries().is_empty(), "an empty mapping is refused by Quay's schema");
    }

    #[test]
    fn a_scalar_is_not_stepped_into() {
        let mut document = Document::default();
        document.set(&Path::key("A"), Value::from("text")).unwrap();
        let error = document.set(&Path::key("A").field("b"), Value::from(1)).unwrap_err();
        insta::assert_snapshot!(error, @"A.b does not exist: text stands where a mapping or list should");
    }

    #[test]
    fn items_may_be_appended_but_not_skipped() {
        let mut document = Document::default();
        let list = Path::key("SUPER_USERS");
        document.set(&list.item(0), Value::from("a")).unwrap();
        document.set(&list.item(1), Value::from("b")).unwrap();
        assert!(document.set(&list.item(5), Value::from("c")).is_err());
    }
}
