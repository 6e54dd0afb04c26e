//! The login: whoever is configured gets a token, and is told where the store is.

use super::faults::{
    SWIFT_LOGIN_CIRCLE, SWIFT_LOGIN_FAILS, SWIFT_LOGIN_MOVED, SWIFT_LOGIN_REFUSED,
    SWIFT_LOGIN_UNCLEAR, SWIFT_NO_ENDPOINT, SWIFT_NO_LOGIN, SWIFT_NO_STORE, SWIFT_OTHER_VERSION,
    SWIFT_PROJECT_REFUSED, SWIFT_USER_UNKNOWN,
};
use super::settings::{Engine, Version};
use super::{keystone, reach};
use crate::checks::course::reach::no_http;
use crate::checks::course::{Course, Step, Stopped};
use crate::checks::fault::Told;
use crate::checks::talk::in_short;
use crate::clients::http::{Answer, Http, Origin};
use cluster::check::StageKind;
use http::{Method, StatusCode};

/// Redirects that are followed.
const REDIRECTS_MAX: usize = 3;
/// What is sent and wanted.
const JSON: [(&str, &str); 2] =
    [("content-type", "application/json"), ("accept", "application/json")];

/// Somebody who is logged in.
pub(super) struct Login {
    /// Where the store is.
    pub(super) store: String,
    /// Whether the login service has said so, and not the configuration.
    pub(super) is_named: bool,
    pub(super) token: String,
    /// The connection to the login service.
    pub(super) http: Http,
}

/// What comes of one attempt.
enum Turn {
    In(Box<Login>),
    /// The answer sends on to another address.
    On(String),
}

/// Logs in as Quay's client does.
pub(super) async fn log_in(course: &Course, engine: &Engine) -> Result<Login, Stopped> {
    let mut address = match engine.version {
        Version::V1 => engine.login.clone(),
        Version::V2 => format!("{}/tokens", keystone::base(engine)),
        Version::V3 => format!("{}/auth/tokens", keystone::base(engine)),
    };
    for _ in 0..=REDIRECTS_MAX {
        match attempt(course, engine, &address).await? {
            Turn::In(login) => return Ok(*login),
            Turn::On(next) => address = next,
        }
    }
    let step = course.begin(StageKind::Authentication, "where the redirects end");
    Err(step.fail("they do not", SWIFT_LOGIN_CIRCLE.with(&[("address", &engine.login)])))
}

async fn attempt(course: &Course, engine: &Engine, address: &str) -> Result<Turn, Stopped> {
    let (origin, path) = reach::origin_of(course, address)?;
    let http = reach::open(course, engine, &origin).await?;
    let tried = format!("log in as {} at {address}, version {}", engine.user, engine.version);
    let step = course.begin(StageKind::Authentication, tried);
    let mut desk = Desk { engine, http, origin, path };
    let (step, answer) = desk.ask(step, true).await?;
    if let Some(next) = desk.next(&answer) {
        let places = [("address", address), ("next", next.as_str())];
        step.warn(answer.status.to_string(), SWIFT_LOGIN_MOVED.with(&places));
        return Ok(Turn::On(next));
    }
    let token = desk.token(&answer);
    course.hide(&token);
    let store = if token.is_empty() { None } else { desk.store(&answer) };
    match store {
        Some(Ok(store)) => {
            step.pass(format!("{}; the store is at {store}", answer.status));
            let configured = &engine.options.store;
            let is_named = configured.is_empty();
            let store = if is_named { store } else { configured.clone() };
            Ok(Turn::In(Box::new(Login { store, is_named, token, http: desk.http })))
        }
        Some(Err(told)) => Err(step.fail(answer.status.to_string(), told)),
        None => {
            let told = desk.refusal(&answer).await;
            // What comes with a token may hold it.
            let is_open = token.is_empty();
            let shown = if is_open { in_short(&answer) } else { answer.status.to_string() };
            Err(step.fail(shown, told))
        }
    }
}

/// The desk at which one logs in.
struct Desk<'a> {
    engine: &'a Engine,
    http: Http,
    origin: Origin,
    path: String,
}

