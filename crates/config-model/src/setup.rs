//! A new configuration: what the removed tool called a set-up session.

use crate::document::Document;
use crate::field::FieldSpec;
use crate::path::Path;
use crate::sections::SECTIONS;
use crate::value::{ObjectSpec, Value};

/// Secrets made for a new configuration; this crate has no randomness of its own.
pub struct Generated {
    /// For `SECRET_KEY`: signs sessions and tokens.
    pub secret_key: String,
    /// For `DATABASE_SECRET_KEY`: encrypts what the database must keep secret.
    pub database_secret_key: String,
}

/// A configuration with every default filled in and nothing an administrator must decide.
pub fn new_document(generated: &Generated) -> Document {
    let mut document = Document::default();
    for key in SECTIONS.iter().flat_map(|section| section.keys) {
        fill(&mut document, key, &Path::key(key.name));
    }
    for (name, secret) in [
        ("SECRET_KEY", &generated.secret_key),
        ("DATABASE_SECRET_KEY", &generated.database_secret_key),
    ] {
        put(&mut document, &Path::key(name), Value::Text(secret.clone()));
    }
    document
}

fn fill(document: &mut Document, field: &FieldSpec, path: &Path) {
    if let Some(setup) = field.setup {
        put(document, path, setup());
    }
    for field in field.kind.object().into_iter().flat_map(ObjectSpec::fields) {
        fill(document, field, &path.field(field.name));
    }
}

fn put(document: &mut Document, path: &Path, value: Value) {
    let placed = document.set(path, value);
    debug_assert!(placed.is_ok(), "a declared path can be made: {placed:?}");
}
