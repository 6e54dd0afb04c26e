//! `MySQL` and `MariaDB`: what the user may do there, and whether Quay's letters fit in.

mod meaning;
mod session;

use super::faults::{NO_ACCESS, NO_CREATE, NOT_CREATED, NOT_UNICODE, STANDBY};
use super::measures::{clock, connections, proposed};
use super::settings::Server;
use crate::checks::course::{Course, Done, Step, Stopped};
use crate::checks::fault::Told;
use cluster::check::StageKind;
use meaning::{grant, is_disk_full, number, read_only};
use session::{Session, log_in};
use sqlx::{AssertSqlSafe, Error};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Numbers of errors for want of a right: on a database, on a table, on a command.
const NO_RIGHT: [u16; 3] = [1044, 1142, 1227];
/// Numbers of errors of a server that only reads.
const ONLY_READS: [u16; 2] = [1290, 1836];
/// A table that is not there.
const NO_TABLE: u16 = 1146;

/// What the server is set to, and how many connections are open.
const FACTS: &str = "SHOW GLOBAL VARIABLES WHERE Variable_name IN \
    ('read_only', 'super_read_only', 'innodb_read_only', 'max_connections', 'max_user_connections')";

/// The letters of the database, and the clock.
const DATABASE: &str = "SELECT DEFAULT_CHARACTER_SET_NAME, CAST(UNIX_TIMESTAMP() AS CHAR) \
    FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = DATABASE()";

/// Variables of the server, by name.
type Facts = BTreeMap<String, String>;

/// Logs in and looks at everything.
pub(super) async fn attempt(course: &Course, mut server: Server) -> Done {
    let mut session = log_in(course, &mut server).await?;
    let facts = facts(course, &server, &mut session).await?;
    create(course, &server, &mut session).await?;
    registry(course, &server, &mut session).await?;
    letters(course, &server, &mut session).await?;
    room(course, &server, &mut session, &facts).await
}

/// Ends a stage with an error that has no meaning of its own in it.
fn failed(step: Step, server: &Server, session: &Session, error: &Error) -> Stopped {
    step.fail(session.words(error), session.told(server, error))
}

/// Version, and whether it can be written to.
async fn facts(course: &Course, server: &Server, session: &mut Session) -> Result<Facts, Stopped> {
    let step = course.begin(StageKind::Service, "version, whether it can be written to");
    let rows = match session.rows(FACTS).await {
        Ok(rows) => rows,
        Err(error) => return Err(failed(step, server, session, &error)),
    };
    let facts: Facts = rows.iter().map(|row| (row.text(0), row.text(1))).collect();
    let answer = format!("{} {}", server.product, session.version);
    let closed: Vec<&str> = facts
        .iter()
        .filter(|(name, value)| name.ends_with("read_only") && *value == "ON")
        .map(|(name, _)| name.as_str())
        .collect();
    if closed.is_empty() {
        step.pass(answer);
        return Ok(facts);
    }
    let told = match primary(session).await {
        Some(primary) => {
            let primary = format!("This one copies from {primary}.");
            let command = "STOP REPLICA; RESET REPLICA ALL; SET GLOBAL read_only = OFF;";
            server.tell(&STANDBY, &[("primary", primary.as_str()), ("command", command)])
        }
        None => read_only(server),
    };
    Err(step.fail(format!("{answer}; {} is on", closed.join(", ")), told))
}

/// The machine that a replica copies from. Not every user is told.
async fn primary(session: &mut Session) -> Option<String> {
    // The second is what older servers understand. The machine stands in the second column.
    for question in ["SHOW REPLICA STATUS", "SHOW SLAVE STATUS"] {
        if let Ok(row) = session.row(question).await {
            return row.map(|row| row.text(1)).filter(|host| !host.is_empty());
        }
    }
    None
}

/// A table is created as Quay does it, changed, and dropped.
async fn create(course: &Course, server: &Server, session: &mut Session) -> Done {
    let step = course.begin(StageKind::Permission, "create, change and drop a table");
    let name = format!("quay_console_check_{}", Uuid::new_v4().simple());
    let drop = format!("DROP TABLE IF EXISTS {name}");
    let commands = [
        // First of all: without this right, the table would stay.
        drop.clone(),
        format!("CREATE TABLE {name} (id INT NOT NULL PRIMARY KEY, word VARCHAR(255) NOT NULL)"),
        format!("CREATE UNIQUE INDEX {name}_word ON {name} (word)"),
        format!("ALTER TABLE {name} ADD COLUMN more INT"),
        format!("INSERT INTO {name} (id, word) VALUES (1, 'is it there?')"),
        format!("UPDATE {name} SET more = 1"),
        format!("DELETE FROM {name}"),
        drop.clone(),
    ];
    course.begin_to_write();
    for command in commands {
        if let Err(error) = session.run(AssertSqlSafe(command)).await {
            let _ = session.run(AssertSqlSafe(drop)).await;
            let told = not_created(server, session, &error);
            return Err(step.fail(session.words(&error), told));
        }
    }
    step.pass("done");
    Ok(())
}

