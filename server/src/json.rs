//! Between JSON and the values of a configuration, without a digit being lost on the way.
//!
//! `serde_json` reads numbers as machine numbers, which is how the removed tool made `1e+06` of
//! `1000000`. Here a number is its text: what is read keeps every digit, and is written as a
//! number of YAML 1.1.

use config_model::path::DEPTH_MAX;
use config_model::value::{Map, MapKey, Number, Value};
use config_model::yaml::NODES_MAX;
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use std::fmt;

/// An integer with more digits keeps its exponent, so that a short text stays a short one.
const DIGITS_MAX: usize = 40;

/// Why a text cannot be taken for values of a configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// It is not JSON.
    #[error("it is not JSON: see line {line}, column {column}")]
    Syntax {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// A text in it is none.
    #[error("a text in it has a \\u escape that is no character")]
    Escape,
    /// A number in it is none to Quay's reader.
    #[error("a number in it is none to Quay's reader")]
    Number,
    /// Objects and lists lie too deep in each other.
    #[error("it is more than {DEPTH_MAX} levels deep")]
    Deep,
    /// There is too much in it.
    #[error("it has more than {NODES_MAX} values; it is not a Quay configuration")]
    Large,
}

/// Reads JSON; of keys that come twice the later one counts.
pub fn read(text: &str) -> Result<Value, JsonError> {
    let whole: &RawValue = serde_json::from_str(text)
        .map_err(|error| JsonError::Syntax { line: error.line(), column: error.column() })?;
    Reader::default().value(whole.get(), 0)
}

#[derive(Default)]
struct Reader {
    nodes: usize,
    /// Why reading stopped, where only an error of serde's can be returned.
    fault: Option<JsonError>,
}

impl Reader {
    /// Counts one more value or key.
    fn spend(&mut self) -> Result<(), JsonError> {
        self.nodes += 1;
        if self.nodes > NODES_MAX { Err(JsonError::Large) } else { Ok(()) }
    }

    /// The value of a text that is known to be JSON, with no space before it.
    fn value(&mut self, text: &str, depth: usize) -> Result<Value, JsonError> {
        self.spend()?;
        if depth > DEPTH_MAX {
            return Err(JsonError::Deep);
        }
        match text.as_bytes().first() {
            Some(b'{' | b'[') => self.inside(text, depth),
            Some(b'"') => {
                serde_json::from_str(text).map(Value::Text).map_err(|_| JsonError::Escape)
            }
            Some(b't') => Ok(Value::Bool(true)),
            Some(b'f') => Ok(Value::Bool(false)),
            Some(b'n') => Ok(Value::Null),
            _ => Number::from_yaml(&yaml_number(text)).map(Value::Number).ok_or(JsonError::Number),
        }
    }

    fn inside(&mut self, text: &str, depth: usize) -> Result<Value, JsonError> {
        let mut source = serde_json::Deserializer::from_str(text);
        let inside = Inside { reader: self, depth };
        let read = serde::Deserializer::deserialize_any(&mut source, inside);
        // What is no fault of ours is a key that cannot be read.
        read.map_err(|_| self.fault.take().unwrap_or(JsonError::Escape))
    }

    /// The value one level below.
    fn below<E: serde::de::Error>(&mut self, raw: &RawValue, depth: usize) -> Result<Value, E> {
        self.value(raw.get(), depth + 1).map_err(|fault| self.stop(fault))
    }

    fn stop<E: serde::de::Error>(&mut self, fault: JsonError) -> E {
        self.fault = Some(fault);
        E::custom("the value was refused")
    }
}

/// Reads what is in an object or a list.
struct Inside<'r> {
    reader: &'r mut Reader,
    depth: usize,
}

impl<'de> Visitor<'de> for Inside<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let Self { reader, depth } = self;
        let mut list = Vec::new();
        while let Some(raw) = items.next_element::<&RawValue>()? {
            list.push(reader.below(raw, depth)?);
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let Self { reader, depth } = self;
        let mut map = Map::new();
        while let Some((key, raw)) = entries.next_entry::<String, &RawValue>()? {
            reader.spend().map_err(|fault| reader.stop::<A::Error>(fault))?;
            let value = reader.below(raw, depth)?;
            map.insert(MapKey::Text(key), value);
        }
        Ok(Value::Map(map))
    }
}

/// A number of JSON as YAML 1.1 writes it: only an exponent is written in another way.
fn yaml_number(text: &str) -> String {
    let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else { return text.to_owned() };
    whole(mantissa, exponent).unwrap_or_else(|| {
        // PyYAML takes a text for a float only with a point in it and a sign in its exponent.
        let point = if mantissa.contains('.') { "" } else { ".0" };
        let sign = if exponent.starts_with(['+', '-']) { "" } else { "+" };
        format!("{mantissa}{point}e{sign}{exponent}")
    })
}

