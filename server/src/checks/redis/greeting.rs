//! Why a Redis takes a connection and ends it without an answer.
//!
//! It may expect TLS; or it says why before it is asked anything, which the library that talks to
//! it does not hear.

use super::faults::{NO_CONNECTION_LEFT, PROTECTED_MODE, TLS_WANTED};
use super::meaning::{CROWDED, DENIED, PRIMARY_UNKNOWN, about, is_cut, meaning};
use super::session::{addresses, further};
use super::settings::Server;
use crate::checks::course::Course;
use crate::checks::fault::Told;
use crate::checks::probe::expects_tls;
use redis::{ErrorKind, RedisError};
use std::time::Duration;
use tokio::io::AsyncReadExt as _;
use tokio::time::timeout;

/// How long is waited for what it says by itself; it says that at once.
const GREETING_TIME: Duration = Duration::from_millis(300);
/// Bytes of it that are read.
const GREETING_BYTES: usize = 512;

/// What it means that the log-in ended in an error.
pub(super) async fn refused(
    course: &Course,
    server: &Server,
    error: &RedisError,
    command: &str,
) -> Told {
    let mut fault = meaning(error, server.kind);
    if is_cut(error) || error.kind() == ErrorKind::Parse {
        if !server.is_encrypted() && expects_tls(course, &server.host, server.port).await {
            fault = &TLS_WANTED;
        } else {
            let said = greeting(course, server).await.unwrap_or_default();
            if said.trim_start_matches('-').starts_with(DENIED) {
                fault = &PROTECTED_MODE;
            } else if said.contains(CROWDED) {
                fault = &NO_CONNECTION_LEFT;
            }
        }
    }
    about(fault, server, PRIMARY_UNKNOWN, command, "")
}

/// What it says before it is asked anything.
async fn greeting(course: &Course, server: &Server) -> Option<String> {
    let addresses = addresses(course, server).await.ok()?;
    let mut wire = further(course, server, &addresses).await.ok()?;
    let mut said = [0; GREETING_BYTES];
    let read = timeout(GREETING_TIME, wire.read(&mut said)).await.ok()?.ok()?;
    Some(String::from_utf8_lossy(&said[..read]).into_owned())
}