impl Desk<'_> {
    /// Asks to be let in: to the project of the engine, or to none.
    async fn ask(&mut self, step: Step, scoped: bool) -> Result<(Step, Answer), Stopped> {
        let engine = self.engine;
        let sent = if engine.version == Version::V1 {
            let headers =
                [("x-auth-user", engine.user.as_str()), ("x-auth-key", engine.password.as_str())];
            self.http.send(Method::GET, &self.path, &headers, "").await
        } else {
            let body = keystone::login(engine, scoped);
            self.http.send(Method::POST, &self.path, &JSON, body).await
        };
        match sent {
            Ok(answer) => Ok((step, answer)),
            Err(error) => Err(step.fail(error.to_string(), no_http(&error, &self.origin))),
        }
    }

    /// Where an answer sends on to.
    fn next(&self, answer: &Answer) -> Option<String> {
        let moved = matches!(answer.status.as_u16(), 301 | 302 | 303 | 307 | 308);
        let to = answer.header("location");
        if !moved || to.is_empty() {
            None
        } else if to.starts_with('/') {
            Some(format!("{}{to}", self.origin))
        } else {
            Some(to.to_owned())
        }
    }

    fn token(&self, answer: &Answer) -> String {
        if !answer.status.is_success() {
            return String::new();
        }
        if self.engine.version != Version::V1 {
            return keystone::token(self.engine.version, answer);
        }
        let named = answer.header("x-storage-token");
        let token = if named.is_empty() { answer.header("x-auth-token") } else { named };
        token.to_owned()
    }

    /// Where the store is by what an answer with a token says.
    fn store(&self, answer: &Answer) -> Option<Result<String, Told>> {
        if self.engine.version == Version::V1 {
            let store = answer.header("x-storage-url");
            return (!store.is_empty()).then(|| Ok(store.to_owned()));
        }
        let options = &self.engine.options;
        let body = answer.json().unwrap_or_default();
        let endpoints = keystone::endpoints(self.engine.version, &body, &options.service)?;
        if endpoints.is_empty() {
            return Some(Err(SWIFT_NO_STORE.with(&[("service", &options.service)])));
        }
        if let Some(endpoint) = keystone::chosen(self.engine, &endpoints) {
            return Some(Ok(endpoint.address.clone()));
        }
        let region = match options.region.as_str() {
            "" => "any region".to_owned(),
            region => format!("the region {region}"),
        };
        let known = keystone::listed(&endpoints);
        let places = [
            ("interface", options.interface.trim_end_matches("URL")),
            ("region", region.as_str()),
            ("known", known.as_str()),
        ];
        Some(Err(SWIFT_NO_ENDPOINT.with(&places)))
    }

    /// What it means that an answer lets nobody in.
    async fn refusal(&mut self, answer: &Answer) -> Told {
        let engine = self.engine;
        let version = engine.version;
        let (address, number) = (format!("{}{}", self.origin, self.path), version.to_string());
        let (status, command) = (answer.status.to_string(), self.command());
        let places = [
            ("address", address.as_str()),
            ("version", number.as_str()),
            ("user", engine.user.as_str()),
            ("status", status.as_str()),
            ("command", command.as_str()),
        ];
        match answer.status {
            StatusCode::UNAUTHORIZED => match self.without_project().await {
                Some(told) => told,
                None => SWIFT_LOGIN_REFUSED.with(&places),
            },
            StatusCode::FORBIDDEN if version == Version::V1 => SWIFT_USER_UNKNOWN.with(&places),
            StatusCode::FORBIDDEN => SWIFT_LOGIN_REFUSED.with(&places),
            StatusCode::BAD_REQUEST if version != Version::V1 => SWIFT_LOGIN_UNCLEAR.told(),
            status if status.is_server_error() => SWIFT_LOGIN_FAILS.with(&places),
            _ => self.elsewhere(answer).await.unwrap_or_else(|| SWIFT_NO_LOGIN.with(&places)),
        }
    }

    /// Whether the same user gets in without a project, and which it may enter.
    async fn without_project(&mut self) -> Option<Told> {
        let engine = self.engine;
        if engine.version == Version::V1 {
            return None;
        }
        let body = keystone::login(engine, false);
        let answer = self.http.send(Method::POST, &self.path, &JSON, body).await.ok()?;
        let token = self.token(&answer);
        if token.is_empty() {
            return None;
        }
        let list = match engine.version {
            Version::V3 => self.path.replace("/auth/tokens", "/auth/projects"),
            Version::V1 | Version::V2 => self.path.replace("/tokens", "/tenants"),
        };
        let sent =
            self.http.send(Method::GET, &list, &[("x-auth-token", token.as_str())], "").await;
        let known = sent.ok().and_then(|answer| answer.json());
        let known = known.as_ref().and_then(keystone::projects);
        let known = known.unwrap_or_else(|| "not known".to_owned());
        let places = [
            ("user", engine.user.as_str()),
            ("project", engine.options.project.shown()),
            ("known", known.as_str()),
        ];
        Some(SWIFT_PROJECT_REFUSED.with(&places))
    }

    /// Whether this is Keystone, and which versions it speaks.
    async fn elsewhere(&mut self, answer: &Answer) -> Option<Told> {
        let mut versions = answer.json().as_ref().map(keystone::versions).unwrap_or_default();
        if versions.is_empty() && self.engine.version != Version::V1 {
            let root = keystone::root_of(&self.path).to_owned();
            let answer = self.http.send(Method::GET, &root, &[], "").await.ok()?;
            versions = answer.json().as_ref().map(keystone::versions).unwrap_or_default();
        }
        let number = self.engine.version.to_string();
        let is_spoken = |version: &String| version.trim_start_matches('v').starts_with(&number);
        if versions.is_empty() || versions.iter().any(is_spoken) {
            return None;
        }
        let (address, versions) = (self.origin.to_string(), versions.join(", "));
        let places = [
            ("address", address.as_str()),
            ("versions", versions.as_str()),
            ("version", number.as_str()),
        ];
        Some(SWIFT_OTHER_VERSION.with(&places))
    }

    /// How somebody tries the same by hand.
    fn command(&self) -> String {
        let Engine { user, login, options, version, .. } = self.engine;
        if *version == Version::V1 {
            return format!("curl -i -H 'X-Auth-User: {user}' -H 'X-Auth-Key: KEY' {login}");
        }
        let base = keystone::base(self.engine);
        let domain = options.user_domain.shown();
        let project = options.project.shown();
        if *version == Version::V2 {
            return format!("swift -V 2 -A {base} -U {project}:{user} -K PASSWORD stat");
        }
        format!(
            "openstack --os-auth-url {base} --os-username {user} --os-user-domain-id {domain} \
             --os-project-id {project} --os-password PASSWORD token issue"
        )
    }
}
