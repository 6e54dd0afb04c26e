//! Live checks over HTTP: started, followed, ended; nothing secret in what comes.

use crate::support::{Ground, PASSWORD, TestApp};
use std::net::{Ipv4Addr, TcpListener};
use tokio::net::TcpListener as Listener;

/// A console with a Redis at this port, and another at a port where nobody listens.
async fn app_with_redis(port: u16) -> TestApp {
    let config = format!(
        "BUILDLOGS_REDIS: {{host: 127.0.0.1, port: {port}, password: hunter22}}\n\
         PULL_METRICS_REDIS: {{host: 127.0.0.1, port: {}}}\n",
        closed_port()
    );
    TestApp::logged_in_at(Ground::new().with_config(&config)).await
}

/// A port where nobody listens.
fn closed_port() -> u16 {
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|at| at.local_addr());
    free.expect("there is a free port").port()
}

/// A service that takes connections and says nothing.
async fn silent_port() -> (Listener, u16) {
    let listener = Listener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("there is a free port");
    let port = listener.local_addr().expect("it listens").port();
    (listener, port)
}

/// Waits for the end of all checks and gives what a page was sent meanwhile.
async fn followed(app: &TestApp, query: &str) -> String {
    app.get(&format!("/checks/events{query}")).await.text()
}

#[tokio::test]
async fn a_button_starts_the_checks_of_its_section_and_the_page_shows_how_they_went() {
    let app = app_with_redis(closed_port()).await;
    let before = app.get("/section/redis").await.text();
    assert!(before.contains("Check now") && before.contains("Not tried yet."), "{before}");
    let fields = [("section", "redis"), ("back", "/section/redis")];
    let answer = app.post_form("/checks", &fields).await;
    assert_eq!(answer.redirect(), (303, "/section/redis#checks"));
    followed(&app, "?section=redis").await;
    let page = app.get("/section/redis").await.text();
    assert!(page.contains("2 failed"), "{page}");
    assert!(page.contains("127.0.0.1 is there, but nothing listens on port"), "{page}");
    let elsewhere = app.get("/section/email").await.text();
    assert!(!elsewhere.contains("2 failed"), "checks of Redis are shown beside e-mail");
}

#[tokio::test]
async fn who_follows_is_sent_each_check_and_the_end() {
    let app = app_with_redis(closed_port()).await;
    app.post_form("/checks", &[("back", "/review")]).await;
    let answer = app.get("/checks/events?back=/review").await;
    assert_eq!(answer.header("content-type"), "text/event-stream");
    let text = answer.text();
    for piece in ["id=\"check-redis-BUILDLOGS_REDIS\"", "id=\"check-redis-PULL_METRICS_REDIS\""] {
        assert!(text.contains(piece), "{piece} is not in {text}");
    }
    assert!(text.contains("2 failed") && text.trim_end().ends_with("data: done"), "{text}");
    assert!(!text.contains("hunter22"), "{text}");
}

#[tokio::test]
async fn who_follows_when_nothing_runs_is_told_so_at_once() {
    let app = app_with_redis(closed_port()).await;
    assert!(followed(&app, "").await.ends_with("event: done\ndata: done\n\n"));
}

#[tokio::test]
async fn checks_can_be_ended_while_a_service_hangs() {
    let (_listener, port) = silent_port().await;
    let app = app_with_redis(port).await;
    app.post_form("/checks", &[("back", "/checks")]).await;
    let page = app.get("/checks").await.text();
    assert!(page.contains("data-watch=\"/checks/events?back=/checks\""), "{page}");
    let answer = app.post_form("/checks/cancel", &[("back", "/checks")]).await;
    assert_eq!(answer.redirect(), (303, "/checks"));
    let text = followed(&app, "").await;
    assert!(text.contains("cancelled") && text.contains("event: done"), "{text}");
}

#[tokio::test]
async fn the_same_checks_are_not_run_twice_at_a_time() {
    let (_listener, port) = silent_port().await;
    let app = app_with_redis(port).await;
    for _ in 0..20 {
        let answer = app.post_form("/checks", &[("section", "redis")]).await;
        assert_eq!(answer.status, 303);
    }
    assert_eq!(app.state.checks.under_way().iter().filter(|run| run.is_open()).count(), 1);
    app.state.checks.cancel();
}

#[tokio::test]
async fn a_result_of_an_earlier_draft_says_so() {
    let app = app_with_redis(closed_port()).await;
    app.post_form("/checks", &[("section", "redis")]).await;
    followed(&app, "?section=redis").await;
    let edit = crate::support::set(config_model::path::Path::key("REGISTRY_TITLE"), "Another");
    assert_eq!(app.rpc(&[edit]).await.status, 200);
    let page = app.get("/section/redis").await.text();
    assert!(page.contains("The draft has changed since."), "{page}");
}

#[tokio::test]
async fn checks_are_for_those_who_are_logged_in() {
    let app = Ground::new().start(PASSWORD).await.expect("a console starts");
    assert_eq!(app.get("/checks/events").await.status, 401);
    assert_eq!(app.get("/checks").await.redirect(), (303, "/login"));
}

#[tokio::test]
async fn too_long_a_text_for_an_action_is_refused() {
    let app = TestApp::logged_in().await;
    let long = "x".repeat(300);
    let fields = [("check", "smtp"), ("action", "test_mail"), ("text", long.as_str())];
    let answer = app.post_form("/checks", &fields).await;
    assert_eq!(answer.status, 400);
}
