//! From text to a [`Document`].

use super::indent::Indented;
use super::scalar::{self, Kind};
use crate::document::Document;
use crate::path::{DEPTH_MAX, Path, Step};
use crate::value::{Map, MapKey, Number, Other, Value};
use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Span, StrInput, Tag};
use std::borrow::Cow;
use std::collections::HashMap;

/// A configuration is a few kilobytes; more than this is not one.
pub const BYTES_MAX: usize = 4 * 1024 * 1024;
/// Values after aliases are followed; keeps a small file from growing without bound.
pub const NODES_MAX: usize = 100_000;
/// So many bytes of a text count as one value.
const NODE_BYTES: usize = 64;
/// The longest name; a longer one can only be written in a way that nobody expects.
const KEY_CHARS_MAX: usize = 1000;

/// Why a text is not a configuration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {what}")]
pub struct YamlError {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
    /// What is wrong there and how to mend it; never a value of the file.
    pub what: String,
}

impl YamlError {
    fn at(marker: &Marker, what: impl Into<String>) -> Self {
        Self { line: marker.line(), column: marker.col() + 1, what: what.into() }
    }

    fn start(what: impl Into<String>) -> Self {
        Self { line: 1, column: 1, what: what.into() }
    }
}

/// Reads a configuration; an empty text is an empty one.
pub fn read(text: &str) -> Result<Document, YamlError> {
    if text.len() > BYTES_MAX {
        return Err(YamlError::start(
            "the file is larger than 4 MiB; it is not a Quay configuration",
        ));
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if let Some(error) = unreadable(text) {
        return Err(error);
    }
    let first = read_as_it_is(text);
    if first.is_ok() {
        return first;
    }
    let indented = Indented::new(text);
    match indented.text {
        Cow::Borrowed(_) => first,
        Cow::Owned(text) => read_as_it_is(&text),
    }
}

fn read_as_it_is(text: &str) -> Result<Document, YamlError> {
    Reader::new(text).document()
}

/// The keys that stand in their mapping a second time, each with its line from 1.
///
/// `PyYAML` takes the last of them without a word. What `<<` brings does not count.
pub fn twice(text: &str) -> Vec<(Path, usize)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let indented = Indented::new(text);
    let mut reader = Reader::new(&indented.text);
    // A text that cannot be read is looked at up to its fault.
    let _ = reader.document();
    reader.twice
}

struct Reader<'a> {
    parser: Parser<'a, StrInput<'a>>,
    anchors: HashMap<usize, (Value, usize)>,
    nodes: usize,
    /// Where the value being read stands.
    at: Vec<Step>,
    twice: Vec<(Path, usize)>,
}

