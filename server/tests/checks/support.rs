//! Runs checks, and compares what they say with what has been written down.

use cluster::check::{Outcome, State};
use cluster::inventory::Nodes;
use config_model::yaml;
use serde::{Deserialize, Serialize};
use server::checks::run::{Limits, Run};
use server::checks::{Asked, Settings, by_name, plan};
use server::clients::dial::Net;
use std::collections::BTreeMap;
use std::fs;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;

/// When the checks are run: in November 2026.
pub(crate) const NOW: i64 = 1_795_000_000;
/// With this variable set, what the checks say is written down instead of compared.
const WRITE: &str = "QUAY_CONSOLE_PROVE";
/// With this variable set, services that take long to start are tried as well.
const FULL: &str = "QUAY_CONSOLE_FULL";
/// One file is written at a time.
static WRITING: Mutex<()> = Mutex::new(());

/// Whether services that take long to start are to be tried: `make test-full`.
pub(crate) fn is_full() -> bool {
    std::env::var_os(FULL).is_some()
}

/// A net in which these names, each with its port, lead to ports of this machine.
pub(crate) fn net(hosts: &[(&str, u16, u16)]) -> Net {
    let lead = |&(host, port, to): &(&str, u16, u16)| {
        (format!("{host}:{port}"), (Ipv4Addr::LOCALHOST, to).into())
    };
    Net::with_hosts(hosts.iter().map(lead).collect())
}

/// A configuration that is to be tried.
pub(crate) struct Trial {
    config: String,
    files: BTreeMap<String, Vec<u8>>,
    net: Net,
    nodes: Nodes,
    now: i64,
    limits: Limits,
    asked: Option<Asked>,
}

impl Trial {
    /// Of this `config.yaml`, without files.
    pub(crate) fn of(config: impl Into<String>) -> Self {
        Self {
            config: config.into(),
            files: BTreeMap::new(),
            net: Net::default(),
            nodes: Nodes::default(),
            now: NOW,
            limits: Limits::default(),
            asked: None,
        }
    }

    /// With this file beside it.
    pub(crate) fn file(mut self, name: &str, content: impl AsRef<[u8]>) -> Self {
        self.files.insert(name.to_owned(), content.as_ref().to_vec());
        self
    }

    /// In a net where names lead elsewhere.
    pub(crate) fn net(mut self, net: Net) -> Self {
        self.net = net;
        self
    }

    /// With these nodes of Quay.
    pub(crate) fn nodes(mut self, nodes: &[&str]) -> Self {
        let nodes = nodes.iter().map(|node| node.parse().expect("it is a node")).collect();
        self.nodes = Nodes::new(nodes).expect("no two have one name");
        self
    }

    /// At another time.
    pub(crate) fn at(mut self, now: i64) -> Self {
        self.now = now;
        self
    }

    /// With less patience, for services that hang.
    pub(crate) fn patience(mut self, each: Duration) -> Self {
        self.limits.each = each;
        self
    }

    /// With an action that somebody asks for.
    pub(crate) fn ask(mut self, action: &str, text: &str) -> Self {
        self.asked = Some(Asked { action: action.to_owned(), text: text.to_owned() });
        self
    }

    /// Runs one check, and gives all that it tried.
    pub(crate) async fn run(self, check: &str) -> Vec<Outcome> {
        let document = yaml::read(&self.config).expect("the configuration can be read");
        let settings = Settings {
            document: &document,
            files: &self.files,
            nodes: &self.nodes,
            now: self.now,
            asked: self.asked.as_ref(),
        };
        let jobs = plan(&settings).into_iter().filter(|job| job.check().name == check).collect();
        let run = Run::start(jobs, &settings, &self.net, self.limits);
        run.finished().await
    }

    /// Runs a check that has one thing to try.
    pub(crate) async fn run_one(self, check: &str) -> Outcome {
        let mut outcomes = self.run(check).await;
        assert_eq!(outcomes.len(), 1, "{outcomes:#?}");
        outcomes.remove(0)
    }
}

