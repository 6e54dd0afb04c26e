//! `config.yaml` as text: no secret is in it, edits are taken to the byte, what is wrong has a place.

use crate::support::{Answer, Ground, ORIGIN, PASSWORD, TestApp, set, whole};
use axum::body::Body;
use axum::http::{Request, header};
use config_model::mask::PLACEHOLDER;
use config_model::path::Path;
use config_model::value::Value as Setting;
use serde_json::{Value, json};

/// A word that stands in every secret and nowhere else.
const SECRET: &str = "hunter2-Zq8vT";

/// A configuration as a person keeps it.
const CONFIG: &str = "# The registry of the example company.\n\
    SERVER_HOSTNAME: quay.example.com # the public name\n\
    SECRET_KEY: 'hunter2-Zq8vT-for-sessions'\n\
    BUILDLOGS_REDIS:\n  \
      host: redis.example.com\n  \
      port: 70000\n  \
      password: hunter2-Zq8vT-for-redis\n\
    \n\
    # Kept for later.\n\
    MY_OWN: {token: hunter2-Zq8vT-of-mine}\n";

async fn start() -> TestApp {
    TestApp::logged_in_at(Ground::new().with_config(CONFIG)).await
}

/// The placeholder of a top-level secret.
fn placeholder(key: &str) -> String {
    format!("{}{key}{}", PLACEHOLDER.0, PLACEHOLDER.1)
}

async fn read(app: &TestApp) -> Value {
    let answer = app.get("/yaml/text").await;
    assert_eq!(answer.status, 200);
    serde_json::from_slice(&answer.body).expect("the answer is JSON")
}

fn text_of(answer: &Value) -> &str {
    answer["text"].as_str().expect("the answer has a text")
}

fn fault_of(answer: &Value) -> &str {
    answer["error"]["what"].as_str().expect("the answer has an error")
}

async fn send(app: &TestApp, body: String) -> Answer {
    let request = Request::post("/yaml/text")
        .header(header::ORIGIN, ORIGIN)
        .header(header::CONTENT_TYPE, "application/json");
    app.send(whole(request, Body::from(body))).await
}

async fn write(app: &TestApp, text: &str, version: &Value) -> Value {
    let answer = send(app, json!({ "text": text, "version": version }).to_string()).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    serde_json::from_slice(&answer.body).expect("the answer is JSON")
}

/// The text that is stored.
async fn stored(app: &TestApp) -> String {
    app.state.drafts.load().await.expect("the draft can be read").text
}

#[tokio::test]
async fn no_secret_is_in_the_text_and_everything_else_is() {
    let app = start().await;
    for path in ["/yaml", "/yaml/text", "/section/redis?view=yaml"] {
        let page = app.get(path).await.text();
        assert!(!page.contains(SECRET), "{path} shows a secret");
        for part in ["# The registry of the", "# the public name", "# Kept for later.", "70000"] {
            assert!(page.contains(part), "{path} lacks {part}");
        }
        assert!(page.contains(&placeholder("SECRET_KEY")), "{path}");
    }
}

#[tokio::test]
async fn an_edit_is_stored_to_the_byte_and_placeholders_stand_for_their_secrets() {
    let app = start().await;
    let before = read(&app).await;
    let edited = text_of(&before).replace("quay.example.com", "registry.example.org");
    let answer = write(&app, &edited, &before["version"]).await;
    assert_eq!(text_of(&answer), edited);
    assert!(!answer.to_string().contains(SECRET));
    assert_eq!(stored(&app).await, CONFIG.replace("quay.example.com", "registry.example.org"));
    assert_eq!(app.text_at("SERVER_HOSTNAME").await, "registry.example.org");
    assert!(app.get("/section/server").await.text().contains("registry.example.org"));
}

