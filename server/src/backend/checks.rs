//! Live checks of the draft: started by somebody, watched by whoever has a page open.

use crate::checks::course::refusals::Refusals;
use crate::checks::fault::Fault;
use crate::checks::run::{Limits, Run};
use crate::checks::{self, Action, Asked, Job, Settings, of_section};
use crate::clients::dial::Net;
use app::checks::{ActionLine, Board, CheckLine, Checked, Progress};
use cluster::check::{Outcome, State};
use cluster::inventory::Nodes;
use config_model::document::Document;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Semaphore;

/// Runs whose results are remembered.
const RUNS_KEPT: usize = 20;
/// Runs under way at the same time: more than that is somebody pressing a button again and again.
const RUNS_AT_ONCE: usize = 4;

/// What is to be tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Everything that the configuration names.
    All,
    /// What one section is about.
    Section(String),
    /// What one check tries.
    Check(String),
}

impl Scope {
    fn holds(&self, outcome: &Outcome) -> bool {
        match self {
            Self::All => true,
            Self::Section(id) => outcome.section == *id,
            Self::Check(name) => outcome.check == *name,
        }
    }
}

/// The draft as a check sees it.
#[derive(Clone, Copy)]
pub struct Tried<'a> {
    /// Its values.
    pub document: &'a Document,
    /// Its files.
    pub files: &'a BTreeMap<String, Vec<u8>>,
    /// Which state of it this is.
    pub version: i64,
}

impl std::fmt::Debug for Tried<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tried").field("version", &self.version).finish_non_exhaustive()
    }
}

/// Too many runs are under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("checks are running already; wait until they end, or cancel them")]
pub struct Busy;

/// A run, and what it tried.
struct Kept {
    run: Arc<Run>,
    began: i64,
    version: i64,
}

/// The checks of a console.
pub struct CheckService {
    net: Net,
    limits: Limits,
    nodes: Nodes,
    kept: Mutex<Vec<Kept>>,
    refusals: Refusals,
    /// Runs for programs; there are not more of them at a time.
    programs: Semaphore,
}

/// A run that is ended with who waits for it.
struct EndedWithUs(Arc<Run>);

impl Drop for EndedWithUs {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

impl std::fmt::Debug for CheckService {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CheckService").field("limits", &self.limits).finish_non_exhaustive()
    }
}

