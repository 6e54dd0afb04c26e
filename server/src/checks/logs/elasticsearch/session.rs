//! A conversation with one cluster: connected, encrypted, logged in.

use super::{
    LOGIN_MISSING, NO_PERMISSION, REFUSED, SLOW, TLS_WANTED, TOO_OLD, TOO_SLOW, WRONG_LOGIN,
};
use crate::checks::common::OTHER_PROTOCOL;
use crate::checks::course::{Course, Done, Step, Stopped};
use crate::checks::fault::{Fault, Told};
use crate::checks::talk::{Talk, in_short, says_tls};
use crate::clients::http::{Answer, HttpError, Origin, REQUEST_TIME};
use crate::clients::sigv4::{Keys, Scope, encoded, sign};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cluster::check::StageKind;
use http::{Method, StatusCode};
use serde_json::Value;

/// The first version that Quay's client can talk to.
const OLDEST: u32 = 7;
/// What is sent and wanted.
const JSON: (&str, &str) = ("content-type", "application/json");

/// How one logs in.
pub(super) enum Login {
    /// Not at all.
    None,
    /// With a name and a password.
    Basic(String),
    /// With signatures for AWS, for this region.
    Aws(Keys, String),
}

impl Login {
    /// As Quay takes it from what is configured.
    pub(super) fn of(access: String, secret: String, region: Option<String>) -> Self {
        match region {
            _ if access.is_empty() || secret.is_empty() => Self::None,
            Some(region) if !region.is_empty() => {
                Self::Aws(Keys { access, secret, token: None }, region)
            }
            _ => Self::Basic(format!("Basic {}", STANDARD.encode(format!("{access}:{secret}")))),
        }
    }

    fn in_words(&self) -> &'static str {
        match self {
            Self::None => "without a log-in",
            Self::Basic(_) => "with the access key as name and the secret key as password",
            Self::Aws(..) => "signed for AWS",
        }
    }
}

/// A cluster we talk to.
pub(super) struct Session {
    course: Course,
    talk: Talk,
    login: Login,
    prefix: String,
    /// Whether anything was answered.
    heard: bool,
    /// Whether something was not answered in time after that.
    slow: bool,
}

impl Session {
    /// Connects.
    pub(super) async fn begin(
        course: &Course,
        origin: Origin,
        login: Login,
        prefix: String,
    ) -> Result<Self, Stopped> {
        if let Login::Basic(value) = &login {
            course.hide(value.strip_prefix("Basic ").unwrap_or(value));
        }
        let tls = origin.tls.then(|| course.usual_tls(&origin.host));
        let talk = Talk::begin(course, &origin, tls, Some(&TLS_WANTED)).await?;
        Ok(Self { course: course.clone(), talk, login, prefix, heard: false, slow: false })
    }

    /// Whether it has kept us waiting, after it had answered before.
    pub(super) fn is_slow(&self) -> bool {
        self.slow
    }

    /// Whether the check was given up, so that nobody reads any more what is told.
    pub(super) fn is_given_up(&self) -> bool {
        self.course.is_given_up()
    }

    /// Where it is.
    pub(super) fn origin(&self) -> &Origin {
        self.talk.origin()
    }

    /// The beginning of the names of all indices, as it stands in a path.
    pub(super) fn encoded_prefix(&self) -> String {
        encoded(&self.prefix, "")
    }

    /// Logs in and asks who answers.
    pub(super) async fn greet(&mut self) -> Done {
        let tried = format!("ask for its version, {}", self.login.in_words());
        let step = self.course.begin(StageKind::Authentication, tried);
        let (step, answer) = self.ask(step, Method::GET, "/", "").await?;
        if !self.talk.origin().tls && says_tls(&answer) {
            return Err(step.fail(in_short(&answer), self.told(&TLS_WANTED, &[])));
        }
        if let Some(told) = self.not_let_in(&answer) {
            return Err(step.fail(in_short(&answer), told));
        }
        if answer.status == StatusCode::FORBIDDEN {
            step.pass("let in; it may not see the version, and Quay need not");
            return Ok(());
        }
        let json = answer.json().unwrap_or_default();
        let version = &json["version"];
        let Some(number) = version["number"].as_str() else {
            return Err(step.fail(in_short(&answer), self.told(&OTHER_PROTOCOL, &[])));
        };
        let is_fork = version["distribution"] == "opensearch";
        let name = if is_fork { "OpenSearch" } else { "Elasticsearch" };
        let answered = format!("{name} {number}");
        let major = number.split('.').next().and_then(|major| major.parse::<u32>().ok());
        if !is_fork && major.is_some_and(|major| major < OLDEST) {
            return Err(step.fail(answered, self.told(&TOO_OLD, &[("version", number)])));
        }
        step.pass(answered);
        Ok(())
    }

