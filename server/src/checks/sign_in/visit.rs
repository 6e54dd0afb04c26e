//! Asks web services as Quay's client does: connections are kept, redirects are followed.

use super::basic;
use crate::checks::common::OTHER_PROTOCOL;
use crate::checks::course::{Course, Step, Stopped};
use crate::checks::talk::{Talk, says_tls};
use crate::clients::http::{Answer, Http, Origin};
use crate::clients::tls::{Tls, Verify, secure};
use cluster::check::StageKind;
use http::Method;
use std::fmt;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout, timeout_at};

/// Redirects that are followed.
const REDIRECTS_MAX: usize = 4;
/// How long is waited for what is of no great weight.
const QUIET_TIME: Duration = Duration::from_secs(3);
/// Pages of one service that are read at the same time.
const AT_ONCE: usize = 4;

/// A page of a web service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::checks) struct Place {
    /// The service.
    pub(in crate::checks) origin: Origin,
    /// The path, and the query if there is one.
    pub(in crate::checks) path: String,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.origin, self.path)
    }
}

impl Place {
    /// The page of a URL.
    pub(in crate::checks) fn of(url: &str) -> Option<Self> {
        let (origin, path) = Origin::of(url)?;
        Some(Self { origin, path })
    }

    /// The same page, asked with these parameters besides.
    pub(in crate::checks) fn with_query(&self, query: &str) -> Self {
        let mark = if self.path.contains('?') { '&' } else { '?' };
        Self { origin: self.origin.clone(), path: format!("{}{mark}{query}", self.path) }
    }

    /// The page without its parameters, as it is shown.
    pub(in crate::checks) fn bare(&self) -> String {
        let path = self.path.split('?').next().unwrap_or_default();
        format!("{}{path}", self.origin)
    }

    /// Where an answer from here sends one on to.
    fn next(&self, answer: &Answer) -> Option<Self> {
        let to = answer.header("location");
        if !answer.status.is_redirection() || to.is_empty() {
            return None;
        }
        if let Some(rest) = to.strip_prefix("//") {
            let scheme = if self.origin.tls { "https" } else { "http" };
            return Self::of(&format!("{scheme}://{rest}"));
        }
        if to.starts_with('/') {
            return Some(Self { origin: self.origin.clone(), path: to.to_owned() });
        }
        Self::of(to)
    }
}

/// What is asked.
#[derive(Clone, Debug)]
pub(in crate::checks) struct Ask<'a> {
    /// The kind of its stage.
    pub(in crate::checks) kind: StageKind,
    /// What the stage is called.
    pub(in crate::checks) tried: String,
    /// The method.
    pub(in crate::checks) method: Method,
    /// The headers.
    pub(in crate::checks) headers: &'a [(&'a str, &'a str)],
    /// The body.
    pub(in crate::checks) body: String,
    /// Whether the certificate is checked.
    pub(in crate::checks) checked: bool,
    /// Whether redirects are followed. They are not with a password.
    pub(in crate::checks) follow: bool,
}

impl<'a> Ask<'a> {
    /// Reads a page and follows redirects.
    pub(in crate::checks) fn get(
        kind: StageKind,
        tried: impl Into<String>,
        headers: &'a [(&'a str, &'a str)],
    ) -> Self {
        let (tried, body) = (tried.into(), String::new());
        Self { kind, tried, method: Method::GET, headers, body, checked: true, follow: true }
    }

    /// Reads a page and takes the first answer.
    pub(in crate::checks) fn get_once(
        kind: StageKind,
        tried: impl Into<String>,
        headers: &'a [(&'a str, &'a str)],
    ) -> Self {
        Self { follow: false, ..Self::get(kind, tried, headers) }
    }

    /// Sends something.
    pub(in crate::checks) fn post(
        kind: StageKind,
        tried: impl Into<String>,
        headers: &'a [(&'a str, &'a str)],
        body: String,
    ) -> Self {
        Self { method: Method::POST, body, ..Self::get_once(kind, tried, headers) }
    }
}

/// A connection that may be used again.
struct Door {
    checked: bool,
    talk: Talk,
}

/// The connections of one check.
pub(in crate::checks) struct Visit {
    course: Course,
    doors: Vec<Door>,
}

impl Visit {
    /// Nobody has been asked so far.
    pub(in crate::checks) fn new(course: &Course) -> Self {
        Self { course: course.clone(), doors: Vec::new() }
    }

    /// A name and a password as the header `authorization` has them. From now on they appear in
    /// no text, whoever sends them back.
    pub(in crate::checks) fn basic(&self, name: &str, password: &str) -> String {
        let value = basic(name, password);
        self.course.hide(value.strip_prefix("Basic ").unwrap_or(&value));
        value
    }

    /// Asks; the stage is left to whoever understands the answer.
    pub(in crate::checks) async fn ask(
        &mut self,
        place: &Place,
        ask: &Ask<'_>,
    ) -> Result<(Step, Answer), Stopped> {
        let mut place = place.clone();
        let mut tried = ask.tried.clone();
        for _ in 0..REDIRECTS_MAX {
            let (step, answer) = self.once(&place, ask, &tried).await?;
            let next = if ask.follow { place.next(&answer) } else { None };
            let Some(next) = next else { return Ok((step, answer)) };
            step.pass(format!("{}, sent on to {}", answer.status, next.bare()));
            tried = format!("GET {}", next.bare());
            place = next;
        }
        self.once(&place, ask, &tried).await
    }

