//! The search: by words, by state, and links that lead to the very place.

use crate::support::{Answer, GOOD, Ground, ORIGIN, TestApp, set, whole};
use app::pages::search::{Found, Show};
use app::search::HitLine;
use app::text;
use axum::body::Body;
use axum::http::{Request, header};
use config_model::path::Path;
use std::collections::HashMap;

/// A console with a complete configuration.
async fn complete() -> TestApp {
    TestApp::logged_in_at(Ground::new().with_config(GOOD)).await
}

async fn page(app: &TestApp, question: &str) -> String {
    let answer = app.get(&format!("/search?{question}")).await;
    assert_eq!(answer.status, 200, "{question}");
    answer.text()
}

/// Whether a page has a link to this address.
fn leads_to(html: &str, href: &str) -> bool {
    html.contains(&format!("href=\"{href}\""))
}

async fn ask(app: &TestApp, query: &str) -> Answer {
    let request = Request::post("/rpc/search")
        .header(header::ORIGIN, ORIGIN)
        .header(header::CONTENT_TYPE, "application/json");
    let body = serde_json::json!({ "query": query }).to_string();
    app.send(whole(request, Body::from(body))).await
}

async fn hits(app: &TestApp, query: &str) -> Vec<HitLine> {
    let answer = ask(app, query).await;
    assert_eq!(answer.status, 200, "{query}");
    serde_json::from_slice(&answer.body).expect("the answer is a list of hits")
}

#[tokio::test]
async fn the_box_is_told_the_best_hits_and_nobody_else_is() {
    let app = complete().await;
    let first = hits(&app, "databse").await.remove(0);
    assert_eq!((first.label.as_str(), first.href.as_str()), ("Database", "/section/database"));
    let hit = hits(&app, "BUILDLOGS_REDIS.host").await.remove(0);
    assert_eq!((hit.label.as_str(), hit.section.as_str()), ("Build logs: Host name", "Redis"));
    assert_eq!(hit.href, "/section/redis#BUILDLOGS_REDIS.host");
    assert!(hits(&app, "mail").await.len() <= 20);
    assert!(hits(&app, "").await.is_empty() && hits(&app, "zzzzzz").await.is_empty());
    let stranger = TestApp::start().await;
    assert_eq!(ask(&stranger, "mail").await.status, 401);
    assert_eq!(stranger.get("/search?q=mail").await.redirect(), (303, "/login"));
}

#[tokio::test]
async fn a_setting_that_is_not_in_use_leads_to_what_it_depends_on() {
    let app = complete().await;
    let html = page(&app, "q=smtp+password").await;
    assert!(html.contains("MAIL_PASSWORD"));
    assert!(leads_to(&html, "/section/email#FEATURE_MAILING"));
    let words = text::fill(text::search().not_in_use, [("label", "Send e-mail")]);
    assert!(html.contains(&words));
    assert_eq!(app.rpc(&[set(Path::key("FEATURE_MAILING"), true)]).await.status, 200);
    assert_eq!(app.rpc(&[set(Path::key("MAIL_USE_AUTH"), true)]).await.status, 200);
    let html = page(&app, "q=smtp+password").await;
    assert!(leads_to(&html, "/section/email#MAIL_PASSWORD"));
    assert!(!html.contains(&words));
}

#[tokio::test]
async fn what_stands_in_an_entry_leads_to_each_entry_or_to_where_one_is_added() {
    let app = complete().await;
    let html = page(&app, "q=bucket_name").await;
    let place = "DISTRIBUTED_STORAGE_CONFIG.default[1].bucket_name";
    assert!(leads_to(&html, &format!("/section/storage#{place}")));
    let html = page(&app, "q=s3_bucket").await;
    assert!(leads_to(&html, "/section/storage#DISTRIBUTED_STORAGE_CONFIG"));
    assert!(html.contains(text::search().add_first));

    assert!(leads_to(&page(&app, "q=OIDC_SERVER").await, "/section/oidc#oidc-add"));
    let fields = [("action", "add-key"), ("name", "AZURE"), ("ending", "_LOGIN_CONFIG")];
    assert_eq!(app.post_form("/entries", &fields).await.status, 303);
    let html = page(&app, "q=OIDC_SERVER").await;
    assert!(leads_to(&html, "/section/oidc#AZURE_LOGIN_CONFIG.OIDC_SERVER"));

    assert!(leads_to(
        &page(&app, "q=HEALTH_CHECKER").await,
        "/section/health#HEALTH_CHECKER-choice"
    ));
}

