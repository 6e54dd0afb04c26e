//! The storage engines, by name: `DISTRIBUTED_STORAGE_CONFIG`.

use super::{ParseError, Parsed, Value, ValueKind};

/// The storage engines of a registry, by the names the administrator gave them.
///
/// Only the shape is proved here; what is inside an engine is checked field by field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Engines(Vec<String>);

impl Engines {
    /// Their names, in order.
    pub fn names(&self) -> &[String] {
        &self.0
    }
}

/// The name of one engine: `name: [driver, {arguments}]`.
fn name_of(name: Option<&str>, engine: &Value) -> Option<String> {
    let shaped = matches!(engine.as_list(), Some([Value::Text(_), Value::Map(_)]));
    name.filter(|_| shaped).map(str::to_owned)
}

impl Parsed for Engines {
    const KIND: ValueKind = ValueKind::Engines;

    fn parse(value: &Value) -> Result<Self, ParseError> {
        value
            .as_map()
            .and_then(|engines| {
                engines.iter().map(|(name, engine)| name_of(name.as_str(), engine)).collect()
            })
            .map(Self)
            .ok_or(ParseError {
                expected: "a mapping of names to engines, each a list of a driver and arguments",
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml;

    fn parse(text: &str) -> Result<Engines, ParseError> {
        let document = yaml::read(&format!("A: {text}")).unwrap();
        Engines::parse(document.top("A").unwrap())
    }

    #[test]
    fn an_engine_is_a_driver_and_its_arguments() {
        let engines = parse("{b: [S3Storage, {s3_bucket: quay}], a: [LocalStorage, {}]}").unwrap();
        assert_eq!(engines.names(), ["b", "a"]);
        assert!(parse("{}").is_ok());
        for bad in [
            "[]",
            "text",
            "{a: S3Storage}",
            "{a: [S3Storage]}",
            "{a: [S3Storage, {}, {}]}",
            "{a: [1, {}]}",
            "{a: [S3Storage, []]}",
            "{1: [S3Storage, {}]}",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
