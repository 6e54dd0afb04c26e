//! What a changed text looks like; each case is one file, one change and the whole file after it.

mod anchors;
mod blocks;
mod brackets;
mod whole;

use super::splice;
use crate::document::Document;
use crate::path::Path;
use crate::value::{Map, MapKey, Value};
use crate::yaml::read;

/// The path that `a.b.0` means; numbers are items.
fn path(text: &str) -> Path {
    let mut steps = text.split('.');
    let first = Path::key(steps.next().unwrap());
    steps.fold(first, |path, step| match step.parse() {
        Ok(index) => path.item(index),
        Err(_) => path.field(step),
    })
}

/// The text after a change of what it holds; it is read back, too.
fn changed(source: &str, change: impl FnOnce(&mut Document)) -> String {
    let mut target = read(source).unwrap();
    change(&mut target);
    let text = splice(source, &target);
    assert!(read(&text).is_ok_and(|found| found == target), "{source}\nbecame\n{text}");
    text
}

/// The text with a value at a path.
fn set(source: &str, at: &str, value: impl Into<Value>) -> String {
    changed(source, |document| document.set(&path(at), value.into()).unwrap())
}

/// The text without what stands at a path.
fn removed(source: &str, at: &str) -> String {
    changed(source, |document| {
        document.remove(&path(at)).unwrap();
    })
}

fn map<const N: usize>(entries: [(&str, Value); N]) -> Value {
    let entries = entries.into_iter().map(|(key, value)| (MapKey::from(key), value));
    Value::Map(entries.collect::<Map>())
}
