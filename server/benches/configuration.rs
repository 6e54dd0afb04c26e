//! How long parsing, validating and writing a configuration with every key set takes.

use config_model::document::Document;
use config_model::path::Path;
use config_model::rule::{Subject, check};
use config_model::sections::SECTIONS;
use config_model::storage::engines::ENGINES;
use config_model::value::{Map, MapKey, ObjectSpec, Value};
use config_model::{certificate::Files, yaml};
use divan::Bencher;

fn main() {
    divan::main();
}

/// Every key with its default or its start, every object with every field, every engine.
fn full() -> Document {
    let mut document = Document::default();
    for key in SECTIONS.iter().flat_map(|section| section.keys) {
        let value = match key.kind.object() {
            Some(object) => Value::Map(fields(object)),
            None => key.setup.or(key.default).map_or_else(|| Value::from("value"), |value| value()),
        };
        document.set(&Path::key(key.name), value).expect("a top-level key can be set");
    }
    let engines = ENGINES.iter().map(|engine| {
        let args = Value::Map(fields(engine.fields));
        (MapKey::from(engine.word), Value::List(vec![Value::from(engine.word), args]))
    });
    let engines = Value::Map(engines.collect());
    document.set(&Path::key("DISTRIBUTED_STORAGE_CONFIG"), engines).expect("it can be set");
    document
}

fn fields(object: &ObjectSpec) -> Map {
    let entry = |field: &'static config_model::field::FieldSpec| {
        let value = match field.kind.object() {
            Some(object) => Value::Map(fields(object)),
            None => {
                field.setup.or(field.default).map_or_else(|| Value::from("value"), |value| value())
            }
        };
        (MapKey::from(field.name), value)
    };
    object.fields().map(entry).collect()
}

#[divan::bench]
fn parse(bencher: Bencher<'_, '_>) {
    let text = yaml::write(&full());
    bencher.bench(|| yaml::read(divan::black_box(&text)));
}

#[divan::bench]
fn validate(bencher: Bencher<'_, '_>) {
    let (document, files) = (full(), Files::new());
    bencher
        .bench(|| check(&Subject { document: divan::black_box(&document), files: &files, now: 0 }));
}

#[divan::bench]
fn write(bencher: Bencher<'_, '_>) {
    let document = full();
    bencher.bench(|| yaml::write(divan::black_box(&document)));
}
