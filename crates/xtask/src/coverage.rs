//! Compares what is declared with what Quay knows: everything in its configuration has a field.

use crate::root;
use config_model::field::FieldSpec;
use config_model::sections::{SECTIONS, field_of};
use config_model::storage::{by_driver, engines::ENGINES};
use config_model::value::{ObjectKind, ValueKind};
use config_model::yaml;
use std::collections::BTreeSet;
use std::fmt;
use std::fs;

/// What Quay knows; the file itself says how it is written.
const KEYS: &str = "crates/config-model/tests/facts/keys.txt";

/// How much of what Quay knows is declared.
#[derive(Debug, Default)]
pub(crate) struct Coverage {
    paths: Share,
    keys: Share,
    engines: Share,
    /// What is not, by the names Quay has for it.
    pub(crate) missing: Vec<String>,
}

/// So many of so many.
#[derive(Clone, Copy, Debug, Default)]
struct Share {
    known: usize,
    all: usize,
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.known, self.all)
    }
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { paths, keys, engines, .. } = self;
        write!(
            f,
            "form-tier paths with a field {paths}, top-level keys known {keys}, engines {engines}"
        )
    }
}

/// Compares the declarations with the list.
pub(crate) fn coverage() -> Result<Coverage, String> {
    let text = fs::read_to_string(root().join(KEYS))
        .map_err(|error| format!("could not read {KEYS}: {error}"))?;
    compare(&text, &declared())
}

fn compare(list: &str, declared: &BTreeSet<String>) -> Result<Coverage, String> {
    let mut coverage = Coverage::default();
    let mut keys = BTreeSet::new();
    for line in list.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let fields: Vec<&str> = line.split('\t').collect();
        match fields.as_slice() {
            [path, "form", sample @ ..] => {
                keys.insert(key_of(path));
                let known = match sample.first() {
                    Some(sample) => takes(&key_of(path), sample),
                    None => declared.contains(&common(path)),
                };
                count(&mut coverage.paths, &mut coverage.missing, path, known);
            }
            [path, "internal"] => {
                keys.insert(key_of(path));
            }
            [driver, "engine"] => {
                let known = by_driver(driver).is_some();
                count(&mut coverage.engines, &mut coverage.missing, driver, known);
            }
            _ => return Err(format!("{KEYS}: this line has another form: {line}")),
        }
    }
    for key in keys {
        let known = field_of(&key).is_some();
        count(&mut coverage.keys, &mut coverage.missing, &key, known);
    }
    Ok(coverage)
}

fn count(share: &mut Share, missing: &mut Vec<String>, name: &str, known: bool) {
    share.all += 1;
    share.known += usize::from(known);
    if !known && !missing.iter().any(|other| other == name) {
        missing.push(name.to_owned());
    }
}

/// Whether a key takes a value, which is given as YAML.
fn takes(key: &str, sample: &str) -> bool {
    let Ok(document) = yaml::read(&format!("key: {sample}")) else { return false };
    let value = document.top("key");
    field_of(key).zip(value).is_some_and(|(field, value)| (field.check)(value).is_ok())
}

/// A path without the marks that tell several shapes apart.
fn without_shapes(path: &str) -> String {
    let mut pieces = path.split("<oneOf:");
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |text, piece| text + piece.split_once('>').map_or("", |(_, rest)| rest))
}

/// The top-level key of a path.
fn key_of(path: &str) -> String {
    without_shapes(path).split(['.', '[']).next().unwrap_or_default().to_owned()
}

/// A path in the one notation that both sides are brought to: `*` for every name and every item.
fn common(path: &str) -> String {
    let path = without_shapes(path).replace("[]", ".*");
    let mut steps = path.split('.');
    let key = steps.next().unwrap_or_default().to_owned();
    steps.fold(key, |text, step| {
        match step.strip_prefix('<').and_then(|step| step.split_once('>')) {
            Some((_, rest)) => format!("{text}.*{rest}"),
            None => format!("{text}.{step}"),
        }
    })
}

/// The path of every declared field, in that notation.
fn declared() -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    for section in SECTIONS {
        let family = section.family.map(|family| family.spec);
        for field in section.keys.iter().copied().chain(family) {
            add(field.name.to_owned(), field, &mut paths);
        }
    }
    paths
}

fn add(path: String, field: &FieldSpec, paths: &mut BTreeSet<String>) {
    add_inner(&path, field.kind, paths);
    paths.insert(path);
}

/// Adds what is inside a value of `kind` that stands at `path`.
fn add_inner(path: &str, kind: ValueKind, paths: &mut BTreeSet<String>) {
    match kind {
        ValueKind::Object(object) => {
            for field in object.0.fields() {
                add(format!("{path}.{}", field.name), field, paths);
            }
        }
        ValueKind::Tagged(variants) => {
            for variant in variants {
                let arguments = ValueKind::Object(ObjectKind(variant.fields));
                add_inner(&format!("{path}[1]"), arguments, paths);
            }
        }
        ValueKind::List(item) => add_each(path, *item, paths),
        ValueKind::Mapping(entry) => add_each(path, entry.0.kind, paths),
        ValueKind::Engines => add_each(path, ValueKind::Tagged(ENGINES), paths),
        _ => {}
    }
}

fn add_each(path: &str, kind: ValueKind, paths: &mut BTreeSet<String>) {
    let path = format!("{path}.*");
    add_inner(&path, kind, paths);
    paths.insert(path);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_are_brought_to_one_notation() {
        for (path, key, wanted) in [
            ("MAIL_PORT", "MAIL_PORT", "MAIL_PORT"),
            ("BRANDING.logo", "BRANDING", "BRANDING.logo"),
            ("TAG_EXPIRATION_OPTIONS[]", "TAG_EXPIRATION_OPTIONS", "TAG_EXPIRATION_OPTIONS.*"),
            ("STORES.<id>[1].port", "STORES", "STORES.*[1].port"),
            ("BUILDERS[1].PLACES[].NAME", "BUILDERS", "BUILDERS[1].PLACES.*.NAME"),
            ("BUILDERS[1].*.NAME", "BUILDERS", "BUILDERS[1].*.NAME"),
            ("<PROVIDER>_LOGIN.ID", "<PROVIDER>_LOGIN", "<PROVIDER>_LOGIN.ID"),
            ("NAMES<oneOf:1>.<any><oneOf:0>", "NAMES", "NAMES.*"),
        ] {
            assert_eq!((key_of(path).as_str(), common(path).as_str()), (key, wanted), "{path}");
        }
    }

    #[test]
    fn what_is_not_declared_is_named() {
        let list = "# a comment\nMAIL_PORT\tform\nMAIL_PORT.x\tform\nNO_KEY.x\tinternal\n\
                    NO_KEY.y\tinternal\nTRACKED_NAMESPACES<oneOf:1>\tform\t{a: [b]}\n\
                    MAIL_SERVER<oneOf:0>\tform\t[]\nS3Storage\tengine\nNoStorage\tengine\n";
        let found = compare(list, &declared()).unwrap();
        assert_eq!(
            found.to_string(),
            "form-tier paths with a field 2/4, top-level keys known 3/4, engines 1/2"
        );
        assert_eq!(found.missing, ["MAIL_PORT.x", "MAIL_SERVER<oneOf:0>", "NoStorage", "NO_KEY"]);
        assert!(compare("MAIL_PORT\n", &declared()).is_err());
    }
}
