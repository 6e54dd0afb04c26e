//! The coarser way: every top-level entry that differs is written anew.

use super::changes::COLUMN_MAX;
use super::edits::Edits;
use super::source::Source;
use super::tree::{Kind, Layout, Name, Node, Part};
use crate::value::{Map, MapKey};
use crate::yaml::write;
use std::collections::HashSet;

/// The text with each top-level entry written anew that differs, or that repeats what an anchor in
/// such an entry stood for; `None` when the top level is no block or merges something.
pub(super) fn rewrite(text: &str, root: &Node, old: &Map, target: &Map) -> Option<String> {
    let Kind::Map(parts) = &root.kind else { return None };
    if parts.layout != Layout::Block || target.is_empty() {
        return None;
    }
    let source = Source(text);
    let line_break = source.line_break();
    let column = source.column(parts.list.first()?.start);
    if column > COLUMN_MAX {
        return None;
    }
    let stale = stale_keys(&parts.list, old, target)?;
    let mut edits = Edits::default();
    let mut written: HashSet<&MapKey> = HashSet::new();
    let mut end = 0;
    let mut open = source.is_open();
    for part in &parts.list {
        let Name::Key(key) = &part.name else { return None };
        end = source.behind(part.value.end, column);
        if stale.contains(key) {
            let mut entry = String::new();
            if let Some(value) = target.get(key).filter(|_| written.insert(key)) {
                write::write_entry(&mut entry, key, value, column);
                open &= end < text.len();
            }
            edits.push(source.own_line(part.start)?, end, entry.replace('\n', line_break));
        }
    }
    let mut added = String::new();
    for (key, value) in target.iter().filter(|(key, _)| !old.contains_key(*key)) {
        write::write_entry(&mut added, key, value, column);
    }
    if open && end == text.len() && !added.is_empty() {
        added.insert(0, '\n');
    }
    edits.push(end, end, added.replace('\n', line_break));
    Some(edits.apply(text))
}

/// The keys whose entries cannot stay; `None` when there is a merge key among them.
fn stale_keys<'p>(parts: &'p [Part], old: &Map, target: &Map) -> Option<HashSet<&'p MapKey>> {
    let mut stale = HashSet::new();
    let mut gone = HashSet::new();
    for part in parts {
        let Name::Key(key) = &part.name else { return None };
        let same = old.get(key) == target.get(key);
        if !same || stale.contains(key) || repeats(&part.value, &gone) {
            stale.insert(key);
            collect_anchors(part, &mut gone);
        }
    }
    Some(stale)
}

/// Whether an alias in a node names one of these anchors.
fn repeats(node: &Node, gone: &HashSet<usize>) -> bool {
    match &node.kind {
        Kind::Scalar { .. } => false,
        Kind::Alias(id) => gone.contains(id),
        Kind::List(parts) | Kind::Map(parts) => {
            parts.list.iter().any(|part| repeats(&part.value, gone))
        }
    }
}

fn collect_anchors(part: &Part, anchors: &mut HashSet<usize>) {
    anchors.extend(part.key_anchor.as_ref().map(|(id, _)| *id));
    anchors.extend(part.value.anchor.map(|anchor| anchor.id));
    if let Kind::List(parts) | Kind::Map(parts) = &part.value.kind {
        for part in &parts.list {
            collect_anchors(part, anchors);
        }
    }
}
