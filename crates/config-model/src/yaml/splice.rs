//! A text changed as little as possible, so that other values are read from it.
//!
//! A file that an administrator wrote has comments, an order, quotes and indentation that say more
//! than the values do. [`splice()`] keeps every byte of what has not changed. These are its rules:
//!
//! - A value that changes is replaced where it stands. Text stays in the quotes it was in. A flow
//!   collection stays one unless it was empty. The comment behind a value stays.
//! - A new key comes behind the last one of its mapping, in the mapping's indentation; a new item
//!   behind the item before it. Comments under the last entry that are indented deeper belong to
//!   it. Others stay at the end of the mapping or file, below what is new, and so does `...`.
//! - What is removed goes with its own lines, a comment behind it and deeper ones under it. A
//!   comment above it stays. A mapping or list that loses its last part becomes `{}` or `[]`.
//! - Lines that are added end as the first line does. A last line without a break gets one only
//!   when something comes behind it.
//! - An anchor stays at a value that changes. An alias stays while it means what is wanted there;
//!   otherwise the value takes its place. What is merged with `<<` and differs is overridden by a
//!   key; if it should not be there at all, the mapping gets its keys instead of the `<<`.
//!
//! Whatever is made in this way is read again. If it is not what was wanted, entries of the top
//! level are written anew as a whole, and if that fails too, so is the file.

mod align;
mod anchors;
mod block;
mod changes;
mod edits;
mod flow;
mod place;
mod rewrite;
mod source;
mod survey;
#[cfg(test)]
mod tests;
mod tree;

use super::indent::Indented;
use super::read::read;
use super::write::{write, write_top};
use crate::document::Document;
use crate::value::Value;
use source::Source;
use tree::{Kind, Node};

/// What may stand before everything else in a file.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// The text of `source` changed as little as possible so that `PyYAML` reads `target` from it.
///
/// The order of keys does not count: keys stay where they are. A source that cannot be read gives
/// what [`write()`] gives.
pub fn splice(source: &str, target: &Document) -> String {
    let Ok(old) = read(source) else { return write(target) };
    if old == *target {
        return source.to_owned();
    }
    let text = source.strip_prefix(BYTE_ORDER_MARK).unwrap_or(source);
    let mark = &source[..source.len() - text.len()];
    let indented = Indented::new(text);
    let text = indented.text.as_ref();
    let checked = |changed: Option<String>| {
        let whole = format!("{mark}{}", indented.undo(&changed?));
        read(&whole).is_ok_and(|found| found == *target).then_some(whole)
    };
    let spliced = match survey::survey(text).filter(is_map) {
        Some(root) => {
            let was = Value::Map(old.entries().clone());
            let wanted = Value::Map(target.entries().clone());
            checked(changes::change(text, &root, &was, &wanted))
                .or_else(|| checked(rewrite::rewrite(text, &root, old.entries(), target.entries())))
        }
        None => checked(Some(append(text, target))),
    };
    spliced.unwrap_or_else(|| write(target))
}

fn is_map(node: &Node) -> bool {
    matches!(node.kind, Kind::Map(_))
}

/// A text without values, such as comments only, with all values behind it.
fn append(text: &str, target: &Document) -> String {
    let source = Source(text);
    let between = if source.is_open() { source.line_break() } else { "" };
    let values = write_top(target.entries()).replace('\n', source.line_break());
    format!("{text}{between}{values}")
}
