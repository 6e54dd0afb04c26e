//! `MariaDB`, which stands for `MySQL` as well.

use super::standins::{Actor, Part};
use super::{CHECK, PASSWORD, trial, trial_with, tried};
use crate::lab::certificates::Authority;
use crate::lab::mariadb::MariaDb;
use crate::lab::standin::{Manner, StandIn};
use crate::support::Proofs;
use std::time::Duration;

/// Users of the server, each with the same password, and what each lacks.
const USERS: &str = "
    CREATE DATABASE quaydb CHARACTER SET utf8mb4;
    CREATE DATABASE latin CHARACTER SET latin1;
    CREATE DATABASE foreigndb CHARACTER SET utf8mb4;
    CREATE TABLE foreigndb.alembic_version (version_num VARCHAR(255));
    CREATE USER quayuser@'%' IDENTIFIED BY 'letmein42';
    GRANT ALL ON quaydb.* TO quayuser@'%';
    GRANT ALL ON latin.* TO quayuser@'%';
    GRANT CREATE, ALTER, DROP, INDEX, INSERT, UPDATE, DELETE ON foreigndb.* TO quayuser@'%';
    CREATE USER everybody@'%' IDENTIFIED BY 'letmein42';
    GRANT ALL ON *.* TO everybody@'%';
    CREATE USER guest@'%' IDENTIFIED BY 'letmein42';
    CREATE USER reader@'%' IDENTIFIED BY 'letmein42';
    GRANT SELECT ON quaydb.* TO reader@'%';
    CREATE USER maker@'%' IDENTIFIED BY 'letmein42';
    GRANT SELECT, CREATE, INSERT ON quaydb.* TO maker@'%';
    CREATE USER locked@'%' IDENTIFIED BY 'letmein42' ACCOUNT LOCK;
    CREATE USER late@'%' IDENTIFIED BY 'letmein42' PASSWORD EXPIRE;
    GRANT ALL ON quaydb.* TO late@'%';
    CREATE USER secret@'%' IDENTIFIED BY 'letmein42' REQUIRE SSL;
    GRANT ALL ON quaydb.* TO secret@'%';
    INSTALL SONAME 'auth_ed25519';
    CREATE USER modern@'%' IDENTIFIED VIA ed25519 USING PASSWORD('letmein42');
    GRANT ALL ON quaydb.* TO modern@'%';
";
/// What makes Quay's library encrypt.
const ENCRYPTED: &str = "ssl: {ca: conf/stack/database.pem}";

#[tokio::test]
async fn mariadb_is_called_by_what_is_wrong_with_it() {
    let authority = Authority::new("lab authority");
    let limits = ["--max-connections=400", "--max-user-connections=300"];
    let server = MariaDb::start(Some(&authority.sign(&["localhost"])), &limits);
    server.sql(USERS);
    let mut proofs = Proofs::of(CHECK, "database-mysql");
    proofs.hide(server.port, "3306");
    let uri = |user: &str, database: &str| server.uri(user, PASSWORD, database);
    let good = uri("quayuser", "quaydb");
    proofs.passes("everything is right", &tried(&good).await);
    let wrong = server.uri("quayuser", "hunter22", "quaydb");
    proofs.finds("the password is wrong", &tried(&wrong).await, "wrong_password");
    let nameless = good.replace(":letmein42@", "@");
    proofs.finds("a password is missing", &tried(&nameless).await, "password_missing");
    let cases = [
        ("there is no such database", "everybody", "nowhere", "database_missing"),
        ("the user may not use the database", "guest", "quaydb", "no_connect"),
        ("the user may not create tables", "reader", "quaydb", "no_create"),
        ("the user may create and not drop tables", "maker", "quaydb", "no_create"),
        ("the user is locked", "locked", "quaydb", "no_login"),
        ("the password has expired", "late", "quaydb", "password_expired"),
        ("the user must encrypt", "secret", "quaydb", "encryption_wanted"),
        ("the user logs in in another way", "modern", "quaydb", "login_method"),
        ("the database keeps other letters", "quayuser", "latin", "not_unicode"),
        ("the registry may not be read", "quayuser", "foreigndb", "no_access"),
    ];
    for (situation, user, database, fault) in cases {
        proofs.finds(situation, &tried(&uri(user, database)).await, fault);
    }
    server.sql("SET GLOBAL read_only = 1");
    proofs.finds("it is read only", &tried(&good).await, "read_only");
    let replica = "CHANGE MASTER TO MASTER_HOST = 'db01.example.com'; \
                   GRANT REPLICA MONITOR ON *.* TO quayuser@'%'";
    server.sql(replica);
    proofs.finds("it is a replica, and the user may know of whom", &tried(&good).await, "standby");
    server.sql("SET GLOBAL read_only = 0; SET GLOBAL max_user_connections = -1");
    proofs.finds("it lets nobody in for now", &tried(&good).await, "connections_used_up");
    server.sql("SET GLOBAL max_user_connections = 300");
    let registry = "CREATE TABLE quaydb.alembic_version (version_num VARCHAR(255))";
    server.sql(registry);
    proofs.passes("there is a registry already", &tried(&good).await);
    let left = "SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_NAME LIKE 'quay_con%'";
    assert_eq!(server.sql(left).trim(), "0", "nothing is left behind");
    let postgresql = good.replace("mysql+pymysql", "postgresql");
    proofs.finds("it is taken for PostgreSQL", &tried(&postgresql).await, "other_protocol");
    proofs.end();
}

