//! A real `PostgreSQL`.

use super::certificates::Signed;
use super::process::{Process, folder, free_port, is_root, run};
use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// The programs it consists of, here.
const PROGRAMS: [&str; 5] = ["initdb", "pg_ctl", "pg_isready", "postgres", "psql"];
/// Who may come over the network, where a test does not say: whoever knows a password.
const RULES: &str = "host all all 127.0.0.1/32 scram-sha-256";

/// A running server; it ends when this is dropped.
pub(crate) struct Postgres {
    process: Process,
    tools: PathBuf,
    /// Where it listens.
    pub(crate) port: u16,
}

/// How a server is to be.
pub(crate) struct Setup<'a> {
    /// Statements on its way to its first start, a line each.
    pub(crate) statements: &'a str,
    /// Lines of `pg_hba.conf` about the network.
    pub(crate) rules: &'a str,
    /// Lines of `postgresql.conf`.
    pub(crate) settings: &'a str,
    /// What it shows of itself; without, it does not encrypt.
    pub(crate) signed: Option<&'a Signed>,
    /// Whose certificates of clients it takes.
    pub(crate) authority: Option<&'a str>,
    /// What it is missing.
    pub(crate) lack: Lack,
}

/// What a server may be missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Lack {
    /// Nothing.
    #[default]
    Nothing,
    /// The right to write: it copies another one, which there is not.
    Primary,
    /// It copies another one, and lets nobody in.
    Openness,
    /// The extensions: the package `postgresql-contrib` is not installed.
    Extensions,
}

impl Default for Setup<'_> {
    fn default() -> Self {
        Self {
            statements: "",
            rules: RULES,
            settings: "",
            signed: None,
            authority: None,
            lack: Lack::Nothing,
        }
    }
}

impl Postgres {
    /// Makes a server and starts it.
    pub(crate) fn start(setup: &Setup<'_>) -> Self {
        let folder = folder("pg");
        let home = &folder.path().to_owned();
        let tools = match setup.lack {
            Lack::Extensions => without_extensions(home),
            _ => installed(),
        };
        let tool = |name: &str| tool(&tools, home, name);
        let data = home.join("data");
        fs::create_dir(&data).expect("the folder is ours");
        give(&data);
        let make = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "-N", "-D"];
        run(tool("initdb").args(make).arg(&data));
        let statements = home.join("statements.sql");
        fs::write(&statements, setup.statements).expect("the folder is ours");
        let mut single = tool("sh");
        single.args(["-c", r#"exec "$1" --single -D "$2" postgres <"$3""#, "sh"]);
        run(single.arg(tools.join("postgres")).arg(&data).arg(&statements));
        configure(setup, &data);
        // What it answers while it lets nobody in, and while it does.
        let ready = i32::from(setup.lack == Lack::Openness);
        let is_ready = |port: u16| {
            let mut ask = tool("pg_isready");
            ask.args(["-h", "127.0.0.1", "-p", &port.to_string()]).stdout(Stdio::null());
            ask.status().is_ok_and(|status| status.code() == Some(ready))
        };
        Self::serve(folder, tools.clone(), is_ready)
    }

    /// Makes a copy of a server, which follows it, and starts it. The rules of the other one must
    /// let `postgres` in for replication.
    pub(crate) fn standby_of(primary: &Self) -> Self {
        let folder = folder("pg");
        let home = &folder.path().to_owned();
        let tools = installed();
        let data = home.join("data");
        fs::create_dir(&data).expect("the folder is ours");
        fs::set_permissions(&data, PermissionsExt::from_mode(0o700)).expect("the folder is ours");
        give(&data);
        let mut copy = tool(&tools, home, "pg_basebackup");
        copy.args(["-R", "-w", "-c", "fast", "-U", "postgres", "-h", "127.0.0.1"]);
        run(copy.args(["-p", &primary.port.to_string(), "-D"]).arg(&data));
        let follows = |port: u16| {
            let question = "SELECT count(sender_host) FROM pg_stat_wal_receiver";
            let mut ask = psql(&tools, home, port, "postgres");
            let answer = ask.args(["-c", question]).stdin(Stdio::null()).output();
            answer.is_ok_and(|answer| answer.stdout.trim_ascii() == b"1")
        };
        Self::serve(folder, tools.clone(), follows)
    }

    /// Starts the server that has been made in a folder, and waits until it `is_ready` at its port.
    fn serve(folder: TempDir, tools: PathBuf, is_ready: impl Fn(u16) -> bool) -> Self {
        let (data, port) = (folder.path().join("data"), free_port());
        let mut command = tool(&tools, folder.path(), "postgres");
        command.arg("-D").arg(&data).arg("-k").arg(&data).args(["-p", &port.to_string()]);
        let process = Process::start("postgres", folder, &command, || is_ready(port));
        Self { process, tools, port }
    }

    /// Does something in a database, as its superuser; what comes back, in lines.
    pub(crate) fn sql(&self, database: &str, statements: &str) -> String {
        let mut ask = psql(&self.tools, self.process.folder(), self.port, database);
        run(ask.args(["-c", statements]))
    }

    /// Enters lines into psql, as its superuser: also what is no SQL but psql's own.
    pub(crate) fn enter(&self, database: &str, lines: &str) {
        let file = self.process.folder().join("lines.sql");
        fs::write(&file, format!("{lines}\n")).expect("the folder is ours");
        run(psql(&self.tools, self.process.folder(), self.port, database).arg("-f").arg(&file));
    }

    /// Its address, as a configuration of Quay's has it.
    pub(crate) fn uri(&self, user: &str, password: &str, database: &str) -> String {
        format!("postgresql://{user}:{password}@127.0.0.1:{}/{database}", self.port)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let folder = self.process.folder();
        let mut stop = tool(&self.tools, folder, "pg_ctl");
        stop.arg("-D").arg(folder.join("data")).args(["-m", "immediate", "stop"]);
        // The process ends in any case; this takes its shared memory along.
        let _ = stop.stdin(Stdio::null()).output();
    }
}

/// Who may come in, and what is set.
fn configure(setup: &Setup<'_>, data: &Path) {
    let write = |name: &str, text: &str| {
        let path = data.join(name);
        fs::write(&path, text).expect("the folder is ours");
        fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).expect("the file is ours");
        give(&path);
    };
    let mut settings = String::from("listen_addresses = '127.0.0.1'\nfsync = off\n");
    settings.push_str("max_connections = 300\nlogging_collector = off\n");
    if let Some(signed) = setup.signed {
        write("server.crt", &signed.certificate);
        write("server.key", &signed.key);
        settings.push_str("ssl = on\n");
    }
    if let Some(authority) = setup.authority {
        write("root.crt", authority);
        settings.push_str("ssl_ca_file = 'root.crt'\n");
    }
    if matches!(setup.lack, Lack::Primary | Lack::Openness) {
        write("standby.signal", "");
        let open = if setup.lack == Lack::Primary { "on" } else { "off" };
        let _ = writeln!(settings, "hot_standby = {open}");
    }
    settings.push_str(setup.settings);
    write("postgresql.conf", &settings);
    write("pg_hba.conf", &format!("local all all trust\n{}\n", setup.rules));
}

