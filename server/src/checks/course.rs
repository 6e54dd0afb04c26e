//! The course of one check: its stages as they are tried, for whoever watches.

pub mod faults;
pub mod reach;
pub mod refusals;
mod secrets;

use super::fault::{Fault, Told};
use super::{Check, Settings, common};
use crate::clients::dial::Net;
use crate::clients::http::Origin;
use crate::clients::tls::Authorities;
use cluster::check::{Problem, Stage, StageKind, State};
use config_model::bundle::EXTRA_CA_FOLDER;
use config_model::rule::Severity;
use refusals::Refusals;
use rustls::pki_types::CertificateDer;
pub(super) use secrets::Secrets;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// Stages of one check. Few have more; what passes after these is left out.
const STAGES_MAX: usize = 60;
/// Stages beyond them that warn or were skipped, and as many again that failed: no check is green
/// because its list was full.
const STAGES_BEYOND: usize = 20;

/// A stage has failed, and said why; nothing more can be tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stopped;

/// What becomes of a check.
pub type Done = Result<(), Stopped>;

/// What all checks of a run share.
#[derive(Clone)]
pub(super) struct Ground {
    pub(super) net: Net,
    pub(super) now: i64,
    /// When that was.
    pub(super) began: Instant,
    pub(super) secrets: Arc<Secrets>,
    pub(super) files: Arc<BTreeMap<String, Vec<u8>>>,
    /// Log-ins that were refused in other runs, or in this one.
    pub(super) refusals: Refusals,
    /// Told after each change, so that somebody who watches looks again.
    pub(super) changed: watch::Sender<u64>,
}

/// The course of one check.
#[derive(Clone)]
pub struct Course {
    ground: Ground,
    stages: Arc<Mutex<Stages>>,
    /// What must not be in any text: the configuration's secrets, and what came up on the way.
    secrets: Arc<Mutex<Arc<Secrets>>>,
    check: &'static Check,
}

/// The stages of a check.
#[derive(Debug, Default)]
struct Stages {
    all: Vec<Stage>,
    /// Whether the check has ended, or was given up: what it still does is not told.
    closed: bool,
    /// Whether it has begun to write.
    writes: bool,
    /// The number of the request that is not answered yet, where there are many, and what it
    /// means that the time was over then.
    pace: Option<(&'static Fault, u32)>,
}

impl std::fmt::Debug for Course {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Course").field("stages", &self.lock().all.len()).finish_non_exhaustive()
    }
}

impl Course {
    pub(super) fn new(ground: Ground, check: &'static Check) -> Self {
        let secrets = Arc::new(Mutex::new(ground.secrets.clone()));
        Self { ground, stages: Arc::default(), secrets, check }
    }

    /// Seconds since 1970, when the run began.
    pub fn now(&self) -> i64 {
        self.ground.now
    }

    /// Seconds since 1970 at this moment, for what is signed for a minute or compared with the
    /// clock of somebody else.
    pub fn clock(&self) -> i64 {
        let passed = i64::try_from(self.ground.began.elapsed().as_secs()).unwrap_or(0);
        self.ground.now.saturating_add(passed)
    }

    /// How the outside is reached.
    pub fn net(&self) -> &Net {
        &self.ground.net
    }

    /// The same course, on which a name leads to this address.
    #[must_use]
    pub fn leading(mut self, origin: &Origin, to: SocketAddr) -> Self {
        let name = format!("{}:{}", origin.host, origin.port);
        self.ground.net = self.ground.net.leading(&name, vec![to]);
        self
    }

    /// An uploaded file.
    pub fn file(&self, name: &str) -> Option<&[u8]> {
        self.ground.files.get(name).map(Vec::as_slice)
    }

    /// The authorities of this machine, and those uploaded for all of Quay's connections.
    pub fn authorities(&self) -> Authorities {
        let is_extra =
            |name: &str| name.starts_with(EXTRA_CA_FOLDER) || name.starts_with("extra_ca_cert_");
        let own = self.ground.files.iter().filter(|(name, _)| is_extra(name));
        Authorities {
            own: own.flat_map(|(_, bytes)| Authorities::in_pem(bytes)).collect(),
            system: true,
        }
    }

