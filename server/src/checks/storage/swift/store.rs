//! The store: the container, and a blob that is written, read and deleted.

use super::faults::{
    SWIFT_CONTAINER_FORBIDDEN, SWIFT_CONTAINER_MISSING, SWIFT_FULL, SWIFT_MAY_NOT_DELETE,
    SWIFT_MAY_NOT_READ, SWIFT_MAY_NOT_WRITE, SWIFT_NEARLY_FULL, SWIFT_NOT_READ_BACK,
    SWIFT_SLOWED_DOWN, SWIFT_STORE_FAILS, SWIFT_STORE_IN_CLEAR, SWIFT_STORE_IS_LOCAL,
    SWIFT_TOKEN_REFUSED,
};
use super::login::Login;
use super::reach;
use super::settings::Engine;
use crate::checks::course::reach::no_http;
use crate::checks::course::{Course, Done, Step, Stopped};
use crate::checks::fault::Fault;
use crate::checks::storage::OURS;
use crate::checks::storage::faults::TOO_SLOW;
use crate::checks::storage::litter::Tally;
use crate::checks::talk::in_short;
use crate::clients::http::{Answer, Http, HttpError, Origin};
use crate::clients::sigv4::encoded;
use bytes::Bytes;
use cluster::check::StageKind;
use http::{Method, StatusCode};

/// What is written.
pub(super) const WORDS: &[u8] = b"quay-console has written this to see whether it can.";
/// The store throws away by itself what a broken check has left, after an hour.
const ENDS: (&str, &str) = ("x-delete-after", "3600");
/// How much of a quota may be used without a word.
const USED_PERCENT_MAX: u64 = 90;

/// A store we are logged in to.
pub(super) struct Store<'a> {
    pub(super) course: &'a Course,
    pub(super) engine: &'a Engine,
    http: Http,
    token: String,
    /// The path of the account.
    account: String,
    /// The objects that may be there because of us.
    written: Vec<String>,
}

impl<'a> Store<'a> {
    /// Connects to where the login has led.
    pub(super) async fn reach(
        course: &'a Course,
        engine: &'a Engine,
        login: Login,
    ) -> Result<Self, Stopped> {
        let (origin, path) = reach::origin_of(course, &login.store)?;
        if login.is_named {
            look_at(course, login.http.origin(), &origin);
        }
        let http = if *login.http.origin() == origin {
            login.http
        } else if login.is_named {
            reach::open_named(course, engine, &origin).await?
        } else {
            reach::open(course, engine, &origin).await?
        };
        let account = path.trim_end_matches('/').to_owned();
        Ok(Self { course, engine, http, token: login.token, account, written: Vec::new() })
    }

    /// Where the store is.
    pub(super) fn origin(&self) -> &Origin {
        self.http.origin()
    }

    /// The path of the account.
    pub(super) fn account(&self) -> &str {
        &self.account
    }

    /// The path of the container.
    pub(super) fn container_path(&self) -> String {
        format!("{}/{}", self.account, encoded(&self.engine.container, "/"))
    }

    /// The path of an object.
    pub(super) fn object_path(&self, object: &str) -> String {
        format!("{}/{}", self.container_path(), encoded(object, "/"))
    }

    /// Whether the container is there.
    pub(super) async fn container(&mut self) -> Result<Answer, Stopped> {
        let tried = format!("the container {}", self.engine.container);
        let step = self.course.begin(StageKind::Permission, tried);
        let path = self.container_path();
        let (step, answer) = self.ask(step, Method::HEAD, &path, &[], Bytes::new()).await?;
        if !answer.status.is_success() {
            let fault = &SWIFT_CONTAINER_FORBIDDEN;
            return Err(self.refused(step, &answer, fault, "show the container", ""));
        }
        let count = Some(answer.header("x-container-object-count"));
        let count = count.filter(|count| !count.is_empty()).unwrap_or("an unknown number of");
        step.pass(format!("it is there, with {count} objects"));
        Ok(answer)
    }

