//! What is said when the lab is up: where everything is, and how it is broken.

use super::parts::{CONSOLE, NODES, PARTS, Part};
use std::fmt::Write as _;
use std::net::SocketAddr;

/// The guide.
pub(super) fn text(listen: SocketAddr) -> String {
    let mut text = format!(
        "Open http://{listen} and log in: {}\n\
         It edits the folder target/lab/config, which the nodes were given.\n\n",
        CONSOLE.login
    );
    let shown = PARTS.iter().filter(|part| part.is_shown());
    for part in shown.clone().chain(NODES) {
        let Part { name, label, address, login, .. } = part;
        let _ = writeln!(text, "{name:<9} {label}: {address}\n          log in: {login}");
    }
    text.push_str("\nTo break something, and to mend it:\n");
    // What is true of one node is true of the others.
    for part in shown.chain(NODES.first()) {
        for (what, broken, mended) in part.faults {
            let _ = writeln!(
                text,
                "  {}: {what}\n    target/lab/part {} {broken}\n    target/lab/part {} {mended}",
                part.name, part.name, part.name
            );
        }
    }
    text.push_str(
        "\nAny command among the machines: target/lab/in curl -k https://registry.lab.test/v2/\n\
         On one of them:                 target/lab/part quay01 machine podman ps\n\
         What works:                     cargo xtask lab status\n\
         The end of it:                  make lab-down\n",
    );
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::root;

    #[test]
    fn every_part_is_explained_and_can_be_broken() {
        let text = text("127.0.0.1:8080".parse().unwrap());
        assert!(text.starts_with("Open http://127.0.0.1:8080"), "{text}");
        for part in PARTS.iter().chain(NODES).filter(|part| part.is_shown()) {
            assert!(text.contains(part.label) && !part.faults.is_empty(), "{}", part.name);
        }
    }

    #[test]
    fn every_part_has_its_script() {
        for part in PARTS.iter().chain([&CONSOLE]) {
            let script = root().join("lab/parts").join(format!("{}.sh", part.name));
            assert!(script.exists(), "{}", script.display());
        }
    }
}
