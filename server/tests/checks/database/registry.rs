//! A registry that was restored by somebody else: what is missing, and that the commands which
//! are told mend it.

use super::{CHECK, PASSWORD, tried};
use crate::lab::postgres::{Postgres, Setup};
use crate::support::Proofs;
use cluster::check::Outcome;

/// A user and a schema with names that have to be quoted, and databases with nothing in them.
const USERS: &str = "CREATE ROLE \"quay-user\" LOGIN PASSWORD 'letmein42'
ALTER ROLE \"quay-user\" SET search_path = \"quay's\"
CREATE DATABASE dumped
CREATE DATABASE granted
";
/// What `postgres` restores: tables, a sequence of a table and one of nobody, a view.
const DUMP: &str = "CREATE SCHEMA \"quay's\"; GRANT ALL ON SCHEMA \"quay's\" TO \"quay-user\"; \
    SET search_path = \"quay's\"; CREATE EXTENSION pg_trgm; \
    CREATE TABLE alembic_version (version_num varchar(255)); \
    INSERT INTO alembic_version VALUES ('c7bb67bd5b2b'); \
    CREATE TABLE manifest (id serial PRIMARY KEY); CREATE SEQUENCE loose; \
    CREATE VIEW tags AS SELECT id FROM manifest";

/// The command that was told to mend something.
fn told(outcome: &Outcome, fault: &str) -> String {
    let mut problems = outcome.problems();
    let problem = problems.find(|problem| problem.fault == fault).expect("it was found before");
    let (_, command) = problem.fix.split_once("as a superuser: ").expect("there is a command");
    command.to_owned()
}

#[tokio::test]
async fn a_registry_of_somebody_else_is_given_to_quay() {
    let server = Postgres::start(&Setup { statements: USERS, ..Setup::default() });
    let mut proofs = Proofs::of(CHECK, "database-registry");
    let uri = |database: &str| server.uri("quay-user", PASSWORD, database);
    server.sql("dumped", DUMP);
    server.sql("granted", DUMP);

    let outcome = tried(&uri("dumped")).await;
    let fault = "registry_of_another";
    proofs.finds("a dump was restored by somebody else", &outcome, fault);
    server.enter("dumped", &told(&outcome, fault));
    proofs.passes("what was restored has been given away", &tried(&uri("dumped")).await);
    let others = "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace \
                  WHERE nspname = 'quay''s' AND pg_get_userbyid(relowner) <> 'quay-user'";
    assert_eq!(server.sql("dumped", others).trim(), "0", "views and sequences have moved along");

    let grant = |rights: &str| {
        let whom = "IN SCHEMA \"quay's\" TO \"quay-user\"";
        server.sql("granted", &format!("GRANT {rights} ON ALL TABLES {whom}"));
    };
    grant("SELECT");
    let outcome = tried(&uri("granted")).await;
    proofs.finds("the user may only read its tables", &outcome, "rights_missing");
    grant("ALL");
    let outcome = tried(&uri("granted")).await;
    proofs.finds("the user has no right to its sequences", &outcome, "rights_missing");
    server.enter("granted", &told(&outcome, "rights_missing"));
    let outcome = tried(&uri("granted")).await;
    let fault = "tables_of_another";
    proofs.finds("the user has all rights to tables of somebody else", &outcome, fault);
    server.enter("granted", &told(&outcome, fault));
    proofs.passes("the tables have been given to the user", &tried(&uri("granted")).await);
    proofs.end();
}
