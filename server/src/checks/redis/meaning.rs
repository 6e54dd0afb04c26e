//! What an error of Redis's means.

use super::faults::{
    IS_A_CLUSTER, LOADING, MEMORY_FULL, NO_CONNECTION_LEFT, NO_PERMISSION, NO_SUCH_DATABASE,
    NOT_SAVED, NOT_WRITTEN, PASSWORD_MISSING, PASSWORD_NOT_WANTED, PRIMARY_LOST, PROTECTED_MODE,
    READ_ONLY, WRONG_PASSWORD,
};
use super::settings::{Kind, Server};
use crate::checks::common;
use crate::checks::fault::{Fault, Told};
use redis::{ErrorKind, RedisError};

/// What is said of a primary as long as its address is not known.
pub(super) const PRIMARY_UNKNOWN: &str = "which redis-cli INFO replication names";
/// How the refusal begins that is sent before anything was asked, in protected mode.
pub(super) const DENIED: &str = "DENIED";
/// What is said where all connections are taken.
pub(super) const CROWDED: &str = "max number of clients reached";
/// What our own connections say of a service that does not stop sending.
const ENDLESS: &str = "it sent more than";
/// What is said of a command in a script: by Redis 7, and before.
const FORBIDDEN_IN_SCRIPT: [&str; 2] =
    ["ACL failure in script", "The user executing the script can't"];

/// A fault with all that its sentences may name: the server, its primary as far as that is known,
/// the command that was refused, and the keys or channels that it was for.
pub(super) fn about(
    fault: &'static Fault,
    server: &Server,
    primary: &str,
    command: &str,
    on: &str,
) -> Told {
    let (port, number) = (server.port.to_string(), server.number.to_string());
    let tried = if on.is_empty() { command.to_owned() } else { format!("{command} on {on}") };
    fault.with(&[
        ("host", server.host.as_str()),
        ("port", port.as_str()),
        ("user", server.user()),
        ("number", number.as_str()),
        ("primary", primary),
        ("command", command),
        ("tried", tried.as_str()),
        ("rights", server.kind.rights()),
        ("protocol", "Redis"),
    ])
}

/// Whether the connection ended, and not because too much came over it.
pub(super) fn is_cut(error: &RedisError) -> bool {
    (error.is_io_error() || error.is_connection_dropped()) && !error.to_string().contains(ENDLESS)
}

/// Whether the user has not the right.
pub(super) fn is_forbidden(error: &RedisError) -> bool {
    let words = error.to_string();
    error.code() == Some("NOPERM") || FORBIDDEN_IN_SCRIPT.iter().any(|part| words.contains(part))
}

/// What an error means where Redis is used like this.
pub(super) fn meaning(error: &RedisError, kind: Kind) -> &'static Fault {
    let words = error.to_string();
    if is_forbidden(error) {
        return &NO_PERMISSION;
    }
    if words.contains("without any password configured") {
        return &PASSWORD_NOT_WANTED;
    }
    if words.contains("DB index is out of range") {
        return &NO_SUCH_DATABASE;
    }
    if words.contains("not allowed in cluster mode") {
        return &IS_A_CLUSTER;
    }
    if words.contains(CROWDED) {
        return &NO_CONNECTION_LEFT;
    }
    match (error.code(), error.kind()) {
        (Some("WRONGPASS"), _) => &WRONG_PASSWORD,
        // Before Redis 6.
        (Some("ERR"), _) if words.contains("invalid password") => &WRONG_PASSWORD,
        (Some("NOAUTH"), _) => &PASSWORD_MISSING,
        (Some("LOADING"), _) => &LOADING,
        // Only a replica says either.
        (Some("MASTERDOWN"), _) if kind == Kind::Replica => &PRIMARY_LOST,
        (Some("READONLY" | "MASTERDOWN"), _) => &READ_ONLY,
        (Some("MOVED" | "ASK" | "CROSSSLOT" | "CLUSTERDOWN" | "TRYAGAIN"), _) => &IS_A_CLUSTER,
        (Some("OOM"), _) => &MEMORY_FULL,
        (Some("MISCONF"), _) => &NOT_SAVED,
        (Some(DENIED), _) => &PROTECTED_MODE,
        (_, ErrorKind::Parse) => &common::OTHER_PROTOCOL,
        _ if words.contains(ENDLESS) => &common::TOO_MUCH,
        _ if is_cut(error) => &common::CONNECTION_CLOSED,
        _ => &NOT_WRITTEN,
    }
}
