//! A real `OpenID` Connect provider: oidc-provider of npm.

use super::certificates::Signed;
use super::process::{Process, folder, free_port, listens, script};
use serde_json::{Value, json};
use std::process::Command;

/// The secret of every client that has one.
pub(crate) const SECRET: &str = "secret-of-the-lab";
/// The callback address of the registry.
pub(crate) const CALLBACK: &str = "https://quay.example.com/oauth2/sso/callback";

/// A running provider. It calls itself `https://localhost` and its port.
pub(crate) struct Oidc {
    _process: Process,
    /// Where it listens.
    pub(crate) port: u16,
}

/// What a provider is to be like.
pub(crate) struct Like {
    /// The curve of its key; none for an RSA key.
    pub(crate) curve: Option<&'static str>,
    /// More settings of oidc-provider.
    pub(crate) settings: Value,
}

impl Oidc {
    /// Starts one that knows the lab's clients: `quay`; `partly`, with one address only;
    /// `elsewhere`, with another one; `public`, without a secret; `machine`, without users.
    pub(crate) fn start(signed: &Signed, like: &Like) -> Self {
        let port = free_port();
        let folder = folder("oidc");
        let (certificate, key) = signed.write(folder.path());
        let addresses = ["", "/attach", "/cli"].map(|suffix| format!("{CALLBACK}{suffix}"));
        let clients = json!([
            client("quay", &addresses),
            client("partly", &addresses[..1]),
            client("elsewhere", &["https://other.example.com/callback".to_owned()]),
            {
                "client_id": "public", "token_endpoint_auth_method": "none",
                "redirect_uris": addresses,
            },
            {
                "client_id": "machine", "client_secret": SECRET, "redirect_uris": [],
                "response_types": [], "grant_types": ["client_credentials"],
            },
        ]);
        let settings = json!({
            "port": port, "issuer": format!("https://localhost:{port}"), "certificate": certificate,
            "key": key, "curve": like.curve, "clients": clients, "settings": like.settings,
        });
        let mut node = Command::new("node");
        node.arg(script("oidc.mjs")).arg(settings.to_string());
        Self { _process: Process::start("oidc", folder, &node, || listens(port)), port }
    }

    /// Its address, as it is configured.
    pub(crate) fn url(&self) -> String {
        format!("https://localhost:{}/", self.port)
    }
}

fn client(id: &str, addresses: &[String]) -> Value {
    json!({ "client_id": id, "client_secret": SECRET, "redirect_uris": addresses })
}
