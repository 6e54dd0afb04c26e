//! Redis: build logs, user events, pull statistics and the model cache, each where it is.

mod facts;
pub mod faults;
mod greeting;
mod meaning;
mod rehearsal;
mod same;
mod session;
mod settings;

use super::course::{Course, Done};
use super::{Check, Planned, Settings};
use facts::{facts, memory};
use rehearsal::rehearse;
use same::same_data;
use session::log_in;
use settings::{Server, servers};

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
    faults: faults::FAULTS,
};

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
    let mut session = log_in(&course, &server).await?;
    let info = facts(&course, &mut session).await?;
    session.select(&course).await?;
    same_data(&course, &server, &info).await?;
    rehearse(&course, &mut session).await?;
    memory(&course, &server, &info);
    Ok(())
}
