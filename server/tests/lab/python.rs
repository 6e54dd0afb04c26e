//! Programs and libraries from `PyPI`, as `requirements.txt` beside this file pins them.

use std::fs;
use std::path::PathBuf;

/// Where `cargo xtask` has installed them, unless it says otherwise.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/lab-python");

fn folder() -> PathBuf {
    std::env::var_os("QUAY_CONSOLE_LAB_PYTHON").map_or_else(|| FOLDER.into(), PathBuf::from)
}

/// The Python that has them.
pub(crate) fn python() -> PathBuf {
    folder().join("bin/python")
}

/// A file that a package has brought along, such as a program.
pub(crate) fn file(path: &str) -> PathBuf {
    let versions = fs::read_dir(folder().join("lib"));
    let mut versions = versions.expect("cargo xtask install --test comes first").flatten();
    let found = versions.find_map(|version| {
        Some(version.path().join("site-packages").join(path)).filter(|path| path.exists())
    });
    found.unwrap_or_else(|| panic!("{path} is not in {}", folder().display()))
}
