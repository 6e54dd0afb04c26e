//! Live checks: every outside thing that the configuration names is really tried.
//!
//! One file a check, and one line in [`CHECKS`]. A check reads the draft as it is and plans a
//! [`Planned`] for each thing it finds there: for every storage engine one, for every Redis one.
//! Each goes its [`Course`] in stages. A check reports; it never fails the program.

pub mod aws;
pub mod clair;
pub mod cloudwatch;
pub mod common;
pub mod course;
pub mod database;
pub mod fault;
pub mod hostname;
pub mod jwt;
pub mod keystone;
pub mod ldap;
pub mod logs;
pub mod memcached;
pub mod node;
pub mod oauth;
pub mod oidc;
mod probe;
pub mod redis;
pub mod registry;
pub mod run;
pub(crate) mod shell;
mod sign_in;
pub mod smtp;
pub mod storage;
mod talk;

use cluster::check::{Outcome, State};
use cluster::inventory::Nodes;
use config_model::document::Document;
use config_model::field::Key;
use config_model::path::Path;
use config_model::sections::section_of;
use config_model::value::{Parsed, Value};
use course::{Course, Done, Secrets};
use fault::{Fault, faults};
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;

/// Every check, in the order in which they are shown.
pub const CHECKS: &[&Check] = &[
    &hostname::CHECK,
    &node::CHECK,
    &database::CHECK,
    &redis::CHECK,
    &memcached::CHECK,
    &storage::CHECK,
    &ldap::CHECK,
    &jwt::CHECK,
    &keystone::CHECK,
    &oidc::CHECK,
    &oauth::CHECK,
    &smtp::CHECK,
    &clair::CHECK,
    &logs::elasticsearch::CHECK,
    &logs::kafka::CHECK,
    &logs::kinesis::CHECK,
    &logs::splunk::CHECK,
    &cloudwatch::CHECK,
];

faults! {
    /// The run's deadline came before a check's turn.
    NOT_REACHED: Error,
    "The time for all checks was over before this one had its turn.",
    why "Nothing is known about this service.",
    fix "Mend what takes so long above, or run the checks of this section alone.";

    /// A fault of ours: a check that panicked.
    BROKEN: Error,
    "The check itself broke off. That is a fault of this program.",
    why "Nothing is known about this service.",
    fix "Report it, with what the log of this program says.";

    /// What is configured cannot be tried at all; the rules say what is wrong with it.
    INCOMPLETE: Error,
    "It cannot be tried: {what} is missing or is not of its kind.",
    fix "Complete the settings; the form shows what is wrong with them.";
}

/// A kind of outside thing, and how it is tried.
#[derive(Debug)]
pub struct Check {
    /// Its name, such as `redis`.
    pub name: &'static str,
    /// Its name for a person.
    pub label: &'static str,
    /// The keys it is about; it is offered on the pages of their sections. `*_LOGIN_CONFIG`
    /// stands for a family.
    pub reads: &'static [&'static str],
    /// Why it matters to Quay that the thing works.
    pub matters: &'static str,
    /// What else it can do when somebody asks for it.
    pub actions: &'static [Action],
    /// What there is to try in these settings.
    pub plan: fn(&Settings<'_>) -> Vec<Planned>,
    /// Whether it writes what has to be deleted again. Then it may take twice as long as others,
    /// and goes on a while after it was given up.
    pub writes: bool,
    /// What it can find, besides what anything behind a network can have.
    pub faults: &'static [&'static Fault],
}

/// Something a check does only when somebody asks for it.
#[derive(Debug)]
pub struct Action {
    /// Its name, such as `test_mail`.
    pub name: &'static str,
    /// What stands on its button.
    pub label: &'static str,
    /// What it does.
    pub help: &'static str,
    /// What has to be entered for it; empty where nothing has.
    pub asks: &'static str,
    /// It is offered only where this was found; always where it is empty.
    pub mends: &'static [&'static Fault],
}

/// An action that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Its name.
    pub action: String,
    /// What was entered.
    pub text: String,
}

/// The configuration as a check sees it: secrets in clear.
#[derive(Clone, Copy)]
pub struct Settings<'a> {
    /// The values.
    pub document: &'a Document,
    /// The files beside it.
    pub files: &'a BTreeMap<String, Vec<u8>>,
    /// The nodes that run Quay, as far as they are known; they do not stand in the configuration.
    pub nodes: &'a Nodes,
    /// Seconds since 1970.
    pub now: i64,
    /// What was asked for besides.
    pub asked: Option<&'a Asked>,
}

impl std::fmt::Debug for Settings<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings").field("now", &self.now).finish_non_exhaustive()
    }
}

impl<'a> Settings<'a> {
    /// Those of a configuration by itself: no node is known, and nothing is asked for besides.
    pub fn new(document: &'a Document, files: &'a BTreeMap<String, Vec<u8>>, now: i64) -> Self {
        Self { document, files, nodes: Nodes::NONE, now, asked: None }
    }

    /// Whether a switch is on, by its value or by Quay's default.
    pub fn is_on(&self, key: Key<bool>) -> bool {
        self.document.effective(key) == Some(true)
    }

    /// Whether this action was asked for, and what was entered.
    pub fn asked_for(&self, action: &str) -> Option<&str> {
        self.asked.filter(|asked| asked.action == action).map(|asked| asked.text.as_str())
    }

    /// What stands at a path, `null` and empty text counted as nothing.
    pub fn at(&self, path: &Path) -> Option<&Value> {
        self.document.raw(path).filter(|value| !value.is_blank())
    }

