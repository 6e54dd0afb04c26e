//! What may leave the server: the same document without the text of any secret.
//!
//! What this program does not know is hidden too, because it may be anything.

use crate::document::Document;
use crate::field::FieldSpec;
use crate::sections::field_of;
use crate::storage::engines::ENGINES;
use crate::value::{
    DatabaseUri, KEPT_PASSWORD, Map, MapKey, ObjectSpec, Value, ValueKind, Variant,
};

/// The document as a browser may see it.
pub fn redact(document: &Document) -> Document {
    let shown = document.entries().iter().map(|(key, value)| {
        let field = key.as_str().and_then(field_of);
        (key.clone(), redact_value(field, value))
    });
    Document::new(shown.collect())
}

fn redact_value(field: Option<&FieldSpec>, value: &Value) -> Value {
    if value.is_blank() {
        return value.clone();
    }
    let Some(field) = field else { return Value::Hidden };
    if field.secret && field.kind != ValueKind::DatabaseUri {
        return Value::Hidden;
    }
    redact_kind(field.kind, value)
}

fn redact_kind(kind: ValueKind, value: &Value) -> Value {
    match (kind, value) {
        (ValueKind::Secret, value) if !value.is_blank() => Value::Hidden,
        (_, Value::Text(text)) => Value::Text(mask(text)),
        (ValueKind::Object(object), Value::Map(map)) => redact_fields(object.0, map),
        (ValueKind::List(item), Value::List(items)) => {
            Value::List(items.iter().map(|value| redact_kind(*item, value)).collect())
        }
        // The other shape of a list that may be a mapping of names to lists.
        (ValueKind::List(item), Value::Map(map)) if !item.is_structured() => {
            redact_map(map, |value| redact_kind(kind, value))
        }
        (ValueKind::Mapping(entry), Value::Map(map)) => {
            redact_map(map, |value| redact_value(Some(entry.0), value))
        }
        (ValueKind::Engines, Value::Map(map)) => {
            redact_map(map, |engine| redact_kind(ValueKind::Tagged(ENGINES), engine))
        }
        (ValueKind::Tagged(variants), Value::List(items)) => redact_tagged(variants, items),
        (_, Value::List(items)) if items.iter().all(is_scalar) => {
            Value::List(items.iter().map(|item| redact_kind(kind, item)).collect())
        }
        (_, Value::List(_) | Value::Map(_)) => Value::Hidden,
        (_, scalar) => scalar.clone(),
    }
}

fn is_scalar(value: &Value) -> bool {
    !matches!(value, Value::List(_) | Value::Map(_))
}

fn redact_map(map: &Map, redact: impl Fn(&Value) -> Value) -> Value {
    Value::Map(map.iter().map(|(name, value)| (name.clone(), redact(value))).collect())
}

fn redact_fields(object: &ObjectSpec, map: &Map) -> Value {
    let field = |key: &MapKey| key.as_str().and_then(|name| object.field(name));
    Value::Map(
        map.iter().map(|(key, value)| (key.clone(), redact_value(field(key), value))).collect(),
    )
}

/// A word is shown whatever it is; arguments are shown where the word tells what they are.
fn redact_tagged(variants: &'static [Variant], items: &[Value]) -> Value {
    let [Value::Text(word), args @ ..] = items else { return Value::Hidden };
    let fields = variants.iter().find(|variant| variant.word == word).map(|found| found.fields);
    let mut shown = vec![Value::Text(word.clone())];
    shown.extend(args.iter().map(|args| match (fields, args) {
        (_, blank) if blank.is_blank() => blank.clone(),
        (Some(object), Value::Map(map)) => redact_fields(object, map),
        (None, Value::Map(map)) => redact_map(map, |value| redact_value(None, value)),
        _ => Value::Hidden,
    }));
    Value::List(shown)
}

/// Shorter texts are not looked for: they stand everywhere by chance.
const SECRET_CHARS_MIN: usize = 4;

/// The texts that must not be shown: what [`redact`] hides, and passwords inside of addresses.
pub fn secrets(document: &Document) -> Vec<String> {
    let shown = redact(document);
    let mut found = Vec::new();
    for (key, value) in document.entries() {
        if let Some(shown) = shown.entries().get(key) {
            collect(value, shown, &mut found);
        }
    }
    found.retain(|secret| secret.chars().count() >= SECRET_CHARS_MIN);
    found.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    found.dedup();
    found
}

