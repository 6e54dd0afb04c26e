//! Redis, real ones.

mod encryption;
mod refusals;
mod rights;
mod several;

use crate::lab::certificates::Authority;
use crate::lab::process::free_port;
use crate::lab::redis::{PASSWORD, Redis};
use crate::lab::standin::{Manner, StandIn};
use crate::support::{Proofs, Trial};
use cluster::check::{Outcome, State};
use std::time::Duration;

/// The check's name.
const CHECK: &str = "redis";

/// A configuration with build logs in a Redis with these settings.
fn logs(args: &str) -> Trial {
    Trial::of(format!("BUILDLOGS_REDIS: {{{args}}}"))
}

async fn tried(args: &str) -> Outcome {
    logs(args).run_one(CHECK).await
}

#[tokio::test]
async fn redis_is_called_by_what_is_wrong_with_it() {
    let authority = Authority::new("lab authority");
    let redis = Redis::start(&authority.sign(&["localhost", "127.0.0.1"]), "");
    let mut proofs = Proofs::of(CHECK, CHECK);
    let at = format!("host: 127.0.0.1, port: {}", redis.port);
    proofs.hide(redis.port, "6379");
    let good = format!("{at}, password: {PASSWORD}");
    proofs.passes("everything is right", &tried(&good).await);
    let cases = [
        ("the password is wrong", format!("{at}, password: wrong"), "wrong_password"),
        ("a password is missing", at.clone(), "password_missing"),
        ("the database number is too large", format!("{good}, db: 99"), "no_such_database"),
        (
            "the user may not write",
            format!("{at}, username: reader, password: readerword"),
            "no_permission",
        ),
        (
            "the name is unknown",
            format!("host: nowhere.invalid, password: {PASSWORD}"),
            "name_unknown",
        ),
        ("TLS is on at a port without it", format!("{good}, ssl: true"), "tls_silent"),
    ];
    for (situation, args, fault) in cases {
        proofs.finds(situation, &tried(&args).await, fault);
    }
    let closed = free_port();
    proofs.hide(closed, "6379");
    let outcome = tried(&format!("host: 127.0.0.1, port: {closed}")).await;
    proofs.finds("nothing listens on the port", &outcome, "connection_refused");

    let open = Redis::open(&authority.sign(&["localhost"]));
    let outcome = tried(&format!("host: 127.0.0.1, port: {}, password: word", open.port)).await;
    proofs.finds("a password is configured and not wanted", &outcome, "password_not_wanted");
    let outcome = tried(&format!("host: 127.0.0.1, port: {}", open.port)).await;
    proofs.passes("no password is wanted", &outcome);
    for (situation, manner, fault) in [
        ("it hangs", Manner::Hangs, "no_answer"),
        ("it is another service", Manner::Garbage, "other_protocol"),
        ("it hangs up", Manner::Closes, "connection_closed"),
        ("it sends without end", Manner::Floods, "too_much"),
    ] {
        let other = StandIn::start(manner).await;
        proofs.hide(other.port, "6379");
        let trial = logs(&format!("host: 127.0.0.1, port: {}, password: word", other.port));
        let outcome = trial.patience(Duration::from_secs(2)).run_one(CHECK).await;
        proofs.finds(situation, &outcome, fault);
    }
    proofs.end();
}

