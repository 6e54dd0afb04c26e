//! memcached, real ones.

use crate::lab::certificates::Authority;
use crate::lab::lines::{Answers, Lines};
use crate::lab::memcached::Memcached;
use crate::lab::process::free_port;
use crate::lab::standin::{Manner, StandIn};
use crate::support::{Proofs, Trial, net};
use cluster::check::{Outcome, State};
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

/// The check's name.
const CHECK: &str = "memcached";
/// The name under which Quay would find it; `127.0.0.1` is Quay's own container.
const HOST: &str = "memcached.example.com";
/// What one that is well says first.
const VERSION: (&str, &str) = ("version", "VERSION 1.6.18\r\n");

/// A configuration with this memcached.
fn at(port: u16, more: &str) -> Trial {
    let at = format!("engine: memcached, endpoint: [{HOST}, 11211]{more}");
    Trial::of(format!("DATA_MODEL_CACHE_CONFIG: {{{at}}}")).net(net(&[(HOST, 11211, port)]))
}

async fn tried(port: u16) -> Outcome {
    at(port, "").run_one(CHECK).await
}

/// Fills its memory, until it stores nothing more.
fn fill(port: u16) {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("it listens");
    for number in 0..100_000 {
        let set = format!("set data_model_cache__{number:040} 0 0 12\r\nis it there?\r\n");
        stream.write_all(set.as_bytes()).expect("it reads");
        let mut answer = [0; 64];
        let length = stream.read(&mut answer).expect("it answers");
        if !answer[..length].starts_with(b"STORED") {
            return;
        }
    }
    panic!("it has no bound");
}

/// Connections that it has answered on, until it takes no more.
fn crowd(port: u16) -> Vec<TcpStream> {
    let mut held = Vec::new();
    for _ in 0..100 {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("it listens");
        let mut answer = [0; 64];
        let asked = stream.write_all(b"version\r\n").and_then(|()| stream.read(&mut answer));
        held.push(stream);
        if !asked.is_ok_and(|length| answer[..length].starts_with(b"VERSION")) {
            return held;
        }
    }
    panic!("it has no bound");
}

#[tokio::test]
async fn memcached_is_called_by_what_is_wrong_with_it() {
    let authority = Authority::new("lab authority");
    let mut proofs = Proofs::of(CHECK, CHECK);
    let good = Memcached::start(&[]);
    proofs.passes("everything is right", &tried(good.port).await);
    let outcome = at(good.port, ", value_size_limit: 2MiB").run_one(CHECK).await;
    proofs.finds("it keeps smaller answers than Quay", &outcome, "takes_smaller_items");
    let small = Memcached::start(&["-I", "512k"]);
    let outcome = tried(small.port).await;
    proofs.finds("it keeps half of what is usual", &outcome, "takes_smaller_items");
    let login = Memcached::with_login();
    proofs.finds("it wants a log-in", &tried(login.port).await, "login_wanted");
    let tls = Memcached::with_tls(&authority.sign(&[HOST]));
    proofs.finds("it speaks TLS", &tried(tls.port).await, "tls_wanted");
    let full = Memcached::start(&["-M", "-m", "1", "-I", "512k"]);
    fill(full.port);
    proofs.finds("its memory is full", &tried(full.port).await, "no_memory_left");
    let crowded = Memcached::start(&["-c", "40"]);
    let _held = crowd(crowded.port);
    let outcome = tried(crowded.port).await;
    proofs.finds("it has as many connections as it takes", &outcome, "no_connection_left");
    proofs.finds("nothing listens on the port", &tried(free_port()).await, "connection_refused");
    let trial = at(good.port, "").net(net(&[]));
    proofs.finds("the name is unknown", &trial.run_one(CHECK).await, "name_unknown");
    proofs.end();
}

#[tokio::test]
async fn what_only_pretends_to_be_memcached_is_told_apart() {
    let mut proofs = Proofs::of(CHECK, "memcached-odd");
    let cases: [(&str, Answers, &str); 2] = [
        (
            "it stores nothing",
            &[VERSION, ("set", "SERVER_ERROR object too large\r\n")],
            "not_stored",
        ),
        (
            "it does not know what was stored",
            &[VERSION, ("set", "STORED\r\n"), ("get", "END\r\n"), ("delete", "NOT_FOUND\r\n")],
            "not_read_back",
        ),
    ];
    // No real memcached does this; what stands behind a proxy for several of them may.
    for (situation, answers, fault) in cases {
        let lines = Lines::start(answers).await;
        proofs.finds(situation, &tried(lines.port).await, fault);
    }
    for (situation, manner, fault) in [
        ("it hangs", Manner::Hangs, "no_answer"),
        ("it is another service", Manner::Garbage, "other_protocol"),
        ("it hangs up", Manner::Closes, "connection_closed"),
        ("it sends without end", Manner::Floods, "other_protocol"),
    ] {
        let other = StandIn::start(manner).await;
        let outcome = at(other.port, "").patience(Duration::from_secs(4)).run_one(CHECK).await;
        proofs.finds(situation, &outcome, fault);
    }
    proofs.end();
}

#[tokio::test]
async fn the_memcached_of_the_container_is_not_tried() {
    let inside = |port: u16| {
        let at = format!("{{engine: memcached, endpoint: [127.0.0.1, {port}]}}");
        Trial::of(format!("DATA_MODEL_CACHE_CONFIG: {at}"))
    };
    let outcome = inside(18080).run_one(CHECK).await;
    assert_eq!(outcome.state, State::Skipped, "{outcome:#?}");
    let mut proofs = Proofs::of(CHECK, "memcached-inside");
    let outcome = inside(11211).run_one(CHECK).await;
    proofs.finds("Quay's own is expected on another port", &outcome, "not_quays_port");
    proofs.end();
}

#[tokio::test]
async fn other_engines_have_no_memcached() {
    for engine in ["inmemory", "redis, redis_config: {primary: {host: 127.0.0.1}}"] {
        let config = format!("DATA_MODEL_CACHE_CONFIG: {{engine: {engine}}}");
        assert!(Trial::of(config).run(CHECK).await.is_empty());
    }
    let lacking = Trial::of("DATA_MODEL_CACHE_CONFIG: {engine: memcached}").run_one(CHECK).await;
    assert_eq!(lacking.failure().map(|problem| problem.fault.as_str()), Some("incomplete"));
}