fn collect(value: &Value, shown: &Value, found: &mut Vec<String>) {
    match (value, shown) {
        (value, shown) if value == shown => {}
        (Value::Text(text), Value::Text(_)) => {
            let password = password_span(text).map(|span| text[span].to_owned());
            found.push(DatabaseUri::from_text(text).password);
            found.extend(password);
        }
        (Value::Text(text), _) => found.push(text.clone()),
        (Value::Map(map), Value::Map(shown)) => {
            for (key, value) in map {
                collect(value, shown.get(key).unwrap_or(&Value::Hidden), found);
            }
        }
        (Value::List(items), Value::List(shown)) => {
            for (at, value) in items.iter().enumerate() {
                collect(value, shown.get(at).unwrap_or(&Value::Hidden), found);
            }
        }
        (Value::Map(map), _) => {
            for value in map.values() {
                collect(value, &Value::Hidden, found);
            }
        }
        (Value::List(items), _) => {
            for value in items {
                collect(value, &Value::Hidden, found);
            }
        }
        _ => {}
    }
}

/// Where the password of `scheme://user:password@host` stands in a text.
fn password_span(text: &str) -> Option<std::ops::Range<usize>> {
    let start = text.find("://")? + 3;
    let end = text[start..].find(['/', '?', '#']).map_or(text.len(), |at| start + at);
    // A password written without encoding may itself hold a slash; take the last @ then.
    let end = if text[start..end].contains('@') { end } else { text.len() };
    let at = start + text[start..end].rfind('@')?;
    let colon = start + text[start..at].find(':')?;
    (colon + 1 < at).then_some(colon + 1..at)
}

/// Whether a URL in the text carries a password.
pub fn has_password(text: &str) -> bool {
    password_span(text).is_some()
}

/// The text with the password of a URL in it replaced.
pub fn mask(text: &str) -> String {
    let mut shown = text.to_owned();
    if let Some(span) = password_span(text) {
        shown.replace_range(span, KEPT_PASSWORD);
    }
    shown
}

/// The text an administrator sent, with the password they could not see put back.
pub fn unmask(sent: &str, stored: Option<&str>) -> String {
    let password = stored.and_then(|stored| password_span(stored).map(|span| &stored[span]));
    match (password_span(sent), password) {
        (Some(span), Some(password)) if &sent[span.clone()] == KEPT_PASSWORD => {
            let mut text = sent.to_owned();
            text.replace_range(span, password);
            text
        }
        _ => sent.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml;

    #[test]
    fn every_text_that_is_hidden_is_listed() {
        let text = "DB_URI: postgresql://quay:a%20word@db/quay\nSECRET_KEY: hunter22\n\
                    BUILDLOGS_REDIS: {host: redis, password: strong}\nOWN_THING: {a: [unknown]}";
        let document = yaml::read(text).unwrap();
        let mut found = secrets(&document);
        found.sort();
        assert_eq!(found, ["a word", "a%20word", "hunter22", "strong", "unknown"]);
    }

    #[test]
    fn no_secret_and_nothing_unknown_is_shown() {
        let document = yaml::read(
            "DB_URI: postgresql://quayuser:hunter2@db01/quay\nSECRET_KEY: hunter2\nMAIL_PASSWORD: ''\n\
             MY_OWN: {token: hunter2}\nBUILDLOGS_REDIS: {host: redis, password: hunter2, odd: hunter2}\n\
             DISTRIBUTED_STORAGE_CONFIG: {a: [S3Storage, {s3_bucket: quay, s3_secret_key: hunter2, odd: hunter2}], b: [Odd, {x: hunter2}]}\n",
        )
        .unwrap();
        let shown = serde_json::to_string(&redact(&document)).unwrap();
        assert!(!shown.contains("hunter2"), "{shown}");
        assert!(
            shown.contains("quayuser") && shown.contains("redis") && shown.contains("s3_bucket")
        );
    }

    #[test]
    fn a_password_that_was_not_touched_is_put_back() {
        let stored = "postgresql://quayuser:hunter2@db01/quay";
        let shown = mask(stored);
        let sent = shown.replace("db01", "db02");
        assert_eq!(unmask(&sent, Some(stored)), "postgresql://quayuser:hunter2@db02/quay");
        assert_eq!(
            unmask("postgresql://quayuser:new@db02/quay", Some(stored)),
            "postgresql://quayuser:new@db02/quay"
        );
    }

    #[test]
    fn an_unencoded_slash_in_a_password_hides_with_it() {
        assert!(!mask("postgresql://u:hun/ter2@db01/quay").contains("ter2"));
        assert_eq!(mask("https://example.com/a@b"), "https://example.com/a@b");
    }
}