fn not_created(server: &Server, session: &Session, error: &Error) -> Told {
    match number(error) {
        Some(number) if NO_RIGHT.contains(&number) => {
            server.tell(&NO_CREATE, &[("command", &grant(server))])
        }
        Some(number) if ONLY_READS.contains(&number) => read_only(server),
        Some(_) if is_disk_full(error) => session.told(server, error),
        Some(_) => server.tell(&NOT_CREATED, &[]),
        None => session.told(server, error),
    }
}

/// The registry that may already be in the database.
async fn registry(course: &Course, server: &Server, session: &mut Session) -> Done {
    let step = course.begin(StageKind::Service, "whether there is a registry in it");
    match session.row("SELECT version_num FROM alembic_version LIMIT 1").await {
        Ok(row) => {
            let revision = row.map_or_else(|| "none".to_owned(), |row| row.text(0));
            step.pass(format!("there is; its tables are of revision {revision}"));
            Ok(())
        }
        Err(error) if number(&error) == Some(NO_TABLE) => {
            step.pass("a new database: Quay makes its tables at its first start");
            Ok(())
        }
        Err(error) if number(&error).is_some_and(|number| NO_RIGHT.contains(&number)) => {
            let told = server.tell(&NO_ACCESS, &[("command", &grant(server))]);
            Err(step.fail(session.words(&error), told))
        }
        Err(error) => Err(failed(step, server, session, &error)),
    }
}

/// How letters are kept; and the clock.
async fn letters(course: &Course, server: &Server, session: &mut Session) -> Done {
    let step = course.begin(StageKind::Service, "how it keeps letters");
    let row = match session.row(DATABASE).await {
        Ok(row) => row,
        Err(error) => return Err(failed(step, server, session, &error)),
    };
    let (letters, theirs) =
        row.map_or_else(|| (String::new(), None), |row| (row.text(0), row.number(1)));
    if letters == "utf8mb4" || letters.is_empty() {
        step.pass(if letters.is_empty() { "it does not say" } else { letters.as_str() });
    } else {
        let how = format!(
            "ALTER DATABASE `{}` CHARACTER SET utf8mb4; Tables that are there already: ALTER TABLE each CONVERT TO CHARACTER SET utf8mb4; after a backup.",
            server.database
        );
        let places = [("encoding", letters.as_str()), ("wanted", "utf8mb4"), ("how", how.as_str())];
        step.warn(&letters, server.tell(&NOT_UNICODE, &places));
    }
    clock(course, server, theirs);
    Ok(())
}

/// Connections.
async fn room(course: &Course, server: &Server, session: &mut Session, facts: &Facts) -> Done {
    let fact = |name: &str| facts.get(name).and_then(|value| value.parse::<i64>().ok());
    let Some(most) = fact("max_connections") else { return Ok(()) };
    let open = match session.row("SHOW GLOBAL STATUS LIKE 'Threads_connected'").await {
        Ok(row) => row.and_then(|row| row.number(1)).unwrap_or_default(),
        Err(error) => {
            let step = course.begin(StageKind::Service, "how many connections are left for Quay");
            return Err(failed(step, server, session, &error));
        }
    };
    // Those of the same user are Quay's, or this one.
    let ours = "SELECT CAST(COUNT(*) AS CHAR) FROM information_schema.PROCESSLIST \
        WHERE USER = SUBSTRING_INDEX(USER(), '@', 1)";
    let ours = match session.row(ours).await {
        Ok(row) => row.and_then(|row| row.number(0)).unwrap_or(1),
        // A courtesy of the server, and gone in new ones.
        Err(_) => 1,
    };
    let others = (open - ours).max(0);
    let raise = |name: &str| {
        format!(
            "SET GLOBAL {name} = {}; and the same in my.cnf, under mysqld, or in the provider's parameter group.",
            proposed(others)
        )
    };
    let own = fact("max_user_connections").filter(|own| *own > 0 && *own < most - others);
    match own {
        Some(own) => connections(course, server, own, most, &raise("max_user_connections")),
        None => connections(course, server, most - others, most, &raise("max_connections")),
    }
    Ok(())
}
