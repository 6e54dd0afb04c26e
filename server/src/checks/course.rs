//! The course of one check: its stages as they are tried, for whoever watches.

pub mod reach;

use super::fault::Told;
use super::{Settings, common};
use crate::clients::dial::Net;
use crate::clients::tls::Authorities;
use cluster::check::{Problem, Stage, StageKind, State};
use config_model::bundle::EXTRA_CA_FOLDER;
use config_model::rule::Severity;
use rustls::pki_types::CertificateDer;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use tokio::sync::watch;

/// Letters of an answer that are shown.
const ANSWER_CHARS_MAX: usize = 300;
/// Stages of one check. No check has more; what it would add is left out.
const STAGES_MAX: usize = 60;
/// What stands for a secret.
const HIDDEN: &str = "•••";

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
    pub(super) secrets: Arc<Vec<String>>,
    pub(super) files: Arc<BTreeMap<String, Vec<u8>>>,
    /// Told after each change, so that somebody who watches looks again.
    pub(super) changed: watch::Sender<u64>,
}

/// The course of one check.
#[derive(Clone)]
pub struct Course {
    ground: Ground,
    stages: Arc<Mutex<Vec<Stage>>>,
    why: &'static str,
}

impl std::fmt::Debug for Course {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Course").field("stages", &self.lock().len()).finish_non_exhaustive()
    }
}

impl Course {
    pub(super) fn new(ground: Ground, why: &'static str) -> Self {
        Self { ground, stages: Arc::default(), why }
    }

    /// Seconds since 1970.
    pub fn now(&self) -> i64 {
        self.ground.now
    }

    /// How the outside is reached.
    pub fn net(&self) -> &Net {
        &self.ground.net
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
        let mut stages = self.lock();
        let at = (stages.len() < STAGES_MAX).then_some(stages.len());
        if at.is_some() {
            stages.push(Stage {
                kind,
                tried: self.clean(tried.as_ref()),
                state: State::Running,
                millis: None,
                answer: String::new(),
                problem: None,
            });
        }
        drop(stages);
        self.tell();
        Step { course: self.clone(), at, began: Instant::now() }
    }

    /// The stages so far.
    pub(super) fn stages(&self) -> Vec<Stage> {
        self.lock().clone()
    }

    /// Ends the stage that is under way, if one is: nothing works on it any more.
    pub(super) fn give_up(&self, state: State, told: Option<Told>, elapsed: u32) {
        let mut stages = self.lock();
        if let Some(stage) = stages.iter_mut().rfind(|stage| stage.state == State::Running) {
            stage.state = state;
            stage.millis = Some(elapsed);
            stage.problem = told.map(|told| self.filled(&told));
        }
        drop(stages);
        self.tell();
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Stage>> {
        self.stages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self) {
        self.ground.changed.send_modify(|count| *count += 1);
    }

    fn filled(&self, told: &Told) -> Problem {
        told.problem(self.why, |text| self.clean(text))
    }

    /// Text as it may be shown: short, on one line, and without any secret of the configuration.
    ///
    /// What a service says may be anything, also what it was just told.
    fn clean(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for secret in self.ground.secrets.iter() {
            if text.contains(secret.as_str()) {
                text = text.replace(secret.as_str(), HIDDEN);
            }
        }
        let mut words = String::new();
        for word in text.split(|letter: char| letter.is_whitespace() || letter.is_control()) {
            if !word.is_empty() {
                if !words.is_empty() {
                    words.push(' ');
                }
                words.push_str(word);
            }
        }
        match words.char_indices().nth(ANSWER_CHARS_MAX) {
            Some((end, _)) => format!("{}...", &words[..end]),
            None => words,
        }
    }
}

/// A stage that is under way.
#[derive(Debug)]
#[must_use = "a stage has to end"]
pub struct Step {
    course: Course,
    at: Option<usize>,
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
        if let Some(at) = self.at
            && let Some(stage) = self.course.lock().get_mut(at)
        {
            *stage = Stage { state, millis: Some(elapsed), answer, problem, ..stage.clone() };
        }
        self.course.tell();
    }
}

/// Whole milliseconds since then.
pub(super) fn millis(began: Instant) -> u32 {
    u32::try_from(began.elapsed().as_millis()).unwrap_or(u32::MAX)
}

impl Ground {
    /// What the checks of these settings share.
    pub(super) fn of(settings: &Settings<'_>, net: Net, changed: watch::Sender<u64>) -> Self {
        Self {
            net,
            now: settings.now,
            secrets: Arc::new(config_model::redact::secrets(settings.document)),
            files: Arc::new(settings.files.clone()),
            changed,
        }
    }
}
