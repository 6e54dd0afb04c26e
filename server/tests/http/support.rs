//! The program over a database in a temporary folder, driven through its router.

use app::draft::{Change, Edit};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::request::Builder;
use axum::http::{HeaderMap, HeaderValue, Request, StatusCode, header};
use cluster::inventory::Nodes;
use config_model::document::Document;
use config_model::path::Path;
use config_model::sections::SECTIONS;
use config_model::value::Value;
use server::cipher::Cipher;
use server::clock::ManualClock;
use server::http::router::router;
use server::startup::{StartError, assemble};
use server::state::AppState;
use server::store::SqliteStore;
use std::fmt::Write as _;
use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use tempfile::TempDir;
use tower::ServiceExt as _;

/// The password the console is started with.
pub(crate) const PASSWORD: &str = "correct horse";
/// The host the requests are for.
pub(crate) const HOST: &str = "console.test:8080";
/// The origin of the console's own pages.
pub(crate) const ORIGIN: &str = "http://console.test:8080";
/// A configuration without an error.
pub(crate) const GOOD: &str = include_str!("../fixtures/good.yaml");
/// When the tests begin: in September 2026.
const NOW: i64 = 1_790_000_000;
/// The key everything is encrypted with.
const KEY: [u8; 32] = [7; 32];
/// More than any answer is long.
const ANSWER_BYTES_MAX: usize = 16 * 1024 * 1024;
/// What divides the parts of an upload.
const BOUNDARY: &str = "a-boundary-that-is-in-no-file";

/// Where a console runs; it outlives the console, so that another one can be started there.
#[derive(Clone)]
pub(crate) struct Ground {
    folder: Arc<TempDir>,
    /// What time it is.
    pub(crate) clock: Arc<ManualClock>,
    tls: bool,
    has_config_dir: bool,
    nodes: Nodes,
}

impl Ground {
    /// A place with nothing in it.
    pub(crate) fn new() -> Self {
        let folder = Arc::new(tempfile::tempdir().expect("there is room for a folder"));
        fs::create_dir(folder.path().join("data")).expect("the folder is ours");
        let clock = Arc::new(ManualClock::at(NOW));
        Self { folder, clock, tls: false, has_config_dir: false, nodes: Nodes::default() }
    }

    /// The same with TLS.
    pub(crate) fn with_tls(mut self) -> Self {
        self.tls = true;
        self
    }

    /// The same with a configuration folder that holds this `config.yaml`.
    pub(crate) fn with_config(mut self, text: &str) -> Self {
        self.has_config_dir = true;
        fs::create_dir(self.config_dir()).expect("the folder is ours");
        fs::write(self.config_dir().join("config.yaml"), text).expect("the folder is ours");
        self
    }

    /// The same with these nodes.
    pub(crate) fn with_nodes(mut self, nodes: &[&str]) -> Self {
        let nodes = nodes.iter().map(|node| node.parse().expect("it is a node")).collect();
        self.nodes = Nodes::new(nodes).expect("no two have one name");
        self
    }

    /// The folder of the embedded database.
    pub(crate) fn data_dir(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The configuration folder.
    pub(crate) fn config_dir(&self) -> PathBuf {
        self.folder.path().join("config")
    }

    /// The text of `config.yaml` in the configuration folder.
    pub(crate) fn config_text(&self) -> String {
        fs::read_to_string(self.config_dir().join("config.yaml")).expect("there is a config.yaml")
    }

    /// Starts a console here, with nobody logged in.
    pub(crate) async fn start(&self, password: &str) -> Result<TestApp, StartError> {
        let store = SqliteStore::open(&self.data_dir().join("console.db")).await?;
        let config_dir = self.has_config_dir.then(|| self.config_dir());
        let (cipher, clock) = (Cipher::new(KEY), self.clock.clone());
        let (store, nodes) = (Arc::new(store), self.nodes.clone());
        let state = assemble(store, cipher, clock, password, config_dir, nodes, self.tls).await?;
        let router = router(state.clone());
        Ok(TestApp { ground: self.clone(), state, router, cookie: Mutex::new(None) })
    }
}

/// A running console and the one browser that talks to it.
pub(crate) struct TestApp {
    /// Where it runs.
    pub(crate) ground: Ground,
    /// Its parts.
    pub(crate) state: AppState,
    router: Router,
    cookie: Mutex<Option<String>>,
}

impl TestApp {
    /// A new console, with nobody logged in.
    pub(crate) async fn start() -> Self {
        Ground::new().start(PASSWORD).await.expect("a console starts in an empty folder")
    }

