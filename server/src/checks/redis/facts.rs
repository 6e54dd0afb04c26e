//! What Redis says of itself: version, mode, role, and what becomes of keys.

use super::faults::{
    EVICTS, IS_A_CLUSTER, IS_A_SENTINEL, NEVER_EVICTS, NO_REPLICA, PRIMARY_LOST, READ_ONLY,
};
use super::meaning::is_cut;
use super::session::Session;
use super::settings::{Kind, Server};
use crate::checks::course::{Course, Stopped};
use crate::checks::fault::Fault;
use cluster::check::StageKind;
use config_model::rule::Severity;
use redis::{Value, from_redis_value};
use std::collections::BTreeMap;

/// What `INFO` says, by name; nothing where it is not answered.
#[derive(Debug, Default)]
pub(super) struct Info(BTreeMap<String, String>);

impl Info {
    /// What an answer says.
    pub(super) fn of(answer: Value) -> Self {
        let text: String = from_redis_value(answer).unwrap_or_default();
        let pairs = text.lines().filter_map(|line| line.trim().split_once(':'));
        Self(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }

    /// What it says of one thing.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Whether it says this.
    pub(super) fn says(&self, name: &str, value: &str) -> bool {
        self.get(name) == Some(value)
    }

    /// Whether it only copies from another server.
    pub(super) fn is_replica(&self) -> bool {
        self.says("role", "slave")
    }

    /// Where the server is from which it copies, for a person.
    fn primary(&self) -> Option<String> {
        let (host, port) = (self.get("master_host")?, self.get("master_port")?);
        Some(format!("{host} port {port}"))
    }
}

/// Version, mode and role. Quay does not ask for them, so that they are not told is no fault.
pub(super) async fn facts(course: &Course, session: &mut Session) -> Result<Info, Stopped> {
    let step = course.begin(StageKind::Service, "INFO: version, mode, role");
    let info = match session.ask::<Value>(&["INFO"]).await {
        Ok(answer) => Info::of(answer),
        Err(error) if error.code().is_some() => Info::default(),
        Err(error) => {
            // Some proxies hang up at a command that they do not pass on.
            let again = if is_cut(&error) { session.again(course).await } else { None };
            let Some(again) = again else {
                return Err(session.failed(step, &error, "INFO", ""));
            };
            *session = again;
            Info::default()
        }
    };
    if info.0.is_empty() {
        step.skip("it does not tell, and Quay does not need to know");
        return Ok(info);
    }
    if let Some(primary) = info.primary() {
        session.follow(primary);
    }
    let get = |name: &str| info.get(name).unwrap_or("?");
    let (version, mode) = (get("redis_version"), get("redis_mode"));
    let answer = format!("Redis {version}, mode {mode}, role {}", get("role"));
    match judged(session.server().kind, &info) {
        None => step.pass(answer),
        Some(fault) => {
            let told = session.about(fault, "INFO", "");
            if fault.severity == Severity::Error {
                return Err(step.fail(answer, told));
            }
            step.warn(answer, told);
        }
    }
    Ok(info)
}

/// Whether a server of this mode and role is one that Quay can use like this.
fn judged(kind: Kind, info: &Info) -> Option<&'static Fault> {
    if info.says("redis_mode", "sentinel") {
        return Some(&IS_A_SENTINEL);
    }
    if kind == Kind::Cluster {
        return None;
    }
    if info.says("redis_mode", "cluster") || info.says("cluster_enabled", "1") {
        return Some(&IS_A_CLUSTER);
    }
    match (kind, info.is_replica()) {
        (Kind::Replica, false) => Some(&NO_REPLICA),
        (Kind::Replica, true) if info.says("master_link_status", "up") => None,
        (Kind::Replica, true) => Some(&PRIMARY_LOST),
        (_, true) => Some(&READ_ONLY),
        (_, false) => None,
    }
}

/// What happens when its memory is full.
pub(super) fn memory(course: &Course, server: &Server, info: &Info) {
    let (Some(policy), Some(limit)) = (info.get("maxmemory_policy"), info.get("maxmemory_human"))
    else {
        return;
    };
    let step = course.begin(StageKind::Service, "what happens when its memory is full");
    let used = info.get("used_memory_human").unwrap_or("?");
    let limited = info.get("maxmemory").is_some_and(|bytes| bytes != "0");
    let limit = if limited { limit } else { "no limit" };
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
