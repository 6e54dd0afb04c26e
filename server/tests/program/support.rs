//! Runs the real program, in a folder of its own and without this machine's environment.

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, Response};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

/// The user of the editor.
pub(crate) const USER: &str = "quayconfig";
/// The longest anything here may take, on the busiest machine.
const PATIENCE: Duration = Duration::from_mins(2);

/// Waits for something that must come.
pub(crate) async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    timeout(PATIENCE, future).await.unwrap_or_else(|_| panic!("waited in vain for {what}"))
}

/// A path as an argument.
pub(crate) fn arg(path: &Path) -> &str {
    path.to_str().expect("temporary folders have plain names")
}

/// A file in a folder, with this content.
pub(crate) fn file(folder: &Path, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, content).expect("the folder is ours");
    path
}

fn program(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_quay-console"));
    command.env_clear().current_dir(folder).kill_on_drop(true).stdin(Stdio::null());
    command
}

/// What the program left behind when it ended.
pub(crate) struct Ended {
    /// Its exit code.
    pub(crate) code: Option<i32>,
    /// What it said.
    pub(crate) out: String,
    /// What it complained of.
    pub(crate) err: String,
}

/// Runs the program to its end.
pub(crate) async fn run(folder: &Path, args: &[&str]) -> Ended {
    let ended = soon("the program's end", program(folder).args(args).output()).await;
    let ended = ended.expect("the program can be started");
    Ended {
        code: ended.status.code(),
        out: String::from_utf8_lossy(&ended.stdout).into_owned(),
        err: String::from_utf8_lossy(&ended.stderr).into_owned(),
    }
}

/// A running console; it is killed when this is dropped.
pub(crate) struct Console {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    log: PathBuf,
    /// Where it says that it is.
    pub(crate) address: String,
    /// What it says about the password.
    pub(crate) hint: String,
}

/// How a console ended.
pub(crate) struct Stopped {
    /// Its exit code, none when a signal ended it.
    pub(crate) code: Option<i32>,
    /// What it said after the two first lines.
    pub(crate) rest: Vec<String>,
    /// Its log.
    pub(crate) log: String,
}

impl Console {
    /// Starts a console on a free port and waits until it is ready.
    pub(crate) async fn start(folder: &Path, args: &[&str]) -> Self {
        let log = folder.join("log.txt");
        let into = fs::File::create(&log).expect("the folder is ours");
        let data = folder.join("data");
        let mut child = program(folder)
            .args(["config", "--listen", "127.0.0.1:0", "--data-dir", arg(&data)])
            .args(args)
            .stdout(Stdio::piped())
            .stderr(into)
            .spawn()
            .expect("the program can be started");
        let out = child.stdout.take().expect("the output was asked for");
        let mut lines = BufReader::new(out).lines();
        let mut said = Vec::new();
        for what in ["the address", "the password's line"] {
            let line = soon(what, lines.next_line()).await.expect("the output is text");
            let Some(line) = line else {
                let log = fs::read_to_string(&log).unwrap_or_default();
                panic!("the program ended before it said {what}: {log}");
            };
            said.push(line);
        }
        let address = said[0].rsplit(' ').next().unwrap_or_default().to_owned();
        Self { child, lines, log, address, hint: said.swap_remove(1) }
    }

    /// Ends the console as a container's host does, and waits for it.
    pub(crate) async fn terminate(mut self) -> Stopped {
        let id = self.child.id().expect("it is still running").to_string();
        let asked = Command::new("sh").args(["-c", "kill -TERM \"$1\"", "sh", &id]).status().await;
        assert!(asked.is_ok_and(|status| status.success()), "the signal could not be sent");
        let mut rest = Vec::new();
        while let Ok(Some(line)) = soon("the end of the output", self.lines.next_line()).await {
            rest.push(line);
        }
        let status = soon("the program's end", self.child.wait()).await;
        let code = status.expect("the program can be waited for").code();
        Stopped { code, rest, log: fs::read_to_string(&self.log).unwrap_or_default() }
    }

    /// Sends user name and password.
    pub(crate) async fn log_in(&self, client: &Client, password: &str) -> Response {
        let fields = [("user", USER), ("password", password)];
        let request = client.post(format!("{}/login", self.address)).form(&fields);
        soon("the answer to a log-in", request.send()).await.expect("the console answers")
    }
}

/// A browser that follows no redirect and trusts these authorities only.
pub(crate) fn browser(authorities: Vec<Certificate>) -> Client {
    // Only fails when another test has installed it already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = Client::builder().redirect(Policy::none()).no_proxy().timeout(PATIENCE);
    builder.tls_certs_only(authorities).build().expect("a client can be made")
}

/// The pair `name=token` of the cookie that an answer sets.
pub(crate) fn cookie(answer: &Response) -> String {
    let cookie = answer.headers().get("set-cookie").and_then(|value| value.to_str().ok());
    let pair = cookie.and_then(|cookie| cookie.split(';').next());
    pair.expect("the answer sets a cookie").to_owned()
}

/// A certificate for 127.0.0.1, its key, and the authority that signed it.
pub(crate) struct Pair {
    /// The certificate's file.
    pub(crate) cert: PathBuf,
    /// The key's file.
    pub(crate) key: PathBuf,
    /// The authority.
    pub(crate) authority: Certificate,
}

impl Pair {
    /// Makes a pair; `name` tells its files from those of others.
    pub(crate) fn make(folder: &TempDir, name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("no name is a name too");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(rcgen::DnType::CommonName, format!("{name} authority"));
        let key = KeyPair::generate().expect("keys can be made");
        let authority = CertifiedIssuer::self_signed(params, key).expect("a key can sign");
        let own = KeyPair::generate().expect("keys can be made");
        let names = vec!["127.0.0.1".to_owned()];
        let params = CertificateParams::new(names).expect("an address is a name");
        let cert = params.signed_by(&own, &authority).expect("the authority can sign");
        Self {
            cert: file(folder.path(), &format!("{name}.crt"), cert.pem()),
            key: file(folder.path(), &format!("{name}.key"), own.serialize_pem()),
            authority: Certificate::from_pem(authority.pem().as_bytes()).expect("it is PEM"),
        }
    }
}
