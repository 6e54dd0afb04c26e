//! `make test`: everything there is to test, counted, with the sum on the last line.

mod results;

use crate::build::target_dir;
use crate::install::Purpose;
use crate::{Done, assets, fuzz, generate, install, root, run_program, tidy};
use results::{Results, browser_results, line_results};
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// What is run on the container image, where it is present.
const CONTAINER: &str = "end2end/container.sh";
/// The fuzz targets are a workspace of their own.
const FORMAT_FUZZ: &[&str] = &["fmt", "--manifest-path", fuzz::MANIFEST, "--check"];
const CLIPPY: &[&str] =
    &["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"];
/// The crates that both sides use must be fit for the browser.
const WASM: &[&str] = &[
    "check",
    "--package",
    "config-model",
    "--package",
    "cluster",
    "--target",
    "wasm32-unknown-unknown",
    "--locked",
];
const TESTS: &[&str] = &["test", "--workspace", "--locked", "--no-fail-fast"];
const SERVER: &[&str] =
    &["build", "--release", "--package", "server", "--bin", "quay-console", "--locked"];

/// Runs everything; only a build that fails stops the rest.
///
/// `full` are those as well that need services which take long to install and to start.
pub(crate) fn test(full: bool) -> Done {
    let mut tally = Tally::default();
    if let Err(why) = run_all(&mut tally, full) {
        tally.fault(why);
    }
    for fault in &tally.faults {
        eprintln!("failed: {fault}");
    }
    let Results { passed, failed } = tally.results;
    println!("{passed} passed, {failed} failed");
    // The line above says it all, and must be the last one.
    if failed == 0 { Ok(()) } else { Err(String::new()) }
}

fn run_all(tally: &mut Tally, full: bool) -> Done {
    install::install(if full { Purpose::TestFull } else { Purpose::Test })?;
    tally.step(run_program("cargo", &["fmt", "--all", "--check"]));
    tally.step(run_program("cargo", FORMAT_FUZZ));
    // Release assets: the browser tests run on the release build.
    assets::build(false)?;
    tally.step(tidy::tidy());
    tally.step(generate::generate(true));
    tally.step(run_program("cargo", CLIPPY));
    tally.step(run_program("cargo", WASM));
    tally.add(rust_tests(full));
    tally.step(fuzz::fuzz(fuzz::SECONDS, Some(fuzz::SEED), &[]));
    run_program("cargo", SERVER)?;
    if root().join(CONTAINER).exists() {
        let program = console().display().to_string();
        tally.step(run_program("bash", &[CONTAINER, &program]));
    }
    tally.add(browser_tests());
    Ok(())
}

/// The release program that the last steps try.
fn console() -> PathBuf {
    target_dir().join("release/quay-console")
}

/// What has been counted so far, and what went wrong.
#[derive(Default)]
struct Tally {
    results: Results,
    faults: Vec<String>,
}

impl Tally {
    /// Counts one thing that passed or failed as a whole.
    fn step(&mut self, done: Done) {
        match done {
            Ok(()) => self.results.passed += 1,
            Err(why) => self.fault(why),
        }
    }

    /// Counts the results of many tests.
    fn add(&mut self, ran: Result<Ran, String>) {
        match ran {
            Ok(Ran { results, fault }) => {
                self.results.add(results);
                match fault {
                    // What ended badly although no test failed is a failure of its own.
                    Some(why) if results.failed == 0 => self.fault(why),
                    Some(why) => self.faults.push(why),
                    None => {}
                }
            }
            Err(why) => self.fault(why),
        }
    }

    fn fault(&mut self, why: String) {
        self.results.failed += 1;
        self.faults.push(why);
    }
}

/// What came of a program that runs many tests.
struct Ran {
    results: Results,
    fault: Option<String>,
}

/// Unit, integration and documentation tests, counted while their output passes through.
fn rust_tests(full: bool) -> Result<Ran, String> {
    let python = install::python().ok_or("no Python that can read YAML: install python3-yaml")?;
    let shown = format!("cargo {}", TESTS.join(" "));
    println!("> {shown}");
    let failed = |error| format!("could not run {shown}: {error}");
    let mut command = Command::new("cargo");
    if full {
        command.env("QUAY_CONSOLE_FULL", "1");
    }
    let mut child = command
        .args(TESTS)
        .env("QUAY_CONSOLE_PYTHON", python)
        .env("QUAY_CONSOLE_LAB_PYTHON", install::lab_python())
        .current_dir(root())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    let mut results = Results::default();
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).split(b'\n') {
            let line = line.map_err(failed)?;
            let line = String::from_utf8_lossy(&line);
            println!("{line}");
            results.add(line_results(&line).unwrap_or_default());
        }
    }
    let status = child.wait().map_err(failed)?;
    let fault = match (status.success(), results.passed + results.failed) {
        (false, _) => Some(format!("{shown} ended with {status}")),
        (true, 0) => Some(format!("{shown} ran no tests")),
        (true, _) => None,
    };
    Ok(Ran { results, fault })
}

/// The pages in a real browser, against the release build.
fn browser_tests() -> Result<Ran, String> {
    let report = target_dir().join("playwright.json");
    let _ = fs::remove_file(&report);
    let program = root().join("end2end/node_modules/.bin/playwright");
    let shown = "playwright test --reporter=line,json";
    println!("> {shown}");
    let status = Command::new(&program)
        .args(["test", "--reporter=line,json"])
        .env("QUAY_CONSOLE_BIN", console())
        .env("PLAYWRIGHT_JSON_OUTPUT_FILE", &report)
        .current_dir(root().join("end2end"))
        .status()
        .map_err(|error| format!("could not run {}: {error}", program.display()))?;
    let text = fs::read_to_string(&report)
        .map_err(|error| format!("{shown} ended with {status} and left no report: {error}"))?;
    let results = browser_results(&text)?;
    let fault = match (status.success(), results.passed + results.failed) {
        (false, _) => Some(format!("{shown} ended with {status}")),
        (true, 0) => Some(format!("{shown} ran no tests")),
        (true, _) if results.failed > 0 => {
            Some(format!("{shown}: a flaky or skipped test counts as failed"))
        }
        (true, _) => None,
    };
    Ok(Ran { results, fault })
}
