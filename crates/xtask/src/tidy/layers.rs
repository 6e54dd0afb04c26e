//! Checks of who depends on whom.

use super::output;
use crate::root;
use serde_json::Value;
use std::collections::{BTreeMap, VecDeque};
use std::fs;

/// Crates that do no I/O, and where they stand.
const PURE: [(&str, &str); 2] =
    [("config-model", "crates/config-model/Cargo.toml"), ("cluster", "crates/cluster/Cargo.toml")];
/// What the pure crates must not reach, not even through others.
const OUTSIDE: [&str; 6] = ["tokio", "axum", "leptos", "sqlx", "reqwest", "hyper"];
/// What the pages must not name among their own dependencies.
const NOT_FOR_PAGES: [&str; 4] = ["sqlx", "reqwest", "jsonwebtoken", "axum"];
/// What nothing may bring in: TLS is rustls, so that every machine has the same one.
const BANNED: [&str; 3] = ["openssl", "openssl-sys", "native-tls"];

/// Everything that breaks a layer.
pub(super) fn problems() -> Result<Vec<String>, String> {
    let metadata = metadata()?;
    let graph = Graph::read(&metadata);
    let mut found = Vec::new();
    for (name, manifest) in PURE {
        let text = read(manifest)?;
        for way in OUTSIDE.iter().filter_map(|outside| graph.way(name, outside)) {
            let line = line_of(&text, way.get(1).map_or("", String::as_str));
            let way = way.join(" -> ");
            found.push(format!("{manifest}:{line}: {name} does no I/O, but reaches {way}"));
        }
    }
    let manifest = "app/Cargo.toml";
    let text = read(manifest)?;
    for name in direct(&metadata, "app") {
        if NOT_FOR_PAGES.contains(&name) {
            let line = line_of(&text, name);
            found.push(format!("{manifest}:{line}: pages touch no infrastructure; not {name}"));
        }
    }
    found.extend(banned(&read("Cargo.lock")?));
    Ok(found)
}

fn read(name: &str) -> Result<String, String> {
    fs::read_to_string(root().join(name)).map_err(|error| format!("could not read {name}: {error}"))
}

/// What cargo says of this workspace, on this kind of machine.
fn metadata() -> Result<Value, String> {
    let version = output("rustc", &["-vV"])?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    let host = host.ok_or("rustc -vV does not name the host")?;
    let args = ["metadata", "--format-version", "1", "--locked", "--filter-platform", host];
    let text = output("cargo", &args)?;
    serde_json::from_str(&text).map_err(|error| format!("cargo metadata is not JSON: {error}"))
}

fn list<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    value[name].as_array().into_iter().flatten()
}

fn word<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

/// The names a package has in its own manifest, tests' dependencies included.
fn direct<'a>(metadata: &'a Value, package: &str) -> Vec<&'a str> {
    let found = list(metadata, "packages").find(|found| word(found, "name") == package);
    found
        .into_iter()
        .flat_map(|found| list(found, "dependencies"))
        .map(|need| word(need, "name"))
        .collect()
}

/// Which package needs which, by their ids.
struct Graph<'a> {
    names: BTreeMap<&'a str, &'a str>,
    needs: BTreeMap<&'a str, Vec<&'a str>>,
}

impl<'a> Graph<'a> {
    fn read(metadata: &'a Value) -> Self {
        let names = list(metadata, "packages")
            .map(|package| (word(package, "id"), word(package, "name")))
            .collect();
        let needs = list(&metadata["resolve"], "nodes")
            .map(|node| {
                // A dependency with no kind is a normal one, not of tests or build scripts.
                let normal = list(node, "deps")
                    .filter(|need| list(need, "dep_kinds").any(|kind| kind["kind"].is_null()));
                (word(node, "id"), normal.map(|need| word(need, "pkg")).collect())
            })
            .collect();
        Self { names, needs }
    }

    fn name(&self, id: &str) -> &'a str {
        self.names.get(id).copied().unwrap_or_default()
    }

    /// The shortest way from a package to one it must not reach, by name.
    fn way(&self, from: &str, to: &str) -> Option<Vec<String>> {
        let start = self.names.iter().find(|(_, name)| **name == from).map(|(id, _)| *id)?;
        let mut before: BTreeMap<&str, Option<&str>> = BTreeMap::from([(start, None)]);
        let mut waiting = VecDeque::from([start]);
        while let Some(id) = waiting.pop_front() {
            if self.name(id) == to {
                let steps = std::iter::successors(Some(id), |id| before.get(id).copied().flatten());
                let mut way: Vec<String> = steps.map(|id| self.name(id).to_owned()).collect();
                way.reverse();
                return Some(way);
            }
            for need in self.needs.get(id).into_iter().flatten().copied() {
                before.entry(need).or_insert_with(|| {
                    waiting.push_back(need);
                    Some(id)
                });
            }
        }
        None
    }
}

/// The line of a manifest that names a dependency, the first line if none does.
fn line_of(manifest: &str, dependency: &str) -> usize {
    let names = |line: &str| {
        line.strip_prefix(dependency)
            .is_some_and(|rest| rest.starts_with([' ', '.', '=']) && !dependency.is_empty())
    };
    manifest.lines().position(names).map_or(1, |at| at + 1)
}

/// Banned packages in the lock file.
fn banned(lock: &str) -> Vec<String> {
    lock.lines()
        .enumerate()
        .filter_map(|(at, line)| {
            let name = line.strip_prefix("name = \"")?.strip_suffix('"')?;
            BANNED
                .contains(&name)
                .then(|| format!("Cargo.lock:{}: {name} is banned; use rustls", at + 1))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn metadata() -> Value {
        let need = |name: &str, kind: Value| json!({"pkg": name, "dep_kinds": [{"kind": kind}]});
        json!({
            "packages": [
                {"id": "m", "name": "model", "dependencies": [{"name": "between"}]},
                {"id": "h", "name": "between", "dependencies": []},
                {"id": "t", "name": "tokio", "dependencies": []},
                {"id": "x", "name": "axum", "dependencies": []},
            ],
            "resolve": {"nodes": [
                {"id": "m", "deps": [need("h", Value::Null), need("x", json!("dev"))]},
                {"id": "h", "deps": [need("t", Value::Null)]},
                {"id": "t", "deps": []},
                {"id": "x", "deps": []},
            ]},
        })
    }

    #[test]
    fn the_way_to_what_is_outside_is_shown() {
        let metadata = metadata();
        let graph = Graph::read(&metadata);
        let way = graph.way("model", "tokio").unwrap();
        assert_eq!(way, ["model", "between", "tokio"]);
        assert_eq!(graph.way("model", "axum"), None, "tests may use what they like");
        assert_eq!(direct(&metadata, "model"), ["between"]);
    }

    #[test]
    fn a_dependency_is_found_in_its_manifest() {
        let manifest = "[dependencies]\nserde_json = \"1\"\nserde.workspace = true\n";
        assert_eq!(line_of(manifest, "serde"), 3);
        assert_eq!(line_of(manifest, "none"), 1);
    }

    #[test]
    fn a_banned_package_is_found_in_the_lock_file() {
        let lock = "[[package]]\nname = \"openssl-probe\"\n\n[[package]]\nname = \"openssl\"\n";
        assert_eq!(banned(lock), ["Cargo.lock:5: openssl is banned; use rustls"]);
    }
}
