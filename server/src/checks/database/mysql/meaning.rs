//! What the errors of `MySQL` and `MariaDB` mean. They are told apart by their numbers.

use super::session::encryption_wanted;
use crate::checks::common;
use crate::checks::database::faults::{
    CONNECTIONS_USED_UP, DATABASE_MISSING, DISK_FULL, HOST_BLOCKED, HOST_NOT_ALLOWED, LOGIN_METHOD,
    NO_CONNECT, NO_LOGIN, PASSWORD_EXPIRED, PASSWORD_MISSING, READ_ONLY, STARTING, TROUBLE,
    WRONG_PASSWORD,
};
use crate::checks::database::settings::Server;
use crate::checks::fault::Told;
use sqlx::Error;
use sqlx::mysql::MySqlDatabaseError;
use std::io;

/// Wrong user, wrong password, wrong address, or no encryption: it does not say which.
const ACCESS_DENIED: u16 = 1045;

/// Numbers of errors for want of room: on the disk, in a table, anywhere the engine writes.
const NO_ROOM: [u16; 2] = [1021, 1114];
/// How the words of other errors end where the cause is want of room: a number of the system's, or
/// of the engine's.
const NO_SPACE: [&str; 3] = ["errno: 28", "errno: 135", "No space left on device"];
/// Where the server keeps its data, unless it is told otherwise.
const FOLDER: &str = "/var/lib/mysql";

/// Why somebody does not get in.
pub(super) struct Meant {
    /// What the server said, for a person.
    pub(super) words: String,
    /// Whether it is the refusal that may mean anything.
    pub(super) is_access: bool,
    pub(super) told: Told,
}

impl Meant {
    /// There was no way to begin.
    pub(super) fn of_io(server: &Server, error: &io::Error) -> Self {
        Self { words: error.to_string(), is_access: false, told: server.broken(error) }
    }

    /// The log-in failed.
    pub(super) fn of_login(server: &Server, error: &Error, failure: Option<&io::Error>) -> Self {
        let told = match error {
            // The library has not learnt it, and neither has Quay's.
            Error::Protocol(why) if why.contains("plugin") => method(server),
            _ => meaning(server, error, failure),
        };
        let is_access = number(error) == Some(ACCESS_DENIED);
        Self { words: shown(error, failure), is_access, told }
    }
}

/// The number of what the server itself said.
pub(super) fn number(error: &Error) -> Option<u16> {
    answer(error).map(MySqlDatabaseError::number)
}

/// Whether there is no room. Tables that cannot be made are reported with a number in the words:
/// `(errno: 28 "No space left on device")`, or `(errno: 135 "No more room in record file")`.
pub(super) fn is_disk_full(error: &Error) -> bool {
    let has_no_space = |words: &str| NO_SPACE.iter().any(|space| words.contains(space));
    answer(error)
        .is_some_and(|said| NO_ROOM.contains(&said.number()) || has_no_space(said.message()))
}

fn answer(error: &Error) -> Option<&MySqlDatabaseError> {
    error.as_database_error().and_then(|said| said.try_downcast_ref())
}

/// An error as the server said it.
pub(super) fn shown(error: &Error, failure: Option<&io::Error>) -> String {
    match (answer(error), failure) {
        (Some(said), _) => format!("{} ({})", said.message(), said.number()),
        (None, Some(failure)) => failure.to_string(),
        (None, None) => error.to_string(),
    }
}

/// What an error means.
pub(super) fn meaning(server: &Server, error: &Error, failure: Option<&io::Error>) -> Told {
    match error {
        Error::Database(_) if is_disk_full(error) => server.tell(&DISK_FULL, &[("folder", FOLDER)]),
        Error::Database(_) => match number(error) {
            Some(number) => greeted(server, number),
            None => server.tell(&TROUBLE, &[]),
        },
        // Some requests for another way of logging in are not understood at all.
        Error::Protocol(_) if failure.is_none() => server.tell(&common::OTHER_PROTOCOL, &[]),
        Error::Io(error) => server.broken(failure.unwrap_or(error)),
        _ => match failure {
            Some(failure) => server.broken(failure),
            None => server.tell(&TROUBLE, &[]),
        },
    }
}

/// What an error of this number means, also as the first thing that a server says.
pub(super) fn greeted(server: &Server, number: u16) -> Told {
    let account = format!("'{}'@'%'", server.user);
    let command = |text: String| [("command", text)];
    let (fault, places) = match number {
        ACCESS_DENIED if server.password.is_empty() => return server.tell(&PASSWORD_MISSING, &[]),
        ACCESS_DENIED => (
            &WRONG_PASSWORD,
            command(format!("ALTER USER {account} IDENTIFIED BY 'the password';")),
        ),
        1820 | 1862 => (
            &PASSWORD_EXPIRED,
            command(format!(
                "ALTER USER {account} IDENTIFIED BY 'the password' PASSWORD EXPIRE NEVER;"
            )),
        ),
        3118 | 4151 => (&NO_LOGIN, command(format!("ALTER USER {account} ACCOUNT UNLOCK;"))),
        1044 => (&NO_CONNECT, command(grant(server))),
        1049 => (
            &DATABASE_MISSING,
            command(format!("CREATE DATABASE `{}` CHARACTER SET utf8mb4;", server.database)),
        ),
        1130 => (
            &HOST_NOT_ALLOWED,
            command(format!(
                "CREATE USER {account} IDENTIFIED BY 'the password'; {}",
                grant(server)
            )),
        ),
        1040 | 1203 | 1226 => {
            let places = [("command", "SHOW PROCESSLIST;"), ("limit", "usually max_connections")];
            return server.tell(&CONNECTIONS_USED_UP, &places);
        }
        1129 => return server.tell(&HOST_BLOCKED, &[]),
        1053 => return server.tell(&STARTING, &[]),
        1290 | 1836 => return read_only(server),
        3159 => return encryption_wanted(server),
        1251 | 1524 | 2059 => return method(server),
        _ => return server.tell(&TROUBLE, &[]),
    };
    let [(name, text)] = &places;
    server.tell(fault, &[(name, text)])
}

/// How the user is given all that Quay needs.
pub(super) fn grant(server: &Server) -> String {
    format!("GRANT ALL PRIVILEGES ON `{}`.* TO '{}'@'%';", server.database, server.user)
}

/// The server knows people by other means than passwords that Quay can send.
fn method(server: &Server) -> Told {
    let how = format!(
        "Give the user a usual password, on the server: ALTER USER '{}'@'%' IDENTIFIED VIA mysql_native_password USING PASSWORD('the password'); In MySQL 8: IDENTIFIED WITH caching_sha2_password BY 'the password';",
        server.user
    );
    server.tell(&LOGIN_METHOD, &[("how", &how)])
}

/// What it means that nothing may be written.
pub(super) fn read_only(server: &Server) -> Told {
    let how = "If this is a replica, enter the address of its primary server, which SHOW REPLICA STATUS; names here. A replica that is written to is no copy any more. Only if it is none, and no cluster manager or provider has set this: SET GLOBAL read_only = OFF; and the same in my.cnf, under mysqld.";
    server.tell(&READ_ONLY, &[("how", how)])
}