    /// A new console with a running session.
    pub(crate) async fn logged_in() -> Self {
        Self::logged_in_at(Ground::new()).await
    }

    /// A console there with a running session.
    pub(crate) async fn logged_in_at(ground: Ground) -> Self {
        let app = ground.start(PASSWORD).await.expect("a console starts there");
        app.begin_session().await;
        app
    }

    /// Begins a session without the log-in form, which takes its time over the password.
    pub(crate) async fn begin_session(&self) {
        let token = self.state.sessions.begin().await.expect("a session begins");
        self.set_token(&token);
    }

    /// The token in the browser's cookie.
    pub(crate) fn token(&self) -> Option<String> {
        let cookie = self.cookie.lock().expect("no test panics meanwhile");
        cookie.as_ref().and_then(|pair| pair.split_once('=')).map(|(_, token)| token.to_owned())
    }

    /// Puts a token into the browser's cookie.
    pub(crate) fn set_token(&self, token: &str) {
        let name = if self.state.tls { "__Host-quay-console" } else { "quay-console" };
        *self.cookie.lock().expect("no test panics meanwhile") = Some(format!("{name}={token}"));
    }

    /// Sends a request as it is, with the browser's cookie, and keeps the cookie of the answer.
    pub(crate) async fn send(&self, mut request: Request<Body>) -> Answer {
        let peer = SocketAddr::from(([192, 0, 2, 7], 50_000));
        request.extensions_mut().insert(ConnectInfo(peer));
        // In HTTP/2 the address says which host is meant, and there is no header for it.
        let is_named = request.uri().authority().is_some();
        let headers = request.headers_mut();
        if !is_named {
            headers.entry(header::HOST).or_insert(HeaderValue::from_static(HOST));
        }
        let cookie = self.cookie.lock().expect("no test panics meanwhile").clone();
        if let Some(cookie) = cookie {
            headers.insert(header::COOKIE, cookie.parse().expect("a cookie is plain ASCII"));
        }
        let answer = self.router.clone().oneshot(request).await.expect("a router never fails");
        let (parts, body) = answer.into_parts();
        let body = to_bytes(body, ANSWER_BYTES_MAX).await.expect("the answer is whole").to_vec();
        let answer = Answer { status: parts.status, headers: parts.headers, body };
        if let Some((pair, _)) = answer.header("set-cookie").split_once(';') {
            let kept = (!pair.ends_with('=')).then(|| pair.to_owned());
            *self.cookie.lock().expect("no test panics meanwhile") = kept;
        }
        answer
    }

    /// Asks for a page.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(whole(Request::get(path), Body::empty())).await
    }

