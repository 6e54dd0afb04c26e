//! A real Redis.

use super::certificates::Signed;
use super::process::{Process, folder, free_port, run};
use std::fmt::Write as _;
use std::fs;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// A running Redis, with a plain port and one for TLS.
pub(crate) struct Redis {
    process: Process,
    /// Where it speaks in clear.
    pub(crate) port: u16,
    /// Where it speaks TLS.
    pub(crate) tls_port: u16,
}

/// How long something may take that Redis does by itself.
const WAIT_MAX: Duration = Duration::from_secs(20);
/// How often it is asked.
const ASK_EVERY: Duration = Duration::from_millis(50);

/// The password of the user `default`.
pub(crate) const PASSWORD: &str = "strongpassword";

impl Redis {
    /// One with a password, a user `reader` who may only read, and further lines of `redis.conf`.
    pub(crate) fn start(signed: &Signed, more: &str) -> Self {
        Self::start_with(
            signed,
            &format!(
                "requirepass {PASSWORD}\nuser reader on >readerword ~* &* +@read +ping +hello +auth +info\n{more}"
            ),
        )
    }

    /// One without a password.
    pub(crate) fn open(signed: &Signed) -> Self {
        Self::bare(signed, "")
    }

    /// One without a password, with these lines of `redis.conf`.
    pub(crate) fn bare(signed: &Signed, lines: &str) -> Self {
        Self::start_with(signed, lines)
    }

    /// Gives it a command, and what it says.
    pub(crate) fn say(&self, words: &[&str]) -> String {
        let mut ask = Command::new("redis-cli");
        run(ask.args(["-h", "127.0.0.1", "-p", &self.port.to_string()]).args(words))
    }

    /// Gives it a folder's name for the file with its data, so that it cannot write that.
    pub(crate) fn lose_its_file(&self) {
        fs::create_dir(self.process.folder().join("taken")).expect("the folder is ours");
        self.say(&["CONFIG", "SET", "dbfilename", "taken"]);
        self.say(&["BGSAVE"]);
        self.wait_for(&["INFO", "persistence"], "rdb_last_bgsave_status:err");
    }

    /// Waits until its answer to a command holds this text.
    pub(crate) fn wait_for(&self, words: &[&str], text: &str) {
        let began = Instant::now();
        while !self.say(words).contains(text) {
            assert!(began.elapsed() < WAIT_MAX, "{words:?} does not come to {text}");
            sleep(ASK_EVERY);
        }
    }

    fn start_with(signed: &Signed, lines: &str) -> Self {
        let (port, tls_port) = (free_port(), free_port());
        let folder = folder("redis");
        let (certificate, key) = signed.write(folder.path());
        let mut text = format!("bind 127.0.0.1\nport {port}\ntls-port {tls_port}\n");
        let _ = writeln!(text, "tls-cert-file {}", certificate.display());
        let _ = writeln!(text, "tls-key-file {}", key.display());
        let _ = writeln!(text, "tls-ca-cert-file {}", certificate.display());
        let _ = writeln!(text, "tls-auth-clients no\nsave \"\"\ndir {}", folder.path().display());
        text.push_str(lines);
        let config = folder.path().join("redis.conf");
        fs::write(&config, text).expect("the folder is ours");
        let mut command = Command::new("redis-server");
        command.arg(&config);
        let answers = move || {
            let mut ask = Command::new("redis-cli");
            ask.args(["-h", "127.0.0.1", "-p", &port.to_string(), "PING"]);
            // With a password it refuses, which is an answer as well.
            ask.stderr(Stdio::null()).output().is_ok_and(|done| done.status.success())
        };
        Self { process: Process::start("redis", folder, &command, answers), port, tls_port }
    }
}
