//! Redis: build logs, user events, pull statistics and the model cache, each where it is.

mod session;
mod settings;

use super::course::{Course, Done};
use super::fault::faults;
use super::{Check, Planned, Settings};
use cluster::check::StageKind;
use session::{Session, log_in};
use settings::{Kind, Server, servers};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::timeout;

/// How long another address of the same name may take to answer.
const LOOK_TIME: Duration = Duration::from_secs(1);

/// Tries every Redis that the configuration names.
pub const CHECK: Check = Check {
    name: "redis",
    label: "Redis",
    reads: &[
        "BUILDLOGS_REDIS",
        "USER_EVENTS_REDIS",
        "PULL_METRICS_REDIS",
        "DATA_MODEL_CACHE_CONFIG",
    ],
    matters: "Quay keeps build logs, events for open pages, pull counts and cached answers in Redis.",
    actions: &[],
    plan,
    writes: false,
    faults: FAULTS,
};

faults! {
    /// `WRONGPASS`.
    WRONG_PASSWORD: Error,
    "Redis refuses the password of {user}.",
    fix "Enter the password that Redis has for {user}: requirepass in redis.conf, or the user's in its ACL.";

    /// `NOAUTH`: no password is configured, and one is wanted.
    PASSWORD_MISSING: Error,
    "Redis wants a password, and none is configured.",
    fix "Enter the password of Redis.";

    /// A password is configured and Redis has none, on which Quay's client stumbles.
    PASSWORD_NOT_WANTED: Error,
    "A password is configured, and Redis has none.",
    fix "Take the password out here, or give Redis one with requirepass.";

    /// `NOPERM`.
    NO_PERMISSION: Error,
    "The user {user} may not do what Quay does: {command}.",
    fix "Let the user do it, in redis-cli: ACL SETUSER {user} ~* &* +@all -@dangerous +info";

    /// The number of the database is too large.
    NO_SUCH_DATABASE: Error,
    "Redis has no database number {number}.",
    fix "Enter a smaller number, usually 0, or raise databases in redis.conf.";

    /// Still reading its file.
    LOADING: Error,
    "Redis is still loading its data.",
    fix "Wait until it is done, and check again.";

    /// A replica where something is written.
    READ_ONLY: Error,
    "This Redis is a replica, and Quay writes to it.",
    fix "Enter the address of the primary server, or make this one primary: replicaof no one";

    /// A primary server where a replica should be.
    NO_REPLICA: Warning,
    "The server entered as a replica is a primary server of its own.",
    why "Quay would read from a server that nothing is copied to, and find nothing there.",
    fix "Enter the address of a replica of the primary server, or leave the replica out.";

    /// `OOM`.
    MEMORY_FULL: Error,
    "Redis takes nothing more: all the memory it may use is in use.",
    why "Build logs and events are lost, and builds do not start.",
    fix "Raise maxmemory, or let Redis throw away what expires: CONFIG SET maxmemory-policy volatile-lru, and the same in redis.conf. Its biggest keys: redis-cli --bigkeys";

    /// `MISCONF`: its last copy on the disk failed, and it takes nothing until one works.
    NOT_SAVED: Error,
    "Redis takes nothing, because it could not write its data to its disk.",
    why "Build logs and events are lost, and builds do not start.",
    fix "Its log says why; mostly the disk is full, or the folder is not Redis's. On its machine: df -h $(redis-cli CONFIG GET dir | tail -n 1) Mend that, then: redis-cli BGSAVE, and it takes data again.";

    /// Any other refusal.
    NOT_WRITTEN: Error,
    "Redis refuses the command {command}.",
    fix "Look at its answer, and into its log.";

    /// What was written is not what is read.
    NOT_READ_BACK: Error,
    "What was written cannot be read back.",
    fix "Check that one server answers, and not several that know nothing of each other.";

    /// One name, several servers with data of their own.
    NOT_THE_SAME_DATA: Warning,
    "The name {host} leads to {count} servers that do not hold the same data.",
    why "Quay's nodes would each talk to another one: build logs and events get lost between them.",
    fix "Let the name lead to one server, or to replicas of one another behind a proxy.";

    /// Keys may be thrown away where they should not be.
    EVICTS: Warning,
    "When its memory is full, this Redis throws keys away ({policy}).",
    why "Build logs that are still being written may be among them.",
    fix "Set maxmemory-policy to noeviction, or to one that begins with volatile.";

    /// A cache that only fills up.
    NEVER_EVICTS: Warning,
    "This Redis has a limit of memory and never throws keys away.",
    why "Once the cache is full, nothing new is kept in it.",
    fix "Set maxmemory-policy to allkeys-lru for a Redis that is only a cache.";

    /// A cluster where a single server should be, or the other way round.
    NO_CLUSTER: Error,
    "This Redis is not part of a cluster.",
    fix "Choose the engine redis for a single server, or turn cluster-enabled on.";

    /// Some slots are nobody's.
    CLUSTER_DOWN: Error,
    "The Redis cluster is not whole: it says {state}.",
    fix "Look at it with: redis-cli --cluster check {host}:{port}";
}

