//! `PostgreSQL`: what it is, what the user may do there, and whether it has what Quay needs.

mod commits;
mod encryption;
mod meaning;
mod pooler;
mod registry;
mod session;
mod trigrams;

use super::faults::{NO_CREATE, NOT_CREATED, NOT_UNICODE, OLD_VERSION, STANDBY};
use super::measures::{clock, connections, proposed};
use super::settings::Server;
use crate::checks::course::{Course, Done, Step, Stopped};
use cluster::check::StageKind;
use meaning::{NO_RIGHT, NO_ROOM, code, read_only};
use session::{Session, log_in};
use sqlx::{AssertSqlSafe, Error};
use uuid::Uuid;

/// The oldest version that Quay does not warn of, as the server counts.
const OLDEST: i64 = 13;
/// What the server counts a version by.
const VERSION_STEP: i64 = 10_000;
/// `SQLSTATE` of a search path in which there is no schema.
const NO_SCHEMA: &str = "3F000";
/// `SQLSTATE` of writing where one may only read.
const ONLY_READS: &str = "25006";
/// What the server and the database are. The roles are those by which providers' servers are
/// known.
const FACTS: &str = "SELECT current_setting('server_version'), \
    current_setting('server_version_num'), \
    pg_is_in_recovery()::text, \
    current_setting('transaction_read_only'), \
    (SELECT rolsuper::text FROM pg_roles WHERE rolname = current_user), \
    pg_encoding_to_char(d.encoding)::text, \
    extract(epoch FROM clock_timestamp())::bigint::text, \
    has_database_privilege(d.oid, 'CREATE')::text, \
    has_database_privilege(d.oid, 'TEMP')::text, \
    pg_has_role(current_user, d.datdba, 'USAGE')::text, \
    coalesce(current_schema()::text, ''), \
    EXISTS (SELECT 1 FROM pg_roles WHERE rolname IN \
    ('rds_superuser', 'cloudsqlsuperuser', 'alloydbsuperuser', 'azure_pg_admin'))::text \
    FROM pg_database d WHERE d.datname = current_database()";

/// How many connections the server allows, the user and the database, and how many are open that
/// are not the user's.
///
/// Who holds a connection is hidden from users who are not superusers, so the others' are what is
/// left of all when one's own are taken away.
const CONNECTIONS: &str = "SELECT (current_setting('max_connections')::int \
    - current_setting('superuser_reserved_connections')::int \
    - coalesce(current_setting('reserved_connections', true), '0')::int)::text, \
    (SELECT rolconnlimit::text FROM pg_roles WHERE rolname = current_user), \
    (SELECT datconnlimit::text FROM pg_database WHERE datname = current_database()), \
    greatest(0, (SELECT coalesce(sum(numbackends), 0) FROM pg_stat_database) \
    - (SELECT count(*) FROM pg_stat_activity \
       WHERE usename = current_user AND datid IS NOT NULL))::text";

/// Who sets what a server allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SetBy {
    User,
    AnotherSuperuser,
    Provider,
}

/// What the server and the database are.
struct Facts {
    encoding: String,
    /// Seconds since 1970, as the server has it.
    now: Option<i64>,
    may_create_extension: bool,
    may_make_temporary: bool,
    /// All that the user may do, for a person.
    rights: String,
    /// Where tables are created; empty if nowhere.
    schema: String,
    set_by: SetBy,
}

/// Logs in and looks at everything.
pub(super) async fn attempt(course: &Course, server: &Server, creates: bool) -> Done {
    let mut session = log_in(course, server).await?;
    let facts = facts(course, server, &mut session).await?;
    create(course, server, &mut session, &facts).await?;
    commits::look(course, server, &mut session, &facts).await?;
    registry::look(course, server, &mut session).await?;
    encoding(course, server, &facts);
    room(course, server, &mut session, &facts).await?;
    clock(course, server, facts.now);
    if creates {
        trigrams::create(course, server, &mut session).await?;
    }
    trigrams::look(course, server, &mut session, &facts).await
}

/// Ends a stage with an error that has no meaning of its own in it.
fn failed(step: Step, server: &Server, session: &Session, error: &Error) -> Stopped {
    step.fail(session.words(error), session.told(server, error))
}

/// Version and role.
async fn facts(course: &Course, server: &Server, session: &mut Session) -> Result<Facts, Stopped> {
    let step = course.begin(StageKind::Service, "version, role, whether it can be written to");
    let row = match session.row(FACTS).await {
        Ok(Some(row)) => row,
        Ok(None) => return Err(failed(step, server, session, &Error::RowNotFound)),
        Err(error) => return Err(failed(step, server, session, &error)),
    };
    let is_old = row.number(1).unwrap_or_default() / VERSION_STEP < OLDEST;
    let is_superuser = row.is(4);
    let facts = Facts {
        encoding: row.text(5),
        now: row.number(6),
        // From that version on, whoever may create anything in a database may create pg_trgm.
        may_create_extension: is_superuser || (!is_old && row.is(7)),
        may_make_temporary: row.is(8),
        rights: rights([
            ("CREATE on the database", row.is(7)),
            ("TEMP", row.is(8)),
            ("its owner", row.is(9)),
            ("superuser", is_superuser),
        ]),
        schema: row.text(10),
        set_by: match (row.is(11), is_superuser) {
            (true, _) => SetBy::Provider,
            (false, true) => SetBy::User,
            (false, false) => SetBy::AnotherSuperuser,
        },
    };
    let (version, is_copy) = (row.text(0), row.is(2));
    let role = if is_copy { "a standby" } else { "a primary server" };
    let answer = format!("PostgreSQL {version}, {role}");
    if is_copy {
        let primary = primary(session).await;
        let places = [("primary", primary.as_str()), ("command", "SELECT pg_promote();")];
        return Err(step.fail(answer, server.tell(&STANDBY, &places)));
    }
    if row.is(3) {
        return Err(step.fail(format!("{answer}; read only"), read_only(server)));
    }
    if is_old {
        let oldest = OLDEST.to_string();
        let places = [("version", version.as_str()), ("oldest", oldest.as_str())];
        step.warn(answer, server.tell(&OLD_VERSION, &places));
    } else {
        step.pass(answer);
    }
    Ok(facts)
}

