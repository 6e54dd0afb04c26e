//! `quay-console validate`: three forms of a configuration, three exit codes.

use crate::support::{arg, file, run};
use config_model::bundle::Entry;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

const GOOD: &str = include_str!("../fixtures/good.yaml");
const FAULTY: &str = include_str!("../fixtures/faulty.yaml");
/// What is wrong with the faulty one, as severity, rule and path.
const FAULTS: [[&str; 3]; 5] = [
    ["error", "required_value_is_set", "DB_URI"],
    ["error", "required_value_is_set", "DISTRIBUTED_STORAGE_CONFIG.default[1].secret_key"],
    ["error", "default_expiration_is_an_option", "DEFAULT_TAG_EXPIRATION"],
    ["warning", "redis_is_the_same_for_every_node", "BUILDLOGS_REDIS.host"],
    ["warning", "registry_has_an_administrator", "SUPER_USERS"],
];

/// The configuration as a folder, as a file and as an archive.
fn forms(folder: &Path, text: &str) -> [PathBuf; 3] {
    let directory = folder.join("config");
    fs::create_dir(&directory).expect("the folder is ours");
    let inside = file(&directory, "config.yaml", text);
    let entry = Entry { name: "config.yaml".to_owned(), mode: 0o600, bytes: text.into() };
    let archive = server::archive::pack(&[entry]).expect("a small archive can be packed");
    [directory, inside, file(folder, "quay-config.tar.gz", archive)]
}

/// The findings of a report as severity, rule and path; checks the shape of each.
fn findings(report: &Value) -> Vec<[&str; 3]> {
    let findings = report["findings"].as_array().expect("findings are a list");
    for finding in findings {
        let entries = finding.as_object().expect("a finding is an object");
        let names: Vec<&str> = entries.keys().map(String::as_str).collect();
        assert_eq!(names, ["severity", "key", "path", "section", "rule", "message", "fix"]);
        let said = |value: &Value| value.as_str().is_some_and(|text| !text.is_empty());
        assert!(entries.values().all(said), "{finding}");
    }
    let names = ["severity", "rule", "path"];
    findings
        .iter()
        .map(|found| names.map(|name| found[name].as_str().unwrap_or_default()))
        .collect()
}

#[tokio::test]
async fn a_good_configuration_is_valid_in_every_form() {
    let folder = tempfile::tempdir().unwrap();
    for path in forms(folder.path(), GOOD) {
        let ended =
            run(folder.path(), &["validate", "--offline", "--format", "json", arg(&path)]).await;
        assert_eq!(ended.code, Some(0), "{}: {}{}", path.display(), ended.out, ended.err);
        let report: Value = serde_json::from_str(&ended.out).unwrap();
        assert_eq!(report["valid"], true);
        assert_eq!(findings(&report), [[""; 3]; 0]);
        assert_eq!(ended.out.lines().count(), 1, "one object on one line");
    }
}

#[tokio::test]
async fn a_faulty_configuration_has_the_same_faults_in_every_form() {
    let folder = tempfile::tempdir().unwrap();
    for path in forms(folder.path(), FAULTY) {
        let ended =
            run(folder.path(), &["validate", "--offline", "--format", "json", arg(&path)]).await;
        assert_eq!(ended.code, Some(1), "{}: {}{}", path.display(), ended.out, ended.err);
        let report: Value = serde_json::from_str(&ended.out).unwrap();
        assert_eq!(report["valid"], false);
        assert_eq!(findings(&report), FAULTS);
    }
}

#[tokio::test]
async fn a_finding_names_its_key_and_its_section() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), "config.yaml", FAULTY);
    let ended =
        run(folder.path(), &["validate", "--offline", "--format", "json", arg(&path)]).await;
    let report: Value = serde_json::from_str(&ended.out).unwrap();
    let engine = &report["findings"][1];
    assert_eq!(engine["key"], "DISTRIBUTED_STORAGE_CONFIG");
    assert_eq!(engine["section"], "storage");
}

#[tokio::test]
async fn a_person_reads_what_is_wrong_and_how_to_mend_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), "config.yaml", FAULTY);
    let ended = run(folder.path(), &["validate", "--offline", arg(&path)]).await;
    assert_eq!(ended.code, Some(1));
    for [severity, rule, place] in FAULTS {
        assert!(ended.out.contains(&format!("{severity}: {place}: ")), "{}", ended.out);
        assert!(ended.out.contains(&format!("  rule: {rule}\n")), "{}", ended.out);
    }
    assert_eq!(ended.out.matches("\n  fix: ").count(), FAULTS.len());
    assert!(ended.out.ends_with("not valid: 3 errors, 2 warnings\n"), "{}", ended.out);
}

