//! What Quay does with a Redis, done once: its commands, on keys and channels of the shapes that
//! it uses, so that a user who may do no more than that can do it here too.

use super::faults::{CLUSTER_DOWN, NO_CLUSTER, NO_LOCKS, NOT_DELIVERED, NOT_READ_BACK};
use super::meaning::is_forbidden;
use super::session::{Session, listen};
use super::settings::Kind;
use crate::checks::common::CONNECTION_CLOSED;
use crate::checks::course::{Course, Done, Step, Stopped};
use cluster::check::StageKind;
use futures_util::StreamExt as _;
use redis::{Value, from_redis_value};
use std::time::Duration;
use tokio::time::timeout;

/// What is written for a moment.
const WORD: &str = "is it there?";
/// Seconds after which Redis itself deletes what could not be deleted.
const KEPT: &str = "60";
/// How long an event may take to a connection that waits for it.
const EVENT_TIME: Duration = Duration::from_secs(2);

/// How rights name the keys of build logs, that of the health check and those of the model cache.
const BUILDS: &str = "builds/*";
const HEALTH: &str = "_health";
const CACHE: &str = "repo_blob__*";
/// How they name the channels of events, and the keys of locks.
const EVENTS: &str = "user/*/events/*";
const LOCKS: &str = "lock:* and lock-signal:*";
/// How they name the keys of counted pulls.
const PULLS: &str = "pull_events:*";

/// Gives a lock back, as Quay's library does: only the own one, and whoever waits is told.
const UNLOCK: &str = "if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end \
    redis.call('LPUSH', KEYS[2], 1) redis.call('PEXPIRE', KEYS[2], 1000) \
    return redis.call('DEL', KEYS[1])";
/// Counts a pull, with the commands that Quay's script has.
const COUNT: &str = "if redis.call('EXISTS', KEYS[1]) == 0 then \
    redis.call('HSET', KEYS[1], 'pull_count', 0) end \
    redis.call('HINCRBY', KEYS[1], 'pull_count', 1) \
    return redis.call('HGET', KEYS[1], 'pull_count')";

impl Kind {
    /// What a user needs for all that Quay does, as `ACL SETUSER` takes it.
    pub(super) fn rights(self) -> &'static str {
        match self {
            Self::Logs => {
                "~builds/* ~_health +ping +select +rpush +expire +llen +lrange +set +get +del"
            }
            Self::Events => {
                "&user/*/events/* ~lock:* ~lock-signal:* +ping +select +publish +subscribe \
                 +unsubscribe +set +get +del +lpush +pexpire +blpop +eval +evalsha +script|load"
            }
            Self::Counts => {
                "~pull_events:* +ping +select +eval +exists +hset +hincrby +hget +hgetall +scan \
                 +rename +del"
            }
            Self::Cache => "~* +ping +select +get +set +del",
            Self::Replica => "~* +ping +select +get",
            Self::Cluster => "~* +ping +get +set +del +cluster +command +readonly",
        }
    }
}

/// Does what Quay does with this Redis.
pub(super) async fn rehearse(course: &Course, session: &mut Session) -> Done {
    let own = format!("quay-console-check-{}", uuid::Uuid::new_v4());
    match session.server().kind {
        Kind::Logs => {
            logs(course, session, &own).await?;
            health(course, session).await
        }
        Kind::Events => {
            events(course, session, &own).await?;
            locks(course, session, &own).await
        }
        Kind::Counts => counts(course, session, &own).await,
        Kind::Cache => cache(course, session, &own).await,
        Kind::Replica => replica(course, session, &own).await,
        Kind::Cluster => whole(course, session).await,
    }
}

