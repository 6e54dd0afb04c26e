//! A configuration that is there already is taken over as it is.

use crate::support::{TestApp, set};
use config_model::bundle::{Entry, entries};
use config_model::path::Path;
use server::archive::pack;
use std::collections::BTreeMap;

const TEXT: &str = "# kept by hand\nSERVER_HOSTNAME:   quay.example.com   # the name\n\
    MY_OWN: &own {a: 0755}\nALSO: *own\nFEATURE_MAILING: no\n";

fn archive(extra: &[(&str, &[u8])]) -> Vec<u8> {
    let mut all = entries(TEXT, &BTreeMap::new());
    all.extend(extra.iter().map(|(name, bytes)| Entry {
        name: (*name).to_owned(),
        mode: 0o644,
        bytes: bytes.to_vec(),
    }));
    pack(&all).expect("the entries are small")
}

#[tokio::test]
async fn an_archive_replaces_configuration_and_files_to_the_byte() {
    let app = TestApp::logged_in().await;
    app.upload("certificates", "extra_ca_certs/", "old.crt", b"old").await;
    let bytes = archive(&[("ssl.cert", b"pem"), ("notes.txt", b"not Quay's")]);
    let answer =
        app.post_file("/import", &[("reason", "moved")], "quay-config.tar.gz", &bytes).await;
    assert_eq!(answer.status, 200);
    assert!(answer.text().contains("notes.txt"), "what was left out is named");
    assert_eq!(app.config().await, TEXT);
    assert_eq!(app.file_names().await, ["ssl.cert"]);
    assert!(app.get("/history").await.text().contains("moved"));
    app.post_form("/undo", &[]).await;
    assert_eq!(app.file_names().await, ["extra_ca_certs/old.crt"]);
}

#[tokio::test]
async fn a_plain_file_leaves_the_certificates_alone() {
    let app = TestApp::logged_in().await;
    app.upload("certificates", "extra_ca_certs/", "ca.crt", b"pem").await;
    assert_eq!(app.post_file("/import", &[], "config.yaml", TEXT.as_bytes()).await.status, 200);
    assert_eq!(app.config().await, TEXT);
    assert_eq!(app.file_names().await, ["extra_ca_certs/ca.crt"]);
}

#[tokio::test]
async fn one_edit_after_an_import_changes_one_line() {
    let app = TestApp::logged_in().await;
    app.post_file("/import", &[], "config.yaml", TEXT.as_bytes()).await;
    app.rpc(&[set(Path::key("SERVER_HOSTNAME"), "registry.example.com")]).await;
    assert_eq!(app.config().await, TEXT.replace("quay.example.com ", "registry.example.com "));
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_and_nothing_is_lost() {
    let app = TestApp::logged_in().await;
    let before = app.config().await;
    for (bytes, expected) in [
        (&b"A: [1\n"[..], "line 2, column 1"),
        (&b"- a list\n"[..], "mapping of keys to values"),
        (&b"\x1f\x8b garbage"[..], "not a readable .tar.gz"),
        (&b"\xff\xfe text"[..], "neither a .tar.gz archive nor text"),
        (&b""[..], "Choose a file"),
    ] {
        let answer = app.post_file("/import", &[], "config.yaml", bytes).await;
        assert_eq!(answer.status, 400);
        assert!(answer.text().contains(expected), "{expected}: {}", answer.text());
    }
    assert_eq!(app.config().await, before);
}
