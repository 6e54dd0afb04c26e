//! The HTTP API of the removed configuration tool, as scripts written for it use it.

use crate::support::{Answer, GOOD, Ground, ORIGIN, PASSWORD, TestApp, set, whole};
use app::paths;
use axum::body::Body;
use axum::http::{Method, Request, header};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as BASE64;
use config_model::path::Path;
use config_model::yaml;
use serde_json::{Value, json};
use server::archive::unpack;

/// The largest body that is read.
const BODY_BYTES_MAX: usize = 16 * 1024 * 1024;
/// The routes that take a password.
const GUARDED: [(Method, &str); 3] = [
    (Method::GET, paths::API_CONFIG),
    (Method::POST, paths::API_VALIDATE),
    (Method::POST, paths::API_DOWNLOAD),
];

/// The header a program sends.
fn basic(password: &str) -> String {
    format!("Basic {}", BASE64.encode(format!("quayconfig:{password}")))
}

/// Asks with this password.
async fn get_with(app: &TestApp, password: &str) -> Answer {
    let request = Request::get(paths::API_CONFIG).header(header::AUTHORIZATION, basic(password));
    app.send(whole(request, Body::empty())).await
}

/// Asks for the configuration.
async fn get(app: &TestApp) -> Answer {
    get_with(app, PASSWORD).await
}

/// Sends a body the way curl does with --data.
async fn post(app: &TestApp, path: &str, body: impl Into<Body>) -> Answer {
    let request = Request::post(path)
        .header(header::AUTHORIZATION, basic(PASSWORD))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    app.send(whole(request, body.into())).await
}

fn parsed(answer: &Answer) -> Value {
    assert_eq!(answer.header("content-type"), "application/json");
    serde_json::from_slice(&answer.body).expect("the answer is JSON")
}

/// Checks that the answer is one line for a person.
fn assert_sentence(answer: &Answer, status: u16, words: &str) {
    let said = answer.text();
    assert_eq!(answer.status, status, "{said}");
    assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8", "{said}");
    assert!(said.contains(words), "{said}");
    assert!(said.ends_with(".\n") && said.lines().count() == 1, "{said:?}");
}

#[tokio::test]
async fn a_new_configuration_comes_with_202_and_a_loaded_one_with_200() {
    let app = TestApp::start().await;
    let answer = get(&app).await;
    assert_eq!(answer.status, 202);
    let bundle = parsed(&answer);
    assert_eq!(bundle["config.yaml"]["SECRET_KEY"], app.text_at("SECRET_KEY").await);
    assert_eq!(bundle["config.yaml"]["TAG_EXPIRATION_OPTIONS"][0], "0s");
    assert_eq!(bundle["certs"], json!({}));

    let app = Ground::new().with_config(GOOD).start(PASSWORD).await.unwrap();
    let answer = get(&app).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("cache-control"), "no-store");
    let config = &parsed(&answer)["config.yaml"];
    assert_eq!(config["SERVER_HOSTNAME"], "quay.example.com");
    assert_eq!(config["BUILDLOGS_REDIS"]["password"], "a-word-for-redis", "it is an export");
}

#[tokio::test]
async fn what_is_given_is_the_draft_with_its_files() {
    let app = TestApp::logged_in().await;
    assert_eq!(app.rpc(&[set(Path::key("REGISTRY_TITLE"), "Corporate")]).await.status, 200);
    assert_eq!(app.upload("certificates", "extra_ca_certs/", "ca.crt", b"pem").await.status, 303);
    let bundle = parsed(&get(&app).await);
    assert_eq!(bundle["config.yaml"]["REGISTRY_TITLE"], "Corporate");
    assert_eq!(bundle["certs"], json!({ "extra_ca_certs/ca.crt": BASE64.encode("pem") }));
}

