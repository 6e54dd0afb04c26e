//! The configuration leaves as an archive or goes back into its folder, and comes from there.

use crate::support::{Answer, GOOD, Ground, PASSWORD, TestApp, editor_pages, set};
use app::text;
use config_model::path::Path;
use config_model::yaml;
use server::archive::unpack;
use server::cipher::Cipher;
use server::store::{DraftChange, DraftRow};
use std::fs;
use std::path::PathBuf;

/// Asks for the archive, errors or not.
async fn download(app: &TestApp) -> Answer {
    let answer = app.post_form("/download", &[("accept_errors", "yes")]).await;
    assert_eq!(answer.status, 200);
    answer
}

/// The archives of earlier configurations in the folder.
fn previous(ground: &Ground) -> Vec<PathBuf> {
    let entries = fs::read_dir(ground.config_dir()).expect("the folder is there");
    let paths = entries.map(|entry| entry.expect("the folder can be listed").path());
    let mut archives: Vec<PathBuf> =
        paths.filter(|path| path.to_string_lossy().ends_with(".tar.gz")).collect();
    archives.sort();
    archives
}

#[tokio::test]
async fn a_configuration_with_errors_leaves_only_when_they_are_accepted() {
    let app = TestApp::logged_in().await;
    assert_eq!(app.post_form("/download", &[]).await.redirect(), (303, "/review"));
    let html = app.get("/review").await.text();
    assert!(html.contains(text::page().review_accept), "the way on is offered there");

    let answer = download(&app).await;
    assert_eq!(answer.header("content-type"), "application/gzip");
    assert_eq!(answer.header("content-disposition"), "attachment; filename=quay-config.tar.gz");
    let bundle = unpack(answer.body.as_slice()).unwrap();
    let document = yaml::read(&bundle.config).unwrap();
    assert!(document == app.document().await);
    assert!(bundle.files.is_empty());
}

#[tokio::test]
async fn a_configuration_without_errors_leaves_at_once() {
    let app = TestApp::logged_in_at(Ground::new().with_config(GOOD)).await;
    let answer = app.post_form("/download", &[]).await;
    assert_eq!(answer.status, 200);
    let bundle = unpack(answer.body.as_slice()).unwrap();
    assert!(yaml::read(&bundle.config).unwrap() == yaml::read(GOOD).unwrap());
    assert!(!app.get("/review").await.text().contains(text::page().review_accept));
}

#[tokio::test]
async fn the_same_draft_gives_the_same_bytes() {
    let app = TestApp::logged_in().await;
    app.upload("certificates", "extra_ca_certs/", "b.crt", b"b").await;
    app.upload("certificates", "extra_ca_certs/", "a.crt", b"a").await;
    let first = download(&app).await.body;
    app.ground.clock.advance(120);
    assert!(first == download(&app).await.body);
    let bundle = unpack(first.as_slice()).unwrap();
    let names: Vec<&String> = bundle.files.keys().collect();
    assert_eq!(names, ["extra_ca_certs/a.crt", "extra_ca_certs/b.crt"]);
}

#[tokio::test]
async fn saving_writes_the_folder_and_keeps_what_was_there() {
    let app = TestApp::logged_in_at(Ground::new().with_config(GOOD)).await;
    let ground = &app.ground;
    assert_eq!(
        app.rpc(&[set(Path::key("REGISTRY_TITLE"), "Corporate registry")]).await.status,
        200
    );
    assert_eq!(ground.config_text(), GOOD, "nothing is written before it is asked for");
    app.upload("certificates", "extra_ca_certs/", "ca.crt", b"pem").await;
    // What was uploaded is no certificate, which is an error.
    assert_eq!(app.post_form("/save", &[]).await.redirect(), (303, "/review"));
    assert_eq!(ground.config_text(), GOOD);

    let answer = app.post_form("/save", &[("accept_errors", "yes")]).await;
    assert_eq!(answer.redirect(), (303, "/?saved=yes"));
    assert!(yaml::read(&ground.config_text()).unwrap() == app.document().await);
    assert_eq!(fs::read(ground.config_dir().join("extra_ca_certs/ca.crt")).unwrap(), b"pem");
    let place = ground.config_dir().display().to_string();
    assert!(app.get("/?saved=yes").await.text().contains(&place), "the page says where it is");

    let kept = previous(ground);
    assert_eq!(kept.len(), 1, "{kept:?}");
    let before = unpack(fs::File::open(&kept[0]).unwrap()).unwrap();
    assert_eq!(before.config, GOOD);
    assert!(before.files.is_empty());

    app.ground.clock.advance(1);
    assert_eq!(app.post_form("/save", &[("accept_errors", "yes")]).await.status, 303);
    assert_eq!(previous(ground).len(), 2, "each one that is replaced is kept");
}

#[tokio::test]
async fn without_a_folder_there_is_nowhere_to_save_to() {
    let app = TestApp::logged_in().await;
    let answer = app.post_form("/save", &[("accept_errors", "yes")]).await;
    assert_eq!(answer.status, 400);
    assert!(answer.text().contains("--config-dir"));
}

