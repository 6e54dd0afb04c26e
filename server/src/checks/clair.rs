//! Clair, the security scanner: its indexer, its matcher, and the key it shares with Quay.

mod answers;
mod token;

use super::course::{Course, Done, Step, Stopped};
use super::fault::{Fault, Told, faults};
use super::talk::{Talk, in_short, says_tls};
use super::{Check, Planned, Settings};
use crate::clients::http::{Answer, Origin};
use cluster::check::StageKind;
use config_model::path::Path;
use config_model::sections::security_scanner::{
    FEATURE_SECURITY_SCANNER, SECURITY_SCANNER_ENDPOINT, SECURITY_SCANNER_V4_ENDPOINT,
    SECURITY_SCANNER_V4_PSK,
};
use config_model::value::Value;
use http::{Method, StatusCode};

/// Tries the Clair that images are handed to.
pub const CHECK: Check = Check {
    name: "clair",
    label: "Clair",
    reads: &[
        "FEATURE_SECURITY_SCANNER",
        "SECURITY_SCANNER_V4_ENDPOINT",
        "SECURITY_SCANNER_V4_PSK",
        "SECURITY_SCANNER_ENDPOINT",
    ],
    matters: "Quay hands every image to Clair. Without it none is searched for known faults, and no report is shown.",
    actions: &[],
    plan,
    writes: false,
    faults: FAULTS,
};

faults! {
    /// Clair 2; Quay has read its address in old releases only.
    ONLY_CLAIR_2: Warning,
    "Only the address of Clair 2 is set, and Quay does not read it any more.",
    fix "Set up Clair 4, and enter its address.";

    /// Quay decodes the key when it starts, and so does Clair.
    KEY_UNREADABLE: Error,
    "The key shared with Clair is not base64.",
    fix "Enter the key as it stands in Clair's configuration under auth.psk.key, or make one for both: openssl rand -base64 32";

    /// Python's `urljoin` with a path that begins with a slash.
    PATH_IS_DROPPED: Warning,
    "Quay drops {path} from the address of Clair, and asks at {origin} instead.",
    fix "Enter the address without a path. A proxy before Clair has to pass on /indexer/, /matcher/ and /notifier/ as they are.";

    /// Go answers HTTP at a port for TLS.
    TLS_WANTED: Error,
    "{host} port {port} speaks TLS, and the address begins with http.",
    fix "Let the address begin with https://.";

    /// `401` to a token: another key, or `quay` is missing among those Clair takes tokens from.
    KEY_REFUSED: Error,
    "Clair refuses the key.",
    fix "Enter the key of Clair's configuration, auth.psk.key. There, auth.psk.iss has to list quay.";

    /// `401` without a token.
    KEY_MISSING: Error,
    "Clair wants a key, and none is configured.",
    fix "Enter the key of Clair's configuration, auth.psk.key.";

    /// `401`, and Clair's clock says that what Quay signs is over already.
    CLOCK_AHEAD: Error,
    "The clock of Clair is {minutes} minutes ahead, so that what Quay has signed counts as expired.",
    fix "Set both clocks by the same time server. On each machine: chronyc tracking";

    /// It still works.
    CLOCKS_DIFFER: Warning,
    "The clock of Clair differs from the one here by {seconds} seconds.",
    why "What Quay signs is good for five minutes. Once the clocks differ by more, Clair refuses everything.",
    fix "Set both clocks by the same time server. On each machine: chronyc tracking";

    /// A key is configured, and without it all is answered as well.
    KEY_NOT_WANTED: Warning,
    "A key is configured, and Clair answers without one.",
    why "Whoever reaches Clair can use it.",
    fix "Set auth.psk in Clair's configuration to this key, with quay in auth.psk.iss.";

    /// Something answers, and it is no indexer.
    NO_INDEXER: Error,
    "What answers at {origin} is no indexer of Clair.",
    fix "Enter the address under which Clair serves its API, http_listen_addr in its configuration; its introspection address is another one.";

    /// Nothing under `/matcher/`.
    NO_MATCHER: Error,
    "No matcher of Clair answers at {origin}.",
    why "Images are indexed, but their reports never come.",
    fix "Run Clair in the mode combo, or let a proxy at this address pass on /matcher/ to the matcher.";

    /// `500` and the like.
    CLAIR_IN_TROUBLE: Error,
    "Clair answers, but fails: {reason}.",
    fix "Look into Clair's log; mostly it does not reach its database.";

    /// `202`: nothing has been fetched yet.
    NOT_READY: Warning,
    "Clair is still fetching for the first time what is known of faults.",
    why "Until then it makes no reports.",
    fix "Wait; the first time can take an hour. If it lasts, look into Clair's log whether it reaches the sites it fetches from.";

    /// No updater has ever stored anything.
    NEVER_UPDATED: Warning,
    "Clair has never fetched what is known of faults.",
    why "Its reports show no faults, whatever an image has.",
    fix "Let Clair reach the sites it fetches from, or import their data: clairctl export-updaters on a machine that reaches them, clairctl import-updaters here.";

    /// The newest update is old.
    OUTDATED: Warning,
    "What Clair knows of faults is {days} days old.",
    why "Its reports leave out what has become known since.",
    fix "Look into Clair's log why it fetches nothing. Where it cannot reach the sites, import their data: clairctl import-updaters";
}

