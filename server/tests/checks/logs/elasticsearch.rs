//! Elasticsearch, as far as a stand-in goes.

use super::logs;
use crate::lab::certificates::Authority;
use crate::lab::process::free_port;
use crate::lab::standin::{Manner, StandIn};
use crate::lab::standin_elasticsearch::{
    AWS_HOST, Door, Elasticsearch, PASSWORD, REGION, Refusal, Running, USER,
};
use crate::lab::standin_web::{Asked, page, start};
use crate::support::{NOW, Proofs, Trial, net};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cluster::check::{Outcome, State};
use std::time::Duration;

/// The check's name.
const CHECK: &str = "elasticsearch";

/// An Elasticsearch in clear at this port, with these settings besides.
fn at(port: u16, more: &str) -> Trial {
    let config = format!("host: 127.0.0.1, port: {port}, use_ssl: false, {more}");
    logs("elasticsearch", &format!("elasticsearch_config: {{{config}}}"))
}

fn login() -> String {
    format!("access_key: {USER}, secret_key: {PASSWORD}")
}

async fn tried(proofs: &mut Proofs, it: Elasticsearch) -> Outcome {
    let running = it.run().await;
    proofs.hide(running.web.port, "9200");
    let outcome = at(running.web.port, &login()).run_one(CHECK).await;
    assert_eq!(running.kept(), [""; 0], "something is left behind: {outcome:#?}");
    outcome
}

/// Hides what is another in each run: the port, and the names that were made up.
fn hide(proofs: &mut Proofs, running: &Running) {
    for (name, stands) in running.made() {
        proofs.hide(name, stands);
    }
    proofs.hide(running.web.port, "9200");
}

fn good() -> Elasticsearch {
    Elasticsearch::new(Door::Basic)
}

#[tokio::test]
async fn the_log_in_to_elasticsearch_is_tried() {
    let mut proofs = Proofs::of(CHECK, CHECK);
    let outcome = tried(&mut proofs, good()).await;
    proofs.passes("everything is right", &outcome);
    let running = good().run().await;
    proofs.hide(running.web.port, "9200");
    let wrong = at(running.web.port, "access_key: log-writer, secret_key: another");
    proofs.finds("the password is wrong", &wrong.run_one(CHECK).await, "wrong_login");
    let none = at(running.web.port, "").run_one(CHECK).await;
    proofs.finds("no log-in is configured", &none, "login_missing");
    let open = Elasticsearch::new(Door::Open).run().await;
    let outcome = at(open.web.port, "").run_one(CHECK).await;
    proofs.passes("no log-in is wanted", &outcome);
    let old = tried(&mut proofs, Elasticsearch { version: "6.8.23", ..good() }).await;
    proofs.finds("it is too old", &old, "too_old");
    for (situation, health, fault) in
        [("a copy is missing", "yellow", "yellow"), ("data is missing", "red", "red")]
    {
        let outcome = tried(&mut proofs, Elasticsearch { health, ..good() }).await;
        proofs.finds(situation, &outcome, fault);
    }
    proofs.end();
}