    /// The authorities in an uploaded file.
    pub fn authorities_in(&self, name: &str) -> Result<Vec<CertificateDer<'static>>, Told> {
        let Some(bytes) = self.file(name) else {
            return Err(common::FILE_MISSING.with(&[("file", name)]));
        };
        let found = Authorities::in_pem(bytes);
        if found.is_empty() {
            let reason = "there is no certificate in it";
            return Err(common::FILE_UNUSABLE.with(&[("file", name), ("reason", reason)]));
        }
        Ok(found)
    }

    /// Begins a stage.
    pub fn begin(&self, kind: StageKind, tried: impl AsRef<str>) -> Step {
        let stage = stage(kind, self.clean(tried.as_ref()), State::Running);
        let at = self.lock().begin(&stage);
        self.tell();
        Step { course: self.clone(), at, stage, began: Instant::now() }
    }

    /// How often just this log-in was refused of late, where it is not to be tried again: runs of
    /// everything spare the account. `values` are the target, the account and the password; to
    /// say it there is [`faults::not_repeated`].
    pub fn refused_before(&self, values: &[&str]) -> Option<u32> {
        self.ground.refusals.times(self.check.name, values, self.clock())
    }

    /// This log-in was refused, as the password is wrong.
    pub fn remember_refusal(&self, values: &[&str]) {
        self.ground.refusals.remember(self.check.name, values, self.clock());
    }

    /// This log-in was accepted; what was refused before counts no more.
    pub fn forget_refusal(&self, values: &[&str]) {
        self.ground.refusals.forget(self.check.name, values, self.clock());
    }

    /// From here on the check writes: should it be given up, it is left the time to delete that.
    pub fn begin_to_write(&self) {
        self.lock().writes = true;
    }

    /// Whether there may be something to delete.
    pub(super) fn has_written(&self) -> bool {
        self.lock().writes
    }

    /// Whether the check was given up. One that writes asks for nothing more then, and takes away
    /// at once what it has written.
    pub fn is_given_up(&self) -> bool {
        self.lock().closed
    }

    /// One of many requests was answered. If the time is over before the last one is, `slow` is
    /// told in the place of silence: it may name the `{seconds}`, and the `{count}` of requests
    /// up to the one that was under way.
    pub fn answered(&self, slow: &'static Fault) {
        let mut stages = self.lock();
        let count = stages.pace.map_or(1, |(_, count)| count);
        stages.pace = Some((slow, count.saturating_add(1)));
    }

    /// What it means that the time is over.
    pub(super) fn late(&self, allowed: Duration) -> Told {
        let seconds = allowed.as_secs_f64().round().max(1.0).to_string();
        match self.lock().pace {
            Some((slow, count)) => {
                slow.with(&[("seconds", &seconds), ("count", &count.to_string())])
            }
            None => common::NO_ANSWER.with(&[("seconds", &seconds)]),
        }
    }

    /// The stages so far.
    pub(super) fn stages(&self) -> Vec<Stage> {
        self.lock().all.clone()
    }

    /// Ends the course, and the stages that are under way. Whatever the check still does, nothing
    /// more is told. `told` is said where a stage was under way, or in any case if `always`.
    pub(super) fn close(&self, state: State, told: Option<&Told>, always: bool, elapsed: u32) {
        let mut stages = self.lock();
        let mut problem = told.map(|told| self.filled(told));
        stages.closed = true;
        for stage in stages.all.iter_mut().rev().filter(|stage| stage.state == State::Running) {
            stage.state = state;
            stage.millis = Some(elapsed);
            stage.problem = problem.take();
        }
        if let Some(problem) = problem.filter(|_| always) {
            let mut last = stage(StageKind::Service, "the check as a whole".to_owned(), state);
            (last.millis, last.problem) = (Some(elapsed), Some(problem));
            stages.all.push(last);
        }
        drop(stages);
        self.tell();
    }

    fn lock(&self) -> MutexGuard<'_, Stages> {
        self.stages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self) {
        self.ground.changed.send_modify(|count| *count += 1);
    }

    fn filled(&self, told: &Told) -> Problem {
        told.problem(self.check.matters, |text| self.clean(text))
    }

    /// Text as it may be shown: short, on one line, and without any secret of the configuration.
    ///
    /// What a service says may be anything, also what it was just told.
    fn clean(&self, text: &str) -> String {
        let secrets = self.secrets.lock().unwrap_or_else(PoisonError::into_inner).clone();
        secrets.clean(text)
    }

    /// Takes care that this does not appear in any text either: what the check was given while it
    /// went on, such as a token.
    pub fn hide(&self, secret: &str) {
        let mut secrets = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::make_mut(&mut secrets).add(secret);
    }
}

