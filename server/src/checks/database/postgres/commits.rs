//! Whether commits come back. A server that waits for a standby which is gone does everything
//! else, and what is rolled back never waits.

use super::session::{Session, another};
use super::{Facts, failed};
use crate::checks::common::NO_ANSWER;
use crate::checks::course::{Course, Done};
use crate::checks::database::faults::COMMITS_WAIT;
use crate::checks::database::settings::Server;
use crate::clients::tls::Tls;
use cluster::check::StageKind;
use sqlx::{AssertSqlSafe, Error};
use std::pin::pin;
use std::time::Duration;
use tokio::time::timeout;
use uuid::Uuid;

/// How long a commit may take.
const COMMIT_TIME: Duration = Duration::from_secs(5);
/// How long it may take to end a commit that hangs, from a connection beside it.
const ASIDE_TIME: Duration = Duration::from_secs(2);
/// What a process of the server waits for that waits for a standby.
const WAITS_FOR_STANDBY: &str = "SyncRep";

/// A transaction that is under way.
struct Begun {
    /// Which process of the server has it: a pooler may give the next one to another.
    process: i64,
    /// Whom commits wait for, as the server has it; empty for nobody.
    standbys: String,
}

/// How a commit ended.
enum Commit {
    /// In time.
    Ended(Result<(), Error>),
    /// It did not; what it waits for, where that could be found out.
    Hangs(Option<String>),
}

/// Commits once.
///
/// It takes a transaction that changes something: the server waits for no other. The rows that
/// name a temporary table in its catalogues are such a change, and leave nothing.
pub(super) async fn look(
    course: &Course,
    server: &Server,
    session: &mut Session,
    facts: &Facts,
) -> Done {
    let step = course.begin(StageKind::Service, "commit a transaction");
    if !facts.may_make_temporary {
        step.skip("not tried: it takes the right TEMP to do so without leaving anything");
        return Ok(());
    }
    // Where it hangs, the server is told to give it up.
    course.begin_to_write();
    let begun = match begin(session).await {
        Ok(begun) => begun,
        Err(error) => {
            let stopped = failed(step, server, session, &error);
            let _ = session.run("ROLLBACK").await;
            return Err(stopped);
        }
    };
    match commit(course, server, session, begun.process).await {
        Commit::Ended(Ok(())) => {
            step.pass("done");
            Ok(())
        }
        Commit::Ended(Err(error)) => Err(failed(step, server, session, &error)),
        Commit::Hangs(waits_for) => {
            let seconds = COMMIT_TIME.as_secs().to_string();
            let answer = format!("no answer to COMMIT within {seconds} seconds");
            let waits = match &waits_for {
                Some(event) => event == WAITS_FOR_STANDBY,
                None => !begun.standbys.is_empty(),
            };
            let told = if waits {
                server.tell(&COMMITS_WAIT, &[("standbys", &begun.standbys)])
            } else {
                server.tell(&NO_ANSWER, &[("seconds", &seconds)])
            };
            Err(step.fail(answer, told))
        }
    }
}

async fn begin(session: &mut Session) -> Result<Begun, Error> {
    let name = format!("quay_console_check_{}", Uuid::new_v4().simple());
    let sql = format!("BEGIN; CREATE TEMPORARY TABLE {name} (id integer) ON COMMIT DROP");
    session.run(AssertSqlSafe(sql)).await?;
    let sql = "SELECT pg_backend_pid()::text, current_setting('synchronous_standby_names')";
    let row = session.row(sql).await?.ok_or(Error::RowNotFound)?;
    let process = row.number(0).ok_or(Error::RowNotFound)?;
    Ok(Begun { process, standbys: row.text(1) })
}

async fn commit(course: &Course, server: &Server, session: &mut Session, process: i64) -> Commit {
    let tls = session.tls.clone();
    let mut commit = pin!(session.run("COMMIT"));
    if let Ok(ended) = timeout(COMMIT_TIME, commit.as_mut()).await {
        return Commit::Ended(ended);
    }
    // The server would wait on when we are gone, and keep the connection.
    let waits_for = timeout(ASIDE_TIME, end_wait(course, server, tls, process)).await;
    let waits_for = waits_for.ok().flatten();
    if waits_for.is_some() {
        let _ = timeout(ASIDE_TIME, commit).await;
    }
    Commit::Hangs(waits_for)
}

/// Ends what a process of the server does, from another connection; what it waited for.
async fn end_wait(
    course: &Course,
    server: &Server,
    tls: Option<Tls>,
    process: i64,
) -> Option<String> {
    let mut beside = another(course, server, tls).await?;
    let sql = format!(
        "SELECT coalesce(wait_event, '')::text, pg_cancel_backend(pid)::text \
         FROM pg_stat_activity WHERE pid = {process}"
    );
    let row = beside.row(AssertSqlSafe(sql)).await.ok().flatten()?;
    Some(row.text(0))
}
