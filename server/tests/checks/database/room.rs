//! How many connections are enough.

use super::{CHECK, OWNER, PASSWORD, tried};
use crate::lab::mariadb::MariaDb;
use crate::lab::postgres::{Postgres, Setup};
use crate::support::Proofs;

#[tokio::test]
async fn only_little_room_for_connections_is_spoken_of() {
    let mut proofs = Proofs::of(CHECK, "database-room");
    let settings = "max_connections = 100\n";
    let usual = Postgres::start(&Setup { statements: OWNER, settings, ..Setup::default() });
    usual.sql("quaydb", "CREATE EXTENSION pg_trgm");
    let outcome = tried(&usual.uri("quayuser", PASSWORD, "quaydb")).await;
    proofs.passes("PostgreSQL takes as many connections as it usually does", &outcome);
    let usual = MariaDb::start(None, &[]);
    usual.sql(
        "CREATE DATABASE quaydb CHARACTER SET utf8mb4; \
         CREATE USER quayuser@'%' IDENTIFIED BY 'letmein42'; \
         GRANT ALL ON quaydb.* TO quayuser@'%'",
    );
    let outcome = tried(&usual.uri("quayuser", PASSWORD, "quaydb")).await;
    proofs.passes("MariaDB takes as many connections as it usually does", &outcome);
    proofs.end();
}

#[tokio::test]
async fn whoever_sets_the_limit_is_named() {
    let owners =
        [("", "as a superuser: ALTER SYSTEM"), ("CREATE ROLE rds_superuser\n", "provider")];
    for (more, said) in owners {
        let statements = format!("{OWNER}{more}");
        let settings = "max_connections = 30\n";
        let setup = Setup { statements: &statements, settings, ..Setup::default() };
        let server = Postgres::start(&setup);
        let outcome = tried(&server.uri("quayuser", PASSWORD, "quaydb")).await;
        // Its sentence is not written down: how many connections are left is another number where
        // the server tidies up at this moment.
        let mut problems = outcome.problems();
        let problem = problems.find(|problem| problem.fault == "few_connections");
        let fix = &problem.expect("there is little room").fix;
        assert!(fix.contains(said), "{fix}");
        assert_eq!(fix.contains("ALTER SYSTEM"), more.is_empty(), "{fix}");
    }
}
