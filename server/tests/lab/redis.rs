//! A real Redis and a real Sentinel, and a door before a Redis for what no real one does here.

use super::certificates::Signed;
use super::process::{Process, folder, free_port, listens, run};
use std::fmt::Write as _;
use std::fs;
use std::future::Future;
use std::io;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A running Redis, with a plain port and one for TLS.
pub(crate) struct Redis {
    process: Process,
    /// Where it speaks in clear.
    pub(crate) port: u16,
    /// Where it speaks TLS.
    pub(crate) tls_port: u16,
    /// Where members of a cluster talk to one another.
    bus_port: u16,
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

    /// One without a password that speaks TLS only.
    pub(crate) fn tls_only(signed: &Signed) -> Self {
        let tls_port = free_port();
        Self::launch(signed, [0, tls_port, 0], "", move || listens(tls_port))
    }

    /// A member of a cluster, with these lines of `redis.conf`. At first it knows no other member
    /// and holds no slot.
    pub(crate) fn member(signed: &Signed, lines: &str) -> Self {
        let (port, bus_port) = (free_port(), free_port());
        let lines = format!("cluster-enabled yes\ncluster-port {bus_port}\n{lines}");
        Self::launch(signed, [port, free_port(), bus_port], &lines, move || answers(port))
    }

    /// Makes it know another member of its cluster.
    pub(crate) fn meet(&self, other: &Self) {
        let (port, bus_port) = (other.port.to_string(), other.bus_port.to_string());
        self.say(&["CLUSTER", "MEET", "127.0.0.1", &port, &bus_port]);
    }

    fn start_with(signed: &Signed, lines: &str) -> Self {
        let port = free_port();
        Self::launch(signed, [port, free_port(), 0], lines, move || answers(port))
    }

    fn launch(
        signed: &Signed,
        [port, tls_port, bus_port]: [u16; 3],
        lines: &str,
        is_ready: impl Fn() -> bool,
    ) -> Self {
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
        let process = Process::start("redis", folder, &command, is_ready);
        Self { process, port, tls_port, bus_port }
    }
}

/// Whether a Redis answers on a port. With a password it refuses, which is an answer as well.
fn answers(port: u16) -> bool {
    let mut ask = Command::new("redis-cli");
    ask.args(["-h", "127.0.0.1", "-p", &port.to_string(), "PING"]);
    ask.stderr(Stdio::null()).output().is_ok_and(|done| done.status.success())
}

/// A running Sentinel that watches nobody.
pub(crate) struct Sentinel {
    _process: Process,
    /// Where it listens.
    pub(crate) port: u16,
}

impl Sentinel {
    /// Starts one.
    pub(crate) fn start() -> Self {
        let (port, folder) = (free_port(), folder("sentinel"));
        let config = folder.path().join("sentinel.conf");
        let text = format!("bind 127.0.0.1\nport {port}\ndir {}\n", folder.path().display());
        fs::write(&config, text).expect("the folder is ours");
        let mut command = Command::new("redis-server");
        command.arg(&config).arg("--sentinel");
        let process = Process::start("sentinel", folder, &command, move || answers(port));
        Self { _process: process, port }
    }
}

/// How a Redis in protected mode refuses clients of other machines.
const DENIED: &[u8] = b"-DENIED Redis is running in protected mode because protected mode is \
    enabled and no password is set for the default user.\r\n";
/// Bytes that are passed on at once.
const BLOCK: usize = 4096;

/// A door before a Redis, which runs until it is dropped.
pub(crate) struct Door {
    /// Where it listens.
    pub(crate) port: u16,
    task: JoinHandle<()>,
}

impl Drop for Door {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Door {
    /// A stand-in that turns everybody away, as a Redis in protected mode does. A real one takes
    /// whoever comes from its own machine.
    pub(crate) async fn denying() -> Self {
        Self::open(|mut stream| async move {
            let _ = stream.write_all(DENIED).await;
        })
        .await
    }

    /// A proxy that leads to a Redis on this port, and hangs up when `INFO` is asked, as proxies
    /// for many servers do.
    pub(crate) async fn without_info(to: u16) -> Self {
        Self::open(move |stream| lead(stream, to)).await
    }

    async fn open<F>(serve: impl Fn(TcpStream) -> F + Send + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
        let port = listener.local_addr().expect("it listens").port();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream));
            }
        });
        Self { port, task }
    }
}

async fn lead(mut client: TcpStream, to: u16) {
    let mut redis = TcpStream::connect(("127.0.0.1", to)).await.expect("Redis listens");
    let (mut asked, mut said) = ([0; BLOCK], [0; BLOCK]);
    let mut is_open = true;
    while is_open {
        is_open = tokio::select! {
            read = client.read(&mut asked) => pass(read, &asked, &mut redis).await,
            read = redis.read(&mut said) => pass(read, &said, &mut client).await,
        };
    }
}

/// Passes on what was read, if there is something and it does not ask for `INFO`.
async fn pass(read: io::Result<usize>, block: &[u8], to: &mut TcpStream) -> bool {
    let bytes = &block[..read.unwrap_or(0)];
    let is_passed = !bytes.is_empty() && !bytes.windows(4).any(|part| part == b"INFO");
    is_passed && to.write_all(bytes).await.is_ok()
}
