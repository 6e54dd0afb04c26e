//! From text to a [`Node`]: follows the tokenizer's events through the text.
//!
//! The tokenizer says exactly where plain scalars and aliases end and documents begin. What it says
//! of quotes, blocks and empty values includes blanks, comments or the next line, so those places
//! are found here, by walking on from the place before.

use super::source::Source;
use super::tree::{Anchor, Kind, Layout, Name, Node, Part, Parts};
use crate::value::{MapKey, Value};
use crate::yaml::read::{is_merge, key_of, scalar_value};
use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Span, StrInput};
use std::collections::HashMap;

/// Characters between two places whose bytes are kept.
const STRIDE: usize = 256;

/// The tree of a text that can be read; `None` when the text is empty or leads astray.
pub(super) fn survey(text: &str) -> Option<Node> {
    let mut survey = Survey {
        source: Source(text),
        stops: text.char_indices().step_by(STRIDE).map(|(at, _)| at).collect(),
        parser: Parser::new_from_str(text),
        at: 0,
        anchors: HashMap::new(),
    };
    loop {
        let (event, span) = survey.event()?;
        match event {
            Event::StreamStart | Event::Nothing => {}
            Event::DocumentStart(explicit) => {
                survey.at = survey.byte(if explicit { &span.end } else { &span.start });
            }
            Event::StreamEnd | Event::DocumentEnd => return None,
            event => return survey.node(event, &span, false),
        }
    }
}

struct Survey<'a> {
    source: Source<'a>,
    /// Where every so many characters begin, in bytes: the tokenizer counts characters.
    stops: Vec<usize>,
    parser: Parser<'a, StrInput<'a>>,
    /// The end of what has been seen.
    at: usize,
    /// Scalars with an anchor, for aliases that are keys.
    anchors: HashMap<usize, Value>,
}

impl<'a> Survey<'a> {
    fn event(&mut self) -> Option<(Event<'a>, Span)> {
        self.parser.next_event()?.ok()
    }

    fn byte(&self, marker: &Marker) -> usize {
        let end = self.source.0.len();
        let Some(stop) = self.stops.get(marker.index() / STRIDE) else { return end };
        let mut letters = self.source.after(*stop).char_indices();
        letters.nth(marker.index() % STRIDE).map_or(end, |(at, _)| stop + at)
    }

    fn starts_with(&self, sign: char) -> bool {
        self.source.after(self.at).starts_with(sign)
    }

    /// Whether a sign that takes a blank behind it stands here.
    fn starts_with_word(&self, sign: char) -> bool {
        self.source
            .after(self.at)
            .strip_prefix(sign)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\n', '\r']))
    }

    fn skip(&mut self) {
        self.at = self.source.skip(self.at);
    }

    /// Goes behind a sign, `None` when it does not stand here.
    fn take(&mut self, sign: char) -> Option<()> {
        if self.starts_with(sign) {
            self.at += sign.len_utf8();
            return Some(());
        }
        None
    }

    /// Goes on to the next part between brackets, or to the closing one.
    fn skip_comma(&mut self) {
        self.skip();
        if self.take(',').is_some() {
            self.skip();
        }
    }

    fn node(&mut self, event: Event<'a>, span: &Span, flow: bool) -> Option<Node> {
        let (id, properties) = match &event {
            Event::Scalar(_, _, id, tag)
            | Event::SequenceStart(id, tag)
            | Event::MappingStart(id, tag) => {
                (*id, usize::from(*id != 0) + usize::from(tag.is_some()))
            }
            _ => (0, 0),
        };
        let empty = matches!(&event, Event::Scalar(text, ScalarStyle::Plain, _, _)
            if text.is_empty());
        // What is empty stands right behind the sign before it.
        if properties > 0 || !empty {
            self.skip();
        }
        let start = self.at;
        let mut anchor = None;
        for _ in 0..properties {
            self.skip();
            let from = self.at;
            self.at += property(self.source.after(from))?;
            if self.source.after(from).starts_with('&') {
                anchor = Some(Anchor { id, start: from, end: self.at });
            }
        }
        if !empty {
            self.skip();
        }
        let content = self.at;
        let kind = self.kind(event, span, flow)?;
        Some(Node { start, anchor, content, end: self.at, kind })
    }

    /// What an event begins; goes on to its end.
    fn kind(&mut self, event: Event<'a>, span: &Span, flow: bool) -> Option<Kind> {
        match event {
            Event::Scalar(text, style, id, tag) => {
                // A plain = is a key here; as a value it would not have been read.
                let value = scalar_value(&text, style, tag.as_deref(), span)
                    .unwrap_or_else(|_| Value::Text(text.to_string()));
                self.at = self.scalar_end(&text, style, span)?;
                if id != 0 {
                    self.anchors.insert(id, value.clone());
                }
                Some(Kind::Scalar { style, value })
            }
            Event::Alias(id) => {
                self.at = self.byte(&span.end).max(self.at);
                Some(Kind::Alias(id))
            }
            Event::SequenceStart(..) => self.list().map(Kind::List),
            Event::MappingStart(..) => self.map(flow).map(Kind::Map),
            _ => None,
        }
    }

