//! A value as the file holds it, in the eyes of Quay's reader (`PyYAML`, YAML 1.1).

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A mapping that keeps the order of its keys.
pub type Map = IndexMap<MapKey, Value>;

/// One value of a configuration file.
///
/// `Debug` shows the shape only, because any text may be a secret.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub enum Value {
    /// `null`, `~` or nothing at all.
    Null,
    /// A boolean in any of YAML 1.1's spellings.
    Bool(bool),
    /// An integer or a float of any size.
    Number(Number),
    /// A string.
    Text(String),
    /// A scalar that is none of the above: a date, binary data, a tagged scalar.
    Other(Other),
    /// A sequence.
    List(Vec<Value>),
    /// A mapping.
    Map(Map),
    /// A secret that is set, seen from where its text must not be known.
    Hidden,
}

/// A number as it was written, so that no digit of it is lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Number(pub(crate) String);

/// A scalar this program keeps and does not interpret.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Other {
    /// An explicit tag such as `!!binary`; none for a plain date.
    pub tag: Option<String>,
    /// The scalar's text.
    pub text: String,
}

/// A key of a mapping: nearly always text, but YAML allows any scalar.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum MapKey {
    /// A string.
    Text(String),
    /// The text of a plain scalar that is not a string, such as `1` or `yes`.
    Plain(String),
}

impl MapKey {
    /// The key when it is a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Plain(_) => None,
        }
    }
}

/// What marks a key that is not text where keys travel as text: a sign YAML cannot hold.
const PLAIN_MARK: char = '\0';

impl From<String> for MapKey {
    fn from(text: String) -> Self {
        match text.strip_prefix(PLAIN_MARK) {
            Some(plain) => Self::Plain(plain.to_owned()),
            None => Self::Text(text),
        }
    }
}

impl From<MapKey> for String {
    fn from(key: MapKey) -> Self {
        match key {
            MapKey::Text(text) => text,
            MapKey::Plain(text) => format!("{PLAIN_MARK}{text}"),
        }
    }
}

impl From<&str> for MapKey {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl Number {
    /// The number that `text` is to `PyYAML`, `None` when it is something else there.
    pub fn from_yaml(text: &str) -> Option<Self> {
        use crate::yaml::scalar::{Kind, resolve};
        (resolve(text) == Kind::Number).then(|| Self(text.to_owned()))
    }

    /// The number as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The integer, `None` for a float or one beyond 64 bits.
    pub fn as_i64(&self) -> Option<i64> {
        crate::yaml::scalar::integer(&self.0)
    }

    /// The number as a float, `None` when it is not a decimal number.
    ///
    /// It is near enough for limits: the exact way weighs 15 KB in a browser.
    pub fn as_f64(&self) -> Option<f64> {
        match self.as_i64() {
            Some(whole) => near(&whole.to_string()),
            None => near(&self.0.replace('_', "")),
        }
    }
}

/// A decimal number as a float, a few units in the last place off at the most.
fn near(text: &str) -> Option<f64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1.0, digits),
        None => (1.0, text.strip_prefix('+').unwrap_or(text)),
    };
    match digits.to_ascii_lowercase().as_str() {
        ".inf" => return Some(sign * f64::INFINITY),
        ".nan" => return Some(f64::NAN),
        _ => {}
    }
    let (mantissa, exponent) = match digits.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (digits, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let mut value = 0.0;
    for byte in whole.bytes().chain(fraction.bytes()) {
        if !byte.is_ascii_digit() {
            return None;
        }
        value = value * 10.0 + f64::from(byte - b'0');
    }
    let power = exponent.checked_sub(i32::try_from(fraction.len()).ok()?)?;
    let scale = 10_f64.powi(power.abs());
    let scaled = if power < 0 { value / scale } else { value * scale };
    (!(whole.is_empty() && fraction.is_empty())).then_some(sign * scaled)
}

impl Value {
    /// The boolean, `None` for anything else.
    pub fn as_bool(&self) -> Option<bool> {
        if let Self::Bool(on) = self { Some(*on) } else { None }
    }