type Next<'a> = (Event<'a>, Span);

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            parser: Parser::new_from_str(text),
            anchors: HashMap::new(),
            nodes: 0,
            at: Vec::new(),
            twice: Vec::new(),
        }
    }

    fn next(&mut self) -> Result<Next<'a>, YamlError> {
        match self.parser.next_event() {
            Some(Ok(event)) => Ok(event),
            Some(Err(error)) => Err(scan_error(&error)),
            None => Err(YamlError::start("the file ends too early")),
        }
    }

    fn document(&mut self) -> Result<Document, YamlError> {
        let mut found = None;
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::StreamEnd => break,
                Event::DocumentStart(_) if found.is_some() => {
                    return Err(YamlError::at(
                        &span.start,
                        "a second document begins here; Quay reads exactly one, so remove this --- line",
                    ));
                }
                Event::StreamStart
                | Event::DocumentStart(_)
                | Event::DocumentEnd
                | Event::Nothing => {}
                event => {
                    let start = span.start;
                    let value = self.value(event, &span, 0)?;
                    found = Some(match value {
                        Value::Map(entries) => Document::new(entries),
                        Value::Null => Document::default(),
                        other => {
                            let what = format!(
                                "the file must be a mapping of keys to values, and this is {}; write lines such as SERVER_HOSTNAME: quay.example.com",
                                other.shape()
                            );
                            return Err(YamlError::at(&start, what));
                        }
                    });
                }
            }
        }
        Ok(found.unwrap_or_default())
    }

    /// Counts what a value costs, aliases followed.
    fn spend(&mut self, nodes: usize, span: &Span) -> Result<(), YamlError> {
        self.nodes = self.nodes.saturating_add(nodes);
        if self.nodes > NODES_MAX {
            let what = format!(
                "more than {NODES_MAX} values once aliases are followed; it is not a Quay configuration"
            );
            return Err(YamlError::at(&span.start, what));
        }
        Ok(())
    }

    fn value(&mut self, event: Event<'a>, span: &Span, depth: usize) -> Result<Value, YamlError> {
        if depth > DEPTH_MAX {
            return Err(YamlError::at(&span.start, format!("more than {DEPTH_MAX} levels deep")));
        }
        let before = self.nodes;
        // A long text counts as many values, or aliases to it would grow without bound.
        let text = if let Event::Scalar(text, ..) = &event { text.len() / NODE_BYTES } else { 0 };
        self.spend(1 + text, span)?;
        let (value, anchor) = match event {
            Event::Scalar(text, style, anchor, tag) => {
                (scalar_value(&text, style, tag.as_deref(), span)?, anchor)
            }
            Event::SequenceStart(anchor, tag) => {
                known_tag(tag.as_deref(), "seq", span)?;
                (self.sequence(depth)?, anchor)
            }
            Event::MappingStart(anchor, tag) => {
                known_tag(tag.as_deref(), "map", span)?;
                (self.mapping(span, depth)?, anchor)
            }
            Event::Alias(anchor) => {
                let none = || YamlError::at(&span.start, "this alias has no anchor before it");
                let cost = self.anchors.get(&anchor).ok_or_else(none)?.1;
                self.spend(cost, span)?;
                return self.anchors.get(&anchor).map(|(value, _)| value.clone()).ok_or_else(none);
            }
            _ => return Err(YamlError::at(&span.start, "a value is missing here")),
        };
        if anchor != 0 {
            self.anchors.insert(anchor, (value.clone(), self.nodes - before));
        }
        Ok(value)
    }

    fn sequence(&mut self, depth: usize) -> Result<Value, YamlError> {
        let mut items = Vec::new();
        loop {
            let (event, span) = self.next()?;
            if event == Event::SequenceEnd {
                return Ok(Value::List(items));
            }
            self.at.push(Step::Item(items.len()));
            items.push(self.value(event, &span, depth + 1)?);
            self.at.pop();
        }
    }

    fn mapping(&mut self, start: &Span, depth: usize) -> Result<Value, YamlError> {
        let mut entries = Map::new();
        let mut merged: Vec<Map> = Vec::new();
        loop {
            let (event, span) = self.next()?;
            if event == Event::MappingEnd {
                break;
            }
            let line = span.start.line();
            let key = self.key(event, &span, depth)?;
            let (event, span) = self.next()?;
            let name = key.as_ref().and_then(MapKey::as_str).unwrap_or_default();
            self.at.push(Step::Field(name.to_owned()));
            let value = self.value(event, &span, depth + 1)?;
            match key {
                Some(key) => {
                    if entries.insert(key, value).is_some() {
                        self.twice.extend(Path::of(&self.at).map(|path| (path, line)));
                    }
                }
                None => merged.extend(merge_sources(value).ok_or_else(|| {
                    YamlError::at(&span.start, "<< takes a mapping or a list of mappings")
                })?),
            }
            self.at.pop();
        }
        for source in &merged {
            self.spend(source.len(), start)?;
        }
        Ok(Value::Map(merge(entries, merged)))
    }

    /// The key, or `None` for the merge key `<<`.
    fn key(
        &mut self,
        event: Event<'a>,
        span: &Span,
        depth: usize,
    ) -> Result<Option<MapKey>, YamlError> {
        if is_merge(&event) {
            return Ok(None);
        }
        if let Event::Scalar(text, ScalarStyle::Plain, _, None) = &event
            && scalar::resolve(text) == Kind::Default
        {
            return Ok(Some(MapKey::Text(text.to_string())));
        }
        // A key counts as a level too: keys inside keys have no end otherwise.
        let value = self.value(event, span, depth + 1)?;
        if value.as_str().is_some_and(|name| written_chars(name) > KEY_CHARS_MAX) {
            let what =
                format!("a name of more than {KEY_CHARS_MAX} characters; write a shorter one");
            return Err(YamlError::at(&span.start, what));
        }
        key_of(value).map(Some).map_err(|shape| {
            YamlError::at(&span.start, format!("{shape} cannot be the name of a key; write a word"))
        })
    }
}

/// How long a name may become when it is written with escapes.
fn written_chars(name: &str) -> usize {
    name.chars().map(|letter| if letter.is_ascii_graphic() || letter == ' ' { 1 } else { 10 }).sum()
}

/// Whether `PyYAML` takes the letter in a file at all.
fn is_readable(letter: char) -> bool {
    matches!(letter, '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{fffd}' | '\u{10000}'..)
}

