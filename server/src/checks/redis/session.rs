//! A conversation with one Redis: connected, encrypted, logged in.

use super::settings::Server;
use super::{
    LOADING, MEMORY_FULL, NO_PERMISSION, NO_SUCH_DATABASE, NOT_SAVED, NOT_WRITTEN,
    PASSWORD_MISSING, PASSWORD_NOT_WANTED, READ_ONLY, WRONG_PASSWORD,
};
use crate::checks::common;
use crate::checks::course::reach::Reached;
use crate::checks::course::{Course, Step, Stopped};
use crate::checks::fault::Told;
use crate::clients::tls;
use crate::clients::wire::Wire;
use cluster::check::StageKind;
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, ErrorKind, FromRedisValue, RedisConnectionInfo, RedisError};
use tokio::task::JoinHandle;

/// A connection that understands Redis.
pub(super) struct Session {
    connection: MultiplexedConnection,
    driver: JoinHandle<()>,
    host: String,
    port: u16,
    user: String,
}

impl Drop for Session {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

/// Connects, encrypts and logs in, stage by stage; to `at`, where the connection is made already.
pub(super) async fn log_in(
    course: &Course,
    server: &Server,
    at: Option<Wire>,
) -> Result<Session, Stopped> {
    let mut wire = match at {
        Some(wire) => wire,
        None => {
            let Reached { wire, .. } = course.reach(&server.host, server.port).await?;
            wire
        }
    };
    match server.tls(course) {
        Ok(Some((tls, upload))) => {
            wire = course.secure(wire, &tls, server.port, &upload).await?;
        }
        Ok(None) => {}
        Err(told) => {
            let step = course.begin(StageKind::Tls, "the files of this connection");
            return Err(step.fail("", told));
        }
    }
    let step = course.begin(StageKind::Authentication, format!("log in as {}", server.user()));
    let mut session = match Session::over(server, wire).await {
        Ok(session) => session,
        Err(error) => return Err(step.fail(error.to_string(), told(server, &error, "HELLO"))),
    };
    match session.authenticate(server).await {
        Ok(answer) => step.pass(answer),
        Err((error, command)) => return Err(session.failed_as(step, &error, command, server)),
    }
    if server.number != 0 {
        let number = server.number.to_string();
        let step = course.begin(StageKind::Authentication, format!("choose database {number}"));
        match session.ask::<()>(&["SELECT", &number]).await {
            Ok(()) => step.pass("chosen"),
            Err(error) => return Err(session.failed_as(step, &error, "SELECT", server)),
        }
    }
    Ok(session)
}

/// The same without stages, for a question about the server that is no check of its own.
pub(super) async fn quietly(
    course: &Course,
    server: &Server,
    mut wire: Wire,
) -> Result<Session, Stopped> {
    if let Ok(Some((tls, _))) = server.tls(course) {
        let secured = tls::secure(course.net(), wire, &tls, course.now()).await;
        wire = secured.map_err(|_| Stopped)?.wire;
    }
    let mut session = Session::over(server, wire).await.map_err(|_| Stopped)?;
    session.authenticate(server).await.map_err(|_| Stopped)?;
    Ok(session)
}

impl Session {
    async fn over(server: &Server, wire: Wire) -> Result<Self, RedisError> {
        // Log-in and choice of a database are stages of their own; the library does neither.
        let plain = RedisConnectionInfo::default().set_skip_set_lib_name();
        // How long to wait is for whoever runs the checks to say.
        let patient = AsyncConnectionConfig::new().set_response_timeout(None);
        let (connection, driver) =
            MultiplexedConnection::new_with_config(&plain, wire, patient).await?;
        Ok(Self {
            connection,
            driver: tokio::spawn(driver),
            host: server.host.clone(),
            port: server.port,
            user: server.user().to_owned(),
        })
    }

    async fn authenticate(
        &mut self,
        server: &Server,
    ) -> Result<&'static str, (RedisError, &'static str)> {
        let password = server.password.as_str();
        if !password.is_empty() {
            let words = ["AUTH", server.user.as_str(), password];
            let without_user = ["AUTH", password];
            let words: &[&str] = if server.user.is_empty() { &without_user } else { &words };
            self.ask::<()>(words).await.map_err(|error| (error, "AUTH"))?;
        }
        self.ask::<()>(&["PING"]).await.map_err(|error| (error, "PING"))?;
        Ok(if password.is_empty() { "no password is wanted" } else { "accepted" })
    }

    /// Sends a command and waits for its answer.
    pub(super) async fn ask<T: FromRedisValue>(&mut self, words: &[&str]) -> Result<T, RedisError> {
        let mut command = redis::cmd(words[0]);
        words[1..].iter().for_each(|word| {
            command.arg(*word);
        });
        command.query_async(&mut self.connection).await
    }

    /// Ends a stage with what Redis said to `command`.
    pub(super) fn failed(&self, step: Step, error: &RedisError, command: &str) -> Stopped {
        step.fail(error.to_string(), self.told(error, command, ""))
    }

    fn failed_as(&self, step: Step, error: &RedisError, command: &str, server: &Server) -> Stopped {
        step.fail(error.to_string(), self.told(error, command, &server.number.to_string()))
    }

    fn told(&self, error: &RedisError, command: &str, number: &str) -> Told {
        meaning(error, &self.host, self.port, &self.user, command, number)
    }
}

fn told(server: &Server, error: &RedisError, command: &str) -> Told {
    let number = server.number.to_string();
    meaning(error, &server.host, server.port, server.user(), command, &number)
}

/// What an error means.
fn meaning(
    error: &RedisError,
    host: &str,
    port: u16,
    user: &str,
    command: &str,
    number: &str,
) -> Told {
    let (words, port) = (error.to_string(), port.to_string());
    let places = [
        ("host", host),
        ("port", port.as_str()),
        ("user", user),
        ("command", command),
        ("number", number),
        ("protocol", "Redis"),
    ];
    if words.contains("without any password configured") {
        return PASSWORD_NOT_WANTED.told();
    }
    if words.contains("DB index is out of range") {
        return NO_SUCH_DATABASE.with(&places);
    }
    match (error.code(), error.kind()) {
        (Some("WRONGPASS"), _) => WRONG_PASSWORD.with(&places),
        // Before Redis 6.
        (Some("ERR"), _) if words.contains("invalid password") => WRONG_PASSWORD.with(&places),
        (Some("NOAUTH"), _) => PASSWORD_MISSING.told(),
        (Some("NOPERM"), _) => NO_PERMISSION.with(&places),
        (Some("LOADING"), _) => LOADING.told(),
        (Some("READONLY"), _) => READ_ONLY.told(),
        (Some("OOM"), _) => MEMORY_FULL.told(),
        (Some("MISCONF"), _) => NOT_SAVED.told(),
        (_, ErrorKind::Parse) => common::OTHER_PROTOCOL.with(&places),
        _ if words.contains("it sent more than") => common::TOO_MUCH.with(&places),
        _ if error.is_io_error() || error.is_connection_dropped() => {
            common::CONNECTION_CLOSED.with(&places)
        }
        _ => NOT_WRITTEN.with(&places),
    }
}
