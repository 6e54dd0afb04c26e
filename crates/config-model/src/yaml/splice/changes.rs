//! The walk over a text's tree and the values it should have, which finds what has to be edited.

use super::align::{Step, align};
use super::edits::Edits;
use super::source::Source;
use super::tree::{Kind, Layout, Name, Node, Part, Parts};
use crate::value::{Map, MapKey, Value};
use crate::yaml::read;
use crate::yaml::write;
use std::borrow::Cow;
use std::collections::HashMap;

/// No person indents deeper; every line that is added there would be as long.
pub(super) const COLUMN_MAX: usize = 200;

/// What stands before a value, which decides how it may be written.
#[derive(Clone, Copy)]
pub(super) enum Place {
    /// It is the whole document.
    Top,
    /// Behind the colon or dash of a block that is indented to a column.
    Block { below: usize, column: usize, dash: bool },
    /// Between brackets; a key may stand there without a colon.
    Flow { colon: bool },
    /// Behind a key of a block that has no colon.
    Nowhere,
}

/// The changes to one text, and what is known on the way through it.
pub(super) struct Splicer<'s, 't> {
    pub(super) source: Source<'s>,
    pub(super) edits: Edits,
    /// The break for new lines.
    pub(super) line_break: &'static str,
    /// Whether the last line has no break yet.
    pub(super) open: bool,
    /// What each anchor on the way stands for after the edits; `None` when it is gone.
    pub(super) anchors: HashMap<usize, Option<Cow<'t, Value>>>,
    /// Whether something was met that cannot be changed where it stands.
    pub(super) stuck: bool,
}

/// The text with each place changed that differs; `None` when that cannot be done place by place.
pub(super) fn change(text: &str, root: &Node, old: &Value, target: &Value) -> Option<String> {
    let source = Source(text);
    let mut splicer = Splicer {
        source,
        edits: Edits::default(),
        line_break: source.line_break(),
        open: source.is_open(),
        anchors: HashMap::new(),
        stuck: false,
    };
    splicer.compare(Place::Top, root, old, target);
    if splicer.stuck { None } else { Some(splicer.edits.apply(text)) }
}

