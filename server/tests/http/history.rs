//! Undo and redo, revisions, and what is shown of them.

use crate::support::{GOOD, Ground, TestApp, set};
use app::text;
use config_model::path::Path;

fn title(text: &str) -> app::draft::Edit {
    set(Path::key("REGISTRY_TITLE"), text)
}

/// A console with a loaded configuration.
async fn loaded() -> TestApp {
    TestApp::logged_in_at(Ground::new().with_config(GOOD)).await
}

#[tokio::test]
async fn a_change_is_undone_and_redone_to_the_byte() {
    let app = loaded().await;
    app.rpc(&[title("First title")]).await;
    let changed = app.config().await;
    assert!(changed.contains("First title"));
    assert_eq!(app.post_form("/undo", &[]).await.status, 303);
    assert_eq!(app.config().await, GOOD);
    assert_eq!(app.post_form("/redo", &[]).await.status, 303);
    assert_eq!(app.config().await, changed);
    assert_eq!(app.post_form("/redo", &[]).await.status, 400, "there is nothing after it");
}

#[tokio::test]
async fn letters_of_one_word_are_one_step_and_other_fields_are_others() {
    let app = loaded().await;
    for text in ["C", "Co", "Cor"] {
        app.rpc(&[title(text)]).await;
        app.ground.clock.advance(1);
    }
    app.rpc(&[set(Path::key("REGISTRY_TITLE_SHORT"), "short")]).await;
    app.post_form("/undo", &[]).await;
    assert_eq!(app.text_at("REGISTRY_TITLE").await, "Cor");
    app.post_form("/undo", &[]).await;
    assert_eq!(app.config().await, GOOD);
    assert_eq!(app.post_form("/undo", &[]).await.status, 400, "this is how it began");
}

#[tokio::test]
async fn an_uploaded_file_is_undone_with_it() {
    let app = loaded().await;
    app.upload("certificates", "extra_ca_certs/", "ca.crt", b"pem").await;
    assert_eq!(app.file_names().await, ["extra_ca_certs/ca.crt"]);
    app.post_form("/undo", &[]).await;
    assert!(app.file_names().await.is_empty());
    app.post_form("/redo", &[]).await;
    assert_eq!(app.file_names().await, ["extra_ca_certs/ca.crt"]);
}

#[tokio::test]
async fn an_answer_to_an_edit_says_what_can_be_undone() {
    let app = loaded().await;
    let answer = app.rpc(&[title("First title")]).await.text();
    assert!(answer.contains(r#""steps":{"undo":true,"redo":false}"#), "{answer}");
}

#[tokio::test]
async fn a_download_is_a_revision_with_its_reason_and_can_be_restored() {
    let app = loaded().await;
    let fields = [("accept_errors", "yes"), ("reason", "change 4711")];
    assert_eq!(app.post_form("/download", &fields).await.status, 200);
    app.rpc(&[title("Later title")]).await;
    let page = app.get("/history").await.text();
    assert!(page.contains("change 4711"), "the reason is listed");
    assert!(page.contains(text::history().action_download));

    let compared = app.get("/history?from=2&to=draft").await.text();
    assert!(compared.contains("REGISTRY_TITLE") && compared.contains("Later title"));
    assert_eq!(app.post_form("/history/2/restore", &[]).await.redirect(), (303, "/history"));
    assert_eq!(app.config().await, GOOD);
    app.post_form("/undo", &[]).await;
    assert_eq!(app.text_at("REGISTRY_TITLE").await, "Later title", "a restore can be undone");
    assert_eq!(app.get("/history?from=99").await.status, 400);
}

#[tokio::test]
async fn what_changed_is_shown_before_it_leaves_and_no_secret_is() {
    let app = loaded().await;
    app.rpc(&[title("New title"), set(Path::key("SECRET_KEY"), "hunter2-hunter2-hunter2-hunter2")])
        .await;
    let page = app.get("/review").await.text();
    assert!(page.contains("New title"));
    assert!(page.contains(text::history().restart_all), "SECRET_KEY is the same on all nodes");
    assert!(!page.contains("hunter2"), "a secret is only said to have changed");
    let page = app.get("/history?from=1&to=draft").await.text();
    assert!(page.contains("New title") && !page.contains("hunter2"));
}

#[tokio::test]
async fn a_button_leads_back_to_its_own_page_only() {
    let app = loaded().await;
    for (sent, expected) in [
        ("/section/email", "/section/email"),
        ("//other.example.com/", "/"),
        ("/\\other.example.com/", "/"),
        ("https://evil.example.com/", "/"),
        ("", "/"),
    ] {
        app.ground.clock.advance(60);
        app.rpc(&[title(&format!("title {sent}"))]).await;
        let answer = app.post_form("/undo", &[("back", sent)]).await;
        assert_eq!(answer.redirect(), (303, expected));
    }
}
