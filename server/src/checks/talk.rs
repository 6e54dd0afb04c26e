//! What several checks do in the same way when they talk to a service.

use super::course::reach::no_http;
use super::course::{Course, Step, Stopped};
use super::fault::{Fault, Told};
use super::probe::expects_tls;
use crate::clients::http::{Answer, Http, HttpError, Origin};
use crate::clients::tls::Tls;
use bytes::Bytes;
use http::Method;

/// A conversation with a web service.
pub(crate) struct Talk {
    course: Course,
    http: Http,
    /// What it means that the service speaks TLS where none is configured.
    tls_wanted: Option<&'static Fault>,
}

impl std::fmt::Debug for Talk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Talk").field("http", &self.http).finish_non_exhaustive()
    }
}

impl Talk {
    /// Connects: name, connection and, with `tls`, TLS. `tls_wanted` has places for `{host}` and
    /// `{port}`.
    pub(crate) async fn begin(
        course: &Course,
        origin: &Origin,
        tls: Option<Tls>,
        tls_wanted: Option<&'static Fault>,
    ) -> Result<Self, Stopped> {
        let http = course.http_with(origin, tls).await?;
        Ok(Self::over(course, http, tls_wanted))
    }

    /// Goes on over a connection that stands.
    pub(crate) fn over(course: &Course, http: Http, tls_wanted: Option<&'static Fault>) -> Self {
        Self { course: course.clone(), http, tls_wanted }
    }

    /// Where the service is.
    pub(crate) fn origin(&self) -> &Origin {
        self.http.origin()
    }

    /// Sends a request as part of a stage. The stage goes on with the answer, whatever it says,
    /// and ends where there is none.
    pub(crate) async fn ask(
        &mut self,
        step: Step,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Result<(Step, Answer), Stopped> {
        match self.quietly(method, path, headers, body).await {
            Ok(answer) => Ok((step, answer)),
            Err(error) => {
                let told = self.meaning(&error).await;
                Err(step.fail(error.to_string(), told))
            }
        }
    }

    /// The same without a stage, for what is left out where it does not work.
    pub(crate) async fn quietly(
        &mut self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Result<Answer, HttpError> {
        self.http.send(method, path, headers, body).await
    }

    /// What it means that there is no answer.
    pub(crate) async fn meaning(&self, error: &HttpError) -> Told {
        match self.tls_wanted {
            Some(fault) if self.wants_tls(error).await => self.told(fault),
            _ => no_http(error, self.http.origin()),
        }
    }

    /// A fault that says where the service is, and that it does not speak HTTP in clear.
    pub(crate) fn told(&self, fault: &'static Fault) -> Told {
        let origin = self.http.origin();
        let port = origin.port.to_string();
        fault.with(&[
            ("host", origin.host.as_str()),
            ("port", port.as_str()),
            ("protocol", "HTTP without TLS"),
        ])
    }

    /// Whether the service hangs up because it expects TLS.
    async fn wants_tls(&self, error: &HttpError) -> bool {
        let origin = self.http.origin();
        !origin.tls
            && matches!(error, HttpError::Closed | HttpError::NotHttp)
            && expects_tls(&self.course, &origin.host, origin.port).await
    }
}

/// Whether an answer in clear says that the port is for TLS, as Go and nginx do.
pub(crate) fn says_tls(answer: &Answer) -> bool {
    let text = answer.text();
    answer.status.as_u16() == 400
        && ["HTTP request to an HTTPS server", "plain HTTP request was sent to HTTPS port"]
            .iter()
            .any(|words| text.contains(words))
}

/// The status of an answer and the beginning of its text, for a person.
pub(crate) fn in_short(answer: &Answer) -> String {
    let text = answer.text();
    let text = text.trim();
    if text.is_empty() { answer.status.to_string() } else { format!("{}: {text}", answer.status) }
}