/// What Quay asks whether the indexer works.
const INDEXER: &str = "/indexer/api/v1/index_state";
/// What Quay asks for a report, here of an image that nobody has.
const MATCHER: &str = "/matcher/api/v1/vulnerability_report/sha256:0000000000000000000000000000000000000000000000000000000000000000";
/// When each source was last fetched.
const UPDATES: &str = "/matcher/api/v1/internal/update_operation?latest=true";
/// Seconds by which clocks may differ without a word.
const SKEW_SECONDS: i64 = 60;
/// Hours after which what Clair knows is old.
const OLD_HOURS: i64 = 48;

fn plan(settings: &Settings<'_>) -> Vec<Planned> {
    if !settings.is_on(FEATURE_SECURITY_SCANNER) {
        return Vec::new();
    }
    let path = SECURITY_SCANNER_V4_ENDPOINT.path();
    let old = SECURITY_SCANNER_ENDPOINT.path();
    let Some(written) = settings.at(&path) else {
        return vec![match settings.at(&old).and_then(Value::as_str) {
            Some(address) => only_old(old.clone(), address),
            None => Planned::incomplete(path, "Clair", "the address of Clair"),
        }];
    };
    let Some((origin, rest)) = written.as_str().and_then(Origin::of) else {
        return vec![Planned::incomplete(path, "Clair", "the address of Clair")];
    };
    let key = settings.document.effective(SECURITY_SCANNER_V4_PSK);
    let key = key.and_then(|key| key.reveal().map(str::to_owned)).unwrap_or_default();
    let target = origin.to_string();
    vec![Planned::new(path, target, move |course| attempt(course, origin, rest, key))]
}

fn only_old(path: Path, address: &str) -> Planned {
    let target = Origin::of(address).map_or_else(|| "Clair 2".to_owned(), |(at, _)| at.to_string());
    Planned::new(path, target, |course| async move {
        let step = course.begin(StageKind::Settings, "which Clair is configured");
        Err(step.fail("", ONLY_CLAIR_2.told()))
    })
}

async fn attempt(course: Course, origin: Origin, rest: String, key: String) -> Done {
    let key = read_key(&course, &key)?;
    if rest != "/" {
        let step = course.begin(StageKind::Settings, "where Quay asks");
        let places = [("path", rest.as_str()), ("origin", &origin.to_string())];
        step.warn(format!("{origin}{INDEXER}"), PATH_IS_DROPPED.with(&places));
    }
    let tls = origin.tls.then(|| course.usual_tls(&origin.host));
    let talk = Talk::begin(&course, &origin, tls, Some(&TLS_WANTED)).await?;
    let mut session = Session { course, talk, key };
    session.indexer().await?;
    session.without_key().await?;
    session.matcher().await?;
    session.updates().await;
    Ok(())
}

/// The key as Quay signs with it; empty where none is used.
fn read_key(course: &Course, key: &str) -> Result<Vec<u8>, Stopped> {
    if key.is_empty() {
        return Ok(Vec::new());
    }
    let step = course.begin(StageKind::Settings, "the key shared with Clair");
    let Some(bytes) = token::key(key) else {
        return Err(step.fail("", KEY_UNREADABLE.told()));
    };
    step.pass(format!("{} bytes", bytes.len()));
    Ok(bytes)
}

/// A conversation with Clair.
struct Session {
    course: Course,
    talk: Talk,
    key: Vec<u8>,
}

