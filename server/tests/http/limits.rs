//! What is too large or makes no sense is refused early, and leaves the draft as it was.

use crate::support::{Answer, ORIGIN, TestApp, form, own_form, set, whole};
use app::draft::{Change, EDITS_MAX, Edit};
use axum::body::{Body, Bytes};
use axum::http::request::Builder;
use axum::http::{Request, header};
use config_model::path::Path;
use config_model::value::{Map, MapKey, Value};
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A piece of a body that does not end.
static CHUNK: [u8; 16 * 1024] = [b'a'; 16 * 1024];
/// What a client says that means to send a gigabyte.
const GIGABYTE: &str = "1073741824";

/// A body that does not end, and a count of the bytes that were taken from it.
fn endless() -> (Body, Arc<AtomicUsize>) {
    let taken = Arc::new(AtomicUsize::new(0));
    let count = taken.clone();
    let chunks = futures_util::stream::repeat_with(move || {
        count.fetch_add(CHUNK.len(), Ordering::Relaxed);
        Ok::<_, Infallible>(Bytes::from_static(&CHUNK))
    });
    (Body::from_stream(chunks), taken)
}

/// The requests that take a body, and the most bytes that each is read of.
fn requests() -> [(&'static str, Builder, usize); 3] {
    let rpc = Request::post("/rpc/save_edits")
        .header(header::ORIGIN, ORIGIN)
        .header(header::CONTENT_TYPE, "application/json");
    let upload = Request::post("/files")
        .header(header::ORIGIN, ORIGIN)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
    [
        ("/login", own_form("/login"), 16 * 1024),
        ("/rpc/save_edits", rpc, 1024 * 1024),
        ("/files", upload, 1024 * 1024 + 64 * 1024),
    ]
}

/// Checks that edits were refused with these words in the answer, and nothing was stored.
async fn assert_refused(app: &TestApp, what: &str, answer: &Answer, words: &str, version: i64) {
    assert!(!answer.status.is_success(), "{what}: {}", answer.status);
    let said = answer.text();
    assert!(said.contains("Refused") && said.contains(words), "{what}: {said}");
    assert_eq!(app.version().await, version, "{what}: the draft was changed");
}

#[tokio::test]
async fn a_body_that_says_it_is_too_large_is_not_read_at_all() {
    let app = TestApp::logged_in().await;
    let version = app.version().await;
    for (path, request, _) in requests() {
        let (body, taken) = endless();
        let answer = app.send(whole(request.header(header::CONTENT_LENGTH, GIGABYTE), body)).await;
        assert_eq!(answer.status, 413, "{path}");
        assert_eq!(taken.load(Ordering::Relaxed), 0, "{path}");
    }
    assert_eq!(app.version().await, version);
    assert_eq!(app.file_names().await, [""; 0]);
}

#[tokio::test]
async fn a_body_that_does_not_end_is_read_to_the_limit_only() {
    let app = TestApp::logged_in().await;
    let version = app.version().await;
    for (path, request, limit) in requests() {
        let (body, taken) = endless();
        let answer = app.send(whole(request, body)).await;
        assert!(!answer.status.is_success() && !answer.status.is_redirection(), "{path}");
        let taken = taken.load(Ordering::Relaxed);
        assert!(taken <= limit + 2 * CHUNK.len(), "{path}: {taken} bytes of {limit}");
    }
    assert_eq!(app.version().await, version);
    assert_eq!(app.file_names().await, [""; 0]);
}

#[tokio::test]
async fn a_form_larger_than_any_form_is_refused() {
    let app = TestApp::start().await;
    let large = "x".repeat(17 * 1024);
    let fields = [("user", "quayconfig"), ("password", large.as_str())];
    let answer = app.send(whole(own_form("/login"), form(&fields))).await;
    assert_eq!(answer.status, 413);
}

#[tokio::test]
async fn more_edits_than_a_person_makes_are_refused() {
    let app = TestApp::logged_in().await;
    let version = app.version().await;
    let edits = vec![set(Path::key("REGISTRY_TITLE"), "Quay"); EDITS_MAX + 1];
    let answer = app.rpc(&edits).await;
    assert_refused(&app, "501 edits", &answer, &EDITS_MAX.to_string(), version).await;
    assert_eq!(app.rpc(&edits[1..]).await.status, 200, "as many as allowed are taken");
}

#[tokio::test]
async fn a_text_longer_than_any_setting_is_refused() {
    let app = TestApp::logged_in().await;
    let version = app.version().await;
    let long = Value::Text("x".repeat(64 * 1024 + 1));
    let entry = Value::Map(Map::from_iter([(MapKey::from("logo"), long.clone())]));
    let edits = [
        ("a text", set(Path::key("REGISTRY_TITLE"), long.clone())),
        ("a text in a list", set(Path::key("SUPER_USERS"), Value::List(vec![long]))),
        ("a text in a mapping", set(Path::key("BRANDING"), entry)),
    ];
    for (what, edit) in edits {
        let answer = app.rpc(&[edit]).await;
        assert_refused(&app, what, &answer, "longer than", version).await;
    }
    let longest = Value::Text("x".repeat(64 * 1024));
    assert_eq!(app.rpc(&[set(Path::key("REGISTRY_TITLE"), longest)]).await.status, 200);
}

#[tokio::test]
async fn a_hidden_secret_is_never_taken_for_its_text() {
    let app = TestApp::logged_in().await;
    let secret = app.text_at("SECRET_KEY").await;
    let version = app.version().await;
    let entry = |name: &str| Value::Map(Map::from_iter([(MapKey::from(name), Value::Hidden)]));
    let engine = Value::List(vec![Value::from("S3Storage"), entry("s3_secret_key")]);
    let engines = Value::Map(Map::from_iter([(MapKey::from("default"), engine)]));
    let edits = [
        ("a secret", set(Path::key("SECRET_KEY"), Value::Hidden)),
        ("an item", set(Path::key("SUPER_USERS"), Value::List(vec![Value::Hidden]))),
        ("an entry", set(Path::key("BUILDLOGS_REDIS"), entry("password"))),
        ("an engine", set(Path::key("DISTRIBUTED_STORAGE_CONFIG"), engines)),
    ];
    for (what, edit) in edits {
        let answer = app.rpc(&[edit]).await;
        assert_refused(&app, what, &answer, "hidden", version).await;
    }
    assert!(app.text_at("SECRET_KEY").await == secret, "the secret was lost");
}

#[tokio::test]
async fn a_place_that_no_form_has_is_refused() {
    let app = TestApp::logged_in().await;
    let version = app.version().await;
    let deep = (0..100).fold(Path::key("BRANDING"), |path, _| path.field("logo"));
    let places = [
        Path::key("NO_SUCH_KEY"),
        Path::key("__proto__"),
        Path::key("SERVER_HOSTNAME").field("x"),
        Path::key("SUPER_USERS").item(0),
        Path::key("BUILDLOGS_REDIS").field("no_such_entry"),
        Path::key("DISTRIBUTED_STORAGE_CONFIG").field("none").item(1).field("s3_bucket"),
        Path::key("DISTRIBUTED_STORAGE_CONFIG").field("none"),
        deep,
    ];
    for place in places {
        let answer = app.rpc(&[set(place.clone(), "x")]).await;
        let what = place.to_string();
        assert_refused(&app, &what, &answer, "is not a field", version).await;
    }
    for odd in [r"[]", r"[0]", r#"[0,"SERVER_HOSTNAME"]"#] {
        let json = format!(r#"{{"edits":[{{"path":{odd},"change":{{"Set":{{"Text":"x"}}}}}}]}}"#);
        let answer = app.rpc_text(json).await;
        assert_refused(&app, odd, &answer, "is not a field", version).await;
    }
}

#[tokio::test]
async fn one_bad_edit_takes_the_good_ones_with_it() {
    let app = TestApp::logged_in().await;
    let version = app.version().await;
    let good = set(Path::key("SERVER_HOSTNAME"), "quay.example.com");
    let bad = Edit { path: Path::key("NO_SUCH_KEY"), change: Change::Clear };
    let answer = app.rpc(&[good, bad]).await;
    assert_refused(&app, "half of it", &answer, "NO_SUCH_KEY", version).await;
    assert_eq!(app.text_at("SERVER_HOSTNAME").await, "");
}

#[tokio::test]
async fn what_is_no_list_of_edits_is_refused_without_a_word_of_what_happened_inside() {
    let app = TestApp::logged_in().await;
    let version = app.version().await;
    let deep = format!("{{\"edits\":{}{}}}", "[".repeat(5000), "]".repeat(5000));
    let texts =
        ["", "{", "null", "[]", r#"{"edits":7}"#, r#"{"edits":[{"path":["A"]}]}"#, deep.as_str()];
    for text in texts {
        let answer = app.rpc_text(text.to_owned()).await;
        assert!(!answer.status.is_success(), "{text:.20}");
        let said = answer.text();
        assert!(!said.contains("line ") && !said.contains("column"), "{text:.20}: {said}");
    }
    assert_eq!(app.version().await, version);
    assert_eq!(app.get("/").await.status, 200, "the console goes on");
}
