//! A bundle as programs send and get it: `config.yaml` as an object, the files in base64.

use crate::http::error::AppError;
use crate::json::{self, JsonError, MapAsJson};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use config_model::bundle::{FILE_BYTES_MAX, FILES_MAX, NameError, checked_name};
use config_model::document::Document;
use config_model::value::Value;
use config_model::yaml::BYTES_MAX;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// A configuration and the files beside it, as they were sent.
pub(super) struct Posted {
    /// The values.
    pub(super) document: Document,
    /// The files, by the name they have in a bundle.
    pub(super) files: BTreeMap<String, Vec<u8>>,
}

/// Why a bundle that was sent cannot be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum BundleError {
    /// It is not even text.
    #[error("it is not UTF-8 text")]
    NotText,
    /// It is not JSON, or more than a configuration can be.
    #[error("{0}")]
    Json(JsonError),
    /// It has another shape.
    #[error("it must be an object with config.yaml and certs")]
    Shape,
    /// The configuration is not in it.
    #[error("config.yaml is missing")]
    NoConfig,
    /// A part cannot be read.
    #[error("{part}: {fault}")]
    Part {
        /// Which one.
        part: &'static str,
        /// Why.
        fault: JsonError,
    },
    /// A part is something else than an object.
    #[error("{part} must be an object, and this is {found}")]
    NotAnObject {
        /// Which one.
        part: &'static str,
        /// What it is instead.
        found: &'static str,
    },
    /// The configuration is larger than Quay's can be.
    #[error("config.yaml is larger than 4 MiB; it is not a Quay configuration")]
    ConfigTooLarge,
    /// More files than a bundle takes.
    #[error("there are more than {FILES_MAX} files in certs")]
    TooManyFiles,
    /// A file has a name that cannot be.
    #[error("certs: {0}")]
    Name(NameError),
    /// A file is not in base64.
    #[error("certs: {0} must be a text in base64")]
    NotBase64(String),
    /// A file is larger than a certificate.
    #[error("certs: {0} is larger than 1 MiB; it is not a certificate")]
    FileTooLarge(String),
}

impl From<BundleError> for AppError {
    fn from(error: BundleError) -> Self {
        Self::Refused(format!("The bundle in the body cannot be used: {error}."))
    }
}

/// The parts of a body; others, such as the Operator's `managedFieldGroups`, are left aside.
#[derive(Deserialize)]
struct Body<'a> {
    #[serde(rename = "config.yaml", borrow)]
    config: Option<&'a RawValue>,
    #[serde(borrow)]
    certs: Option<&'a RawValue>,
}

/// Reads what a program sent.
pub(super) fn read(body: &[u8]) -> Result<Posted, BundleError> {
    let text = std::str::from_utf8(body).map_err(|_| BundleError::NotText)?;
    let parts: Body<'_> = serde_json::from_str(text).map_err(|error| {
        if error.is_data() {
            BundleError::Shape
        } else {
            BundleError::Json(JsonError::Syntax { line: error.line(), column: error.column() })
        }
    })?;
    if !text.trim_start().starts_with('{') {
        return Err(BundleError::Shape);
    }
    let files = parts.certs.map(files).transpose()?.unwrap_or_default();
    Ok(Posted { document: document(parts.config.ok_or(BundleError::NoConfig)?)?, files })
}

fn document(config: &RawValue) -> Result<Document, BundleError> {
    let part = "config.yaml";
    if config.get().len() > BYTES_MAX {
        return Err(BundleError::ConfigTooLarge);
    }
    match json::read(config.get()).map_err(|fault| BundleError::Part { part, fault })? {
        Value::Map(entries) => Ok(Document::new(entries)),
        other => Err(BundleError::NotAnObject { part, found: other.shape() }),
    }
}

fn files(certs: &RawValue) -> Result<BTreeMap<String, Vec<u8>>, BundleError> {
    let part = "certs";
    let certs = match json::read(certs.get()).map_err(|fault| BundleError::Part { part, fault })? {
        Value::Map(certs) => certs,
        other => return Err(BundleError::NotAnObject { part, found: other.shape() }),
    };
    if certs.len() > FILES_MAX {
        return Err(BundleError::TooManyFiles);
    }
    certs.iter().map(|(name, value)| file(name.as_str().unwrap_or_default(), value)).collect()
}

fn file(name: &str, value: &Value) -> Result<(String, Vec<u8>), BundleError> {
    let name = checked_name(name).map_err(BundleError::Name)?.to_owned();
    // The removed tool took base64 in lines as well, as the program base64 prints it.
    let text: Option<String> = value
        .as_str()
        .map(|text| text.chars().filter(|letter| !"\r\n".contains(*letter)).collect());
    let Some(bytes) = text.and_then(|text| BASE64_STANDARD.decode(text).ok()) else {
        return Err(BundleError::NotBase64(name));
    };
    if bytes.len() > FILE_BYTES_MAX {
        return Err(BundleError::FileTooLarge(name));
    }
    Ok((name, bytes))
}

