//! Installs what is missing: the wasm target, wasm-bindgen, npm and Debian packages.

use crate::build::target_dir;
use crate::{Done, has, root, run_program};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What a build needs, as (program, Debian package).
const BUILD_PROGRAMS: &[(&str, &str)] =
    &[("cc", "gcc"), ("node", "nodejs"), ("npm", "npm"), ("brotli", "brotli")];
/// What tests need besides, as (program, Debian package).
const TEST_PROGRAMS: &[(&str, &str)] = &[
    // libFuzzer is written in C++.
    ("c++", "g++"),
    ("chromium", "chromium"),
    // Services that only live checks are tried against.
    ("mariadbd", "mariadb-server"),
    ("memcached", "memcached"),
];
/// What tests and the lab need for networks, containers and certificates, in the same way.
const MACHINE_PROGRAMS: &[(&str, &str)] = &[
    ("podman", "podman"),
    ("runc", "runc"),
    ("conmon", "conmon"),
    ("/usr/lib/podman/netavark", "netavark"),
    ("/usr/lib/podman/aardvark-dns", "aardvark-dns"),
    ("iptables", "iptables"),
    ("ip", "iproute2"),
    ("unshare", "util-linux"),
    ("pg_ctlcluster", "postgresql"),
    ("openssl", "openssl"),
    ("curl", "curl"),
];
/// The services of the lab, against which live checks are tried too, as (program, Debian package).
const SERVICES: &[(&str, &str)] = &[
    ("redis-server", "redis-server"),
    ("redis-cli", "redis-tools"),
    ("slapd", "slapd"),
    ("ldapadd", "ldap-utils"),
    ("haproxy", "haproxy"),
    ("ceph-mon", "ceph-mon"),
    ("ceph-osd", "ceph-osd"),
    ("ceph-mgr", "ceph-mgr"),
    ("ceph-authtool", "ceph-common"),
    ("radosgw", "radosgw"),
];
/// What the lab of `make lab` needs besides, in the same way.
const LAB_PROGRAMS: &[(&str, &str)] = &[
    ("psql", "postgresql-client"),
    ("nsenter", "util-linux"),
    ("setpriv", "util-linux"),
    ("hostname", "hostname"),
];
/// Services that take long to install and to start: for `make test-full`.
const FULL_SERVICES: &[(&str, &str)] = &[
    ("keystone-manage", "keystone"),
    ("uwsgi", "uwsgi-core"),
    ("uwsgi_python3", "uwsgi-plugin-python3"),
];
/// Where the lab's own scripts are, and the lists of what they need from `npm` and `PyPI`.
pub(crate) const LAB: &str = "server/tests/lab";
/// Installs Debian's packages and leaves the services they bring off.
const APT: &str = include_str!("install/apt.sh");

/// What is going to be done, and so what is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Purpose {
    /// The program is built.
    Build,
    /// The lab is started.
    Lab,
    /// Everything is tested but what needs services that take long to start.
    Test,
    /// Everything is tested.
    TestFull,
}

/// Installs what is missing.
pub(crate) fn install(purpose: Purpose) -> Done {
    let (services, test) = (purpose >= Purpose::Lab, purpose >= Purpose::Test);
    let mut wanted = BUILD_PROGRAMS.to_vec();
    if services {
        wanted.extend(MACHINE_PROGRAMS.iter().chain(SERVICES).chain(LAB_PROGRAMS));
    }
    if test {
        wanted.extend(TEST_PROGRAMS);
    }
    if purpose == Purpose::TestFull {
        wanted.extend(FULL_SERVICES);
    }
    wanted.retain(|(program, _)| !has(program));
    let mut packages: Vec<&str> = wanted.into_iter().map(|(_, package)| package).collect();
    if packages.contains(&"gcc") {
        // The compiler alone has neither headers nor a start file.
        packages.push("libc6-dev");
    }
    if test && python().is_none() {
        packages.push("python3-yaml");
    }
    if services && !can_make_environments() {
        packages.push("python3-venv");
    }
    if !packages.is_empty() {
        apt(&packages)?;
    }
    run_program("rustup", &["target", "add", "wasm32-unknown-unknown"])?;
    wasm_bindgen()?;
    node_packages("end2end")?;
    if services {
        node_packages(LAB)?;
        python_packages()?;
    }
    Ok(())
}

