//! The version of the tables: who changes it, how far, and that nobody does it twice.

use crate::client::Client;
use crate::node::{MIGRATION_SECONDS, Plan, VERSION};
use crate::services::{LOCAL, Services, database, postgres, revision, waiting};
use reqwest::Method;

/// Longer than a test lasts.
const A_DAY: &str = "86400";
/// A release.
const OLD: &str = "3.14.0";
/// One that brings new tables.
const NEW: &str = "3.15.0";
/// The changes that a node has made.
const CHANGES: &str = "migration_complete_total";

/// The changes that a log tells of: from which revision to which.
fn changes(log: &str) -> Vec<(&str, &str)> {
    let steps = log.lines().filter_map(|line| line.split_once("Running upgrade "));
    let parts = steps.filter_map(|(_, step)| step.split_once(" -> "));
    parts.map(|(from, rest)| (from, rest.split(' ').next().unwrap_or_default())).collect()
}

/// Where these changes lead from and to; each follows the one before.
fn way<'a>(changes: &[(&'a str, &'a str)]) -> (&'a str, &'a str) {
    let is_chain = changes.windows(2).all(|pair| pair[0].1 == pair[1].0);
    assert!(is_chain, "{changes:?}");
    let from = changes.first().map(|(from, _)| *from);
    let to = changes.last().map(|(_, to)| *to);
    (from.unwrap_or_default(), to.unwrap_or_default())
}

#[tokio::test]
async fn a_newer_release_brings_the_tables_further_and_there_is_no_way_back() {
    let server = postgres();
    // Nothing but the database is looked for.
    let plan = Plan::of(database(&server));
    let (old, new) = (plan.clone().set(VERSION, OLD), plan.set(VERSION, NEW));
    let head = ["migrate", "head"];

    let ended = old.finish(&head).await;
    let first = revision(&server);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(way(&changes(&ended.said)), ("nothing", first.as_str()), "{ended:?}");

    let again = old.finish(&head).await;
    assert_eq!((again.code, changes(&again.said).len()), (Some(0), 0), "{again:?}");
    assert_eq!(revision(&server), first);

    let ended = new.finish(&head).await;
    let second = revision(&server);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(way(&changes(&ended.said)), (first.as_str(), second.as_str()), "{ended:?}");
    assert_ne!(first, second);

    let back = old.finish(&head).await;
    assert_eq!(back.code, Some(1), "{back:?}");
    let why = format!("Can't locate revision identified by '{second}'");
    assert!(back.said.contains(&why), "{back:?}");
    let nowhere = new.finish(&["migrate", "nowhere"]).await;
    assert_eq!(nowhere.code, Some(1), "{nowhere:?}");
    assert!(nowhere.said.contains("there is no revision nowhere"), "{nowhere:?}");
    assert_eq!(revision(&server), second);
}

#[tokio::test]
async fn a_node_waits_for_the_one_that_changes_the_tables() {
    let services = Services::start();
    let server = &services.postgres;
    let plan = Plan::of(services.config(LOCAL, "")).set(VERSION, OLD);
    let slow = plan.clone().set(MIGRATION_SECONDS, A_DAY);
    let mut slow = slow.begin(&["registry"]);
    slow.wait_until("it changes the tables", |log| !changes(log).is_empty()).await;
    // All changes take this one no time: it would be done if it did not have to wait.
    let mut other = plan.begin(&["registry"]);
    other.wait_until("it waits for the first one", |_| waiting(server) == "1").await;
    assert_eq!(changes(&other.log()).len(), 0, "{}", other.log());
    assert_eq!(revision(server), "", "the day is not over");

    let ended = slow.terminate().await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(changes(&ended.said).len(), 1, "{ended:?}");
    other.ready().await;
    let log = other.log();
    assert_eq!(way(&changes(&log)), ("nothing", revision(server).as_str()), "{log}");
    let metrics = Client::of_metrics(&other);
    assert_eq!(metrics.metric(CHANGES, "").await, [changes(&log).len().to_string()]);
}

#[tokio::test]
async fn of_nodes_that_start_together_one_changes_the_tables() {
    let services = Services::start();
    let server = &services.postgres;
    let plan = Plan::of(services.config(LOCAL, ""));
    let before = plan.clone().set(VERSION, OLD).serve(&["registry"]).await;
    let first = revision(server);

    let plan = plan.set(VERSION, NEW).set(MIGRATION_SECONDS, "1");
    let [mut one, mut other] = [plan.begin(&["registry"]), plan.begin(&["registry"])];
    tokio::join!(one.ready(), other.ready());
    let logs = [one.log(), other.log()];
    let both = logs.each_ref().map(|log| changes(log));
    let who = both.iter().filter(|changes| !changes.is_empty()).count();
    assert_eq!(who, 1, "{logs:?}");
    assert_eq!(way(&both.concat()), (first.as_str(), revision(server).as_str()), "{logs:?}");
    for (node, changes) in [&one, &other].into_iter().zip(&both) {
        let metrics = Client::of_metrics(node);
        assert_eq!(metrics.metric(CHANGES, "").await, [changes.len().to_string()]);
    }
    // The one that is still to be replaced goes on.
    let answer = Client::of(&before).ask(Method::GET, "/health/instance").await;
    assert_eq!((answer.status, answer.header("x-quay-standin")), (200, OLD));
    let unchanged = plan.serve(&["registry-nomigrate"]).await;
    assert_eq!(changes(&unchanged.log()).len(), 0);
}
