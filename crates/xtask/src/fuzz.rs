//! `cargo xtask fuzz`: builds the fuzz targets and feeds each for some seconds.
//!
//! `cargo fuzz` would need a nightly compiler, for its sanitizers. They look for faults of unsafe
//! code, and ours has none. To follow which branches an input takes, the stable compiler is enough.

use crate::build::target_dir;
use crate::{Done, root, run_program, run_with};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// How long each target is fed unless something else is asked for.
pub(crate) const SECONDS: u32 = 20;
/// What `make test` begins its random numbers with, so that the next run does the same.
pub(crate) const SEED: u32 = 1;
/// What `cargo fuzz` passes too; without sanitizers, all of it is stable.
const FLAGS: [&str; 7] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "--cfg",
    "fuzzing",
];
/// Where the targets are declared.
pub(crate) const MANIFEST: &str = "fuzz/Cargo.toml";
/// Memory and time that no input may take; what we keep of an import is far below.
const LIMITS: [&str; 2] = ["-rss_limit_mb=1024", "-timeout=10"];

/// What stands before the number of inputs in what a target says at its end.
const TRIED: &str = "stat::number_of_executed_units:";

/// A program in `fuzz/fuzz_targets`, and how it is fed.
struct Target {
    name: &'static str,
    /// The longest input that is made up. A short one can do nearly all that a long one can.
    bytes_max: &'static str,
    /// Folders of inputs to begin with.
    seeds: &'static [&'static str],
    /// A Python program that writes more of them.
    writer: Option<&'static str>,
    /// Words that inputs are made of.
    words: Option<&'static str>,
}

const TARGETS: [Target; 2] = [
    Target {
        name: "import_yaml",
        bytes_max: "4096",
        seeds: &["fuzz/seeds/import_yaml", "server/tests/fixtures"],
        writer: None,
        words: Some("fuzz/yaml.dict"),
    },
    Target {
        name: "import_archive",
        bytes_max: "65536",
        seeds: &[],
        writer: Some("fuzz/seeds/import_archive.py"),
        words: None,
    },
];

/// The names of all targets.
pub(crate) fn names() -> [&'static str; TARGETS.len()] {
    TARGETS.map(|target| target.name)
}

