//! `config.yaml` as text with placeholders where secrets stand, and back.
//!
//! A placeholder names the place its secret came from, so that it may be moved about in the text.
//! Equal secrets have one placeholder, so that an anchor and its aliases stay what they are.

use crate::document::Document;
use crate::path::Path;
use crate::redact::{redact, unmask};
use crate::value::{Map, Value};
use crate::yaml::{self, YamlError};

/// How a placeholder begins and ends: with signs that need no quotes in YAML, so that the quotes
/// around a secret, or none, stay as they are.
pub const PLACEHOLDER: (&str, &str) = ("secret(", ")");
/// Shorter texts are not looked for in comments: they stand there by chance.
const SECRET_CHARS_MIN: usize = 6;
/// Lines that are tried one by one where some that look like comments are none.
const COMMENTS_TRIED_MAX: usize = 200;
/// Parts of names that make a comment's `name: value` a secret.
const SECRET_NAMES: [&str; 8] =
    ["PASSWORD", "PASSWD", "SECRET", "TOKEN", "KEY", "PSK", "DSN", "CREDENTIAL"];

/// Why a masked text cannot be taken back.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnmaskError {
    /// It is no configuration.
    #[error(transparent)]
    Yaml(#[from] YamlError),
    /// A placeholder stands for nothing that is known.
    #[error(
        "line {line}: {placeholder} stands for no secret of this configuration; enter the secret itself"
    )]
    Unknown {
        /// The line, from 1.
        line: usize,
        /// The placeholder.
        placeholder: String,
    },
}

/// The secrets of a text, each with its placeholder.
#[derive(Default)]
struct Secrets(Vec<(String, Value)>);

impl Secrets {
    fn placeholder(&mut self, path: &Path, value: &Value) -> Value {
        if let Some((name, _)) = self.0.iter().find(|(_, known)| known == value) {
            return Value::Text(name.clone());
        }
        let name = format!("{}{}{}", PLACEHOLDER.0, dotted(path), PLACEHOLDER.1);
        self.0.push((name.clone(), value.clone()));
        Value::Text(name)
    }

    fn find(&self, placeholder: &str) -> Option<&Value> {
        self.0.iter().find(|(name, _)| name == placeholder).map(|(_, value)| value)
    }
}

/// The path without brackets.
fn dotted(path: &Path) -> String {
    path.to_string().replace('[', ".").replace(']', "")
}

/// The text with every secret replaced by a placeholder.
pub fn mask(text: &str) -> Result<String, YamlError> {
    Ok(masked(text)?.0)
}

fn masked(text: &str) -> Result<(String, Secrets), YamlError> {
    let document = yaml::read(text)?;
    let shown = redact(&document);
    let mut secrets = Secrets::default();
    let entries = document.entries().iter().map(|(key, value)| {
        let path = Path::key(key.as_str().unwrap_or_default());
        let shown = shown.entries().get(key);
        (key.clone(), mask_value(&path, value, shown, &mut secrets))
    });
    let target = Document::new(entries.collect());
    let text = yaml::splice(text, &target);
    let text = mask_comments(&text, &mut secrets);
    Ok((text, secrets))
}

/// The value with what is hidden in `shown` replaced, part by part.
fn mask_value(path: &Path, value: &Value, shown: Option<&Value>, secrets: &mut Secrets) -> Value {
    let hidden = matches!(shown, None | Some(Value::Hidden));
    match value {
        Value::Map(map) => Value::Map(
            map.iter()
                .map(|(key, value)| {
                    let shown =
                        shown.filter(|_| !hidden).and_then(|shown| shown.as_map()?.get(key));
                    let path = path.field(key.as_str().unwrap_or_default());
                    (key.clone(), mask_value(&path, value, shown, secrets))
                })
                .collect::<Map>(),
        ),
        Value::List(items) => {
            let shown = shown.and_then(Value::as_list).unwrap_or_default();
            let items = items.iter().enumerate();
            items
                .map(|(at, item)| mask_value(&path.item(at), item, shown.get(at), secrets))
                .collect::<Vec<_>>()
                .into()
        }
        Value::Null | Value::Bool(_) | Value::Hidden => value.clone(),
        blank if blank.is_blank() => blank.clone(),
        scalar if hidden => secrets.placeholder(path, scalar),
        scalar => shown.unwrap_or(scalar).clone(),
    }
}

