//! Storage engines: added, ordered, copied to, removed.

use crate::support::TestApp;
use config_model::path::Path;
use config_model::value::{Map, MapKey, Value};

const CONFIG: &str = "DISTRIBUTED_STORAGE_CONFIG";
const PREFERENCE: &str = "DISTRIBUTED_STORAGE_PREFERENCE";
const LOCATIONS: &str = "DISTRIBUTED_STORAGE_DEFAULT_LOCATIONS";

/// The texts of a list.
async fn list(app: &TestApp, key: &str) -> Vec<String> {
    let document = app.document().await;
    let items = document.top(key).and_then(Value::as_list).unwrap_or_default();
    items.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The names of the engines.
async fn names(app: &TestApp) -> Vec<String> {
    let document = app.document().await;
    let engines = document.top(CONFIG).and_then(Value::as_map);
    let keys = engines.into_iter().flat_map(Map::keys);
    keys.filter_map(MapKey::as_str).map(str::to_owned).collect()
}

/// Adds an engine and checks that the answer leads to it.
async fn add(app: &TestApp, name: &str, driver: &str) {
    let fields = [("action", "add"), ("name", name), ("driver", driver)];
    let answer = app.post_form("/engines", &fields).await;
    let place = format!("/section/storage#{CONFIG}.{name}");
    assert_eq!(answer.redirect(), (303, place.as_str()));
}

/// Does something with an engine that is there.
async fn act(app: &TestApp, action: &str, name: &str) {
    let answer = app.post_form("/engines", &[("action", action), ("name", name)]).await;
    assert_eq!(answer.status, 303, "{action} {name}");
}

#[tokio::test]
async fn an_added_engine_is_there_with_its_defaults_and_preferred() {
    let app = TestApp::logged_in().await;
    add(&app, "default", "RadosGWStorage").await;
    assert_eq!(list(&app, PREFERENCE).await, ["default"]);
    let document = app.document().await;
    let engine = Path::key(CONFIG).field("default");
    assert_eq!(document.raw(&engine.item(0)), Some(&Value::from("RadosGWStorage")));
    assert_eq!(document.raw(&engine.item(1).field("is_secure")), Some(&Value::from(true)));
    let html = app.get("/section/storage").await.text();
    assert!(html.contains(&format!("id=\"{CONFIG}.default\"")), "its form stands on the page");
}

#[tokio::test]
async fn every_kind_of_engine_has_a_form() {
    let app = TestApp::logged_in().await;
    for engine in config_model::storage::engines::ENGINES {
        add(&app, engine.word, engine.word).await;
        let answer = app.get("/section/storage").await;
        assert_eq!(answer.status, 200, "{}", engine.word);
        let id = format!("id=\"{CONFIG}.{}\"", engine.word);
        assert!(answer.text().contains(&id), "{}", engine.word);
    }
}

#[tokio::test]
async fn a_name_is_given_once_and_is_plain() {
    let app = TestApp::logged_in().await;
    add(&app, "default", "S3Storage").await;
    let version = app.version().await;
    let long = "x".repeat(65);
    let odd =
        ["default", " default ", "", "a/b", "../a", "a b", "a.b", "ä", "a[0]", "\0", long.as_str()];
    for name in odd {
        let fields = [("action", "add"), ("name", name), ("driver", "RadosGWStorage")];
        let answer = app.post_form("/engines", &fields).await;
        assert_eq!(answer.status, 400, "{name:?}");
        assert!(answer.text().contains("storage engine"), "{name:?}: the page says why");
    }
    assert_eq!(names(&app).await, ["default"]);
    assert_eq!(app.version().await, version);
}

#[tokio::test]
async fn what_no_button_sends_is_refused() {
    let app = TestApp::logged_in().await;
    add(&app, "default", "S3Storage").await;
    let version = app.version().await;
    let forms: [&[(&str, &str)]; 6] = [
        &[("action", "add"), ("name", "other"), ("driver", "NoSuchStorage")],
        &[("action", "add"), ("name", "other")],
        &[("action", "explode"), ("name", "default")],
        &[("action", "up"), ("name", "other")],
        &[("action", "remove"), ("name", "other")],
        &[("action", "up")],
    ];
    for form in forms {
        let answer = app.post_form("/engines", form).await;
        assert!(answer.status.is_client_error(), "{form:?}: {}", answer.status);
    }
    assert_eq!(names(&app).await, ["default"]);
    assert_eq!(app.version().await, version);
}

#[tokio::test]
async fn engines_are_put_in_order() {
    let app = TestApp::logged_in().await;
    for name in ["a", "b", "c"] {
        add(&app, name, "S3Storage").await;
    }
    act(&app, "up", "c").await;
    assert_eq!(list(&app, PREFERENCE).await, ["a", "c", "b"]);
    act(&app, "up", "c").await;
    act(&app, "up", "c").await;
    assert_eq!(list(&app, PREFERENCE).await, ["c", "a", "b"], "the first one stays the first");
    act(&app, "down", "c").await;
    act(&app, "down", "b").await;
    assert_eq!(list(&app, PREFERENCE).await, ["a", "c", "b"], "the last one stays the last");
}

#[tokio::test]
async fn images_are_copied_to_the_engines_that_are_ticked() {
    let app = TestApp::logged_in().await;
    add(&app, "a", "S3Storage").await;
    add(&app, "b", "S3Storage").await;
    act(&app, "copy", "b").await;
    assert_eq!(list(&app, LOCATIONS).await, ["b"]);
    act(&app, "copy", "b").await;
    assert_eq!(list(&app, LOCATIONS).await, ["b"], "a second click changes nothing");
    act(&app, "uncopy", "b").await;
    assert_eq!(list(&app, LOCATIONS).await, [""; 0]);
}

#[tokio::test]
async fn a_removed_engine_is_gone_from_every_list() {
    let app = TestApp::logged_in().await;
    add(&app, "a", "S3Storage").await;
    add(&app, "b", "S3Storage").await;
    act(&app, "copy", "a").await;
    let answer = app.post_form("/engines", &[("action", "remove"), ("name", "a")]).await;
    assert_eq!(answer.redirect(), (303, "/section/storage#DISTRIBUTED_STORAGE_CONFIG"));
    assert_eq!(names(&app).await, ["b"]);
    assert_eq!(list(&app, PREFERENCE).await, ["b"]);
    assert_eq!(list(&app, LOCATIONS).await, [""; 0]);
    act(&app, "remove", "b").await;
    assert_eq!(names(&app).await, [""; 0]);
    assert_eq!(list(&app, PREFERENCE).await, [""; 0]);
}