/// The digits of an integer that is written with an exponent; none for a fraction or a long one.
fn whole(mantissa: &str, exponent: &str) -> Option<String> {
    let (sign, unsigned) =
        mantissa.strip_prefix('-').map_or(("", mantissa), |unsigned| ("-", unsigned));
    let (before, after) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let all = format!("{before}{after}");
    let kept = all.trim_end_matches('0');
    let digits = kept.trim_start_matches('0');
    if digits.is_empty() {
        return Some("0".to_owned());
    }
    let exponent: i32 = exponent.parse().ok()?;
    let shift = i64::try_from(after.len()).ok()? - i64::try_from(all.len() - kept.len()).ok()?;
    // A negative number of zeros is a fraction.
    let zeros = usize::try_from(i64::from(exponent) - shift).ok()?;
    let fits = digits.len().saturating_add(zeros) <= DIGITS_MAX;
    fits.then(|| format!("{sign}{digits}{}", "0".repeat(zeros)))
}

/// A value as JSON.
///
/// What JSON has no word for is text: dates, binary data, infinity, numbers in hexadecimal or
/// octal beyond 64 bits. So is every key.
#[derive(Clone, Copy, Debug)]
pub struct AsJson<'a>(pub &'a Value);

/// A mapping as JSON; see [`AsJson`].
#[derive(Clone, Copy, Debug)]
pub struct MapAsJson<'a>(pub &'a Map);

impl Serialize for AsJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Null | Value::Hidden => serializer.serialize_unit(),
            Value::Bool(on) => serializer.serialize_bool(*on),
            Value::Number(number) => match json_number(number) {
                Some(raw) => raw.serialize(serializer),
                None => serializer.serialize_str(number.as_str()),
            },
            Value::Text(text) => serializer.serialize_str(text),
            Value::Other(other) => serializer.serialize_str(&other.text),
            Value::List(items) => serializer.collect_seq(items.iter().map(AsJson)),
            Value::Map(map) => MapAsJson(map).serialize(serializer),
        }
    }
}

impl Serialize for MapAsJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| {
            let (MapKey::Text(key) | MapKey::Plain(key)) = key;
            (key, AsJson(value))
        }))
    }
}

/// The number of JSON that a number of YAML 1.1 is, none when there is no such.
fn json_number(number: &Number) -> Option<Box<RawValue>> {
    let text = match number.as_i64() {
        Some(whole) => whole.to_string(),
        None => decimal(number.as_str())?,
    };
    // What is no number of JSON after all, such as infinity, is found here.
    RawValue::from_string(text).ok()
}

/// A float, or a long integer, in the form JSON has for it.
fn decimal(text: &str) -> Option<String> {
    let bare = text.replace('_', "");
    let (sign, unsigned) = match bare.strip_prefix('-') {
        Some(unsigned) => ("-", unsigned),
        None => ("", bare.strip_prefix('+').unwrap_or(&bare)),
    };
    let Some((before, after)) = unsigned.split_once('.') else {
        return Some(format!("{sign}{unsigned}"));
    };
    let before = if before.contains(':') {
        sixties(before)?.to_string()
    } else {
        before.trim_start_matches('0').to_owned()
    };
    let before = if before.is_empty() { "0" } else { before.as_str() };
    let (fraction, exponent) = after.split_at(after.find(['e', 'E']).unwrap_or(after.len()));
    let fraction = if fraction.is_empty() { "0" } else { fraction };
    Some(format!("{sign}{before}.{fraction}{exponent}"))
}

