//! Manifests: in and out, by tag and by digest.

use super::blobs::DIGEST_HEADER;
use super::error::ApiError;
use super::incoming::{read, turn};
use super::place::{Digest, Reference};
use super::{Call, named};
use crate::catalog::{self, Manifest};
use crate::registry::Registry;
use axum::body::Body;
use axum::http::{HeaderName, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

/// The largest manifest, as with Quay.
const MANIFEST_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Blobs of one manifest, or manifests of one list.
const PARTS_MAX: usize = 200;
/// What a manifest is when nobody says.
const MEDIA_TYPE: &str = "application/vnd.docker.distribution.manifest.v2+json";
/// The kinds that are counted by their names.
const MEDIA_TYPES: [&str; 4] = [
    MEDIA_TYPE,
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.oci.image.index.v1+json",
];
/// The longest name of a kind.
const MEDIA_TYPE_CHARS_MAX: usize = 255;

/// `GET` and `HEAD`.
pub(super) async fn get(
    registry: &Registry,
    repository: &str,
    reference: &Reference,
    call: &Call,
) -> Result<Response, ApiError> {
    let (kind, route) = match reference {
        Reference::Tag(_) => ("tag", "v2.fetch_manifest_by_tagname"),
        Reference::Digest(_) => ("manifest", "v2.fetch_manifest_by_digest"),
    };
    let found = find(registry, repository, reference).await?;
    let status = if found.is_some() { "200" } else { "404" };
    let labels = [("protocol", "v2"), ("ref", kind), ("status", status)];
    if call.method == Method::GET {
        registry.metrics.count("quay_registry_image_pulls_total", &labels, 1);
    }
    let manifest = found.ok_or_else(ApiError::no_manifest)?;
    let headers = [
        (header::CONTENT_TYPE, manifest.media_type),
        (header::CONTENT_LENGTH, manifest.content.len().to_string()),
    ];
    let digest = [(HeaderName::from_static(DIGEST_HEADER), manifest.digest.to_string())];
    Ok(named(
        route,
        if call.method == Method::HEAD {
            (headers, digest).into_response()
        } else {
            (headers, digest, manifest.content).into_response()
        },
    ))
}

async fn find(
    registry: &Registry,
    repository: &str,
    reference: &Reference,
) -> Result<Option<Manifest>, ApiError> {
    let database = &registry.database;
    let digest = match reference {
        Reference::Digest(digest) => Some(digest.clone()),
        Reference::Tag(tag) => catalog::tagged(database, repository, tag).await?,
    };
    match digest {
        Some(digest) => Ok(catalog::manifest(database, repository, &digest).await?),
        None => Ok(None),
    }
}

/// `PUT`.
pub(super) async fn put(
    registry: &Registry,
    repository: &str,
    reference: &Reference,
    call: &Call,
    body: Body,
) -> Result<Response, ApiError> {
    let said = call.header(header::CONTENT_TYPE);
    let _turn = turn(registry).await?;
    let content = read(&registry.limits, body, MANIFEST_BYTES_MAX).await?.to_vec();
    let digest = Digest::of(&content);
    let (tag, route) = match reference {
        Reference::Tag(tag) => (Some(tag.as_str()), "v2.write_manifest_by_tagname"),
        Reference::Digest(wanted) if *wanted == digest => (None, "v2.write_manifest_by_digest"),
        Reference::Digest(_) => return Err(ApiError::bad_digest()),
    };
    let value: Value =
        serde_json::from_slice(&content).map_err(|_| ApiError::bad_manifest("it is not JSON"))?;
    let media_type = media_type(said, &value)?;
    check(registry, repository, &value).await?;
    let manifest = Manifest { digest, media_type, content };
    if !catalog::put(&registry.database, repository, tag, &manifest).await? {
        return Err(ApiError::bad_manifest("the stand-in for Quay is full"));
    }
    let counted = MEDIA_TYPES.into_iter().find(|known| *known == manifest.media_type);
    let labels =
        [("media_type", counted.unwrap_or("other")), ("protocol", "v2"), ("status", "201")];
    registry.metrics.count("quay_registry_image_pushes_total", &labels, 1);
    let digest = manifest.digest.to_string();
    let location = [(header::LOCATION, format!("/v2/{repository}/manifests/{digest}"))];
    let digest = [(HeaderName::from_static(DIGEST_HEADER), digest)];
    Ok(named(route, (StatusCode::CREATED, location, digest)))
}

/// What kind of manifest it is: what it says of itself, else what the request says.
fn media_type(said: &str, value: &Value) -> Result<String, ApiError> {
    let own = value["mediaType"].as_str().filter(|own| !own.is_empty());
    let said = said.split(';').next().unwrap_or_default().trim();
    let found = own.unwrap_or(if said.is_empty() { MEDIA_TYPE } else { said });
    let plain = |byte: u8| byte.is_ascii_graphic();
    if found.len() <= MEDIA_TYPE_CHARS_MAX && found.bytes().all(plain) {
        Ok(found.to_owned())
    } else {
        Err(ApiError::bad_manifest("mediaType is none"))
    }
}

/// The digests of what a manifest consists of.
fn parts<'a>(value: &'a Value, name: &str) -> Result<Vec<Digest>, ApiError> {
    let listed = value[name].as_array().into_iter().flatten();
    let digest = |part: &'a Value| part["digest"].as_str().and_then(Digest::parse);
    let found: Option<Vec<Digest>> = listed.map(digest).collect();
    let found = found.ok_or_else(|| ApiError::bad_manifest("a digest is missing"))?;
    if found.len() > PARTS_MAX {
        return Err(ApiError::bad_manifest("it has too many parts"));
    }
    Ok(found)
}

/// Whether everything is there that a manifest consists of.
async fn check(registry: &Registry, repository: &str, value: &Value) -> Result<(), ApiError> {
    if !value.is_object() {
        return Err(ApiError::bad_manifest("it is no mapping"));
    }
    let mut blobs = parts(value, "layers")?;
    if let Some(config) = value["config"]["digest"].as_str() {
        blobs.push(Digest::parse(config).ok_or_else(ApiError::bad_digest)?);
    }
    for blob in blobs {
        if registry.storage.size(&blob.key()).await?.is_none() {
            return Err(ApiError::blob_of_manifest_missing());
        }
    }
    for manifest in parts(value, "manifests")? {
        if catalog::manifest(&registry.database, repository, &manifest).await?.is_none() {
            return Err(ApiError::blob_of_manifest_missing());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_manifest_knows_its_kind_better_than_the_request() {
        let index = MEDIA_TYPES[3];
        let of = |said: &str, value: Value| media_type(said, &value).ok();
        assert_eq!(of("text/plain", json!({"mediaType": index})).as_deref(), Some(index));
        assert_eq!(of("a/b; charset=utf-8", json!({})).as_deref(), Some("a/b"));
        assert_eq!(of("", json!({})).as_deref(), Some(MEDIA_TYPE));
        assert_eq!(of("a\nb", json!({})), None);
    }

    #[test]
    fn parts_are_found_by_their_digests() {
        let digest = Digest::of(b"x");
        let value = json!({"layers": [{"digest": digest.to_string()}]});
        assert_eq!(parts(&value, "layers").unwrap(), [digest]);
        assert!(parts(&value, "manifests").unwrap().is_empty());
        assert!(parts(&json!({"layers": [{}]}), "layers").is_err());
    }
}
