//! HTTP/1.1 as a client, over connections of ours; answers are bounded.

use super::dial::{DialError, Net};
use super::tls::{Tls, TlsError, secure};
use super::wire::Wire;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, Uri, header};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// Bytes of an answer's body.
pub const BODY_BYTES_MAX: usize = 1024 * 1024;
/// How long a request may take until the whole answer is there.
pub const REQUEST_TIME: Duration = Duration::from_secs(6);
/// Who asks.
const USER_AGENT: HeaderValue =
    HeaderValue::from_static(concat!("quay-console/", env!("CARGO_PKG_VERSION")));

/// Why a header cannot be sent.
const NOT_IN_HEADER: &str =
    "the value contains a line end or a control character, which no header may hold";
/// Why a path cannot be sent.
const NOT_IN_PATH: &str = "the address contains a character that none may hold";

/// Where a web service is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Whether it is encrypted.
    pub tls: bool,
    /// Its name.
    pub host: String,
    /// Its port.
    pub port: u16,
}

impl Origin {
    /// The origin of a URL and what follows it, `/` if nothing does.
    pub fn of(url: &str) -> Option<(Self, String)> {
        let uri: Uri = url.trim().parse().ok()?;
        let tls = match uri.scheme_str()? {
            "https" => true,
            "http" => false,
            _ => return None,
        };
        let host = uri.host().filter(|host| !host.is_empty())?.to_owned();
        let port = uri.port_u16().unwrap_or(if tls { 443 } else { 80 });
        let path = uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        Some((Self { tls, host, port }, path))
    }

    /// What goes into the header `Host`.
    pub fn authority(&self) -> String {
        if self.port == if self.tls { 443 } else { 80 } {
            self.host.clone()
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}://{}", if self.tls { "https" } else { "http" }, self.authority())
    }
}

/// An answer, whole.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

impl Answer {
    /// A header as text, empty if there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The body as text.
    pub fn text(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }

