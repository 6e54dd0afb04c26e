//! A `PostgreSQL` that cannot be written to, or does not keep what is written.

use super::standins::Actor;
use super::{CHECK, OWNER, PASSWORD, tried};
use crate::lab::postgres::{Lack, Postgres, Setup};
use crate::support::Proofs;

/// Who comes in: whoever knows a password, and a standby.
const RULES: &str = "host replication postgres 127.0.0.1/32 trust
host all all 127.0.0.1/32 scram-sha-256";

#[tokio::test]
async fn a_postgresql_that_does_not_write_is_found() {
    let mut proofs = Proofs::of(CHECK, "database-roles");
    let copies = [
        (Lack::Primary, "it is a copy of another server", "standby"),
        (Lack::Openness, "it is not ready", "starting"),
    ];
    for (lack, situation, fault) in copies {
        let server = Postgres::start(&Setup { statements: OWNER, lack, ..Setup::default() });
        let outcome = tried(&server.uri("quayuser", PASSWORD, "quaydb")).await;
        proofs.finds(situation, &outcome, fault);
    }
    let server = Postgres::start(&Setup { statements: OWNER, ..Setup::default() });
    server.sql("quaydb", "CREATE EXTENSION pg_trgm");
    let version = server.sql("quaydb", "SHOW server_version").trim().to_owned();
    let number = server.sql("quaydb", "SHOW server_version_num").trim().to_owned();
    let (old, old_number) = (format!("12{}", &version[2..]), format!("12{}", &number[2..]));
    proofs.hide(&old, "12.22");
    let words = vec![(version, old), (number, old_number)];
    let actor = Actor::before(server.port, words).await;
    let uri = format!("postgresql://quayuser:letmein42@127.0.0.1:{}/quaydb", actor.port);
    proofs.finds("a real server that says it is old", &tried(&uri).await, "old_version");
    proofs.end();
}

#[tokio::test]
async fn a_standby_names_its_primary_server() {
    let mut proofs = Proofs::of(CHECK, "database-standby");
    let statements = format!("{OWNER}GRANT pg_monitor TO quayuser\n");
    let setup = Setup { statements: &statements, rules: RULES, ..Setup::default() };
    let primary = Postgres::start(&setup);
    let standby = Postgres::standby_of(&primary);
    proofs.hide(primary.port, "5432");
    let outcome = tried(&standby.uri("quayuser", PASSWORD, "quaydb")).await;
    proofs.finds("it follows another server, and the user may know which", &outcome, "standby");
    proofs.end();
}

#[tokio::test]
async fn commits_that_hang_are_found_and_ended() {
    let mut proofs = Proofs::of(CHECK, "database-commits");
    let settings = "synchronous_standby_names = 'nobody'\n";
    let server = Postgres::start(&Setup { statements: OWNER, settings, ..Setup::default() });
    let outcome = tried(&server.uri("quayuser", PASSWORD, "quaydb")).await;
    proofs.finds("it waits for a standby that is gone", &outcome, "commits_wait");
    let waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
    assert_eq!(server.sql("quaydb", waiting).trim(), "0", "nothing waits any more");
    proofs.end();
}
