//! A large number of configurations: good ones have no error, and each of many faults is an error
//! of the key it is in.

#[cfg(feature = "docs")]
#[path = "schema/refusals.rs"]
mod refusals;

use config_model::certificate::{FileContent, FileFacts, Files};
use config_model::document::Document;
use config_model::path::Path;
use config_model::rule::{Subject, check};
use config_model::yaml;
use std::collections::BTreeSet;

/// Whole configurations with nothing wrong; `clusters.yaml` says how one is written.
const GOOD: [&str; 5] = [
    include_str!("corpus/good/clusters.yaml"),
    include_str!("corpus/good/storage.yaml"),
    include_str!("corpus/good/login.yaml"),
    include_str!("corpus/good/features.yaml"),
    include_str!("corpus/good/operations.yaml"),
];
/// Faults, each put into one of the above; `essentials.yaml` says how one is written.
const FAULTY: [&str; 5] = [
    include_str!("corpus/faulty/essentials.yaml"),
    include_str!("corpus/faulty/storage.yaml"),
    include_str!("corpus/faulty/login.yaml"),
    include_str!("corpus/faulty/features.yaml"),
    include_str!("corpus/faulty/operations.yaml"),
];

/// Fewer would not say much.
const GOOD_MIN: usize = 40;
const FAULTY_MIN: usize = 150;

/// What begins a document.
const TITLE: &str = "--- ";
/// What names the files beside it.
const FILES: &str = "# files: ";

/// What a fault breaks besides: without TLS in the balancer Quay needs a certificate, without its
/// server a provider is none, and an invitation is a fault of both keys it depends on.
const CONSEQUENCES: [&str; 4] =
    ["ssl.cert", "ssl.key", "AUTHENTICATION_TYPE", "FEATURE_USER_CREATION"];

/// One document of a file.
struct Titled {
    title: &'static str,
    document: Document,
    /// The files beside it; nothing is known of them but that they are there.
    files: Files,
}

/// The documents of some files.
fn documents(texts: &[&'static str]) -> Vec<Titled> {
    let mut found: Vec<(&'static str, String)> = Vec::new();
    for line in texts.iter().flat_map(|text| text.lines()) {
        if let Some(title) = line.strip_prefix(TITLE) {
            found.push((title, String::new()));
        } else if let Some((_, body)) = found.last_mut() {
            body.push_str(line);
            body.push('\n');
        }
    }
    found.into_iter().map(|(title, body)| read(title, &body)).collect()
}

fn read(title: &'static str, body: &str) -> Titled {
    let named = body.lines().find_map(|line| line.strip_prefix(FILES)).unwrap_or_default();
    let facts = || FileFacts { bytes: 1000, content: FileContent::Other };
    let files = named.split_whitespace().map(|name| (name.to_owned(), facts())).collect();
    let document = yaml::read(body).unwrap_or_else(|error| panic!("{title}: {error}"));
    Titled { title, document, files }
}

/// The errors of a document, as `rule path`, and the keys they are about.
fn errors(document: &Document, files: &Files) -> (Vec<String>, BTreeSet<String>) {
    let report = check(&Subject { document, files, now: 0 });
    let named = report.errors().map(|found| format!("{} {}", found.rule, found.path)).collect();
    (named, report.errors().map(|found| found.key.clone()).collect())
}

/// A good document with the keys of `fault` written otherwise; null takes a key away.
fn with_fault(good: &Document, fault: &Document) -> Document {
    let mut document = good.clone();
    for (name, value) in fault.entries() {
        let key = Path::key(name.as_str().expect("the names of keys are text"));
        document.set(&key, value.clone()).expect("a top-level key can be set");
    }
    document
}

#[test]
fn good_configurations_have_no_error() {
    let good = documents(&GOOD);
    assert!(good.len() >= GOOD_MIN, "{}", good.len());
    let titles: BTreeSet<&str> = good.iter().map(|good| good.title).collect();
    assert_eq!(titles.len(), good.len(), "a title is there twice");
    let mut refused = Vec::new();
    for Titled { title, document, files } in &good {
        let (errors, _) = errors(document, files);
        if !errors.is_empty() {
            refused.push(format!("{title}: {errors:?}"));
        }
    }
    assert!(refused.is_empty(), "{refused:#?}");
}

#[test]
fn each_fault_is_an_error_of_the_key_it_is_in() {
    let (good, faults) = (documents(&GOOD), documents(&FAULTY));
    assert!(faults.len() >= FAULTY_MIN, "{}", faults.len());
    let mut missed = Vec::new();
    for Titled { title, document: fault, .. } in &faults {
        let mut parts = title.splitn(3, " / ");
        let (base, key) = (parts.next().unwrap(), parts.next().unwrap());
        let base = good.iter().find(|good| good.title == base);
        let base = base.unwrap_or_else(|| panic!("{title}: there is no such configuration"));
        let (errors, mut keys) = errors(&with_fault(&base.document, fault), &base.files);
        let found = keys.remove(key);
        if !found || keys.iter().any(|other| !CONSEQUENCES.contains(&other.as_str())) {
            missed.push(format!("{title}: {errors:?}"));
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
#[cfg(feature = "docs")]
fn the_schema_for_editors_takes_every_good_configuration() {
    use config_model::schema::{json_schema, to_json};
    use config_model::value::Value;
    let schema = json_schema();
    let mut refused = Vec::new();
    for Titled { title, document, .. } in documents(&GOOD) {
        let document = to_json(&Value::Map(document.entries().clone()));
        refused.extend(refusals::refusals(&schema, &document, title));
    }
    assert!(refused.is_empty(), "{refused:#?}");
}
