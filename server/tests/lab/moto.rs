//! moto, which plays all of Amazon: here its object store and its STS. It takes any keys.

use super::process::{Process, folder, free_port, listens};
use super::python::python;
use std::process::Command;

/// A running moto.
pub(crate) struct Moto {
    _process: Process,
    /// Where it listens.
    pub(crate) port: u16,
}

impl Moto {
    /// Starts one with nothing in it.
    pub(crate) fn start() -> Self {
        let port = free_port();
        let mut command = Command::new(python().with_file_name("moto_server"));
        command.args(["-H", "127.0.0.1", "-p", &port.to_string()]);
        let process = Process::start("moto", folder("moto"), &command, move || listens(port));
        Self { _process: process, port }
    }
}
