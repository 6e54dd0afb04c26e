//! Kinesis: moto, which checks signatures and policies.

use super::certificates::Signed;
use super::process::{Process, folder, free_port, script};
use super::python::python;
use std::collections::HashMap;
use std::fs;
use std::process::Command;

/// A running Kinesis.
pub(crate) struct Kinesis {
    _process: Process,
    /// Where it listens.
    pub(crate) port: u16,
    /// Access key and secret key of each user: `quay` may do all, `writer` only write.
    pub(crate) keys: HashMap<String, (String, String)>,
}

impl Kinesis {
    /// One with this certificate, and two streams: `quay` and `new`.
    pub(crate) fn start(signed: &Signed) -> Self {
        let (port, folder) = (free_port(), folder("kinesis"));
        signed.write(folder.path());
        let keys = folder.path().join("keys.json");
        let mut command = Command::new(python());
        command.arg(script("kinesis_server.py")).arg(port.to_string()).arg(folder.path());
        let process = {
            let keys = keys.clone();
            Process::start("kinesis", folder, &command, move || {
                fs::read(&keys).is_ok_and(|text| text.ends_with(b"}"))
            })
        };
        let text = fs::read(&keys).expect("it was there a moment ago");
        let keys = serde_json::from_slice(&text).expect("it is JSON");
        Self { _process: process, port, keys }
    }
}
