//! With what a node starts, and with what it does not.

use crate::client::{Client, envelope};
use crate::lab::process::listens;
use crate::node::{Ended, IGNORE_VALIDATION, Plan};
use crate::services::{DATABASE_PASSWORD, LOCAL, REDIS_PASSWORD, Services, revision};
use reqwest::Method;

/// A password that nobody has.
const WRONG: &str = "hunter22";
/// Lines of a configuration with which a node is asked for its Redis as well.
const WITH_REDIS: &str = "HEALTH_CHECKER: [LocalHealthCheck, {instance_skips: [storage]}]\n";
/// What it is then asked for.
const PARTS: [&str; 7] =
    ["registry_gunicorn", "web_gunicorn", "service_key", "disk_space", "database", "redis", "auth"];

/// It ended because of the configuration, and named this key.
fn is_refused(ended: &Ended, key: &str) {
    assert_eq!(ended.code, Some(1), "{ended:?}");
    let error = format!("error: {key}: ");
    assert!(ended.said.lines().any(|line| line.starts_with(&error)), "{ended:?}");
    assert!(ended.said.contains("Quay does not start with it"), "{ended:?}");
    assert!(!ended.said.contains(WRONG), "{ended:?}");
}

#[tokio::test]
async fn nobody_starts_without_the_database() {
    let services = Services::start();
    let good = services.config(LOCAL, "");
    let plan = Plan::of(good.replace(DATABASE_PASSWORD, WRONG));
    for word in ["registry", "registry-nomigrate", "repomirror"] {
        is_refused(&plan.finish(&[word]).await, "DB_URI");
    }
    let anyhow = plan.set(IGNORE_VALIDATION, "true").finish(&["registry"]).await;
    assert_eq!(anyhow.code, Some(1), "{anyhow:?}");
    assert!(anyhow.said.contains("password authentication failed"), "{anyhow:?}");
    // A rule is broken, and no service is at fault.
    let faulty = good.replace("DEFAULT_TAG_EXPIRATION: 2w", "DEFAULT_TAG_EXPIRATION: 3w");
    is_refused(&Plan::of(faulty).finish(&["registry"]).await, "DEFAULT_TAG_EXPIRATION");
}

#[tokio::test]
async fn who_ignores_the_validation_starts_without_redis() {
    let services = Services::start();
    let good = services.config(LOCAL, WITH_REDIS);
    let plan = Plan::of(good.replace(REDIS_PASSWORD, WRONG));
    is_refused(&plan.finish(&["registry"]).await, "BUILDLOGS_REDIS");
    let node = plan.set(IGNORE_VALIDATION, "true").serve(&["registry"]).await;
    let log = node.log();
    assert!(log.contains("because of IGNORE_VALIDATION"), "{log}");
    assert!(log.contains("error: BUILDLOGS_REDIS: "), "{log}");
    assert!(!log.contains(WRONG), "{log}");
    Client::of(&node).health_comes_to("instance", &envelope(&PARTS, &["redis"])).await;
    let other = Plan::of(good).serve(&["registry"]).await;
    Client::of(&other).health_comes_to("instance", &envelope(&PARTS, &[])).await;
}

#[tokio::test]
async fn a_mirroring_worker_shows_its_metrics_and_serves_nothing_else() {
    let services = Services::start();
    for (switch, workers, told) in
        [("true", "1", "mirroring is on"), ("false", "0", "mirroring is turned off")]
    {
        let config = services.config(LOCAL, &format!("FEATURE_REPO_MIRROR: {switch}\n"));
        let node = Plan::of(config).serve(&["repomirror"]).await;
        assert!(node.log().contains(told), "{}", node.log());
        assert!(!listens(node.port), "it is no registry");
        assert_ne!(revision(&services.postgres), "", "it has made the tables");
        let client = Client::of_metrics(&node);
        let active = client.metric("quay_repository_mirror_workers_active", "").await;
        assert_eq!(active, [workers]);
        assert_eq!(client.ask(Method::GET, "/-/healthy").await.status, 200);
        drop(client);
        let ended = node.terminate().await;
        assert_eq!(ended.code, Some(0), "{ended:?}");
    }
}
