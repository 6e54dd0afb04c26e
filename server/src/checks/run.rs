//! Runs many checks at once: each with a deadline, all of them with another.

use super::course::faults::LEFT_OUT;
use super::course::refusals::Refusals;
use super::course::{Course, Done, Ground, millis};
use super::fault::Told;
use super::{Job, Settings};
use crate::clients::dial::Net;
use cluster::check::{Outcome, StageKind, State};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{Semaphore, watch};
use tokio::task::{JoinError, JoinHandle};
use tokio::time::error::Elapsed;
use tokio::time::{timeout, timeout_at};

/// Checks in one run. What is beyond is not tried; the first of it fails and says so.
pub const JOBS_MAX: usize = 200;

/// How long a check that writes may tidy up after it was given up: some requests without an
/// answer, or many that are answered slowly.
const OUTLIVE_TIME: Duration = Duration::from_secs(40);

/// How long checks may take, and how many are under way at once.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// One check.
    pub each: Duration,
    /// All of them.
    pub all: Duration,
    /// Checks under way at once.
    pub at_once: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { each: Duration::from_secs(10), all: Duration::from_secs(25), at_once: 24 }
    }
}

/// A check of a run, and how far it has come.
struct Entry {
    outcome: Outcome,
    course: Course,
    state: Mutex<(State, Option<u32>)>,
    writes: bool,
    cancelled: watch::Sender<bool>,
}

impl Entry {
    fn of(job: &Job, ground: &Ground) -> Self {
        Self {
            outcome: job.outcome(),
            course: Course::new(ground.clone(), job.check),
            state: Mutex::new((State::Waiting, None)),
            writes: job.check.writes,
            cancelled: watch::Sender::new(false),
        }
    }

    /// What stands for the checks that are too many: the first of them, failed.
    fn left_out(jobs: &[Job], ground: &Ground) -> Option<Self> {
        let entry = Self::of(jobs.first()?, ground);
        let (max, all) = (JOBS_MAX.to_string(), (JOBS_MAX + jobs.len()).to_string());
        let step = entry.course.begin(StageKind::Settings, "how many things there are to try");
        step.fail(&all, LEFT_OUT.with(&[("max", &max), ("all", &all)]));
        entry.set(State::Failed, None);
        Some(entry)
    }

    fn is_over(&self) -> bool {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).0.is_final()
    }

    fn set(&self, state: State, millis: Option<u32>) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = (state, millis);
    }

    fn outcome(&self) -> Outcome {
        let (state, millis) = *self.state.lock().unwrap_or_else(PoisonError::into_inner);
        Outcome { state, millis, stages: self.course.stages(), ..self.outcome.clone() }
    }
}

/// Checks that are being run, or have been.
pub struct Run {
    entries: Vec<Entry>,
    changed: watch::Sender<u64>,
    /// Checks that were given up and still tidy up.
    outliving: watch::Sender<usize>,
}

/// A check that was given up and still tidies up.
struct Outliving(watch::Sender<usize>);

impl Outliving {
    fn one_more(count: &watch::Sender<usize>) -> Self {
        count.send_modify(|count| *count += 1);
        Self(count.clone())
    }
}

impl Drop for Outliving {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}

/// What is said of a check that has ended, and whether that is so even if no stage was under way.
fn ended(
    done: Result<Result<Done, JoinError>, Elapsed>,
    course: &Course,
    allowed: Duration,
) -> (Told, bool) {
    match done {
        // It ended by itself: only a stage that was forgotten is spoken of.
        Ok(Ok(_)) => (super::BROKEN.told(), false),
        Ok(Err(error)) => {
            tracing::error!(error = &error as &dyn std::error::Error, "a check broke off");
            (super::BROKEN.told(), true)
        }
        Err(_) => (course.late(allowed), true),
    }
}

impl std::fmt::Debug for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Run").field("entries", &self.entries.len()).finish_non_exhaustive()
    }
}

impl Run {
    /// Starts these checks. Every log-in is tried.
    pub fn start(jobs: Vec<Job>, settings: &Settings<'_>, net: &Net, limits: Limits) -> Arc<Self> {
        Self::start_knowing(&Refusals::default(), jobs, settings, net, limits)
    }

    /// Starts these checks, with what is known of log-ins that were refused.
    pub fn start_knowing(
        refusals: &Refusals,
        mut jobs: Vec<Job>,
        settings: &Settings<'_>,
        net: &Net,
        limits: Limits,
    ) -> Arc<Self> {
        let beyond = jobs.split_off(jobs.len().min(JOBS_MAX));
        let changed = watch::Sender::new(0);
        let ground = Ground::of(settings, net.clone(), refusals.clone(), changed.clone());
        let (mut entries, works): (Vec<_>, Vec<_>) =
            jobs.into_iter().map(|job| (Entry::of(&job, &ground), job.work.0)).unzip();
        entries.extend(Entry::left_out(&beyond, &ground));
        let run = Arc::new(Self { entries, changed, outliving: watch::Sender::new(0) });
        let turns = Arc::new(Semaphore::new(limits.at_once));
        let end = tokio::time::Instant::now() + limits.all;
        for (at, work) in works.into_iter().enumerate() {
            let (run, turns) = (run.clone(), turns.clone());
            tokio::spawn(async move { run.one(at, work, &turns, limits.each, end).await });
        }
        run
    }

