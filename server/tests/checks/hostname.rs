//! The registry's own name, with real load balancers before a stand-in for Quay.

use crate::lab::certificates::{Authority, Signed};
use crate::lab::haproxy::HaProxy;
use crate::lab::process::free_port;
use crate::lab::standin::{Manner, StandIn};
use crate::lab::web::Web;
use crate::support::{Proofs, Trial, net};
use axum::Router;
use axum::http::{HeaderName, StatusCode, header};
use axum::routing::get;
use cluster::check::{Outcome, State};
use server::clients::dial::Net;
use std::net::Ipv4Addr;
use std::time::Duration;

/// The check's name.
const CHECK: &str = "hostname";
const HOST: &str = "quay.example.com";

/// A stand-in for Quay that answers as its health page does.
pub(crate) fn quay(database: bool) -> Router {
    let status = if database { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let services = serde_json::json!({ "web_gunicorn": true, "database": database });
    let body =
        serde_json::json!({ "data": { "services": services }, "status_code": status.as_u16() });
    Router::new().route("/health/instance", get(move || async move { (status, body.to_string()) }))
}

/// A stand-in for a registry whose health something before it hides. It sends those who push and
/// pull with this header to their log-in.
pub(crate) fn hidden(name: HeaderName, value: &'static str) -> Router {
    let refused = move || async move { (StatusCode::UNAUTHORIZED, [(name, value)], "true") };
    Router::new()
        .route("/v2/", get(refused))
        .fallback(|| async { (StatusCode::FORBIDDEN, "blocked by policy") })
}

/// The registry under its name, which leads to a port of this machine.
fn named(port: u16, scheme: &str, more: &str) -> Trial {
    let usual = if scheme == "https" { 443 } else { 80 };
    let config = format!("SERVER_HOSTNAME: {HOST}\nPREFERRED_URL_SCHEME: {scheme}\n{more}");
    Trial::of(config).net(net(&[(HOST, usual, port)]))
}

/// The same with the certificate that was uploaded, and its authority.
fn uploaded(port: u16, authority: &Authority, signed: &Signed) -> Trial {
    let trial = named(port, "https", "").file("extra_ca_certs/lab.crt", authority.pem());
    trial.file("ssl.cert", &signed.certificate).file("ssl.key", &signed.key)
}

async fn run(trial: Trial) -> Outcome {
    trial.patience(Duration::from_secs(8)).run_one(CHECK).await
}

#[tokio::test]
async fn the_certificate_that_is_served_is_compared() {
    let authority = Authority::new("lab authority");
    let (own, other) = (authority.sign(&[HOST]), authority.sign_until(&[HOST], (2027, 1, 1)));
    let mut proofs = Proofs::of(CHECK, "hostname-certificate");
    let web = Web::start_tls(quay(true), &own).await;
    proofs.passes("everything is right", &run(uploaded(web.port, &authority, &own)).await);
    let older = Web::start_tls(quay(true), &other).await;
    let outcome = run(uploaded(older.port, &authority, &own)).await;
    proofs.finds("an older certificate is served", &outcome, "older_certificate");
    let wide = authority.sign(&[HOST, "other.example.com"]);
    let outcome = run(uploaded(web.port, &authority, &wide)).await;
    proofs.finds("another certificate is served", &outcome, "another_certificate");
    let stranger = named(web.port, "https", "").file("ssl.cert", &own.certificate);
    let outcome = run(stranger.file("ssl.key", &own.key)).await;
    proofs.finds("nobody knows the authority", &outcome, "unknown_authority");
    let outcome = run(named(older.port, "https", "").at(1_798_000_000)).await;
    let soon = "nobody knows the authority, and the certificate expires soon";
    proofs.finds(soon, &outcome, "certificate_expires_soon");
    let unknown: Vec<_> = outcome.problems().map(|problem| problem.fault.as_str()).collect();
    assert!(unknown.contains(&"unknown_authority"), "{outcome:#?}");
    let between = authority.below("lab authority in between");
    let whole = Web::start_tls(quay(true), &between.sign_with_chain(&[HOST])).await;
    let trial = || named(whole.port, "https", "EXTERNAL_TLS_TERMINATION: true");
    let outcome = run(trial().file("extra_ca_certs/lab.crt", authority.pem())).await;
    proofs.passes("an authority in between signs, and the root is uploaded", &outcome);
    let outcome = run(trial().file("extra_ca_certs/lab.crt", between.pem())).await;
    let alone = "an authority in between is uploaded without its root";
    proofs.finds(alone, &outcome, "unknown_authority");
    let foreign = authority.sign(&["other.example.com"]);
    let web = Web::start_tls(quay(true), &foreign).await;
    let outcome = run(uploaded(web.port, &authority, &foreign)).await;
    proofs.finds("the certificate is for another name", &outcome, "certificate_name");
    let own_default = Web::start_tls(quay(true), &Signed::by_itself(&["balancer.local"])).await;
    let outcome = run(named(own_default.port, "https", "EXTERNAL_TLS_TERMINATION: true")).await;
    let default = "the load balancer has its first certificate still, by itself for itself";
    proofs.finds(default, &outcome, "certificate_name");
    let past = authority.sign_expired(&[HOST]);
    let web = Web::start_tls(quay(true), &past).await;
    let outcome = run(uploaded(web.port, &authority, &past)).await;
    proofs.finds("the certificate has expired", &outcome, "certificate_expired");
    let at_the_end = uploaded(older.port, &authority, &other).at(1_798_000_000);
    let outcome = run(at_the_end).await;
    proofs.finds("the certificate expires soon", &outcome, "certificate_expires_soon");
    let too_early = uploaded(older.port, &authority, &other).at(1_500_000_000);
    let outcome = run(too_early).await;
    proofs.finds("the certificate is for later", &outcome, "certificate_not_yet");
    proofs.end();
}

#[tokio::test]
async fn the_registry_is_reached_by_its_name() {
    let authority = Authority::new("lab authority");
    let own = authority.sign(&[HOST]);
    let mut proofs = Proofs::of(CHECK, CHECK);
    let good = Web::start(quay(true)).await;
    proofs.passes("it speaks no TLS, as configured", &run(named(good.port, "http", "")).await);
    let leading = |to: Vec<_>| Net::default().leading("quay.example.com:80", to);
    let unknown = named(good.port, "http", "").net(leading(Vec::new()));
    proofs.finds("the name is unknown", &run(unknown).await, "name_unknown");
    let asked = named(good.port, "http", "").net(Net::default().muted());
    proofs.finds("no name server answers", &run(asked).await, "resolver_silent");
    let outcome = run(named(free_port(), "https", "")).await;
    proofs.finds("nothing is deployed yet", &outcome, "nothing_answers_yet");
    let (closed, no_way) = ((Ipv4Addr::LOCALHOST, free_port()), (Ipv4Addr::BROADCAST, 80));
    let both = leading(vec![closed.into(), no_way.into()]);
    let outcome = run(named(good.port, "http", "").net(both)).await;
    let situation = "nothing is deployed yet, and there is no way to another of its addresses";
    proofs.finds(situation, &outcome, "nothing_answers_yet");
    let outcome = run(named(good.port, "http", "").net(leading(vec![no_way.into()]))).await;
    proofs.finds("there is no way to it", &outcome, "connection_unreachable");
    let outcome = run(named(good.port, "https", "")).await;
    proofs.finds("it does not speak TLS", &outcome, "no_tls");
    let encrypted = Web::start_tls(quay(true), &own).await;
    let outcome = run(named(encrypted.port, "http", "")).await;
    proofs.finds("it speaks TLS, which is not configured", &outcome, "tls_spoken");
    let ill = Web::start(quay(false)).await;
    proofs.finds("its database is gone", &run(named(ill.port, "http", "")).await, "not_well");
    let site = Web::start(Router::new()).await;
    proofs.finds("the name leads elsewhere", &run(named(site.port, "http", "")).await, "not_quay");
    let bearer = r#"Bearer realm="https://quay.example.com/v2/auth",service="quay.example.com""#;
    let version = HeaderName::from_static("docker-distribution-api-version");
    let harbor = r#"Bearer realm="https://quay.example.com/service/token""#;
    for (situation, router, fault) in [
        (
            "something before it hides its health",
            hidden(header::WWW_AUTHENTICATE, bearer),
            "health_hidden",
        ),
        (
            "something before it hides its health and its log-in",
            hidden(version, "registry/2.0"),
            "health_hidden",
        ),
        ("it is another registry", hidden(header::WWW_AUTHENTICATE, harbor), "not_quay"),
    ] {
        let web = Web::start(router).await;
        proofs.finds(situation, &run(named(web.port, "http", "")).await, fault);
    }
    for (situation, manner, fault) in [
        ("it hangs", Manner::Hangs, "no_answer"),
        ("it is another service", Manner::Garbage, "other_protocol"),
    ] {
        let other = StandIn::start(manner).await;
        let trial = named(other.port, "http", "").patience(Duration::from_secs(4));
        proofs.finds(situation, &trial.run_one(CHECK).await, fault);
    }
    proofs.end();
}

#[tokio::test]
async fn load_balancers_are_told_from_the_registry() {
    let authority = Authority::new("lab authority");
    let own = authority.sign(&[HOST]);
    let mut proofs = Proofs::of(CHECK, "hostname-balancer");
    let good = Web::start(quay(true)).await;
    let balancer = HaProxy::ending_tls(&own, good.port);
    let before = "EXTERNAL_TLS_TERMINATION: true";
    let ca = |trial: Trial| trial.file("extra_ca_certs/lab.crt", authority.pem());
    let outcome = run(ca(named(balancer.port, "https", before))).await;
    proofs.passes("the load balancer ends TLS", &outcome);
    let alone = HaProxy::ending_tls(&own, free_port());
    let outcome = run(ca(named(alone.port, "https", before))).await;
    proofs.finds("the load balancer has no node", &outcome, "no_node_answers");
    let node = Web::start_tls(quay(true), &own).await;
    let passing = HaProxy::passing_tls(node.port);
    let outcome = run(uploaded(passing.port, &authority, &own)).await;
    proofs.passes("the load balancer leaves TLS to the nodes", &outcome);
    let alone = HaProxy::passing_tls(free_port());
    let outcome = run(uploaded(alone.port, &authority, &own)).await;
    proofs.finds("it leaves TLS to nodes that are gone", &outcome, "no_node_answers");
    let outcome = run(named(alone.port, "http", "")).await;
    proofs.finds("it passes on to nodes that are gone", &outcome, "no_node_answers");
    let sending = HaProxy::sending_to_https();
    let outcome = run(named(sending.port, "http", "")).await;
    proofs.finds("it sends everybody to https", &outcome, "sends_to_https");
    proofs.end();
}

#[tokio::test]
async fn a_name_that_means_everybody_is_not_tried() {
    let outcome = Trial::of("SERVER_HOSTNAME: localhost").run_one(CHECK).await;
    assert_eq!(outcome.state, State::Skipped, "{outcome:#?}");
    assert!(Trial::of("PREFERRED_URL_SCHEME: https").run(CHECK).await.is_empty());
}