#[tokio::test]
async fn the_certificate_of_mariadb_is_checked() {
    let (authority, other) = (Authority::new("lab authority"), Authority::new("another authority"));
    let server = MariaDb::start(Some(&authority.sign(&["localhost"])), &["--max-connections=400"]);
    server.sql(USERS);
    let mut proofs = Proofs::of(CHECK, "database-mysql-tls");
    proofs.hide(server.port, "3306");
    let address = server.uri("secret", PASSWORD, "quaydb");
    let name = address.replace("127.0.0.1", "localhost");
    let with = |uri: &str, pem: &str| trial_with(uri, ENCRYPTED).file("database.pem", pem);
    let outcome = with(&name, authority.pem()).run_one(CHECK).await;
    proofs.passes("the certificate is right", &outcome);
    let outcome = with(&address, authority.pem()).run_one(CHECK).await;
    proofs.finds("the certificate is for another name", &outcome, "certificate_name");
    let outcome = with(&name, other.pem()).run_one(CHECK).await;
    proofs.finds("nobody trusts the authority", &outcome, "certificate_untrusted");
    let outcome = trial_with(&name, ENCRYPTED).run_one(CHECK).await;
    proofs.finds("the file of the authority is missing", &outcome, "file_missing");
    let wrong = name.replace("letmein42", "hunter22");
    let outcome = with(&wrong, authority.pem()).run_one(CHECK).await;
    proofs.finds("the password is wrong", &outcome, "wrong_password");
    proofs.end();
}

#[tokio::test]
async fn a_mariadb_that_is_not_set_up_for_quay_is_found() {
    let authority = Authority::new("lab authority");
    let server = MariaDb::start(None, &["--max-connections=20", "--skip-name-resolve"]);
    server.sql(USERS);
    let mut proofs = Proofs::of(CHECK, "database-mysql-setup");
    proofs.hide(server.port, "3306");
    let uri = server.uri("quayuser", PASSWORD, "quaydb");
    let outcome = tried(&uri).await;
    assert!(outcome.problems().any(|problem| problem.fault == "few_connections"), "{outcome:#?}");
    let outcome =
        trial_with(&uri, ENCRYPTED).file("database.pem", authority.pem()).run_one(CHECK).await;
    proofs.finds("it does not encrypt", &outcome, "no_encryption");
    server.sql("DELETE FROM mysql.global_priv WHERE Host <> 'localhost'; FLUSH PRIVILEGES");
    proofs.finds("nobody may come from here", &tried(&uri).await, "host_not_allowed");
    proofs.end();
}

#[tokio::test]
async fn a_mariadb_without_room_is_found() {
    // All tables are in one file, which may not grow further.
    let file = "--innodb-data-file-path=ibdata1:12M:autoextend:max:16M";
    let server = MariaDb::start(None, &["--innodb-file-per-table=0", file]);
    server.sql(USERS);
    server.sql("CREATE TABLE quaydb.filler (content LONGBLOB)");
    server.sql_until(1114, "INSERT INTO quaydb.filler VALUES (REPEAT('x', 500000))");
    let mut proofs = Proofs::of(CHECK, "database-mysql-room");
    let outcome = tried(&server.uri("quayuser", PASSWORD, "quaydb")).await;
    proofs.finds("there is no room left", &outcome, "disk_full");
    proofs.end();
}

#[tokio::test]
async fn what_is_no_mariadb_is_found() {
    let mut proofs = Proofs::of(CHECK, "database-mysql-others");
    let uri = |port: u16| format!("mysql+pymysql://quayuser:letmein42@127.0.0.1:{port}/quaydb");
    for (situation, manner, fault) in [
        ("it hangs", Manner::Hangs, "no_answer"),
        ("it is another service", Manner::Garbage, "other_protocol"),
        ("it hangs up", Manner::Closes, "connection_closed"),
        ("it sends something else without end", Manner::Floods, "other_protocol"),
    ] {
        let other = StandIn::start(manner).await;
        proofs.hide(other.port, "3306");
        let trial = trial(&uri(other.port)).patience(Duration::from_secs(2));
        proofs.finds(situation, &trial.run_one(CHECK).await, fault);
    }
    let greeting = b"\x1a\0\0\0\xff\x69\x04Host is blocked because";
    let actor = Actor::playing(Part { greeting, ..Part::default() }).await;
    proofs.hide(actor.port, "3306");
    let outcome = tried(&uri(actor.port)).await;
    proofs.finds("a stand-in that has blocked this address", &outcome, "host_blocked");
    proofs.end();
}