    /// Asks without any stage of its own; `None` if there is no answer soon.
    pub(in crate::checks) async fn quietly(
        &mut self,
        place: &Place,
        method: Method,
        headers: &[(&str, &str)],
        body: String,
    ) -> Option<Answer> {
        timeout(QUIET_TIME, self.answer(place, method, headers, body)).await.ok()?
    }

    /// Reads pages without a stage, some at the same time, all of them soon; `None` for each that
    /// has not answered by then.
    pub(in crate::checks) async fn each_quietly(
        &self,
        places: &[Place],
        headers: &[(&str, &str)],
    ) -> Vec<Option<Answer>> {
        let end = Instant::now() + QUIET_TIME;
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let mut lanes = JoinSet::new();
        for lane in 0..AT_ONCE {
            let numbered = places.iter().cloned().enumerate();
            let own: Vec<(usize, Place)> = numbered.skip(lane).step_by(AT_ONCE).collect();
            let headers = headers.iter().map(owned).collect();
            lanes.spawn(Self::new(&self.course).read(own, headers, end));
        }
        let mut answers = vec![None; places.len()];
        while let Some(lane) = lanes.join_next().await {
            for (at, answer) in lane.unwrap_or_default() {
                answers[at] = answer;
            }
        }
        answers
    }

    /// Reads pages one after the other, until the time is over.
    async fn read(
        mut self,
        places: Vec<(usize, Place)>,
        headers: Vec<(String, String)>,
        end: Instant,
    ) -> Vec<(usize, Option<Answer>)> {
        let headers: Vec<(&str, &str)> =
            headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let mut answers = Vec::new();
        for (at, place) in places {
            let asked = self.answer(&place, Method::GET, &headers, String::new());
            let Ok(answer) = timeout_at(end, asked).await else { break };
            answers.push((at, answer));
        }
        answers
    }

    async fn answer(
        &mut self,
        place: &Place,
        method: Method,
        headers: &[(&str, &str)],
        body: String,
    ) -> Option<Answer> {
        let at = match self.door(&place.origin, true) {
            Some(at) => at,
            None => {
                let http = self.connect(&place.origin).await?;
                self.keep(true, Talk::over(&self.course, http, Some(&OTHER_PROTOCOL)))
            }
        };
        self.doors[at].talk.quietly(method, &place.path, headers, body).await.ok()
    }

    async fn once(
        &mut self,
        place: &Place,
        ask: &Ask<'_>,
        tried: &str,
    ) -> Result<(Step, Answer), Stopped> {
        let origin = &place.origin;
        let at = match self.door(origin, ask.checked) {
            Some(at) => at,
            None => {
                let tls = self.tls(origin, ask.checked);
                let talk = Talk::begin(&self.course, origin, tls, Some(&OTHER_PROTOCOL)).await?;
                self.keep(ask.checked, talk)
            }
        };
        let step = self.course.begin(ask.kind, tried);
        let talk = &mut self.doors[at].talk;
        let (method, body) = (ask.method.clone(), ask.body.clone());
        let (step, answer) = talk.ask(step, method, &place.path, ask.headers, body).await?;
        if !origin.tls && says_tls(&answer) {
            return Err(step.fail(answer.status.to_string(), talk.told(&OTHER_PROTOCOL)));
        }
        Ok((step, answer))
    }

    /// Connects without any stage.
    async fn connect(&self, origin: &Origin) -> Option<Http> {
        let (net, now) = (self.course.net(), self.course.now());
        let addresses = net.resolve(&origin.host, origin.port).await.ok()?;
        let (mut wire, address) = net.connect(&addresses).await.ok()?;
        let tls = self.tls(origin, true);
        if let Some(tls) = &tls {
            wire = secure(net, wire, tls, now).await.ok()?.wire;
        }
        Http::over(net.clone(), origin.clone(), address, tls, now, wire).await.ok()
    }

    fn tls(&self, origin: &Origin, checked: bool) -> Option<Tls> {
        let tls = origin.tls.then(|| self.course.usual_tls(&origin.host))?;
        let verify = if checked { tls.verify } else { Verify::Nothing };
        Some(Tls { verify, ..tls })
    }

    /// Where the connection to a service is kept.
    fn door(&self, origin: &Origin, checked: bool) -> Option<usize> {
        let fits = |door: &Door| door.checked == checked && door.talk.origin() == origin;
        self.doors.iter().position(fits)
    }

    fn keep(&mut self, checked: bool, talk: Talk) -> usize {
        self.doors.push(Door { checked, talk });
        self.doors.len() - 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderMap, HeaderValue, StatusCode};

    fn next(from: &str, to: &'static str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert("location", HeaderValue::from_static(to));
        let answer = Answer { status: StatusCode::FOUND, headers, body: "".into() };
        Place::of(from).unwrap().next(&answer).map(|place| place.to_string())
    }

    #[test]
    fn a_redirect_leads_where_a_browser_would_go() {
        let from = "https://sso.example.com/a/b";
        assert_eq!(next(from, "/c").as_deref(), Some("https://sso.example.com/c"));
        assert_eq!(next(from, "//x.example.com/c").as_deref(), Some("https://x.example.com/c"));
        assert_eq!(next(from, "http://x.example.com").as_deref(), Some("http://x.example.com/"));
        assert_eq!(next(from, "ftp://x.example.com/"), None);
    }

    #[test]
    fn parameters_are_added_to_those_that_are_there() {
        let place = Place::of("https://sso.example.com/token?p=1").unwrap();
        assert_eq!(place.with_query("a=b").path, "/token?p=1&a=b");
        assert_eq!(place.with_query("a=b").bare(), "https://sso.example.com/token");
    }
}