/// Where a standby copies from, in a sentence. Not every user is told.
async fn primary(session: &mut Session) -> String {
    let sql = "SELECT sender_host::text, sender_port::text FROM pg_stat_wal_receiver";
    let row = session.row(sql).await.ok().flatten();
    match row.map(|row| (row.text(0), row.text(1))) {
        Some((host, port)) if !host.is_empty() => {
            format!("This one copies from {host} port {port}.")
        }
        _ => "A superuser sees it on this one: SELECT sender_host, sender_port FROM pg_stat_wal_receiver;".to_owned(),
    }
}

/// A table is created and taken back, as if nothing had been.
async fn create(course: &Course, server: &Server, session: &mut Session, facts: &Facts) -> Done {
    let step = course.begin(StageKind::Permission, "create a table, and take it back");
    let name = format!("quay_console_check_{}", Uuid::new_v4().simple());
    let sql = format!(
        "BEGIN; CREATE TABLE {name} (id serial PRIMARY KEY, word varchar(255)); \
         CREATE INDEX ON {name} (word); ROLLBACK"
    );
    if let Err(error) = session.run(AssertSqlSafe(sql)).await {
        // What comes after an error is not done; neither is what came before, after this.
        let _ = session.run("ROLLBACK").await;
        let told = match code(&error) {
            NO_RIGHT | NO_SCHEMA => {
                let (role, name) = (server.role(), server.name());
                let command = format!(
                    "ALTER DATABASE {name} OWNER TO {role}; Then, in psql -d {}: GRANT ALL ON SCHEMA public TO {role};",
                    server.database
                );
                server.tell(&NO_CREATE, &[("command", &command)])
            }
            ONLY_READS => read_only(server),
            "" | NO_ROOM => session.told(server, &error),
            _ => server.tell(&NOT_CREATED, &[]),
        };
        return Err(step.fail(session.words(&error), told));
    }
    step.pass(format!("done in the schema {}; {}", facts.schema, facts.rights));
    Ok(())
}

/// Rights, and whether somebody has them.
fn rights(rights: [(&str, bool); 4]) -> String {
    rights.map(|(right, has)| format!("{right}: {}", if has { "yes" } else { "no" })).join(", ")
}

/// How letters are kept.
fn encoding(course: &Course, server: &Server, facts: &Facts) {
    let step = course.begin(StageKind::Service, "how it keeps letters");
    if facts.encoding == "UTF8" {
        step.pass(&facts.encoding);
        return;
    }
    let how = format!(
        "It cannot be changed later. Make a new one, and move what is in the old one: CREATE DATABASE quay_utf8 OWNER {} ENCODING 'UTF8' TEMPLATE template0;",
        server.role()
    );
    let places = [("encoding", facts.encoding.as_str()), ("wanted", "UTF8"), ("how", how.as_str())];
    step.warn(&facts.encoding, server.tell(&NOT_UNICODE, &places));
}

/// Connections: those of the server that others leave, and those the user and the database may
/// have.
async fn room(course: &Course, server: &Server, session: &mut Session, facts: &Facts) -> Done {
    let row = match session.row(CONNECTIONS).await {
        Ok(row) => row,
        Err(error) => {
            let step = course.begin(StageKind::Service, "how many connections are left for Quay");
            return Err(failed(step, server, session, &error));
        }
    };
    let Some(row) = row else { return Ok(()) };
    let Some(most) = row.number(0) else { return Ok(()) };
    let others = row.number(3).unwrap_or_default();
    let limits = [
        (row.number(1), format!("ALTER ROLE {} CONNECTION LIMIT -1;", server.role())),
        (row.number(2), format!("ALTER DATABASE {} CONNECTION LIMIT -1;", server.name())),
    ];
    let most_wanted = proposed(others);
    let alter = format!(
        "ALTER SYSTEM SET max_connections = {most_wanted}; A container of Red Hat's takes it as POSTGRESQL_MAX_CONNECTIONS"
    );
    let raise = match facts.set_by {
        SetBy::User => format!("{alter}."),
        SetBy::AnotherSuperuser => {
            format!("as a superuser: {alter}, a provider in its parameter group.")
        }
        SetBy::Provider => {
            format!("max_connections = {most_wanted} in the provider's parameter group.")
        }
    };
    // A limit below nothing is none.
    let limits = limits.into_iter().filter_map(|(limit, raise)| Some((limit?, raise)));
    let least = limits
        .filter(|(limit, _)| *limit >= 0)
        .chain([(most - others, raise)])
        .min_by_key(|(limit, _)| *limit);
    if let Some((room, raise)) = least {
        connections(course, server, room, most, &raise);
    }
    Ok(())
}
