//! Logging in and out: who gets a session, how long it lasts, and what ends it.

use crate::support::{Ground, PASSWORD, TestApp};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

const USER: &str = "quayconfig";
const MINUTE: i64 = 60;

/// Whether the browser's session is taken.
async fn is_logged_in(app: &TestApp) -> bool {
    let answer = app.get("/").await;
    let is_in = answer.status == 200;
    assert!(is_in || answer.redirect() == (303, "/login"), "{}", answer.status);
    is_in
}

/// The attributes of a cookie besides its value.
fn flags(cookie: &str) -> Vec<&str> {
    let mut flags: Vec<&str> = cookie.split("; ").skip(1).collect();
    flags.sort_unstable();
    flags
}

#[tokio::test]
async fn the_right_password_opens_the_editor() {
    let app = TestApp::start().await;
    assert!(!is_logged_in(&app).await);
    let answer = app.log_in(USER, PASSWORD).await;
    assert_eq!(answer.redirect(), (303, "/"));
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("quay-console="), "the name says nothing of TLS");
    assert_eq!(flags(cookie), ["HttpOnly", "Max-Age=28800", "Path=/", "SameSite=Strict"]);
    assert!(is_logged_in(&app).await);
    assert_eq!(app.get("/login").await.redirect(), (303, "/"));
}

#[tokio::test]
async fn over_tls_the_cookie_is_secure_and_bound_to_the_host() {
    let app = Ground::new().with_tls().start(PASSWORD).await.unwrap();
    let answer = app.log_in(USER, PASSWORD).await;
    assert_eq!(answer.redirect(), (303, "/"));
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("__Host-quay-console="), "a subdomain cannot set this name");
    assert_eq!(flags(cookie), ["HttpOnly", "Max-Age=28800", "Path=/", "SameSite=Strict", "Secure"]);
    assert!(is_logged_in(&app).await);
}

#[tokio::test]
async fn a_wrong_user_and_a_wrong_password_look_the_same() {
    let app = TestApp::start().await;
    let mut pages = Vec::new();
    for (user, password) in [("somebody", PASSWORD), (USER, "wrong horse"), ("", "")] {
        let answer = app.log_in(user, password).await;
        assert_eq!(answer.status, 401);
        assert_eq!(answer.header("set-cookie"), "");
        let mut names: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
        names.sort_unstable();
        pages.push((answer.text().replace(&answer.nonce(), "NONCE"), names));
    }
    assert!(pages[0] == pages[1] && pages[1] == pages[2], "the page tells which one was wrong");
    assert!(!is_logged_in(&app).await);
}

#[tokio::test]
async fn ten_wrong_passwords_close_the_door_for_a_while() {
    let app = TestApp::start().await;
    let mut statuses = Vec::new();
    let mut wait = 0_i64;
    for _ in 0..10 {
        let answer = app.log_in(USER, "wrong horse").await;
        statuses.push(answer.status.as_u16());
        wait = answer.header("retry-after").parse().unwrap_or_default();
    }
    assert_eq!(statuses.first(), Some(&401));
    assert_eq!(statuses.last(), Some(&429));
    assert!(wait > 0, "the answer says how long to wait");
    let closed = app.log_in(USER, PASSWORD).await;
    assert_eq!(closed.status, 429, "guessing goes on if the right password opens the door");
    assert_eq!(closed.header("set-cookie"), "");
    app.ground.clock.advance(wait);
    assert_eq!(app.log_in(USER, PASSWORD).await.redirect(), (303, "/"));
}

