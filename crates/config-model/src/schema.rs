//! `docs/reference/config.schema.json`: everything that is declared, for editors of `config.yaml`.
//!
//! An editor that is given this schema completes names and explains them. The schema refuses
//! nothing that [`crate::rule::check`] accepts: what a type takes is found out by asking it.

mod shape;

use crate::field::FieldSpec;
use crate::sections::{Family, SECTIONS};
use crate::value::{MapKey, Value};
use serde_json::{Value as Json, json};
use shape::shape;

/// The members of a JSON object, in order.
type Members = serde_json::Map<String, Json>;

/// The whole schema, in JSON Schema 2020-12.
pub fn json_schema() -> Json {
    let keys = || SECTIONS.iter().flat_map(|section| section.keys).copied();
    let families = SECTIONS.iter().filter_map(|section| section.family);
    let properties: Members =
        keys().map(|key| (key.name.to_owned(), described(key, true))).collect();
    let patterns: Members =
        families.map(|family| (pattern(family), described(family.spec, true))).collect();
    let required: Vec<&str> = keys().filter(|key| is_needed(key)).map(|key| key.name).collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "config.schema.json",
        "title": "config.yaml of Quay",
        "description": "The configuration of a Quay registry, as far as quay-console knows it. \
                        Null is the same as nothing written. Keys that are not described are kept.",
        "type": "object",
        "properties": properties,
        "patternProperties": patterns,
        "required": required,
        "additionalProperties": true,
    })
}

/// A field: what it takes, and what is known of it besides.
///
/// Only where nothing else has to be so first, a field is `asked` for what it requires.
fn described(field: &FieldSpec, asked: bool) -> Json {
    let mut members = Members::new();
    for (name, text) in [("title", field.label.to_owned()), ("description", explained(field))] {
        if !text.is_empty() {
            members.insert(name.to_owned(), text.into());
        }
    }
    let takes = |value: &Value| (field.check)(value).is_ok();
    members.extend(shape(field.kind, &takes, asked && field.when.is_none()));
    if let Some(default) = field.default {
        members.insert("default".to_owned(), to_json(&default()));
    }
    for (name, holds) in
        [("writeOnly", field.secret), ("deprecated", field.legacy), ("x-internal", field.internal)]
    {
        if holds {
            members.insert(name.to_owned(), true.into());
        }
    }
    Json::Object(members)
}

/// The help, the unit, and when the field matters.
fn explained(field: &FieldSpec) -> String {
    let mut sentences = vec![field.help()];
    if !field.unit.is_empty() {
        sentences.push(format!("In {}.", field.unit));
    }
    if let Some(condition) = field.when {
        let words = condition.one_of.join(" or ");
        sentences.push(format!("It matters while {} is {words}.", condition.field.name));
    }
    sentences.retain(|sentence| !sentence.is_empty());
    sentences.join(" ")
}

/// Whether a configuration without the field is wrong, whatever else is in it.
fn is_needed(field: &FieldSpec) -> bool {
    let asked = field.required && field.when.is_none() && field.default.is_none();
    // What an object lacks is said of its fields.
    let inner = field.kind.object().filter(|object| !object.is_opaque());
    asked && inner.is_none_or(|object| object.fields().any(is_needed))
}

/// The pattern of a family's names, those left out that are declared by themselves.
fn pattern(family: &Family) -> String {
    let ending = family.ending;
    let keys = SECTIONS.iter().flat_map(|section| section.keys);
    let declared: Vec<&str> = keys.filter_map(|key| key.name.strip_suffix(ending)).collect();
    if declared.is_empty() {
        format!("^.+{ending}$")
    } else {
        format!("^(?!(?:{}){ending}$).+{ending}$", declared.join("|"))
    }
}

/// A value as JSON; what JSON has no form for becomes text.
pub fn to_json(value: &Value) -> Json {
    match value {
        Value::Null | Value::Hidden => Json::Null,
        Value::Bool(on) => (*on).into(),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => whole.into(),
            (None, Some(decimal)) if decimal.is_finite() => decimal.into(),
            _ => number.as_str().into(),
        },
        Value::Text(text) => text.as_str().into(),
        Value::Other(other) => other.text.as_str().into(),
        Value::List(items) => items.iter().map(to_json).collect(),
        Value::Map(map) => {
            let members = map.iter().map(|(name, value)| {
                let (MapKey::Text(name) | MapKey::Plain(name)) = name;
                (name.clone(), to_json(value))
            });
            Json::Object(members.collect())
        }
    }
}