    /// How much of the quotas is used, where the store tells.
    pub(super) async fn quota(&mut self, container: &Answer) {
        let path = self.account.clone();
        let account = self.send(Method::HEAD, &path, &[], Bytes::new(), true).await.ok();
        let account = account.filter(|answer| answer.status.is_success());
        let of_account = account
            .as_ref()
            .and_then(|answer| used(answer, "x-account-bytes-used", "x-account-meta-quota-bytes"));
        let of_container =
            used(container, "x-container-bytes-used", "x-container-meta-quota-bytes");
        let quotas = [("account", of_account), ("container", of_container)];
        for (owner, percent) in quotas {
            let Some(percent) = percent else { continue };
            let tried = format!("how much of the quota of the {owner} is used");
            let step = self.course.begin(StageKind::Service, tried);
            let number = percent.to_string();
            let answer = format!("{number} percent");
            if percent < USED_PERCENT_MAX {
                step.pass(answer);
            } else {
                let places = [("percent", number.as_str()), ("owner", owner)];
                step.warn(answer, SWIFT_NEARLY_FULL.with(&places));
            }
        }
    }

    /// An object is written and read; gives its name.
    pub(super) async fn write_and_read(&mut self, id: &str) -> Result<String, Stopped> {
        let object = self.engine.object(&format!("{OURS}{id}"));
        let step = self.course.begin(StageKind::Service, format!("write {object}"));
        let step = self.write(step, &object, &[], WORDS).await?;
        step.pass("written");
        let step = self.course.begin(StageKind::Service, "read it back");
        let (step, body) = self.read(step, &object).await?;
        if body != WORDS {
            let answer = format!("{} of {} bytes, or others", body.len(), WORDS.len());
            return Err(step.fail(answer, SWIFT_NOT_READ_BACK.told()));
        }
        step.pass(format!("{} bytes, the same", body.len()));
        Ok(object)
    }

    /// Writes an object as part of a stage.
    pub(super) async fn write(
        &mut self,
        step: Step,
        object: &str,
        headers: &[(&str, &str)],
        content: &'static [u8],
    ) -> Result<Step, Stopped> {
        let length = content.len().to_string();
        let mut all = vec![("content-length", length.as_str()), ENDS];
        all.extend_from_slice(headers);
        self.written.push(object.to_owned());
        let path = self.object_path(object);
        let content = Bytes::from_static(content);
        let (step, answer) = self.ask(step, Method::PUT, &path, &all, content).await?;
        if answer.status.is_success() {
            return Ok(step);
        }
        if answer.status.is_client_error() {
            self.written.pop();
        }
        Err(self.refused(step, &answer, &SWIFT_MAY_NOT_WRITE, "take what is written", object))
    }

    /// Reads an object as part of a stage.
    pub(super) async fn read(
        &mut self,
        step: Step,
        object: &str,
    ) -> Result<(Step, Bytes), Stopped> {
        let path = self.object_path(object);
        let (step, answer) = self.ask(step, Method::GET, &path, &[], Bytes::new()).await?;
        if answer.status.is_success() {
            return Ok((step, answer.body));
        }
        if answer.status == StatusCode::NOT_FOUND {
            return Err(step.fail(in_short(&answer), SWIFT_NOT_READ_BACK.told()));
        }
        let action = "give back what was stored";
        Err(self.refused(step, &answer, &SWIFT_MAY_NOT_READ, action, object))
    }

