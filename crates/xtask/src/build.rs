//! Builds what the browser loads, then the server with it inside.

use crate::{Done, assets, install, run_program};

/// Builds assets and server.
pub(crate) fn build(debug: bool, assets_only: bool) -> Done {
    install::install(install::Purpose::Build)?;
    assets::build(debug)?;
    if assets_only {
        return Ok(());
    }
    let mut args = vec!["build", "--package", "server", "--bin", "quay-console", "--locked"];
    if !debug {
        args.push("--release");
    }
    run_program("cargo", &args)
}

/// Where cargo puts what it builds.
pub(crate) fn target_dir() -> std::path::PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| crate::root().join("target"), Into::into)
}