    /// What stands in a field of the object at `path`, or Quay's default for it.
    pub fn field<T: Parsed>(&self, path: &Path, field: Key<T>) -> Option<T> {
        match self.at(&path.field(field.name())) {
            Some(value) => T::parse(value).ok(),
            None => field.spec().default.and_then(|default| T::parse(&default()).ok()),
        }
    }
}

/// What trying one thing does.
pub type Work = Box<dyn FnOnce(Course) -> Pin<Box<dyn Future<Output = Done> + Send>> + Send>;

/// One thing that a check is going to try.
pub struct Planned {
    /// Where it stands in the configuration.
    pub path: Path,
    /// Which of those that stand there; empty where one does.
    pub part: String,
    /// Which it is: an address, the name of an engine; without any secret.
    pub target: String,
    /// How it is tried.
    pub work: Work,
}

impl Planned {
    /// Plans to try the thing that stands at `path`.
    pub fn new<F>(
        path: Path,
        target: impl Into<String>,
        work: impl FnOnce(Course) -> F + Send + 'static,
    ) -> Self
    where
        F: Future<Output = Done> + Send + 'static,
    {
        let (target, part) = (target.into(), String::new());
        Self { path, part, target, work: Box::new(move |course| Box::pin(work(course))) }
    }

    /// Tells it from others that stand at the same path.
    #[must_use]
    pub fn part(self, part: String) -> Self {
        Self { part, ..self }
    }

    /// Plans to say that something is missing before anything can be tried.
    pub fn incomplete(path: Path, target: impl Into<String>, what: impl Into<String>) -> Self {
        let what = what.into();
        Self::new(path, target, move |course| async move {
            let step = course.begin(cluster::check::StageKind::Settings, "what is configured");
            Err(step.fail("", INCOMPLETE.with(&[("what", &what)])))
        })
    }
}

impl std::fmt::Debug for Planned {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Planned").field("path", &self.path).finish_non_exhaustive()
    }
}

/// One thing that is going to be tried, and by which check.
#[derive(Debug)]
pub struct Job {
    check: &'static Check,
    path: Path,
    part: String,
    target: String,
    work: WorkBox,
}

/// [`Work`] that can be part of what prints itself.
struct WorkBox(Work);

impl std::fmt::Debug for WorkBox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Work")
    }
}

impl Job {
    /// The section whose settings it tries.
    pub fn section(&self) -> &'static str {
        section_of(self.path.root()).map_or("", |section| section.id)
    }

    /// The check.
    pub fn check(&self) -> &'static Check {
        self.check
    }

    /// Where the thing stands in the configuration.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What is known of it before it is tried.
    pub fn outcome(&self) -> Outcome {
        Outcome {
            check: self.check.name.to_owned(),
            label: self.check.label.to_owned(),
            section: self.section().to_owned(),
            path: self.path.clone(),
            part: self.part.clone(),
            target: self.target.clone(),
            state: State::Waiting,
            stages: Vec::new(),
            millis: None,
        }
    }
}

/// Everything there is to try in these settings.
pub fn plan(settings: &Settings<'_>) -> Vec<Job> {
    // A target is an address or a name, and an address may hold a password.
    let secrets = Secrets::of(settings.document);
    let jobs = CHECKS.iter().flat_map(|check| {
        (check.plan)(settings).into_iter().map(|Planned { path, part, target, work }| Job {
            check,
            path,
            part,
            target: secrets.clean(&target),
            work: WorkBox(work),
        })
    });
    jobs.collect()
}

/// The checks that are offered on the page of a section.
pub fn of_section(id: &str) -> impl Iterator<Item = &'static Check> + use<'_> {
    let reads = move |check: &&Check| {
        check.reads.iter().any(|key| section_of(key).is_some_and(|section| section.id == id))
    };
    CHECKS.iter().copied().filter(reads)
}

/// The check of this name.
pub fn by_name(name: &str) -> Option<&'static Check> {
    CHECKS.iter().copied().find(|check| check.name == name)
}

/// Where Quay's container finds the files of the bundle.
const STACK: &str = "conf/stack/";

/// The name in the bundle of a file that a setting names as Quay's container sees it.
///
/// `None` for a file of the container itself, which cannot be seen from here.
pub fn uploaded_name(path: &str) -> Option<&str> {
    let path = path.trim_start_matches('/');
    path.strip_prefix("quay-registry/").unwrap_or(path).strip_prefix(STACK)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_that_a_check_reads_has_a_section() {
        for check in CHECKS {
            for key in check.reads {
                assert!(section_of(key).is_some(), "{} reads {key}", check.name);
            }
        }
    }

    #[test]
    fn names_of_checks_and_their_faults_are_unique() {
        let mut names: Vec<_> = CHECKS.iter().map(|check| check.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), CHECKS.len());
        for check in CHECKS {
            let shared = match check.name {
                "kinesis" | "cloudwatch" => aws::FAULTS,
                "hostname" | "node" => registry::FAULTS,
                _ => &[],
            };
            let of_all = common::FAULTS.iter().chain(course::faults::FAULTS).chain(FAULTS);
            let all = of_all.chain(shared).chain(check.faults);
            let mut faults: Vec<_> = all.map(|fault| fault.name).collect();
            let count = faults.len();
            faults.sort_unstable();
            faults.dedup();
            assert_eq!(faults.len(), count, "{} declares a fault twice", check.name);
        }
    }

    #[test]
    fn a_file_of_the_bundle_is_found_as_the_container_names_it() {
        for path in [
            "conf/stack/database.pem",
            "/conf/stack/database.pem",
            "/quay-registry/conf/stack/database.pem",
        ] {
            assert_eq!(uploaded_name(path), Some("database.pem"));
        }
        assert_eq!(uploaded_name("/etc/pki/ca.pem"), None);
    }
}