/// A stage of commands that all have to be taken, and their answers.
async fn act(
    course: &Course,
    session: &mut Session,
    tried: &str,
    on: &str,
    commands: &[&[&str]],
) -> Result<(Step, Vec<Value>), Stopped> {
    let step = course.begin(StageKind::Service, tried);
    let answers = match session.ask_all(commands).await {
        Ok(answers) => answers,
        Err(error) => return Err(session.failed(step, &error, commands[0][0], on)),
    };
    let mut values = Vec::with_capacity(answers.len());
    for (words, answer) in commands.iter().zip(answers) {
        match answer {
            Ok(value) => values.push(value),
            Err(error) => return Err(session.failed(step, &error, words[0], on)),
        }
    }
    Ok((step, values))
}

/// Ends a stage by whether what was written was there again.
fn end(step: Step, session: &Session, is_there: bool) -> Done {
    if is_there {
        step.pass(format!("in database {}", session.server().number));
        return Ok(());
    }
    Err(step.fail("it was not there", NOT_READ_BACK.told()))
}

/// What is read where this was written.
fn read(word: &str) -> Value {
    Value::BulkString(word.as_bytes().to_vec())
}

/// A line of a log is added and read, and the state of a build is kept.
async fn logs(course: &Course, session: &mut Session, own: &str) -> Done {
    let (log, status) = (format!("builds/{own}/logs"), format!("builds/{own}/status"));
    let (log, status) = (log.as_str(), status.as_str());
    let commands: [&[&str]; 8] = [
        &["RPUSH", log, WORD],
        &["EXPIRE", log, KEPT],
        &["LLEN", log],
        &["LRANGE", log, "0", "-1"],
        &["SET", status, WORD, "EX", KEPT],
        &["GET", status],
        &["DEL", log],
        &["DEL", status],
    ];
    let tried = "write a line of a build log and the state of a build, read them, delete them";
    let (step, answers) = act(course, session, tried, BUILDS, &commands).await?;
    let is_there = answers.get(3) == Some(&Value::Array(vec![read(WORD)]))
        && answers.get(5) == Some(&read(WORD));
    end(step, session, is_there)
}

/// The key that Quay writes when somebody asks for its health. Nobody reads what is in it.
async fn health(course: &Course, session: &mut Session) -> Done {
    let now = course.now().to_string();
    let commands: [&[&str]; 2] = [&["SET", HEALTH, &now, "EX", KEPT], &["GET", HEALTH]];
    let tried = "write and read the key of Quay's health check";
    let (step, answers) = act(course, session, tried, HEALTH, &commands).await?;
    end(step, session, answers.get(1).is_some_and(|answer| *answer != Value::Nil))
}

/// One connection waits for an event, another one sends it.
async fn events(course: &Course, session: &mut Session, own: &str) -> Done {
    let channel = format!("user/{own}/events/quay-console-check");
    let tried = "wait for an event on a second connection (SUBSCRIBE)";
    let step = course.begin(StageKind::Permission, tried);
    let mut listener = match listen(course, session, &channel, EVENTS).await {
        Ok(listener) => listener,
        Err((answer, told)) => return Err(step.fail(answer, told)),
    };
    step.pass("it waits");
    let step = course.begin(StageKind::Service, "send the event (PUBLISH), and see it arrive");
    if let Err(error) = session.ask::<Value>(&["PUBLISH", &channel, WORD]).await {
        return Err(session.failed(step, &error, "PUBLISH", EVENTS));
    }
    let mut messages = listener.on_message();
    let fault = match timeout(EVENT_TIME, messages.next()).await {
        Ok(Some(_)) => {
            step.pass("it has arrived");
            return Ok(());
        }
        Ok(None) => &CONNECTION_CLOSED,
        Err(_) => &NOT_DELIVERED,
    };
    let answer = format!("nothing arrived within {} seconds", EVENT_TIME.as_secs());
    Err(step.fail(answer, session.about(fault, "PUBLISH", EVENTS)))
}