    /// Sends a form from one of the console's own pages.
    pub(crate) async fn post_form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(whole(own_form(path), form(fields))).await
    }

    /// Sends user name and password.
    pub(crate) async fn log_in(&self, user: &str, password: &str) -> Answer {
        self.post_form("/login", &[("user", user), ("password", password)]).await
    }

    /// Saves edits, as a page does while somebody types.
    pub(crate) async fn rpc(&self, edits: &[Edit]) -> Answer {
        self.rpc_text(serde_json::json!({ "edits": edits }).to_string()).await
    }

    /// Sends this text in the place of edits.
    pub(crate) async fn rpc_text(&self, json: String) -> Answer {
        let request = Request::post("/rpc/save_edits")
            .header(header::ORIGIN, ORIGIN)
            .header(header::CONTENT_TYPE, "application/json");
        self.send(whole(request, Body::from(json))).await
    }

    /// Uploads a file in the form of a section.
    pub(crate) async fn upload(
        &self,
        section: &str,
        slot: &str,
        file_name: &str,
        content: &[u8],
    ) -> Answer {
        let fields = [("section", section), ("slot", slot)];
        self.post_file("/files", &fields, file_name, content).await
    }

    /// Sends a form with a file in it.
    pub(crate) async fn post_file(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        file_name: &str,
        content: &[u8],
    ) -> Answer {
        let mut body = Vec::new();
        for (name, text) in fields {
            let part = format!(
                "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n"
            );
            body.extend_from_slice(part.as_bytes());
        }
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; \
             filename=\"{file_name}\"\r\nContent-Type: application/octet-stream\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
        let request = Request::post(path)
            .header(header::ORIGIN, ORIGIN)
            .header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={BOUNDARY}"));
        self.send(whole(request, Body::from(body))).await
    }

    /// The configuration as it is stored.
    pub(crate) async fn document(&self) -> Document {
        self.state.drafts.load().await.expect("the draft can be read").document
    }

    /// `config.yaml` as it is stored, to the byte.
    pub(crate) async fn config(&self) -> String {
        self.state.drafts.load().await.expect("the draft can be read").text
    }

    /// The text stored at a top-level key; empty when it is none.
    pub(crate) async fn text_at(&self, key: &str) -> String {
        let document = self.document().await;
        document.top(key).and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    /// The names of the files that are stored.
    pub(crate) async fn file_names(&self) -> Vec<String> {
        self.state.drafts.load().await.expect("the draft can be read").files.into_keys().collect()
    }

    /// How often the draft has been changed.
    pub(crate) async fn version(&self) -> i64 {
        self.state.drafts.load().await.expect("the draft can be read").version
    }
}

/// What the console answered.
pub(crate) struct Answer {
    /// The status.
    pub(crate) status: StatusCode,
    /// The headers.
    pub(crate) headers: HeaderMap,
    /// The body.
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A header, empty when it is absent.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Status and target of a redirect.
    pub(crate) fn redirect(&self) -> (u16, &str) {
        (self.status.as_u16(), self.header("location"))
    }

    /// The nonce in the page's policy.
    pub(crate) fn nonce(&self) -> String {
        let policy = self.header("content-security-policy");
        let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next());
        nonce.expect("a page's policy has a nonce").to_owned()
    }
}

/// A request with its body.
pub(crate) fn whole(request: Builder, body: Body) -> Request<Body> {
    request.body(body).expect("the test's own request is well formed")
}

/// A request that sends a form from one of the console's own pages.
pub(crate) fn own_form(path: &str) -> Builder {
    Request::post(path)
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
}

/// The fields as a browser sends them.
pub(crate) fn form(fields: &[(&str, &str)]) -> Body {
    let pairs = fields.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
    Body::from(pairs.collect::<Vec<_>>().join("&"))
}

fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || byte == b'_' {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// An edit that puts `value` at `path`.
pub(crate) fn set(path: Path, value: impl Into<Value>) -> Edit {
    Edit { path, change: Change::Set(value.into()) }
}

/// A search that finds much.
const SEARCH: &str = "/search?show=set";

/// Every page of the editor.
pub(crate) fn editor_pages() -> Vec<String> {
    let fixed = [
        "/",
        "/?saved=yes",
        "/review",
        "/discard",
        "/checks",
        "/history",
        "/import",
        SEARCH,
        "/yaml",
    ]
    .into_iter()
    .map(str::to_owned);
    let fixed = fixed.chain([app::paths::section_yaml("database")]);
    fixed.chain(SECTIONS.iter().map(|section| app::paths::section(section.id))).collect()
}