/// The first letter that stops `PyYAML`, a control character for instance.
fn unreadable(text: &str) -> Option<YamlError> {
    let at = text.find(|letter| !is_readable(letter))?;
    let line = text[..at].matches('\n').count() + 1;
    let column = text[..at].rsplit('\n').next().map_or(0, |before| before.chars().count()) + 1;
    let letter = text[at..].chars().next().map_or(0, u32::from);
    let what = format!(
        "the character U+{letter:04X} stops Quay's reader; remove it, or write it as an escape in double quotes"
    );
    Some(YamlError { line, column, what })
}

/// Whether a key is the merge key `<<`.
pub(super) fn is_merge(event: &Event<'_>) -> bool {
    matches!(event, Event::Scalar(text, ScalarStyle::Plain, _, None)
        if scalar::resolve(text) == Kind::Merge)
}

/// The key that a value is, or the word for what it is instead.
pub(super) fn key_of(value: Value) -> Result<MapKey, &'static str> {
    match value {
        Value::Text(text) => Ok(MapKey::Text(text)),
        Value::Bool(on) => Ok(MapKey::Plain(on.to_string())),
        Value::Null => Ok(MapKey::Plain("null".to_owned())),
        Value::Number(number) => Ok(MapKey::Plain(number.0)),
        Value::Other(Other { tag: None, text }) => Ok(MapKey::Plain(text)),
        other => Err(other.shape()),
    }
}

/// The mappings that `<<` takes, the weakest first; `None` when the value is anything else.
pub(super) fn merge_sources(value: Value) -> Option<Vec<Map>> {
    let sources = match value {
        Value::List(items) => items,
        one => vec![one],
    };
    sources
        .into_iter()
        .rev()
        .map(|source| match source {
            Value::Map(map) => Some(map),
            _ => None,
        })
        .collect()
}

/// A mapping with what it merges: as `PyYAML` does it, that comes first, and what comes later wins.
pub(super) fn merge(entries: Map, sources: Vec<Map>) -> Map {
    if sources.is_empty() {
        return entries;
    }
    let mut all = Map::new();
    for source in sources {
        all.extend(source);
    }
    all.extend(entries);
    all
}

/// The short form of a tag, such as `!!binary`.
fn short(tag: &Tag) -> String {
    match tag.handle.as_str() {
        "tag:yaml.org,2002:" => format!("!!{}", tag.suffix),
        handle => format!("{handle}{}", tag.suffix),
    }
}

fn known_tag(tag: Option<&Tag>, expected: &str, span: &Span) -> Result<(), YamlError> {
    match tag.map(short) {
        None => Ok(()),
        Some(tag) if tag == format!("!!{expected}") || tag == "!" => Ok(()),
        Some(tag) => Err(refused(&tag, span)),
    }
}

fn refused(tag: &str, span: &Span) -> YamlError {
    YamlError::at(
        &span.start,
        format!("the tag {tag} means nothing to Quay's reader, which stops here; remove it"),
    )
}

/// What a scalar stands for, by its text, its quotes and its tag.
pub(super) fn scalar_value(
    text: &str,
    style: ScalarStyle,
    tag: Option<&Tag>,
    span: &Span,
) -> Result<Value, YamlError> {
    let owned = || text.to_owned();
    match tag.map(short).as_deref() {
        None if style == ScalarStyle::Plain => Ok(match scalar::resolve(text) {
            Kind::Null => Value::Null,
            Kind::Bool(on) => Value::Bool(on),
            Kind::Number => Value::Number(Number(owned())),
            Kind::Timestamp => Value::Other(Other { tag: None, text: owned() }),
            Kind::Default => {
                return Err(YamlError::at(
                    &span.start,
                    "a bare = stops Quay's reader; put it in quotes",
                ));
            }
            Kind::Merge | Kind::Text => Value::Text(owned()),
        }),
        None | Some("!" | "!!str") => Ok(Value::Text(owned())),
        Some("!!null") => Ok(Value::Null),
        Some("!!bool") => match scalar::resolve(&text.to_ascii_lowercase()) {
            Kind::Bool(on) => Ok(Value::Bool(on)),
            _ => Err(YamlError::at(&span.start, "!!bool takes yes, no, true, false, on or off")),
        },
        Some(tag @ ("!!int" | "!!float" | "!!binary" | "!!timestamp")) => {
            Ok(Value::Other(Other { tag: Some(tag.to_owned()), text: owned() }))
        }
        Some(tag) => Err(refused(tag, span)),
    }
}

fn scan_error(error: &ScanError) -> YamlError {
    YamlError::at(error.marker(), format!("this is not YAML: {}", error.info()))
}