impl Session {
    /// The log-in, and whether there is an indexer.
    async fn indexer(&mut self) -> Done {
        let how = if self.key.is_empty() { "without a key" } else { "signed with the key" };
        let tried = format!("ask the indexer for its state, {how}");
        let step = self.course.begin(StageKind::Authentication, tried);
        let (step, answer) = self.ask(step, INDEXER).await?;
        let state = answers::state(&answer).filter(|_| answer.status == StatusCode::OK);
        let Some(state) = state else {
            return Err(step.fail(in_short(&answer), self.refusal(&answer, &NO_INDEXER)));
        };
        let answered = format!("its state is {state}");
        let apart = answers::ahead(&answer, self.course.now()).abs();
        if !self.key.is_empty() && apart > SKEW_SECONDS {
            step.warn(answered, CLOCKS_DIFFER.with(&[("seconds", &apart.to_string())]));
        } else {
            step.pass(answered);
        }
        Ok(())
    }

    /// Whether the key is of any use.
    async fn without_key(&mut self) -> Done {
        if self.key.is_empty() {
            return Ok(());
        }
        let step = self.course.begin(StageKind::Permission, "ask the indexer without the key");
        let (step, answer) = self.talk.ask(step, Method::GET, INDEXER, &[], "").await?;
        if answer.status == StatusCode::OK {
            step.warn("answered", KEY_NOT_WANTED.told());
        } else {
            step.pass(format!("refused, as it should be: {}", answer.status));
        }
        Ok(())
    }

    /// Whether reports can be had, by asking for one of an image that nobody has.
    async fn matcher(&mut self) -> Done {
        let tried = "ask the matcher for the report of an image that is not there";
        let step = self.course.begin(StageKind::Service, tried);
        let (step, answer) = self.ask(step, MATCHER).await?;
        let is_clairs = answers::message(&answer).is_some();
        match answer.status {
            StatusCode::ACCEPTED => {
                step.warn("it has nothing to compare with yet", NOT_READY.told());
            }
            StatusCode::NOT_FOUND if is_clairs => step.pass("there is none, as expected"),
            StatusCode::OK if answer.json().is_some() => step.pass("answered"),
            _ => return Err(step.fail(in_short(&answer), self.refusal(&answer, &NO_MATCHER))),
        }
        Ok(())
    }

    /// How old what Clair knows is. Newer ones do not tell, and Quay does not ask.
    async fn updates(&mut self) {
        let step = self.course.begin(StageKind::Service, "when it last fetched what is known");
        let token = self.token();
        let sent = self.talk.quietly(Method::GET, UPDATES, &headers(token.as_deref()), "").await;
        let Some(updates) = sent.ok().as_ref().and_then(answers::updates) else {
            step.skip("this Clair does not tell, and Quay does not ask");
            return;
        };
        let Some(newest) = updates.newest else {
            step.warn("never", NEVER_UPDATED.told());
            return;
        };
        let time = app::text::utc_time(newest);
        let answered = format!("{time}, the latest of {} sources", updates.sources);
        let hours = (self.course.now() - newest) / 3600;
        if hours > OLD_HOURS {
            step.warn(answered, OUTDATED.with(&[("days", &(hours / 24).to_string())]));
        } else {
            step.pass(answered);
        }
    }

    /// Asks as Quay does.
    async fn ask(&mut self, step: Step, path: &str) -> Result<(Step, Answer), Stopped> {
        let token = self.token();
        self.talk.ask(step, Method::GET, path, &headers(token.as_deref()), "").await
    }

    /// What proves that we know the key, if there is one. It is good for minutes, so that nobody
    /// is to read it who sees the result.
    fn token(&self) -> Option<String> {
        if self.key.is_empty() {
            return None;
        }
        let token = token::sign(&self.key, self.course.now());
        self.course.hide(&token);
        Some(format!("Bearer {token}"))
    }

    /// What it means that an answer is not the one that was expected.
    fn refusal(&self, answer: &Answer, otherwise: &'static Fault) -> Told {
        let origin = self.talk.origin();
        let (at, port) = (origin.to_string(), origin.port.to_string());
        let places = [("host", origin.host.as_str()), ("port", &port), ("origin", &at)];
        if says_tls(answer) {
            return TLS_WANTED.with(&places);
        }
        if answer.status == StatusCode::UNAUTHORIZED {
            let ahead = answers::ahead(answer, self.course.now());
            return if self.key.is_empty() {
                KEY_MISSING.told()
            } else if ahead >= token::LIFE_SECONDS {
                CLOCK_AHEAD.with(&[("minutes", &(ahead / 60).to_string())])
            } else {
                KEY_REFUSED.told()
            };
        }
        match answers::message(answer) {
            Some(reason) if answer.status.is_server_error() => {
                CLAIR_IN_TROUBLE.with(&[("reason", &reason)])
            }
            _ => otherwise.with(&places),
        }
    }
}

fn headers(token: Option<&str>) -> Vec<(&str, &str)> {
    token.map(|token| ("authorization", token)).into_iter().collect()
}