    /// What it means, if the log-in is refused. AWS says so with the status for missing rights.
    fn not_let_in(&self, answer: &Answer) -> Option<Told> {
        let text = answer.text();
        let signature = ["security token", "request signature", "Signature expired"];
        let refused = matches!(self.login, Login::Aws(..))
            && answer.status == StatusCode::FORBIDDEN
            && signature.iter().any(|words| text.contains(words));
        match self.login {
            Login::None if answer.status == StatusCode::UNAUTHORIZED => Some(LOGIN_MISSING.told()),
            _ if refused || answer.status == StatusCode::UNAUTHORIZED => {
                Some(self.told(&WRONG_LOGIN, &[]))
            }
            _ => None,
        }
    }

    /// Sends a request as part of a stage, with the log-in. Nothing is sent once the check was
    /// given up.
    pub(super) async fn ask(
        &mut self,
        step: Step,
        method: Method,
        path: &str,
        body: &str,
    ) -> Result<(Step, Answer), Stopped> {
        if self.is_given_up() {
            return Err(Stopped);
        }
        let headers = match self.headers(&method, path, body) {
            Ok(headers) => headers,
            Err(why) => {
                let places = [("what", "sign in"), ("reason", why.as_str())];
                return Err(step.fail("not signed", self.told(&REFUSED, &places)));
            }
        };
        match self.talk.quietly(method, path, &borrowed(&headers), body.to_owned()).await {
            Ok(answer) => {
                self.heard = true;
                self.course.answered(&TOO_SLOW);
                Ok((step, answer))
            }
            Err(error) => {
                let is_slow = self.heard && matches!(error, HttpError::Silent(_));
                self.slow |= is_slow;
                let told = if is_slow { self.slowness() } else { self.talk.meaning(&error).await };
                Err(step.fail(error.to_string(), told))
            }
        }
    }

    /// What it means that no answer comes any more.
    pub(super) fn slowness(&self) -> Told {
        self.told(&SLOW, &[("seconds", &REQUEST_TIME.as_secs().to_string())])
    }

    /// Deletes something, also when the check was given up already; else says why there is no
    /// answer.
    pub(super) async fn delete(&mut self, path: &str) -> Result<Answer, String> {
        let headers = self.headers(&Method::DELETE, path, "")?;
        let sent = self.talk.quietly(Method::DELETE, path, &borrowed(&headers), "").await;
        sent.map_err(|error| error.to_string())
    }

    fn headers(
        &self,
        method: &Method,
        path: &str,
        body: &str,
    ) -> Result<Vec<(String, String)>, String> {
        let plain: &[(&str, &str)] = if body.is_empty() { &[] } else { &[JSON] };
        let mut headers = match &self.login {
            Login::None => Vec::new(),
            Login::Basic(value) => vec![("authorization".to_owned(), value.clone())],
            Login::Aws(keys, region) => {
                let scope = Scope { service: "es", region, now: self.course.now() };
                let origin = self.talk.origin();
                let signed = sign(keys, &scope, method, origin, path, plain, body.as_bytes())?;
                for (_, value) in signed.iter().filter(|(name, _)| name == "authorization") {
                    self.course.hide(value);
                }
                signed
            }
        };
        headers.extend(plain.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        Ok(headers)
    }

    /// Ends a stage with a refusal to do `what`.
    pub(super) fn refused(&self, step: Step, answer: &Answer, what: &str) -> Stopped {
        let why = reason(answer);
        let told = match answer.status {
            StatusCode::FORBIDDEN => self.told(&NO_PERMISSION, &[("what", what)]),
            _ => self.told(&REFUSED, &[("what", what), ("reason", &why)]),
        };
        step.fail(format!("{}: {why}", answer.status), told)
    }

    /// A fault of this cluster.
    pub(super) fn told(&self, fault: &'static Fault, more: &[(&str, &str)]) -> Told {
        let origin = self.talk.origin();
        let (at, port) = (origin.to_string(), origin.port.to_string());
        let mut places = vec![
            ("host", origin.host.as_str()),
            ("port", port.as_str()),
            ("origin", at.as_str()),
            ("prefix", self.prefix.as_str()),
            ("protocol", "Elasticsearch"),
        ];
        places.extend(more);
        fault.with(&places)
    }
}

fn borrowed(headers: &[(String, String)]) -> Vec<(&str, &str)> {
    headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

/// The kind of error that an answer names.
pub(super) fn error_kind(answer: &Answer) -> String {
    let json = answer.json().unwrap_or_default();
    json["error"]["type"].as_str().unwrap_or_default().to_owned()
}

/// What an answer says is wrong, without the full stop.
pub(super) fn reason(answer: &Answer) -> String {
    let json = answer.json().unwrap_or_default();
    let texts = [&json["error"]["reason"], &json["message"], &json["Message"], &json["error"]];
    let found = texts.into_iter().find_map(Value::as_str).map(str::to_owned);
    let text = found.unwrap_or_else(|| answer.text().into_owned());
    text.trim().trim_end_matches('.').to_owned()
}
