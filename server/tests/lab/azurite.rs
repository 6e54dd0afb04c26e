//! A real Azurite, Microsoft's own blob store for trials.

use super::certificates::{Authority, Signed};
use super::process::{Process, folder, free_port, listens, script};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use server::clients::sigv4::encoded;
use sha2::Sha256;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// The account.
pub(crate) const ACCOUNT: &str = "quayacct";
/// Its key.
pub(crate) const KEY: &str =
    "a2V5IG9mIHRoZSBsYWIsIG9mIHNpeHR5LWZvdXIgYnl0ZXMgYXMgQXp1cmUgbWFrZXMgdGhlbSwgYWJjZGVmZw==";
/// The version of the interface that the lab uses.
const VERSION: &str = "2019-12-12";
/// Azurite does not look at the date of a request.
const DATE: &str = "Wed, 18 Nov 2026 11:06:40 GMT";

/// A running Azurite.
pub(crate) struct Azurite {
    _process: Process,
    /// Where it listens.
    pub(crate) port: u16,
    scheme: &'static str,
    client: reqwest::Client,
}

/// What a shared access token for a container says.
#[derive(Clone, Copy)]
pub(crate) struct Token<'a> {
    /// What it allows; empty where a policy says it.
    pub(crate) allowed: &'a str,
    /// The policy of the container, if there is one.
    pub(crate) policy: &'a str,
    /// When it begins, if it does not at once.
    pub(crate) from: &'a str,
    /// When it ends.
    pub(crate) until: &'a str,
    /// `https`, or nothing.
    pub(crate) protocol: &'a str,
}

/// A token that allows everything, for long.
pub(crate) const GOOD: Token<'static> =
    Token { allowed: "racwdl", policy: "", from: "", until: "2090-01-01T00:00:00Z", protocol: "" };

impl Azurite {
    /// Starts one that speaks in clear.
    pub(crate) fn start() -> Self {
        Self::start_with("http", |_, _| {})
    }

    /// Starts one that speaks TLS, and trusts itself when it copies.
    pub(crate) fn start_tls(authority: &Authority, signed: &Signed) -> Self {
        Self::start_with("https", |command, at| {
            let (certificate, key) = signed.write(at);
            let trusted = at.join("authority.crt");
            fs::write(&trusted, authority.pem()).expect("the folder is ours");
            command.arg("--cert").arg(certificate).arg("--key").arg(key);
            command.env("NODE_EXTRA_CA_CERTS", trusted);
        })
    }

    fn start_with(scheme: &'static str, more: impl Fn(&mut Command, &Path)) -> Self {
        let port = free_port();
        let folder = folder("azurite");
        let mut node = Command::new("node");
        node.arg(script("node_modules/azurite/dist/src/blob/main.js"))
            .args(["--blobHost", "127.0.0.1", "--blobPort", &port.to_string()])
            .args(["--skipApiVersionCheck", "--disableTelemetry", "--location"])
            .arg(folder.path())
            .env("AZURITE_ACCOUNTS", format!("{ACCOUNT}:{KEY}"));
        more(&mut node, folder.path());
        let process = Process::start("azurite", folder, &node, || listens(port));
        // Only one of those who share the process can do it, and the others need not.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .timeout(Duration::from_secs(30))
            // What the lab itself does is not what is tested.
            .tls_danger_accept_invalid_certs(true)
            .build();
        Self { _process: process, port, scheme, client: client.expect("the settings are good") }
    }

    /// The address of the account.
    pub(crate) fn url(&self) -> String {
        format!("{}://127.0.0.1:{}/{ACCOUNT}", self.scheme, self.port)
    }

    /// Makes a container, open to anybody with an `access` that is not empty.
    pub(crate) async fn make_container(&self, name: &str, access: &str) {
        let headers = [("x-ms-blob-public-access", access)];
        let count = usize::from(!access.is_empty());
        self.put(name, &[("restype", "container")], &headers[..count], "").await;
    }