#[tokio::test]
async fn what_this_program_does_not_know_survives_with_its_value() {
    let unknown = "FEATURE_FROM_THE_FUTURE: {mode: of-the-future, levels: [1, 0755, ~, 'yes']}\n\
                   MY_OWN: {since: 2026-12-14, share: 0.10, active: yes}\n";
    let text = format!("# A comment\n{GOOD}{unknown}");
    let app = TestApp::logged_in_at(Ground::new().with_config(&text)).await;
    let html = app.get("/").await.text();
    assert!(html.contains("FEATURE_FROM_THE_FUTURE") && html.contains("MY_OWN"));
    for path in editor_pages() {
        let html = app.get(&path).await.text();
        assert!(!html.contains("of-the-future"), "{path}: it may be a secret");
    }
    let title = Path::key("REGISTRY_TITLE");
    assert_eq!(app.rpc(&[set(title.clone(), "Corporate registry")]).await.status, 200);
    assert_eq!(app.post_form("/save", &[]).await.redirect(), (303, "/?saved=yes"));
    let mut written = yaml::read(&app.ground.config_text()).unwrap();
    assert!(written.remove(&title).is_some());
    assert!(written == yaml::read(&text).unwrap());
}

#[tokio::test]
async fn a_folder_that_changed_is_read_again_until_something_was_edited() {
    let ground = Ground::new().with_config(GOOD);
    let app = ground.start(PASSWORD).await.unwrap();
    assert_eq!(app.text_at("SERVER_HOSTNAME").await, "quay.example.com");
    let changed = GOOD.replace("quay.example.com", "registry.example.com");
    fs::write(ground.config_dir().join("config.yaml"), &changed).unwrap();
    let app = ground.start(PASSWORD).await.unwrap();
    assert_eq!(app.text_at("SERVER_HOSTNAME").await, "registry.example.com");

    app.begin_session().await;
    assert_eq!(app.rpc(&[set(Path::key("REGISTRY_TITLE"), "Mine")]).await.status, 200);
    fs::write(ground.config_dir().join("config.yaml"), GOOD).unwrap();
    let app = ground.start(PASSWORD).await.unwrap();
    assert_eq!(app.text_at("REGISTRY_TITLE").await, "Mine", "a draft with edits is not lost");
}

#[tokio::test]
async fn a_broken_file_is_named_with_line_and_column_and_left_alone() {
    let broken = "SERVER_HOSTNAME: quay.example.com\nSUPER_USERS: [hunter2, admin\n";
    let ground = Ground::new().with_config(broken);
    let error = ground.start(PASSWORD).await.err().unwrap().to_string();
    assert!(error.contains(&ground.config_dir().display().to_string()), "{error}");
    assert!(error.contains("line 3, column 1"), "{error}");
    assert!(!error.contains('\n') && !error.contains("hunter2"), "{error}");
    assert_eq!(ground.config_text(), broken);
    assert_eq!(fs::read_dir(ground.config_dir()).unwrap().count(), 1);

    fs::write(ground.config_dir().join("config.yaml"), GOOD).unwrap();
    assert!(ground.start(PASSWORD).await.is_ok(), "once it is mended the console starts");
}

#[tokio::test]
async fn a_folder_that_broke_meanwhile_does_not_cost_the_draft() {
    let app = TestApp::logged_in_at(Ground::new().with_config(GOOD)).await;
    assert_eq!(app.rpc(&[set(Path::key("REGISTRY_TITLE"), "Mine")]).await.status, 200);
    fs::write(app.ground.config_dir().join("config.yaml"), "A: [1\n").unwrap();
    let answer = app.post_form("/discard", &[]).await;
    assert_eq!(answer.status, 400);
    assert!(answer.text().contains("line 2, column 1"));
    assert_eq!(app.text_at("REGISTRY_TITLE").await, "Mine");
}

#[tokio::test]
async fn a_damaged_draft_is_a_page_that_says_so_and_can_be_discarded() {
    let app = TestApp::logged_in().await;
    let store = &app.state.store;
    let row = store.draft().await.unwrap().unwrap();
    let sealed = |key: u8, text: &str| {
        Cipher::new([key; 32]).seal("draft document", text.as_bytes()).unwrap()
    };
    let put = |draft| DraftChange { draft, files: Vec::new(), removed: Vec::new(), step: None };
    let damaged = [
        ("garbage", DraftRow { content: b"garbage".to_vec(), ..row.clone() }),
        ("nothing", DraftRow { content: Vec::new(), ..row.clone() }),
        ("another key", DraftRow { content: sealed(8, "A: 1\n"), ..row.clone() }),
        ("no configuration", DraftRow { content: sealed(7, "[1"), ..row.clone() }),
        ("no origin", DraftRow { origin: "nowhere".to_owned(), ..row.clone() }),
    ];
    for (what, bad) in damaged {
        assert!(store.update_draft(row.version, &put(bad)).await.unwrap());
        for path in ["/", "/section/server", "/review"] {
            let answer = app.get(path).await;
            assert_eq!(answer.status, 500, "{what} {path}");
            assert!(answer.text().contains(text::page().error_title), "{what} {path}");
        }
        for path in ["/download", "/save"] {
            assert_eq!(app.post_form(path, &[]).await.status, 500, "{what} {path}");
        }
        assert_eq!(app.rpc(&[]).await.text(), "\"Internal\"", "{what}");
        let error = app.ground.start(PASSWORD).await.err();
        assert!(error.is_some(), "{what}: another console does not start over it");
        assert!(store.update_draft(row.version, &put(row.clone())).await.unwrap());
    }
    let empty = DraftRow { content: Vec::new(), ..row.clone() };
    assert!(store.update_draft(row.version, &put(empty)).await.unwrap());
    assert_eq!(app.post_form("/discard", &[]).await.redirect(), (303, "/"));
    assert_eq!(app.get("/").await.status, 200);
}
