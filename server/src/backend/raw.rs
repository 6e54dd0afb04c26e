//! `config.yaml` as text: shown with placeholders for secrets, and taken back.

use super::draft::{Draft, DraftError, DraftService};
use crate::hex;
use app::pages::yaml::{Fault, Mark, RawText};
use app::paths;
use config_model::document::Document;
use config_model::mask::{PLACEHOLDER, UnmaskError, mask, unmask_text};
use config_model::path::Path;
use config_model::rule::Finding;
use config_model::value::{ObjectSpec, Value, ValueKind};
use config_model::walk::{Visit, walk};
use config_model::yaml::{self, YamlError};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

/// What the steps are called that an edited text makes.
const LABEL: &str = "config.yaml";

/// What came of an edited text.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum RawAnswer {
    /// It is the draft now.
    Stored(RawText),
    /// It cannot be read; nothing was stored.
    Fault {
        /// Where and why.
        error: Fault,
    },
    /// The draft is another one than the text was made from; nothing was stored.
    Conflict {
        /// The draft as it is.
        conflict: RawText,
    },
}

impl DraftService {
    /// `config.yaml` as a browser may know it.
    pub async fn raw(&self) -> Result<RawText, DraftError> {
        self.raw_of(&self.load().await?)
    }

    /// The `config.yaml` of a draft as a browser may know it.
    pub fn raw_of(&self, draft: &Draft) -> Result<RawText, DraftError> {
        let text = mask(&draft.text).map_err(|_| DraftError::Damaged)?;
        let findings = marks(&text, self.report(draft).findings());
        let view = serde_json::to_string(&self.view(draft)).map_err(|_| DraftError::Damaged)?;
        let structure = structure(&draft.document);
        Ok(RawText { version: draft.version, text, findings, structure, view })
    }

    /// Makes an edited text the draft, if it can be read and was made from this `version`.
    pub async fn set_raw(&self, edited: &str, version: i64) -> Result<RawAnswer, DraftError> {
        let stored = self.load().await?;
        let edited = with_breaks_of(edited, &stored.text);
        let read = accepted(&edited, &stored.text);
        if matches!(&read, Ok((text, _)) if *text == stored.text) {
            return Ok(RawAnswer::Stored(self.raw_of(&stored)?));
        }
        if stored.version != version {
            return Ok(RawAnswer::Conflict { conflict: self.raw_of(&stored)? });
        }
        let (text, document) = match read {
            Ok(read) => read,
            Err(error) => return Ok(RawAnswer::Fault { error }),
        };
        let changed = self
            .change(LABEL, |draft| {
                // The placeholders were read with the secrets of that version.
                if draft.version != version {
                    return Err(DraftError::Busy);
                }
                draft.text.clone_from(&text);
                draft.document.clone_from(&document);
                Ok(())
            })
            .await;
        match changed {
            Ok(draft) => Ok(RawAnswer::Stored(self.raw_of(&draft)?)),
            Err(DraftError::Busy) => Ok(RawAnswer::Conflict { conflict: self.raw().await? }),
            Err(error) => Err(error),
        }
    }
}

/// The text with the line breaks of the stored one: a browser has its own.
fn with_breaks_of(edited: &str, stored: &str) -> String {
    let plain = edited.replace("\r\n", "\n");
    if stored.contains("\r\n") { plain.replace('\n', "\r\n") } else { plain }
}

/// The text with its secrets and what it says, or why it is not taken.
fn accepted(edited: &str, stored: &str) -> Result<(String, Document), Fault> {
    let text = unmask_text(edited, stored).map_err(|error| fault(edited, &error))?;
    if let Some(fault) = torn(edited, &text, stored) {
        return Err(fault);
    }
    let document = yaml::read(&text).map_err(|error| fault(edited, &error.into()))?;
    Ok((text, document))
}

fn fault(edited: &str, error: &UnmaskError) -> Fault {
    match error {
        UnmaskError::Yaml(YamlError { line, column, what }) => {
            Fault { line: *line, column: *column, what: what.clone() }
        }
        UnmaskError::Unknown { line, placeholder } => {
            let found = edited.lines().nth(line - 1).unwrap_or_default();
            let sentence = error.to_string();
            let what = sentence.split_once(": ").map_or(sentence.as_str(), |(_, what)| what);
            Fault { line: *line, column: column(found, placeholder), what: what.to_owned() }
        }
    }
}

/// The column, from 1, where `part` begins in a line.
fn column(line: &str, part: &str) -> usize {
    let before = line.split(part).next().unwrap_or_default();
    before.chars().count() + 1
}

/// A placeholder that became part of a longer text: it would be stored as it stands.
fn torn(edited: &str, text: &str, stored: &str) -> Option<Fault> {
    let (open, close) = PLACEHOLDER;
    let masked = mask(stored).unwrap_or_default();
    let part = |line: &str| {
        let rest = &line[line.find(open)?..];
        let part = &rest[..rest.find(close)? + close.len()];
        masked.contains(part).then(|| part.to_owned())
    };
    let mut lines = text.lines().filter(|line| !line.trim_start().starts_with('#'));
    let (line, part) = lines.find_map(|line| Some((line, part(line)?)))?;
    let at = edited.lines().position(|other| other == line).unwrap_or_default();
    let what = format!("{part} must stand alone; enter the whole secret in its place");
    Some(Fault { line: at + 1, column: column(line, &part), what })
}

