//! Single nodes of Quay, each asked by itself, with a stand-in for Quay.

use crate::hostname::{hidden, quay};
use crate::lab::certificates::{Authority, Signed};
use crate::lab::haproxy::HaProxy;
use crate::lab::process::free_port;
use crate::lab::standin::{Manner, StandIn};
use crate::lab::web::Web;
use crate::support::{Proofs, Trial, net};
use axum::Router;
use axum::http::HeaderName;
use cluster::check::{Outcome, State};
use server::clients::dial::Net;
use std::net::Ipv4Addr;
use std::time::Duration;

/// The check's name.
const CHECK: &str = "node";
/// The name of the registry, under which each node is asked.
const HOST: &str = "quay.example.com";
/// A node.
const NODE: &str = "quay01.example.com";

/// The registry with this node. Where the name of the registry leads is of no matter.
fn with(net: Net, ends_at_quay: bool) -> Trial {
    let config = format!(
        "SERVER_HOSTNAME: {HOST}\nPREFERRED_URL_SCHEME: https\n\
         EXTERNAL_TLS_TERMINATION: {}\n",
        !ends_at_quay
    );
    Trial::of(config).net(net).nodes(&[NODE]).patience(Duration::from_secs(8))
}

/// A node that gets what the load balancer has decrypted.
fn plain(port: u16) -> Trial {
    with(net(&[(NODE, 80, port)]), false)
}

/// A node that serves the certificate that was uploaded, and its authority.
fn own_tls(port: u16, authority: &Authority, signed: &Signed) -> Trial {
    let trial = with(net(&[(NODE, 443, port)]), true);
    let trial = trial.file("extra_ca_certs/lab.crt", authority.pem());
    trial.file("ssl.cert", &signed.certificate).file("ssl.key", &signed.key)
}

async fn run(trial: Trial) -> Outcome {
    trial.run_one(CHECK).await
}

#[tokio::test]
async fn a_node_serves_the_certificate_of_the_registry() {
    let authority = Authority::new("lab authority");
    let own = authority.sign(&[HOST]);
    let mut proofs = Proofs::of(CHECK, "node-certificate");
    let web = Web::start_tls(quay(true), &own).await;
    let outcome = run(own_tls(web.port, &authority, &own)).await;
    proofs.passes("Quay ends TLS", &outcome);
    assert_eq!(outcome.part, "quay01");
    assert_eq!(outcome.target, "quay01 at https://quay01.example.com");
    let stranger = own_tls(web.port, &Authority::new("another authority"), &own);
    proofs.finds("nobody knows the authority", &run(stranger).await, "unknown_authority");
    let wide = authority.sign(&[HOST, "other.example.com"]);
    let outcome = run(own_tls(web.port, &authority, &wide)).await;
    proofs.finds("it serves another certificate", &outcome, "node_with_another_certificate");
    for (situation, signed, fault) in [
        (
            "it serves an older certificate",
            authority.sign_until(&[HOST], (2027, 1, 1)),
            "node_with_older_certificate",
        ),
        ("its certificate has expired", authority.sign_expired(&[HOST]), "node_certificate_over"),
        ("its certificate is for its own name", authority.sign(&[NODE]), "node_certificate_name"),
    ] {
        let web = Web::start_tls(quay(true), &signed).await;
        let outcome = run(own_tls(web.port, &authority, &own)).await;
        proofs.finds(situation, &outcome, fault);
    }
    let bare = Web::start(quay(true)).await;
    let outcome = run(own_tls(bare.port, &authority, &own)).await;
    proofs.finds("it has no certificate", &outcome, "node_without_tls");
    let silent = StandIn::start(Manner::Hangs).await;
    let outcome = run(own_tls(silent.port, &authority, &own)).await;
    proofs.finds("it takes the connection and hangs", &outcome, "node_hangs");
    let gone = HaProxy::passing_tls(free_port());
    let outcome = run(own_tls(gone.port, &authority, &own)).await;
    proofs.finds("its proxy is there, and Quay is not", &outcome, "node_starting");
    let ended = Web::start_tls(quay(true), &own).await;
    let outcome = run(with(net(&[(NODE, 80, ended.port)]), false)).await;
    let situation = "the load balancer ends TLS, and the node wants it too";
    proofs.finds(situation, &outcome, "node_with_tls");
    proofs.end();
}

#[tokio::test]
async fn a_node_is_asked_by_itself() {
    let mut proofs = Proofs::of(CHECK, CHECK);
    let good = Web::start(quay(true)).await;
    proofs.passes("the load balancer ends TLS", &run(plain(good.port)).await);
    proofs.finds("Quay does not run on it", &run(plain(free_port())).await, "node_stopped");
    let leading = |to: Vec<_>| with(Net::default().leading("quay01.example.com:80", to), false);
    proofs.finds("its name is unknown", &run(leading(Vec::new())).await, "node_unknown");
    let no_way = leading(vec![(Ipv4Addr::BROADCAST, 80).into()]);
    proofs.finds("there is no way to it", &run(no_way).await, "connection_unreachable");
    let ill = Web::start(quay(false)).await;
    proofs.finds("its database is gone", &run(plain(ill.port)).await, "not_well");
    let site = Web::start(Router::new()).await;
    proofs.finds("another service is there", &run(plain(site.port)).await, "node_is_not_quay");
    let name = HeaderName::from_static("docker-distribution-api-version");
    let hides = Web::start(hidden(name, "registry/2.0")).await;
    let outcome = run(plain(hides.port)).await;
    proofs.finds("something before it hides its health", &outcome, "node_health_hidden");
    let sending = HaProxy::sending_to_https();
    let situation = "it sends everybody to https, where the load balancer comes from";
    proofs.finds(situation, &run(plain(sending.port)).await, "node_with_tls");
    for (situation, manner, fault) in [
        ("it hangs", Manner::Hangs, "no_answer"),
        ("it sends garbage", Manner::Garbage, "other_protocol"),
        ("it hangs up", Manner::Closes, "node_starting"),
        ("it sends without end", Manner::Floods, "other_protocol"),
    ] {
        let other = StandIn::start(manner).await;
        let trial = plain(other.port).patience(Duration::from_secs(8));
        proofs.finds(situation, &run(trial).await, fault);
    }
    proofs.end();
}

#[tokio::test]
async fn each_node_has_a_result_of_its_own() {
    let (good, ill) = (Web::start(quay(true)).await, Web::start(quay(false)).await);
    let nodes = [
        format!("first=127.0.0.1:{}", good.port),
        format!("second=127.0.0.1:{}", free_port()),
        format!("third=127.0.0.1:{}", ill.port),
    ];
    let nodes: Vec<_> = nodes.iter().map(String::as_str).collect();
    let outcomes = with(Net::default(), false).nodes(&nodes).run(CHECK).await;
    let told: Vec<_> =
        outcomes.iter().map(|outcome| (outcome.part.as_str(), outcome.state)).collect();
    let expected = [("first", State::Passed), ("second", State::Failed), ("third", State::Failed)];
    assert_eq!(told, expected, "{outcomes:#?}");
}

#[tokio::test]
async fn without_a_name_of_the_registry_no_node_is_asked() {
    let trial = Trial::of("PREFERRED_URL_SCHEME: https").nodes(&[NODE]);
    assert!(trial.run(CHECK).await.is_empty());
}
