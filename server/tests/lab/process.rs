//! A program that runs as long as a test wants it, and no longer than the test process.

use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long a program may take until it is ready.
const READY_TIME: Duration = Duration::from_secs(90);
/// How often it is asked whether it is.
const ASK_EVERY: Duration = Duration::from_millis(20);
/// Runs a program until it ends, or until nobody holds the other end of its standard input any
/// more: so it ends with the test process, however that ends.
const KEEPER: &str = r#"exec 3<&0
"$@" </dev/null 3<&- &
program=$!
{ read -r _ <&3; kill -KILL "$program" 2>/dev/null; } &
reader=$!
wait "$program"
kill "$reader" 2>/dev/null"#;

/// A running program, and its folder.
pub(crate) struct Process {
    name: String,
    folder: TempDir,
    keeper: Child,
}

/// A folder that other users may enter, with a short name: sockets in it have short paths.
pub(crate) fn folder(name: &str) -> TempDir {
    let prefix = format!("{name}-");
    let folder = tempfile::Builder::new().prefix(&prefix).tempdir_in("/tmp");
    let folder = folder.expect("there is room for a folder");
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(folder.path(), open).expect("the folder is ours");
    folder
}

/// A port that nobody uses at this moment.
pub(crate) fn free_port() -> u16 {
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|at| at.local_addr());
    free.expect("there is a free port").port()
}

impl Process {
    /// Starts a program with what it writes in `output.txt` of its folder, and waits until `is_ready`.
    pub(crate) fn start(
        name: &str,
        folder: TempDir,
        command: &Command,
        is_ready: impl Fn() -> bool,
    ) -> Self {
        let log = File::create(folder.path().join("output.txt")).expect("the folder is ours");
        let errors = log.try_clone().expect("a file can be shared");
        let mut keeper = Command::new("sh");
        keeper.args(["-c", KEEPER, "keeper"]).arg(command.get_program()).args(command.get_args());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => keeper.env(name, value),
                None => keeper.env_remove(name),
            };
        }
        keeper.current_dir(command.get_current_dir().unwrap_or(folder.path()));
        keeper.stdin(Stdio::piped()).stdout(log).stderr(errors);
        let keeper = keeper.spawn().expect("there is a shell");
        let mut process = Self { name: name.to_owned(), folder, keeper };
        process.wait_for(is_ready);
        process
    }

    fn wait_for(&mut self, is_ready: impl Fn() -> bool) {
        let began = Instant::now();
        while !is_ready() {
            let ended = self.keeper.try_wait().expect("the keeper can be asked").is_some();
            assert!(
                !ended && began.elapsed() < READY_TIME,
                "{} is not ready: {}",
                self.name,
                self.log()
            );
            sleep(ASK_EVERY);
        }
    }

    /// Where its files are.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What it has written.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("output.txt")).unwrap_or_default()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// Whether this process runs as root, as in a build container.
pub(crate) fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

/// Whether somebody listens on a port.
pub(crate) fn listens(port: u16) -> bool {
    let address = (Ipv4Addr::LOCALHOST, port).into();
    TcpStream::connect_timeout(&address, Duration::from_millis(200)).is_ok()
}

/// Runs a program to its end, which must be a good one, and gives what it wrote.
pub(crate) fn run(command: &mut Command) -> String {
    let shown = command.get_program().display().to_string();
    let done = command.stdin(Stdio::null()).output();
    let done = done.unwrap_or_else(|error| panic!("{shown} could not be started: {error}"));
    let errors = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{shown} ended with {}: {errors}", done.status);
    String::from_utf8_lossy(&done.stdout).into_owned()
}

/// A program of the lab's own, in this folder.
pub(crate) fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lab").join(name)
}
