//! `make run`: from a fresh clone to a page in the browser.

use crate::build::{build, target_dir};
use crate::{Done, root};
use std::process::Command;

/// Builds and serves until it is interrupted.
pub(crate) fn run(args: &[String]) -> Done {
    build(false, false)?;
    let program = target_dir().join("release/quay-console");
    let status = Command::new(&program)
        .arg("config")
        .args(args)
        .current_dir(root())
        .status()
        .map_err(|error| format!("could not run {}: {error}", program.display()))?;
    if status.success() { Ok(()) } else { Err(format!("quay-console ended with {status}")) }
}
