//! The files beside `config.yaml`: what they are for, and what was read out of them.
//!
//! Reading a certificate takes a parser and a clock, so the server does it; the rules here only
//! look at the facts, in the browser as well.

use crate::bundle;
use crate::document::Document;
use crate::sections::SECTIONS;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The files of a bundle, by the name they have in it.
pub type Files = BTreeMap<String, FileFacts>;

/// The name of the slot for files that only a setting names.
pub const ANY_NAME: &str = "*";

/// A file the administrator may supply.
#[derive(Clone, Copy, Debug)]
pub struct FileSlot {
    /// Its name in the bundle; a folder's ends in `/`, and [`ANY_NAME`] is for what is left.
    pub name: &'static str,
    /// The name a person reads.
    pub label: &'static str,
    /// What it is for.
    pub doc: &'static str,
    /// What must be in it.
    pub content: Content,
    /// Whether Quay cannot do without it, given the other settings.
    pub needed: fn(&Document) -> bool,
}

/// What a file should hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Content {
    /// One or more certificates in PEM.
    Certificates,
    /// A private key in PEM.
    PrivateKey,
    /// A public key in PEM.
    PublicKey,
    /// Any of these.
    Any,
}

impl FileSlot {
    /// Whether a file of this name goes here.
    pub fn takes(&self, name: &str) -> bool {
        match self.name {
            ANY_NAME => {
                let claimed = SECTIONS
                    .iter()
                    .flat_map(|section| section.files)
                    .any(|slot| slot.name != ANY_NAME && slot.takes(name));
                bundle::is_certificate_name(name) && !claimed
            }
            folder if folder.ends_with('/') => name.starts_with(folder),
            own => name == own,
        }
    }

    /// Whether any number of files goes here, under their own names.
    pub fn takes_many(&self) -> bool {
        self.name.ends_with('/') || self.name == ANY_NAME
    }

    /// The name in the bundle for a file uploaded here under `uploaded`.
    pub fn name_for(&self, uploaded: &str) -> String {
        match self.name {
            ANY_NAME => uploaded.to_owned(),
            folder if folder.ends_with('/') => format!("{folder}{uploaded}"),
            own => own.to_owned(),
        }
    }
}

/// What is known of one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileFacts {
    /// Its size in bytes.
    pub bytes: u64,
    /// What was found in it.
    pub content: FileContent,
}

/// What was found in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FileContent {
    /// Certificates, the file's first one first.
    Certificates(Vec<Certificate>),
    /// A private key.
    PrivateKey {
        /// Its kind, for example `EC P-256`.
        kind: String,
        /// Whether it belongs to the first certificate of `ssl.cert`; unknown without one.
        matches: Option<bool>,
    },
    /// A public key.
    PublicKey,
    /// None of these; the sentence says what is wrong with it.
    Unreadable(String),
    /// A file that no form asks for.
    Other,
}

/// What a certificate says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// Whom it is for.
    pub subject: String,
    /// Who signed it.
    pub issuer: String,
    /// The DNS names and addresses it covers.
    pub names: Vec<String>,
    /// Seconds since 1970 from which it holds.
    pub not_before: i64,
    /// Seconds since 1970 until which it holds.
    pub not_after: i64,
    /// Whether it may sign others.
    pub is_ca: bool,
    /// Whether it is signed with its own key.
    pub self_signed: bool,
    /// What the chain from here lacks: the subject of the first issuer that is nowhere to be found.
    pub missing_issuer: Option<String>,
}

impl Certificate {
    /// Whether one of its names covers `host`; a wildcard stands for exactly one label.
    pub fn covers(&self, host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        self.names.iter().map(|name| name.to_ascii_lowercase()).any(|name| {
            name == host
                || name.strip_prefix("*.").is_some_and(|parent| {
                    host.split_once('.')
                        .is_some_and(|(label, rest)| !label.is_empty() && rest == parent)
                })
        })
    }
}

/// The certificates in a file of this name, none when it is absent or holds none.
pub fn certificates<'a>(files: &'a Files, name: &str) -> &'a [Certificate] {
    match files.get(name).map(|facts| &facts.content) {
        Some(FileContent::Certificates(certificates)) => certificates,
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wildcard_stands_for_one_label() {
        let certificate = Certificate {
            subject: String::new(),
            issuer: String::new(),
            names: vec![
                "*.example.com".to_owned(),
                "Quay.Example.org".to_owned(),
                "10.0.0.1".to_owned(),
            ],
            not_before: 0,
            not_after: 0,
            is_ca: false,
            self_signed: false,
            missing_issuer: None,
        };
        for host in ["quay.example.com", "QUAY.example.com", "quay.example.org", "10.0.0.1"] {
            assert!(certificate.covers(host), "{host}");
        }
        for host in ["example.com", "a.b.example.com", ".example.com", "10.0.0.2"] {
            assert!(!certificate.covers(host), "{host}");
        }
    }
}
