//! The database, real ones: `PostgreSQL` here, `MariaDB` beside it.

mod encryption;
mod mariadb;
mod pooler;
mod registry;
mod room;
mod standins;
mod writing;

use crate::lab::postgres::{Lack, Postgres, Setup};
use crate::lab::process::free_port;
use crate::lab::standin::{Manner, StandIn};
use crate::support::{Proofs, Trial};
use cluster::check::{Outcome, State};
use server::clock::{Clock as _, SystemClock};
use standins::{Actor, Part};
use std::time::Duration;

/// The check's name.
const CHECK: &str = "database";
/// The password of every user; it occurs in no sentence.
const PASSWORD: &str = "letmein42";
/// The action that creates the extension.
const CREATE: &str = "create_pg_trgm";

/// Users of the server, each with the same password, and what each lacks.
const USERS: &str = "CREATE ROLE quayuser LOGIN PASSWORD 'letmein42'
CREATE ROLE guest LOGIN PASSWORD 'letmein42'
CREATE ROLE people NOLOGIN PASSWORD 'letmein42'
CREATE ROLE full LOGIN PASSWORD 'letmein42' CONNECTION LIMIT 0
CREATE ROLE narrow LOGIN PASSWORD 'letmein42' CONNECTION LIMIT 20
CREATE ROLE frozen LOGIN PASSWORD 'letmein42'
ALTER ROLE frozen SET default_transaction_read_only = on
CREATE ROLE lost LOGIN PASSWORD 'letmein42'
CREATE ROLE stranger LOGIN PASSWORD 'letmein42'
CREATE ROLE known LOGIN PASSWORD 'letmein42'
CREATE ROLE kerberos LOGIN PASSWORD 'letmein42'
CREATE DATABASE quaydb OWNER quayuser
CREATE DATABASE narrowdb OWNER narrow
CREATE DATABASE lostdb OWNER lost
CREATE DATABASE guarded OWNER lost
CREATE DATABASE private OWNER quayuser
REVOKE CONNECT ON DATABASE private FROM PUBLIC
CREATE DATABASE closed OWNER quayuser ALLOW_CONNECTIONS false
CREATE DATABASE latin OWNER quayuser ENCODING 'LATIN1' TEMPLATE template0
CREATE DATABASE bare OWNER quayuser
CREATE DATABASE shared
CREATE DATABASE hidden OWNER quayuser
CREATE DATABASE running OWNER quayuser
CREATE DATABASE mixed OWNER quayuser
CREATE DATABASE foreigndb OWNER quayuser
CREATE DATABASE spare
REVOKE TEMP ON DATABASE spare FROM PUBLIC
";
/// A user and a database with nothing in it.
const OWNER: &str = "CREATE ROLE quayuser LOGIN PASSWORD 'letmein42'
CREATE DATABASE quaydb OWNER quayuser
";

/// Makes the server say this, with this code, at commands that change tables: at each, or `when`.
fn refusal(code: &str, words: &str, when: &str) -> String {
    format!(
        "CREATE FUNCTION refuse() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN \
         RAISE EXCEPTION USING ERRCODE = '{code}', MESSAGE = '{words}'; END $$; \
         CREATE EVENT TRIGGER refuse ON ddl_command_start {when} EXECUTE FUNCTION refuse()"
    )
}

/// How each comes in.
const RULES: &str = "host all stranger 127.0.0.1/32 reject
host all ghost 127.0.0.1/32 trust
host all known 127.0.0.1/32 ident
host all kerberos 127.0.0.1/32 gss
host all all 127.0.0.1/32 scram-sha-256";

/// A configuration with this address, tried at this time.
fn trial(uri: &str) -> Trial {
    Trial::of(format!("DB_URI: '{uri}'")).at(SystemClock.now())
}

/// The same with these arguments.
fn trial_with(uri: &str, arguments: &str) -> Trial {
    let config = format!("DB_URI: '{uri}'\nDB_CONNECTION_ARGS: {{{arguments}}}");
    Trial::of(config).at(SystemClock.now())
}

async fn tried(uri: &str) -> Outcome {
    trial(uri).run_one(CHECK).await
}

