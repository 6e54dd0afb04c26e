//! Checks of files that belong together.

use crate::root;
use std::fs;

/// The folders of migrations: every file in one has a twin in the other.
const MIGRATIONS: [&str; 2] = ["migrations/sqlite/", "migrations/postgres/"];

/// A folder whose every file is named in a list.
struct Registry {
    folder: &'static str,
    list: &'static str,
}

/// The lists that nothing may be missing from.
const REGISTRIES: [Registry; 2] = [
    Registry {
        folder: "crates/config-model/src/sections/",
        list: "crates/config-model/src/sections.rs",
    },
    Registry {
        folder: "crates/config-model/src/storage/engines/",
        list: "crates/config-model/src/storage/engines.rs",
    },
];

/// Everything that lacks its counterpart.
pub(super) fn problems(names: &[String]) -> Result<Vec<String>, String> {
    let mut found = unpaired(names);
    for Registry { folder, list } in REGISTRIES {
        let text = fs::read_to_string(root().join(list))
            .map_err(|error| format!("could not read {list}: {error}"))?;
        found.extend(unregistered(names, folder, list, &text));
    }
    Ok(found)
}

/// The names of the files in a folder, those in folders below it left out.
fn files_in<'a>(names: &'a [String], folder: &'a str) -> impl Iterator<Item = &'a str> {
    names.iter().filter_map(move |name| name.strip_prefix(folder)).filter(|own| !own.contains('/'))
}

/// Migrations that only one of the databases has.
fn unpaired(names: &[String]) -> Vec<String> {
    let [one, other] = MIGRATIONS;
    let mut found = Vec::new();
    for (here, there) in [(one, other), (other, one)] {
        for own in files_in(names, here) {
            if files_in(names, there).all(|twin| twin != own) {
                found.push(format!("{here}{own}:1: write its twin {there}{own}"));
            }
        }
    }
    found
}

/// Files of a folder that its list does not name.
fn unregistered(names: &[String], folder: &str, list: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for own in files_in(names, folder) {
        let Some(module) = own.strip_suffix(".rs") else { continue };
        let declared = text.lines().any(|line| line == format!("pub mod {module};"));
        let entry = format!("{module}::");
        let listed = text.lines().any(|line| line.trim_start().starts_with(&entry));
        if !declared || !listed {
            found.push(format!(
                "{folder}{own}:1: name it in {list}: pub mod {module}, and its entry"
            ));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(list: &[&str]) -> Vec<String> {
        list.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_migration_without_a_twin_is_named() {
        let pair = ["migrations/sqlite/0001_a.sql", "migrations/postgres/0001_a.sql"];
        assert_eq!(unpaired(&names(&pair)), [""; 0]);
        assert_eq!(
            unpaired(&names(&pair[..1])),
            ["migrations/sqlite/0001_a.sql:1: write its twin migrations/postgres/0001_a.sql"]
        );
    }

    #[test]
    fn a_section_that_is_not_listed_is_named() {
        let all = names(&["s/email.rs", "s/storage.rs", "s/storage/rules.rs"]);
        let text =
            "pub mod email;\npub mod storage;\nconst ALL: &[S] = &[\n    email::SECTION,\n];\n";
        let found = unregistered(&all, "s/", "s.rs", text);
        assert_eq!(found, ["s/storage.rs:1: name it in s.rs: pub mod storage, and its entry"]);
    }
}
