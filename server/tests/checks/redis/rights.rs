//! Users with no more rights than Quay needs, and with fewer.

use super::{CHECK, logs};
use crate::lab::certificates::Authority;
use crate::lab::redis::Redis;
use crate::support::{Proofs, Trial};
use cluster::check::Outcome;

/// Users, and what each may do. All have the same password.
const USERS: &str = "\
user builder on >word ~builds/* ~_health +ping +rpush +expire +llen +lrange +set +get +del
user unhealthy on >word ~builds/* +ping +rpush +expire +llen +lrange +set +get +del
user forgetful on >word ~builds/* ~_health +ping +rpush +llen +lrange +set +get +del
user elsewhere on >word ~logs:* +@all
user herald on >word &user/*/events/* ~lock:* ~lock-signal:* +ping +publish +subscribe +set +get +del +lpush +pexpire +eval
user deaf on >word &user/*/events/* ~lock:* ~lock-signal:* +@all -subscribe
user lonely on >word resetchannels &news:* ~* +@all
user unlocked on >word &user/*/events/* +ping +publish +subscribe
user unscripted on >word &user/*/events/* ~lock:* ~lock-signal:* +@all -@scripting
user counter on >word ~pull_events:* +ping +eval +exists +hset +hincrby +hget +hgetall +scan +del
user unhashed on >word ~pull_events:* +@all -hset
user keeper on >word ~repo_blob__* +ping +set +get +del
";

async fn tried(redis: &Redis, key: &str, user: &str) -> Outcome {
    let login = format!("username: {user}, password: word");
    let server = format!("{{host: 127.0.0.1, port: {}, {login}}}", redis.port);
    let config = match key {
        "DATA_MODEL_CACHE_CONFIG" => {
            format!("{{engine: redis, redis_config: {{primary: {server}}}}}")
        }
        _ => server,
    };
    Trial::of(format!("{key}: {config}")).run_one(CHECK).await
}

#[tokio::test]
async fn a_user_needs_the_rights_that_quay_uses() {
    let authority = Authority::new("lab authority");
    let redis = Redis::bare(&authority.sign(&["localhost"]), USERS);
    let mut proofs = Proofs::of(CHECK, "redis-rights");
    for (situation, key, user) in [
        ("a user may do what build logs need", "BUILDLOGS_REDIS", "builder"),
        ("a user may do what events and locks need", "USER_EVENTS_REDIS", "herald"),
        ("a user may do what counted pulls need", "PULL_METRICS_REDIS", "counter"),
        ("a user may do what the cache needs", "DATA_MODEL_CACHE_CONFIG", "keeper"),
    ] {
        proofs.passes(situation, &tried(&redis, key, user).await);
    }
    for (situation, key, user, fault) in [
        ("the user has other keys only", "BUILDLOGS_REDIS", "elsewhere", "no_permission"),
        ("the user may not let a log expire", "BUILDLOGS_REDIS", "forgetful", "no_permission"),
        ("the user may not write _health", "BUILDLOGS_REDIS", "unhealthy", "no_permission"),
        ("the user may not wait for events", "USER_EVENTS_REDIS", "deaf", "no_permission"),
        ("the user has other channels only", "USER_EVENTS_REDIS", "lonely", "no_permission"),
        ("the user has no keys for locks", "USER_EVENTS_REDIS", "unlocked", "no_locks"),
        ("the user may run no scripts", "USER_EVENTS_REDIS", "unscripted", "no_locks"),
        (
            "the user may not do what a script does",
            "PULL_METRICS_REDIS",
            "unhashed",
            "no_permission",
        ),
        ("the user has keys of the cache only", "PULL_METRICS_REDIS", "keeper", "no_permission"),
    ] {
        proofs.finds(situation, &tried(&redis, key, user).await, fault);
    }
    proofs.end();
}

#[tokio::test]
async fn nothing_stays_that_was_written() {
    let authority = Authority::new("lab authority");
    let redis = Redis::open(&authority.sign(&["localhost"]));
    let server = format!("{{host: 127.0.0.1, port: {}}}", redis.port);
    let config = format!(
        "BUILDLOGS_REDIS: {server}\nUSER_EVENTS_REDIS: {server}\nPULL_METRICS_REDIS: {server}\n\
         DATA_MODEL_CACHE_CONFIG: {{engine: redis, redis_config: {{primary: {server}}}}}"
    );
    let outcomes = Trial::of(config).run(CHECK).await;
    assert_eq!(outcomes.len(), 4, "{outcomes:#?}");
    // What tells those who wait for a lock expires by itself, and so does the health check's key.
    let keys = redis.say(&["KEYS", "*"]);
    let stays = |key: &&str| !key.starts_with("lock-signal:") && *key != "_health";
    assert_eq!(keys.lines().find(stays), None, "{keys}");
    let left = redis.say(&["TTL", "_health"]);
    assert!(left.trim().parse::<i64>().is_ok_and(|left| left > 0), "{left}");
}

#[tokio::test]
async fn a_password_is_not_in_what_a_missing_right_says() {
    let authority = Authority::new("lab authority");
    let redis = Redis::bare(
        &authority.sign(&["localhost"]),
        "user hunter22 on >hunter22 ~builds/* +ping\n",
    );
    let login = "username: hunter22, password: hunter22";
    let at = format!("host: 127.0.0.1, port: {}, {login}", redis.port);
    let outcome = logs(&at).run_one(CHECK).await;
    assert!(outcome.problems().any(|problem| problem.fault == "no_permission"), "{outcome:#?}");
    assert!(!format!("{outcome:?}").contains("hunter22"), "{outcome:#?}");
}