/// Secrets that stand in comments: known ones anywhere, and values of names that tell.
///
/// What only looks like a comment, in quotes for instance, is part of a value and stays.
fn mask_comments(text: &str, secrets: &mut Secrets) -> String {
    let known: Vec<(String, String)> = secrets
        .0
        .iter()
        .filter_map(|(name, value)| Some((value.as_str()?.to_owned(), name.clone())))
        .filter(|(secret, _)| secret.chars().count() >= SECRET_CHARS_MIN && !secret.contains('\n'))
        .collect();
    let mut number = 0;
    in_comments(text, |comment| {
        let mut shown = comment.to_owned();
        for (secret, name) in &known {
            shown = shown.replace(secret.as_str(), name);
        }
        if let Some(at) = secret_in_comment(&shown) {
            number += 1;
            let name = format!("{}comment {number}{}", PLACEHOLDER.0, PLACEHOLDER.1);
            secrets.0.push((name.clone(), Value::Text(shown[at..].to_owned())));
            shown.replace_range(at.., &name);
        }
        shown
    })
}

/// The text with every comment rewritten, unless that changes a value.
fn in_comments(text: &str, mut rewrite: impl FnMut(&str) -> String) -> String {
    let lines: Vec<(&str, String)> = text
        .split_inclusive('\n')
        .map(|line| {
            let body = line.trim_end_matches(['\n', '\r']);
            let changed =
                comment_start(body).map(|at| format!("{}{}", &body[..at], rewrite(&body[at..])));
            (line, changed.map_or_else(|| line.to_owned(), |changed| changed + &line[body.len()..]))
        })
        .collect();
    let all: String = lines.iter().map(|(_, changed)| changed.as_str()).collect();
    let same = |candidate: &str| matches!((yaml::read(candidate), yaml::read(text)), (Ok(a), Ok(b)) if a == b);
    if all == text || same(&all) {
        return all;
    }
    // Some of them are no comments: line by line, as many as can be tried.
    let mut kept: Vec<&str> = lines.iter().map(|(line, _)| *line).collect();
    let differing = lines.iter().enumerate().filter(|(_, (line, changed))| line != changed);
    for (at, (line, changed)) in differing.take(COMMENTS_TRIED_MAX) {
        kept[at] = changed;
        if !same(&kept.concat()) {
            kept[at] = line;
        }
    }
    kept.concat()
}

/// Where the words of a comment begin in a line, if it has one.
fn comment_start(line: &str) -> Option<usize> {
    let mut before = ' ';
    for (at, letter) in line.char_indices() {
        if letter == '#' && before.is_whitespace() {
            return Some(at + 1);
        }
        before = letter;
    }
    None
}

/// Where the value begins in a comment such as `MAIL_PASSWORD: word`, or an address with a password.
fn secret_in_comment(comment: &str) -> Option<usize> {
    if let Some((name, rest)) = comment.split_once(':') {
        let name = name.to_ascii_uppercase();
        let value = rest.trim();
        let telling = SECRET_NAMES.iter().any(|part| name.contains(part));
        if telling && !value.is_empty() && !value.starts_with(PLACEHOLDER.0) {
            return Some(comment.len() - rest.trim_start().len());
        }
    }
    let address = comment.find("://")?;
    crate::redact::has_password(comment)
        .then(|| comment[..address].rfind([' ', '"', '\'']).map_or(0, |at| at + 1))
}

