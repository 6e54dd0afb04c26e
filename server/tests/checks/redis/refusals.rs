//! A Redis that ends connections by itself, and one that does not answer what Quay does not ask.

use super::{CHECK, logs, tried};
use crate::lab::certificates::Authority;
use crate::lab::process::free_port;
use crate::lab::redis::{Door, Redis};
use crate::support::Proofs;
use std::net::{Ipv4Addr, TcpStream};

/// Connections that the crowded one takes.
const CROWD: usize = 5;

#[tokio::test]
async fn a_redis_that_hangs_up_says_why() {
    let authority = Authority::new("lab authority");
    let lines = format!("maxclients {CROWD}\n");
    let redis = Redis::bare(&authority.sign(&["localhost"]), &lines);
    let mut proofs = Proofs::of(CHECK, "redis-refusals");
    let hold = |_| TcpStream::connect((Ipv4Addr::LOCALHOST, redis.port)).expect("it listens");
    let _held: Vec<_> = (0..CROWD * 2).map(hold).collect();
    let outcome = tried(&format!("host: 127.0.0.1, port: {}", redis.port)).await;
    proofs.finds("it has as many connections as it takes", &outcome, "no_connection_left");
    let door = Door::denying().await;
    for (situation, args) in [
        ("it is in protected mode", String::new()),
        ("it is in protected mode, and a password is sent", ", password: word".to_owned()),
    ] {
        let outcome = tried(&format!("host: 127.0.0.1, port: {}{args}", door.port)).await;
        proofs.finds(situation, &outcome, "protected_mode");
    }
    proofs.end();
}

#[tokio::test]
async fn a_redis_need_not_say_what_it_is() {
    let authority = Authority::new("lab authority");
    let signed = authority.sign(&["localhost"]);
    let mut proofs = Proofs::of(CHECK, "redis-untold");
    let redis = Redis::bare(&signed, "rename-command INFO \"\"\n");
    let at = |port: u16| format!("host: 127.0.0.1, port: {port}");
    proofs.passes("INFO is taken away", &tried(&at(redis.port)).await);
    let door = Door::without_info(redis.port).await;
    proofs.passes("a proxy hangs up at INFO", &tried(&at(door.port)).await);
    let lines = format!("rename-command INFO \"\"\nreplicaof 127.0.0.1 {}\n", free_port());
    let replica = Redis::bare(&signed, &lines);
    proofs.hide(replica.port, "6379");
    let outcome = logs(&at(replica.port)).run_one(CHECK).await;
    proofs.finds("INFO is taken away from a replica", &outcome, "read_only");
    proofs.end();
}
