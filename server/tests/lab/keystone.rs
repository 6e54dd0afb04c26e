//! A real Keystone, the identity service of `OpenStack`. It takes some ten seconds to start.

use super::process::{Process, folder, free_port, listens, run};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// The account that may do everything.
pub(crate) const ADMIN: &str = "admin";
/// Its password.
pub(crate) const PASSWORD: &str = "adminpassword";
/// Its project.
pub(crate) const PROJECT: &str = "admin";

/// Lets several requests read and write at once.
const WRITE_AHEAD: &str =
    "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('pragma journal_mode=wal')";

/// A running Keystone.
pub(crate) struct Keystone {
    _process: Process,
    /// Where it listens.
    pub(crate) port: u16,
    client: reqwest::Client,
}

impl Keystone {
    /// Starts one with an administrator. Needs root, to become the user `keystone`.
    pub(crate) fn start() -> Self {
        let port = free_port();
        let folder = folder("keystone");
        let at = folder.path();
        configure(at, port);
        let mut uwsgi = Command::new("uwsgi");
        uwsgi
            .args(["--plugins", "python3", "--need-app", "--threads", "2", "--enable-threads"])
            .args(["--http-socket", &format!("127.0.0.1:{port}")])
            .args(["--wsgi-file", "/usr/bin/keystone-wsgi-public"])
            .args(["--uid", "keystone", "--gid", "keystone"])
            // Without them a wrong password is answered with 500, seconds later.
            .args(["--post-buffering", "65536", "--buffer-size", "65535"])
            .env("OS_KEYSTONE_CONFIG_FILES", "keystone.conf")
            .env("OS_KEYSTONE_CONFIG_DIR", at);
        let process = Process::start("keystone", folder, &uwsgi, || listens(port));
        // Only one of those who share the process can do it, and the others need not.
        let _ = rustls::crypto::ring::default_provider().install_default();
        // Keystone ends each connection after an answer, without saying so.
        let client = reqwest::Client::builder().pool_max_idle_per_host(0);
        let client = client.timeout(Duration::from_secs(30)).build();
        Self { _process: process, port, client: client.expect("the settings are good") }
    }

    /// Its address, with the version.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/v3", self.port)
    }

    /// Does something as the administrator; the path is one below the version.
    pub(crate) async fn call(&self, method: &str, path: &str, body: &Value) -> Value {
        let token = self.token().await;
        let method = method.parse().expect("the method is good");
        let request = self.client.request(method, format!("{}/{path}", self.url()));
        let mut request = request.header("x-auth-token", token);
        if !body.is_null() {
            request = request.json(body);
        }
        let answer = request.send().await;
        let answer = answer.expect("Keystone answers");
        let status = answer.status();
        let text = answer.text().await.expect("the answer is text");
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// The id of the first thing of a kind that has this name.
    pub(crate) async fn id(&self, kind: &str, name: &str) -> String {
        let found = self.call("GET", &format!("{kind}?name={name}"), &Value::Null).await;
        let id = found.pointer(&format!("/{kind}/0/id")).and_then(Value::as_str);
        id.unwrap_or_else(|| panic!("there is no {name} in {found}")).to_owned()
    }

    /// Makes a project.
    pub(crate) async fn add_project(&self, name: &str) {
        let project = json!({ "project": { "name": name, "domain_id": "default" } });
        self.call("POST", "projects", &project).await;
    }

    /// Makes a user who has a role in a project.
    pub(crate) async fn add_user(&self, name: &str, password: &str, project: &str, role: &str) {
        let user = json!({
            "user": { "name": name, "password": password, "domain_id": "default" },
        });
        self.call("POST", "users", &user).await;
        let (user, project) = (self.id("users", name).await, self.id("projects", project).await);
        let role = self.id("roles", role).await;
        let path = format!("projects/{project}/users/{user}/roles/{role}");
        self.call("PUT", &path, &Value::Null).await;
    }

    /// Puts a service into the catalog, with one address for all uses.
    pub(crate) async fn add_service(&self, kind: &str, url: &str) {
        let service = json!({ "service": { "type": kind, "name": kind } });
        let made = self.call("POST", "services", &service).await;
        for interface in ["public", "internal", "admin"] {
            let endpoint = json!({ "endpoint": {
                "service_id": made["service"]["id"], "interface": interface, "url": url,
                "region_id": "RegionOne",
            } });
            self.call("POST", "endpoints", &endpoint).await;
        }
    }

    async fn token(&self) -> String {
        let domain = json!({ "id": "default" });
        let user = json!({ "name": ADMIN, "password": PASSWORD, "domain": domain });
        let body = json!({ "auth": {
            "identity": { "methods": ["password"], "password": { "user": user } },
            "scope": { "project": { "name": PROJECT, "domain": domain } },
        } });
        let request = self.client.post(format!("{}/auth/tokens", self.url())).json(&body);
        let answer = request.send().await.expect("Keystone answers");
        let token = answer.headers().get("x-subject-token").expect("the password is right");
        token.to_str().expect("a token is text").to_owned()
    }
}

/// Writes the settings, makes the data and the administrator.
fn configure(at: &Path, port: u16) {
    let config = at.join("keystone.conf");
    let shown = at.display();
    let text = format!(
        "[DEFAULT]\nlog_file = {shown}/keystone.log\n\
         [database]\nconnection = sqlite:///{shown}/keystone.db\n\
         [token]\nprovider = fernet\n\
         [fernet_tokens]\nkey_repository = {shown}/fernet\n\
         [credential]\nkey_repository = {shown}/credential\n"
    );
    fs::write(&config, text).expect("the folder is ours");
    for keys in ["fernet", "credential"] {
        fs::create_dir(at.join(keys)).expect("the folder is ours");
    }
    own(at);
    let manage = |words: &[&str]| {
        run(Command::new("keystone-manage").arg("--config-file").arg(&config).args(words));
    };
    manage(&["db_sync"]);
    let user = ["--keystone-user", "keystone", "--keystone-group", "keystone"];
    for made in ["fernet_setup", "credential_setup"] {
        manage(&[&[made][..], &user[..]].concat());
    }
    let url = format!("http://127.0.0.1:{port}/v3");
    let (region, password) = ("--bootstrap-region-id", "--bootstrap-password");
    let mut bootstrap = vec!["bootstrap", password, PASSWORD, region, "RegionOne"];
    for address in ["--bootstrap-admin-url", "--bootstrap-public-url", "--bootstrap-internal-url"] {
        bootstrap.extend([address, url.as_str()]);
    }
    manage(&bootstrap);
    run(Command::new("/usr/bin/python3").args(["-c", WRITE_AHEAD]).arg(at.join("keystone.db")));
    own(at);
}

/// Gives all files to the user whom Keystone runs as.
fn own(at: &Path) {
    run(Command::new("chown").args(["-R", "keystone"]).arg(at));
}
