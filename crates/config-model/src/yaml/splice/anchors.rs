//! What anchors stand for while a text is changed.
//!
//! An alias keeps its place only if what its anchor stands for after the changes is what is wanted
//! there. Anchors come before their aliases, so one walk from top to bottom is enough.

use super::changes::Splicer;
use super::tree::{Kind, Name, Node, Part, Parts};
use crate::value::{Map, Value};
use crate::yaml::read;
use std::borrow::Cow;

impl Splicer<'_, '_> {
    /// What an alias stands for, `None` when its anchor is gone.
    pub(super) fn known(&self, id: usize) -> Option<&Value> {
        self.anchors.get(&id)?.as_deref()
    }

    /// Takes note of the anchor of a key that stays.
    pub(super) fn know_key(&mut self, part: &Part) {
        if let Some((id, value)) = &part.key_anchor {
            self.anchors.insert(*id, Some(Cow::Owned(value.clone())));
        }
    }

    /// Takes note of the anchors in a part that stays as it is, and says what it stands for.
    pub(super) fn keep_part(&mut self, part: &Part) -> Option<Value> {
        self.know_key(part);
        self.keep(&part.value)
    }

    fn keep(&mut self, node: &Node) -> Option<Value> {
        let value = match &node.kind {
            Kind::Scalar { value, .. } => Some(value.clone()),
            Kind::Alias(id) => self.known(*id).cloned(),
            Kind::List(parts) => {
                let items: Vec<_> = parts.list.iter().map(|part| self.keep_part(part)).collect();
                items.into_iter().collect::<Option<Vec<_>>>().map(Value::List)
            }
            Kind::Map(parts) => self.keep_map(parts).map(Value::Map),
        };
        if let Some(anchor) = node.anchor {
            self.anchors.insert(anchor.id, value.clone().map(Cow::Owned));
        }
        value
    }

    fn keep_map(&mut self, parts: &Parts) -> Option<Map> {
        let values: Vec<_> = parts.list.iter().map(|part| self.keep_part(part)).collect();
        let mut entries = Map::new();
        let mut sources = Vec::new();
        for (part, value) in parts.list.iter().zip(values) {
            match &part.name {
                Name::Key(key) => {
                    entries.insert(key.clone(), value?);
                }
                Name::Merge => sources.extend(read::merge_sources(value?)?),
                Name::Item => return None,
            }
        }
        Some(read::merge(entries, sources))
    }

    /// Takes note that the anchors of a part are gone.
    pub(super) fn forget_part(&mut self, part: &Part) {
        if let Some((id, _)) = part.key_anchor {
            self.anchors.insert(id, None);
        }
        self.forget(&part.value);
    }

    /// Takes note that the anchors of a node are gone.
    pub(super) fn forget(&mut self, node: &Node) {
        if let Some(anchor) = node.anchor {
            self.anchors.insert(anchor.id, None);
        }
        if let Kind::List(parts) | Kind::Map(parts) = &node.kind {
            for part in &parts.list {
                self.forget_part(part);
            }
        }
    }
}
