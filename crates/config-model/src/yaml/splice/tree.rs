//! A text as a tree: what stands where.

use crate::value::{MapKey, Value};
use saphyr_parser::ScalarStyle;

/// A value where it stands.
pub(super) struct Node {
    /// Where it begins, its anchor and tag included.
    pub(super) start: usize,
    pub(super) anchor: Option<Anchor>,
    /// Where it begins behind its anchor and tag.
    pub(super) content: usize,
    /// Where it ends; the break behind the last line of a block is not part of it.
    pub(super) end: usize,
    pub(super) kind: Kind,
}

/// A name such as `&base` and where it stands.
#[derive(Clone, Copy)]
pub(super) struct Anchor {
    pub(super) id: usize,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// What a node is.
pub(super) enum Kind {
    /// Nothing at all is a plain scalar too.
    Scalar {
        style: ScalarStyle,
        value: Value,
    },
    /// The number of the anchor that it repeats.
    Alias(usize),
    List(Parts),
    Map(Parts),
}

/// The entries of a mapping or the items of a list.
pub(super) struct Parts {
    pub(super) layout: Layout,
    pub(super) list: Vec<Part>,
}

/// How a collection is written.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Layout {
    /// On lines, by indentation.
    Block,
    /// Between brackets.
    Flow,
    /// A mapping of one entry between the brackets of a list: `[a: 1]`.
    Pair,
}

/// An entry of a mapping or an item of a list; it ends where its value does.
pub(super) struct Part {
    /// Where it begins, with its dash or question mark.
    pub(super) start: usize,
    pub(super) name: Name,
    /// What the anchor of the key stands for.
    pub(super) key_anchor: Option<(usize, Value)>,
    /// The place behind the dash or the colon, where there is one.
    pub(super) below: Option<usize>,
    pub(super) value: Node,
}

/// What a part is called.
pub(super) enum Name {
    /// Items have no name.
    Item,
    Key(MapKey),
    /// The merge key `<<`.
    Merge,
}

impl Parts {
    /// Whether it stands between brackets and has something in it.
    pub(super) fn is_filled_flow(&self) -> bool {
        self.layout == Layout::Flow && !self.list.is_empty()
    }
}