/// A lock is taken and given back, as Quay's workers do when they take turns.
async fn locks(course: &Course, session: &mut Session, own: &str) -> Done {
    let (lock, signal) = (format!("lock:{own}"), format!("lock-signal:{own}"));
    let commands: [&[&str]; 2] =
        [&["SET", &lock, own, "NX", "EX", KEPT], &["EVAL", UNLOCK, "2", &lock, &signal, own]];
    let tried = "take a lock (SET) and give it back (EVAL)";
    let step = course.begin(StageKind::Permission, tried);
    let answers = match session.ask_all(&commands).await {
        Ok(answers) => answers,
        Err(error) => return Err(session.failed(step, &error, "SET", LOCKS)),
    };
    let mut named = commands.iter().map(|words| words[0]).zip(answers);
    let refused = named.find_map(|(name, answer)| Some((name, answer.err()?)));
    let Some((name, error)) = refused else {
        step.pass("taken and given back");
        return Ok(());
    };
    let no_script = name == "EVAL" && error.code() == Some("ERR");
    if is_forbidden(&error) || no_script {
        step.warn(error.to_string(), session.about(&NO_LOCKS, name, LOCKS));
        return Ok(());
    }
    Err(session.failed(step, &error, name, LOCKS))
}

/// A pull is counted, and found again as the worker does that moves counts into the database.
async fn counts(course: &Course, session: &mut Session, own: &str) -> Done {
    let key = format!("pull_events:repo:{own}:digest:sha256:0");
    let commands: [&[&str]; 4] = [
        &["EVAL", COUNT, "1", &key],
        &["HGETALL", &key],
        &["SCAN", "0", "MATCH", PULLS, "COUNT", "1"],
        &["DEL", &key],
    ];
    let tried = "count a pull with a script, read the count, delete it";
    let (step, answers) = act(course, session, tried, PULLS, &commands).await?;
    end(step, session, answers.first() == Some(&read("1")))
}

/// An answer is remembered for a moment.
async fn cache(course: &Course, session: &mut Session, own: &str) -> Done {
    let key = format!("repo_blob__{own}");
    let commands: [&[&str]; 3] =
        [&["SET", &key, WORD, "EX", KEPT, "NX"], &["GET", &key], &["DEL", &key]];
    let tried = "write a key that expires, read it, delete it";
    let (step, answers) = act(course, session, tried, CACHE, &commands).await?;
    end(step, session, answers.get(1) == Some(&read(WORD)))
}

/// A key is looked for that is not there: a replica is only read.
async fn replica(course: &Course, session: &mut Session, own: &str) -> Done {
    let key = format!("repo_blob__{own}");
    let (step, _) = act(course, session, "read (GET)", CACHE, &[&["GET", &key]]).await?;
    step.pass("it answers");
    Ok(())
}

/// Whether the cluster has all of its slots.
async fn whole(course: &Course, session: &mut Session) -> Done {
    let step = course.begin(StageKind::Service, "CLUSTER INFO: is every slot served?");
    let text = match session.ask::<Value>(&["CLUSTER", "INFO"]).await {
        Ok(answer) => from_redis_value::<String>(answer).unwrap_or_default(),
        Err(error) if error.to_string().contains("cluster support disabled") => {
            return Err(step.fail(error.to_string(), NO_CLUSTER.told()));
        }
        Err(error) if is_forbidden(&error) => {
            step.skip("the user may not see it, and Quay does not need to");
            return Ok(());
        }
        Err(error) => return Err(session.failed(step, &error, "CLUSTER INFO", "")),
    };
    let get = |name: &str| {
        let line = text.lines().find_map(|line| line.trim().strip_prefix(name));
        line.and_then(|rest| rest.strip_prefix(':')).unwrap_or("?").to_owned()
    };
    let (state, nodes) = (get("cluster_state"), get("cluster_known_nodes"));
    let answer = format!("state {state}, {nodes} servers");
    if state == "ok" {
        step.pass(answer);
        return Ok(());
    }
    let server = session.server();
    let port = server.port.to_string();
    let places = [("state", state.as_str()), ("host", server.host.as_str()), ("port", &port)];
    Err(step.fail(answer, CLUSTER_DOWN.with(&places)))
}