#[tokio::test]
async fn a_secret_that_is_typed_is_stored_and_not_sent_back() {
    let app = start().await;
    let before = read(&app).await;
    let edited = text_of(&before).replace(&placeholder("SECRET_KEY"), "hunter2-Zq8vT-anew");
    assert!(edited != text_of(&before));
    let answer = write(&app, &edited, &before["version"]).await;
    assert!(!answer.to_string().contains(SECRET));
    assert_eq!(app.text_at("SECRET_KEY").await, "hunter2-Zq8vT-anew");
}

#[tokio::test]
async fn a_placeholder_may_be_moved_but_not_made_up_or_typed_into() {
    let app = start().await;
    let before = read(&app).await;
    let moved = text_of(&before).replace("SECRET_KEY: ", "DATABASE_SECRET_KEY: ");
    let after = write(&app, &moved, &before["version"]).await;
    assert_eq!(app.text_at("DATABASE_SECRET_KEY").await, "hunter2-Zq8vT-for-sessions");
    let version = app.version().await;
    let made_up = text_of(&after).replace("quay.example.com", &placeholder("NOWHERE"));
    let typed_into = text_of(&after).replacen(PLACEHOLDER.1, &format!("{}!", PLACEHOLDER.1), 1);
    for (edited, line) in [(made_up, 2), (typed_into, 3)] {
        let answer = write(&app, &edited, &after["version"]).await;
        assert_eq!(answer["error"]["line"], line, "{answer}");
        assert!(fault_of(&answer).contains("enter the"), "{answer}");
    }
    assert_eq!(app.version().await, version);
}

#[tokio::test]
async fn a_fault_is_named_with_line_and_column_and_nothing_is_stored() {
    let app = start().await;
    let before = read(&app).await;
    let broken = format!("{}BROKEN: !!python/name:os.system x\n", text_of(&before));
    let answer = write(&app, &broken, &before["version"]).await;
    assert_eq!(answer["error"]["line"], CONFIG.lines().count() + 1);
    assert_eq!(answer["error"]["column"], 9);
    assert!(fault_of(&answer).contains("means nothing to Quay's reader"), "{answer}");
    let unread = write(&app, "A: [1, 2\n", &before["version"]).await;
    assert!(fault_of(&unread).contains("not YAML"), "{unread}");
    assert_eq!(stored(&app).await, CONFIG);
    assert_eq!(read(&app).await, before);
}

#[tokio::test]
async fn who_edits_an_older_text_is_given_the_newer_one() {
    let app = start().await;
    let before = read(&app).await;
    let host = set(Path::key("SERVER_HOSTNAME"), "other.example.com");
    assert_eq!(app.rpc(&[host]).await.status, 200);
    let version = app.version().await;
    let edited = format!("{}FEATURE_MAILING: true\n", text_of(&before));
    let answer = write(&app, &edited, &before["version"]).await;
    assert!(text_of(&answer["conflict"]).contains("other.example.com"), "{answer}");
    assert_eq!(answer["conflict"]["version"], version);
    // The same text is no conflict, whatever it was made from.
    let same = write(&app, text_of(&answer["conflict"]), &before["version"]).await;
    assert_eq!(same["version"], version);
    assert_eq!(app.version().await, version);
}

#[tokio::test]
async fn what_is_wrong_has_its_line_and_what_is_missing_has_none() {
    let app = start().await;
    let answer = read(&app).await;
    let findings = answer["findings"].as_array().unwrap();
    let find = |path: &str| findings.iter().find(|mark| mark["path"] == path).unwrap();
    let port = find("BUILDLOGS_REDIS.port");
    assert_eq!((&port["line"], &port["column"]), (&json!(6), &json!(3)));
    assert_eq!(port["severity"], "error");
    assert_eq!(port["href"], "/section/redis#BUILDLOGS_REDIS.port");
    assert_eq!(find("DB_URI")["line"], Value::Null);
    let page = app.get("/yaml").await.text();
    assert!(page.contains("Line 6") && page.contains("/section/redis#BUILDLOGS_REDIS.port"));
}

