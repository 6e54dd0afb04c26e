//! The real program: started in a folder of its own, without this machine's environment, and gone
//! after the test.

use crate::lab::process::{folder, free_port, listens, run};
use std::fs::{self, File};
use std::process::{self, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};

/// The longest anything here may take, on the busiest machine.
pub(crate) const PATIENCE: Duration = Duration::from_mins(2);
/// How often somebody looks whether it has come to that.
pub(crate) const ASK_EVERY: Duration = Duration::from_millis(20);
/// The variable that says how long changes of the tables take.
pub(crate) const MIGRATION_SECONDS: &str = "STANDIN_MIGRATION_SECONDS";
/// The variable that says which release it pretends to be.
pub(crate) const VERSION: &str = "STANDIN_VERSION";
/// The variable with which it starts in spite of what is wrong.
pub(crate) const IGNORE_VALIDATION: &str = "IGNORE_VALIDATION";
/// What it writes, in its folder.
const LOG: &str = "output.txt";

/// How a node is to be started. Nodes of one plan have the same configuration, and ports of their
/// own.
#[derive(Clone)]
pub(crate) struct Plan {
    config: String,
    files: Vec<(&'static str, String)>,
    variables: Vec<(&'static str, String)>,
}

impl Plan {
    /// With this `config.yaml`; changes of the tables take no time.
    pub(crate) fn of(config: impl Into<String>) -> Self {
        Self { config: config.into(), files: Vec::new(), variables: Vec::new() }
    }

    /// With this file beside it.
    pub(crate) fn file(mut self, name: &'static str, content: &str) -> Self {
        self.files.push((name, content.to_owned()));
        self
    }

    /// With this variable.
    pub(crate) fn set(mut self, name: &'static str, value: &str) -> Self {
        self.variables.push((name, value.to_owned()));
        self
    }

    /// Starts it with these words, and waits for nothing.
    pub(crate) fn begin(&self, words: &[&str]) -> Node {
        let folder = folder("standin");
        let stack = folder.path().join("stack");
        fs::create_dir(&stack).expect("the folder is ours");
        fs::write(stack.join("config.yaml"), &self.config).expect("the folder is ours");
        for (name, content) in &self.files {
            fs::write(stack.join(name), content).expect("the folder is ours");
        }
        let log = File::create(folder.path().join(LOG)).expect("the folder is ours");
        let errors = log.try_clone().expect("a file can be shared");
        let [port, tls_port, metrics_port] = [free_port(), free_port(), free_port()];
        let mut command = Command::new(env!("CARGO_BIN_EXE_quay-standin"));
        command.args(words).env_clear().current_dir(folder.path()).kill_on_drop(true);
        command.env("QUAYCONF", folder.path()).env(MIGRATION_SECONDS, "0");
        command.env("STANDIN_ADDRESS", "127.0.0.1");
        command.env("STANDIN_PORTS", format!("{port} {tls_port} {metrics_port}"));
        for (name, value) in &self.variables {
            command.env(name, value);
        }
        command.stdin(Stdio::null()).stdout(log).stderr(errors);
        let child = command.spawn().expect("the program can be started");
        Node { child, folder, port, metrics_port }
    }

    /// Starts it with these words, and waits until it serves.
    pub(crate) async fn serve(&self, words: &[&str]) -> Node {
        let mut node = self.begin(words);
        node.ready().await;
        node
    }

    /// Starts it with these words, with which it must come to an end by itself.
    pub(crate) async fn finish(&self, words: &[&str]) -> Ended {
        self.begin(words).end().await
    }
}

/// A running node; it is killed when this is dropped.
pub(crate) struct Node {
    child: Child,
    folder: TempDir,
    /// Where it speaks HTTP.
    pub(crate) port: u16,
    /// Where it shows its metrics.
    pub(crate) metrics_port: u16,
}

/// What a node left behind when it ended.
#[derive(Debug)]
pub(crate) struct Ended {
    /// Its exit code, none when a signal ended it.
    pub(crate) code: Option<i32>,
    /// All that it wrote.
    pub(crate) said: String,
}

impl Node {
    /// What it has written so far.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join(LOG)).unwrap_or_default()
    }

    /// Waits until it serves: the port for metrics is the last one that it opens.
    pub(crate) async fn ready(&mut self) {
        let port = self.metrics_port;
        self.wait_until("it serves", |_| listens(port)).await;
    }

    /// Waits until something is so; the condition is given the log.
    pub(crate) async fn wait_until(&mut self, what: &str, is_so: impl Fn(&str) -> bool) {
        let began = Instant::now();
        loop {
            // Asked before its log is read: nothing is written after the end.
            let has_ended = self.child.try_wait().expect("it can be asked").is_some();
            let log = self.log();
            if is_so(&log) {
                return;
            }
            let is_late = began.elapsed() >= PATIENCE;
            assert!(!has_ended && !is_late, "waited in vain until {what}: {log}");
            sleep(ASK_EVERY).await;
        }
    }

    /// Waits until it ends by itself.
    pub(crate) async fn end(mut self) -> Ended {
        let ended = timeout(PATIENCE, self.child.wait()).await;
        let status = ended.unwrap_or_else(|_| panic!("it does not end: {}", self.log()));
        let code = status.expect("it can be waited for").code();
        Ended { code, said: self.log() }
    }

    /// Ends it as a container's host does, and waits for it.
    pub(crate) async fn terminate(self) -> Ended {
        let id = self.child.id().expect("it is still running").to_string();
        run(process::Command::new("sh").args(["-c", "kill -TERM \"$1\"", "sh", &id]));
        self.end().await
    }
}
