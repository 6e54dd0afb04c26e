//! Splunk, as far as a stand-in goes.

use super::logs;
use crate::lab::certificates::Authority;
use crate::lab::process::free_port;
use crate::lab::standin::{Manner, StandIn};
use crate::lab::standin_splunk::{INDEX, Splunk, TOKEN};
use crate::lab::standin_web::{Asked, page, start};
use crate::lab::web::Web;
use crate::support::{Proofs, Trial};
use axum::Router;
use cluster::check::{Outcome, State};
use std::time::Duration;

/// The check's name.
const CHECK: &str = "splunk";

/// Splunk itself in clear at this port.
fn programs(port: u16, token: &str, index: &str) -> Trial {
    let place = format!("host: 127.0.0.1, port: {port}, url_scheme: http");
    let config = format!("{place}, bearer_token: {token}, index_prefix: {index}");
    logs("splunk", &format!("splunk_config: {{{config}}}"))
}

/// Its collector at one port, and what is searched at another.
fn collector(port: u16, token: &str, search_port: u16) -> Trial {
    let place = format!("host: 127.0.0.1, port: {port}, url_scheme: http, hec_token: {token}");
    let search = format!("index: {INDEX}, search_port: {search_port}, search_token: {TOKEN}");
    logs("splunk_hec", &format!("splunk_hec_config: {{{place}, {search}}}"))
}

async fn tried(splunk: Splunk) -> Outcome {
    let web = splunk.run().await;
    programs(web.port, TOKEN, INDEX).run_one(CHECK).await
}

/// The collector and what is searched.
async fn both(splunk: Splunk) -> Vec<Outcome> {
    let web = splunk.run().await;
    collector(web.port, TOKEN, web.port).run(CHECK).await
}

#[tokio::test]
async fn splunk_is_called_by_what_is_wrong_with_it() {
    let mut proofs = Proofs::of(CHECK, CHECK);
    let good = Splunk::new();
    proofs.passes("everything is right", &tried(good).await);
    let web = good.run().await;
    proofs.hide(web.port, "8089");
    let prefixed = programs(web.port, &format!("Splunk {TOKEN}"), INDEX).run_one(CHECK).await;
    proofs.passes("the token begins with the word Splunk", &prefixed);
    let outcome = programs(web.port, "another", INDEX).run_one(CHECK).await;
    proofs.finds("the token is wrong", &outcome, "wrong_token");
    let outcome = programs(web.port, TOKEN, "other").run_one(CHECK).await;
    proofs.finds("Quay makes the index", &outcome, "index_to_be_made");
    let rights: &[_] = &["edit_tcp", "search"];
    let web = Splunk { rights, ..good }.run().await;
    let outcome = programs(web.port, TOKEN, "other").run_one(CHECK).await;
    proofs.finds("the index is missing", &outcome, "no_index");
    let outcome = tried(Splunk { disabled: true, ..good }).await;
    proofs.finds("the index is disabled", &outcome, "index_disabled");
    let outcome = tried(Splunk { rights: &["search"], ..good }).await;
    proofs.finds("the token may not send", &outcome, "no_permission");
    let site = Web::start(Router::new()).await;
    proofs.hide(site.port, "8089");
    let outcome = programs(site.port, TOKEN, INDEX).run_one(CHECK).await;
    proofs.finds("it is another site", &outcome, "not_splunk");
    let config = "splunk_config: {host: splunk.invalid, port: 8089, bearer_token: word}";
    let outcome = logs("splunk", config).run_one(CHECK).await;
    proofs.finds("no index is configured", &outcome, "incomplete");
    proofs.end();
}