/// What a check has said in one situation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Proof {
    state: State,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    fault: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    message: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    why: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    fix: String,
}

/// What is written down about a check.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Book {
    check: String,
    label: String,
    matters: String,
    reads: Vec<String>,
    /// By what the service does or the configuration says.
    proved: BTreeMap<String, Proof>,
}

/// Collects what one check says in all situations, and compares it at the end.
pub(crate) struct Proofs {
    file: PathBuf,
    book: Book,
    hidden: Vec<(String, String)>,
}

impl Proofs {
    /// For a check; `part` names the file where a check has several.
    pub(crate) fn of(check: &str, part: &str) -> Self {
        let found = by_name(check).expect("there is such a check");
        let file = format!("{}/tests/checks/proved/{part}.json", env!("CARGO_MANIFEST_DIR"));
        let book = Book {
            check: found.name.to_owned(),
            label: found.label.to_owned(),
            matters: found.matters.to_owned(),
            reads: found.reads.iter().map(|&key| key.to_owned()).collect(),
            proved: BTreeMap::new(),
        };
        Self { file: file.into(), book, hidden: Vec::new() }
    }

    /// Writes `as_` in the place of a text that is another in each run, such as a port.
    #[expect(clippy::needless_pass_by_value, reason = "mostly it is a port")]
    pub(crate) fn hide(&mut self, text: impl ToString, as_: &str) {
        self.hidden.push((text.to_string(), as_.to_owned()));
    }

    /// In this situation, the check passes.
    pub(crate) fn passes(&mut self, situation: &str, outcome: &Outcome) {
        assert_eq!(outcome.state, State::Passed, "{situation}: {outcome:#?}");
        self.note(situation, outcome);
    }

    /// In this situation, the check fails or warns with this fault.
    pub(crate) fn finds(&mut self, situation: &str, outcome: &Outcome, fault: &str) {
        let found: Vec<_> = outcome.problems().map(|problem| problem.fault.as_str()).collect();
        assert!(found.contains(&fault), "{situation}: no {fault} in {outcome:#?}");
        assert!(
            matches!(outcome.state, State::Failed | State::Warned),
            "{situation}: {outcome:#?}"
        );
        self.note_fault(situation, outcome, fault);
    }

    fn note(&mut self, situation: &str, outcome: &Outcome) {
        self.insert(
            situation,
            Proof {
                state: outcome.state,
                fault: String::new(),
                message: String::new(),
                why: String::new(),
                fix: String::new(),
            },
        );
    }

    fn note_fault(&mut self, situation: &str, outcome: &Outcome, fault: &str) {
        let problem = outcome.problems().find(|problem| problem.fault == fault);
        let problem = problem.expect("somebody has looked before").clone();
        let hide =
            |text: String| self.hidden.iter().fold(text, |text, (from, to)| text.replace(from, to));
        let proof = Proof {
            state: outcome.state,
            fault: problem.fault,
            message: hide(problem.message),
            why: hide(problem.why),
            fix: hide(problem.fix),
        };
        self.insert(situation, proof);
    }

    fn insert(&mut self, situation: &str, proof: Proof) {
        let earlier = self.book.proved.insert(situation.to_owned(), proof);
        assert!(earlier.is_none(), "{situation} is there twice");
    }

    /// Compares everything with what has been written down.
    pub(crate) fn end(self) {
        let text = serde_json::to_string_pretty(&self.book).expect("texts always serialise") + "\n";
        if std::env::var_os(WRITE).is_some() {
            let _alone = WRITING.lock().expect("no test panics meanwhile");
            fs::write(&self.file, text).expect("the folder is ours");
            return;
        }
        let known = fs::read_to_string(&self.file).unwrap_or_default();
        assert_eq!(known, text, "{}: to write it anew, set {WRITE}=1", self.file.display());
    }
}
