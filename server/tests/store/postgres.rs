//! A `PostgreSQL` server of the test's own: in a temporary folder, on a free port, gone with it.

use std::ffi::OsStr;
use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// Where the sockets go: their paths must be short, which those of other folders may not be.
const SHORT_FOLDER: &str = "/tmp";
/// How often another port is tried when somebody else takes the one that was free.
const TRIES: usize = 5;

/// A running server; it ends when this is dropped.
pub(crate) struct PrivateServer {
    tools: PathBuf,
    folder: TempDir,
    port: u16,
}

impl PrivateServer {
    /// Makes a database and starts its server.
    pub(crate) fn start() -> Self {
        let tools = tools();
        let folder = tempfile::Builder::new().prefix("pg").tempdir_in(SHORT_FOLDER);
        let folder = folder.expect("there is room for a folder");
        if is_root() {
            // The server refuses to run as root, and must own its folder.
            run(Command::new("chown").arg("postgres:").arg(folder.path()), folder.path());
        }
        let mut server = Self { tools, folder, port: 0 };
        let make = ["-U", "console", "-A", "trust", "-E", "UTF8", "--no-locale", "-N", "-D"];
        run(server.tool("initdb").args(make).arg(server.data()), server.folder.path());
        server.listen();
        server
    }

    /// Starts the server on a port that nobody uses.
    fn listen(&mut self) {
        for _ in 0..TRIES {
            let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|at| at.local_addr());
            self.port = free.expect("there is a free port").port();
            let options = format!(
                "-p {} -k {} -c listen_addresses=127.0.0.1 -c fsync=off",
                self.port,
                self.folder.path().display()
            );
            let mut start = self.tool("pg_ctl");
            start.arg("-D").arg(self.data()).arg("-l").arg(self.log());
            start.args(["-w", "-t", "60", "-o", &options, "start"]);
            if start.status().is_ok_and(|status| status.success()) {
                return;
            }
        }
        let log = fs::read_to_string(self.log()).unwrap_or_default();
        panic!("PostgreSQL does not start here; its log says:\n{log}");
    }

    /// Where a console reaches the database.
    pub(crate) fn url(&self) -> String {
        format!("postgresql://console@127.0.0.1:{}/postgres?sslmode=disable", self.port)
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("server.log")
    }

    /// One of `PostgreSQL`'s programs, as the user it runs as.
    fn tool(&self, name: &str) -> Command {
        let program = self.tools.join(name);
        let mut command = if is_root() {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=postgres", "--regid=postgres", "--init-groups"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.current_dir(self.folder.path()).env("HOME", self.folder.path());
        command.env("LC_ALL", "C").env_remove("PGDATA").env_remove("PGPORT");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }
}

impl Drop for PrivateServer {
    fn drop(&mut self) {
        let mut stop = self.tool("pg_ctl");
        stop.arg("-D").arg(self.data()).args(["-w", "-m", "immediate", "stop"]);
        // A server that never started cannot be stopped; the folder goes in either case.
        let _ = stop.status();
    }
}

/// Whether this process runs as root, as in a build container.
fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

/// The folder of `PostgreSQL`'s programs.
fn tools() -> PathBuf {
    let asked = Command::new("pg_config").arg("--bindir").stdin(Stdio::null()).output();
    let told = asked.ok().map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    let installed = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let mut installed: Vec<PathBuf> =
        installed.filter_map(|entry| entry.ok().map(|entry| entry.path().join("bin"))).collect();
    // The newest one first, where several stand side by side.
    installed.sort();
    installed.reverse();
    let path = std::env::var_os("PATH").unwrap_or_default();
    told.map(PathBuf::from)
        .into_iter()
        .chain(installed)
        .chain(std::env::split_paths(&path))
        .find(|folder| ["initdb", "pg_ctl"].iter().all(|name| folder.join(name).is_file()))
        .expect(
            "this test needs a PostgreSQL server and finds none: initdb and pg_ctl are neither \
             where pg_config says, nor in /usr/lib/postgresql, nor in PATH; install the package \
             postgresql",
        )
}

/// Runs a program to its end, which must be a good one.
fn run(command: &mut Command, folder: &Path) {
    let program = command.get_program().to_owned();
    let name = Path::new(&program).file_name().unwrap_or(OsStr::new("it")).display().to_string();
    let said = fs::File::create(folder.join("said.txt")).expect("the folder is ours");
    let status = command.stderr(said).status();
    let said = fs::read_to_string(folder.join("said.txt")).unwrap_or_default();
    match status {
        Ok(status) if status.success() => {}
        Ok(status) => panic!("{name} ended with {status}: {said}"),
        Err(error) => panic!("{name} could not be started: {error}"),
    }
}