/// The whole part of a float in base 60, such as the `1:30` of `1:30.5`.
fn sixties(text: &str) -> Option<i64> {
    text.split(':')
        .try_fold(0_i64, |sum, part| sum.checked_mul(60)?.checked_add(part.parse::<i64>().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use config_model::document::Document;
    use config_model::yaml;
    use proptest::prelude::*;

    /// The YAML of a JSON object.
    fn as_yaml(json: &str) -> String {
        match read(json).unwrap() {
            Value::Map(entries) => yaml::write(&Document::new(entries)),
            other => panic!("{} is no object", other.shape()),
        }
    }

    /// The JSON of a YAML mapping.
    fn as_json(text: &str) -> String {
        serde_json::to_string(&MapAsJson(yaml::read(text).unwrap().entries())).unwrap()
    }

    #[test]
    fn a_number_of_json_keeps_its_digits_in_yaml() {
        for (json, expected) in [
            ("0", "0"),
            ("-7", "-7"),
            ("1000000", "1000000"),
            ("12345678901234567890", "12345678901234567890"),
            ("0.01", "0.01"),
            ("0.10", "0.10"),
            ("1.0", "1.0"),
            ("1e6", "1000000"),
            ("1E+06", "1000000"),
            ("-1.5e3", "-1500"),
            ("100e-2", "1"),
            ("0e9", "0"),
            ("1e39", "1000000000000000000000000000000000000000"),
            ("1e40", "1.0e+40"),
            ("1e-7", "1.0e-7"),
            ("1.5e-7", "1.5e-7"),
            ("2e99999999999", "2.0e+99999999999"),
        ] {
            assert_eq!(
                as_yaml(&format!("{{\"n\": {json}}}")),
                format!("n: {expected}\n"),
                "{json}"
            );
        }
    }

    #[test]
    fn a_number_of_yaml_is_the_same_number_in_json() {
        for (text, expected) in [
            ("1000000", "1000000"),
            ("12345678901234567890", "12345678901234567890"),
            ("-99999999999999999999", "-99999999999999999999"),
            ("0755", "493"),
            ("0x1F", "31"),
            ("0b101", "5"),
            ("1_000", "1000"),
            ("+3", "3"),
            ("12:30:45", "45045"),
            ("1:30.5", "90.5"),
            ("0.01", "0.01"),
            ("0.10", "0.10"),
            ("1.", "1.0"),
            (".5", "0.5"),
            ("-007.50", "-7.50"),
            ("1.5e+3", "1.5e+3"),
            (".inf", "\".inf\""),
            (".nan", "\".nan\""),
            ("0xFFFFFFFFFFFFFFFFFFFF", "\"0xFFFFFFFFFFFFFFFFFFFF\""),
        ] {
            assert_eq!(as_json(&format!("n: {text}\n")), format!("{{\"n\":{expected}}}"), "{text}");
        }
    }

    #[test]
    fn all_other_values_stay_what_they_are_or_become_text() {
        let text =
            "z: {b: [yes, ~, 'yes', '7'], a: {}}\ndate: 2026-12-14\n1: one\nraw: !!binary aGk=\n";
        let json = r#"{"z":{"b":[true,null,"yes","7"],"a":{}},"date":"2026-12-14","1":"one","raw":"aGk="}"#;
        assert_eq!(as_json(text), json);
        let again = "z:\n  b:\n    - true\n    - null\n    - 'yes'\n    - '7'\n  a: {}\ndate: '2026-12-14'\n'1': one\nraw: aGk=\n";
        assert_eq!(as_yaml(json), again);
    }

    #[test]
    fn what_is_no_json_is_named_with_its_place() {
        assert_eq!(read("{\n\"a\": 1,\n}").unwrap_err(), JsonError::Syntax { line: 3, column: 1 });
        assert_eq!(read(r#"{"a": "\ud800"}"#).unwrap_err(), JsonError::Escape);
        assert_eq!(read(r#"{"\ud800": 1}"#).unwrap_err(), JsonError::Escape);
        for bad in ["", "{", "01", "1.", ".5", "+1", "0x1F", "NaN", "'a'", "{} {}"] {
            assert!(matches!(read(bad), Err(JsonError::Syntax { .. })), "{bad}");
        }
    }

    #[test]
    fn what_is_too_deep_or_too_large_is_refused() {
        let nested = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
        assert!(read(&nested(DEPTH_MAX + 1)).is_ok());
        assert_eq!(read(&nested(DEPTH_MAX + 2)).unwrap_err(), JsonError::Deep);
        assert_eq!(read(&nested(1_000_000)).unwrap_err(), JsonError::Deep);
        let list = format!("[1{}]", ",1".repeat(NODES_MAX));
        assert_eq!(read(&list).unwrap_err(), JsonError::Large);
    }

    proptest! {
        #[test]
        fn every_number_is_one_of_yaml_with_the_same_value(
            json in r"-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,12})?([eE][+-]?[0-9]{1,2})?",
        ) {
            let value = read(&json).unwrap();
            let text = yaml::write_inline(&value);
            prop_assert!(Number::from_yaml(&text).is_some(), "{json} became {text}");
            let back = serde_json::to_string(&AsJson(&value)).unwrap();
            let (before, after): (f64, f64) = (json.parse().unwrap(), back.parse().unwrap());
            prop_assert!((before - after).abs() <= 0.0, "{json} became {back}");
        }
    }
}