#[tokio::test]
async fn a_forged_token_opens_nothing() {
    let app = TestApp::logged_in().await;
    let token = app.token().unwrap();
    let parts: Vec<&str> = token.split('.').collect();
    let [head, claims, signature] = parts[..] else { panic!("a token has three parts") };
    let claims_text = BASE64.decode(claims).unwrap();
    let known: Value = serde_json::from_slice(&claims_text).unwrap();
    let none = BASE64.encode(r#"{"typ":"JWT","alg":"none"}"#);
    let swapped = if signature.starts_with('A') { "B" } else { "A" };
    let signed = |claims: &Value, key: &[u8], algorithm| {
        encode(&Header::new(algorithm), claims, &EncodingKey::from_secret(key)).unwrap()
    };
    let mut longer = known.clone();
    longer["exp"] = json!(i64::MAX);
    let longer = BASE64.encode(longer.to_string());
    let forged = [
        ("another signature", format!("{head}.{claims}.{swapped}{}", &signature[1..])),
        ("other claims under the signature", format!("{head}.{longer}.{signature}")),
        ("no algorithm", format!("{none}.{claims}.")),
        ("no algorithm, the old signature", format!("{none}.{claims}.{signature}")),
        ("another key", signed(&known, &[9; 32], Algorithm::HS256)),
        ("the encryption key itself", signed(&known, &[7; 32], Algorithm::HS256)),
        ("an empty key", signed(&known, &[], Algorithm::HS256)),
        ("another algorithm", signed(&known, &[9; 32], Algorithm::HS512)),
        ("the session's bare name", known["sid"].as_str().unwrap().to_owned()),
        ("nothing", String::new()),
    ];
    for (what, forged) in forged {
        app.set_token(&forged);
        assert!(!is_logged_in(&app).await, "{what}");
        assert_eq!(app.rpc(&[]).await.status, 401, "{what}");
    }
    app.set_token(&token);
    assert!(is_logged_in(&app).await, "the real one still does");
}

#[tokio::test]
async fn a_session_ends_after_eight_hours_even_when_it_is_used() {
    let app = TestApp::logged_in().await;
    for twenty_minutes in 1..24 {
        app.ground.clock.advance(20 * MINUTE);
        assert!(is_logged_in(&app).await, "after {} minutes", twenty_minutes * 20);
    }
    app.ground.clock.advance(20 * MINUTE);
    assert!(!is_logged_in(&app).await);
    app.ground.clock.advance(-20 * MINUTE);
    assert!(!is_logged_in(&app).await, "what has ended does not come back");
}

#[tokio::test]
async fn a_session_ends_after_half_an_hour_without_a_request() {
    let app = TestApp::logged_in().await;
    app.ground.clock.advance(29 * MINUTE);
    assert!(is_logged_in(&app).await);
    app.ground.clock.advance(31 * MINUTE);
    assert!(!is_logged_in(&app).await);
}

#[tokio::test]
async fn logging_out_ends_this_session_and_no_other() {
    let app = TestApp::logged_in().await;
    let mine = app.token().unwrap();
    app.begin_session().await;
    let other = app.token().unwrap();
    app.set_token(&mine);
    let answer = app.post_form("/logout", &[]).await;
    assert_eq!(answer.redirect(), (303, "/login"));
    assert!(answer.header("set-cookie").starts_with("quay-console=; "));
    assert!(flags(answer.header("set-cookie")).contains(&"Max-Age=0"));
    assert_eq!(app.token(), None);
    app.set_token(&mine);
    assert!(!is_logged_in(&app).await, "a copy of the cookie is worth nothing");
    app.set_token(&other);
    assert!(is_logged_in(&app).await);
}

#[tokio::test]
async fn a_new_password_at_a_restart_ends_every_session() {
    let first = TestApp::logged_in().await;
    let token = first.token().unwrap();

    let same = first.ground.start(PASSWORD).await.unwrap();
    same.set_token(&token);
    assert!(is_logged_in(&same).await, "the same password keeps them");

    let other = first.ground.start("another horse").await.unwrap();
    other.set_token(&token);
    assert!(!is_logged_in(&other).await);
    assert_eq!(other.log_in(USER, PASSWORD).await.status, 401);
    assert_eq!(other.log_in(USER, "another horse").await.redirect(), (303, "/"));
}

#[tokio::test]
async fn without_a_session_every_page_leads_to_the_log_in_form() {
    let app = TestApp::start().await;
    for path in crate::support::editor_pages() {
        assert_eq!(app.get(&path).await.redirect(), (303, "/login"), "{path}");
    }
    let version = app.version().await;
    // Logging in and out is for everybody; what scripts of a page ask is answered with a status.
    let others = ["/login", "/logout", "/yaml/text", "/rpc/save_edits"];
    for (path, _) in crate::csrf::CHANGES.into_iter().filter(|(path, _)| !others.contains(path)) {
        assert_eq!(app.post_form(path, &[]).await.redirect(), (303, "/login"), "{path}");
    }
    let answer = app.rpc(&[]).await;
    assert_eq!((answer.status.as_u16(), answer.text().as_str()), (401, "\"SignedOut\""));
    assert_eq!(app.version().await, version);
}
