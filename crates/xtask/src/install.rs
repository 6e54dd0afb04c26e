//! Installs what is missing: the wasm target, wasm-bindgen, npm and Debian packages.

use crate::{Done, has, root, run_program};
use std::fs;
use std::process::Command;

/// What a build needs, as (program, Debian package).
const BUILD_PROGRAMS: &[(&str, &str)] =
    &[("cc", "gcc"), ("node", "nodejs"), ("npm", "npm"), ("brotli", "brotli")];
/// What tests need besides, as (program, Debian package).
const TEST_PROGRAMS: &[(&str, &str)] = &[
    // libFuzzer is written in C++.
    ("c++", "g++"),
    ("chromium", "chromium"),
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

/// Installs what a build needs and, if asked, what tests need.
pub(crate) fn install(test: bool) -> Done {
    let wanted = BUILD_PROGRAMS.iter().chain(if test { TEST_PROGRAMS } else { &[] });
    let mut packages: Vec<&str> =
        wanted.filter(|(program, _)| !has(program)).map(|(_, package)| *package).collect();
    if packages.contains(&"gcc") {
        // The compiler alone has neither headers nor a start file.
        packages.push("libc6-dev");
    }
    if test && python().is_none() {
        packages.push("python3-yaml");
    }
    if !packages.is_empty() {
        apt(&packages)?;
    }
    run_program("rustup", &["target", "add", "wasm32-unknown-unknown"])?;
    wasm_bindgen()?;
    let modules = root().join("end2end/node_modules/.package-lock.json");
    let fresh = |path: &std::path::Path| fs::metadata(path).and_then(|found| found.modified()).ok();
    if fresh(&modules) < fresh(&root().join("end2end/package-lock.json")) || !modules.exists() {
        run_program(
            "npm",
            &["--prefix", "end2end", "ci", "--no-audit", "--no-fund", "--loglevel=error"],
        )?;
    }
    Ok(())
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
    before.extend(["apt-get", "-o", "DPkg::Lock::Timeout=600"]);
    let call = |tail: &[&str]| {
        let words: Vec<&str> = before.iter().chain(tail).copied().collect();
        run_program(words[0], &words[1..])
    };
    call(&["update", "-qq"])?;
    let install = ["install", "-y", "-qq", "--no-install-recommends"];
    call(&install.iter().chain(packages).copied().collect::<Vec<_>>())
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