    /// Deletes all that has been written.
    pub(super) async fn delete(&mut self) -> Done {
        let step = self.course.begin(StageKind::Service, "delete all of it");
        let mut refused = None;
        while let Some(object) = self.written.last().cloned() {
            let path = self.object_path(&object);
            match self.send(Method::DELETE, &path, &[], Bytes::new(), true).await {
                Ok(answer) if answer.status.is_success() => {}
                Ok(answer) => refused = Some((answer, object)),
                Err(error) => {
                    return Err(step.fail(error.to_string(), no_http(&error, self.origin())));
                }
            }
            self.written.pop();
        }
        if let Some((answer, object)) = refused {
            let fault = &SWIFT_MAY_NOT_DELETE;
            return Err(self.refused(step, &answer, fault, "delete anything", &object));
        }
        step.pass("nothing is left");
        Ok(())
    }

    /// Deletes all that has been written after something has failed, and tells what stays.
    pub(super) async fn sweep(&mut self) {
        let mut tally = Tally::default();
        for object in std::mem::take(&mut self.written).into_iter().rev() {
            let mut status = None;
            if !tally.is_vain() {
                let path = self.object_path(&object);
                let sent = self.send(Method::DELETE, &path, &[], Bytes::new(), true).await;
                status = sent.ok().map(|answer| answer.status);
            }
            tally.count(status);
        }
        let container = &self.engine.container;
        let command = format!("swift list {container} | grep {OURS}");
        tally.tell(self.course, &format!("the container {container}"), &command);
    }

    /// Sends a request as part of a stage, which goes on with the answer whatever it says. Nothing
    /// is sent once the check was given up.
    async fn ask(
        &mut self,
        step: Step,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Bytes,
    ) -> Result<(Step, Answer), Stopped> {
        if self.course.is_given_up() {
            return Err(Stopped);
        }
        match self.send(method, path, headers, body, true).await {
            Ok(answer) => {
                self.course.answered(&TOO_SLOW);
                Ok((step, answer))
            }
            Err(error) => Err(step.fail(error.to_string(), no_http(&error, self.origin()))),
        }
    }

    /// Sends a request, as who we are or as anybody.
    pub(super) async fn send(
        &mut self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Bytes,
        known: bool,
    ) -> Result<Answer, HttpError> {
        let mut all = headers.to_vec();
        if known {
            all.push(("x-auth-token", &self.token));
        }
        let path = if path.is_empty() { "/" } else { path };
        self.http.send(method, path, &all, body).await
    }

    /// Ends a stage with what it means that the store does not do something.
    fn refused(
        &self,
        step: Step,
        answer: &Answer,
        forbidden: &'static Fault,
        action: &str,
        object: &str,
    ) -> Stopped {
        let status = answer.status.to_string();
        let places = [
            ("user", self.engine.user.as_str()),
            ("container", self.engine.container.as_str()),
            ("object", object),
            ("action", action),
            ("status", status.as_str()),
        ];
        let fault = match answer.status.as_u16() {
            401 => &SWIFT_TOKEN_REFUSED,
            403 => forbidden,
            404 => &SWIFT_CONTAINER_MISSING,
            413 | 507 => &SWIFT_FULL,
            429 | 498 => &SWIFT_SLOWED_DOWN,
            _ => &SWIFT_STORE_FAILS,
        };
        step.fail(in_short(answer), fault.with(&places))
    }
}

/// Looks at the address that a login service names for a store.
fn look_at(course: &Course, login: &Origin, store: &Origin) {
    let address = store.to_string();
    let fault = if reach::is_local(&store.host) && !reach::is_local(&login.host) {
        &SWIFT_STORE_IS_LOCAL
    } else if login.tls && !store.tls {
        &SWIFT_STORE_IN_CLEAR
    } else {
        return;
    };
    let step = course.begin(StageKind::Settings, "the store's address by the login service");
    step.warn(&address, fault.with(&[("address", &address)]));
}

/// How many percent of a quota are used, where an answer tells.
fn used(answer: &Answer, used: &str, quota: &str) -> Option<u64> {
    let used: u64 = answer.header(used).parse().ok()?;
    let quota: u64 = answer.header(quota).parse().ok()?;
    Some(used.saturating_mul(100) / quota.max(1))
}
