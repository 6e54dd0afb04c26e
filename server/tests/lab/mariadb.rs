//! A real `MariaDB`.

use super::certificates::Signed;
use super::process::{Process, folder, free_port, is_root, run};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// How often something is done at most until it is refused.
const REPEATS_MAX: usize = 1000;

/// A running server; it ends when this is dropped.
pub(crate) struct MariaDb {
    process: Process,
    /// Where it listens.
    pub(crate) port: u16,
}

impl MariaDb {
    /// Makes a server and starts it, with these arguments; without a certificate it does not
    /// encrypt.
    pub(crate) fn start(signed: Option<&Signed>, arguments: &[&str]) -> Self {
        let folder = folder("maria");
        let home = folder.path();
        let data = home.join("data");
        fs::create_dir(&data).expect("the folder is ours");
        let given = format!("--datadir={}", data.display());
        let mut make = Command::new("mariadb-install-db");
        make.args(["--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db"]);
        make.arg(&given);
        let mut command = Command::new("mariadbd");
        command.arg("--no-defaults").arg(&given);
        if is_root() {
            // It refuses to run as root.
            run(Command::new("chown").arg("mysql:").arg(home).arg(&data));
            make.arg("--user=mysql");
            command.arg("--user=mysql");
        }
        run(&mut make);
        let (port, socket) = (free_port(), home.join("socket"));
        command.arg(format!("--socket={}", socket.display())).arg(format!("--port={port}"));
        command.args(["--bind-address=127.0.0.1", "--innodb-flush-log-at-trx-commit=2"]);
        if let Some(signed) = signed {
            let (certificate, key) = signed.write(home);
            if is_root() {
                run(Command::new("chown").arg("mysql:").arg(&certificate).arg(&key));
            }
            command.arg(format!("--ssl-cert={}", certificate.display()));
            command.arg(format!("--ssl-key={}", key.display()));
        }
        command.args(arguments);
        let is_ready = || {
            let mut ask = client(&socket);
            ask.args(["-e", "SELECT 1"]).stdout(Stdio::null()).stderr(Stdio::null());
            ask.status().is_ok_and(|status| status.success())
        };
        let process = Process::start("mariadb", folder, &command, is_ready);
        Self { process, port }
    }

    /// Does something as its superuser.
    pub(crate) fn sql(&self, statements: &str) -> String {
        run(client(&self.process.folder().join("socket")).args(["-N", "-e", statements]))
    }

    /// Does something as its superuser, again and again, until it is refused for this number.
    pub(crate) fn sql_until(&self, number: u16, statement: &str) {
        let socket = self.process.folder().join("socket");
        for _ in 0..REPEATS_MAX {
            let done = client(&socket).args(["-e", statement]).output();
            let done = done.expect("the client was there before");
            if !done.status.success() {
                let words = String::from_utf8_lossy(&done.stderr);
                assert!(words.contains(&format!("ERROR {number} ")), "{words}");
                return;
            }
        }
        panic!("nothing was refused: {statement}");
    }

    /// Its address, as a configuration of Quay's has it.
    pub(crate) fn uri(&self, user: &str, password: &str, database: &str) -> String {
        format!("mysql+pymysql://{user}:{password}@127.0.0.1:{}/{database}", self.port)
    }
}

fn client(socket: &Path) -> Command {
    let mut command = Command::new("mariadb");
    command.arg("--no-defaults").arg(format!("--socket={}", socket.display()));
    command.arg("--user=root").stdin(Stdio::null());
    command
}
