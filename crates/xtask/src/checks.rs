//! The reference page of the live checks, made from what their tests have proved.

use crate::root;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

/// Where the tests write down what they have proved.
const PROVED: &str = "server/tests/checks/proved";

/// What stands above the tables.
const HEAD: &str = "# Live checks

Every outside thing that the configuration names is really tried: from the page **Live checks**, from a section's page, with **Validate Configuration Changes**, with `quay-console validate PATH`, and with `POST /api/v1/config/validate?mode=online`.

This page is generated: each row is a situation that a test has made with a real service (a stand-in where the row says so), and what the check said to it. `cargo xtask gen` writes it from `server/tests/checks/proved/`.
";

/// The page.
pub(crate) fn markdown() -> Result<String, String> {
    let mut checks: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for path in list()? {
        let failed = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
        let text = fs::read_to_string(&path).map_err(|error| failed(&error))?;
        let book: Value = serde_json::from_str(&text).map_err(|error| failed(&error))?;
        checks.entry(word(&book, "label").to_owned()).or_default().push(book);
    }
    let mut page = HEAD.to_owned();
    for (label, books) in &checks {
        let _ = write!(page, "\n## {label}\n\n{}\n\n", word(&books[0], "matters"));
        let reads = books[0]["reads"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let reads: Vec<String> = reads.map(|key| format!("`{key}`")).collect();
        let _ = writeln!(page, "Reads {}.\n", reads.join(", "));
        page.push_str(
            "| situation | result | what is said | how to mend it |\n|---|---|---|---|\n",
        );
        for book in books {
            for (situation, proof) in book["proved"].as_object().into_iter().flatten() {
                let state = word(proof, "state");
                let fault = word(proof, "fault");
                let fault = if fault.is_empty() { String::new() } else { format!(" `{fault}`") };
                let (said, fix) = (cell(word(proof, "message")), cell(word(proof, "fix")));
                let _ = writeln!(page, "| {} | {state}{fault} | {said} | {fix} |", cell(situation));
            }
        }
    }
    Ok(page)
}

fn list() -> Result<Vec<std::path::PathBuf>, String> {
    let folder = root().join(PROVED);
    let entries =
        fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut files: Vec<_> =
        entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    files.sort();
    Ok(files)
}

fn word<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

/// A text as a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "&lt;").replace('*', "\\*")
}