#[tokio::test]
async fn an_entry_is_tried() {
    let mut proofs = Proofs::of(CHECK, "elasticsearch-entry");
    let write = "PUT /logentry_197";
    let denied = "action [indices:data/write/index] is unauthorized for user [quay]";
    let security = "security_exception";
    let shards = "Validation Failed: 1: this action would add [2] shards, but this cluster \
                  currently has [1000]/[1000] maximum normal shards open;";
    let block = "index [logentry_1970-01-01] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded \
                 flood-stage watermark, index has read-only-allow-delete block];";
    let no_index = "no such index [logentry_1970-01-01] and [action.auto_create_index] is [false]";
    let upper = "Invalid index name [Log_1970-01-01], must be lowercase";
    let cases: [(&str, Refusal, &str); 11] = [
        ("it may not be written", (write, 403, security, denied), "no_permission"),
        ("the disk is full", (write, 429, "cluster_block_exception", block), "disk_full"),
        (
            "there are too many shards",
            (write, 400, "validation_exception", shards),
            "too_many_shards",
        ),
        (
            "no index is made by itself",
            (write, 404, "index_not_found_exception", no_index),
            "not_made_by_itself",
        ),
        ("the prefix is none", (write, 400, "invalid_index_name_exception", upper), "bad_prefix"),
        (
            "a shard is not there",
            (write, 503, "unavailable_shards_exception", "primary shard is not active"),
            "refused",
        ),
        ("it may not be read", ("GET /logentry_197", 403, security, denied), "no_permission"),
        ("it is not found", ("GET /logentry_197", 404, "not_found", "nothing"), "not_read_back"),
        ("templates may not be seen", ("GET /_template/", 403, security, denied), "no_permission"),
        ("templates may not be made", ("PUT /_template/", 403, security, denied), "no_permission"),
        ("templates are broken", ("GET /_template/", 500, "exception", "oops"), "refused"),
    ];
    for (situation, refusal, fault) in cases {
        let outcome = tried(&mut proofs, Elasticsearch { refusal: Some(refusal), ..good() }).await;
        proofs.finds(situation, &outcome, fault);
    }
    let refusal = Some(("DELETE /logentry_197", 403, security, denied));
    let running = Elasticsearch { refusal, ..good() }.run().await;
    let outcome = at(running.web.port, &login()).run_one(CHECK).await;
    hide(&mut proofs, &running);
    proofs.finds("it may not be deleted", &outcome, "not_deleted");
    for (situation, refusal) in [
        ("the health may not be seen", ("GET /_cluster/health", 403, security, denied)),
        ("the version may not be seen", ("GET / ", 403, security, denied)),
    ] {
        let outcome = tried(&mut proofs, Elasticsearch { refusal: Some(refusal), ..good() }).await;
        proofs.passes(situation, &outcome);
    }
    proofs.end();
}

#[tokio::test]
async fn what_was_made_is_deleted_again_however_slow_it_is() {
    let mut proofs = Proofs::of(CHECK, "elasticsearch-slow");
    let refusal = Some(("DELETE /_template/", 403, "security_exception", "no right to"));
    let running = Elasticsearch { refusal, ..good() }.run().await;
    let outcome = at(running.web.port, &login()).run_one(CHECK).await;
    hide(&mut proofs, &running);
    proofs.finds("a template may not be deleted", &outcome, "not_deleted");
    let held = async |holds: &'static str| {
        let running = Elasticsearch { holds: Some(holds), ..good() }.run().await;
        let outcome = at(running.web.port, &login()).run_one(CHECK).await;
        (running, outcome)
    };
    let (templates, entries, deletions) = tokio::join!(
        held("PUT /_template/"),
        held("PUT /logentry_197"),
        held("DELETE /logentry_197"),
    );
    for (situation, (running, outcome), fault) in [
        ("a template is made, and no answer comes", templates, "slow"),
        ("an entry is written, and no answer comes", entries, "slow"),
        ("an index is deleted, and no answer comes", deletions, "not_deleted"),
    ] {
        hide(&mut proofs, &running);
        proofs.finds(situation, &outcome, fault);
        assert_eq!(outcome.state, State::Warned, "{situation}: {outcome:#?}");
        assert_eq!(running.kept(), [""; 0], "{situation}: {outcome:#?}");
    }
    let reading = Elasticsearch { holds: Some("GET /logentry_197"), ..good() }.run().await;
    let trial = at(reading.web.port, &login()).patience(Duration::from_secs(2));
    proofs.finds(
        "the time is over before all is answered",
        &trial.run_one(CHECK).await,
        "too_slow",
    );
    reading.emptied().await;
    proofs.end();
}

#[tokio::test]
async fn a_log_in_that_a_proxy_sends_back_is_not_told() {
    let echo = start(|asked: &Asked| page(502, asked.header("authorization"))).await;
    let shown = format!("{:?}", at(echo.port, &login()).run_one(CHECK).await);
    let sent = STANDARD.encode(format!("{USER}:{PASSWORD}"));
    assert!(shown.contains("Basic •••") && !shown.contains(&sent), "{shown}");
}

