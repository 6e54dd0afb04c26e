//! The schema for editors refuses nothing that we accept.
#![cfg(feature = "docs")]

#[path = "schema/refusals.rs"]
mod refusals;

use config_model::field::FieldSpec;
use config_model::schema::{json_schema, to_json};
use config_model::sections::SECTIONS;
use config_model::value::{Choice, Map, MapKey, Value, ValueKind};
use config_model::yaml;
use refusals::{member_schema, refusals};
use serde_json::Value as Json;

/// Texts that single types are about.
const TEXTS: &str = "a 1 80 0 0.5 30d 2w 60s 5m 10G 1MiB 512Mi 500m * true IPV6 ipv4 lax latest \
    https://example.com/ ldaps://example.com (a=b) dc=example a@example.com mailto:a@example.com \
    /path #2ca02c localhost quay.example.com:8443 sqlite:////quay.db acme+robot";

/// Values of every kind.
fn samples() -> Vec<Value> {
    let keys = SECTIONS.iter().flat_map(|section| section.keys);
    let words = keys.flat_map(|key| words(key.kind));
    let scalars = TEXTS.split(' ').chain([""]).chain(words.map(|choice| choice.value));
    let mut samples: Vec<Value> = scalars.map(Value::from).collect();
    samples.extend([true, false].map(Value::from));
    samples.extend([-1, 0, 1, 2, 3, 80, 587, 65_535, 65_536, 1_000_000].map(Value::from));
    samples.extend(["-1.5", "0.5", "1.5", "30.0"].into_iter().filter_map(Value::decimal));
    let lists: Vec<Value> =
        samples.iter().map(|sample| Value::List(vec![sample.clone()])).collect();
    samples.extend(lists);
    samples.push(Value::List(Vec::new()));
    samples.push(Value::List(vec![Value::from("memcached"), Value::from(11_211)]));
    samples.push(Value::Map(Map::new()));
    samples.push(Value::Map(Map::from_iter([(MapKey::from("a"), Value::from("b"))])));
    samples
}

/// The words of a choice, or of a list of them.
fn words(kind: ValueKind) -> &'static [Choice] {
    match kind {
        ValueKind::Choice(choices) => choices,
        ValueKind::List(item) => words(*item),
        _ => &[],
    }
}

/// Compares a field and those inside it with their schemas.
fn compare(field: &FieldSpec, schema: &Json, samples: &[Value], wrong: &mut Vec<String>) {
    if let ValueKind::Object(object) = field.kind {
        for inner in object.0.fields() {
            compare(inner, &schema["properties"][inner.name], samples, wrong);
        }
        return;
    }
    for sample in samples {
        // What is inside a mapping is looked at by itself.
        let whole = field.kind.is_structured() && sample.as_map().is_some();
        if !whole && (field.check)(sample).is_ok() {
            wrong.extend(refusals(schema, &to_json(sample), field.name));
        }
    }
    wrong.extend(refusals(schema, &Json::Null, field.name));
}

#[test]
fn what_a_field_takes_its_schema_takes() {
    let (schema, samples) = (json_schema(), samples());
    let mut wrong = Vec::new();
    for key in SECTIONS.iter().flat_map(|section| section.keys) {
        compare(key, &schema["properties"][key.name], &samples, &mut wrong);
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_default_is_valid() {
    fn look(schema: &Json, wrong: &mut Vec<String>) {
        if let (Some(default), false) = (schema.get("default"), schema["type"].is_null()) {
            wrong.extend(refusals(schema, default, schema["title"].as_str().unwrap_or_default()));
        }
        let members = schema.as_object().into_iter().flat_map(|members| members.values());
        let items = schema.as_array().into_iter().flatten();
        for part in members.chain(items) {
            look(part, wrong);
        }
    }
    let mut wrong = Vec::new();
    look(&json_schema(), &mut wrong);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_everybody_gets_wrong_is_not() {
    let schema = json_schema();
    for (fault, places) in [
        ("MAIL_PORT: smtp", 1),
        ("MAIL_PORT: 70000", 1),
        ("FEATURE_MAILING: 'yes'", 1),
        ("AUTHENTICATION_TYPE: ldap", 1),
        ("PREFERRED_URL_SCHEME: ftp", 1),
        ("SUPER_USERS: admin", 1),
        ("SSL_PROTOCOLS: [TLSv1]", 1),
        ("BUILDLOGS_REDIS: {port: 6379}", 1),
        ("KEYCLOAK_LOGIN_CONFIG: {CLIENT_ID: quay, CLIENT_SECRET: a, SERVICE_NAME: b}", 1),
        ("GITHUB_LOGIN_CONFIG: {CLIENT_ID: quay}", 0),
        ("DISTRIBUTED_STORAGE_CONFIG: {default: [NoStorage, {}]}", 1),
        ("DISTRIBUTED_STORAGE_CONFIG: {default: [LocalStorage, {storage_path: /a, port: 1}]}", 1),
        ("DISTRIBUTED_STORAGE_CONFIG: {default: [LocalStorage, {storage_path: /a}]}", 0),
        ("SITE_NOTE: {kept: true}", 0),
    ] {
        let document = to_json(&Value::Map(yaml::read(fault).unwrap().entries().clone()));
        let (name, value) = document.as_object().and_then(|keys| keys.iter().next()).unwrap();
        let found = refusals(member_schema(&schema, name), value, name);
        assert_eq!(found.len(), places, "{fault}: {found:?}");
    }
    let missing = refusals(&schema, &to_json(&Value::Map(Map::new())), "all");
    assert_eq!(missing.len(), schema["required"].as_array().unwrap().len());
    assert!(missing.len() >= 8, "{missing:?}");
}
