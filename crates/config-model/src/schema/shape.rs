//! What a type takes, found out by asking it.

use super::{Members, described, is_needed};
use crate::sections::server::UrlScheme;
use crate::storage::engines::ENGINES;
use crate::value::{Choice, Choices as _, Map, MapKey, ObjectSpec, Value, ValueKind, Variant};
use serde_json::{Value as Json, json};

/// Whether a type takes a value.
type Takes<'a> = dyn Fn(&Value) -> bool + 'a;

/// Whole numbers of which every type takes one that takes any.
const WHOLE: [i32; 5] = [0, 1, 2, 80, 3600];
/// The same for numbers with a fraction.
const FRACTIONS: [&str; 2] = ["0.5", "1.5"];
/// Texts of which one is taken by a type that takes text although it is edited in another way.
const TEXTS: [&str; 7] = ["", "1", "80", "30d", "*", "true", "text"];
/// The most that a number may be where there is a limit.
const MAXIMA: [i32; 3] = [1, 100, 65_535];
/// How many types JSON has, whole numbers counted as numbers.
const TYPES: usize = 6;

/// The members that say what a value of `kind` may be.
pub(super) fn shape(kind: ValueKind, takes: &Takes<'_>, asked: bool) -> Members {
    let types = types(kind, takes);
    let mut members = Members::new();
    if types.iter().any(|name| ["integer", "number"].contains(name)) {
        members.extend(limits(takes));
    }
    if types.len() < TYPES {
        members.insert("type".to_owned(), types.into());
    }
    members.extend(parts(kind, takes, asked));
    members
}

