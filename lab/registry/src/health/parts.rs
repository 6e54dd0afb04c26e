//! What Quay asks of each thing it depends on, and no more: a health check that asks more takes a
//! node from the load balancer that Quay's own would leave there.

use crate::configuration::{Configuration, works};
use cluster::check::{Outcome, StageKind, State};
use config_model::field::Key;
use config_model::sections::authentication::{AUTHENTICATION_TYPE, AuthenticationType};
use config_model::sections::jwt::JWT_GETUSER_ENDPOINT;
use config_model::sections::keystone::KEYSTONE_AUTH_URL;
use config_model::sections::ldap::LDAP_URI;
use config_model::sections::redis::BUILDLOGS_REDIS;
use config_model::sections::server::SETUP_COMPLETE;
use config_model::value::Share;
use rustix::fs::statvfs;
use server::checks::plan;
use server::checks::run::{Limits, Run};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// How long Quay tries to reach the database.
const CONNECT_TIME: Duration = Duration::from_secs(3);
/// How long Quay waits for a row of it.
const ROW_TIME: Duration = Duration::from_secs(5);
/// How long Redis may take. Quay waits one second for each answer, and asks three times.
const REDIS_TIME: Duration = Duration::from_secs(3);
/// How long those may take who know the users.
const AUTH_TIME: Duration = Duration::from_secs(5);
/// A share in millionths.
const WHOLE: u64 = 1_000_000;

/// As Quay asks: connects anew and reads one row of a table of its own.
pub(super) async fn has_row(options: &PgConnectOptions) -> bool {
    let Ok(Ok(mut database)) = timeout(CONNECT_TIME, options.connect()).await else {
        return false;
    };
    let work = async {
        sqlx::query("SET statement_timeout = 5000").execute(&mut database).await?;
        sqlx::query("SELECT version_num FROM alembic_version").fetch_one(&mut database).await?;
        database.close().await
    };
    matches!(timeout(ROW_TIME, work).await, Ok(Ok(())))
}

/// Quay asks the Redis of the build logs and no other.
pub(super) async fn redis_works(configuration: &Configuration) -> bool {
    let run = ask(configuration, "redis", BUILDLOGS_REDIS.name(), REDIS_TIME);
    all_work(&run.finished().await)
}

/// Whether those can be asked who know the users.
pub(super) async fn auth_works(configuration: &Configuration) -> bool {
    let (check, key) = match configuration.document.effective(AUTHENTICATION_TYPE) {
        Some(AuthenticationType::Ldap) => {
            let run = ask(configuration, "ldap", LDAP_URI.name(), AUTH_TIME);
            return lets_in(&run).await;
        }
        // Of the pages of such a service Quay asks the one about a user, and stumbles without it.
        Some(AuthenticationType::Jwt) => ("jwt", JWT_GETUSER_ENDPOINT.name()),
        Some(AuthenticationType::Keystone) => ("keystone", KEYSTONE_AUTH_URL.name()),
        // The users are in the database, or Quay does not look.
        _ => return true,
    };
    all_work(&ask(configuration, check, key, AUTH_TIME).finished().await)
}

/// Starts a check of what stands at one key.
fn ask(configuration: &Configuration, check: &str, key: &str, time: Duration) -> Arc<Run> {
    let settings = configuration.settings();
    let mut jobs = plan(&settings);
    jobs.retain(|job| job.check().name == check && job.path().root() == key);
    let limits = Limits { each: time, all: time, at_once: 1 };
    Run::start(jobs, &settings, configuration.net(), limits)
}

/// Whether there was something to try, and all of it can be used.
fn all_work(outcomes: &[Outcome]) -> bool {
    !outcomes.is_empty() && outcomes.iter().all(works)
}

/// Whether the search account is let in. What the check would look for afterwards, such as users
/// that match the filters, Quay does not look for here, and it is given up.
async fn lets_in(run: &Run) -> bool {
    let mut changes = run.changes();
    loop {
        let is_over = run.is_over();
        if run.outcomes().iter().any(is_let_in) {
            run.cancel();
            return true;
        }
        if is_over || changes.changed().await.is_err() {
            return false;
        }
    }
}

fn is_let_in(outcome: &Outcome) -> bool {
    let mut stages = outcome.stages.iter();
    stages.any(|stage| stage.kind == StageKind::Authentication && stage.state == State::Passed)
}

/// Whether the disks of code and temporary files have as much room left as this key says. As long
/// as it is not said that the set-up is complete, Quay does not look.
pub(super) fn disk_has_room(configuration: &Configuration, threshold: Key<Share>) -> bool {
    let document = &configuration.document;
    let share = document.effective(threshold);
    let (Some(true), Some(Share(share))) = (document.effective(SETUP_COMPLETE), share) else {
        return true;
    };
    let free = |path: &Path| {
        let found = statvfs(path).ok()?;
        let millionths = found.f_bavail.saturating_mul(WHOLE) / found.f_blocks.max(1);
        u32::try_from(millionths).ok()
    };
    let is_enough =
        |path: &Path| free(path).is_some_and(|free| f64::from(free) / 1_000_000.0 >= share);
    is_enough("/".as_ref()) && is_enough(&std::env::temp_dir())
}

#[cfg(test)]
mod tests {
    use super::*;
    use cluster::check::Stage;
    use config_model::path::Path as Place;

    /// The outcome of a check whose stages ended so.
    fn outcome(stages: &[(StageKind, State)]) -> Outcome {
        let stage = |&(kind, state): &(StageKind, State)| Stage {
            kind,
            tried: String::new(),
            state,
            millis: None,
            answer: String::new(),
            problem: None,
        };
        Outcome {
            check: "ldap".to_owned(),
            label: String::new(),
            section: String::new(),
            path: Place::key("LDAP_URI"),
            part: String::new(),
            target: String::new(),
            state: State::of_all(stages.iter().map(|(_, state)| *state)),
            stages: stages.iter().map(stage).collect(),
            millis: None,
        }
    }

    #[test]
    fn a_filter_that_matches_nobody_makes_no_node_ill() {
        let let_in = (StageKind::Authentication, State::Passed);
        assert!(is_let_in(&outcome(&[let_in, (StageKind::Service, State::Failed)])));
        assert!(!is_let_in(&outcome(&[(StageKind::Authentication, State::Failed)])));
        assert!(!is_let_in(&outcome(&[(StageKind::Connection, State::Failed)])));
    }

    #[tokio::test]
    async fn only_the_redis_of_the_build_logs_is_asked() {
        let text = "USER_EVENTS_REDIS: {host: 127.0.0.1, port: 1}";
        let configuration = Configuration::of_text(text).unwrap();
        let run = ask(&configuration, "redis", BUILDLOGS_REDIS.name(), REDIS_TIME);
        assert!(run.outcomes().is_empty());
        assert!(!redis_works(&configuration).await, "without one there are no build logs");
    }

    #[tokio::test]
    async fn a_directory_that_is_not_there_lets_nobody_in() {
        let text = "AUTHENTICATION_TYPE: LDAP\nLDAP_URI: ldap://127.0.0.1:1\n\
                    LDAP_ADMIN_DN: cn=quay\nLDAP_ADMIN_PASSWD: word\nLDAP_BASE_DN: [dc=example]";
        assert!(!auth_works(&Configuration::of_text(text).unwrap()).await);
    }
}
