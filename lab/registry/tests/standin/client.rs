//! Who asks a node: clients of the registry, load balancers, and whoever collects metrics.

use crate::node::{ASK_EVERY, Node, PATIENCE};
use reqwest::Method;
use reqwest::header::HeaderMap;
use reqwest::redirect::Policy;
use serde_json::{Map, Value, json};
use std::time::Instant;
use tokio::time::sleep;

/// The one account of a stand-in.
const ACCOUNT: (&str, &str) = ("quay", "quay-standin");

/// An answer, read to its end.
pub(crate) struct Answer {
    /// Its status.
    pub(crate) status: u16,
    /// What it holds.
    pub(crate) body: Vec<u8>,
    headers: HeaderMap,
}

impl Answer {
    /// A header, empty if there is none.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// What it holds, as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }

    /// What it holds, as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Its status, and the code that clients of a registry read.
    pub(crate) fn refusal(&self) -> (u16, String) {
        let code = self.json()["errors"][0]["code"].as_str().unwrap_or_default().to_owned();
        (self.status, code)
    }

    /// The path that it sends the client to.
    pub(crate) fn location(&self) -> String {
        let location = self.header("location");
        let at = location.find("/v2/");
        location[at.unwrap_or_else(|| panic!("no way on: {}", self.text()))..].to_owned()
    }
}

/// Somebody who asks at one port.
pub(crate) struct Client {
    http: reqwest::Client,
    origin: String,
}

impl Client {
    /// Who asks a node.
    pub(crate) fn of(node: &Node) -> Self {
        Self::at(node.port)
    }

    /// Who collects its metrics.
    pub(crate) fn of_metrics(node: &Node) -> Self {
        Self::at(node.metrics_port)
    }

    fn at(port: u16) -> Self {
        // Only one of those who share the process can do it, and the others need not.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = reqwest::Client::builder().redirect(Policy::none()).no_proxy();
        let http = builder.timeout(PATIENCE).build().expect("the settings are good");
        Self { http, origin: format!("http://127.0.0.1:{port}") }
    }

    /// Asks without a body.
    pub(crate) async fn ask(&self, method: Method, path: &str) -> Answer {
        self.send(method, path, &[], b"").await
    }

    /// Sends something. The account is named where it is wanted.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        let shown = format!("{method} {path}");
        let mut request = self.http.request(method, format!("{}{path}", self.origin));
        if path.starts_with("/v2") {
            request = request.basic_auth(ACCOUNT.0, Some(ACCOUNT.1));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let sent = request.body(body.to_vec()).send().await;
        let mut sent = sent.unwrap_or_else(|error| panic!("{shown}: {error}"));
        let (status, headers) = (sent.status().as_u16(), std::mem::take(sent.headers_mut()));
        let body = sent.bytes().await.unwrap_or_else(|error| panic!("{shown}: {error}"));
        Answer { status, body: body.to_vec(), headers }
    }

    /// Asks for its health until the answer is this one.
    pub(crate) async fn health_comes_to(&self, name: &str, wanted: &(u16, Value)) {
        let began = Instant::now();
        loop {
            let answer = self.ask(Method::GET, &format!("/health/{name}")).await;
            if (answer.status, answer.json()) == *wanted {
                return;
            }
            assert!(began.elapsed() < PATIENCE, "{name}: {}, not {}", answer.text(), wanted.1);
            sleep(ASK_EVERY).await;
        }
    }

    /// The numbers of all series of a metric: those with this text among their labels.
    pub(crate) async fn metric(&self, name: &str, label: &str) -> Vec<String> {
        let answer = self.ask(Method::GET, "/metrics").await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let text = answer.text();
        let lines = text.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix('{'));
        let series = lines.filter_map(|line| line.rsplit_once("} "));
        let found = series.filter(|(labels, _)| labels.contains(label));
        found.map(|(_, number)| number.to_owned()).collect()
    }
}

/// What Quay says of its health: these parts, of which these do not work.
pub(crate) fn envelope(parts: &[&str], broken: &[&str]) -> (u16, Value) {
    let works = |part: &&str| !broken.contains(part);
    let status: u16 = if parts.iter().all(works) { 200 } else { 503 };
    let services: Map<String, Value> =
        parts.iter().map(|part| ((*part).to_owned(), Value::Bool(works(part)))).collect();
    (status, json!({"data": {"services": services}, "status_code": status}))
}
