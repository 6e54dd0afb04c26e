//! Where everything is, and how it is broken: what is said when the lab is up, and the same for its
//! page in the manual.

use super::parts::{CONSOLE, Fault, NODES, PARTS, Part};
use crate::root;
use std::fmt::Write as _;
use std::fs;
use std::net::SocketAddr;

/// The page about the lab, a path in the repository.
pub(crate) const PAGE: &str = "docs/operate/lab.md";
/// What begins a part of the page that is written here.
const BEGIN: &str = "<!-- written by cargo xtask gen: ";
/// What ends it.
const END: &str = "<!-- end -->";

/// The page, with its tables as they must be.
pub(crate) fn page() -> Result<String, String> {
    let failed = |error| format!("could not read {PAGE}: {error}");
    let page = fs::read_to_string(root().join(PAGE)).map_err(failed)?;
    let page = with_table(&page, "parts", &table_of_parts())?;
    with_table(&page, "faults", &table_of_faults())
}

/// A page with this table in its place.
fn with_table(page: &str, name: &str, table: &str) -> Result<String, String> {
    let begin = format!("{BEGIN}{name} -->\n");
    let missing = || format!("{PAGE} has no place for the table of {name}: {begin}...{END}");
    let (before, rest) = page.split_once(&begin).ok_or_else(missing)?;
    let (_, after) = rest.split_once(END).ok_or_else(missing)?;
    Ok(format!("{before}{begin}{table}{END}{after}"))
}

fn table_of_parts() -> String {
    let mut table = String::from("| Part | What it is, and where | Log in |\n|---|---|---|\n");
    for part in PARTS.iter().chain(NODES).chain([&CONSOLE]).filter(|part| part.is_shown()) {
        let Part { name, label, address, login, .. } = part;
        let _ = writeln!(table, "| `{name}` | {label}: {address} | {login} |");
    }
    table
}

fn table_of_faults() -> String {
    let mut table =
        String::from("| What to do | Mended by | What the console says |\n|---|---|---|\n");
    for (part, Fault { what, breaks, mends, says }) in faults() {
        let verb = |words: &str| format!("`target/lab/part {} {words}`", part.name);
        let says = if says.is_empty() { String::new() } else { format!("... {says} ...") };
        let (breaks, mends) = (verb(breaks), verb(mends));
        let _ = writeln!(table, "| {}: {what}: {breaks} | {mends} | {says} |", part.label);
    }
    table
}

/// Every way to break something. What is true of one node is true of the others.
pub(super) fn faults() -> impl Iterator<Item = (&'static Part, &'static Fault)> {
    let parts = PARTS.iter().chain(NODES.first()).filter(|part| part.is_shown());
    parts.flat_map(|part| part.faults.iter().map(move |fault| (part, fault)))
}

/// The guide.
pub(super) fn text(listen: SocketAddr) -> String {
    let mut text = format!(
        "Open http://{listen} and log in: {}\n\
         It edits the folder target/lab/config, which the nodes were given.\n\n",
        CONSOLE.login
    );
    let shown = PARTS.iter().filter(|part| part.is_shown());
    for part in shown.chain(NODES) {
        let Part { name, label, address, login, .. } = part;
        let _ = writeln!(text, "{name:<9} {label}: {address}\n          log in: {login}");
    }
    text.push_str("\nTo break something, and to mend it:\n");
    for (Part { name, .. }, Fault { what, breaks, mends, .. }) in faults() {
        let _ = writeln!(
            text,
            "  {name}: {what}\n    target/lab/part {name} {breaks}\n    target/lab/part {name} {mends}"
        );
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