    async fn one(
        &self,
        at: usize,
        work: super::Work,
        turns: &Semaphore,
        each: Duration,
        end: tokio::time::Instant,
    ) {
        let entry = &self.entries[at];
        let mut cancelled = entry.cancelled.subscribe();
        let turn = tokio::select! {
            turn = turns.acquire() => turn.ok(),
            () = tokio::time::sleep_until(end) => None,
            _ = cancelled.wait_for(|cancelled| *cancelled) => {
                return self.finish(entry, State::Cancelled, None);
            }
        };
        let began = Instant::now();
        if turn.is_none() {
            entry.course.close(State::Failed, Some(&super::NOT_REACHED.told()), true, 0);
            return self.finish(entry, State::Failed, None);
        }
        let each = if entry.writes { each * 2 } else { each };
        let from = tokio::time::Instant::now();
        let deadline = end.min(from + each);
        let allowed = deadline.saturating_duration_since(from);
        entry.set(State::Running, None);
        self.tell();
        let mut task = tokio::spawn(work(entry.course.clone()));
        let (state, told) = tokio::select! {
            done = timeout_at(deadline, &mut task) => {
                (State::Failed, Some(ended(done, &entry.course, allowed)))
            }
            _ = cancelled.wait_for(|cancelled| *cancelled) => (State::Cancelled, None),
        };
        let always = told.as_ref().is_some_and(|(_, always)| *always);
        let told = told.map(|(told, _)| told);
        entry.course.close(state, told.as_ref(), always, millis(began));
        self.let_go(task, entry.course.has_written());
        let stages = entry.course.stages();
        let whole = State::of_all(stages.into_iter().map(|stage| stage.state));
        let state = if state == State::Cancelled { state } else { whole };
        self.finish(entry, state, Some(millis(began)));
    }

    /// Ends what a check still does. One that has written sees that it was given up, as its course
    /// is closed, and is waited for a while: what it wrote has to be deleted again.
    fn let_go(&self, mut task: JoinHandle<Done>, has_written: bool) {
        if !has_written {
            task.abort();
        } else if !task.is_finished() {
            let outliving = Outliving::one_more(&self.outliving);
            tokio::spawn(async move {
                if timeout(OUTLIVE_TIME, &mut task).await.is_err() {
                    task.abort();
                    tracing::warn!("a check was ended before it had deleted what it wrote");
                }
                drop(outliving);
            });
        }
    }

    /// Waits until nothing is left that was given up and still tidies up.
    pub async fn settled(&self) {
        let mut outliving = self.outliving.subscribe();
        let _ = outliving.wait_for(|count| *count == 0).await;
    }

    fn finish(&self, entry: &Entry, state: State, millis: Option<u32>) {
        entry.set(state, millis);
        self.tell();
    }

    fn tell(&self) {
        self.changed.send_modify(|count| *count += 1);
    }

    /// Ends everything that is under way; what has ended keeps its result.
    pub fn cancel(&self) {
        self.cancel_those(|_| true);
    }

    /// Ends what is under way of these checks; the others go on.
    pub fn cancel_those(&self, is_meant: impl Fn(&Outcome) -> bool) {
        for entry in self.entries.iter().filter(|entry| is_meant(&entry.outcome)) {
            entry.cancelled.send_replace(true);
        }
    }

    /// What is known of what is planned.
    pub fn outcome_of(&self, planned: &Outcome) -> Option<Outcome> {
        let same = |entry: &&Entry| entry.outcome.is_of_the_same(planned);
        self.entries.iter().find(same).map(Entry::outcome)
    }

    /// Every check with what is known of it.
    pub fn outcomes(&self) -> Vec<Outcome> {
        self.entries.iter().map(Entry::outcome).collect()
    }

    /// Told of after each change.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// Whether something is under way that nobody has ended.
    pub fn is_open(&self) -> bool {
        self.entries.iter().any(|entry| !*entry.cancelled.borrow() && !entry.is_over())
    }

    /// Whether nothing is under way.
    pub fn is_over(&self) -> bool {
        self.entries.iter().all(Entry::is_over)
    }

    /// Whether one of these checks is under way.
    pub fn is_trying(&self, is_meant: impl Fn(&Outcome) -> bool) -> bool {
        self.entries.iter().any(|entry| is_meant(&entry.outcome) && !entry.is_over())
    }

    /// Waits for the end.
    pub async fn finished(&self) -> Vec<Outcome> {
        let mut changes = self.changes();
        while !self.is_over() {
            if changes.changed().await.is_err() {
                break;
            }
        }
        self.outcomes()
    }
}

#[cfg(test)]
mod tests;
