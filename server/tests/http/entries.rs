//! Lists, mappings and log-in providers: entries are added and removed by plain forms.

use crate::support::TestApp;
use config_model::path::Path;
use config_model::value::Value;

/// A path as the forms send it.
fn sent(path: &Path) -> String {
    serde_json::to_string(path).expect("a path is plain data")
}

#[tokio::test]
async fn a_provider_is_added_with_its_form_and_removed() {
    let app = TestApp::logged_in().await;
    let fields = [("action", "add-key"), ("name", "AZURE"), ("ending", "_LOGIN_CONFIG")];
    let answer = app.post_form("/entries", &fields).await;
    assert_eq!(answer.redirect(), (303, "/section/oidc#AZURE_LOGIN_CONFIG"));
    let page = app.get("/section/oidc").await.text();
    assert!(page.contains("id=\"AZURE_LOGIN_CONFIG.OIDC_SERVER\""), "its fields are drawn");
    assert_eq!(app.post_form("/entries", &fields).await.status, 400, "there is one already");
    for bad in ["GITHUB", "azure", "", "A B"] {
        let fields = [("action", "add-key"), ("name", bad), ("ending", "_LOGIN_CONFIG")];
        assert_eq!(app.post_form("/entries", &fields).await.status, 400, "{bad}");
    }
    let path = sent(&Path::key("AZURE_LOGIN_CONFIG"));
    app.post_form("/entries", &[("action", "remove"), ("path", &path)]).await;
    assert!(app.document().await.top("AZURE_LOGIN_CONFIG").is_none());
}

#[tokio::test]
async fn a_list_of_objects_grows_and_shrinks() {
    let app = TestApp::logged_in().await;
    let nodes = Path::key("DATA_MODEL_CACHE_CONFIG").field("redis_config").field("startup_nodes");
    for _ in 0..2 {
        let answer = app.post_form("/entries", &[("action", "add"), ("path", &sent(&nodes))]).await;
        assert_eq!(answer.status, 303);
    }
    let document = app.document().await;
    assert_eq!(document.raw(&nodes).and_then(Value::as_list).map(<[_]>::len), Some(2));
    let page = app.get("/section/model-cache").await.text();
    assert!(page.contains("startup_nodes[1].host"), "the second one has its form");
    app.post_form("/entries", &[("action", "remove"), ("path", &sent(&nodes.item(0)))]).await;
    let document = app.document().await;
    assert_eq!(document.raw(&nodes).and_then(Value::as_list).map(<[_]>::len), Some(1));
}

#[tokio::test]
async fn a_word_is_chosen_and_brings_its_arguments() {
    let app = TestApp::logged_in().await;
    let path = sent(&Path::key("HEALTH_CHECKER"));
    let fields = [("action", "choose"), ("path", path.as_str()), ("word", "RDSAwareHealthCheck")];
    assert_eq!(app.post_form("/entries", &fields).await.status, 303);
    let document = app.document().await;
    let word = document.raw(&Path::key("HEALTH_CHECKER").item(0)).and_then(Value::as_str);
    assert_eq!(word, Some("RDSAwareHealthCheck"));
    let fields = [("action", "choose"), ("path", path.as_str()), ("word", "None such")];
    assert_eq!(app.post_form("/entries", &fields).await.status, 400);
}

#[tokio::test]
async fn what_is_no_list_of_this_configuration_is_left_alone() {
    let app = TestApp::logged_in().await;
    let before = app.config().await;
    for (action, path) in [
        ("add", sent(&Path::key("SERVER_HOSTNAME"))),
        ("add", sent(&Path::key("NO_SUCH_KEY"))),
        ("remove", sent(&Path::key("NO_SUCH_KEY"))),
        ("add", "not a path".to_owned()),
        ("dance", sent(&Path::key("HEALTH_CHECKER"))),
    ] {
        let answer = app.post_form("/entries", &[("action", action), ("path", &path)]).await;
        assert_eq!(answer.status, 400, "{action} {path}");
    }
    assert_eq!(app.config().await, before);
}