/// The server with all those users, and what there is in its databases.
fn server() -> Postgres {
    let server = Postgres::start(&Setup { statements: USERS, rules: RULES, ..Setup::default() });
    for database in [
        "quaydb",
        "narrowdb",
        "lostdb",
        "guarded",
        "latin",
        "running",
        "mixed",
        "foreigndb",
        "private",
        "spare",
    ] {
        server.sql(database, "CREATE EXTENSION pg_trgm");
        server.sql(database, "REVOKE CREATE ON SCHEMA public FROM PUBLIC");
        server.sql(database, "GRANT CREATE ON SCHEMA public TO quayuser, narrow, lost");
    }
    server.sql("shared", "GRANT CREATE ON SCHEMA public TO quayuser");
    server.sql("hidden", "CREATE SCHEMA apart; CREATE EXTENSION pg_trgm SCHEMA apart");
    // What a full disk says.
    server.sql("lostdb", &refusal("53100", "could not extend file", ""));
    server.sql("guarded", &refusal("P0001", "no tables on Fridays", ""));
    let registry = "CREATE TABLE alembic_version (version_num varchar(255)); \
                    INSERT INTO alembic_version VALUES ('c7bb67bd5b2b')";
    server.sql("running", &format!("SET ROLE quayuser; {registry}"));
    server.sql("mixed", &format!("SET ROLE quayuser; {registry}"));
    server.sql("mixed", "CREATE TABLE manifest (id int); GRANT ALL ON manifest TO quayuser");
    server.sql("foreigndb", registry);
    server
}

#[tokio::test]
async fn postgresql_is_called_by_what_is_wrong_with_it() {
    let server = server();
    let mut proofs = Proofs::of(CHECK, CHECK);
    proofs.hide(server.port, "5432");
    let uri = |user: &str, database: &str| server.uri(user, PASSWORD, database);
    proofs.passes("everything is right", &tried(&uri("quayuser", "quaydb")).await);
    proofs.passes("there is a registry already", &tried(&uri("quayuser", "running")).await);
    let outcome = tried(&uri("quayuser", "spare")).await;
    proofs.passes("the user may make no temporary tables", &outcome);
    let nameless = uri("quayuser", "quaydb").replace(":letmein42@", "@");
    proofs.finds("a password is missing", &tried(&nameless).await, "password_missing");
    let wrong = server.uri("quayuser", "hunter22", "quaydb");
    proofs.finds("the password is wrong", &tried(&wrong).await, "wrong_password");
    let cases = [
        ("there is no such user", "nobody", "quaydb", "wrong_password"),
        ("there is no such user, and no password", "ghost", "quaydb", "role_missing"),
        ("there is no such database", "quayuser", "nowhere", "database_missing"),
        ("the user may not use the database", "guest", "private", "no_connect"),
        ("the database is closed", "quayuser", "closed", "database_closed"),
        ("the user is a group", "people", "quaydb", "no_login"),
        ("the user may have no more connections", "full", "quaydb", "connections_used_up"),
        ("no rule lets the user in", "stranger", "quaydb", "no_hba_line"),
        ("the user is known by an ident server", "known", "quaydb", "login_method"),
        ("the user is known by Kerberos", "kerberos", "quaydb", "login_method"),
        ("the user may only read", "frozen", "quaydb", "read_only"),
        ("the user may not create tables", "guest", "quaydb", "no_create"),
        ("its disk is full", "lost", "lostdb", "disk_full"),
        ("somebody forbids new tables", "lost", "guarded", "not_created"),
        ("the database keeps other letters", "quayuser", "latin", "not_unicode"),
        ("pg_trgm is not created", "quayuser", "bare", "pg_trgm_missing"),
        ("pg_trgm may not be created", "quayuser", "shared", "pg_trgm_no_right"),
        ("pg_trgm is in another schema", "quayuser", "hidden", "pg_trgm_hidden"),
        ("tables belong to somebody else", "quayuser", "mixed", "tables_of_another"),
        ("the registry is somebody else's", "quayuser", "foreigndb", "registry_of_another"),
        ("the user may have few connections", "narrow", "narrowdb", "few_connections"),
    ];
    for (situation, user, database, fault) in cases {
        proofs.finds(situation, &tried(&uri(user, database)).await, fault);
    }
    let later = trial(&uri("quayuser", "quaydb")).at(SystemClock.now() + 3630);
    proofs.finds("its clock is slow", &later.run_one(CHECK).await, "clock");
    let outcome = tried(&format!("{}?sslmode=disable", uri("quayuser", "quaydb"))).await;
    proofs.finds("only the address names a TLS mode", &outcome, "address_only");
    let outcome = trial_with(&uri("quayuser", "quaydb"), "sslmode: require").run_one(CHECK).await;
    proofs.finds("it does not encrypt", &outcome, "no_encryption");
    let left = "SELECT count(*) FROM pg_class WHERE relname LIKE 'quay_console%'";
    assert_eq!(server.sql("quaydb", left).trim(), "0", "nothing is left behind");
    proofs.end();
}