fn stage(kind: StageKind, tried: String, state: State) -> Stage {
    Stage { kind, tried, state, millis: None, answer: String::new(), problem: None }
}

/// A stage that is under way.
#[derive(Debug)]
#[must_use = "a stage has to end"]
pub struct Step {
    course: Course,
    /// Where it is told; none where there was no room for it.
    at: Option<usize>,
    stage: Stage,
    began: Instant,
}

impl Step {
    /// It works.
    pub fn pass(self, answer: impl AsRef<str>) {
        self.end(State::Passed, answer.as_ref(), None);
    }

    /// It was not tried, for this reason.
    pub fn skip(self, why: impl AsRef<str>) {
        self.end(State::Skipped, why.as_ref(), None);
    }

    /// It works, and somebody should know something.
    pub fn warn(self, answer: impl AsRef<str>, told: Told) {
        self.end(State::Warned, answer.as_ref(), Some(told));
    }

    /// It does not work. A fault that Quay can live with only warns; the check ends all the same.
    pub fn fail(self, answer: impl AsRef<str>, told: Told) -> Stopped {
        let state = match told.fault.severity {
            Severity::Error => State::Failed,
            Severity::Warning => State::Warned,
        };
        self.end(state, answer.as_ref(), Some(told));
        Stopped
    }

    fn end(self, state: State, answer: &str, told: Option<Told>) {
        let answer = self.course.clean(answer);
        let problem = told.map(|told| self.course.filled(&told));
        let elapsed = millis(self.began);
        let ended = Stage { state, millis: Some(elapsed), answer, problem, ..self.stage };
        self.course.lock().end(self.at, ended);
        self.course.tell();
    }
}

impl Stages {
    /// Tells that a stage is under way; none where there is no room for it.
    fn begin(&mut self, stage: &Stage) -> Option<usize> {
        if self.closed || self.all.len() >= STAGES_MAX {
            return None;
        }
        self.all.push(stage.clone());
        Some(self.all.len() - 1)
    }

    /// Tells how a stage went. Where there was no room for it, it is told if it did not pass.
    fn end(&mut self, at: Option<usize>, ended: Stage) {
        if self.closed {
            return;
        }
        if let Some(at) = at {
            if let Some(stage) = self.all.get_mut(at) {
                *stage = ended;
            }
        } else if self.all.len() < room(ended.state) {
            self.all.push(ended);
        }
    }
}

/// How many stages there may be before one that ended like this is left out.
fn room(state: State) -> usize {
    match state {
        State::Passed => STAGES_MAX,
        State::Failed => STAGES_MAX + 2 * STAGES_BEYOND,
        _ => STAGES_MAX + STAGES_BEYOND,
    }
}

/// Whole milliseconds since then.
pub(super) fn millis(began: Instant) -> u32 {
    u32::try_from(began.elapsed().as_millis()).unwrap_or(u32::MAX)
}

impl Ground {
    /// What the checks of these settings share.
    pub(super) fn of(
        settings: &Settings<'_>,
        net: Net,
        refusals: Refusals,
        changed: watch::Sender<u64>,
    ) -> Self {
        Self {
            net,
            now: settings.now,
            began: Instant::now(),
            secrets: Arc::new(Secrets::of(settings.document)),
            files: Arc::new(settings.files.clone()),
            refusals,
            changed,
        }
    }
}
