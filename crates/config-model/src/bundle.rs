//! What goes into `quay-config.tar.gz` and into a configuration folder, and what may.

use std::collections::BTreeMap;

/// The file name of a bundle.
pub const ARCHIVE_NAME: &str = "quay-config.tar.gz";
/// The configuration's name in a bundle.
pub const CONFIG_NAME: &str = "config.yaml";
/// The folder of additional certificate authorities.
pub const EXTRA_CA_FOLDER: &str = "extra_ca_certs/";
/// A certificate file is a few kilobytes; a corporate bundle of all authorities a few hundred.
pub const FILE_BYTES_MAX: usize = 1024 * 1024;
/// More files than any registry needs.
pub const FILES_MAX: usize = 200;
/// Bytes of all files together.
pub const FILES_BYTES_MAX: usize = 16 * 1024 * 1024;
/// The longest name a file in a bundle may have, so that a plain tar header takes it.
pub const NAME_CHARS_MAX: usize = 99;

/// A file of a bundle.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its path inside the bundle.
    pub name: String,
    /// Its permissions.
    pub mode: u32,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// Why a file cannot be part of a bundle.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// The name leads out of the folder or cannot be a file's.
    #[error(
        "{0:?} cannot be the name of a file here: use letters, digits, dots, hyphens and underscores"
    )]
    Unsafe(String),
    /// No form and no part of Quay asks for such a file.
    #[error(
        "{0:?} is none of the files Quay reads: give a name that ends in .crt, .cert, .key or .pem"
    )]
    Unknown(String),
}

/// Checks the name of a file that is to go beside `config.yaml`.
pub fn checked_name(name: &str) -> Result<&str, NameError> {
    let parts: Vec<&str> = name.split('/').collect();
    let safe = |part: &&str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-+@".contains(&byte))
    };
    if name.len() > NAME_CHARS_MAX || parts.len() > 2 || !parts.iter().all(safe) {
        return Err(NameError::Unsafe(name.chars().take(NAME_CHARS_MAX).collect()));
    }
    if parts.first() != Some(&CONFIG_NAME) && is_certificate_name(name) {
        Ok(name)
    } else {
        Err(NameError::Unknown(name.to_owned()))
    }
}

/// Whether Quay's validator takes a file of this name for a certificate or key.
pub fn is_certificate_name(name: &str) -> bool {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    matches!(ending, Some("crt" | "cert" | "key" | "pem")) || name.starts_with("extra_ca_cert_")
}

/// The files of a bundle: the configuration first, then the rest by name.
pub fn entries(config: &str, files: &BTreeMap<String, Vec<u8>>) -> Vec<Entry> {
    let config = Entry {
        name: CONFIG_NAME.to_owned(),
        mode: mode(CONFIG_NAME),
        bytes: config.as_bytes().to_vec(),
    };
    let rest = files.iter().map(|(name, bytes)| Entry {
        name: name.clone(),
        mode: mode(name),
        bytes: bytes.clone(),
    });
    std::iter::once(config).chain(rest).collect()
}

/// 0600 for what holds a secret, 0644 for the rest.
pub fn mode(name: &str) -> u32 {
    let ending = |ending: &str| name.rsplit_once('.').is_some_and(|(_, found)| found == ending);
    if name == CONFIG_NAME || ending("key") || name.ends_with("-signing-key.pem") {
        0o600
    } else {
        0o644
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_inside_the_bundle() {
        for good in [
            "ssl.cert",
            "ssl.key",
            "database.pem",
            "extra_ca_certs/ca-1.crt",
            "eu-cloudfront-signing-key.pem",
        ] {
            assert_eq!(checked_name(good), Ok(good));
        }
        for bad in [
            "../ssl.key",
            "/etc/ssl.key",
            "a/b/c.crt",
            "ssl.key\0",
            ".hidden.crt",
            "config.yaml",
            "config.yaml/a.crt",
            "run.sh",
            "",
            "extra_ca_certs/",
        ] {
            assert!(checked_name(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn secrets_are_for_their_owner_only() {
        for (name, expected) in [
            ("config.yaml", 0o600),
            ("ssl.key", 0o600),
            ("eu-cloudfront-signing-key.pem", 0o600),
            ("ssl.cert", 0o644),
            ("database.pem", 0o644),
        ] {
            assert_eq!(mode(name), expected, "{name}");
        }
    }
}
