//! What the errors of `PostgreSQL` mean.
//!
//! They are told apart by their code, and by the place in the server that they come from: the
//! words are in the language of the server.

use super::pooler;
use crate::checks::common;
use crate::checks::database::faults::{
    CLIENT_CERTIFICATE_WANTED, CONNECTIONS_USED_UP, DATABASE_CLOSED, DATABASE_MISSING, DISK_FULL,
    LOGIN_METHOD, LOGIN_REFUSED, NO_CONNECT, NO_HBA_LINE, NO_LOGIN, PASSWORD_MISSING, READ_ONLY,
    ROLE_MISSING, STARTING, TROUBLE, WRONG_PASSWORD,
};
use crate::checks::database::settings::Server;
use crate::checks::fault::Told;
use sqlx::Error;
use sqlx::postgres::PgDatabaseError;
use std::io;

/// `SQLSTATE` of somebody who may not come in as he does.
const INVALID_AUTHORIZATION: &str = "28000";
/// `SQLSTATE` of something that one has no right to.
pub(super) const NO_RIGHT: &str = "42501";
/// `SQLSTATE` of a disk without room.
pub(super) const NO_ROOM: &str = "53100";
/// Where the server keeps its data, unless it is told otherwise: what the manual's container does.
const FOLDER: &str = "/var/lib/pgsql/data";

/// Why somebody does not get in.
pub(super) struct Meant {
    /// What the server said, for a person.
    pub(super) words: String,
    /// Its code, empty if it said nothing.
    pub(super) code: String,
    /// Whether it is for want of a line in `pg_hba.conf`.
    pub(super) is_rule: bool,
    /// Whether somebody who comes the other way, encrypted or not, may be let in.
    pub(super) is_way: bool,
    pub(super) told: Told,
}

impl Meant {
    /// There was no way to begin.
    pub(super) fn of_io(server: &Server, error: &io::Error) -> Self {
        Self::unsaid(error.to_string(), server.broken(error))
    }

    /// The server has said nothing.
    fn unsaid(words: String, told: Told) -> Self {
        Self { words, code: String::new(), is_rule: false, is_way: false, told }
    }

    /// The log-in failed.
    pub(super) fn of_login(
        server: &Server,
        error: &Error,
        failure: Option<&io::Error>,
        is_encrypted: bool,
    ) -> Self {
        let Some(said) = answer(error) else {
            let words = shown(error, failure);
            let told = match error {
                Error::Protocol(why) if why.contains("authentication") => method(server),
                _ => meaning(server, error, failure),
            };
            return Self::unsaid(words, told);
        };
        let how = if is_encrypted { "with encryption" } else { "without encryption" };
        let told = refusal(server, said, how).unwrap_or_else(|| meaning(server, error, failure));
        Self {
            words: shown(error, failure),
            code: said.code().to_owned(),
            is_rule: is_rule(said),
            is_way: said.code() == INVALID_AUTHORIZATION || pooler::wants_encryption(said),
            told,
        }
    }
}

/// What the server itself said.
pub(super) fn answer(error: &Error) -> Option<&PgDatabaseError> {
    error.as_database_error().and_then(|said| said.try_downcast_ref())
}

/// The code of what the server itself said.
pub(super) fn code(error: &Error) -> &str {
    answer(error).map_or("", PgDatabaseError::code)
}

/// An error as the server said it.
pub(super) fn shown(error: &Error, failure: Option<&io::Error>) -> String {
    match (answer(error), failure) {
        (Some(said), _) => match said.detail() {
            Some(detail) => format!("{} ({}): {detail}", said.message(), said.code()),
            None => format!("{} ({})", said.message(), said.code()),
        },
        (None, Some(failure)) => failure.to_string(),
        (None, None) => error.to_string(),
    }
}

/// Whether no line of `pg_hba.conf` lets somebody in: its name stands in the words in every
/// language.
fn is_rule(said: &PgDatabaseError) -> bool {
    said.code() == INVALID_AUTHORIZATION && said.message().contains("pg_hba.conf")
}

