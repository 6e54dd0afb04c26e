//! The version of the tables: made-up revisions, kept where Quay keeps its own.

use crate::version::Version;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions as _, Connection as _};
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// The number by which those who change the tables wait for each other.
const LOCK: i64 = 0x5741_4e44_494e;
/// How long it tries to reach the database.
const CONNECT_TIME: Duration = Duration::from_secs(10);
/// How long one statement may take, and whoever waits for another node at a stretch. Then it says
/// that it still waits, and that another node may hang.
const WAIT_SECONDS: u64 = 10;
/// How often it waits for another node: for a quarter of an hour all in all.
const WAITS_MAX: u32 = 90;
/// How long an answer of the database may take: a little longer than the database itself allows.
const ANSWER_TIME: Duration = Duration::from_secs(WAIT_SECONDS + 5);
/// `SQLSTATE` of a lock that was not to be had in time.
const LOCKED: &str = "55P03";
/// What the database is told of this connection.
///
/// With the first two nothing waits without end. With the others the database finds out within
/// half a minute that a node is gone, and gives its lock to the next one.
const SETTINGS: [(&str, u64); 5] = [
    ("lock_timeout", WAIT_SECONDS * 1000),
    ("statement_timeout", (WAIT_SECONDS + 2) * 1000),
    ("tcp_keepalives_idle", 15),
    ("tcp_keepalives_interval", 5),
    ("tcp_keepalives_count", 3),
];
/// What stands for the newest revision.
const HEAD: &str = "head";

/// A made-up revision, and the minor release that brings it.
struct Revision {
    minor: u32,
    name: &'static str,
}

/// Every revision, the oldest first. The first one makes the stand-in's own tables, the others
/// change nothing and take their time.
const REVISIONS: &[Revision] = &[
    Revision { minor: 0, name: "standin_300_tables" },
    Revision { minor: 12, name: "standin_312_namespaces" },
    Revision { minor: 13, name: "standin_313_quota" },
    Revision { minor: 14, name: "standin_314_immutable_tags" },
    Revision { minor: 14, name: "standin_314_action_logs" },
    Revision { minor: 15, name: "standin_315_pull_metrics" },
    Revision { minor: 16, name: "standin_316_org_mirror" },
    Revision { minor: 17, name: "standin_317_sparse_manifests" },
    Revision { minor: 18, name: "standin_318_reconciliation" },
];

/// The stand-in's own tables.
const TABLES: [&str; 2] = [
    "CREATE TABLE IF NOT EXISTS standin_manifest (\
     repository VARCHAR(255) NOT NULL, digest VARCHAR(80) NOT NULL, \
     media_type VARCHAR(255) NOT NULL, content BYTEA NOT NULL, \
     PRIMARY KEY (repository, digest))",
    "CREATE TABLE IF NOT EXISTS standin_tag (\
     repository VARCHAR(255) NOT NULL, tag VARCHAR(128) NOT NULL, digest VARCHAR(80) NOT NULL, \
     PRIMARY KEY (repository, tag))",
];

/// Why the tables cannot be brought to a revision.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SchemaError {
    /// The database does not answer at all.
    #[error("the database did not answer within {} seconds", CONNECT_TIME.as_secs())]
    Silent,
    /// The database has stopped answering.
    #[error("the database has not answered for {} seconds", ANSWER_TIME.as_secs())]
    Stalled,
    /// Another node holds the tables and does not give them back.
    #[error("another node has been changing the tables for too long; look at its log")]
    Held,
    /// The database refuses something.
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
    /// The tables are newer than this release, or another program's.
    #[error(
        "Can't locate revision identified by '{0}': the tables were made by a newer release, or by another program"
    )]
    Foreign(String),
    /// There is no such revision.
    #[error("there is no revision {0} in Quay {1}")]
    Unknown(String, Version),
}

/// The revisions that a release knows.
fn known(version: Version) -> impl Iterator<Item = &'static str> {
    REVISIONS.iter().filter(move |one| one.minor <= version.minor).map(|one| one.name)
}

/// The newest revision that a release knows.
pub(crate) fn head(version: Version) -> &'static str {
    known(version).last().unwrap_or_default()
}

/// The revisions to take from `current` to `target`, in order.
fn steps(
    version: Version,
    current: Option<&str>,
    target: &str,
) -> Result<Vec<&'static str>, SchemaError> {
    let known: Vec<&'static str> = known(version).collect();
    let place = |name: &str| known.iter().position(|has| *has == name).map(|at| at + 1);
    let from = match current {
        Some(name) => place(name).ok_or_else(|| SchemaError::Foreign(name.to_owned()))?,
        None => 0,
    };
    let to = match target {
        HEAD => known.len(),
        name => place(name).ok_or_else(|| SchemaError::Unknown(name.to_owned(), version))?,
    };
    Ok(known.get(from..to).unwrap_or_default().to_vec())
}

