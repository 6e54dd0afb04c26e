//! What a page shows of live checks.

use cluster::check::Outcome;

/// What there is to try, and what is known of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Board {
    /// Whether the page is one where checks are offered at all.
    pub offered: bool,
    /// Whose checks these are; none for those of all sections.
    pub section: Option<String>,
    /// One for each thing.
    pub lines: Vec<CheckLine>,
    /// How far all of them have come.
    pub progress: Progress,
}

/// One thing, and how it went the last time.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckLine {
    /// How it went; waiting where it was never tried.
    pub outcome: Outcome,
    /// When that was; none where it was never tried.
    pub checked: Option<Checked>,
    /// What can be asked for besides.
    pub actions: Vec<ActionLine>,
}

/// When something was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Seconds ago.
    pub seconds: i64,
    /// Whether the draft has changed since.
    pub changed: bool,
}

/// Something a check does when it is asked to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActionLine {
    /// Its name.
    pub name: &'static str,
    /// What stands on its button.
    pub label: &'static str,
    /// What it does.
    pub help: &'static str,
    /// What has to be entered; empty where nothing has.
    pub asks: &'static str,
}

/// How many checks have come how far; of those that were tried at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Everything there is.
    pub all: usize,
    /// It works.
    pub passed: usize,
    /// It works, with a warning.
    pub warned: usize,
    /// It does not work.
    pub failed: usize,
    /// Skipped or cancelled.
    pub other: usize,
    /// Waiting or under way.
    pub running: usize,
    /// Those of the ended ones that tried an earlier state of the draft.
    pub old: usize,
}

impl Progress {
    /// Checks that have ended.
    pub fn done(&self) -> usize {
        self.passed + self.warned + self.failed + self.other
    }
}