    /// The body as JSON.
    pub fn json(&self) -> Option<serde_json::Value> {
        serde_json::from_slice(&self.body).ok()
    }
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// Nothing was sent, for this reason.
    #[error("not sent: {0}")]
    Ours(&'static str),
    /// The answer is none in HTTP.
    #[error("the answer is not HTTP")]
    NotHttp,
    /// The connection ended before the answer did.
    #[error("it ended the connection")]
    Closed,
    /// No answer comes, or not the whole of it. Which request it was, without its query.
    #[error("no answer to {0} within {seconds} seconds", seconds = REQUEST_TIME.as_secs())]
    Silent(String),
    /// The answer does not end.
    #[error("the answer is longer than {} KiB", BODY_BYTES_MAX / 1024)]
    TooMuch,
    /// The connection had to be opened anew, and could not be.
    #[error(transparent)]
    Dial(#[from] DialError),
    /// The connection had to be opened anew, and could not be encrypted.
    #[error(transparent)]
    Tls(#[from] TlsError),
}

/// A web service we are connected to. A connection that it ends is opened anew.
pub struct Http {
    net: Net,
    origin: Origin,
    address: SocketAddr,
    tls: Option<Tls>,
    now: i64,
    open: Option<Open>,
    /// Whether something was answered already.
    used: bool,
}

struct Open {
    sender: SendRequest<Full<Bytes>>,
    task: JoinHandle<()>,
}

impl Drop for Open {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Http {
    /// A service over a connection that stands.
    pub async fn over(
        net: Net,
        origin: Origin,
        address: SocketAddr,
        tls: Option<Tls>,
        now: i64,
        wire: Wire,
    ) -> Result<Self, HttpError> {
        let open = Some(begin(wire).await?);
        Ok(Self { net, origin, address, tls, now, open, used: false })
    }

    /// Where it is.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Sends a request and waits for the whole answer, for [`REQUEST_TIME`] at most. Redirects are
    /// not followed. After a request without an answer, the next one gets a connection of its own.
    pub async fn send(
        &mut self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Result<Answer, HttpError> {
        let body = body.into();
        let asked = format!("{method} {}", path.split('?').next().unwrap_or_default());
        // hyper says nothing of a body that is empty; S3 insists where there could be one.
        let says_empty = body.is_empty() && matches!(method, Method::POST | Method::PUT);
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = method;
        *request.uri_mut() = path.parse().map_err(|_| HttpError::Ours(NOT_IN_PATH))?;
        let into = request.headers_mut();
        let host = self.origin.authority();
        into.insert(header::HOST, host.parse().map_err(|_| HttpError::Ours(NOT_IN_PATH))?);
        into.insert(header::USER_AGENT, USER_AGENT);
        if says_empty {
            into.insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        for (name, value) in headers {
            let (name, value) = line(name, value)?;
            into.insert(name, value);
        }
        let answer = timeout(REQUEST_TIME, self.call(request)).await;
        answer.unwrap_or(Err(HttpError::Silent(asked)))
    }

    async fn call(&mut self, request: Request<Full<Bytes>>) -> Result<Answer, HttpError> {
        // A service may end a connection that is kept open at any moment, also at this one.
        if let Some(open) = self.open.take() {
            match self.call_over(open, request.clone()).await {
                Err(HttpError::Closed) if self.used => {}
                answer => return answer,
            }
        }
        let open = self.reopen().await?;
        self.call_over(open, request).await
    }

    async fn call_over(
        &mut self,
        mut open: Open,
        request: Request<Full<Bytes>>,
    ) -> Result<Answer, HttpError> {
        open.sender.ready().await.map_err(|error| fault(&error))?;
        let answer = open.sender.send_request(request).await.map_err(|error| fault(&error))?;
        let (parts, body) = answer.into_parts();
        let body = Limited::new(body, BODY_BYTES_MAX).collect().await.map_err(|error| {
            if error.is::<LengthLimitError>() { HttpError::TooMuch } else { HttpError::Closed }
        })?;
        self.open = Some(open);
        self.used = true;
        let (status, headers) = (parts.status, parts.headers);
        Ok(Answer { status, headers, body: body.to_bytes() })
    }

    async fn reopen(&self) -> Result<Open, HttpError> {
        let (wire, _) = self.net.connect(&[self.address]).await?;
        let wire = match &self.tls {
            Some(tls) => {
                let secured = secure(&self.net, wire, tls, self.now).await;
                secured.map_err(|(error, _)| error)?.wire
            }
            None => wire,
        };
        begin(wire).await
    }
}

impl std::fmt::Debug for Http {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Http").field("origin", &self.origin).finish_non_exhaustive()
    }
}

/// A header, where it can be sent at all: a token that was copied with its line end cannot.
fn line(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), HttpError> {
    let name = name.parse().map_err(|_| HttpError::Ours(NOT_IN_HEADER))?;
    let value = HeaderValue::from_bytes(value.as_bytes());
    Ok((name, value.map_err(|_| HttpError::Ours(NOT_IN_HEADER))?))
}

async fn begin(wire: Wire) -> Result<Open, HttpError> {
    let (sender, connection) =
        handshake(TokioIo::new(wire)).await.map_err(|error| fault(&error))?;
    let task = tokio::spawn(async move {
        let _ = connection.await;
    });
    Ok(Open { sender, task })
}

fn fault(error: &hyper::Error) -> HttpError {
    if error.is_parse() || error.is_parse_too_large() {
        HttpError::NotHttp
    } else {
        HttpError::Closed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_with_a_line_end_is_no_fault_of_the_service() {
        let sent = line("authorization", "Bearer a-token");
        assert!(sent.is_ok_and(|(name, value)| name == "authorization" && value.len() == 14));
        for token in ["Bearer a-token\n", "Bearer a\r\nx-other: token", "Bearer \u{1b}[1m"] {
            let error = line("authorization", token).unwrap_err();
            assert_eq!(error.to_string(), format!("not sent: {NOT_IN_HEADER}"), "{token:?}");
        }
    }
}