/// A bundle as a program gets it, secrets in clear.
#[derive(Serialize)]
struct Sent<'a> {
    #[serde(rename = "config.yaml")]
    config: MapAsJson<'a>,
    certs: BTreeMap<&'a str, String>,
}

/// Writes what a program asked for.
pub(super) fn write(document: &Document, files: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let certs =
        files.iter().map(|(name, bytes)| (name.as_str(), BASE64_STANDARD.encode(bytes))).collect();
    let sent = Sent { config: MapAsJson(document.entries()), certs };
    serde_json::to_vec(&sent).expect("texts, numbers and lists always serialise")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(body: &str) -> String {
        read(body.as_bytes()).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn a_bundle_comes_back_as_it_was_sent() {
        let body = r#"{"config.yaml":{"B":1000000,"A":{"x":0.01}},"certs":{"extra_ca_certs/a.crt":"cGVt","ssl.key":"a2V5"}}"#;
        let posted = read(body.as_bytes()).unwrap();
        assert_eq!(posted.files["ssl.key"], b"key");
        assert_eq!(String::from_utf8(write(&posted.document, &posted.files)).unwrap(), body);
    }

    #[test]
    fn certs_may_be_missing_and_other_parts_are_left_aside() {
        for body in [
            r#"{"config.yaml":{}}"#,
            r#"{"config.yaml":{},"certs":null}"#,
            r#"{"managedFieldGroups":["Redis"],"config.yaml":{},"certs":{}}"#,
        ] {
            assert!(read(body.as_bytes()).unwrap().files.is_empty(), "{body}");
        }
        let lines = "{\"config.yaml\":{},\"certs\":{\"ssl.key\":\"a2\\r\\nV5\\n\"}}";
        assert_eq!(read(lines.as_bytes()).unwrap().files["ssl.key"], b"key");
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        for (body, expected) in [
            ("", "it is not JSON: see line 1, column 0"),
            ("{\"config.yaml\": {},}", "it is not JSON: see line 1, column 20"),
            ("[1]", "it must be an object with config.yaml and certs"),
            ("[{}, {}]", "it must be an object with config.yaml and certs"),
            ("7", "it must be an object with config.yaml and certs"),
            ("{}", "config.yaml is missing"),
            (r#"{"config.yaml": []}"#, "config.yaml must be an object, and this is a list"),
            (r#"{"config.yaml": {}, "certs": "x"}"#, "certs must be an object, and this is text"),
            (
                r#"{"config.yaml": {}, "certs": {"ssl.key": "%"}}"#,
                "certs: ssl.key must be a text in base64",
            ),
            (
                r#"{"config.yaml": {}, "certs": {"ssl.key": 7}}"#,
                "certs: ssl.key must be a text in base64",
            ),
            (
                r#"{"config.yaml": {}, "certs": {"run.sh": "aGk="}}"#,
                "certs: \"run.sh\" is none of the files Quay reads: give a name that ends in .crt, .cert, .key or .pem",
            ),
        ] {
            assert_eq!(refusal(body), expected, "{body}");
        }
        assert_eq!(
            refusal(r#"{"config.yaml": {"a": "\ud800"}}"#).split(':').next(),
            Some("config.yaml")
        );
        assert!(
            refusal(r#"{"config.yaml": {}, "certs": {"../ssl.key": ""}}"#).contains("../ssl.key")
        );
        assert!(matches!(read(b"\xff"), Err(BundleError::NotText)));
    }

    #[test]
    fn what_is_too_large_is_refused() {
        let large = BASE64_STANDARD.encode(vec![b'a'; FILE_BYTES_MAX + 1]);
        let one = format!("{{\"config.yaml\": {{}}, \"certs\": {{\"ssl.key\": \"{large}\"}}}}");
        assert!(
            matches!(read(one.as_bytes()), Err(BundleError::FileTooLarge(name)) if name == "ssl.key")
        );
        let names: Vec<String> = (0..=FILES_MAX).map(|at| format!("\"{at}.crt\": \"\"")).collect();
        let many = format!("{{\"config.yaml\": {{}}, \"certs\": {{{}}}}}", names.join(","));
        assert!(matches!(read(many.as_bytes()), Err(BundleError::TooManyFiles)));
        let text = "x".repeat(BYTES_MAX);
        let config = format!("{{\"config.yaml\": {{\"A\": \"{text}\"}}}}");
        assert!(matches!(read(config.as_bytes()), Err(BundleError::ConfigTooLarge)));
    }
}