impl<'t> Splicer<'_, 't> {
    /// Finds what to do for a node that was `old` and is to be `target`.
    fn compare(&mut self, place: Place, node: &Node, old: &Value, target: &'t Value) {
        if let Some(anchor) = node.anchor {
            self.anchors.insert(anchor.id, Some(Cow::Borrowed(target)));
        }
        match (&node.kind, target) {
            (Kind::Scalar { value, .. }, _) if value == target => {}
            (Kind::Alias(id), _) if self.known(*id) == Some(target) => {}
            (Kind::Map(parts), Value::Map(wanted)) => {
                let fits = parts.layout != Layout::Pair || is_pair_of(parts, wanted);
                if !fits || !self.map(parts, old, wanted) {
                    self.replace(place, node, target);
                }
            }
            (Kind::List(parts), Value::List(wanted)) => {
                if !self.list(parts, old, wanted) {
                    self.replace(place, node, target);
                }
            }
            _ => self.replace(place, node, target),
        }
    }

    /// The same for the value of a part, which is kept.
    fn compare_part(
        &mut self,
        (layout, column): (Layout, usize),
        part: &Part,
        old: &Value,
        target: &'t Value,
    ) {
        let dash = matches!(part.name, Name::Item);
        let place = match (layout, part.below) {
            (Layout::Block, Some(below)) => Place::Block { below, column, dash },
            (Layout::Block, None) => Place::Nowhere,
            (Layout::Flow | Layout::Pair, below) => Place::Flow { colon: dash || below.is_some() },
        };
        self.know_key(part);
        self.compare(place, &part.value, old, target);
    }

    /// Changes the entries of a mapping; `false` when it has to be written anew as a whole, and
    /// nothing in it has been changed then.
    fn map(&mut self, parts: &Parts, old: &Value, wanted: &'t Map) -> bool {
        let column = self.column(parts);
        let live = last_places(parts);
        let mut sources = Some(Vec::new());
        let mut kept = Vec::with_capacity(parts.list.len());
        for (index, part) in parts.list.iter().enumerate() {
            kept.push(match &part.name {
                Name::Key(key) => match wanted.get(key) {
                    Some(value) if live.get(key) == Some(&index) => {
                        let before = old.as_map().and_then(|old| old.get(key));
                        let site = (parts.layout, column);
                        self.compare_part(site, part, before.unwrap_or(&Value::Null), value);
                        true
                    }
                    // A key that comes again further down, and counts there.
                    Some(_) => self.keep_part(part).is_some(),
                    None => false,
                },
                Name::Merge => {
                    let found = self.keep_part(part).and_then(read::merge_sources);
                    sources = sources.zip(found).map(|(mut sources, found)| {
                        sources.extend(found);
                        sources
                    });
                    true
                }
                Name::Item => false,
            });
            if kept.last() == Some(&false) {
                self.forget_part(part);
            }
        }
        let inherited = sources
            .map(|sources| read::merge(Map::new(), sources))
            .filter(|inherited| inherited.keys().all(|key| wanted.contains_key(key)));
        if inherited.is_none() {
            self.drop_merges(parts, &mut kept);
        }
        let inherited = inherited.unwrap_or_default();
        let is_new = |key: &MapKey, value: &Value| {
            !live.contains_key(key) && inherited.get(key) != Some(value)
        };
        let added: Vec<(&MapKey, &Value)> =
            wanted.iter().filter(|(key, value)| is_new(key, value)).collect();
        if added.is_empty() && !kept.contains(&false) {
            return true;
        }
        if parts.layout == Layout::Pair || !kept.contains(&true) {
            return false;
        }
        self.remove_parts(parts, &kept, column);
        self.add_entries(parts, &kept, column, &added);
        true
    }

    /// Takes out what a mapping merges, because it would bring keys that are not wanted.
    fn drop_merges(&mut self, parts: &Parts, kept: &mut [bool]) {
        for (part, kept) in parts.list.iter().zip(kept) {
            if matches!(part.name, Name::Merge) {
                *kept = false;
                self.forget_part(part);
            }
        }
    }

    /// Changes the items of a list; `false` when it has to be written anew as a whole, and nothing
    /// in it has been changed then.
    fn list(&mut self, parts: &Parts, old: &Value, wanted: &'t [Value]) -> bool {
        let before = old.as_list().unwrap_or_default();
        if wanted.is_empty() || parts.list.is_empty() || before.len() != parts.list.len() {
            return wanted.is_empty() && parts.list.is_empty();
        }
        let column = self.column(parts);
        let mut kept = vec![false; before.len()];
        let mut added: Vec<(Option<usize>, Vec<&Value>)> = Vec::new();
        let mut behind = None;
        for step in align(before, wanted) {
            match step {
                Step::Keep(at, to) => {
                    kept[at] = true;
                    behind = Some(at);
                    let site = (parts.layout, column);
                    self.compare_part(site, &parts.list[at], &before[at], &wanted[to]);
                }
                Step::Remove(at) => self.forget_part(&parts.list[at]),
                Step::Add(to) => match added.last_mut() {
                    Some((place, items)) if *place == behind => items.push(&wanted[to]),
                    _ => added.push((behind, vec![&wanted[to]])),
                },
            }
        }
        self.remove_parts(parts, &kept, column);
        for (place, items) in added {
            self.add_items(parts, place, column, &items);
        }
        true
    }

    fn remove_parts(&mut self, parts: &Parts, kept: &[bool], column: usize) {
        if parts.layout == Layout::Block {
            self.remove_lines(&parts.list, kept, column);
        } else {
            self.remove_flow(&parts.list, kept);
        }
    }

    /// Adds entries behind the last one that stays.
    fn add_entries(
        &mut self,
        parts: &Parts,
        kept: &[bool],
        column: usize,
        added: &[(&MapKey, &Value)],
    ) {
        let behind = kept.iter().rposition(|kept| *kept);
        if added.is_empty() {
            return;
        }
        if parts.layout == Layout::Block {
            let mut text = String::new();
            for (key, value) in added {
                write::write_entry(&mut text, key, value, column);
            }
            self.add_lines(&parts.list, behind, column, &text);
        } else {
            let texts: Vec<String> =
                added.iter().map(|(key, value)| write::write_flow_entry(key, value)).collect();
            self.add_flow(&parts.list, behind, &texts);
        }
    }

    /// Adds items behind the one at `behind`, or before the first.
    fn add_items(&mut self, parts: &Parts, behind: Option<usize>, column: usize, added: &[&Value]) {
        if parts.layout == Layout::Block {
            let mut text = String::new();
            for item in added {
                write::write_item(&mut text, item, column);
            }
            self.add_lines(&parts.list, behind, column, &text);
        } else {
            let texts: Vec<String> = added.iter().map(|item| write::write_flow(item)).collect();
            self.add_flow(&parts.list, behind, &texts);
        }
    }

    /// The column that the parts of a block stand at.
    fn column(&mut self, parts: &Parts) -> usize {
        let column = match parts.list.first() {
            Some(first) if parts.layout == Layout::Block => self.source.column(first.start),
            _ => 0,
        };
        if column > COLUMN_MAX {
            self.stuck = true;
            return 0;
        }
        column
    }
}

/// Where each key stands for the last time, which is where it counts.
fn last_places(parts: &Parts) -> HashMap<&MapKey, usize> {
    let names = parts.list.iter().enumerate();
    names
        .filter_map(|(index, part)| match &part.name {
            Name::Key(key) => Some((key, index)),
            Name::Item | Name::Merge => None,
        })
        .collect()
}

/// Whether a mapping of one entry without brackets may hold `wanted` by another value in it.
fn is_pair_of(parts: &Parts, wanted: &Map) -> bool {
    match parts.list.first().map(|part| &part.name) {
        Some(Name::Key(key)) => wanted.len() == 1 && wanted.contains_key(key),
        _ => true,
    }
}
