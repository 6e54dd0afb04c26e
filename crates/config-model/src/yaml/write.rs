//! From a [`Document`] to text that `PyYAML` reads back as the very same values.

use super::scalar::{self, Kind};
use crate::document::Document;
use crate::value::{Map, MapKey, Other, Value};
use std::fmt::Write as _;

/// The whole configuration in block style; the same document gives the same bytes.
pub fn write(document: &Document) -> String {
    let mut text = String::new();
    if document.entries().is_empty() {
        text.push_str("{}\n");
    }
    write_map(&mut text, document.entries(), 0);
    text
}

/// One value on one line, as documentation and forms show it.
pub fn write_inline(value: &Value) -> String {
    match value {
        Value::List(items) => {
            let items: Vec<String> = items.iter().map(write_inline).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Map(map) => {
            let entries: Vec<String> = map
                .iter()
                .map(|(key, value)| format!("{}: {}", key_text(key), write_inline(value)))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
        scalar => scalar_text(scalar),
    }
}

fn write_map(text: &mut String, map: &Map, indent: usize) {
    for (key, value) in map {
        text.push_str(&" ".repeat(indent));
        text.push_str(&key_text(key));
        text.push(':');
        write_below(text, value, indent);
    }
}

/// What follows a key's colon or an item's dash.
fn write_below(text: &mut String, value: &Value, indent: usize) {
    match value {
        Value::Map(map) if !map.is_empty() => {
            text.push('\n');
            write_map(text, map, indent + 2);
        }
        Value::List(items) if !items.is_empty() => {
            text.push('\n');
            write_list(text, items, indent + 2);
        }
        scalar => {
            text.push(' ');
            text.push_str(&scalar_text(scalar));
            text.push('\n');
        }
    }
}

fn write_list(text: &mut String, items: &[Value], indent: usize) {
    for item in items {
        text.push_str(&" ".repeat(indent));
        text.push('-');
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
}

fn scalar_text(value: &Value) -> String {
    match value {
        Value::Null | Value::Hidden => "null".to_owned(),
        Value::Bool(on) => on.to_string(),
        Value::Number(number) => number.as_str().to_owned(),
        Value::Text(text) => quoted(text),
        Value::Other(Other { tag: None, text }) => text.clone(),
        Value::Other(Other { tag: Some(tag), text }) => format!("{tag} {}", double_quoted(text)),
        Value::List(_) => "[]".to_owned(),
        Value::Map(_) => "{}".to_owned(),
    }
}

fn key_text(key: &MapKey) -> String {
    match key {
        MapKey::Text(text) => quoted(text),
        MapKey::Plain(text) => text.clone(),
    }
}

/// Text in the plainest style that reads back as the same text.
fn quoted(text: &str) -> String {
    if is_plain(text) {
        text.to_owned()
    } else if text
        .chars()
        .all(|letter| letter == ' ' || (letter.is_ascii_graphic() || is_printable(letter)))
    {
        format!("'{}'", text.replace('\'', "''"))
    } else {
        double_quoted(text)
    }
}

/// Whether text may stand without quotes; stricter than YAML, so that a person sees no riddle.
fn is_plain(text: &str) -> bool {
    let first = text
        .chars()
        .next()
        .is_some_and(|first| first.is_ascii_alphanumeric() || "/_.".contains(first));
    let inner = text
        .chars()
        .all(|letter| letter.is_ascii_alphanumeric() || "/_.@+,:;=()~ -".contains(letter));
    first
        && inner
        && !text.contains(": ")
        && !text.ends_with([':', ' '])
        && !text.starts_with("...")
        && scalar::resolve(text) == Kind::Text
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
            letter if letter == ' ' || letter.is_ascii_graphic() || is_printable(letter) => {
                out.push(letter);
            }
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