/// The text that `edited` stands for, with the secrets of `stored` in the place of placeholders.
pub fn unmask_text(edited: &str, stored: &str) -> Result<String, UnmaskError> {
    let document = yaml::read(edited)?;
    let (_, secrets) = masked(stored)?;
    let stored = yaml::read(stored)?;
    let mut unknown = None;
    let entries = document.entries().iter().map(|(key, value)| {
        let path = Path::key(key.as_str().unwrap_or_default());
        (key.clone(), unmask_value(&path, value, &stored, &secrets, &mut unknown))
    });
    let target = Document::new(entries.collect());
    if let Some(placeholder) = unknown {
        let line = edited.lines().position(|line| line.contains(&placeholder)).unwrap_or_default();
        return Err(UnmaskError::Unknown { line: line + 1, placeholder });
    }
    let text = yaml::splice(edited, &target);
    // What is left stands in comments; what holds another placeholder was added later.
    Ok(in_comments(&text, |comment| {
        secrets.0.iter().rev().fold(comment.to_owned(), |comment, (name, value)| {
            match value.as_str() {
                Some(secret) => comment.replace(name.as_str(), secret),
                None => comment,
            }
        })
    }))
}

fn unmask_value(
    path: &Path,
    value: &Value,
    stored: &Document,
    secrets: &Secrets,
    unknown: &mut Option<String>,
) -> Value {
    match value {
        Value::Text(text) if is_placeholder(text) => match secrets.find(text) {
            Some(secret) => secret.clone(),
            None => {
                unknown.get_or_insert_with(|| text.clone());
                Value::Null
            }
        },
        Value::Text(text) => Value::Text(unmask(text, stored.raw(path).and_then(Value::as_str))),
        Value::List(items) => {
            let items = items.iter().enumerate();
            items
                .map(|(at, item)| unmask_value(&path.item(at), item, stored, secrets, unknown))
                .collect::<Vec<_>>()
                .into()
        }
        Value::Map(map) => Value::Map(
            map.iter()
                .map(|(key, value)| {
                    let path = path.field(key.as_str().unwrap_or_default());
                    (key.clone(), unmask_value(&path, value, stored, secrets, unknown))
                })
                .collect(),
        ),
        other => other.clone(),
    }
}

fn is_placeholder(text: &str) -> bool {
    text.starts_with(PLACEHOLDER.0) && text.ends_with(PLACEHOLDER.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# the old MAIL_PASSWORD: sesame-0\nSECRET_KEY: 'hunter2-a' # keep\n\
        DB_URI: postgresql://quay:hunter2-b@db01/quay\nBUILDLOGS_REDIS: &redis\n  host: redis\n  \
        password: hunter2-c\nUSER_EVENTS_REDIS: *redis\n# was hunter2-c before\nMY_OWN: # or 'hunter2-c', token: sesame-1\n  \
        on: true\n  inner: [hunter2-d, 5]\n";

    #[test]
    fn no_secret_is_in_the_masked_text_and_all_of_it_comes_back() {
        let masked = mask(TEXT).unwrap();
        assert!(!masked.contains("hunter2") && !masked.contains("sesame"), "{masked}");
        for kept in ["# keep", "&redis", "*redis", "host: redis", "# was ", "on: true", "db01"] {
            assert!(masked.contains(kept), "{kept}: {masked}");
        }
        assert_eq!(unmask_text(&masked, TEXT).unwrap(), TEXT);
    }

    #[test]
    fn a_placeholder_may_be_moved_and_the_text_around_it_edited() {
        let masked = mask(TEXT).unwrap();
        let edited = masked
            .replacen("SECRET_KEY", "DATABASE_SECRET_KEY", 1)
            .replace("host: redis", "host: other");
        let text = unmask_text(&edited, TEXT).unwrap();
        assert!(text.contains("DATABASE_SECRET_KEY: 'hunter2-a' # keep"), "{text}");
        assert!(text.contains("host: other"), "{text}");
    }

    #[test]
    fn a_placeholder_of_nothing_is_named_with_its_line() {
        let error = unmask_text("A: 1\nSECRET_KEY: secret(ELSE)\n", TEXT).unwrap_err();
        assert_eq!(
            error.to_string(),
            "line 2: secret(ELSE) stands for no secret of this configuration; enter the secret itself"
        );
    }
}