impl CheckService {
    /// A service that reaches the outside through `net`, and knows these nodes of Quay.
    pub fn new(net: Net, limits: Limits, nodes: Nodes) -> Self {
        let (refusals, programs) = (Refusals::remembering(), Semaphore::new(RUNS_AT_ONCE));
        Self { net, limits, nodes, kept: Mutex::default(), refusals, programs }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts what `scope` names. What is under way for the same things is ended first.
    ///
    /// A log-in that was refused is tried again where somebody asks for just this: in a run of
    /// everything, an account would be locked by a button that is pressed again and again.
    pub fn start(
        &self,
        tried: Tried<'_>,
        scope: &Scope,
        asked: Option<&Asked>,
        now: i64,
    ) -> Result<Arc<Run>, Busy> {
        let Tried { document, files, version } = tried;
        let settings = Settings { document, files, nodes: &self.nodes, now, asked };
        let jobs: Vec<Job> =
            checks::plan(&settings).into_iter().filter(|job| scope.holds(&job.outcome())).collect();
        let refusals = match scope {
            Scope::All => self.refusals.clone(),
            Scope::Section(_) | Scope::Check(_) => self.refusals.insisting(),
        };
        let mut kept = self.lock();
        for kept in kept.iter() {
            kept.run.cancel_those(|outcome| scope.holds(outcome));
        }
        if kept.iter().filter(|kept| kept.run.is_open()).count() >= RUNS_AT_ONCE {
            return Err(Busy);
        }
        let run = Run::start_knowing(&refusals, jobs, &settings, &self.net, self.limits);
        kept.push(Kept { run: run.clone(), began: now, version });
        let beyond = kept.len().saturating_sub(RUNS_KEPT);
        kept.drain(..beyond);
        drop(kept);
        Ok(run)
    }

    /// Runs everything and waits for it, without anything being remembered: for programs. Their
    /// configuration may be that of another cluster, so the nodes are not asked.
    pub async fn run_all(
        &self,
        document: &Document,
        files: &BTreeMap<String, Vec<u8>>,
        now: i64,
    ) -> Result<Vec<Outcome>, Busy> {
        let _turn = self.programs.try_acquire().map_err(|_| Busy)?;
        let settings = Settings::new(document, files, now);
        let jobs = checks::plan(&settings);
        // Whoever asks may go away; then nobody needs the rest.
        let run = Run::start_knowing(&self.refusals, jobs, &settings, &self.net, self.limits);
        let run = EndedWithUs(run);
        Ok(run.0.finished().await)
    }

    /// Ends what is under way of this; what somebody else tries besides goes on.
    pub fn cancel(&self, scope: &Scope) {
        for kept in self.lock().iter() {
            kept.run.cancel_those(|outcome| scope.holds(outcome));
        }
    }

    /// Runs in which something of this is under way.
    pub fn under_way(&self, scope: &Scope) -> Vec<Arc<Run>> {
        let kept = self.lock();
        let runs = kept.iter().map(|kept| &kept.run);
        runs.filter(|run| run.is_trying(|outcome| scope.holds(outcome))).cloned().collect()
    }

    /// What there is to try, each with what is known of it from the last time.
    ///
    /// Without a section it is everything.
    pub fn board(&self, tried: Tried<'_>, section: Option<&str>, now: i64) -> Board {
        let Tried { document, files, version } = tried;
        let settings = Settings { nodes: &self.nodes, ..Settings::new(document, files, now) };
        let lines: Vec<CheckLine> = checks::plan(&settings)
            .into_iter()
            .filter(|job| section.is_none_or(|id| job.section() == id))
            .map(|job| {
                let planned = job.outcome();
                match self.latest(&planned, version, now) {
                    Some((outcome, checked)) => line(outcome, Some(checked)),
                    None => line(planned, None),
                }
            })
            .collect();
        let offered = section.is_none_or(|id| of_section(id).next().is_some());
        Board { offered, section: section.map(str::to_owned), progress: progress(&lines), lines }
    }

    fn latest(&self, planned: &Outcome, version: i64, now: i64) -> Option<(Outcome, Checked)> {
        let kept = self.lock();
        kept.iter().rev().find_map(|kept| {
            let found = kept.run.outcome_of(planned)?;
            let checked = Checked { seconds: now - kept.began, changed: kept.version != version };
            Some((found, checked))
        })
    }
}

/// A line of a board, with what can be asked for.
fn line(outcome: Outcome, checked: Option<Checked>) -> CheckLine {
    let actions = checks::by_name(&outcome.check).map(|check| check.actions).unwrap_or_default();
    let offered = |action: &&Action| {
        let found = |fault: &&Fault| {
            outcome.problems().any(|problem| problem.fault.eq_ignore_ascii_case(fault.name))
        };
        action.mends.is_empty() || action.mends.iter().any(found)
    };
    let actions = actions.iter().filter(offered).map(|action| ActionLine {
        name: action.name,
        label: action.label,
        help: action.help,
        asks: action.asks,
    });
    CheckLine { actions: actions.collect(), outcome, checked }
}

/// How far all of them have come.
pub fn progress(lines: &[CheckLine]) -> Progress {
    let count = |wanted: fn(State) -> bool| {
        let tried = lines.iter().filter(|line| line.checked.is_some());
        tried.filter(|line| wanted(line.outcome.state)).count()
    };
    Progress {
        all: lines.len(),
        passed: count(|state| state == State::Passed),
        warned: count(|state| state == State::Warned),
        failed: count(|state| state == State::Failed),
        other: count(|state| matches!(state, State::Skipped | State::Cancelled)),
        running: count(|state| !state.is_final()),
        old: lines.iter().filter(|line| is_old(line)).count(),
    }
}

/// Whether a line has a result that is of another draft than this one.
fn is_old(line: &CheckLine) -> bool {
    line.outcome.state.is_final() && line.checked.is_some_and(|checked| checked.changed)
}