#[tokio::test]
async fn the_extension_is_created_for_whoever_asks() {
    let server = server();
    let mut proofs = Proofs::of(CHECK, "database-create");
    proofs.hide(server.port, "5432");
    let asked = |database: &str| {
        trial(&server.uri("quayuser", PASSWORD, database)).ask(CREATE, "").run_one(CHECK)
    };
    // What Azure's servers say.
    let fence = "WHEN TAG IN ('CREATE EXTENSION')";
    server.sql("bare", &refusal("0A000", "it is not allow-listed for users", fence));
    let outcome = asked("bare").await;
    proofs.finds("pg_trgm is there, and not for customers", &outcome, "pg_trgm_not_allowed");
    server.sql("bare", "DROP EVENT TRIGGER refuse");
    proofs.passes("pg_trgm is created", &asked("bare").await);
    let outcome = tried(&server.uri("quayuser", PASSWORD, "bare")).await;
    proofs.passes("pg_trgm has been created", &outcome);
    let outcome = asked("shared").await;
    proofs.finds("pg_trgm may not be created by this user", &outcome, "pg_trgm_no_right");
    let without = Postgres::start(&Setup {
        statements: "CREATE ROLE quayuser SUPERUSER LOGIN PASSWORD 'letmein42'\n\
                     CREATE DATABASE quaydb OWNER quayuser\n",
        lack: Lack::Extensions,
        ..Setup::default()
    });
    let uri = without.uri("quayuser", PASSWORD, "quaydb");
    proofs.finds("pg_trgm is not installed", &tried(&uri).await, "pg_trgm_unavailable");
    let outcome = trial(&uri).ask(CREATE, "").run_one(CHECK).await;
    proofs.finds("pg_trgm cannot be created", &outcome, "pg_trgm_unavailable");
    let listed = Postgres::start(&Setup {
        statements: OWNER,
        settings: "azure.extensions = 'hstore,uuid-ossp'\n",
        ..Setup::default()
    });
    let outcome = tried(&listed.uri("quayuser", PASSWORD, "quaydb")).await;
    proofs.finds("pg_trgm is not in the provider's list", &outcome, "pg_trgm_not_allowed");
    proofs.end();
}

#[tokio::test]
async fn what_is_no_postgresql_is_found() {
    let mut proofs = Proofs::of(CHECK, "database-others");
    let uri = |port: u16| format!("postgresql://quayuser:letmein42@127.0.0.1:{port}/quaydb");
    let outcome = tried("postgresql://quayuser:letmein42@nowhere.invalid/quaydb").await;
    proofs.finds("the name is unknown", &outcome, "name_unknown");
    let closed = free_port();
    proofs.hide(closed, "5432");
    proofs.finds("nothing listens on the port", &tried(&uri(closed)).await, "connection_refused");
    let outcome = tried("postgresql://quayuser:letmein42@127.0.0.1/").await;
    proofs.finds("the name of the database is missing", &outcome, "incomplete");
    for (situation, manner, fault) in [
        ("it hangs", Manner::Hangs, "no_answer"),
        ("it is another service", Manner::Garbage, "other_protocol"),
        ("it hangs up", Manner::Closes, "connection_closed"),
    ] {
        let other = StandIn::start(manner).await;
        proofs.hide(other.port, "5432");
        let trial = trial(&uri(other.port)).patience(Duration::from_secs(2));
        proofs.finds(situation, &trial.run_one(CHECK).await, fault);
    }
    let parts = [
        ("a stand-in that is in trouble", Part { answers: &[b"E"], ..Part::default() }, "trouble"),
        (
            "a stand-in that refuses for no reason that is known",
            Part {
                answers: &[b"N", b"E\0\0\0\x23SFATAL\0C28000\0Mnot on Sundays\0\0"],
                ..Part::default()
            },
            "login_refused",
        ),
        (
            "a stand-in that sends without end",
            Part {
                answers: &[b"N", b"R\0\0\0\x08\0\0\0\0"],
                flood: b"S\0\0\0\x08a\0b\0",
                ..Part::default()
            },
            "too_much",
        ),
    ];
    for (situation, part, fault) in parts {
        let actor = Actor::playing(part).await;
        proofs.hide(actor.port, "5432");
        proofs.finds(situation, &tried(&uri(actor.port)).await, fault);
    }
    proofs.end();
}

#[tokio::test]
async fn a_file_of_the_container_is_not_tried() {
    let outcome = tried("sqlite:////conf/stack/quay.db").await;
    assert_eq!(outcome.state, State::Skipped, "{outcome:#?}");
    assert!(Trial::of("SERVER_HOSTNAME: quay.example.com").run(CHECK).await.is_empty());
}

#[tokio::test]
async fn no_result_holds_a_secret() {
    let server = server();
    let outcome = tried(&server.uri("hunter22", "hunter22", "quaydb")).await;
    let shown = format!("{outcome:?}");
    assert_eq!(outcome.state, State::Failed);
    assert!(!shown.contains("hunter22"), "{shown}");
}