#[tokio::test]
async fn an_internal_key_is_found_and_shown() {
    let app = complete().await;
    let html = page(&app, "q=PROXY_COUNT").await;
    let href = "/section/advanced-web?show=PROXY_COUNT#PROXY_COUNT";
    assert!(leads_to(&html, href));
    let (path, id) = href.split_once('#').unwrap();
    assert!(app.get(path).await.text().contains(&format!("id=\"{id}\"")));
}

#[tokio::test]
async fn filters_show_what_is_set_required_or_in_error() {
    let app = TestApp::logged_in().await;
    let host = "/section/server#SERVER_HOSTNAME";
    let options = "/section/time-machine#TAG_EXPIRATION_OPTIONS";
    for (show, shown, hidden) in [
        ("set", vec![options], vec![host, "/section/basic#REGISTRY_TITLE"]),
        ("required", vec![host, options, "/section/redis#BUILDLOGS_REDIS.host"], vec![]),
        ("error", vec![host, "/section/database#DB_URI"], vec![options]),
    ] {
        let html = page(&app, &format!("show={show}")).await;
        for href in shown {
            assert!(leads_to(&html, href), "{show}: {href}");
        }
        for href in hidden {
            assert!(!leads_to(&html, href), "{show}: {href}");
        }
        assert!(!html.contains("LDAP_URI</code>"), "{show}: a page that is not in use");
    }
    let both = page(&app, "q=host&show=error").await;
    assert!(leads_to(&both, host) && !leads_to(&both, "/section/database#DB_URI"));
    assert!(page(&app, "").await.contains(text::search().begin));
}

#[tokio::test]
async fn what_changed_is_compared_with_the_configuration_in_use() {
    let fresh = TestApp::logged_in().await;
    assert!(page(&fresh, "show=changed").await.contains(text::search().nothing_in_use));

    let app = complete().await;
    assert!(page(&app, "show=changed").await.contains(text::search().none));
    let hostname =
        Path::key("DISTRIBUTED_STORAGE_CONFIG").field("default").item(1).field("hostname");
    let edits =
        [set(Path::key("DEFAULT_TAG_EXPIRATION"), "4w"), set(hostname, "ceph02.example.com")];
    assert_eq!(app.rpc(&edits).await.status, 200);
    let html = page(&app, "show=changed").await;
    assert!(leads_to(&html, "/section/time-machine#DEFAULT_TAG_EXPIRATION"));
    assert!(leads_to(&html, "/section/storage#DISTRIBUTED_STORAGE_CONFIG.default[1].hostname"));
    assert!(!leads_to(&html, "/section/server#SERVER_HOSTNAME"));
}

#[tokio::test]
async fn every_link_leads_to_a_place_that_its_page_has() {
    let app = complete().await;
    let mut pages: HashMap<String, String> = HashMap::new();
    let mut links = 0;
    for show in [Show::Set, Show::Required] {
        let Found { groups, shown, total, .. } = app.state.drafts.find("", show).await.unwrap();
        assert_eq!(shown, total);
        for row in groups.iter().flat_map(|group| &group.rows) {
            let (path, id) = row.href.split_once('#').expect("a setting has a place on its page");
            if !pages.contains_key(path) {
                pages.insert(path.to_owned(), app.get(path).await.text());
            }
            assert!(pages[path].contains(&format!("id=\"{id}\"")), "{}", row.href);
            links += 1;
        }
    }
    assert!(links > 30, "{links}");
}

#[tokio::test]
async fn whatever_is_typed_is_answered_as_text() {
    let app = complete().await;
    let html = page(&app, "q=%3Cscript%3Ealert(1)%3C%2Fscript%3E&show=nonsense").await;
    assert!(!html.contains("<script>alert"));
    assert!(leads_to(&page(&app, "q=a%26b+c").await, "/search?q=a%26b%20c&amp;show=set"));
    page(&app, &format!("q={}", "x".repeat(5_000))).await;
    page(&app, "q=%E3%83%A1%E3%83%BC%E3%83%AB").await;
}
