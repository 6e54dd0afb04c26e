//! What a live check found: an outside thing that was really tried, stage by stage.

use config_model::path::Path;
use config_model::rule::Severity;
use serde::{Deserialize, Serialize};

/// The stages of a check, in the order in which they are reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StageKind {
    /// What the configuration says, before anything is dialled.
    Settings,
    /// Names become addresses.
    Name,
    /// A connection is opened.
    Connection,
    /// The connection is encrypted, and the certificate checked.
    Tls,
    /// Somebody logs in.
    Authentication,
    /// What the account may do.
    Permission,
    /// The thing itself: a write, a read, a search.
    Service,
}

impl StageKind {
    /// Every kind, in order.
    pub const ALL: [Self; 7] = [
        Self::Settings,
        Self::Name,
        Self::Connection,
        Self::Tls,
        Self::Authentication,
        Self::Permission,
        Self::Service,
    ];
}

/// How far something has come, and with what result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Its turn has not come.
    Waiting,
    /// It is being tried.
    Running,
    /// It works.
    Passed,
    /// It works, but somebody should know something.
    Warned,
    /// It does not work.
    Failed,
    /// It was not tried; the answer says why.
    Skipped,
    /// Somebody ended it.
    Cancelled,
}

impl State {
    /// Whether nothing more will come.
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Waiting | Self::Running)
    }

    /// How much it matters to whoever looks at many of them.
    fn weight(self) -> u8 {
        match self {
            Self::Skipped => 0,
            Self::Passed => 1,
            Self::Warned => 2,
            Self::Cancelled => 3,
            Self::Failed => 4,
            Self::Waiting => 5,
            Self::Running => 6,
        }
    }

    /// The state of something that consists of these.
    pub fn of_all(states: impl IntoIterator<Item = Self>) -> Self {
        states.into_iter().max_by_key(|state| state.weight()).unwrap_or(Self::Skipped)
    }
}

/// What is wrong, why it matters, and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The name of the fault, by which it is looked up in the reference.
    pub fault: String,
    /// Whether Quay can live with it.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// Why it matters to Quay.
    pub why: String,
    /// How to mend it.
    pub fix: String,
}

/// One stage of a check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stage {
    /// Which.
    pub kind: StageKind,
    /// What was tried, without any secret.
    pub tried: String,
    /// How it went.
    pub state: State,
    /// How long it took, in milliseconds; none while it runs.
    pub millis: Option<u32>,
    /// What came back, without any secret.
    pub answer: String,
    /// What is wrong, where something is.
    pub problem: Option<Problem>,
}

/// A check of one outside thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// The name of the check, such as `database`.
    pub check: String,
    /// Its name for a person.
    pub label: String,
    /// The section whose settings it tries.
    pub section: String,
    /// Where the thing stands in the configuration.
    pub path: Path,
    /// Which of the things that stand there, such as the name of a node; empty where one does.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub part: String,
    /// Which thing: an address, the name of a storage engine; without any secret.
    pub target: String,
    /// How it went.
    pub state: State,
    /// Its stages, in the order in which they were tried.
    pub stages: Vec<Stage>,
    /// How long it took, in milliseconds; none while it runs.
    pub millis: Option<u32>,
}

impl Outcome {
    /// Whether both are of one thing, each at its time.
    pub fn is_of_the_same(&self, other: &Self) -> bool {
        (&self.check, &self.path, &self.part) == (&other.check, &other.path, &other.part)
    }

    /// Everything that is wrong.
    pub fn problems(&self) -> impl Iterator<Item = &Problem> {
        self.stages.iter().filter_map(|stage| stage.problem.as_ref())
    }

    /// What made it fail.
    pub fn failure(&self) -> Option<&Problem> {
        self.problems().find(|problem| problem.severity == Severity::Error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_is_as_bad_as_its_worst_part() {
        use State::{Failed, Passed, Running, Skipped, Warned};
        assert_eq!(State::of_all([Passed, Warned, Skipped]), Warned);
        assert_eq!(State::of_all([Failed, Passed]), Failed);
        assert_eq!(State::of_all([Failed, Running]), Running);
        assert_eq!(State::of_all([]), Skipped);
    }
}