#[tokio::test]
async fn the_address_of_elasticsearch_is_tried() {
    let authority = Authority::new("lab authority");
    let mut proofs = Proofs::of(CHECK, "elasticsearch-address");
    let running = good().run_tls(&authority.sign(&["localhost"])).await;
    proofs.hide(running.web.port, "9200");
    let config = format!("host: localhost, port: {}, {}", running.web.port, login());
    let secured = || logs("elasticsearch", &format!("elasticsearch_config: {{{config}}}"));
    let outcome = secured().file("extra_ca_certs/lab.crt", authority.pem()).run_one(CHECK).await;
    proofs.passes("it speaks TLS", &outcome);
    proofs.finds(
        "nobody knows its authority",
        &secured().run_one(CHECK).await,
        "certificate_untrusted",
    );
    let clear = at(running.web.port, &login()).run_one(CHECK).await;
    proofs.finds("it speaks TLS, which is off", &clear, "tls_wanted");
    let closed = free_port();
    proofs.hide(closed, "9200");
    let closed = at(closed, &login()).run_one(CHECK).await;
    proofs.finds("nothing listens on the port", &closed, "connection_refused");
    let site = crate::lab::web::Web::start(axum::Router::new()).await;
    proofs.hide(site.port, "9200");
    let outcome = at(site.port, &login()).run_one(CHECK).await;
    proofs.finds("it is another site", &outcome, "other_protocol");
    for (situation, manner, fault) in [
        ("it hangs", Manner::Hangs, "no_answer"),
        ("it is another service", Manner::Garbage, "other_protocol"),
        ("it hangs up", Manner::Closes, "connection_closed"),
    ] {
        let other = StandIn::start(manner).await;
        proofs.hide(other.port, "9200");
        let trial = at(other.port, &login()).patience(Duration::from_secs(2));
        proofs.finds(situation, &trial.run_one(CHECK).await, fault);
    }
    proofs.end();
}

#[tokio::test]
async fn requests_to_aws_are_signed() {
    let authority = Authority::new("lab authority");
    let running = Elasticsearch::new(Door::Aws(NOW)).run_tls(&authority.sign(&[AWS_HOST])).await;
    let mut proofs = Proofs::of(CHECK, "elasticsearch-aws");
    let with = |secret: &str, region: &str| {
        let keys = format!("access_key: {USER}, secret_key: {secret}, aws_region: {region}");
        let config = format!("elasticsearch_config: {{host: {AWS_HOST}, port: 443, {keys}}}");
        let trial = logs("elasticsearch", &config).net(net(&[(AWS_HOST, 443, running.web.port)]));
        trial.file("extra_ca_certs/lab.crt", authority.pem())
    };
    proofs.passes("everything is right", &with(PASSWORD, REGION).run_one(CHECK).await);
    let outcome = with("another", REGION).run_one(CHECK).await;
    proofs.finds("the secret key is wrong", &outcome, "wrong_login");
    let outcome = with(PASSWORD, "us-east-1").run_one(CHECK).await;
    proofs.finds("the region is another", &outcome, "wrong_login");
    proofs.end();
}

#[tokio::test]
async fn behind_kafka_it_is_only_read() {
    let mut proofs = Proofs::of(CHECK, "elasticsearch-read");
    let kafka = "kafka_config: {bootstrap_servers: ['kafka.invalid:9092'], topic: quay}";
    let run = async |it: Elasticsearch| {
        let running = it.run().await;
        let port = running.web.port;
        let es = format!("{{host: 127.0.0.1, port: {port}, use_ssl: false, {}}}", login());
        let trial = logs("kafka", &format!("elasticsearch_config: {es}, {kafka}"));
        trial.run_one(CHECK).await
    };
    proofs.passes("everything is right", &run(good()).await);
    let refusal = Some(("GET /logentry_", 403, "security_exception", "no"));
    let outcome = run(Elasticsearch { refusal, ..good() }).await;
    proofs.finds("it may not be searched", &outcome, "no_permission");
    proofs.end();
}
