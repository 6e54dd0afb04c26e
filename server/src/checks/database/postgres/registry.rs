//! The registry that may already be in the database, and what the user may do with it.

use super::failed;
use super::meaning::{NO_RIGHT, code};
use super::session::Session;
use crate::checks::course::{Course, Done};
use crate::checks::database::faults::{REGISTRY_OF_ANOTHER, RIGHTS_MISSING, TABLES_OF_ANOTHER};
use crate::checks::database::settings::{Server, literal, quoted};
use cluster::check::StageKind;
use sqlx::Error;

/// Who owns the table by which a registry is known, and its schema.
const REGISTRY: &str = "SELECT pg_get_userbyid(c.relowner)::text, n.nspname::text \
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
    WHERE c.oid = to_regclass('alembic_version')";

/// What Quay does with each of its tables, in the order in which `RIGHTS` counts it.
const WANTED: [&str; 4] = ["SELECT", "INSERT", "UPDATE", "DELETE"];

/// Counts what the user lacks in the registry's schema.
///
/// First the tables without each right that is wanted, and the sequences without theirs; then all
/// tables and all sequences; then the name of one that lacks something; then the tables that
/// somebody else owns, and who. What belongs to an extension is not Quay's, and a sequence behind
/// an identity column needs no right.
const RIGHTS: &str = "SELECT count(*) FILTER (WHERE NOT t.selects)::text, \
    count(*) FILTER (WHERE NOT t.inserts)::text, \
    count(*) FILTER (WHERE NOT t.updates)::text, \
    count(*) FILTER (WHERE NOT t.deletes)::text, \
    count(*) FILTER (WHERE NOT t.counts)::text, \
    count(*) FILTER (WHERE NOT t.is_sequence)::text, \
    count(*) FILTER (WHERE t.is_sequence)::text, \
    min(t.called) FILTER (WHERE NOT \
    (t.selects AND t.inserts AND t.updates AND t.deletes AND t.counts)), \
    count(*) FILTER (WHERE NOT t.is_own)::text, \
    string_agg(DISTINCT t.owned_by, ', ') FILTER (WHERE NOT t.is_own) \
    FROM (SELECT c.relname::text AS called, \
    pg_get_userbyid(c.relowner)::text AS owned_by, \
    c.relkind = 'S' AS is_sequence, \
    c.relkind = 'S' OR pg_has_role(current_user, c.relowner, 'USAGE') AS is_own, \
    c.relkind = 'S' OR has_table_privilege(c.oid, 'SELECT') AS selects, \
    c.relkind = 'S' OR has_table_privilege(c.oid, 'INSERT') AS inserts, \
    c.relkind = 'S' OR has_table_privilege(c.oid, 'UPDATE') AS updates, \
    c.relkind = 'S' OR has_table_privilege(c.oid, 'DELETE') AS deletes, \
    CASE c.relkind WHEN 'S' THEN has_sequence_privilege(c.oid, 'USAGE, UPDATE') \
    ELSE true END AS counts \
    FROM pg_class c WHERE c.relkind IN ('r', 'p', 'S') AND c.relnamespace = \
    (SELECT relnamespace FROM pg_class WHERE oid = to_regclass('alembic_version')) \
    AND NOT EXISTS (SELECT 1 FROM pg_depend d \
    WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid \
    AND (d.deptype = 'e' OR c.relkind = 'S' AND d.deptype = 'i'))) t";

/// Looks whether there is one, and what the user may do with it.
pub(super) async fn look(course: &Course, server: &Server, session: &mut Session) -> Done {
    let step = course.begin(StageKind::Service, "whether there is a registry in it");
    let found = match session.row(REGISTRY).await {
        Ok(row) => row.map(|row| (row.text(0), row.text(1))),
        Err(error) => return Err(failed(step, server, session, &error)),
    };
    let Some((owner, schema)) = found else {
        step.pass("a new database: Quay makes its tables at its first start");
        return Ok(());
    };
    match session.row("SELECT version_num::text FROM alembic_version LIMIT 1").await {
        Ok(row) => {
            let revision = row.map_or_else(|| "none".to_owned(), |row| row.text(0));
            step.pass(format!("there is; its tables are of revision {revision}"));
        }
        Err(error) if code(&error) == NO_RIGHT => {
            let (user, schema) = (literal(&server.user), literal(&schema));
            let places = [
                ("owner", owner.as_str()),
                ("user_text", user.as_str()),
                ("schema_text", schema.as_str()),
            ];
            let told = server.tell(&REGISTRY_OF_ANOTHER, &places);
            return Err(step.fail(session.words(&error), told));
        }
        Err(error) => return Err(failed(step, server, session, &error)),
    }
    rights(course, server, session, &schema).await
}

/// Looks whether the user may do with each table what Quay does, and change it at an upgrade.
async fn rights(course: &Course, server: &Server, session: &mut Session, schema: &str) -> Done {
    let step = course.begin(StageKind::Permission, "what the user may do with its tables");
    let row = match session.row(RIGHTS).await {
        Ok(Some(row)) => row,
        Ok(None) => return Err(failed(step, server, session, &Error::RowNotFound)),
        Err(error) => return Err(failed(step, server, session, &error)),
    };
    let count = |at: usize| row.number(at).unwrap_or_default();
    let [without_usage, tables, sequences] = [4, 5, 6].map(count);
    let mut lacks: Vec<String> = WANTED
        .iter()
        .enumerate()
        .filter(|(at, _)| count(*at) > 0)
        .map(|(at, right)| format!("{right} on {} of {tables} tables", count(at)))
        .collect();
    if without_usage > 0 {
        lacks.push(format!("USAGE on {without_usage} of {sequences} sequences"));
    }
    if !lacks.is_empty() {
        let (lacks, schema) = (lacks.join(", "), quoted(schema));
        let answer = format!("it lacks {lacks}; one of them is {}", row.text(7));
        let places = [("lacks", lacks.as_str()), ("schema", schema.as_str())];
        return Err(step.fail(answer, server.tell(&RIGHTS_MISSING, &places)));
    }
    let answer = format!("all that Quay does with {tables} tables and {sequences} sequences");
    let (others, owners) = (count(8), row.text(9));
    if others == 0 {
        step.pass(answer);
        return Ok(());
    }
    let (count, user, schema) = (others.to_string(), literal(&server.user), literal(schema));
    let places = [
        ("count", count.as_str()),
        ("owner", owners.as_str()),
        ("user_text", user.as_str()),
        ("schema_text", schema.as_str()),
    ];
    step.warn(answer, server.tell(&TABLES_OF_ANOTHER, &places));
    Ok(())
}