    fn list(&mut self) -> Option<Parts> {
        let layout = if self.take('[').is_some() { Layout::Flow } else { Layout::Block };
        let mut list = Vec::new();
        loop {
            let (event, span) = self.event()?;
            if event == Event::SequenceEnd {
                break;
            }
            let (start, below) = if layout == Layout::Flow {
                self.skip_comma();
                (self.at, None)
            } else {
                self.skip();
                self.take('-')?;
                (self.at - 1, Some(self.at))
            };
            let value = self.node(event, &span, layout == Layout::Flow)?;
            list.push(Part { start, name: Name::Item, key_anchor: None, below, value });
        }
        if layout == Layout::Flow {
            self.skip_comma();
            self.take(']')?;
        }
        Some(Parts { layout, list })
    }

    fn map(&mut self, flow: bool) -> Option<Parts> {
        let layout = match (self.take('{'), flow) {
            (Some(()), _) => Layout::Flow,
            (None, true) => Layout::Pair,
            (None, false) => Layout::Block,
        };
        let mut list = Vec::new();
        loop {
            let (event, span) = self.event()?;
            if event == Event::MappingEnd {
                break;
            }
            if layout == Layout::Flow {
                self.skip_comma();
            } else {
                self.skip();
            }
            list.push(self.entry(event, &span, layout != Layout::Block)?);
        }
        if layout == Layout::Flow {
            self.skip_comma();
            self.take('}')?;
        }
        Some(Parts { layout, list })
    }

    fn entry(&mut self, event: Event<'a>, span: &Span, flow: bool) -> Option<Part> {
        let start = self.at;
        if self.starts_with_word('?') {
            self.at += 1;
        }
        let merges = is_merge(&event);
        let key = self.node(event, span, flow)?;
        let name = if merges { Name::Merge } else { Name::Key(self.key(&key)?) };
        let key_anchor = match (key.anchor, key.kind) {
            (Some(anchor), Kind::Scalar { value, .. }) => Some((anchor.id, value)),
            _ => None,
        };
        let (event, span) = self.event()?;
        self.skip();
        let colon = if flow { self.starts_with(':') } else { self.starts_with_word(':') };
        // Without a colon there is no value, and the entry ends with its key.
        self.at = if colon { self.at + 1 } else { key.end };
        let below = colon.then_some(self.at);
        let value = self.node(event, &span, flow)?;
        Some(Part { start, name, key_anchor, below, value })
    }

    fn key(&self, node: &Node) -> Option<MapKey> {
        let value = match &node.kind {
            Kind::Scalar { value, .. } => value,
            Kind::Alias(id) => self.anchors.get(id)?,
            Kind::List(_) | Kind::Map(_) => return None,
        };
        key_of(value.clone()).ok()
    }

    /// Where the scalar that begins here ends.
    fn scalar_end(&self, text: &str, style: ScalarStyle, span: &Span) -> Option<usize> {
        let here = self.source.after(self.at);
        match style {
            ScalarStyle::Plain if text.is_empty() => Some(self.at),
            ScalarStyle::Plain => Some(self.byte(&span.end)).filter(|end| *end > self.at),
            ScalarStyle::SingleQuoted => Some(self.at + single_quotes(here)?),
            ScalarStyle::DoubleQuoted => Some(self.at + double_quotes(here)?),
            ScalarStyle::Literal | ScalarStyle::Folded => {
                here.starts_with(['|', '>']).then(|| self.block_end(self.byte(&span.end)))
            }
        }
    }

    /// Where the block that begins here ends: `stop` is behind the indentation of the next line.
    fn block_end(&self, stop: usize) -> usize {
        let head = self.source.line_end(self.at);
        let keeps = self
            .source
            .between(self.at, head)
            .split([' ', '\t'])
            .next()
            .is_some_and(|signs| signs.contains('+'));
        let mut end = stop.max(head);
        // The first step back is to the end of the last line; further ones are over blank lines,
        // which are part of the text only where it keeps them.
        let mut first = true;
        while end > head && (first || !keeps) {
            let Some(line) = self.source.own_line(end).filter(|line| *line > head) else { break };
            end = self.source.line_before(line);
            first = false;
        }
        end
    }
}

/// How long the anchor or tag is that a text begins with.
fn property(text: &str) -> Option<usize> {
    if text.starts_with("!<") {
        return Some(text.find('>')? + 1);
    }
    let ends = [' ', '\t', '\n', '\r', ',', '[', ']', '{', '}'];
    text.starts_with(['&', '!']).then(|| text.find(ends).unwrap_or(text.len()))
}

/// How long the text in single quotes is that a text begins with.
fn single_quotes(text: &str) -> Option<usize> {
    let mut letters = text.bytes().enumerate().skip(1);
    loop {
        let (at, letter) = letters.next()?;
        if letter == b'\'' {
            let doubled = text.as_bytes().get(at + 1) == Some(&b'\'');
            if !doubled {
                return Some(at + 1);
            }
            letters.next();
        }
    }
}

/// How long the text in double quotes is that a text begins with.
fn double_quotes(text: &str) -> Option<usize> {
    let mut letters = text.bytes().enumerate().skip(1);
    loop {
        match letters.next()? {
            (at, b'"') => return Some(at + 1),
            (_, b'\\') => letters.next(),
            _ => None,
        };
    }
}
