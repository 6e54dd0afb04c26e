//! Editing: what is typed is stored before it is confirmed, and a secret never comes back.

use crate::support::{PASSWORD, TestApp, editor_pages, set};
use app::draft::{Change, Edit};
use config_model::path::Path;
use config_model::value::{KEPT_PASSWORD, Value};
use std::fs;

/// A text that stands nowhere else.
const SECRET: &str = "hunter2-Zq8vT-correct-battery-staple";

fn edit(path: Path, change: Change) -> Edit {
    Edit { path, change }
}

/// The text of a page.
async fn page(app: &TestApp, path: &str) -> String {
    let answer = app.get(path).await;
    assert_eq!(answer.status, 200, "{path}");
    answer.text()
}

#[tokio::test]
async fn every_section_has_a_page_and_an_unknown_one_has_none() {
    let app = TestApp::logged_in().await;
    for path in editor_pages() {
        let html = page(&app, &path).await;
        assert!(html.starts_with("<!DOCTYPE html>"), "{path}");
        assert!(html.trim_end().ends_with("</html>"), "{path}");
    }
    for path in ["/section/nowhere", "/section/", "/section/server/more", "/nowhere"] {
        let answer = app.get(path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(answer.text().contains(app::text::page().not_found_title), "{path}");
    }
}

#[tokio::test]
async fn what_is_typed_is_stored_before_the_answer_and_stands_on_the_next_page() {
    let app = TestApp::logged_in().await;
    let before = app.version().await;
    app.ground.clock.advance(60);
    let answer = app.rpc(&[set(Path::key("SERVER_HOSTNAME"), "registry.example.org")]).await;
    assert_eq!(answer.status, 200);
    let saved: app::draft::Saved = serde_json::from_slice(&answer.body).unwrap();
    let draft = app.state.drafts.load().await.unwrap();
    assert_eq!(saved.saved_at, draft.saved_at);
    assert_eq!(draft.version, before + 1);
    assert_eq!(app.text_at("SERVER_HOSTNAME").await, "registry.example.org");
    assert!(page(&app, "/section/server").await.contains("registry.example.org"));
}

#[tokio::test]
async fn a_text_with_markup_in_it_stays_text() {
    let app = TestApp::logged_in().await;
    let markup = "\"><script>alert(1)</script><img src=x onerror=alert(1)>";
    for key in ["REGISTRY_TITLE", "SERVER_HOSTNAME"] {
        assert_eq!(app.rpc(&[set(Path::key(key), markup)]).await.status, 200);
    }
    let lists = set(Path::key("SUPER_USERS"), Value::List(vec![Value::from(markup)]));
    assert_eq!(app.rpc(&[lists]).await.status, 200);
    for path in editor_pages() {
        let html = page(&app, &path).await;
        assert!(!html.contains("<script>alert") && !html.contains("<img src=x"), "{path}");
    }
}

#[tokio::test]
async fn a_setting_can_be_reset_and_cleared() {
    let app = TestApp::logged_in().await;
    let key = Path::key("DEFAULT_TAG_EXPIRATION");
    assert_eq!(app.rpc(&[set(key.clone(), "4w")]).await.status, 200);
    assert_eq!(app.text_at("DEFAULT_TAG_EXPIRATION").await, "4w");
    assert_eq!(app.rpc(&[edit(key.clone(), Change::Reset)]).await.status, 200);
    assert_eq!(app.text_at("DEFAULT_TAG_EXPIRATION").await, "2w");
    assert_eq!(app.rpc(&[edit(key.clone(), Change::Clear)]).await.status, 200);
    assert_eq!(app.document().await.raw(&key), None);
}

#[tokio::test]
async fn a_secret_is_stored_and_never_shown_again() {
    let app = TestApp::logged_in().await;
    let places = [
        Path::key("SECRET_KEY"),
        Path::key("BUILDLOGS_REDIS").field("password"),
        Path::key("MAIL_PASSWORD"),
        Path::key("LDAP_ADMIN_PASSWD"),
    ];
    for place in &places {
        let answer = app.rpc(&[set(place.clone(), SECRET)]).await;
        assert_eq!(answer.status, 200, "{place}");
        assert!(!answer.text().contains(SECRET), "the answer shows {place}");
        assert_eq!(app.document().await.raw(place), Some(&Value::from(SECRET)), "{place}");
    }
    for path in editor_pages() {
        assert!(!page(&app, &path).await.contains(SECRET), "{path} shows a secret");
    }
}

#[tokio::test]
async fn the_secrets_of_a_new_configuration_are_never_shown_either() {
    let app = TestApp::logged_in().await;
    let secrets = [app.text_at("SECRET_KEY").await, app.text_at("DATABASE_SECRET_KEY").await];
    assert!(secrets.iter().all(|secret| secret.len() >= 32), "they are made at the beginning");
    for path in editor_pages() {
        let html = page(&app, &path).await;
        assert!(secrets.iter().all(|secret| !html.contains(secret)), "{path} shows a secret");
    }
}

#[tokio::test]
async fn the_database_file_holds_nothing_in_clear() {
    let app = TestApp::logged_in().await;
    let host = "a-name-to-look-for.example.com";
    let edits = [set(Path::key("SECRET_KEY"), SECRET), set(Path::key("SERVER_HOSTNAME"), host)];
    assert_eq!(app.rpc(&edits).await.status, 200);
    app.upload("certificates", "*", "a.key", SECRET.as_bytes()).await;
    assert_eq!(app.file_names().await, ["a.key"]);
    let token = app.token().unwrap();
    let mut bytes_seen = 0;
    for file in fs::read_dir(app.ground.data_dir()).unwrap() {
        let path = file.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        bytes_seen += bytes.len();
        for text in [SECRET, host, PASSWORD, token.as_str()] {
            let found = bytes.windows(text.len()).any(|window| window == text.as_bytes());
            assert!(!found, "{} holds {text}", path.display());
        }
    }
    assert!(bytes_seen > 0, "the database is a file in that folder");
}

#[tokio::test]
async fn the_password_in_the_database_address_is_masked_and_kept() {
    let app = TestApp::logged_in().await;
    let address = |password: &str, host: &str| format!("postgresql://quay:{password}@{host}/quay");
    let key = Path::key("DB_URI");
    let first = address(SECRET, "db01.example.com");
    assert_eq!(app.rpc(&[set(key.clone(), first.as_str())]).await.status, 200);
    let html = page(&app, "/section/database").await;
    assert!(!html.contains(SECRET));
    assert!(html.contains(KEPT_PASSWORD) && html.contains("db01.example.com"));

    let masked = address(KEPT_PASSWORD, "db02.example.com");
    assert_eq!(app.rpc(&[set(key.clone(), masked.as_str())]).await.status, 200);
    assert!(app.text_at("DB_URI").await == address(SECRET, "db02.example.com"));
    assert!(!page(&app, "/section/database").await.contains(SECRET));

    let renewed = address("another-word", "db02.example.com");
    assert_eq!(app.rpc(&[set(key, renewed.as_str())]).await.status, 200);
    assert!(app.text_at("DB_URI").await == renewed);
}

#[tokio::test]
async fn a_new_secret_is_made_where_nobody_else_needs_to_know_it() {
    let app = TestApp::logged_in().await;
    for key in ["SECRET_KEY", "DATABASE_SECRET_KEY"] {
        let before = app.text_at(key).await;
        let answer = app.rpc(&[edit(Path::key(key), Change::Generate)]).await;
        assert_eq!(answer.status, 200, "{key}");
        let after = app.text_at(key).await;
        assert!(after != before && after.len() >= 32, "{key}");
        assert!(!answer.text().contains(&after), "the answer shows {key}");
    }
    let version = app.version().await;
    for place in [Path::key("SERVER_HOSTNAME"), Path::key("MAIL_PASSWORD"), Path::key("DB_URI")] {
        let answer = app.rpc(&[edit(place.clone(), Change::Generate)]).await;
        assert!(!answer.status.is_success(), "{place}");
        assert!(answer.text().contains("cannot be generated"), "{place}");
    }
    assert_eq!(app.version().await, version);
}

#[tokio::test]
async fn a_discarded_draft_begins_again_with_other_secrets() {
    let app = TestApp::logged_in().await;
    let secret = app.text_at("SECRET_KEY").await;
    assert_eq!(app.rpc(&[set(Path::key("SERVER_HOSTNAME"), "quay.example.com")]).await.status, 200);
    app.upload("certificates", "extra_ca_certs/", "ca.crt", b"pem").await;
    assert_eq!(app.post_form("/discard", &[]).await.redirect(), (303, "/"));
    assert_eq!(app.text_at("SERVER_HOSTNAME").await, "");
    assert_eq!(app.file_names().await, [""; 0]);
    assert!(app.text_at("SECRET_KEY").await != secret);
}
