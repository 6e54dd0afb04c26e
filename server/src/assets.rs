//! The files a browser loads: embedded in the program, compressed when it was built.

use crate::hex;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};
use sha2::{Digest as _, Sha256};

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../target/site"]
#[allow_missing = true]
struct Site;

/// Where assets stand before their fingerprint.
const PREFIX: &str = "assets";
/// Compressed forms, the smaller one first: the header's word and the file's ending.
const ENCODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

/// The assets of this build.
#[derive(Debug)]
pub struct Assets {
    fingerprint: String,
}

impl Assets {
    /// Looks at what was built in.
    pub fn load() -> Self {
        let mut hash = Sha256::new();
        let mut names: Vec<_> = Site::iter().collect();
        names.sort();
        for name in names {
            if let Some(file) = Site::get(&name) {
                hash.update(file.metadata.sha256_hash());
            }
        }
        let digest = hash.finalize();
        Self { fingerprint: hex::encode(&digest[..8]) }
    }

    /// The folder in addresses; it changes whenever a file does.
    pub fn folder(&self) -> String {
        format!("{PREFIX}/{}", self.fingerprint)
    }

    /// Answers with a file in the best form the browser takes.
    pub fn serve(&self, fingerprint: &str, name: &str, asked: &HeaderMap) -> Response {
        let Some((file, encoding)) = find(name, asked) else {
            return StatusCode::NOT_FOUND.into_response();
        };
        // An address with another build's fingerprint must not stay in a cache.
        let cache = if fingerprint == self.fingerprint {
            "public, max-age=31536000, immutable"
        } else {
            "no-cache"
        };
        let mut response = Response::new(Body::from(file.data));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type(name)));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        if let Some(encoding) = encoding {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        response
    }
}

fn find(name: &str, asked: &HeaderMap) -> Option<(EmbeddedFile, Option<&'static str>)> {
    let accepted =
        asked.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or("");
    for (encoding, ending) in ENCODINGS {
        let takes = accepted.split(',').any(|word| word.trim().split(';').next() == Some(encoding));
        if takes && let Some(file) = Site::get(&format!("{name}{ending}")) {
            return Some((file, Some(encoding)));
        }
    }
    Site::get(name).map(|file| (file, None))
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("woff2") => "font/woff2",
        Some("svg") => "image/svg+xml",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
