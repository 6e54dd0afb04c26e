//! Whom the metrics count one by one: `TRACKED_NAMESPACES`.

use super::{Line, ParseError, Parsed, Value, ValueKind};

/// Names of organizations and users, as a list or under names of the administrator's own.
///
/// Both shapes are Quay's: `[acme, globex]` counts each alone, `{partners: [acme, globex]}` counts
/// them together. Only the shape is proved here.
#[derive(Clone, Copy, Debug)]
pub struct TrackedNamespaces;

/// The rows of the list.
const NAME: ValueKind = ValueKind::Line(Line { example: "", input_mode: "text" });

/// Whether `value` is a list of names.
fn is_names(value: &Value) -> bool {
    value.as_list().is_some_and(|names| names.iter().all(|name| name.as_str().is_some()))
}

impl Parsed for TrackedNamespaces {
    const KIND: ValueKind = ValueKind::List(&NAME);

    fn parse(value: &Value) -> Result<Self, ParseError> {
        match value {
            // A mapping is not what a list is drawn from; it does not reach the browser.
            Value::Hidden => Ok(Self),
            Value::List(_) if is_names(value) => Ok(Self),
            Value::List(_) => Err(ParseError { expected: "the name of an organization or user" }),
            Value::Map(groups)
                if groups.keys().all(|name| name.as_str().is_some())
                    && groups.values().all(|names| names.as_str().is_some() || is_names(names)) =>
            {
                Ok(Self)
            }
            _ => Err(ParseError { expected: "a list of names, or a mapping to lists of names" }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml;

    #[test]
    fn names_are_a_list_or_stand_in_groups() {
        let parse = |text: &str| {
            let document = yaml::read(&format!("A: {text}")).unwrap();
            TrackedNamespaces::parse(document.top("A").unwrap())
        };
        for good in ["[]", "[acme, globex]", "{}", "{partners: [acme, globex], own: initech}"] {
            assert!(parse(good).is_ok(), "{good}");
        }
        for bad in ["acme", "[1]", "[[acme]]", "{partners: [1]}", "{partners: {a: b}}", "{1: a}"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