#[tokio::test]
async fn the_form_works_without_a_program_in_the_browser() {
    let app = start().await;
    let before = read(&app).await;
    let version = before["version"].to_string();
    // As a browser sends it: with its own line breaks.
    let edited = text_of(&before).replace("70000", "6379").replace('\n', "\r\n");
    let fields = [("text", edited.as_str()), ("version", &version)];
    assert_eq!(app.post_form("/yaml", &fields).await.redirect(), (303, "/yaml?saved=yes"));
    assert_eq!(stored(&app).await, CONFIG.replace("70000", "6379"));
    assert!(app.get("/yaml?saved=yes").await.text().contains(app::text::yaml().saved));

    let late = app.post_form("/yaml", &[("text", "MAIL_PORT: 25\n"), ("version", &version)]).await;
    assert_eq!(late.status, 409);
    assert!(late.text().contains("MAIL_PORT: 25"), "what was typed is kept");
    let now = app.version().await.to_string();
    let hidden = format!("name=\"version\" value=\"{now}\"");
    assert!(late.text().contains(&hidden), "sent again, it is stored");

    let broken = [("text", "A: '</textarea><b>'\nB: [\n"), ("version", &now)];
    let answer = app.post_form("/yaml", &broken).await;
    assert_eq!(answer.status, 422);
    let page = answer.text();
    assert!(page.contains("Not saved. Line ") && page.contains("A: '&lt;/textarea>"), "{page}");
    assert_eq!(app.version().await.to_string(), now);
}

#[tokio::test]
async fn the_line_breaks_of_the_file_stay_what_they_are() {
    let config = CONFIG.replace('\n', "\r\n");
    let app = TestApp::logged_in_at(Ground::new().with_config(&config)).await;
    let before = read(&app).await;
    let edited = text_of(&before).replace("\r\n", "\n").replace("70000", "6379");
    write(&app, &edited, &before["version"]).await;
    assert_eq!(stored(&app).await, config.replace("70000", "6379"));
}

#[tokio::test]
async fn the_forms_are_told_the_new_state_and_whether_they_must_be_drawn_anew() {
    let app = start().await;
    let before = read(&app).await;
    let edited = text_of(&before).replace("quay.example.com", "b.example.com");
    let host = write(&app, &edited, &before["version"]).await;
    assert_eq!(host["structure"], before["structure"]);
    let view: app::draft::DraftView = serde_json::from_str(host["view"].as_str().unwrap()).unwrap();
    let name = view.document.top("SERVER_HOSTNAME").and_then(Setting::as_str);
    assert_eq!(name, Some("b.example.com"));
    let engine = "DISTRIBUTED_STORAGE_CONFIG:\n  default: [LocalStorage, {storage_path: /a}]\n";
    let added = write(&app, &format!("{edited}{engine}"), &host["version"]).await;
    assert!(added["structure"] != before["structure"]);
}

#[tokio::test]
async fn the_text_is_for_those_who_are_logged_in() {
    let app = Ground::new().with_config(CONFIG).start(PASSWORD).await.unwrap();
    assert_eq!(app.get("/yaml").await.status, 303);
    assert_eq!(app.get("/yaml/text").await.status, 401);
    let body = json!({ "text": "", "version": 1 }).to_string();
    assert_eq!(send(&app, body).await.status, 401);
    let form = app.post_form("/yaml", &[("text", ""), ("version", "1")]).await;
    assert!(form.redirect().1.starts_with("/login"));
    assert_eq!(stored(&app).await, CONFIG);
}

#[tokio::test]
async fn what_is_no_configuration_by_its_size_is_refused() {
    let app = start().await;
    let before = read(&app).await;
    let large = format!("A: {}\n", "x".repeat(config_model::yaml::BYTES_MAX));
    let answer = write(&app, &large, &before["version"]).await;
    assert!(fault_of(&answer).contains("4 MiB"), "{answer}");
    assert_eq!(send(&app, large.repeat(4)).await.status, 413);
    assert_eq!(send(&app, "{".to_owned()).await.status, 400);
    assert_eq!(stored(&app).await, CONFIG);
}