#[tokio::test]
async fn a_session_of_the_browser_opens_nothing_here() {
    let app = TestApp::logged_in_at(Ground::new().with_config(GOOD)).await;
    for (method, path) in GUARDED {
        for line in [None, Some("Bearer x"), Some("Basic %"), Some("Basic")] {
            let mut request =
                Request::builder().method(method.clone()).uri(path).header(header::ORIGIN, ORIGIN);
            if let Some(line) = line {
                request = request.header(header::AUTHORIZATION, line);
            }
            let answer = app.send(whole(request, Body::from(r#"{"config.yaml":{}}"#))).await;
            assert_sentence(&answer, 401, "HTTP Basic");
            assert_eq!(answer.header("www-authenticate"), "Basic realm=\"quayconfig\"", "{path}");
            assert!(!answer.text().contains("a-word-for"), "{path}");
        }
    }
    assert_eq!(app.get("/").await.status, 200, "the session goes on");
}

#[tokio::test]
async fn wrong_passwords_count_together_with_those_of_the_log_in_page() {
    let app = TestApp::start().await;
    let mut statuses = Vec::new();
    let mut wait = 0_i64;
    for _ in 0..10 {
        let answer = get_with(&app, "wrong horse").await;
        statuses.push(answer.status.as_u16());
        wait = answer.header("retry-after").parse().unwrap_or_default();
    }
    assert_eq!((statuses[0], statuses[9]), (401, 429));
    assert!(wait > 0, "the answer says how long to wait");
    assert_sentence(&get(&app).await, 429, "Wait");
    assert_eq!(app.log_in("quayconfig", PASSWORD).await.status, 429);
    app.ground.clock.advance(wait);
    assert_eq!(get(&app).await.status, 202);

    for _ in 0..10 {
        app.log_in("quayconfig", "wrong horse").await;
    }
    assert_eq!(get(&app).await.status, 429);
}

#[tokio::test]
async fn a_wrong_password_and_another_user_look_the_same() {
    let app = TestApp::start().await;
    let other = format!("Basic {}", BASE64.encode(format!("somebody:{PASSWORD}")));
    let request = Request::get(paths::API_CONFIG).header(header::AUTHORIZATION, other);
    let (one, two) =
        (app.send(whole(request, Body::empty())).await, get_with(&app, "wrong horse").await);
    assert_sentence(&one, 401, "wrong");
    assert_eq!((one.status, one.text()), (two.status, two.text()));
    assert_eq!(one.header("www-authenticate"), two.header("www-authenticate"));
}

#[tokio::test]
async fn numbers_keep_their_digits_on_the_way_out_and_back() {
    let numbers =
        "NUMBERS: {million: 1000000, small: 0.01, long: 12345678901234567890, octal: 0755}\n";
    let text = format!("{GOOD}{numbers}");
    let app = Ground::new().with_config(&text).start(PASSWORD).await.unwrap();
    let bundle = get(&app).await;
    let expected =
        r#""NUMBERS":{"million":1000000,"small":0.01,"long":12345678901234567890,"octal":493}"#;
    assert!(bundle.text().contains(expected), "the numbers are not those of the file");

    let packed = post(&app, paths::API_DOWNLOAD, bundle.body).await;
    let mut document = yaml::read(&unpack(packed.body.as_slice()).unwrap().config).unwrap();
    let octal = Path::key("NUMBERS").field("octal");
    assert_eq!(document.raw(&octal), Some(&config_model::value::Value::from(493)));
    let before = yaml::read(&text).unwrap();
    document.set(&octal, before.raw(&octal).unwrap().clone()).unwrap();
    assert!(document == before, "every other value is what it was");

    let body = r#"{"config.yaml":{"A":1e6,"B":1e+21,"C":1e-7,"D":1E2}}"#;
    let packed = post(&app, paths::API_DOWNLOAD, body).await;
    let config = unpack(packed.body.as_slice()).unwrap().config;
    assert_eq!(config, "A: 1000000\nB: 1000000000000000000000\nC: 1.0e-7\nD: 100\n");
}

#[tokio::test]
async fn an_archive_holds_what_was_sent_and_the_draft_stays_as_it_is() {
    let app = TestApp::start().await;
    let version = app.version().await;
    let body = json!({
        "config.yaml": { "FEATURE_FROM_THE_FUTURE": { "levels": [1, null, "yes"] }, "SERVER_HOSTNAME": 7 },
        "certs": { "ssl.key": BASE64.encode("key"), "extra_ca_certs/ca.crt": BASE64.encode("pem") },
    });
    let answer = post(&app, paths::API_DOWNLOAD, body.to_string()).await;
    assert_eq!(answer.status, 200, "it is not checked");
    assert_eq!(answer.header("content-type"), "application/zip", "as scripts know it");
    assert_eq!(answer.header("content-disposition"), "attachment; filename=quay-config.tar.gz");
    let bundle = unpack(answer.body.as_slice()).unwrap();
    let expected = "FEATURE_FROM_THE_FUTURE:\n  levels:\n    - 1\n    - null\n    - 'yes'\nSERVER_HOSTNAME: 7\n";
    assert_eq!(bundle.config, expected);
    let names: Vec<&String> = bundle.files.keys().collect();
    assert_eq!(names, ["extra_ca_certs/ca.crt", "ssl.key"]);
    assert_eq!(bundle.files["ssl.key"], b"key");
    app.ground.clock.advance(60);
    let again = post(&app, paths::API_DOWNLOAD, body.to_string()).await;
    assert!(answer.body == again.body, "the same input gives the same bytes");
    assert_eq!(app.version().await, version);
    assert_eq!(app.file_names().await, [""; 0]);
}

#[tokio::test]
async fn a_configuration_without_errors_is_an_empty_list_where_nothing_is_dialled() {
    let app = Ground::new().with_config(GOOD).start(PASSWORD).await.unwrap();
    let bundle = get(&app).await.body;
    for query in ["?mode=testing", "?mode=offline"] {
        let path = format!("{}{query}", paths::API_VALIDATE);
        let answer = post(&app, &path, bundle.clone()).await;
        assert_eq!(answer.status, 200, "{query}");
        assert_eq!(parsed(&answer), json!([]), "{query}");
    }
    let path = format!("{}?mode=fast", paths::API_VALIDATE);
    assert_sentence(&post(&app, &path, bundle).await, 400, "online, setup, testing, offline");
}

#[tokio::test]
async fn services_are_tried_unless_the_mode_says_otherwise() {
    let app = TestApp::start().await;
    let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|at| at.local_addr()).unwrap();
    let body = format!(
        r#"{{"config.yaml":{{"BUILDLOGS_REDIS":{{"host":"127.0.0.1","port":{}}}}}}}"#,
        free.port()
    );
    for (query, tried) in
        [("", true), ("?mode=online", true), ("?mode=setup", true), ("?mode=offline", false)]
    {
        let path = format!("{}{query}", paths::API_VALIDATE);
        let faults = parsed(&post(&app, &path, body.clone()).await);
        let words = format!("nothing listens on port {}", free.port());
        let found = faults.as_array().unwrap().iter().find(|fault| {
            fault["Message"].as_str().is_some_and(|message| message.contains(&words))
        });
        assert_eq!(found.is_some(), tried, "{query}: {faults}");
        if let Some(fault) = found {
            assert_eq!(fault["FieldGroup"], "Redis");
            assert_eq!(fault["Tags"], json!(["BUILDLOGS_REDIS"]));
        }
    }
}

#[tokio::test]
async fn errors_are_listed_with_the_names_the_removed_tool_gave_them() {
    let app = TestApp::start().await;
    let body = r#"{"config.yaml":{"BUILDLOGS_REDIS":{"port":"x"},"REGISTRY_TITLE":7}}"#;
    let answer = post(&app, paths::API_VALIDATE, body).await;
    assert_eq!(answer.status, 200);
    let faults = parsed(&answer);
    let faults = faults.as_array().unwrap();
    for fault in faults {
        let names: Vec<&String> = fault.as_object().unwrap().keys().collect();
        assert_eq!(names, ["FieldGroup", "Tags", "Message"]);
        assert!(fault["Message"].as_str().is_some_and(|message| !message.is_empty()), "{fault}");
    }
    for (group, tag) in [
        ("HostSettings", "SERVER_HOSTNAME"),
        ("Database", "DB_URI"),
        ("Redis", "BUILDLOGS_REDIS.host"),
        ("UserVisibleSettings", "REGISTRY_TITLE"),
    ] {
        let found = faults.iter().any(|f| f["FieldGroup"] == group && f["Tags"] == json!([tag]));
        assert!(found, "{tag} is not in {faults:?}");
    }
}

#[tokio::test]
async fn a_body_that_cannot_be_used_is_refused_in_a_sentence() {
    let app = TestApp::start().await;
    for (body, words) in [
        ("", "line 1"),
        ("{\"config.yaml\":\n{},}", "line 2, column 4"),
        ("[]", "config.yaml"),
        ("{}", "config.yaml is missing"),
        (r#"{"config.yaml": "text"}"#, "this is text"),
        (r#"{"config.yaml": {}, "certs": []}"#, "this is a list"),
        (r#"{"config.yaml": {}, "certs": {"ssl.key": "%"}}"#, "ssl.key"),
        (r#"{"config.yaml": {}, "certs": {"../ssl.key": ""}}"#, "../ssl.key"),
        (r#"{"config.yaml": {}, "certs": {"config.yaml": ""}}"#, "config.yaml"),
    ] {
        for path in [paths::API_VALIDATE, paths::API_DOWNLOAD] {
            assert_sentence(&post(&app, path, body).await, 400, words);
        }
    }
    assert_sentence(&post(&app, paths::API_VALIDATE, b"\xff".to_vec()).await, 400, "UTF-8");
}

#[tokio::test]
async fn a_body_larger_than_a_bundle_is_refused() {
    let app = TestApp::start().await;
    for path in [paths::API_VALIDATE, paths::API_DOWNLOAD] {
        let large = vec![b' '; BODY_BYTES_MAX + 1];
        assert_eq!(post(&app, path, large).await.status, 413, "{path}");
        let request = Request::post(path)
            .header(header::AUTHORIZATION, basic(PASSWORD))
            .header(header::CONTENT_LENGTH, BODY_BYTES_MAX + 1);
        assert_eq!(app.send(whole(request, Body::empty())).await.status, 413, "{path}");
    }
}

#[tokio::test]
async fn a_browser_on_another_site_is_refused_although_it_knows_the_password() {
    let app = TestApp::start().await;
    for (method, path) in GUARDED {
        for (name, value) in [
            ("origin", "https://evil.example"),
            ("origin", "null"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
        ] {
            let request = Request::builder()
                .method(method.clone())
                .uri(path)
                .header(header::AUTHORIZATION, basic(PASSWORD))
                .header(name, value);
            let answer = app.send(whole(request, Body::from(r#"{"config.yaml":{}}"#))).await;
            assert_sentence(&answer, 403, "did not come from a page of this console");
        }
    }
    let request = Request::get(paths::API_CONFIG)
        .header(header::AUTHORIZATION, basic(PASSWORD))
        .header(header::ORIGIN, ORIGIN);
    assert_eq!(app.send(whole(request, Body::empty())).await.status, 202);
}

#[tokio::test]
async fn nothing_is_handed_to_the_operator_by_any_method() {
    let app = TestApp::start().await;
    for method in [Method::GET, Method::POST, Method::PUT, Method::DELETE] {
        let request = Request::builder().method(method).uri(paths::API_OPERATOR);
        let answer = app.send(whole(request, Body::empty())).await;
        assert_sentence(&answer, 501, "removed in Quay 3.10");
    }
}

#[tokio::test]
async fn the_document_describes_the_routes_as_they_are() {
    let app = TestApp::start().await;
    let document = parsed(&app.get(paths::API_DOCUMENT).await);
    assert_eq!(document["openapi"], "3.1.0");
    let described = document["paths"].as_object().unwrap();
    assert_eq!(described.len(), 4);
    for (path, item) in described {
        for (method, operation) in item.as_object().unwrap() {
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let request = Request::builder().method(method).uri(path);
            let answer = app.send(whole(request, Body::empty())).await;
            let code = answer.status.as_str();
            assert!(operation["responses"][code].is_object(), "{path} answers {code}");
            let guarded = operation["security"].is_array();
            assert_eq!(guarded, code == "401", "{path}");
        }
    }
    let modes = &described[paths::API_VALIDATE]["post"]["parameters"][0]["schema"]["enum"];
    assert_eq!(*modes, json!(["online", "setup", "testing", "offline"]));
}

#[tokio::test]
async fn the_page_shows_every_route_to_those_who_are_logged_in() {
    let app = TestApp::start().await;
    assert_eq!(app.get(paths::API).await.redirect(), (303, "/login"));
    app.begin_session().await;
    let answer = app.get(paths::API).await;
    assert_eq!(answer.status, 200);
    let html = answer.text();
    for (_, path) in GUARDED {
        assert!(html.contains(path), "{path}");
    }
    assert!(html.contains(paths::API_OPERATOR) && html.contains(paths::API_DOCUMENT));
    assert!(html.contains("curl -u quayconfig --output bundle.json"), "examples can be copied");
    assert!(!html.contains(&app.text_at("SECRET_KEY").await));
    for forbidden in [" style=\"", "<style", "javascript:"] {
        assert!(!html.contains(forbidden), "{forbidden}");
    }
}