#[tokio::test]
async fn no_secret_of_the_configuration_is_printed() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), "config.yaml", FAULTY.replace("an-access-key", "[hunter2]"));
    for format in ["text", "json"] {
        let ended = run(folder.path(), &["validate", "--format", format, arg(&path)]).await;
        assert_eq!(ended.code, Some(1));
        for secret in ["hunter2", "5d1f0c3e8b7a4962", "4f1c2a9e-6b1d"] {
            assert!(!ended.out.contains(secret) && !ended.err.contains(secret), "{secret}");
        }
    }
}

#[tokio::test]
async fn without_the_network_nothing_is_said_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), "config.yaml", GOOD);
    let ended = run(folder.path(), &["validate", "--offline", arg(&path)]).await;
    assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""));
}

#[tokio::test]
async fn a_good_configuration_of_services_that_are_not_there_is_not_valid() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), "config.yaml", GOOD);
    let ended = run(folder.path(), &["validate", arg(&path)]).await;
    let last = ended.out.lines().last().unwrap();
    assert_eq!(ended.code, Some(1));
    assert!(last.starts_with("not valid: 0 errors") && last.ends_with(" failed checks"), "{last}");
}

#[tokio::test]
async fn what_cannot_be_read_is_one_line_and_no_report() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path();
    fs::create_dir(place.join("empty")).unwrap();
    fs::create_dir(place.join("config.yaml")).unwrap();
    let no_config = server::archive::pack(&[]).unwrap();
    let broken = "SERVER_HOSTNAME: quay.example.com\nSUPER_USERS: [hunter2, admin\n";
    let cases = [
        ("it is missing", place.join("nowhere.yaml"), "nowhere.yaml"),
        ("an empty folder", place.join("empty"), "config.yaml"),
        ("a folder for a file", place.to_owned(), "config.yaml"),
        ("no text", file(place, "noise.yaml", [0xff_u8, 0xfe, 0x00, 0x80]), "UTF-8"),
        ("no archive", file(place, "noise.tar.gz", b"no archive at all"), "noise.tar.gz"),
        ("an archive of nothing", file(place, "empty.tar.gz", no_config), "config.yaml"),
        ("broken YAML", file(place, "broken.yaml", broken), "line 3, column 1"),
        ("a list", file(place, "list.yaml", "- a\n"), "line 1, column 1"),
        ("too much", file(place, "large.yaml", vec![b' '; 4 * 1024 * 1024 + 1]), "too large"),
    ];
    for (what, path, said) in cases {
        for format in ["text", "json"] {
            let ended = run(place, &["validate", "--format", format, arg(&path)]).await;
            assert_eq!(ended.code, Some(2), "{what}: {}{}", ended.out, ended.err);
            assert_eq!(ended.out, "", "{what}");
            assert_eq!(ended.err.lines().count(), 1, "{what}: {}", ended.err);
            assert!(ended.err.starts_with("quay-console: "), "{what}: {}", ended.err);
            assert!(ended.err.contains(said), "{what}: {}", ended.err);
            assert!(!ended.err.contains("hunter2"), "{what}: {}", ended.err);
        }
    }
}

#[tokio::test]
async fn arguments_that_make_no_sense_end_with_2_and_nothing_on_the_output() {
    let folder = tempfile::tempdir().unwrap();
    let cases: [&[&str]; 4] =
        [&["validate"], &["validate", "--format", "xml", "."], &["explode"], &[]];
    for args in cases {
        let ended = run(folder.path(), args).await;
        assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{args:?}");
        assert!(ended.err.contains("--help"), "{args:?}: {}", ended.err);
    }
}

#[tokio::test]
async fn each_node_that_is_named_is_tried() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), "config.yaml", "SERVER_HOSTNAME: localhost\n");
    // Nothing listens on the first port of all.
    let args = ["validate", arg(&path), "--node", "first=127.0.0.1:1,second=[::1]:1,"];
    let ended = run(folder.path(), &args).await;
    assert_eq!(ended.code, Some(1), "{}{}", ended.out, ended.err);
    for (node, host) in [("first", "127.0.0.1"), ("second", "[::1]")] {
        let line = format!("failed: SERVER_HOSTNAME: Quay node {node} at http://{host}:1 (");
        assert!(ended.out.contains(&line), "{}", ended.out);
        let told = format!("Nothing listens on {node}, at {host} port 1:");
        assert!(ended.out.contains(&told), "{told} is not in {}", ended.out);
    }
    let ended = run(folder.path(), &["validate", arg(&path), "--node", "192.0.2.11"]).await;
    assert_eq!(ended.code, Some(2), "{}", ended.out);
    assert!(ended.err.contains("such as quay01 in quay01=192.0.2.11"), "{}", ended.err);
    let twice = ["validate", arg(&path), "--node", "quay01", "--node", "quay01"];
    let ended = run(folder.path(), &twice).await;
    assert_eq!(ended.code, Some(2), "{}", ended.out);
    assert!(ended.err.contains("two nodes are called quay01"), "{}", ended.err);
}
