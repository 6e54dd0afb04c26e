//! The headers that keep a browser from doing what no page of the console needs.

use crate::support::{Answer, Ground, PASSWORD, TestApp, editor_pages, form, own_form, whole};
use axum::body::Body;
use axum::http::{Request, header};

/// One answer of every kind, and what it is.
async fn answers(app: &TestApp) -> Vec<(String, Answer)> {
    let folder = app.state.assets.folder();
    let mut paths = editor_pages();
    let others = ["/live", "/ready", "/login", "/logout", "/favicon.svg", "/robots.txt"];
    paths.extend(others.map(str::to_owned));
    paths.extend(["/nowhere", "/section/nowhere", "/assets/x/nowhere.js"].map(str::to_owned));
    paths
        .extend(["console.css", "console.js", "console_bg.wasm"].map(|n| format!("/{folder}/{n}")));
    paths.push("/assets/0000000000000000/console.css".to_owned());
    let mut answers = Vec::new();
    for path in paths {
        let answer = app.get(&path).await;
        answers.push((format!("GET {path}"), answer));
    }
    let foreign = Request::post("/discard").header(header::ORIGIN, "https://evil.example");
    let refused = app.send(whole(foreign, Body::empty())).await;
    assert_eq!(refused.status, 403);
    answers.push(("a foreign request".to_owned(), refused));
    let large = own_form("/engines").header(header::CONTENT_LENGTH, "1000000000");
    let refused = app.send(whole(large, Body::empty())).await;
    assert_eq!(refused.status, 413);
    answers.push(("a large request".to_owned(), refused));
    answers.push(("an empty form".to_owned(), app.post_form("/engines", &[]).await));
    answers.push(("a refused form".to_owned(), refused_form(app).await));
    answers.push(("no edits".to_owned(), app.rpc(&[]).await));
    answers.push(("edits that are none".to_owned(), app.rpc_text("{".to_owned()).await));
    answers.push(("a download".to_owned(), download(app).await));
    answers.push(("log-out".to_owned(), app.post_form("/logout", &[]).await));
    answers.push(("no session".to_owned(), app.get("/").await));
    answers.push(("the log-in page".to_owned(), app.get("/login").await));
    answers
}

async fn refused_form(app: &TestApp) -> Answer {
    let answer = app.post_form("/engines", &[("action", "up"), ("name", "none")]).await;
    assert_eq!(answer.status, 400);
    answer
}

async fn download(app: &TestApp) -> Answer {
    let request = whole(own_form("/download"), form(&[("accept_errors", "yes")]));
    let answer = app.send(request).await;
    assert_eq!(answer.status, 200);
    answer
}

#[tokio::test]
async fn every_answer_has_the_protective_headers() {
    let app = TestApp::logged_in().await;
    for (what, answer) in answers(&app).await {
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'"), "{what}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{what}: {policy}");
        assert!(policy.contains("base-uri 'none'"), "{what}: {policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{what}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{what}");
        let permissions = answer.header("permissions-policy");
        assert!(permissions.contains("camera=()"), "{what}: {permissions}");
        assert_eq!(answer.header("x-frame-options"), "DENY", "{what}");
        assert_eq!(answer.header("strict-transport-security"), "", "{what}: there is no TLS");
        assert_eq!(answer.header("server"), "", "{what}");
    }
}

#[tokio::test]
async fn over_tls_every_answer_asks_for_tls_from_then_on() {
    let app = Ground::new().with_tls().start(PASSWORD).await.unwrap();
    app.begin_session().await;
    for (what, answer) in answers(&app).await {
        let hsts = answer.header("strict-transport-security");
        let age: Option<u64> = hsts.strip_prefix("max-age=").and_then(|age| age.parse().ok());
        assert!(age.is_some_and(|age| age >= 31_536_000), "{what}: {hsts:?}");
    }
}

#[tokio::test]
async fn no_policy_allows_inline_code_or_evaluation() {
    let app = TestApp::logged_in().await;
    for (what, answer) in answers(&app).await {
        let policy = answer.header("content-security-policy");
        for word in policy.split([' ', ';']) {
            let allowed =
                !["'unsafe-inline'", "'unsafe-eval'", "'unsafe-hashes'", "*"].contains(&word);
            assert!(allowed, "{what}: {policy}");
        }
    }
}

#[tokio::test]
async fn pages_and_downloads_stay_out_of_every_cache() {
    let app = TestApp::logged_in().await;
    let mut pages = 0;
    for (what, answer) in answers(&app).await {
        let kind = answer.header("content-type").to_owned();
        if kind.starts_with("text/html") || kind == "application/gzip" {
            assert_eq!(answer.header("cache-control"), "no-store", "{what}");
            pages += 1;
        }
    }
    assert!(pages > editor_pages().len());
}

#[tokio::test]
async fn every_page_has_a_nonce_of_its_own_that_its_scripts_carry() {
    let app = TestApp::logged_in().await;
    let mut seen = Vec::new();
    for path in editor_pages().iter().chain(&editor_pages()) {
        let answer = app.get(path).await;
        let (nonce, html) = (answer.nonce(), answer.text());
        assert!(nonce.len() >= 22, "{path}: 128 random bits");
        assert!(!seen.contains(&nonce), "{path}: the nonce was used before");
        let carried = format!("nonce=\"{nonce}\"");
        let scripts: Vec<&str> =
            html.split("<script").skip(1).filter_map(|rest| rest.split('>').next()).collect();
        assert!(!scripts.is_empty(), "{path} loads the browser's program");
        assert!(scripts.iter().all(|script| script.contains(&carried)), "{path}: {scripts:?}");
        seen.push(nonce);
    }
}

#[tokio::test]
async fn no_page_needs_what_its_policy_forbids() {
    let app = TestApp::logged_in().await;
    for path in editor_pages() {
        let html = app.get(&path).await.text();
        for forbidden in
            [" style=\"", " onclick=", " onload=", " onsubmit=", "javascript:", "<style"]
        {
            assert!(!html.contains(forbidden), "{path} has {forbidden}");
        }
        for source in [" src=\"http", " href=\"http", " action=\"http"] {
            assert!(!html.contains(source), "{path} leads to another server with {source}");
        }
    }
}