    /// Gives a container a policy for tokens that says what they allow.
    pub(crate) async fn set_policy(&self, container: &str, policy: &str, allowed: &str) {
        let body = format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><SignedIdentifiers><SignedIdentifier>\
             <Id>{policy}</Id><AccessPolicy><Start>2020-01-01T00:00:00Z</Start>\
             <Expiry>2090-01-01T00:00:00Z</Expiry><Permission>{allowed}</Permission>\
             </AccessPolicy></SignedIdentifier></SignedIdentifiers>"
        );
        let query = [("comp", "acl"), ("restype", "container")];
        self.put(container, &query, &[], &body).await;
    }

    /// Lets pages of all sites read, as Quay does where it sets a store up.
    pub(crate) async fn let_pages_read(&self) {
        let body = "<?xml version=\"1.0\" encoding=\"utf-8\"?><StorageServiceProperties><Cors>\
             <CorsRule><AllowedOrigins>*</AllowedOrigins><AllowedMethods>GET,PUT</AllowedMethods>\
             <AllowedHeaders>*</AllowedHeaders><ExposedHeaders>x-ms-meta-*</ExposedHeaders>\
             <MaxAgeInSeconds>3000</MaxAgeInSeconds></CorsRule></Cors></StorageServiceProperties>";
        let query = [("comp", "properties"), ("restype", "service")];
        self.put("", &query, &[], body).await;
    }

    /// The names of the blobs in a container.
    pub(crate) async fn blobs(&self, container: &str) -> String {
        let token = token(container, GOOD);
        let url = format!("{}/{container}?restype=container&comp=list&{token}", self.url());
        let answer = self.client.get(url).send().await.expect("Azurite answers");
        assert!(answer.status().is_success(), "{}", answer.status());
        let text = answer.text().await.expect("the answer is text");
        let names = text.split("<Name>").skip(1).filter_map(|rest| rest.split_once("</Name>"));
        names.map(|(name, _)| name).collect::<Vec<_>>().join(" ")
    }

    /// Does something with the key of the account. The query is in order.
    async fn put(
        &self,
        container: &str,
        query: &[(&str, &str)],
        headers: &[(&str, &str)],
        body: &str,
    ) {
        let mut own = vec![("x-ms-date", DATE), ("x-ms-version", VERSION)];
        own.extend_from_slice(headers);
        own.sort_unstable();
        let length = if body.is_empty() { String::new() } else { body.len().to_string() };
        let mut text = format!("PUT\n\n\n{length}\n\n\n\n\n\n\n\n\n");
        for (name, value) in &own {
            let _ = writeln!(text, "{name}:{value}");
        }
        let _ = write!(text, "/{ACCOUNT}/{ACCOUNT}/{container}");
        for (name, value) in query {
            let _ = write!(text, "\n{name}:{value}");
        }
        let query: Vec<_> = query.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let url = format!("{}/{container}?{}", self.url(), query.join("&"));
        let mut request = self.client.put(url).body(body.to_owned());
        for (name, value) in own {
            request = request.header(name, value);
        }
        let signature = format!("SharedKey {ACCOUNT}:{}", sign(&text));
        let request = request.header("authorization", signature);
        let request = request.header("content-length", body.len());
        let answer = request.send().await.expect("Azurite answers");
        let status = answer.status();
        assert!(status.is_success(), "{container}: {status} {:?}", answer.text().await);
    }
}

/// A shared access token for a container.
pub(crate) fn token(container: &str, says: Token<'_>) -> String {
    let Token { allowed, policy, from, until, protocol } = says;
    let until = if policy.is_empty() { until } else { "" };
    let text = format!(
        "{allowed}\n{from}\n{until}\n/blob/{ACCOUNT}/{container}\n{policy}\n\n{protocol}\n\
         {VERSION}\nc\n\n\n\n\n\n"
    );
    let signature = sign(&text);
    let parts = [
        ("sp", allowed),
        ("st", from),
        ("se", until),
        ("si", policy),
        ("spr", protocol),
        ("sv", VERSION),
        ("sr", "c"),
        ("sig", &signature),
    ];
    let parts = parts.iter().filter(|(_, value)| !value.is_empty());
    let parts = parts.map(|(name, value)| format!("{name}={}", encoded(value, "")));
    parts.collect::<Vec<_>>().join("&")
}

fn sign(text: &str) -> String {
    let key = STANDARD.decode(KEY).expect("the key is base64");
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("HMAC takes any key");
    mac.update(text.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes().as_slice())
}