/// Feeds the named targets, all when none is named. The same `seed` makes the same random numbers.
pub(crate) fn fuzz(seconds: u32, seed: Option<u32>, wanted: &[String]) -> Done {
    let programs = build()?;
    let mut faults = Vec::new();
    for target in TARGETS {
        if wanted.is_empty() || wanted.iter().any(|name| name == target.name) {
            faults.extend(target.feed(&programs.join(target.name), seconds, seed).err());
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n")) }
}

/// Builds all targets and says where they are.
fn build() -> Result<PathBuf, String> {
    let folder = target_dir().join("fuzz");
    // With a target named, the flags do not reach build scripts and macros, which run here.
    let host = host()?;
    let args = [
        "build",
        "--release",
        "--locked",
        "--manifest-path",
        MANIFEST,
        "--target-dir",
        &folder.display().to_string(),
        "--target",
        &host,
    ];
    // In this form they come before all others, from wherever those are.
    run_with("cargo", &args, &[("CARGO_ENCODED_RUSTFLAGS", &FLAGS.join("\x1f"))])?;
    Ok(folder.join(host).join("release"))
}

/// The kind of this machine, as compilers name it.
fn host() -> Result<String, String> {
    let done = Command::new("rustc")
        .args(["--print", "host-tuple"])
        .output()
        .map_err(|error| format!("could not run rustc: {error}"))?;
    Ok(String::from_utf8_lossy(&done.stdout).trim().to_owned())
}

impl Target {
    /// First every input it begins with, then what is made of them.
    fn feed(&self, program: &Path, seconds: u32, seed: Option<u32>) -> Done {
        let name = self.name;
        let mut seeds: Vec<String> = self.seeds.iter().map(|&folder| folder.to_owned()).collect();
        if let Some(writer) = self.writer {
            let written = folder("fuzz-seeds", name)?;
            run_program("python3", &[writer, &written])?;
            seeds.push(written);
        }
        let limits = LIMITS.map(str::to_owned);

        let mut known = limits.to_vec();
        for folder in &seeds {
            known.extend(files(folder)?);
        }
        println!("> {name} with {} known inputs", known.len() - limits.len());
        feed_with(program, &known)?;

        let mut made_up = limits.to_vec();
        made_up.push(format!("-max_total_time={seconds}"));
        made_up.push(format!("-max_len={}", self.bytes_max));
        made_up.push(format!("-artifact_prefix={}/", folder("fuzz-artifacts", name)?));
        made_up.extend(["-verbosity=0", "-print_final_stats=1"].map(str::to_owned));
        made_up.extend(self.words.map(|words| format!("-dict={words}")));
        made_up.extend(seed.map(|seed| format!("-seed={seed}")));
        // What it learns goes into the first folder, and is there the next time.
        made_up.push(folder("fuzz-corpus", name)?);
        made_up.extend(seeds);
        println!("> {name} with new inputs for {seconds} seconds");
        let said = feed_with(program, &made_up)?;
        let tried = said.lines().find_map(|line| line.strip_prefix(TRIED));
        let tried = tried.ok_or(format!("{name} does not say how many inputs it tried"))?;
        println!("{name}: {} inputs tried, nothing found", tried.trim());
        Ok(())
    }
}

/// Runs a target and gives what it said; any end but a good one means that an input broke it.
fn feed_with(program: &Path, args: &[String]) -> Result<String, String> {
    let shown = program.display();
    let ran = Command::new(program)
        .args(args)
        .current_dir(root())
        .output()
        .map_err(|error| format!("could not run {shown}: {error}"))?;
    let said = String::from_utf8_lossy(&ran.stderr).into_owned();
    if ran.status.success() {
        return Ok(said);
    }
    // What was said of inputs that did no harm is left out.
    eprintln!("{}", said.rfind("\nRunning: ").map_or(said.as_str(), |at| &said[at + 1..]));
    Err(match broken_by(&said) {
        Some(input) => format!("an input breaks what must hold; see it with: {shown} {input}"),
        None => format!("{shown} ended with {} and named no input", ran.status),
    })
}

/// The input that ended a target: a new one that was saved, or the known one it had begun with.
fn broken_by(said: &str) -> Option<&str> {
    said.lines().rev().find_map(|line| {
        let saved = line.split_once("Test unit written to ").map(|(_, input)| input);
        saved.or_else(|| line.strip_prefix("Running: "))
    })
}

/// A folder for one target below where cargo builds; it is made when it is not there.
fn folder(purpose: &str, name: &str) -> Result<String, String> {
    let path = target_dir().join(purpose).join(name);
    fs::create_dir_all(&path)
        .map_err(|error| format!("could not make {}: {error}", path.display()))?;
    Ok(path.display().to_string())
}

/// The files in a folder, in the order of their names.
fn files(folder: &str) -> Result<Vec<String>, String> {
    let failed = |error| format!("could not read {folder}: {error}");
    let mut found = Vec::new();
    for entry in fs::read_dir(root().join(folder)).map_err(failed)? {
        found.push(entry.map_err(failed)?.path().display().to_string());
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_input_that_breaks_a_target_is_named() {
        let known = "Running: seeds/a\nExecuted seeds/a in 1 ms\nRunning: seeds/b\npanicked";
        assert_eq!(broken_by(known), Some("seeds/b"));
        let saved = "panicked\nartifact_prefix='x/'; Test unit written to x/crash-1\nBase64: Cg==";
        assert_eq!(broken_by(saved), Some("x/crash-1"));
        assert_eq!(broken_by("no such option"), None);
    }
}
