//! A stand-in for a CDN: it checks signatures as `CloudFront`, a worker at Cloudflare or Akamai
//! does, and fetches from a store what is not refused.

use super::certificates::Signed;
use super::process::run;
use super::web::Web;
use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use rsa::PrivateKey;
use rsa::pkcs8::DecodePrivateKey as _;
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject as _;
use sha1::Sha1;
use sha2::Sha256;
use std::process::Command;
use std::time::Duration;

/// The id of the key pair that `CloudFront` knows.
pub(crate) const KEY_ID: &str = "K1";
/// The key that Akamai has.
pub(crate) const TOKEN_KEY: &str = "aabbccdd";

/// How addresses are signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signs {
    /// As for `CloudFront`.
    CloudFront,
    /// As for a worker at Cloudflare.
    CloudFlare,
    /// As for Akamai.
    Akamai,
    /// Not at all: everybody may fetch everything.
    Nothing,
}

/// What a CDN is like.
#[derive(Clone)]
pub(crate) struct Like {
    /// How addresses are signed.
    pub(crate) signs: Signs,
    /// The key pair of which it knows the public half, in PEM.
    pub(crate) key: String,
    /// The port of the store behind it.
    pub(crate) store: u16,
    /// The path at the store below which it fetches.
    pub(crate) below: String,
}

/// A new RSA key, in PEM.
pub(crate) fn rsa_key() -> String {
    run(Command::new("openssl").args(["genpkey", "-quiet", "-algorithm", "RSA"]))
}

/// Starts one.
pub(crate) async fn start(signed: &Signed, like: Like) -> Web {
    // Only one of those who share the process can do it, and the others need not.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().timeout(Duration::from_secs(9)).build();
    let client = client.expect("the settings are good");
    let router = Router::new().fallback(move |request: Request| {
        let (like, client) = (like.clone(), client.clone());
        let host = request.headers().get("host").and_then(|host| host.to_str().ok());
        let host = host.unwrap_or_default().to_owned();
        let path = request.uri().path().to_owned();
        let query = request.uri().query().unwrap_or_default().to_owned();
        async move { answer(&like, &client, &host, &path, &query).await }
    });
    Web::start_tls(router, signed).await
}

async fn answer(
    like: &Like,
    client: &reqwest::Client,
    host: &str,
    path: &str,
    query: &str,
) -> Response {
    if let Some(code) = refused(like, host, path, query) {
        let body = format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code></Error>");
        return (StatusCode::FORBIDDEN, body).into_response();
    }
    let url = format!("http://127.0.0.1:{}{}{path}", like.store, like.below);
    let answer = client.get(url).send().await.expect("the store answers");
    let status = answer.status();
    (status, answer.bytes().await.expect("the store answers")).into_response()
}

/// The code with which a request is refused.
fn refused(like: &Like, host: &str, path: &str, query: &str) -> Option<&'static str> {
    let value = |name: &str| {
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.filter(|(has, _)| *has == name).map(|(_, value)| value.to_owned()).next_back()
    };
    let bytes = |text: String| STANDARD.decode(text).unwrap_or_default();
    match like.signs {
        Signs::Nothing => None,
        Signs::CloudFront => {
            let (Some(until), Some(signature), Some(id)) =
                (value("Expires"), value("Signature"), value("Key-Pair-Id"))
            else {
                return Some("MissingKey");
            };
            if id != KEY_ID {
                return Some("InvalidKey");
            }
            let text = format!(
                r#"{{"Statement":[{{"Resource":"https://{host}{path}","Condition":{{"DateLessThan":{{"AWS:EpochTime":{until}}}}}}}]}}"#
            );
            let signature = signature.replace('-', "+").replace('_', "=").replace('~', "/");
            let verified = public(like).pkcs1v15_verify::<Sha1>(text.as_bytes(), &bytes(signature));
            verified.is_err().then_some("AccessDenied")
        }
        Signs::CloudFlare => {
            let (until, signature) = (value("cf_expiry"), value("cf_sign").unwrap_or_default());
            let text = format!("{path}@{}", until.unwrap_or_default());
            let signature = signature.replace("%2B", "+").replace("%2F", "/").replace("%3D", "=");
            let verified =
                public(like).pkcs1v15_verify::<Sha256>(text.as_bytes(), &bytes(signature));
            verified.is_err().then_some("AccessDenied")
        }
        Signs::Akamai => {
            let token = value("akamai_signature").unwrap_or_default();
            let until = token.split('~').next().unwrap_or_default();
            let text = format!("{until}~url={}", path.replace('/', "%2f"));
            let mut mac = Hmac::<Sha256>::new_from_slice(&[0xaa, 0xbb, 0xcc, 0xdd])
                .expect("HMAC takes keys of any length");
            mac.update(text.as_bytes());
            let expected = server::hex::encode(&mac.finalize().into_bytes());
            (token != format!("{until}~hmac={expected}")).then_some("AccessDenied")
        }
    }
}

fn public(like: &Like) -> rsa::PublicKey {
    let key = PrivatePkcs8KeyDer::from_pem_slice(like.key.as_bytes()).expect("a key of the lab");
    let key = PrivateKey::from_pkcs8_der(key.secret_pkcs8_der()).expect("a key of the lab");
    key.to_public_key()
}
