//! A stand-in for the web service that checks passwords, which every administrator writes alone.

use super::process::{folder, run};
use super::standin_web::{Asked, json, page};
use axum::response::Response;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use rustls::pki_types::PrivatePkcs1KeyDer;
use rustls::pki_types::pem::PemObject as _;
use serde_json::{Value, json as value};
use std::process::Command;

/// An RSA key, made by OpenSSL.
#[derive(Clone)]
pub(crate) struct Pair {
    /// The private half, in PEM.
    pub(crate) private: String,
    /// The public half, in PEM.
    pub(crate) public: String,
    /// The public half in the older form, in PEM.
    pub(crate) older: String,
    /// A certificate for it, in PEM.
    pub(crate) certificate: String,
    signs: EncodingKey,
}

impl Pair {
    /// Makes one.
    pub(crate) fn new() -> Self {
        let folder = folder("keys");
        let file = folder.path().join("key");
        run(Command::new("openssl")
            .args(["genrsa", "-traditional", "-out"])
            .arg(&file)
            .arg("2048"));
        let made = |words: &[&str]| run(Command::new("openssl").args(words).arg("-in").arg(&file));
        let private = made(&["rsa", "-traditional"]);
        let certificate = run(Command::new("openssl")
            .args(["req", "-x509", "-days", "9000", "-subj", "/CN=lab", "-key"])
            .arg(&file));
        let der = PrivatePkcs1KeyDer::from_pem_slice(private.as_bytes()).expect("a key of OpenSSL");
        Self {
            public: made(&["rsa", "-pubout"]),
            older: made(&["rsa", "-RSAPublicKey_out"]),
            certificate,
            signs: EncodingKey::from_rsa_der(der.secret_pkcs1_der()),
            private,
        }
    }

    /// Signs what a token says.
    pub(crate) fn sign(&self, claims: &Value) -> String {
        encode(&Header::new(Algorithm::RS256), claims, &self.signs).expect("the key is good")
    }
}

/// A public key that is not RSA, in PEM.
pub(crate) fn elliptic() -> String {
    let folder = folder("keys");
    let file = folder.path().join("key");
    run(Command::new("openssl")
        .args(["ecparam", "-genkey", "-noout", "-name", "prime256v1", "-out"])
        .arg(&file));
    run(Command::new("openssl").args(["ec", "-pubout", "-in"]).arg(&file))
}

/// What the token for a search says when all is well.
pub(crate) fn claims(now: i64) -> Value {
    value!({
        "iss": "lab", "aud": "quay.io/jwtauthn/query", "sub": "quay",
        "nbf": now, "iat": now, "exp": now + 60, "results": [],
    })
}

/// Answers as a service does with which all is well; `token` is for searches.
pub(crate) fn usual(asked: &Asked, token: &str) -> Response {
    match asked.path.as_str() {
        "/verify" => page(401, "wrong user name or password"),
        "/user" => page(400, "which user?"),
        "/search" => json(200, &value!({ "token": token })),
        _ => page(404, "there is nothing here"),
    }
}
