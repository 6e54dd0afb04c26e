//! Requests to a blob store of Azure.

use super::answer::{Aim, meaning, shown};
use super::settings::{Credential, Engine};
use super::sign::{AccountKey, VERSION, http_date};
use super::token;
use crate::checks::course::reach::no_http;
use crate::checks::course::{Course, Step, Stopped};
use crate::checks::fault::Fault;
use crate::checks::storage::faults::TOO_SLOW;
use crate::clients::http::{Answer, Http, HttpError};
use crate::clients::sigv4::encoded;
use bytes::Bytes;
use http::Method;

/// A blob or the container, and what is asked of it.
#[derive(Clone, Copy)]
pub(super) struct Target<'a> {
    /// The blob; empty for the container.
    pub(super) blob: &'a str,
    /// The query.
    pub(super) query: &'a [(&'a str, &'a str)],
}

impl<'a> Target<'a> {
    /// A blob by itself.
    pub(super) fn blob(blob: &'a str) -> Self {
        Self { blob, query: &[] }
    }
}

/// A conversation with a store.
pub(super) struct Session<'a> {
    pub(super) course: &'a Course,
    pub(super) engine: &'a Engine,
    http: Http,
    /// The key and the account it is used for; none with a token.
    key: Option<(AccountKey, String)>,
    /// The blobs that may be there because of us.
    pub(super) written: Vec<String>,
}

impl<'a> Session<'a> {
    /// Over a connection that stands.
    pub(super) fn over(
        course: &'a Course,
        engine: &'a Engine,
        http: Http,
        key: Option<(AccountKey, String)>,
    ) -> Self {
        Self { course, engine, http, key, written: Vec::new() }
    }

    /// The path of a blob, or of the container, with nothing that opens it.
    pub(super) fn path(&self, blob: &str) -> String {
        let container = format!("{}/{}", self.engine.base, encoded(&self.engine.container, ""));
        if blob.is_empty() { container } else { format!("{container}/{}", encoded(blob, "/~")) }
    }

    /// Sends a request with what proves who we are.
    pub(super) async fn send(
        &mut self,
        method: Method,
        target: Target<'_>,
        headers: &[(&str, &str)],
        body: Bytes,
    ) -> Result<Answer, HttpError> {
        let path = self.path(target.blob);
        let date = http_date(self.course.now());
        let length = body.len().to_string();
        let mut all = vec![("x-ms-date", date.as_str()), ("x-ms-version", VERSION)];
        if method == Method::PUT {
            all.push(("content-length", &length));
        }
        all.extend_from_slice(headers);
        let authorization = self
            .key
            .as_ref()
            .map(|(key, account)| key.authorization(account, &method, &path, target.query, &all));
        if let Some(authorization) = &authorization {
            all.push(("authorization", authorization));
        }
        let mut query: Vec<String> = target
            .query
            .iter()
            .map(|(name, value)| format!("{name}={}", encoded(value, "")))
            .collect();
        if let Credential::Token(token) = &self.engine.credential {
            query.push(token::bare(token).to_owned());
        }
        let path = if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) };
        self.http.send(method, &path, &all, body).await
    }

    /// The same as part of a stage, which goes on with the answer whatever it says. Nothing is
    /// sent once the check was given up.
    pub(super) async fn ask(
        &mut self,
        step: Step,
        method: Method,
        target: Target<'_>,
        headers: &[(&str, &str)],
        body: Bytes,
    ) -> Result<(Step, Answer), Stopped> {
        if self.course.is_given_up() {
            return Err(Stopped);
        }
        match self.send(method, target, headers, body).await {
            Ok(answer) => {
                self.course.answered(&TOO_SLOW);
                Ok((step, answer))
            }
            Err(error) => Err(step.fail(error.to_string(), no_http(&error, &self.engine.origin))),
        }
    }

    /// Sends a request as anybody could.
    pub(super) async fn as_anybody(
        &mut self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Bytes,
    ) -> Result<Answer, HttpError> {
        self.http.send(method, path, headers, body).await
    }

    /// The path of a blob that anybody can read there for so many seconds.
    pub(super) fn open_path(&self, blob: &str, seconds: i64) -> String {
        let engine = self.engine;
        let query = match (&self.key, &engine.credential) {
            (Some((key, _)), _) => {
                let until = self.course.now() + seconds;
                key.download(&engine.account, &engine.container, blob, until)
            }
            (None, Credential::Token(token)) => token::bare(token).to_owned(),
            (None, Credential::Key(_)) => String::new(),
        };
        format!("{}?{query}", self.path(blob))
    }

    /// Ends a stage with what it means that the store does not do something.
    pub(super) fn refused(
        &self,
        step: Step,
        answer: &Answer,
        forbidden: &'static Fault,
        action: &str,
        object: &str,
    ) -> Stopped {
        let aim = Aim { action, object, forbidden };
        let told = meaning(self.engine, answer, self.course.now(), aim);
        step.fail(shown(answer), told)
    }
}
