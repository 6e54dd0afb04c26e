//! Only the console's own pages may change something, and reading changes nothing.

use crate::support::{HOST, ORIGIN, TestApp, editor_pages, form, set, whole};
use axum::body::Body;
use axum::http::{Method, Request, Version, header};
use config_model::path::Path;

/// Every address that changes something, with what the browser's form for it sends.
pub(crate) const CHANGES: [(&str, &[(&str, &str)]); 19] = [
    ("/login", &[("user", "quayconfig"), ("password", "correct horse")]),
    ("/logout", &[]),
    ("/discard", &[]),
    ("/download", &[("accept_errors", "yes")]),
    ("/save", &[("accept_errors", "yes")]),
    ("/engines", &[("action", "add"), ("name", "default"), ("driver", "RadosGWStorage")]),
    ("/files", &[("section", "certificates"), ("slot", "*")]),
    ("/files/remove", &[("section", "certificates"), ("name", "extra_ca_certs/ca.crt")]),
    ("/entries", &[("action", "add-key"), ("name", "SSO"), ("ending", "_LOGIN_CONFIG")]),
    ("/values", &[("action", "set"), ("key", "API_VERSION"), ("value", "2")]),
    ("/undo", &[]),
    ("/redo", &[]),
    ("/import", &[]),
    ("/history/1/restore", &[]),
    ("/checks", &[]),
    ("/checks/cancel", &[]),
    ("/yaml", &[("text", "A: 1"), ("version", "1")]),
    ("/yaml/text", &[]),
    ("/rpc/save_edits", &[]),
];

/// The addresses among them that have no page of their own.
const WITHOUT_PAGE: [&str; 13] = [
    "/checks/cancel",
    "/logout",
    "/download",
    "/save",
    "/engines",
    "/files",
    "/files/remove",
    "/entries",
    "/values",
    "/undo",
    "/redo",
    "/history/1/restore",
    "/rpc/save_edits",
];

/// What a browser says when another site makes it send something.
const FOREIGN: [&[(&str, &str)]; 7] = [
    &[("origin", "https://evil.example")],
    &[("origin", "http://evil.console.test:8080")],
    &[("origin", "http://console.test:9090")],
    &[("origin", "null")],
    &[("sec-fetch-site", "cross-site"), ("origin", ORIGIN)],
    &[("sec-fetch-site", "same-site"), ("origin", ORIGIN)],
    // With a cookie and without a word of where it comes from.
    &[],
];

/// A console with a session, an edit and a file.
async fn app_with_a_draft() -> TestApp {
    let app = TestApp::logged_in().await;
    let host = set(Path::key("SERVER_HOSTNAME"), "quay.example.com");
    assert_eq!(app.rpc(&[host]).await.status, 200);
    let answer = app.upload("certificates", "extra_ca_certs/", "ca.crt", b"pem").await;
    assert_eq!(answer.status, 303);
    app
}

#[tokio::test]
async fn another_site_can_change_nothing() {
    let app = app_with_a_draft().await;
    let before = (app.version().await, app.file_names().await, app.token());
    for (path, fields) in CHANGES {
        for headers in FOREIGN {
            let mut request = Request::post(path)
                .header(header::HOST, HOST)
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            let answer = app.send(whole(request, form(fields))).await;
            assert_eq!(answer.status, 403, "{path} {headers:?}");
            assert_eq!(answer.header("set-cookie"), "", "{path} {headers:?}");
            assert_eq!(answer.header("content-disposition"), "", "{path} {headers:?}");
        }
    }
    let after = (app.version().await, app.file_names().await, app.token());
    assert!(before == after, "something was changed");
    assert_eq!(app.get("/").await.status, 200, "the session goes on");
}

#[tokio::test]
async fn no_other_method_slips_past_the_check() {
    let app = app_with_a_draft().await;
    let before = app.version().await;
    for (path, fields) in CHANGES {
        for method in [Method::PUT, Method::PATCH, Method::DELETE] {
            let request = Request::builder()
                .method(method.clone())
                .uri(path)
                .header(header::ORIGIN, "https://evil.example")
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            let answer = app.send(whole(request, form(fields))).await;
            assert_eq!(answer.status, 403, "{method} {path}");
        }
    }
    assert_eq!(app.version().await, before);
}

#[tokio::test]
async fn what_changes_something_cannot_be_reached_by_a_link() {
    let app = app_with_a_draft().await;
    let before = (app.version().await, app.file_names().await, app.token());
    for path in WITHOUT_PAGE {
        for method in [Method::GET, Method::HEAD] {
            let request = Request::builder().method(method.clone()).uri(path);
            let answer = app.send(whole(request, Body::empty())).await;
            assert_eq!(answer.status, 405, "{method} {path}");
        }
    }
    assert!((app.version().await, app.file_names().await, app.token()) == before);
}

#[tokio::test]
async fn looking_at_every_page_leaves_the_draft_as_it_was() {
    let app = app_with_a_draft().await;
    let before = app.version().await;
    for path in editor_pages() {
        assert_eq!(app.get(&path).await.status, 200, "{path}");
    }
    assert_eq!(app.version().await, before);
}

#[tokio::test]
async fn the_consoles_own_pages_may_change_things() {
    let app = app_with_a_draft().await;
    for headers in [&[("sec-fetch-site", "same-origin")][..], &[("origin", ORIGIN)][..]] {
        let before = app.version().await;
        let (path, fields) = CHANGES[7];
        let mut request =
            Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        assert_eq!(app.send(whole(request, form(fields))).await.status, 303, "{headers:?}");
        assert_ne!(app.version().await, before, "{headers:?}");
    }
}

#[tokio::test]
async fn over_http_2_the_address_stands_in_for_the_host_header() {
    let app = app_with_a_draft().await;
    let (path, fields) = CHANGES[7];
    for (origin, status) in [(ORIGIN, 303), ("https://evil.example", 403)] {
        let request = Request::post(format!("{ORIGIN}{path}"))
            .version(Version::HTTP_2)
            .header(header::ORIGIN, origin)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        assert_eq!(app.send(whole(request, form(fields))).await.status, status, "{origin}");
    }
}
