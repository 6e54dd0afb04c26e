//! Kafka: Tansu, and a stand-in for what it cannot be made to say.

use super::{UNUSED, logs};
use crate::lab::certificates::Authority;
use crate::lab::kafka::Kafka;
use crate::lab::process::free_port;
use crate::lab::redis::Redis;
use crate::lab::standin::{Manner, StandIn};
use crate::lab::standin_kafka::{KafkaStandIn, Topic};
use crate::support::{Proofs, Trial, net};
use cluster::check::{Outcome, State};
use std::time::Duration;

/// The check's name.
const CHECK: &str = "kafka";

fn at(server: &str, topic: &str) -> Trial {
    let kafka = format!("kafka_config: {{bootstrap_servers: ['{server}'], topic: {topic}}}");
    logs("kafka", &format!("{UNUSED}, {kafka}"))
}

async fn tried(port: u16) -> Outcome {
    at(&format!("127.0.0.1:{port}"), "quay").run_one(CHECK).await
}

#[tokio::test]
async fn kafka_is_called_by_what_is_wrong_with_it() {
    let authority = Authority::new("lab authority");
    let mut proofs = Proofs::of(CHECK, CHECK);
    let kafka = Kafka::start();
    proofs.hide(kafka.port, "9092");
    proofs.passes("everything is right", &tried(kafka.port).await);
    let outcome = at(&format!("127.0.0.1:{}", kafka.port), "other").run_one(CHECK).await;
    proofs.finds("the topic is missing", &outcome, "no_topic");
    let login = Kafka::with_login();
    proofs.hide(login.port, "9092");
    proofs.finds("it wants a log-in", &tried(login.port).await, "login_wanted");
    let tls = Redis::open(&authority.sign(&["localhost"]));
    proofs.hide(tls.tls_port, "9092");
    proofs.finds("the port is for TLS", &tried(tls.tls_port).await, "tls_wanted");
    let closed = free_port();
    proofs.hide(closed, "9092");
    proofs.finds("nothing listens on the port", &tried(closed).await, "connection_refused");
    let outcome = at("kafka.invalid:9092", "quay").run_one(CHECK).await;
    proofs.finds("the name is unknown", &outcome, "name_unknown");
    for (situation, manner, fault) in [
        ("it hangs", Manner::Hangs, "no_answer"),
        ("it is another service", Manner::Garbage, "other_protocol"),
        ("it hangs up", Manner::Closes, "connection_closed"),
        ("it sends without end", Manner::Floods, "other_protocol"),
    ] {
        let other = StandIn::start(manner).await;
        proofs.hide(other.port, "9092");
        let trial = at(&format!("127.0.0.1:{}", other.port), "quay");
        let outcome = trial.patience(Duration::from_secs(4)).run_one(CHECK).await;
        proofs.finds(situation, &outcome, fault);
    }
    proofs.end();
}

#[tokio::test]
async fn the_addresses_that_kafka_gives_out_are_tried() {
    let mut proofs = Proofs::of(CHECK, "kafka-advertised");
    let closed = free_port();
    proofs.hide(closed, "9093");
    let nobody = Kafka::advertised(&format!("127.0.0.1:{closed}"));
    proofs.finds("it gives out another port", &tried(nobody.port).await, "advertised_unreachable");
    let inside = Kafka::advertised("broker.invalid:9092");
    let outcome = tried(inside.port).await;
    proofs.finds("it gives out a name of its own", &outcome, "advertised_unreachable");
    let local = Kafka::start();
    proofs.hide(local.port, "9092");
    let trial = at("kafka.example.com:9092", "quay");
    let outcome = trial.net(net(&[("kafka.example.com", 9092, local.port)])).run_one(CHECK).await;
    proofs.finds("it gives out its loopback address", &outcome, "advertised_unreachable");
    proofs.end();
}

#[tokio::test]
async fn what_may_be_done_with_the_topic_is_asked() {
    let mut proofs = Proofs::of(CHECK, "kafka-topic");
    for (situation, topic, fault) in [
        ("it may not be written to", Topic { may_write: false, ..Topic::GOOD }, "no_permission"),
        ("it may not be seen", Topic { error: 29, ..Topic::GOOD }, "no_permission"),
        ("nobody looks after a part", Topic { orphaned: true, ..Topic::GOOD }, "no_leader"),
        (
            "it is made with the first entry",
            Topic { error: 3, makes: true, ..Topic::GOOD },
            "topic_to_be_made",
        ),
        ("it is not made by itself", Topic { error: 3, ..Topic::GOOD }, "no_topic"),
        ("its name is none", Topic { error: 17, ..Topic::GOOD }, "bad_topic"),
        ("it has another error", Topic { error: 5, ..Topic::GOOD }, "topic_broken"),
    ] {
        let kafka = KafkaStandIn::start(topic).await;
        proofs.hide(kafka.port, "9092");
        proofs.finds(situation, &tried(kafka.port).await, fault);
    }
    let kafka = KafkaStandIn::start(Topic::GOOD).await;
    proofs.passes("it may be written to", &tried(kafka.port).await);
    proofs.end();
}

#[tokio::test]
async fn each_server_is_tried() {
    let kafka = Kafka::start();
    let (good, closed) = (kafka.port, free_port());
    let servers = format!("['127.0.0.1:{good}', '127.0.0.1:{closed}']");
    let config = format!("kafka_config: {{bootstrap_servers: {servers}, topic: quay}}");
    let outcomes = logs("kafka", &format!("{UNUSED}, {config}")).run(CHECK).await;
    let states: Vec<_> = outcomes.iter().map(|outcome| outcome.state).collect();
    assert_eq!(states, [State::Passed, State::Failed]);
    let path = outcomes[1].path.to_string();
    assert_eq!(path, "LOGS_MODEL_CONFIG.kafka_config.bootstrap_servers[1]");
}
