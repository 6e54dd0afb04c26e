//! The other web pages that may call the registry from a browser.

use super::{LIST_ITEMS_MAX, ParseError, Parsed, Value, ValueKind};

/// Origins of web pages: a list of them, or one alone as old files have it.
///
/// Quay's own default is the text `*`, which means all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origins(pub Vec<String>);

/// What one of them is; the browser names the origin with its scheme and without a path.
const ORIGIN: ValueKind = ValueKind::url("https://ui.example.com");

impl Parsed for Origins {
    const KIND: ValueKind = ValueKind::List(&ORIGIN);

    fn parse(value: &Value) -> Result<Self, ParseError> {
        let fail = ParseError { expected: "an origin such as https://ui.example.com" };
        match value {
            Value::Text(text) => Ok(Self(vec![text.clone()])),
            Value::List(items) if items.len() <= LIST_ITEMS_MAX => items
                .iter()
                .map(|item| item.as_str().map(str::to_owned))
                .collect::<Option<_>>()
                .map(Self)
                .ok_or(fail),
            _ => Err(fail),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_a_list_or_one_text() {
        let one = Origins::parse(&Value::from("*"));
        assert_eq!(one, Ok(Origins(vec!["*".to_owned()])));
        let two = Origins::parse(&Value::from(["https://a.example.com", "https://b.example.com"]));
        assert_eq!(two.map(|origins| origins.0.len()), Ok(2));
        assert!(Origins::parse(&Value::from(1)).is_err());
        assert!(Origins::parse(&Value::List(vec![Value::from(1)])).is_err());
    }
}
