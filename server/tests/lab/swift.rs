//! Swift as a gateway of Ceph speaks it: accounts, containers, and gateways with other settings.

use super::process::{Process, folder, free_port, listens};
use super::rgw::Rgw;
use serde_json::json;
use std::process::Command;
use std::time::Duration;

/// The key of every account.
pub(crate) const KEY: &str = "key-of-the-lab";

/// One more gateway, with settings of its own.
pub(crate) struct Gateway {
    _process: Process,
    /// Where it listens.
    pub(crate) port: u16,
}

impl Gateway {
    /// Starts one before the same store.
    pub(crate) fn start(rgw: &Rgw, settings: &[(&str, &str)]) -> Self {
        let port = free_port();
        let mut command = Command::new("radosgw");
        command.arg("-c").arg(&rgw.config).env("CEPH_CONF", &rgw.config);
        command.args(["-f", "-n", "client.gateway", "--keyring"]);
        command.arg(rgw.config.with_file_name("keyring"));
        command.arg(format!("--rgw-frontends=beast endpoint=127.0.0.1:{port}"));
        for (name, value) in settings {
            command.arg(format!("--{name}={value}"));
        }
        let process = Process::start("radosgw", folder("rgw"), &command, || listens(port));
        Self { _process: process, port }
    }
}

/// Makes an account `user:swift` for a user of the gateway.
pub(crate) fn add_account(rgw: &Rgw, user: &str, name: &str, access: &str) {
    let account = format!("{user}:{name}");
    rgw.admin(
        &[
            &["subuser", "create", "--uid", user, "--subuser", &account][..],
            &["--access", access, "--key-type", "swift", "--secret", KEY],
        ]
        .concat(),
    );
}

fn client() -> reqwest::Client {
    // Only one of those who share the process can do it, and the others need not.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().timeout(Duration::from_secs(30)).build();
    client.expect("the settings are good")
}

/// A client of the gateway that does what the check does not.
pub(crate) struct Account {
    client: reqwest::Client,
    store: String,
    token: String,
}

impl Account {
    /// Logs in at a gateway.
    pub(crate) async fn enter(port: u16, user: &str) -> Self {
        let client = client();
        let request = client.get(format!("http://127.0.0.1:{port}/auth/v1.0"));
        let request = request.header("x-auth-user", user).header("x-auth-key", KEY);
        let answer = request.send().await.expect("the gateway answers");
        let get = |name: &str| {
            let value = answer.headers().get(name).expect("the login is good");
            value.to_str().expect("it is text").to_owned()
        };
        let (store, token) = (get("x-storage-url"), get("x-auth-token"));
        Self { client, store, token }
    }

    /// Logs in at a Keystone, to the project with this id.
    pub(crate) async fn enter_project(
        keystone: &str,
        user: &str,
        password: &str,
        project: &str,
        store: &str,
    ) -> Self {
        let domain = json!({"id": "default"});
        let user = json!({"name": user, "domain": domain, "password": password});
        let identity = json!({"methods": ["password"], "password": {"user": user}});
        let scope = json!({"project": {"id": project}});
        let body = json!({"auth": {"identity": identity, "scope": scope}});
        let client = client();
        let request = client.post(format!("{keystone}/auth/tokens")).json(&body);
        let answer = request.send().await.expect("Keystone answers");
        let token = answer.headers().get("x-subject-token").expect("the login is good");
        let token = token.to_str().expect("it is text").to_owned();
        Self { client, store: store.to_owned(), token }
    }

    /// Puts something in place: a container, or an object in one.
    pub(crate) async fn put(&self, path: &str, content: Vec<u8>) {
        let request = self.client.put(format!("{}/{path}", self.store));
        let request = request.header("x-auth-token", &self.token);
        let request = request.header("content-length", content.len());
        let answer = request.body(content).send().await.expect("the gateway answers");
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
    }

    /// What is in a container, one name a line.
    pub(crate) async fn list(&self, container: &str) -> String {
        let request = self.client.get(format!("{}/{container}", self.store));
        let answer = request.header("x-auth-token", &self.token).send().await;
        let answer = answer.expect("the gateway answers");
        assert!(answer.status().is_success(), "{container}: {}", answer.status());
        answer.text().await.expect("it is text")
    }
}
