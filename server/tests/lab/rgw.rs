//! A real gateway of Ceph, with a small Ceph of its own behind it: one monitor, and one store that
//! keeps everything in memory. It takes some three seconds to start.

use super::process::{Process, folder, free_port, listens, run};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The access key of the user `quay`.
pub(crate) const ACCESS: &str = "QUAYKEY";
/// The secret key of that user.
pub(crate) const SECRET: &str = "quaysecret";
/// The ARN of the role that this user may take on.
pub(crate) const ROLE: &str = "arn:aws:iam:::role/quay";

/// A running gateway. What it runs on ends after it.
pub(crate) struct Rgw {
    _gateways: Vec<Process>,
    _store: Process,
    _monitor: Process,
    /// The settings of all of Ceph.
    pub(crate) config: PathBuf,
    /// Where it listens.
    pub(crate) port: u16,
    /// Where another one listens that also takes the keys of roles, and encrypts.
    pub(crate) role_port: u16,
}

impl Rgw {
    /// Starts everything and makes the user `quay`.
    pub(crate) fn start() -> Self {
        let (monitor_port, port, role_port) = (free_port(), free_port(), free_port());
        let home = folder("ceph");
        let at = home.path().to_owned();
        let config = configure(&at, monitor_port, port, role_port);
        let shown = |path: PathBuf| path.display().to_string();
        let (map, ring) = (shown(at.join("monmap")), shown(at.join("keyring")));
        let monitor = |more: &[&str]| {
            let mut command = program("ceph-mon", &config);
            command.args(["-i", "a", "--keyring", &ring]).args(more);
            command
        };
        run(&mut monitor(&["--mkfs", "--monmap", &map]));
        let monitor = Process::start("ceph-mon", home, &monitor(&["-f"]), || listens(monitor_port));
        let id = uuid::Uuid::new_v4().to_string();
        run(program("ceph", &config).args(["osd", "new", &id]));
        let store = |more: &[&str]| {
            let mut command = program("ceph-osd", &config);
            command.args(["-i", "0", "--keyring", &ring]).args(more);
            command
        };
        run(&mut store(&["--mkfs", "--osd-uuid", &id]));
        let is_up = || {
            let asked = program("ceph", &config).args(["osd", "stat", "-f", "json"]).output();
            asked.is_ok_and(|said| {
                String::from_utf8_lossy(&said.stdout).contains("\"num_up_osds\":1")
            })
        };
        let store = Process::start("ceph-osd", folder("osd"), &store(&["-f"]), is_up);
        let gateway = |name: &str, port: u16| {
            let mut command = program("radosgw", &config);
            command.args(["-f", "-n", name, "--keyring", &ring]);
            Process::start("radosgw", folder("rgw"), &command, || listens(port))
        };
        // One after the other: the first one makes what both need.
        let gateways = vec![gateway("client.gateway", port), gateway("client.roles", role_port)];
        let rgw =
            Self { _gateways: gateways, _store: store, _monitor: monitor, config, port, role_port };
        rgw.add_user("quay", ACCESS, SECRET);
        rgw
    }

    /// Makes a user.
    pub(crate) fn add_user(&self, name: &str, access: &str, secret: &str) {
        let keys = ["--access-key", access, "--secret-key", secret];
        self.admin(
            &[&["user", "create", "--uid", name, "--display-name", name][..], &keys].concat(),
        );
    }

    /// Lets a user store so many bytes only.
    pub(crate) fn limit(&self, user: &str, bytes: &str) {
        let whose = ["--quota-scope=user", "--uid", user];
        self.admin(&[&["quota", "set", "--max-size", bytes][..], &whose].concat());
        self.admin(&[&["quota", "enable"][..], &whose].concat());
    }

    /// Makes the role [`ROLE`], which the user `quay` may take on and which may do everything.
    pub(crate) fn add_role(&self) {
        let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":["arn:aws:iam:::user/quay"]},"Action":["sts:AssumeRole"]}]}"#;
        let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:*"],"Resource":"arn:aws:s3:::*"}]}"#;
        let trust = format!("--assume-role-policy-doc={trust}");
        self.admin(&["role", "create", "--role-name=quay", &trust]);
        let policy = format!("--policy-doc={policy}");
        self.admin(&["role-policy", "put", "--role-name=quay", "--policy-name=all", &policy]);
    }

    /// Does something as the administrator of the gateway.
    pub(crate) fn admin(&self, words: &[&str]) -> String {
        run(program("radosgw-admin", &self.config).args(words))
    }
}

/// One of Ceph's programs.
fn program(name: &str, config: &Path) -> Command {
    let mut command = Command::new(name);
    command.arg("-c").arg(config).env("CEPH_CONF", config);
    command
}

/// Writes the settings, the keys and the map of the monitor.
fn configure(at: &Path, monitor_port: u16, port: u16, role_port: u16) -> PathBuf {
    for made in ["mon", "osd/0", "rgw", "run", "log"] {
        fs::create_dir_all(at.join(made)).expect("the folder is ours");
    }
    let id = uuid::Uuid::new_v4().to_string();
    let text = SETTINGS
        .replace("{at}", &at.display().to_string())
        .replace("{id}", &id)
        .replace("{monitor}", &monitor_port.to_string())
        .replace("{port}", &port.to_string())
        .replace("{role_port}", &role_port.to_string());
    let config = at.join("ceph.conf");
    fs::write(&config, text).expect("the folder is ours");
    let ring = at.join("keyring");
    run(Command::new("ceph-authtool").arg("--create-keyring").arg(&ring));
    for (name, monitor, store) in [
        ("mon.", "allow *", "allow *"),
        ("client.admin", "allow *", "allow *"),
        ("client.gateway", "allow *", "allow *"),
        ("client.roles", "allow *", "allow *"),
        ("osd.0", "allow profile osd", "allow *"),
    ] {
        let mut command = Command::new("ceph-authtool");
        command.arg(&ring).args(["--gen-key", "-n", name]);
        run(command.args(["--cap", "mon", monitor, "--cap", "osd", store]));
    }
    let address = format!("[v2:127.0.0.1:{monitor_port}]");
    let mut map = Command::new("monmaptool");
    map.args(["--create", "--clobber", "--addv", "a", &address, "--fsid", &id]);
    run(map.arg(at.join("monmap")));
    config
}

const SETTINGS: &str = "[global]
fsid = {id}
mon host = v2:127.0.0.1:{monitor}/0
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind ipv4 = true
ms bind ipv6 = false
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
osd class update on start = false
osd data = {at}/osd/$id
osd objectstore = memstore
memstore device bytes = 268435456
mon data = {at}/mon/$id
mon max pg per osd = 1000
mon allow pool size one = true
mon data avail warn = 2
mon data avail crit = 1
mon cluster log file = {at}/log/cluster.log
paxos propose interval = 0.05
paxos min wait = 0.01
run dir = {at}/run
admin socket =
pid file =
log file = {at}/log/$name.log
crash dir = {at}/log
keyring = {at}/keyring
rgw data = {at}/rgw
rgw enable usage log = false
[client.gateway]
rgw frontends = beast endpoint=127.0.0.1:{port}
rgw enable apis = s3, swift, swift_auth, admin
[client.roles]
rgw frontends = beast endpoint=127.0.0.1:{role_port}
rgw enable apis = s3, sts, iam, admin
rgw s3 auth use sts = true
rgw sts key = abcdefghijklmnop
rgw crypt require ssl = false
rgw crypt default encryption key = MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=
";