fn plan(settings: &Settings<'_>) -> Vec<Planned> {
    let planned = servers(settings).into_iter().map(|server| match server {
        Ok(server) => {
            let (path, target) = (server.path.clone(), server.target());
            Planned::new(path, target, move |course| attempt(course, server))
        }
        Err((path, what)) => Planned::incomplete(path, "Redis", what),
    });
    planned.collect()
}

async fn attempt(course: Course, server: Server) -> Done {
    let mut session = log_in(&course, &server, None).await?;
    let info = facts(&course, &server, &mut session).await?;
    match server.kind {
        Kind::Replica => {}
        Kind::Cluster => whole(&course, &server, &mut session).await?,
        Kind::Logs | Kind::Events | Kind::Counts | Kind::Cache => {
            store(&course, &server, &mut session).await?;
        }
    }
    if server.kind == Kind::Events {
        publish(&course, &mut session).await?;
    }
    memory(&course, &server, &info);
    same_data(&course, &server, &info).await
}

/// What `INFO` says, by name.
type Info = BTreeMap<String, String>;

/// Version and role.
async fn facts(
    course: &Course,
    server: &Server,
    session: &mut Session,
) -> Result<Info, super::course::Stopped> {
    let step = course.begin(StageKind::Service, "INFO: version, role");
    let text: String = match session.ask(&["INFO"]).await {
        Ok(text) => text,
        // Quay does not need it, and its user may well not have the right.
        Err(error) if error.code() == Some("NOPERM") => {
            step.skip("the user may not see it, and Quay does not need to");
            return Ok(Info::new());
        }
        Err(error) => return Err(session.failed(step, &error, "INFO")),
    };
    let info: Info = text
        .lines()
        .filter_map(|line| line.trim().split_once(':'))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let get = |name: &str| info.get(name).map_or("?", String::as_str);
    let answer = format!("Redis {}, role {}", get("redis_version"), get("role"));
    let is_replica = get("role") == "slave";
    match server.kind {
        Kind::Replica if !is_replica => step.warn(answer, NO_REPLICA.told()),
        Kind::Replica | Kind::Cluster => step.pass(answer),
        _ if is_replica => return Err(step.fail(answer, READ_ONLY.told())),
        _ => step.pass(answer),
    }
    Ok(info)
}

/// A key is written, read and deleted, as Quay does with each line of a log.
async fn store(course: &Course, server: &Server, session: &mut Session) -> Done {
    let (key, word) = (format!("quay-console:check:{}", uuid::Uuid::new_v4()), "is it there?");
    let step = course.begin(StageKind::Service, "write a key that expires, read it, delete it");
    if let Err(error) = session.ask::<()>(&["SET", &key, word, "EX", "60"]).await {
        return Err(session.failed(step, &error, "SET"));
    }
    match session.ask::<Option<String>>(&["GET", &key]).await {
        Ok(Some(read)) if read == word => {}
        Ok(_) => return Err(step.fail("the key was not there", NOT_READ_BACK.told())),
        Err(error) => return Err(session.failed(step, &error, "GET")),
    }
    if let Err(error) = session.ask::<()>(&["DEL", &key]).await {
        return Err(session.failed(step, &error, "DEL"));
    }
    step.pass(format!("in database {}", server.number));
    Ok(())
}