/// The program that talks with a server, as its superuser.
fn psql(tools: &Path, home: &Path, port: u16, database: &str) -> Command {
    let mut ask = tool(tools, home, "psql");
    ask.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-h"]);
    ask.arg(home.join("data")).args(["-p", &port.to_string(), "-d", database]);
    ask
}

/// One of its programs, as the user that it runs as.
fn tool(tools: &Path, home: &Path, name: &str) -> Command {
    let program = if name == "sh" { PathBuf::from(name) } else { tools.join(name) };
    let mut command = if is_root() {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--init-groups"]).arg(program);
        command
    } else {
        Command::new(program)
    };
    command.current_dir(home).env("HOME", home).env("LC_ALL", "C");
    for name in ["PGDATA", "PGPORT", "PGHOST", "PGUSER", "PGPASSWORD", "PGDATABASE"] {
        command.env_remove(name);
    }
    command
}

/// Gives a file to the user that it runs as: it refuses to run as root.
fn give(path: &Path) {
    if is_root() {
        run(Command::new("chown").arg("postgres:").arg(path));
    }
}

/// The folder of its programs.
fn installed() -> PathBuf {
    let asked = Command::new("pg_config").arg("--bindir").stdin(Stdio::null()).output();
    let told = asked.ok().map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    let found = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let mut found: Vec<PathBuf> =
        found.filter_map(|entry| entry.ok().map(|entry| entry.path().join("bin"))).collect();
    // The newest one first, where several stand side by side.
    found.sort();
    found.reverse();
    let path = std::env::var_os("PATH").unwrap_or_default();
    told.map(PathBuf::from)
        .into_iter()
        .chain(found)
        .chain(std::env::split_paths(&path))
        .find(|folder| PROGRAMS.iter().all(|name| folder.join(name).is_file()))
        .expect(
            "this test needs a PostgreSQL server and finds none: initdb and the others are neither \
             where pg_config says, nor in /usr/lib/postgresql, nor in PATH; install the package \
             postgresql",
        )
}

/// The programs as they are where the extensions are not installed: it looks for those beside
/// itself, so this is a copy of it with nothing there.
fn without_extensions(home: &Path) -> PathBuf {
    let real = installed();
    let share = run(Command::new(real.join("pg_config")).arg("--sharedir"));
    let share = Path::new(share.trim()).to_owned();
    let library = run(Command::new(real.join("pg_config")).arg("--pkglibdir"));
    let inside = |path: &Path| {
        let place = home.join(path.strip_prefix("/").expect("programs have whole paths"));
        fs::create_dir_all(place.parent().expect("it is in the folder")).expect("it is ours");
        place
    };
    let tools = inside(&real);
    fs::create_dir_all(&tools).expect("the folder is ours");
    for name in PROGRAMS {
        fs::copy(real.join(name), tools.join(name)).expect("programs can be read");
    }
    let copy = inside(&share);
    run(Command::new("cp").arg("-r").arg(&share).arg(&copy));
    for entry in fs::read_dir(copy.join("extension")).expect("it was copied").flatten() {
        if entry.file_name().to_string_lossy().starts_with("pg_trgm") {
            fs::remove_file(entry.path()).expect("the file is ours");
        }
    }
    let library = Path::new(library.trim()).to_owned();
    std::os::unix::fs::symlink(&library, inside(&library)).expect("the folder is ours");
    tools
}