#[tokio::test]
async fn the_event_collector_is_called_by_what_is_wrong_with_it() {
    let mut proofs = Proofs::of(CHECK, "splunk-collector");
    let good = Splunk::new();
    let outcomes = both(good).await;
    proofs.passes("everything is right", &outcomes[0]);
    proofs.passes("it can be searched", &outcomes[1]);
    let web = good.run().await;
    let outcomes = collector(web.port, "another", web.port).run(CHECK).await;
    proofs.finds("the token is wrong", &outcomes[0], "unknown_collector_token");
    let outcomes = collector(web.port, &format!("Splunk {TOKEN}"), web.port).run(CHECK).await;
    let situation = "the token begins with the word Splunk";
    proofs.finds(situation, &outcomes[0], "collector_token_prefixed");
    for (situation, collector, fault) in [
        ("the token is disabled", (403, 1, "Token disabled"), "collector_token_disabled"),
        ("it wants acknowledgements", (400, 10, "Data channel is missing"), "acknowledges"),
        ("it is busy", (503, 9, "Server is busy"), "collector_busy"),
    ] {
        let outcomes = both(Splunk { collector, ..good }).await;
        proofs.finds(situation, &outcomes[0], fault);
    }
    let health = (503, 18, "HEC is unhealthy, queues are full");
    let outcomes = both(Splunk { health, ..good }).await;
    proofs.finds("its queues are full", &outcomes[0], "collector_busy");
    let outcomes = both(Splunk { rights: &[], ..good }).await;
    proofs.finds("it may not be searched", &outcomes[1], "no_permission");
    let site = Web::start(Router::new()).await;
    proofs.hide(site.port, "8088");
    let outcomes = collector(site.port, TOKEN, web.port).run(CHECK).await;
    proofs.finds("it is another site", &outcomes[0], "not_collector");
    assert_eq!(outcomes[1].state, State::Passed);
    proofs.end();
}

#[tokio::test]
async fn a_token_that_a_proxy_sends_back_is_not_told() {
    let echo = start(|asked: &Asked| page(502, asked.header("authorization"))).await;
    for token in [TOKEN.to_owned(), format!("Splunk {TOKEN}")] {
        let both = collector(echo.port, &token, echo.port).run(CHECK).await;
        let shown = format!("{both:?} {:?}", programs(echo.port, &token, INDEX).run(CHECK).await);
        assert!(shown.contains("Splunk •••") && !shown.contains(TOKEN), "{shown}");
    }
}

#[tokio::test]
async fn the_address_of_splunk_is_tried() {
    let authority = Authority::new("lab authority");
    let mut proofs = Proofs::of(CHECK, "splunk-address");
    let web = Splunk::new().run_tls(&authority.sign(&["localhost"])).await;
    proofs.hide(web.port, "8089");
    let with = |more: &str| {
        let config = format!("host: localhost, port: {}, bearer_token: {TOKEN}", web.port);
        let config = format!("splunk_config: {{{config}, index_prefix: {INDEX}{more}}}");
        logs("splunk", &config)
    };
    let own = ", ssl_ca_path: conf/stack/splunk.crt";
    let outcome = with(own).file("splunk.crt", authority.pem()).run_one(CHECK).await;
    proofs.passes("the authority has a file of its own", &outcome);
    let outcome = with(", verify_ssl: false").run_one(CHECK).await;
    proofs.passes("the certificate is not checked", &outcome);
    proofs.finds(
        "nobody knows its authority",
        &with("").run_one(CHECK).await,
        "certificate_untrusted",
    );
    let outcome = with(own).run_one(CHECK).await;
    proofs.finds("the file of the authority is missing", &outcome, "file_missing");
    let clear = programs(web.port, TOKEN, INDEX).run_one(CHECK).await;
    proofs.finds("it speaks TLS, which is off", &clear, "tls_wanted");
    let closed = free_port();
    proofs.hide(closed, "8089");
    let outcome = programs(closed, TOKEN, INDEX).run_one(CHECK).await;
    proofs.finds("nothing listens on the port", &outcome, "connection_refused");
    for (situation, manner, fault) in [
        ("it hangs", Manner::Hangs, "no_answer"),
        ("it is another service", Manner::Garbage, "other_protocol"),
        ("it hangs up", Manner::Closes, "connection_closed"),
    ] {
        let other = StandIn::start(manner).await;
        proofs.hide(other.port, "8089");
        let trial = programs(other.port, TOKEN, INDEX).patience(Duration::from_secs(4));
        proofs.finds(situation, &trial.run_one(CHECK).await, fault);
    }
    proofs.end();
}
