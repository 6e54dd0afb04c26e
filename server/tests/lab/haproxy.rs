//! A real load balancer.

use super::certificates::Signed;
use super::process::{Process, folder, free_port, listens};
use std::fmt::Write as _;
use std::fs;
use std::process::Command;

/// A running `HAProxy`.
pub(crate) struct HaProxy {
    _process: Process,
    /// Where it listens.
    pub(crate) port: u16,
}

impl HaProxy {
    /// One that ends TLS and passes on to a port of this machine.
    pub(crate) fn ending_tls(signed: &Signed, to: u16) -> Self {
        Self::start(Some(signed), &format!("mode http\nserver node 127.0.0.1:{to}"))
    }

    /// One that leaves TLS to a node on a port of this machine, and looks whether it is there.
    pub(crate) fn passing_tls(to: u16) -> Self {
        Self::start(None, &format!("mode tcp\nserver node 127.0.0.1:{to}"))
    }

    /// One that sends everybody to the same address with https.
    pub(crate) fn sending_to_https() -> Self {
        Self::start(None, "mode http\nredirect scheme https")
    }

    /// One that passes each connection on to the next of these ports, the first to the first.
    pub(crate) fn round_robin(to: &[u16]) -> Self {
        let ready = free_port();
        let mut lines = "mode tcp\nbalance roundrobin\n".to_owned();
        for port in to {
            let _ = writeln!(lines, "server node{port} 127.0.0.1:{port}");
        }
        // Whether it listens is looked for elsewhere, so as not to take the first one's turn.
        let _ = write!(lines, "listen ready\nmode http\nbind 127.0.0.1:{ready}");
        Self::start_when(None, &lines, Some(ready))
    }

    fn start(signed: Option<&Signed>, lines: &str) -> Self {
        Self::start_when(signed, lines, None)
    }

    /// Starts one, which is ready when it listens on `ready`, or else where clients come.
    fn start_when(signed: Option<&Signed>, lines: &str, ready: Option<u16>) -> Self {
        let (port, folder) = (free_port(), folder("haproxy"));
        let tls = signed.map_or_else(String::new, |signed| {
            let file = folder.path().join("both.pem");
            let both = format!("{}{}", signed.certificate, signed.key);
            fs::write(&file, both).expect("the folder is ours");
            format!("ssl crt {}", file.display())
        });
        let text = format!(
            "defaults\ntimeout connect 2s\ntimeout client 9s\ntimeout server 9s\nretries 0\n\
             listen registry\nbind 127.0.0.1:{port} {tls}\n{lines}\n"
        );
        let config = folder.path().join("haproxy.cfg");
        fs::write(&config, text).expect("the folder is ours");
        let mut command = Command::new("haproxy");
        command.arg("-f").arg(&config);
        let ready = ready.unwrap_or(port);
        let process = Process::start("haproxy", folder, &command, move || listens(ready));
        Self { _process: process, port }
    }
}