#[tokio::test]
async fn each_redis_is_tried_where_it_is() {
    let authority = Authority::new("lab authority");
    let redis = Redis::open(&authority.sign(&["localhost"]));
    let copy = Redis::start(
        &authority.sign(&["localhost"]),
        &format!("replicaof 127.0.0.1 {}\n", redis.port),
    );
    let config = format!(
        "BUILDLOGS_REDIS: {{host: 127.0.0.1, port: {good}}}\n\
         USER_EVENTS_REDIS: {{host: 127.0.0.1, port: {copy}, password: {PASSWORD}}}\n\
         PULL_METRICS_REDIS: {{host: 127.0.0.1, port: {closed}}}\n\
         DATA_MODEL_CACHE_CONFIG: {{engine: redis, redis_config: {{\
         primary: {{host: 127.0.0.1, port: {good}}}, replica: {{host: 127.0.0.1, port: {good}}}}}}}",
        good = redis.port,
        copy = copy.port,
        closed = free_port(),
    );
    let outcomes = Trial::of(config).run(CHECK).await;
    let told: Vec<_> = outcomes
        .iter()
        .map(|outcome| {
            let fault = outcome.problems().next().map_or("", |problem| problem.fault.as_str());
            (outcome.path.to_string(), outcome.state, fault)
        })
        .collect();
    let cache = "DATA_MODEL_CACHE_CONFIG.redis_config";
    assert_eq!(
        told,
        [
            ("BUILDLOGS_REDIS".to_owned(), State::Passed, ""),
            ("USER_EVENTS_REDIS".to_owned(), State::Failed, "read_only"),
            ("PULL_METRICS_REDIS".to_owned(), State::Failed, "connection_refused"),
            (format!("{cache}.primary"), State::Passed, ""),
            (format!("{cache}.replica"), State::Warned, "no_replica"),
        ]
    );
}

#[tokio::test]
async fn no_result_holds_a_secret() {
    let authority = Authority::new("lab authority");
    let redis = Redis::start(&authority.sign(&["localhost"]), "");
    let config = format!(
        "BUILDLOGS_REDIS: {{host: 127.0.0.1, port: {}, username: hunter22, password: hunter22}}",
        redis.port
    );
    let outcomes = Trial::of(config).run(CHECK).await;
    let shown = format!("{outcomes:?}");
    assert_eq!(outcomes[0].state, State::Failed);
    assert!(!shown.contains("hunter22"), "{shown}");
}

#[tokio::test]
async fn what_becomes_of_keys_is_found_out() {
    let authority = Authority::new("lab authority");
    let signed = authority.sign(&["localhost"]);
    let mut proofs = Proofs::of(CHECK, "redis-memory");
    let at = |redis: &Redis| format!("{{host: 127.0.0.1, port: {}}}", redis.port);
    let cache = |redis: &Redis| {
        let server = at(redis);
        Trial::of(format!(
            "DATA_MODEL_CACHE_CONFIG: {{engine: redis, redis_config: {{primary: {server}}}}}"
        ))
    };
    let logs = |redis: &Redis| Trial::of(format!("BUILDLOGS_REDIS: {}", at(redis)));
    let evicting = Redis::bare(&signed, "maxmemory 64mb\nmaxmemory-policy allkeys-lru\n");
    proofs.finds("build logs may be thrown away", &logs(&evicting).run_one(CHECK).await, "evicts");
    proofs.passes("a cache throws keys away", &cache(&evicting).run_one(CHECK).await);
    let keeping = Redis::bare(&signed, "maxmemory 64mb\nmaxmemory-policy noeviction\n");
    proofs.passes("build logs are kept", &logs(&keeping).run_one(CHECK).await);
    proofs.finds(
        "a cache throws nothing away",
        &cache(&keeping).run_one(CHECK).await,
        "never_evicts",
    );
    let full = Redis::bare(&signed, "maxmemory 1\nmaxmemory-policy noeviction\n");
    proofs.finds("its memory is used up", &logs(&full).run_one(CHECK).await, "memory_full");
    proofs.end();
}

#[tokio::test]
async fn a_redis_that_takes_nothing_says_why() {
    let authority = Authority::new("lab authority");
    let lines = "save 3600 1000000\nenable-protected-configs yes\n";
    let redis = Redis::bare(&authority.sign(&["localhost"]), lines);
    let mut proofs = Proofs::of(CHECK, "redis-writing");
    let tried = || logs(&format!("host: 127.0.0.1, port: {}", redis.port)).run_one(CHECK);
    proofs.passes("it writes to its disk", &tried().await);
    redis.lose_its_file();
    proofs.finds("it cannot write to its disk", &tried().await, "not_saved");
    redis.say(&["CONFIG", "SET", "stop-writes-on-bgsave-error", "no"]);
    redis.say(&["CONFIG", "SET", "min-replicas-to-write", "2"]);
    proofs.finds("it waits for replicas", &tried().await, "not_written");
    proofs.end();
}
