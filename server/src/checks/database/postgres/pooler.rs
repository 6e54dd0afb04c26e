//! What `PgBouncer` says where it lets nobody in.
//!
//! Its code says no more than that somebody broke the protocol. Its words are the same in every
//! country, since it has no translations.

use super::session::encryption_wanted;
use crate::checks::database::faults::{
    CONNECTIONS_USED_UP, DATABASE_MISSING, PASSWORD_MISSING, WRONG_PASSWORD,
};
use crate::checks::database::settings::Server;
use crate::checks::fault::Told;
use sqlx::postgres::PgDatabaseError;

/// `SQLSTATE` of a broken protocol.
const CODE: &str = "08P01";
/// That a name or a password is wrong.
const NOT_KNOWN: [&str; 3] =
    ["password authentication failed", "sasl authentication failed", "no such user"];
/// That only encrypted connections are taken.
const NOT_ENCRYPTED: &str = "ssl required";
/// That there are too many connections already.
const TOO_MANY: [&str; 2] = ["no more connections allowed", "client connections exceeded"];
/// That a database is not in its list.
const NO_DATABASE: &str = "no such database";

/// Whether somebody is refused for want of encryption.
pub(super) fn wants_encryption(said: &PgDatabaseError) -> bool {
    said.code() == CODE && said.message().to_lowercase().contains(NOT_ENCRYPTED)
}

/// What it means that somebody is not let in, where it is `PgBouncer` that says so.
pub(super) fn refusal(server: &Server, said: &PgDatabaseError) -> Option<Told> {
    if said.code() != CODE {
        return None;
    }
    let server = &Server { product: "PgBouncer", ..server.clone() };
    let words = said.message().to_lowercase();
    let is_any = |of: &[&str]| of.iter().any(|part| words.contains(part));
    let told = if is_any(&NOT_KNOWN) && server.password.is_empty() {
        server.tell(&PASSWORD_MISSING, &[])
    } else if is_any(&NOT_KNOWN) {
        let command = "PgBouncer has a list of its own. Write both into the file that auth_file in pgbouncer.ini names, or let its auth_query find them; then RELOAD; in its console: psql -p PORT pgbouncer";
        server.tell(&WRONG_PASSWORD, &[("command", command)])
    } else if is_any(&[NOT_ENCRYPTED]) {
        encryption_wanted(server)
    } else if is_any(&TOO_MANY) {
        let places = [
            ("command", "SHOW CLIENTS; in PgBouncer's console: psql -p PORT pgbouncer."),
            ("limit", "max_client_conn in pgbouncer.ini, and RELOAD; it"),
        ];
        server.tell(&CONNECTIONS_USED_UP, &places)
    } else if is_any(&[NO_DATABASE]) {
        let command = format!(
            "in pgbouncer.ini, under databases: {} = host=SERVER port=5432; then RELOAD; in its console.",
            server.name()
        );
        server.tell(&DATABASE_MISSING, &[("command", &command)])
    } else {
        return None;
    };
    Some(told)
}
