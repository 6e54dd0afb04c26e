//! What differs between two configurations, in words an administrator reads; no secret is in it.

use crate::document::Document;
use crate::field::Apply;
use crate::path::{Path, Step};
use crate::redact::redact;
use crate::sections::section_of;
use crate::value::{Map, Value};
use crate::walk::field_at;
use crate::yaml::write_inline;
use serde::{Deserialize, Serialize};

/// The longest text of a value that is shown.
const SHOWN_CHARS_MAX: usize = 200;

/// One place that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// The section it is edited in; empty for a key that no section has.
    pub section: String,
    /// Where.
    pub path: Path,
    /// What a person calls it.
    pub label: String,
    /// What stood there before.
    pub before: Side,
    /// What stands there after.
    pub after: Side,
    /// Whether all nodes have to be stopped for it.
    pub stop_all: bool,
}

/// One side of a difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Side {
    /// Nothing stands there.
    Absent,
    /// Something that must not be shown.
    Secret,
    /// The value on one line.
    Value(String),
}

/// Everything that differs, in the order of the second configuration, removals last.
pub fn differences(before: &Document, after: &Document) -> Vec<Difference> {
    let (shown_before, shown_after) = (redact(before), redact(after));
    let mut found = Vec::new();
    let comparison = Comparison { before, after };
    for name in names(before.entries(), after.entries()) {
        let path = Path::key(&name);
        let raw = (before.raw(&path), after.raw(&path));
        let shown = (shown_before.raw(&path), shown_after.raw(&path));
        comparison.compare(&path, raw, shown, &mut found);
    }
    found
}

/// The names in either mapping: those of the second first.
fn names(before: &Map, after: &Map) -> Vec<String> {
    let gone = before.keys().filter(|name| !after.contains_key(*name));
    after.keys().chain(gone).filter_map(|name| name.as_str().map(str::to_owned)).collect()
}

type Pair<'a> = (Option<&'a Value>, Option<&'a Value>);

struct Comparison<'a> {
    before: &'a Document,
    after: &'a Document,
}

impl Comparison<'_> {
    fn compare(&self, path: &Path, raw: Pair<'_>, shown: Pair<'_>, found: &mut Vec<Difference>) {
        if raw.0 == raw.1 {
            return;
        }
        if let Some((before, after)) = mappings(shown) {
            for name in names(before, after) {
                let entry =
                    |value: Option<&'_ Value>| value.and_then(|value| value.entry(&name)).cloned();
                let raw = (entry(raw.0), entry(raw.1));
                let shown = (entry(shown.0), entry(shown.1));
                self.compare(
                    &path.field(&name),
                    (raw.0.as_ref(), raw.1.as_ref()),
                    (shown.0.as_ref(), shown.1.as_ref()),
                    found,
                );
            }
            return;
        }
        if let (Some(Value::List(before)), Some(Value::List(after))) = shown
            && let (Some(Value::List(raw_before)), Some(Value::List(raw_after))) = raw
            && before.len() == after.len()
            && after.iter().any(|item| matches!(item, Value::Map(_) | Value::List(_)))
        {
            for (at, (raw, shown)) in
                raw_before.iter().zip(raw_after).zip(before.iter().zip(after)).enumerate()
            {
                let pair = |(before, after): (_, _)| (Some(before), Some(after));
                self.compare(&path.item(at), pair(raw), pair(shown), found);
            }
            return;
        }
        found.push(self.difference(path, shown));
    }

    fn difference(&self, path: &Path, shown: Pair<'_>) -> Difference {
        let (mut before, mut after) = (side(shown.0), side(shown.1));
        if before == after {
            // They differ where it does not show: in the password of an address, for instance.
            (before, after) = (Side::Secret, Side::Secret);
        }
        let field = field_at(self.after, path).or_else(|| field_at(self.before, path));
        let label = field.map(|field| field.label).filter(|label| !label.is_empty());
        Difference {
            section: section_of(path.root())
                .map(|section| section.id.to_owned())
                .unwrap_or_default(),
            label: label.map_or_else(|| last_name(path), str::to_owned),
            path: path.clone(),
            before,
            after,
            stop_all: self.stops_all(path),
        }
    }

    /// Whether a field on the way to `path` wants all nodes stopped.
    fn stops_all(&self, path: &Path) -> bool {
        let mut at = Some(path.clone());
        while let Some(place) = at {
            let field = field_at(self.after, &place).or_else(|| field_at(self.before, &place));
            if field.is_some_and(|field| field.apply == Apply::StopAll) {
                return true;
            }
            at = place.parent();
        }
        false
    }
}

