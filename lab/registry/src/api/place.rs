//! What a path below `/v2` leads to.

use super::error::ApiError;
use server::hex;
use sha2::{Digest as _, Sha256};
use std::fmt;
use uuid::Uuid;

/// The longest name of a repository.
const NAME_CHARS_MAX: usize = 255;
/// The longest tag.
const TAG_CHARS_MAX: usize = 128;
/// Digits of a digest.
const DIGITS: usize = 64;
/// How the one kind of digest begins.
const SHA256: &str = "sha256:";

/// The digest of bytes, by SHA-256.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Digest(String);

impl Digest {
    /// Reads `sha256:` and its digits.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix(SHA256)?;
        let known = |digit: u8| digit.is_ascii_digit() || (b'a'..=b'f').contains(&digit);
        (digits.len() == DIGITS && digits.bytes().all(known)).then(|| Self(digits.to_owned()))
    }

    /// The digest of these bytes.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        Self(hex::encode(&Sha256::digest(bytes)))
    }

    /// The digest that a hash has come to.
    pub(crate) fn from_hash(hash: Sha256) -> Self {
        Self(hex::encode(&hash.finalize()))
    }

    /// Where the blob is kept, as Quay lays them out.
    pub(crate) fn key(&self) -> String {
        format!("sha256/{}/{}", &self.0[..2], self.0)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{SHA256}{}", self.0)
    }
}

/// How a manifest is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reference {
    /// By a tag.
    Tag(String),
    /// By what is in it.
    Digest(Digest),
}

/// What a path leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// `/v2/`: whether this is a registry.
    Root,
    /// All repositories.
    Catalog,
    /// The tags of a repository.
    Tags(String),
    /// A manifest.
    Manifest(String, Reference),
    /// A blob.
    Blob(String, Digest),
    /// Where uploads begin.
    Uploads(String),
    /// An upload under way.
    Upload(String, Uuid),
}

impl Place {
    /// What this path leads to.
    pub(crate) fn of(path: &str) -> Result<Self, ApiError> {
        let path = path.strip_prefix("/v2").unwrap_or(path).trim_start_matches('/');
        let path = path.replace("%3A", ":").replace("%3a", ":");
        let parts: Vec<&str> = path.split('/').collect();
        match parts.as_slice() {
            [""] => Ok(Self::Root),
            ["_catalog"] => Ok(Self::Catalog),
            [name @ .., "tags", "list"] => Ok(Self::Tags(repository(name)?)),
            [name @ .., "manifests", reference] => {
                Ok(Self::Manifest(repository(name)?, manifest(reference)?))
            }
            [name @ .., "blobs", "uploads"] | [name @ .., "blobs", "uploads", ""] => {
                Ok(Self::Uploads(repository(name)?))
            }
            [name @ .., "blobs", "uploads", id] => {
                let id = Uuid::parse_str(id).map_err(|_| ApiError::no_upload())?;
                Ok(Self::Upload(repository(name)?, id))
            }
            [name @ .., "blobs", digest] => {
                let digest = Digest::parse(digest).ok_or_else(ApiError::bad_digest)?;
                Ok(Self::Blob(repository(name)?, digest))
            }
            _ => Err(ApiError::nothing_there()),
        }
    }
}

fn manifest(text: &str) -> Result<Reference, ApiError> {
    if text.contains(':') {
        return Digest::parse(text).map(Reference::Digest).ok_or_else(ApiError::bad_digest);
    }
    let begins = text.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '_');
    let known = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    if begins && text.len() <= TAG_CHARS_MAX && text.bytes().all(known) {
        Ok(Reference::Tag(text.to_owned()))
    } else {
        Err(ApiError::bad_tag())
    }
}

/// The name of a repository: small letters and digits, with `.`, `_` and `-` between them.
fn repository(parts: &[&str]) -> Result<String, ApiError> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let known = |part: &&str| {
        part.bytes().all(|byte| plain(byte) || b"._-".contains(&byte))
            && part.bytes().next().is_some_and(plain)
            && part.bytes().next_back().is_some_and(plain)
    };
    let name = parts.join("/");
    if parts.iter().all(known) && !parts.is_empty() && name.len() <= NAME_CHARS_MAX {
        Ok(name)
    } else {
        Err(ApiError::bad_name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGEST: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn each_path_leads_somewhere() {
        let name = "acme/app".to_owned();
        let digest = Digest::of(b"");
        assert_eq!(digest.to_string(), DIGEST);
        let id = Uuid::nil();
        for (path, wanted) in [
            ("/v2", Place::Root),
            ("/v2/", Place::Root),
            ("/v2/_catalog", Place::Catalog),
            ("/v2/acme/app/tags/list", Place::Tags(name.clone())),
            (
                "/v2/acme/app/manifests/1.0",
                Place::Manifest(name.clone(), Reference::Tag("1.0".to_owned())),
            ),
            (
                &format!("/v2/acme/app/manifests/{DIGEST}"),
                Place::Manifest(name.clone(), Reference::Digest(digest.clone())),
            ),
            (
                &format!("/v2/acme/app/blobs/{}", DIGEST.replace(':', "%3A")),
                Place::Blob(name.clone(), digest),
            ),
            ("/v2/acme/app/blobs/uploads/", Place::Uploads(name.clone())),
            ("/v2/acme/app/blobs/uploads", Place::Uploads(name.clone())),
            (&format!("/v2/acme/app/blobs/uploads/{id}"), Place::Upload(name, id)),
        ] {
            assert!(Place::of(path).is_ok_and(|found| found == wanted), "{path}");
        }
    }

    #[test]
    fn what_leads_elsewhere_is_refused() {
        for bad in [
            "/v2/Acme/app/tags/list",
            "/v2/../etc/tags/list",
            "/v2/acme/.app/tags/list",
            "/v2/acme//app/tags/list",
            "/v2/tags/list",
            "/v2/acme/app/manifests/-x",
            "/v2/acme/app/manifests/sha256:12",
            "/v2/acme/app/blobs/md5:12",
            "/v2/acme/app/blobs/uploads/1",
            "/v2/acme/app",
        ] {
            assert!(Place::of(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_blob_lies_where_quay_would_put_it() {
        let key = Digest::of(b"").key();
        assert!(key.starts_with("sha256/e3/e3b0c442"), "{key}");
    }
}