/// The findings, each with its place in the text.
fn marks(text: &str, findings: &[Finding]) -> Vec<Mark> {
    let paths: Vec<Path> = findings.iter().map(|finding| finding.path.clone()).collect();
    let lines: Vec<&str> = text.lines().collect();
    let indent = |line: usize| {
        let line = lines.get(line - 1).copied().unwrap_or_default();
        line.chars().take_while(|letter| letter.is_whitespace()).count()
    };
    let places = yaml::locate(text, &paths);
    let mark = |(finding, line): (&Finding, Option<usize>)| Mark {
        line,
        column: line.map_or(0, indent) + 1,
        severity: finding.severity,
        path: finding.path.to_string(),
        href: match finding.section.as_str() {
            "" => String::new(),
            section => paths::field(section, &finding.path),
        },
        message: finding.message.clone(),
        fix: finding.fix.clone(),
    };
    findings.iter().zip(places).map(mark).collect()
}

/// Stands for what a page draws and does not change by itself: entries, their names and words.
fn structure(document: &Document) -> String {
    let mut drawn = String::new();
    walk(document, &mut |visit| {
        if let Some(shape) = drawn_shape(&visit) {
            let _ = writeln!(drawn, "{} {shape}", visit.path);
        }
    });
    hex::encode(&Sha256::digest(drawn.as_bytes())[..8])
}

fn drawn_shape(visit: &Visit<'_>) -> Option<String> {
    let (field, value) = (visit.field, visit.value?);
    let in_family = visit.path.parent().is_none() && visit.path.root() != field.name;
    let opaque = field.kind.object().is_some_and(ObjectSpec::is_opaque);
    if in_family || opaque {
        return Some(String::new());
    }
    if field.drawn_with.is_some() && matches!(field.kind, ValueKind::List(_)) {
        return Some(yaml::write_inline(value));
    }
    shape(field.kind, value)
}

/// The names and words of entries; `None` for a value that one control edits.
fn shape(kind: ValueKind, value: &Value) -> Option<String> {
    let inside = |value: &Value| kind.entries().and_then(|entry| shape(entry, value));
    match (kind, value) {
        (ValueKind::Tagged(_), Value::List(items)) => {
            items.first().and_then(Value::as_str).map(str::to_owned)
        }
        (_, Value::List(items)) if kind.entries().is_some() => {
            let shapes = items.iter().map(|item| inside(item).unwrap_or_default());
            Some(shapes.collect::<Vec<_>>().join(", "))
        }
        (_, Value::Map(map)) if kind.entries().is_some() => {
            let shapes = map.iter().map(|(name, value)| {
                format!(
                    "{} {}",
                    name.as_str().unwrap_or_default(),
                    inside(value).unwrap_or_default()
                )
            });
            Some(shapes.collect::<Vec<_>>().join(", "))
        }
        // A mapping in the place of a list is not edited in the form.
        (ValueKind::List(_), Value::Map(_)) => Some("mapping".to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STORED: &str = "# kept\r\nSECRET_KEY: hunter2-a\r\nSERVER_HOSTNAME: quay\r\n";

    fn structure_of(text: &str) -> String {
        structure(&yaml::read(text).unwrap())
    }

    #[test]
    fn the_line_breaks_of_the_file_stay() {
        let masked = mask(STORED).unwrap();
        let edited = with_breaks_of(&masked.replace("\r\n", "\n"), STORED);
        assert_eq!(accepted(&edited, STORED).unwrap().0, STORED);
        assert_eq!(with_breaks_of("a\r\nb\n", "a\n"), "a\nb\n");
    }

    #[test]
    fn a_placeholder_that_is_typed_into_is_refused_with_its_place() {
        let masked = mask(STORED).unwrap();
        let edited = masked.replace(PLACEHOLDER.1, &format!("{}x", PLACEHOLDER.1));
        let fault = accepted(&edited, STORED).unwrap_err();
        assert_eq!((fault.line, fault.column), (2, 13), "{}", fault.what);
    }

    #[test]
    fn a_placeholder_of_nothing_is_refused_with_its_place() {
        let edited = format!("A: 1\nMAIL_PASSWORD: {}X{}\n", PLACEHOLDER.0, PLACEHOLDER.1);
        let fault = accepted(&edited, STORED).unwrap_err();
        assert_eq!((fault.line, fault.column), (2, 16), "{}", fault.what);
        assert!(!fault.what.contains("line 2"), "{}", fault.what);
    }

    #[test]
    fn only_what_a_page_draws_by_itself_is_structure() {
        let none = structure_of("SERVER_HOSTNAME: a\n");
        assert_eq!(structure_of("SERVER_HOSTNAME: b\nSUPER_USERS: [a, b]\nMAIL_PORT: 1\n"), none);
        assert_eq!(structure_of("BUILDLOGS_REDIS: {host: a, port: 1}\n"), none);
        let engine = |name: &str, driver: &str| {
            structure_of(&format!("DISTRIBUTED_STORAGE_CONFIG: {{{name}: [{driver}, {{}}]}}\n"))
        };
        assert!(engine("a", "LocalStorage") != none);
        assert!(engine("a", "LocalStorage") != engine("b", "LocalStorage"));
        assert!(engine("a", "LocalStorage") != engine("a", "S3Storage"));
    }
}
