//! More than one Redis: replicas, clusters, Sentinels, and load balancers before them.

use super::{CHECK, logs, tried};
use crate::lab::certificates::{Authority, Signed};
use crate::lab::haproxy::HaProxy;
use crate::lab::process::free_port;
use crate::lab::redis::{PASSWORD, Redis, Sentinel};
use crate::support::{Proofs, Trial};
use cluster::check::Outcome;

fn at(port: u16) -> String {
    format!("host: 127.0.0.1, port: {port}")
}

async fn events(port: u16) -> Outcome {
    Trial::of(format!("USER_EVENTS_REDIS: {{{}}}", at(port))).run_one(CHECK).await
}

/// A replica that has all that its primary has.
fn copy_of(primary: &Redis, signed: &Signed) -> Redis {
    primary.say(&["CONFIG", "SET", "repl-diskless-sync-delay", "0"]);
    let replica = Redis::bare(signed, &format!("replicaof 127.0.0.1 {}\n", primary.port));
    replica.wait_for(&["INFO", "replication"], "master_link_status:up");
    replica
}

#[tokio::test]
async fn several_servers_behind_one_address_are_found_out() {
    let authority = Authority::new("lab authority");
    let signed = authority.sign(&["localhost"]);
    let mut proofs = Proofs::of(CHECK, "redis-several");
    let servers = [0; 3].map(|_| Redis::open(&signed));
    let apart = HaProxy::round_robin(&servers.each_ref().map(|server| server.port));
    proofs.hide(apart.port, "6379");
    let outcome = tried(&at(apart.port)).await;
    proofs.finds("a balancer leads to three of their own", &outcome, "not_the_same_data");
    let outcome = events(apart.port).await;
    proofs.finds("events go over a balancer to three of their own", &outcome, "not_delivered");
    let single = HaProxy::round_robin(&[servers[0].port]);
    proofs.passes("a balancer leads to one", &tried(&at(single.port)).await);
    proofs.passes("events go over a balancer to one", &events(single.port).await);
    let copy = copy_of(&servers[0], &signed);
    let mixed = HaProxy::round_robin(&[servers[0].port, copy.port]);
    proofs.hide(mixed.port, "6379");
    let outcome = tried(&at(mixed.port)).await;
    proofs.finds("a balancer leads to a primary and its replica", &outcome, "some_only_read");
    proofs.end();
}

#[tokio::test]
async fn a_replica_is_only_read_and_needs_its_primary() {
    let authority = Authority::new("lab authority");
    let signed = authority.sign(&["localhost"]);
    let mut proofs = Proofs::of(CHECK, "redis-replica");
    let primary = Redis::open(&signed);
    let cache = |replica: &Redis| {
        let (primary, replica) = (at(primary.port), at(replica.port));
        let servers = format!("primary: {{{primary}}}, replica: {{{replica}}}");
        let config = format!("{{engine: redis, redis_config: {{{servers}}}}}");
        Trial::of(format!("DATA_MODEL_CACHE_CONFIG: {config}")).run(CHECK)
    };
    let copy = copy_of(&primary, &signed);
    proofs.passes("a replica has its primary", &cache(&copy).await[1]);
    let alone = Redis::open(&signed);
    proofs.finds("a replica is none", &cache(&alone).await[1], "no_replica");
    let closed = free_port();
    let lost = Redis::bare(&signed, &format!("replicaof 127.0.0.1 {closed}\n"));
    for (port, as_) in [(lost.port, "6379"), (copy.port, "6379"), (closed, "6380")] {
        proofs.hide(port, as_);
    }
    proofs.finds("a replica has lost its primary", &cache(&lost).await[1], "primary_lost");
    proofs.finds("build logs go to a replica", &tried(&at(lost.port)).await, "read_only");
    lost.say(&["CONFIG", "SET", "replica-serve-stale-data", "no"]);
    let outcomes = cache(&lost).await;
    proofs.finds("a replica without its primary refuses to answer", &outcomes[1], "primary_lost");
    proofs.end();
}

#[tokio::test]
async fn a_cluster_is_told_from_a_single_server() {
    let authority = Authority::new("lab authority");
    let signed = authority.sign(&["localhost"]);
    let mut proofs = Proofs::of(CHECK, "redis-cluster");
    let trial = |redis: &Redis| {
        Trial::of(format!(
            "DATA_MODEL_CACHE_CONFIG: {{engine: rediscluster, redis_config: \
             {{startup_nodes: [{{host: 127.0.0.1, port: {}}}]}}}}",
            redis.port
        ))
    };
    let single = Redis::bare(&signed, "");
    proofs.finds("it is a single server", &trial(&single).run_one(CHECK).await, "no_cluster");
    let member = Redis::member(&signed, "");
    proofs.hide(member.port, "6379");
    proofs.finds("slots are missing", &trial(&member).run_one(CHECK).await, "cluster_down");
    member.say(&["CLUSTER", "ADDSLOTSRANGE", "0", "16383"]);
    member.wait_for(&["CLUSTER", "INFO"], "cluster_state:ok");
    proofs.passes("every slot is served", &trial(&member).run_one(CHECK).await);
    proofs.finds("build logs go to a cluster", &tried(&at(member.port)).await, "is_a_cluster");
    let numbered = format!("{}, db: 1", at(member.port));
    let outcome = tried(&numbered).await;
    proofs.finds("build logs go to a cluster, with a database number", &outcome, "is_a_cluster");
    // Its keys are all held by the other member.
    let quiet = format!("user quiet on >{PASSWORD} ~* &* +@all -info\n");
    let other = Redis::member(&signed, &quiet);
    proofs.hide(other.port, "6379");
    other.meet(&member);
    other.wait_for(&["CLUSTER", "INFO"], "cluster_slots_assigned:16384");
    other.wait_for(&["CLUSTER", "INFO"], "cluster_state:ok");
    let login = format!("{}, username: quiet, password: {PASSWORD}", at(other.port));
    let outcome = logs(&login).run_one(CHECK).await;
    proofs.finds("build logs go to a cluster that does not say so", &outcome, "is_a_cluster");
    proofs.end();
}

#[tokio::test]
async fn a_sentinel_is_no_redis() {
    let sentinel = Sentinel::start();
    let mut proofs = Proofs::of(CHECK, "redis-sentinel");
    proofs.hide(sentinel.port, "26379");
    let outcome = tried(&at(sentinel.port)).await;
    proofs.finds("build logs go to a Sentinel", &outcome, "is_a_sentinel");
    let outcome = tried(&format!("{}, db: 1", at(sentinel.port))).await;
    proofs.finds("build logs go to a Sentinel, with a database number", &outcome, "is_a_sentinel");
    proofs.end();
}