/// What it means that somebody is not let in.
fn refusal(server: &Server, said: &PgDatabaseError, how: &str) -> Option<Told> {
    let has_password = !server.password.is_empty();
    let told = match said.code() {
        "28P01" if has_password => {
            let command = format!("ALTER ROLE {} PASSWORD 'the password';", server.role());
            server.tell(&WRONG_PASSWORD, &[("command", &command)])
        }
        "28P01" => server.tell(&PASSWORD_MISSING, &[]),
        INVALID_AUTHORIZATION => refused(server, said, how),
        "3D000" => {
            let command = format!("CREATE DATABASE {} OWNER {};", server.name(), server.role());
            server.tell(&DATABASE_MISSING, &[("command", &command)])
        }
        NO_RIGHT => {
            let command =
                format!("GRANT CONNECT ON DATABASE {} TO {};", server.name(), server.role());
            server.tell(&NO_CONNECT, &[("command", &command)])
        }
        "55000" => server.tell(&DATABASE_CLOSED, &[]),
        _ => return pooler::refusal(server, said),
    };
    Some(told)
}

/// What it means that somebody is not let in as he comes.
fn refused(server: &Server, said: &PgDatabaseError, how: &str) -> Told {
    let (words, routine) = (said.message(), said.routine().unwrap_or_default());
    if is_rule(said) {
        server.tell(&NO_HBA_LINE, &[("how", how)])
    } else if words.contains("certificate") || routine == "ClientAuthentication" {
        server.tell(&CLIENT_CERTIFICATE_WANTED, &[])
    } else if routine == "auth_failed" {
        method(server)
    } else if words.contains("not permitted to log in") {
        let command = format!("ALTER ROLE {} LOGIN;", server.role());
        server.tell(&NO_LOGIN, &[("command", &command)])
    } else if words.contains("does not exist") {
        server.tell(&ROLE_MISSING, &[])
    } else {
        server.tell(&LOGIN_REFUSED, &[])
    }
}

/// The server knows people by other means than passwords.
fn method(server: &Server) -> Told {
    let how = format!(
        "In pg_hba.conf, set the method of the line for {} and this address to scram-sha-256. Then, in psql: SELECT pg_reload_conf();",
        server.user
    );
    server.tell(&LOGIN_METHOD, &[("how", &how)])
}

/// What an error means that can come at any time.
pub(super) fn meaning(server: &Server, error: &Error, failure: Option<&io::Error>) -> Told {
    match error {
        Error::Database(_) => match code(error) {
            NO_ROOM => server.tell(&DISK_FULL, &[("folder", FOLDER)]),
            "53300" => {
                let command = "SELECT usename, count(*) FROM pg_stat_activity GROUP BY usename;";
                let places = [("command", command), ("limit", "usually max_connections")];
                server.tell(&CONNECTIONS_USED_UP, &places)
            }
            "57P01" | "57P02" | "57P03" => server.tell(&STARTING, &[]),
            "25006" => read_only(server),
            _ => server.tell(&TROUBLE, &[]),
        },
        Error::Io(error) => server.broken(failure.unwrap_or(error)),
        Error::Protocol(_) | Error::Decode(_) | Error::ColumnDecode { .. } => match failure {
            Some(failure) => server.broken(failure),
            None => server.tell(&common::OTHER_PROTOCOL, &[]),
        },
        _ => server.tell(&TROUBLE, &[]),
    }
}

/// What it means that nothing may be written.
pub(super) fn read_only(server: &Server) -> Told {
    let how = format!(
        "Take the setting back: ALTER ROLE {} RESET default_transaction_read_only; ALTER DATABASE {} RESET default_transaction_read_only; or in postgresql.conf.",
        server.role(),
        server.name()
    );
    server.tell(&READ_ONLY, &[("how", &how)])
}