/// The types of JSON that are taken; null is taken everywhere, because Quay drops it.
fn types(kind: ValueKind, takes: &Takes<'_>) -> Vec<&'static str> {
    let any = |values: Vec<Value>| values.iter().any(takes);
    let fraction = any(FRACTIONS.into_iter().filter_map(Value::decimal).collect());
    let implied = match kind {
        ValueKind::Toggle => "boolean",
        ValueKind::Number if fraction => "number",
        ValueKind::Number => "integer",
        ValueKind::List(_) | ValueKind::Tagged(_) | ValueKind::HostAndPort => "array",
        ValueKind::Object(_) | ValueKind::Mapping(_) | ValueKind::Engines => "object",
        ValueKind::Line(_)
        | ValueKind::Choice(_)
        | ValueKind::Secret
        | ValueKind::DatabaseUri
        | ValueKind::TlsMode => "string",
    };
    let found = [
        ("boolean", any(vec![Value::from(true), Value::from(false)])),
        ("number", fraction),
        ("integer", !fraction && any(WHOLE.into_iter().map(Value::from).collect())),
        ("string", any(TEXTS.into_iter().map(Value::from).collect())),
        ("array", any(lists())),
        ("object", any(maps())),
        ("null", true),
    ];
    let all = found.into_iter().filter(|(name, taken)| *taken || *name == implied);
    all.map(|(name, _)| name).collect()
}

/// Lists of which one is taken by a type that takes a list although it is edited in another way.
fn lists() -> Vec<Value> {
    let host_and_port = vec![Value::from("text"), Value::from(80)];
    vec![Value::List(Vec::new()), Value::from(["text"]), Value::List(host_and_port)]
}

/// The same for mappings.
fn maps() -> Vec<Value> {
    let entry = (MapKey::from("text"), Value::from("text"));
    vec![Value::Map(Map::new()), Value::Map(Map::from_iter([entry]))]
}

/// The least and the most that a number may be.
fn limits(takes: &Takes<'_>) -> Members {
    let whole = |number: i32| takes(&Value::from(number));
    let decimal = |text: &str| Value::decimal(text).is_some_and(|number| takes(&number));
    let mut members = Members::new();
    if !whole(-1) && whole(0) {
        members.insert("minimum".to_owned(), 0.into());
    } else if !whole(-1) && whole(1) && !decimal("0.5") {
        members.insert("minimum".to_owned(), 1.into());
    }
    let is_last = |most: &i32| whole(*most) && !whole(most + 1) && !decimal(&format!("{most}.5"));
    if let Some(most) = MAXIMA.into_iter().find(is_last) {
        members.insert("maximum".to_owned(), most.into());
    }
    members
}

/// What is said of the parts of a value, and of the words it may be.
fn parts(kind: ValueKind, takes: &Takes<'_>, asked: bool) -> Members {
    match kind {
        ValueKind::Choice(choices) => words(choices, takes),
        ValueKind::TlsMode => words(UrlScheme::CHOICES, takes),
        ValueKind::Line(line) if !line.example.is_empty() && takes(&line.example.into()) => {
            one("examples", json!([line.example]))
        }
        ValueKind::List(item) => {
            let takes = |value: &Value| takes(&Value::List(vec![value.clone()]));
            one("items", Json::Object(shape(*item, &takes, asked)))
        }
        ValueKind::Object(object) => fields(object.0, asked),
        ValueKind::Mapping(entry) => one("additionalProperties", described(entry.0, asked)),
        ValueKind::Tagged(variants) => {
            tagged(variants, |variant| fields(variant.fields, asked).into())
        }
        ValueKind::Engines => {
            let mut engine = one("type", json!(["array", "null"]));
            engine.extend(tagged(ENGINES, |variant| arguments(variant.fields, asked)));
            one("additionalProperties", engine.into())
        }
        _ => Members::new(),
    }
}

fn one(name: &str, value: Json) -> Members {
    Members::from_iter([(name.to_owned(), value)])
}

/// The words of a choice; old tools wrote the empty text where nothing was chosen.
fn words(choices: &[Choice], takes: &Takes<'_>) -> Members {
    let words = || choices.iter().map(|choice| Json::from(choice.value));
    let is_word = |text: &str| choices.iter().any(|choice| choice.value == text);
    let other = |text: String| !is_word(&text) && takes(&text.as_str().into());
    let capitals_are_alike = choices
        .iter()
        .any(|choice| other(choice.value.to_lowercase()) || other(choice.value.to_uppercase()));
    if capitals_are_alike {
        one("examples", words().collect())
    } else {
        one("enum", words().chain(["".into(), Json::Null]).collect())
    }
}

/// The fields of an object.
fn fields(object: &ObjectSpec, asked: bool) -> Members {
    let mut members = Members::new();
    if object.is_opaque() {
        return members;
    }
    let properties: Members =
        object.fields().map(|field| (field.name.to_owned(), described(field, asked))).collect();
    members.insert("properties".to_owned(), properties.into());
    let needed = object.fields().filter(|field| asked && is_needed(field));
    let needed: Vec<&str> = needed.map(|field| field.name).collect();
    if !needed.is_empty() {
        members.insert("required".to_owned(), needed.into());
    }
    members
}

/// The arguments of an engine: Quay stops at one that the driver does not take.
fn arguments(object: &ObjectSpec, asked: bool) -> Json {
    let mut members = fields(object, asked);
    members.insert("additionalProperties".to_owned(), false.into());
    members.into()
}

/// A word and the arguments that belong to it.
fn tagged(variants: &[Variant], arguments: impl Fn(&Variant) -> Json) -> Members {
    let shapes: Vec<Json> = variants
        .iter()
        .map(|variant| {
            let mut word = one("const", variant.word.into());
            word.insert("title".to_owned(), variant.label.into());
            let doc: Vec<&str> = variant.doc.iter().map(|line| line.trim()).collect();
            word.insert("description".to_owned(), doc.join(" ").into());
            json!({ "prefixItems": [word, arguments(variant)] })
        })
        .collect();
    let mut members = one("anyOf", shapes.into());
    members.insert("minItems".to_owned(), 2.into());
    members.insert("maxItems".to_owned(), 2.into());
    members
}