/// Two mappings, or one and nothing, that are compared entry by entry.
fn mappings(shown: Pair<'_>) -> Option<(&Map, &Map)> {
    static NONE: std::sync::LazyLock<Map> = std::sync::LazyLock::new(Map::new);
    match shown {
        (Some(Value::Map(before)), Some(Value::Map(after))) => Some((before, after)),
        (Some(Value::Map(before)), None) if !before.is_empty() => Some((before, &NONE)),
        (None, Some(Value::Map(after))) if !after.is_empty() => Some((&NONE, after)),
        _ => None,
    }
}

fn side(shown: Option<&Value>) -> Side {
    match shown {
        None => Side::Absent,
        Some(value) if holds_hidden(value) => Side::Secret,
        Some(value) => {
            let text = write_inline(value);
            let more = text.chars().count() > SHOWN_CHARS_MAX;
            let mut text: String = text.chars().take(SHOWN_CHARS_MAX).collect();
            if more {
                text.push('…');
            }
            Side::Value(text)
        }
    }
}

fn holds_hidden(value: &Value) -> bool {
    match value {
        Value::Hidden => true,
        Value::List(items) => items.iter().any(holds_hidden),
        Value::Map(map) => map.values().any(holds_hidden),
        _ => false,
    }
}

fn last_name(path: &Path) -> String {
    match path.steps().last() {
        Some(Step::Field(name)) => name.clone(),
        _ => path.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml;

    fn found(before: &str, after: &str) -> Vec<String> {
        let side = |side: &Side| match side {
            Side::Absent => "nothing".to_owned(),
            Side::Secret => "a secret".to_owned(),
            Side::Value(text) => text.clone(),
        };
        differences(&yaml::read(before).unwrap(), &yaml::read(after).unwrap())
            .iter()
            .map(|found| {
                format!("{}: {} -> {}", found.path, side(&found.before), side(&found.after))
            })
            .collect()
    }

    #[test]
    fn each_place_is_named_once_and_by_itself() {
        assert_eq!(
            found(
                "MAIL_PORT: 25\nMAIL_SERVER: a\nBUILDLOGS_REDIS: {host: a, port: 1}\n",
                "BUILDLOGS_REDIS: {host: b, port: 1, db: 2}\nMAIL_PORT: 587\n",
            ),
            [
                "BUILDLOGS_REDIS.host: a -> b",
                "BUILDLOGS_REDIS.db: nothing -> 2",
                "MAIL_PORT: 25 -> 587",
                "MAIL_SERVER: a -> nothing",
            ]
        );
        assert!(found("A: {b: 1}", "A: {b: 1}").is_empty());
    }

    #[test]
    fn a_secret_is_only_said_to_have_changed() {
        assert_eq!(
            found(
                "SECRET_KEY: one\nDB_URI: postgresql://u:one@db/quay\nMY_OWN: {a: one}\n",
                "SECRET_KEY: two\nDB_URI: postgresql://u:two@db/quay\nMY_OWN: {a: two}\n",
            ),
            [
                "SECRET_KEY: a secret -> a secret",
                "DB_URI: a secret -> a secret",
                "MY_OWN: a secret -> a secret"
            ]
        );
    }

    #[test]
    fn an_argument_of_an_engine_stops_all_nodes() {
        let engine = |bucket: &str| {
            format!("DISTRIBUTED_STORAGE_CONFIG: {{a: [S3Storage, {{s3_bucket: {bucket}}}]}}")
        };
        let (before, after) = (engine("x"), engine("y"));
        let found = differences(&yaml::read(&before).unwrap(), &yaml::read(&after).unwrap());
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].path.to_string(), "DISTRIBUTED_STORAGE_CONFIG.a[1].s3_bucket");
        assert!(found[0].stop_all);
        assert_eq!(found[0].label, "Bucket");
    }
}