/// A connection, if the database answers in time.
async fn connect(options: &PgConnectOptions) -> Result<PgConnection, SchemaError> {
    let options = options.clone().options(SETTINGS);
    Ok(timeout(CONNECT_TIME, options.connect()).await.map_err(|_| SchemaError::Silent)??)
}

/// What the database answers, if it does so in time.
async fn answered<T>(
    asked: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, SchemaError> {
    Ok(timeout(ANSWER_TIME, asked).await.map_err(|_| SchemaError::Stalled)??)
}

/// Waits until no other node changes the tables, and says again and again that it does.
async fn lock(database: &mut PgConnection) -> Result<(), SchemaError> {
    tracing::info!("waiting for the tables");
    for _ in 0..WAITS_MAX {
        let asked = sqlx::query("SELECT pg_advisory_lock($1)").bind(LOCK).execute(&mut *database);
        match answered(asked).await {
            Err(SchemaError::Database(sqlx::Error::Database(error)))
                if error.code().as_deref() == Some(LOCKED) => {}
            done => return done.map(drop),
        }
        tracing::info!("still waiting for the tables: another node changes them");
    }
    Err(SchemaError::Held)
}

/// Brings the tables to a revision, and says how many steps that took. `time` is how long all of
/// them take together. Several nodes that begin at once do it one after the other.
pub(crate) async fn migrate(
    options: &PgConnectOptions,
    version: Version,
    target: &str,
    time: Duration,
) -> Result<u64, SchemaError> {
    let mut database = connect(options).await?;
    lock(&mut database).await?;
    let made = sqlx::query(
        "CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32) NOT NULL, \
         CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))",
    );
    answered(made.execute(&mut database)).await?;
    let mut current = answered(current(&mut database)).await?;
    let steps = steps(version, current.as_deref(), target)?;
    let each = time / u32::try_from(steps.len().max(1)).unwrap_or(u32::MAX);
    for (at, step) in steps.iter().copied().enumerate() {
        let from = current.as_deref().unwrap_or("nothing");
        tracing::info!("Running upgrade {from} -> {step} ({} of {})", at + 1, steps.len());
        sleep(each).await;
        answered(apply(&mut database, current.as_deref(), step)).await?;
        current = Some(step.to_owned());
    }
    // With the connection the lock is gone.
    answered(database.close()).await?;
    Ok(u64::try_from(steps.len()).unwrap_or(u64::MAX))
}

/// One step, whole or not at all.
async fn apply(
    database: &mut PgConnection,
    current: Option<&str>,
    step: &'static str,
) -> Result<(), sqlx::Error> {
    let mut change = database.begin().await?;
    if current.is_none() {
        for table in TABLES {
            sqlx::query(table).execute(&mut *change).await?;
        }
    }
    sqlx::query("DELETE FROM alembic_version").execute(&mut *change).await?;
    sqlx::query("INSERT INTO alembic_version (version_num) VALUES ($1)")
        .bind(step)
        .execute(&mut *change)
        .await?;
    change.commit().await
}

/// The revision that the tables have.
pub(crate) async fn current(database: &mut PgConnection) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar("SELECT version_num FROM alembic_version LIMIT 1")
        .fetch_optional(database)
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: Version = Version { minor: 13, patch: 4 };
    const NEW: Version = Version { minor: 14, patch: 0 };

    #[test]
    fn an_empty_database_takes_all_steps_of_the_release() {
        let steps = steps(OLD, None, HEAD).unwrap();
        assert_eq!(steps.first(), Some(&"standin_300_tables"));
        assert_eq!(steps.last(), Some(&head(OLD)));
    }

    #[test]
    fn a_minor_release_has_steps_and_a_patch_has_none() {
        let wanted = ["standin_314_immutable_tags", "standin_314_action_logs"];
        assert_eq!(steps(NEW, Some(head(OLD)), HEAD).unwrap(), wanted);
        let patch = Version { patch: 1, ..NEW };
        assert_eq!(steps(patch, Some(head(NEW)), HEAD).unwrap(), [""; 0]);
        assert_eq!(steps(NEW, Some(head(OLD)), wanted[0]).unwrap(), wanted[..1]);
    }

    #[test]
    fn there_is_no_way_back() {
        assert!(matches!(steps(OLD, Some(head(NEW)), HEAD), Err(SchemaError::Foreign(_))));
        assert!(matches!(steps(OLD, None, head(NEW)), Err(SchemaError::Unknown(..))));
        assert_eq!(steps(NEW, Some(head(NEW)), head(OLD)).unwrap(), [""; 0]);
    }

    #[test]
    fn revisions_fit_where_they_are_kept() {
        assert!(REVISIONS.iter().all(|revision| revision.name.len() <= 32));
        assert!(REVISIONS.is_sorted_by_key(|revision| revision.minor));
    }
}
