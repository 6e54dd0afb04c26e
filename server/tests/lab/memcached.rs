//! A real memcached.

use super::certificates::Signed;
use super::process::{Process, folder, free_port, listens};
use std::fs;
use std::process::Command;

/// A running memcached.
pub(crate) struct Memcached {
    _process: Process,
    /// Where it listens.
    pub(crate) port: u16,
}

impl Memcached {
    /// One with these options.
    pub(crate) fn start(options: &[&str]) -> Self {
        Self::start_with(options, None)
    }

    /// One that wants a name and a password.
    pub(crate) fn with_login() -> Self {
        Self::start_with(&["-Y", "users"], None)
    }

    /// One that speaks TLS.
    pub(crate) fn with_tls(signed: &Signed) -> Self {
        let files = "ssl_chain_cert=server.crt,ssl_key=server.key";
        Self::start_with(&["-Z", "-o", files], Some(signed))
    }

    fn start_with(options: &[&str], signed: Option<&Signed>) -> Self {
        let (port, folder) = (free_port(), folder("memcached"));
        fs::write(folder.path().join("users"), "quay:strongpassword\n").expect("it is ours");
        if let Some(signed) = signed {
            signed.write(folder.path());
        }
        let mut command = Command::new("memcached");
        command.args(["-u", "root", "-l", "127.0.0.1", "-p", &port.to_string()]).args(options);
        let process = Process::start("memcached", folder, &command, move || listens(port));
        Self { _process: process, port }
    }
}