/// A message is sent that nobody waits for.
async fn publish(course: &Course, session: &mut Session) -> Done {
    let step = course.begin(StageKind::Permission, "send an event (PUBLISH)");
    match session.ask::<i64>(&["PUBLISH", "quay-console:check", "nobody listens"]).await {
        Ok(_) => {
            step.pass("sent");
            Ok(())
        }
        Err(error) => Err(session.failed(step, &error, "PUBLISH")),
    }
}

/// Whether the cluster has all of its slots.
async fn whole(course: &Course, server: &Server, session: &mut Session) -> Done {
    let step = course.begin(StageKind::Service, "CLUSTER INFO: is every slot served?");
    let text: String = match session.ask(&["CLUSTER", "INFO"]).await {
        Ok(text) => text,
        Err(error) if error.to_string().contains("cluster support disabled") => {
            return Err(step.fail(error.to_string(), NO_CLUSTER.told()));
        }
        Err(error) => return Err(session.failed(step, &error, "CLUSTER INFO")),
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
    let port = server.port.to_string();
    let places = [("state", state.as_str()), ("host", server.host.as_str()), ("port", &port)];
    Err(step.fail(answer, CLUSTER_DOWN.with(&places)))
}

/// What happens when its memory is full.
fn memory(course: &Course, server: &Server, info: &Info) {
    let (Some(policy), Some(limit)) = (info.get("maxmemory_policy"), info.get("maxmemory_human"))
    else {
        return;
    };
    let step = course.begin(StageKind::Service, "what happens when its memory is full");
    let used = info.get("used_memory_human").map_or("?", String::as_str);
    let limited = info.get("maxmemory").is_some_and(|bytes| bytes != "0");
    let limit = if limited { limit.as_str() } else { "no limit" };
    let answer = format!("{policy}; {used} used, {limit}");
    let is_cache = matches!(server.kind, Kind::Cache | Kind::Cluster | Kind::Replica);
    if limited && is_cache && policy == "noeviction" {
        step.warn(answer, NEVER_EVICTS.told());
    } else if limited && !is_cache && policy.starts_with("allkeys") {
        step.warn(answer, EVICTS.with(&[("policy", policy)]));
    } else {
        step.pass(answer);
    }
}

/// Whether all addresses of the name lead to the same data.
async fn same_data(course: &Course, server: &Server, info: &Info) -> Done {
    let Ok(addresses) = course.net().resolve(&server.host, server.port).await else {
        return Ok(());
    };
    if addresses.len() < 2 || server.kind == Kind::Cluster {
        return Ok(());
    }
    let Some(first) = info.get("master_replid") else { return Ok(()) };
    let step = course.begin(
        StageKind::Service,
        format!("whether all {} addresses of {} hold the same data", addresses.len(), server.host),
    );
    let mut others = 0;
    for address in &addresses {
        let connected = timeout(LOOK_TIME, course.net().connect(&[*address])).await;
        let Ok(Ok((wire, _))) = connected else { continue };
        let Ok(mut session) = session::quietly(course, server, wire).await else { continue };
        let text = session.ask::<String>(&["INFO", "replication"]).await.unwrap_or_default();
        let id = text.lines().find_map(|line| line.trim().strip_prefix("master_replid:"));
        others += usize::from(id.is_some_and(|id| id != first));
    }
    if others == 0 {
        step.pass("they do");
    } else {
        let count = addresses.len().to_string();
        let places = [("host", server.host.as_str()), ("count", count.as_str())];
        step.warn("their replication ids differ", NOT_THE_SAME_DATA.with(&places));
    }
    Ok(())
}
