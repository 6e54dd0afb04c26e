//! A real mail server: aiosmtpd, with a script of the lab's own around it.

use super::certificates::Signed;
use super::process::{Process, folder, free_port, listens, script};
use super::python::python;
use std::fs;
use std::process::Command;

/// Who may log in.
pub(crate) const USER: &str = "quay@example.com";
/// With which password.
pub(crate) const PASSWORD: &str = "strongpassword";

/// A running mail server.
pub(crate) struct MailServer {
    process: Process,
    /// Where it listens.
    pub(crate) port: u16,
}

impl MailServer {
    /// One with these settings, of which `smtp_server.py` tells.
    pub(crate) fn start(signed: &Signed, settings: &serde_json::Value) -> Self {
        let (port, folder) = (free_port(), folder("mail"));
        signed.write(folder.path());
        let mut command = Command::new(python());
        command.arg(script("smtp_server.py")).arg(port.to_string());
        command.arg(folder.path()).arg(settings.to_string());
        Self { process: Process::start("mail", folder, &command, move || listens(port)), port }
    }

    /// The mails that it has taken, each with whom it came from and went to in the first line.
    pub(crate) fn mails(&self) -> Vec<String> {
        let files = fs::read_dir(self.process.folder()).expect("the folder is ours");
        let paths = files.map(|file| file.expect("it can be listed").path());
        let mails = paths.filter(|path| path.extension().is_some_and(|ending| ending == "eml"));
        mails.map(|path| fs::read_to_string(path).expect("a mail is text")).collect()
    }
}
