//! Comparing two bundles: settings, files and text, without a secret in it.

use crate::archive::Bundle;
use app::pages::differences::{Comparison, DiffLine, FileDifference};
use config_model::change::differences;
use config_model::{mask, yaml};
use similar::{ChangeTag, TextDiff};
use std::collections::BTreeMap;

/// Lines around a change that are shown with it.
const CONTEXT_LINES: usize = 3;
/// Lines of text shown of one comparison.
const LINES_MAX: usize = 2_000;

/// What differs; texts that are no configurations differ in nothing that could be named.
pub fn compare(before: &Bundle, after: &Bundle) -> Comparison {
    let settings = match (yaml::read(&before.config), yaml::read(&after.config)) {
        (Ok(before), Ok(after)) => differences(&before, &after),
        _ => Vec::new(),
    };
    Comparison {
        settings,
        files: files(&before.files, &after.files),
        lines: lines(&before.config, &after.config),
    }
}

type Files = BTreeMap<String, Vec<u8>>;

fn files(before: &Files, after: &Files) -> Vec<(String, FileDifference)> {
    let kept = after.iter().filter_map(|(name, bytes)| match before.get(name) {
        None => Some((name.clone(), FileDifference::Added)),
        Some(old) if old != bytes => Some((name.clone(), FileDifference::Changed)),
        Some(_) => None,
    });
    let gone = before.keys().filter(|name| !after.contains_key(*name));
    kept.chain(gone.map(|name| (name.clone(), FileDifference::Removed))).collect()
}

/// The masked texts line by line; a secret that changed shows as a setting only.
fn lines(before: &str, after: &str) -> Vec<DiffLine> {
    let (Ok(before), Ok(after)) = (mask::mask(before), mask::mask(after)) else {
        return Vec::new();
    };
    let diff = TextDiff::from_lines(&before, &after);
    let mut lines = Vec::new();
    for (at, group) in diff.grouped_ops(CONTEXT_LINES).iter().enumerate() {
        if at > 0 {
            lines.push(DiffLine::Gap);
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let text = change.value().trim_end_matches(['\n', '\r']).to_owned();
            lines.push(match change.tag() {
                ChangeTag::Equal => DiffLine::Same(text),
                ChangeTag::Insert => DiffLine::Added(text),
                ChangeTag::Delete => DiffLine::Removed(text),
            });
        }
        if lines.len() > LINES_MAX {
            lines.truncate(LINES_MAX);
            lines.push(DiffLine::Gap);
            break;
        }
    }
    lines
}
