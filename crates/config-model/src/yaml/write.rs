//! From a [`Document`] to text that `PyYAML` reads back as the very same values.

use super::scalar::{self, Kind};
use crate::document::Document;
use crate::value::{Map, MapKey, Other, Value};
use saphyr_parser::ScalarStyle;
use std::fmt::Write as _;

/// The whole configuration in block style; the same document gives the same bytes.
pub fn write(document: &Document) -> String {
    write_top(document.entries())
}

/// What [`write()`] makes of these entries.
pub(super) fn write_top(entries: &Map) -> String {
    let mut text = String::new();
    if entries.is_empty() {
        text.push_str("{}\n");
    }
    write_map(&mut text, entries, 0);
    text
}

/// One value on one line, as documentation and forms show it.
pub fn write_inline(value: &Value) -> String {
    on_one_line(value, quoted)
}

/// One value on one line, as it may stand between the brackets of a flow collection.
pub(super) fn write_flow(value: &Value) -> String {
    on_one_line(value, flow_quoted)
}

/// One entry of a flow mapping.
pub(super) fn write_flow_entry(key: &MapKey, value: &Value) -> String {
    format!("{}: {}", key_text(key, flow_quoted), write_flow(value))
}

fn on_one_line(value: &Value, quote: fn(&str) -> String) -> String {
    match value {
        Value::List(items) => {
            let items: Vec<String> = items.iter().map(|item| on_one_line(item, quote)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Map(map) => {
            let entries: Vec<String> = map
                .iter()
                .map(|(key, value)| {
                    format!("{}: {}", key_text(key, quote), on_one_line(value, quote))
                })
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
        scalar => scalar_text(scalar, quote),
    }
}

fn write_map(text: &mut String, map: &Map, indent: usize) {
    for (key, value) in map {
        write_entry(text, key, value, indent);
    }
}

/// One entry of a block mapping, on lines of its own.
pub(super) fn write_entry(text: &mut String, key: &MapKey, value: &Value, indent: usize) {
    text.push_str(&" ".repeat(indent));
    text.push_str(&key_text(key, quoted));
    text.push(':');
    write_below(text, value, indent);
}

/// What follows a key's colon, or the dash of an item that is no mapping.
pub(super) fn write_below(text: &mut String, value: &Value, indent: usize) {
    match value {
        Value::Map(map) if !map.is_empty() => {
            text.push('\n');
            write_map(text, map, indent + 2);
        }
        Value::List(items) if !items.is_empty() => {
            text.push('\n');
            for item in items {
                write_item(text, item, indent + 2);
            }
        }
        scalar => {
            text.push(' ');
            text.push_str(&scalar_text(scalar, quoted));
            text.push('\n');
        }
    }
}

/// One item of a block list, on lines of its own.
pub(super) fn write_item(text: &mut String, item: &Value, indent: usize) {
    text.push_str(&" ".repeat(indent));
    text.push('-');
    write_behind_dash(text, item, indent);
}

/// What follows an item's dash.
pub(super) fn write_behind_dash(text: &mut String, item: &Value, indent: usize) {
    match item {
        // The first entry of a mapping stands on the dash's own line.
        Value::Map(map) if !map.is_empty() => {
            let mut block = String::new();
            write_map(&mut block, map, indent + 2);
            text.push(' ');
            text.push_str(&block[indent + 2..]);
        }
        other => write_below(text, other, indent),
    }
}

/// A value without parts, in the quotes of `style` where it can be written in them.
pub(super) fn write_styled(value: &Value, style: ScalarStyle) -> String {
    match (value, style) {
        (Value::Text(text), ScalarStyle::SingleQuoted) if fits_single_quotes(text) => {
            single_quoted(text)
        }
        (Value::Text(text), ScalarStyle::DoubleQuoted) => double_quoted(text),
        _ => scalar_text(value, quoted),
    }
}

/// Text of several lines as a block with `|`, its last break left out.
///
/// `None` when it has only one line, or would not be read back as it was.
pub(super) fn write_literal(text: &str, indent: usize) -> Option<String> {
    let (mark, body) = text.strip_suffix('\n').map_or(("|-", text), |body| ("|", body));
    let readable = |line: &str| {
        line.chars().all(|letter| letter == ' ' || is_readable(letter))
            && (line.is_empty() || !line.trim().is_empty())
    };
    let fits = text.contains('\n')
        && !body.starts_with([' ', '\n'])
        && !body.is_empty()
        && !body.ends_with('\n')
        && body.split('\n').all(readable);
    fits.then(|| {
        let mut block = mark.to_owned();
        for line in body.split('\n') {
            block.push('\n');
            if !line.is_empty() {
                block.push_str(&" ".repeat(indent));
                block.push_str(line);
            }
        }
        block
    })
}

fn scalar_text(value: &Value, quote: fn(&str) -> String) -> String {
    match value {
        Value::Null | Value::Hidden => "null".to_owned(),
        Value::Bool(on) => on.to_string(),
        Value::Number(number) => number.as_str().to_owned(),
        Value::Text(text) => quote(text),
        Value::Other(Other { tag: None, text }) => text.clone(),
        Value::Other(Other { tag: Some(tag), text }) => format!("{tag} {}", double_quoted(text)),
        Value::List(_) => "[]".to_owned(),
        Value::Map(_) => "{}".to_owned(),
    }
}

fn key_text(key: &MapKey, quote: fn(&str) -> String) -> String {
    match key {
        MapKey::Text(text) => quote(text),
        MapKey::Plain(text) => text.clone(),
    }
}

/// Text in the plainest style that reads back as the same text.
fn quoted(text: &str) -> String {
    if is_plain(text) {
        text.to_owned()
    } else if fits_single_quotes(text) {
        single_quoted(text)
    } else {
        double_quoted(text)
    }
}

/// The same between brackets, where a comma ends plain text and a colon may.
fn flow_quoted(text: &str) -> String {
    if is_plain(text) && text.contains([',', ':']) { single_quoted(text) } else { quoted(text) }
}

fn fits_single_quotes(text: &str) -> bool {
    text.chars().all(|letter| letter == ' ' || is_readable(letter))
}

fn single_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Whether text may stand without quotes; stricter than YAML, so that a person sees no riddle.
fn is_plain(text: &str) -> bool {
    let first = text
        .chars()
        .next()
        .is_some_and(|first| first.is_ascii_alphanumeric() || "/_.".contains(first));
    let inner = text
        .chars()
        .all(|letter| letter.is_ascii_alphanumeric() || "/_.@+,:;=()~ -•".contains(letter));
    first
        && inner
        && !text.contains(": ")
        && !text.ends_with([':', ' '])
        && !text.starts_with("...")
        && scalar::resolve(text) == Kind::Text
}

/// Letters that may stand in a file as they are; a blank is not among them.
fn is_readable(letter: char) -> bool {
    letter.is_ascii_graphic() || is_printable(letter)
}

/// Letters beyond ASCII that `PyYAML` reads literally and that do not look like nothing.
fn is_printable(letter: char) -> bool {
    let code = u32::from(letter);
    (0xA1..=0xD7FF).contains(&code)
        && !matches!(code, 0xAD | 0x2000..=0x200F | 0x2028..=0x202F | 0x205F..=0x206F)
        || (0xE000..=0xFFFD).contains(&code) && code != 0xFEFF
        || (0x1_0000..=0x10_FFFF).contains(&code)
}

fn double_quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            letter if letter == ' ' || is_readable(letter) => out.push(letter),
            letter if u32::from(letter) <= 0xFFFF => {
                let _ = write!(out, "\\u{:04X}", u32::from(letter));
            }
            letter => {
                let _ = write!(out, "\\U{:08X}", u32::from(letter));
            }
        }
    }
    out.push('"');
    out
}