    /// The text, `None` for anything else.
    pub fn as_str(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The items, `None` for anything else.
    pub fn as_list(&self) -> Option<&[Value]> {
        if let Self::List(items) = self { Some(items) } else { None }
    }

    /// The mapping, `None` for anything else.
    pub fn as_map(&self) -> Option<&Map> {
        if let Self::Map(map) = self { Some(map) } else { None }
    }

    /// The entry of a mapping, `None` when it is absent or this is no mapping.
    pub fn entry(&self, name: &str) -> Option<&Value> {
        self.as_map()?.get(&MapKey::from(name))
    }

    /// An integer.
    pub fn int(number: i64) -> Self {
        Self::Number(Number(number.to_string()))
    }

    /// The number that `text` spells in plain decimal digits, as a form field takes it.
    pub fn decimal(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        let padded = whole.len() > 1 && whole.starts_with('0');
        (plain(whole) && plain(fraction) && !padded).then(|| Self::Number(Number(text.to_owned())))
    }

    /// Whether the value says nothing: null, empty text, an empty list or mapping.
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Text(text) => text.is_empty(),
            Self::List(items) => items.is_empty(),
            Self::Map(map) => map.is_empty(),
            _ => false,
        }
    }

    /// The word for this kind of value, for messages.
    pub fn shape(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Bool(_) => "true or false",
            Self::Number(_) => "a number",
            Self::Text(_) => "text",
            Self::Other(_) => "a date or tagged value",
            Self::List(_) => "a list",
            Self::Map(_) => "a mapping",
            Self::Hidden => "a secret",
        }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::List(items) => f.debug_list().entries(items).finish(),
            Self::Map(map) => f.debug_map().entries(map.iter()).finish(),
            Self::Null => f.write_str("Null"),
            scalar => write!(f, "[redacted: {}]", scalar.shape()),
        }
    }
}

impl fmt::Debug for Other {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[redacted: {}]", self.tag.as_deref().unwrap_or("date"))
    }
}

impl From<bool> for Value {
    fn from(on: bool) -> Self {
        Self::Bool(on)
    }
}

impl From<i32> for Value {
    fn from(number: i32) -> Self {
        Self::int(number.into())
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<Vec<Value>> for Value {
    fn from(items: Vec<Value>) -> Self {
        Self::List(items)
    }
}

impl<const N: usize> From<[&str; N]> for Value {
    fn from(items: [&str; N]) -> Self {
        Self::List(items.into_iter().map(Self::from).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_never_shows_a_text() {
        let value = Value::List(vec![Value::from("hunter2"), Value::from(7)]);
        assert_eq!(format!("{value:?}"), "[[redacted: text], [redacted: a number]]");
    }

    #[test]
    fn a_number_is_near_enough_for_limits() {
        let near = |text: &str| Number(text.to_owned()).as_f64();
        for (text, number) in [
            ("0.25", 0.25),
            ("-1", -1.0),
            ("1.0", 1.0),
            ("1.5e+3", 1500.0),
            ("1.0e-2", 0.01),
            ("1_000.5", 1000.5),
            ("0755", 493.0),
            (".5", 0.5),
            ("-.inf", f64::NEG_INFINITY),
        ] {
            assert!(
                near(text).is_some_and(|found| (found - number).abs() < 1e-9
                    || found.is_infinite() && number.is_infinite()),
                "{text}"
            );
        }
        assert!(near(".nan").is_some_and(f64::is_nan));
        assert_eq!(near("1:30.5"), None);
    }

    #[test]
    fn a_form_field_takes_plain_decimal_numbers_only() {
        for good in ["0", "10", "-3", "0.25"] {
            assert!(Value::decimal(good).is_some(), "{good}");
        }
        for bad in ["", "-", "0755", "1e3", "1_000", "12:30", " 1", "1.", ".5", "0x1f"] {
            assert!(Value::decimal(bad).is_none(), "{bad}");
        }
    }
}
