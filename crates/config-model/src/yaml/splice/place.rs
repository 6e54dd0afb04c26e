//! A new value in the place of an old one.

use super::changes::{Place, Splicer};
use super::tree::{Kind, Node};
use crate::value::Value;
use crate::yaml::write;
use saphyr_parser::ScalarStyle;
use std::borrow::Cow;

impl<'s, 't> Splicer<'s, 't> {
    /// Writes `target` where `node` stands; an anchor stays, a tag goes.
    pub(super) fn replace(&mut self, place: Place, node: &Node, target: &'t Value) {
        self.forget(node);
        let mut anchor = String::new();
        if let Some(found) = node.anchor {
            anchor.push_str(self.source.between(found.start, found.end));
            anchor.push(' ');
            self.anchors.insert(found.id, Some(Cow::Borrowed(target)));
        }
        match place {
            Place::Top => {
                let text = self.top(node, target);
                self.edits.push(node.content, node.end, text);
            }
            Place::Block { below, column, dash } => {
                if let Some(text) = self.on_line(node, below, column, target) {
                    self.put_on_line(below, node, &anchor, &text);
                } else {
                    let text = block(&anchor, target, column, dash);
                    self.put_below(below, node, &text);
                }
            }
            Place::Flow { colon } => {
                let lead = match (node.start == node.end, colon) {
                    (true, true) => " ",
                    (true, false) => ": ",
                    (false, _) => "",
                };
                let text = between_brackets(node, target);
                self.edits.push(node.start, node.end, format!("{lead}{anchor}{text}"));
            }
            Place::Nowhere => self.stuck = true,
        }
    }

    /// A whole document, without its last break.
    fn top(&self, node: &Node, target: &Value) -> String {
        match (&node.kind, target) {
            (Kind::Map(parts), Value::Map(entries)) if !parts.is_filled_flow() => {
                let mut text = write::write_top(entries);
                text.truncate(text.trim_end().len());
                text.replace('\n', self.line_break)
            }
            _ => write::write_flow(target),
        }
    }

    /// The text of a value that can follow a colon or dash in its line, `None` for a block.
    fn on_line(&self, node: &Node, below: usize, column: usize, target: &Value) -> Option<String> {
        match target {
            Value::Map(_) | Value::List(_) if !target.is_blank() => {
                is_filled_flow(node).then(|| write::write_flow(target))
            }
            // The last line of such a block needs its break, and a comment would be text in it.
            Value::Text(text)
                if style(node) == ScalarStyle::Literal
                    && node.end < self.source.0.len()
                    && !self.is_apart(below, node) =>
            {
                let block = write::write_literal(text, column + 2);
                block.or_else(|| Some(write::write_styled(target, ScalarStyle::Plain)))
            }
            _ => Some(write::write_styled(target, style(node))),
        }
    }

    /// Whether a value stands on another line than its colon or dash.
    fn is_apart(&self, below: usize, node: &Node) -> bool {
        self.source.between(below, node.start).contains(['\n', '\r'])
    }

    fn put_on_line(&mut self, below: usize, node: &Node, anchor: &str, text: &str) {
        let gap = self.source.between(below, node.start);
        let comment = self.comment(node);
        let text = match text.split_once('\n') {
            Some((head, lines)) => format!("{anchor}{head}{comment}\n{lines}"),
            None => format!("{anchor}{text}{comment}"),
        };
        let text = text.replace('\n', self.line_break);
        if self.is_apart(below, node) {
            // Comments in between stay, now behind the value.
            self.edits.push(below, node.end, format!(" {text}{}", gap.trim_end()));
        } else if gap.is_empty() {
            self.edits.push(node.start, node.end, format!(" {text}"));
        } else {
            self.edits.push(node.start, node.end, text);
        }
    }

    /// Puts the first line of a block behind the colon or dash, and the others under that line.
    fn put_below(&mut self, below: usize, node: &Node, text: &str) {
        let (head, lines) = text.split_once('\n').unwrap_or((text, ""));
        let gap = self.source.between(below, node.start).trim_end();
        let comment = self.comment(node);
        self.edits.push(below, node.end, format!("{head}{gap}{comment}"));
        let lines = lines.strip_suffix('\n').unwrap_or(lines);
        if !lines.is_empty() {
            let lines = lines.replace('\n', self.line_break);
            let at = self.source.line_end(node.end);
            self.edits.push(at, at, format!("{}{lines}", self.line_break));
        }
    }

    /// The comment behind the sign of a text block, with the blanks before it.
    fn comment(&self, node: &Node) -> &'s str {
        if !matches!(style(node), ScalarStyle::Literal | ScalarStyle::Folded) {
            return "";
        }
        let line = self.source.between(node.content, self.source.line_end(node.content));
        line.find([' ', '\t']).map_or("", |at| &line[at..]).trim_end()
    }
}

/// What follows a colon or dash when a value is written as a block.
fn block(anchor: &str, target: &Value, column: usize, dash: bool) -> String {
    let mut text = String::new();
    if anchor.is_empty() && dash {
        write::write_behind_dash(&mut text, target, column);
    } else if anchor.is_empty() {
        write::write_below(&mut text, target, column);
    } else {
        // On the dash's line the anchor would be that of the first key.
        text.push(' ');
        text.push_str(anchor.trim_end());
        write::write_below(&mut text, target, column);
    }
    text
}

/// A value for the inside of a flow collection, in the quotes that are there.
fn between_brackets(node: &Node, target: &Value) -> String {
    let style = style(node);
    let quoted = matches!(style, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted);
    if quoted && matches!(target, Value::Text(_)) {
        write::write_styled(target, style)
    } else {
        write::write_flow(target)
    }
}

fn is_filled_flow(node: &Node) -> bool {
    matches!(&node.kind, Kind::List(parts) | Kind::Map(parts) if parts.is_filled_flow())
}

fn style(node: &Node) -> ScalarStyle {
    match node.kind {
        Kind::Scalar { style, .. } => style,
        Kind::Alias(_) | Kind::List(_) | Kind::Map(_) => ScalarStyle::Plain,
    }
}