fn changed_at(path: &Path) -> Option<std::time::SystemTime> {
    fs::metadata(path).and_then(|found| found.modified()).ok()
}

/// The npm packages that a folder lists, unless they are there already.
fn node_packages(folder: &str) -> Done {
    let modules = root().join(folder).join("node_modules/.package-lock.json");
    let list = root().join(folder).join("package-lock.json");
    if modules.exists() && changed_at(&modules) >= changed_at(&list) {
        return Ok(());
    }
    let quietly = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
    run_program("npm", &[&["--prefix", folder], quietly.as_slice()].concat())
}

/// Where the lab's Python is.
pub(crate) fn lab_python() -> PathBuf {
    target_dir().join("lab-python")
}

/// The Python packages that the lab lists, in an environment of their own.
fn python_packages() -> Done {
    let (folder, list) = (lab_python(), root().join(LAB).join("requirements.txt"));
    let done = folder.join("done");
    if changed_at(&done) > changed_at(&list) {
        return Ok(());
    }
    let text = |path: &Path| path.display().to_string();
    run_program("python3", &["-m", "venv", "--clear", &text(&folder)])?;
    let pip = text(&folder.join("bin/pip"));
    run_program(&pip, &["install", "--quiet", "--disable-pip-version-check", "-r", &text(&list)])?;
    fs::write(&done, "").map_err(|error| format!("could not write {}: {error}", done.display()))
}

fn can_make_environments() -> bool {
    let asked = Command::new("python3").args(["-c", "import ensurepip, venv"]).output();
    asked.is_ok_and(|done| done.status.success())
}

/// A Python that can read YAML, none when there is none.
pub(crate) fn python() -> Option<&'static str> {
    ["/usr/bin/python3", "python3"].into_iter().find(|python| {
        Command::new(python)
            .args(["-c", "import yaml"])
            .output()
            .is_ok_and(|done| done.status.success())
    })
}

fn apt(packages: &[&str]) -> Done {
    let sudo = !has("sudo") || fs::metadata("/root").is_ok_and(|_| running_as_root());
    let mut before: Vec<&str> = if sudo { Vec::new() } else { vec!["sudo"] };
    before.extend(["sh", "-c", APT, "apt.sh"]);
    let words: Vec<&str> = before.iter().chain(packages).copied().collect();
    run_program(words[0], &words[1..])
}

fn running_as_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|done| done.stdout.starts_with(b"0\n"))
}

/// The wasm-bindgen program must be of the very version the library is locked to.
fn wasm_bindgen() -> Done {
    let lock = fs::read_to_string(root().join("Cargo.lock")).map_err(|error| error.to_string())?;
    let version = lock
        .split("[[package]]")
        .find(|package| package.contains("name = \"wasm-bindgen\"\n"))
        .and_then(|package| package.split("version = \"").nth(1)?.split('"').next())
        .ok_or("Cargo.lock does not name wasm-bindgen")?;
    let present = Command::new("wasm-bindgen").arg("--version").output();
    if present.is_ok_and(|done| String::from_utf8_lossy(&done.stdout).trim().ends_with(version)) {
        return Ok(());
    }
    // Not --locked: the published lock file asks for a version that is gone from the registry.
    let args = ["install", "wasm-bindgen-cli", "--version", version, "--force"];
    let quick = [
        ("CARGO_PROFILE_RELEASE_LTO", "off"),
        ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16"),
        ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1"),
    ];
    crate::run_with("cargo", &args, &quick)
}
