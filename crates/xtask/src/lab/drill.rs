//! Breaks everything in the lab that can be broken, one thing after another, and looks whether the
//! console names it.

use super::guide::faults;
use super::parts::{Fault, NODES, Part};
use super::{folder, place};
use crate::Done;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How long the lab may take to be well again after something was mended.
const MEND_TIME: Duration = Duration::from_mins(2);
/// How long something may take to show itself: a registry is restarted for its certificate.
const SHOW_TIME: Duration = Duration::from_secs(20);
/// How often the configuration is tried meanwhile.
const TRY_EVERY: Duration = Duration::from_secs(1);

/// Breaks, looks, mends, with each fault that the console can see.
pub(super) fn drill() -> Done {
    well("before anything is broken")?;
    let mut unnamed = Vec::new();
    for (part, fault) in faults().filter(|(_, fault)| !fault.says.is_empty()) {
        let what = format!("{}: {}", part.label, fault.what);
        let said = broken(part, fault)?;
        well(&format!("after {what} was mended"))?;
        let line = named(part, fault, &said);
        println!("{what}\n    {}", line.map_or("NOT NAMED", str::trim));
        if line.is_none() {
            println!("{said}");
            unnamed.push(what);
        }
    }
    if unnamed.is_empty() { Ok(()) } else { Err(format!("not named: {}", unnamed.join("; "))) }
}

/// What the console says while something is broken, once it names it or the time is over.
fn broken(part: &Part, fault: &Fault) -> Result<String, String> {
    verb(part, fault.breaks)?;
    let began = Instant::now();
    let mut said = validate();
    while said.as_ref().is_ok_and(|(_, said)| named(part, fault, said).is_none())
        && began.elapsed() < SHOW_TIME
    {
        sleep(TRY_EVERY);
        said = validate();
    }
    verb(part, fault.mends)?;
    said.map(|(_, said)| said)
}

/// The line that names the fault. Of a node, it must be said by the check of this node: what the
/// load balancer meets there may be said of the whole registry too.
fn named<'a>(part: &Part, fault: &Fault, said: &'a str) -> Option<&'a str> {
    let head = if NODES.iter().any(|node| node.name == part.name) {
        format!("Quay node {} ", part.name)
    } else {
        String::new()
    };
    let mut is_meant = head.is_empty();
    said.lines().find(|line| {
        if !head.is_empty() && !line.starts_with(' ') {
            is_meant = line.contains(&head);
        }
        is_meant && line.contains(fault.says)
    })
}

/// A verb of a part, as somebody would type it.
fn verb(part: &Part, words: &str) -> Done {
    let line = format!("{} {} {words}", place("part"), part.name);
    let done = Command::new("sh").args(["-c", &line]).output();
    let done = done.map_err(|error| format!("could not run {line}: {error}"))?;
    if done.status.success() {
        return Ok(());
    }
    Err(format!("{line} failed: {}", String::from_utf8_lossy(&done.stderr)))
}

/// Whether the configuration passes every check, and what is said of it. The command sees the
/// names of the lab where it runs.
fn validate() -> Result<(bool, String), String> {
    let mut command = Command::new(place("in"));
    command.args(["/run/lab/bin/quay-console", "validate", "/run/lab/config"]);
    let done = command.output().map_err(|error| format!("could not validate: {error}"))?;
    let said = String::from_utf8_lossy(&[done.stdout, done.stderr].concat()).into_owned();
    Ok((done.status.success(), said))
}

/// Waits until every check passes.
fn well(when: &str) -> Done {
    let began = Instant::now();
    loop {
        let (passes, said) = validate()?;
        if passes {
            return Ok(());
        }
        if began.elapsed() > MEND_TIME {
            return Err(format!("not well {when}, in {}:\n{said}", folder().display()));
        }
        sleep(TRY_EVERY);
    }
}
