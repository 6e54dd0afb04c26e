//! Addresses as each CDN wants them signed.

use crate::checks::storage::objects::Object;
use crate::clients::sigv4::encoded;
use crate::hex;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use rsa::PrivateKey;
use rsa::pkcs1::DecodeRsaPrivateKey as _;
use rsa::pkcs8::DecodePrivateKey as _;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;
use sha1::Sha1;
use sha2::Sha256;
use std::fmt::Write as _;

/// What signs addresses.
pub(super) enum Signer {
    /// A key pair of `CloudFront`.
    CloudFront { key: PrivateKey, id: String },
    /// A key whose public half a worker at Cloudflare has.
    CloudFlare { key: PrivateKey, region: String },
    /// A key that Akamai has as well.
    Akamai { key: Vec<u8>, region: String },
}

/// Where an object is at a CDN: paths with their queries.
pub(super) struct Address {
    /// As Quay hands it out.
    pub(super) signed: String,
    /// The same without a signature.
    pub(super) bare: String,
    /// Signed for the whole key, where Quay leaves the folder out.
    pub(super) in_folder: Option<String>,
}

impl Signer {
    /// The address of an object at `domain`; `handed_out` is its signed address at the store.
    pub(super) fn address(
        &self,
        domain: &str,
        object: &Object,
        handed_out: &str,
        until: i64,
    ) -> Result<Address, String> {
        let path = handed_out.split('?').next().unwrap_or_default();
        let ours = |error: rsa::Error| error.to_string();
        match self {
            Self::CloudFront { key, id } => {
                let bare = format!("/{}", object.name);
                let whole = format!("/{}", encoded(&object.key, "/"));
                let in_folder = if whole == bare {
                    None
                } else {
                    Some(cloudfront(key, id, domain, &whole, until).map_err(ours)?)
                };
                let signed = cloudfront(key, id, domain, &bare, until).map_err(ours)?;
                Ok(Address { signed, bare, in_folder })
            }
            Self::CloudFlare { key, region } => {
                let text = format!("{path}@{until}");
                let signature = key.pkcs1v15_sign::<Sha256>(text.as_bytes()).map_err(ours)?;
                let signature = encoded(&STANDARD.encode(signature), "");
                let region = encoded(region, "");
                let more = format!("cf_sign={signature}&cf_expiry={until}&region={region}");
                Ok(Address {
                    signed: format!("{handed_out}&{more}"),
                    bare: path.to_owned(),
                    in_folder: None,
                })
            }
            Self::Akamai { key, region } => {
                let token = akamai(key, path, until);
                let region = encoded(region, "");
                let more = format!("region={region}&akamai_signature={token}");
                Ok(Address {
                    signed: format!("{handed_out}&{more}"),
                    bare: path.to_owned(),
                    in_folder: None,
                })
            }
        }
    }
}

/// An address that `CloudFront` takes until a moment.
fn cloudfront(
    key: &PrivateKey,
    id: &str,
    domain: &str,
    path: &str,
    until: i64,
) -> Result<String, rsa::Error> {
    let signature = key.pkcs1v15_sign::<Sha1>(policy(domain, path, until).as_bytes())?;
    let signature = STANDARD.encode(signature).replace('+', "-").replace('=', "_");
    let signature = signature.replace('/', "~");
    let id = encoded(id, "");
    Ok(format!("{path}?Expires={until}&Signature={signature}&Key-Pair-Id={id}"))
}

/// What is signed for `CloudFront`.
fn policy(domain: &str, path: &str, until: i64) -> String {
    format!(
        r#"{{"Statement":[{{"Resource":"https://{domain}{path}","Condition":{{"DateLessThan":{{"AWS:EpochTime":{until}}}}}}}]}}"#
    )
}

/// A token that Akamai takes for a path until a moment.
fn akamai(key: &[u8], path: &str, until: i64) -> String {
    let mut escaped = String::with_capacity(path.len());
    for byte in path.bytes() {
        let letter = char::from(byte);
        if letter.is_ascii_alphanumeric() || "-._~".contains(letter) {
            escaped.push(letter);
        } else {
            let _ = write!(escaped, "%{byte:02x}");
        }
    }
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(format!("exp={until}~url={escaped}").as_bytes());
    format!("exp={until}~hmac={}", hex::encode(&mac.finalize().into_bytes()))
}

/// The bytes that hexadecimal digits stand for.
pub(super) fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !digits || !text.len().is_multiple_of(2) {
        return None;
    }
    let pairs = (0..text.len()).step_by(2);
    pairs.map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok()).collect()
}

/// The private key in a PEM file.
pub(super) fn rsa_key(pem: &[u8]) -> Option<PrivateKey> {
    match PrivateKeyDer::from_pem_slice(pem).ok()? {
        PrivateKeyDer::Pkcs1(key) => PrivateKey::from_pkcs1_der(key.secret_pkcs1_der()).ok(),
        PrivateKeyDer::Pkcs8(key) => PrivateKey::from_pkcs8_der(key.secret_pkcs8_der()).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_for_akamai_is_as_its_library_makes_it() {
        let key = unhex("aabbccdd").unwrap();
        assert_eq!(
            akamai(&key, "/quay/datastorage/registry/quay-console-check-1", 1_795_450_770),
            "exp=1795450770~hmac=07019ce74ae5f922defc1904d0351c978547a8c216edbd436b8c8101f5cb9659"
        );
        for bad in ["word", "abc", "ä"] {
            assert_eq!(unhex(bad), None, "{bad}");
        }
    }

    #[test]
    fn what_is_signed_for_cloudfront_is_as_quays_library_has_it() {
        assert_eq!(
            policy("d1.cloudfront.net", "/some/path", 1_767_225_600),
            r#"{"Statement":[{"Resource":"https://d1.cloudfront.net/some/path","Condition":{"DateLessThan":{"AWS:EpochTime":1767225600}}}]}"#
        );
    }

    #[test]
    fn only_an_rsa_key_is_one() {
        let other = rcgen::KeyPair::generate().unwrap().serialize_pem();
        assert!(rsa_key(other.as_bytes()).is_none());
        assert!(rsa_key(b"-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n").is_none());
    }
}
