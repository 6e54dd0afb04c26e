//! A conversation with one Redis: connected, encrypted, logged in.

use super::greeting::refused;
use super::meaning::{PRIMARY_UNKNOWN, about, meaning};
use super::settings::Server;
use crate::checks::course::reach::{Reached, not_connected, not_secured};
use crate::checks::course::{Course, Done, Step, Stopped};
use crate::checks::fault::{Fault, Told};
use crate::clients::tls;
use crate::clients::wire::Wire;
use cluster::check::StageKind;
use redis::aio::{MultiplexedConnection, PubSub};
use redis::{
    AsyncConnectionConfig, Cmd, FromRedisValue, Pipeline, RedisConnectionInfo, RedisError, Value,
};
use std::net::SocketAddr;
use tokio::task::JoinHandle;

/// A connection that understands Redis.
pub(super) struct Session {
    connection: MultiplexedConnection,
    driver: JoinHandle<()>,
    server: Server,
    primary: String,
}

impl Drop for Session {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

/// Connects, encrypts and logs in, stage by stage.
pub(super) async fn log_in(course: &Course, server: &Server) -> Result<Session, Stopped> {
    let Reached { mut wire, .. } = course.reach(&server.host, server.port).await?;
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
    match Session::over(server, wire).await {
        Ok(session) => {
            let no_password = server.password.is_empty();
            step.pass(if no_password { "no password is wanted" } else { "accepted" });
            Ok(session)
        }
        Err((error, command)) => {
            let told = refused(course, server, &error, command).await;
            Err(step.fail(error.to_string(), told))
        }
    }
}

/// The addresses of a server.
pub(super) async fn addresses(course: &Course, server: &Server) -> Result<Vec<SocketAddr>, Told> {
    let found = course.net().resolve(&server.host, server.port).await;
    found.map_err(|error| not_connected(&error, &server.host, server.port))
}

/// A further connection to a server, encrypted as the first one is, without stages.
pub(super) async fn further(
    course: &Course,
    server: &Server,
    addresses: &[SocketAddr],
) -> Result<Wire, Told> {
    let (host, port) = (server.host.as_str(), server.port);
    let connected = course.net().connect(addresses).await;
    let (wire, _) = connected.map_err(|error| not_connected(&error, host, port))?;
    let Some((tls, upload)) = server.tls(course)? else { return Ok(wire) };
    match tls::secure(course.net(), wire, &tls, course.now()).await {
        Ok(secured) => Ok(secured.wire),
        Err((error, shown)) => Err(not_secured(&error, shown.as_ref(), host, port, &upload)),
    }
}

/// A second connection that waits for what is sent over a channel; where there is none, what was
/// said and what it means. `on` is how rights name such channels.
pub(super) async fn listen(
    course: &Course,
    session: &Session,
    channel: &str,
    on: &str,
) -> Result<PubSub, (String, Told)> {
    let server = &session.server;
    let silent = |told: Told| (String::new(), told);
    let said = |error: RedisError| {
        let told = session.about(meaning(&error, server.kind), "SUBSCRIBE", on);
        (error.to_string(), told)
    };
    let addresses = addresses(course, server).await.map_err(silent)?;
    let wire = further(course, server, &addresses).await.map_err(silent)?;
    let mut login = nobody();
    if !server.password.is_empty() {
        login = login.set_password(&server.password);
        if !server.user.is_empty() {
            login = login.set_username(&server.user);
        }
    }
    let mut listener = PubSub::new(&login, wire).await.map_err(said)?;
    listener.subscribe(channel).await.map_err(said)?;
    Ok(listener)
}

/// No log-in and no database, so that the library asks nothing by itself.
fn nobody() -> RedisConnectionInfo {
    RedisConnectionInfo::default().set_skip_set_lib_name()
}

impl Session {
    /// Logs in over a connection; where that fails, with the command that failed.
    pub(super) async fn over(
        server: &Server,
        wire: Wire,
    ) -> Result<Self, (RedisError, &'static str)> {
        // How long to wait is for whoever runs the checks to say.
        let patient = AsyncConnectionConfig::new().set_response_timeout(None);
        // Log-in and choice of a database are stages of their own; the library does neither.
        let made = MultiplexedConnection::new_with_config(&nobody(), wire, patient).await;
        let (connection, driver) = made.map_err(|error| (error, "HELLO"))?;
        let mut session = Self {
            connection,
            driver: tokio::spawn(driver),
            server: server.clone(),
            primary: PRIMARY_UNKNOWN.to_owned(),
        };
        let password = server.password.as_str();
        if !password.is_empty() {
            let words = ["AUTH", server.user.as_str(), password];
            let without_user = ["AUTH", password];
            let words: &[&str] = if server.user.is_empty() { &without_user } else { &words };
            session.ask::<()>(words).await.map_err(|error| (error, "AUTH"))?;
        }
        session.ask::<()>(&["PING"]).await.map_err(|error| (error, "PING"))?;
        Ok(session)
    }

    /// The same conversation over a new connection, after the service has ended this one.
    pub(super) async fn again(&self, course: &Course) -> Option<Self> {
        let addresses = addresses(course, &self.server).await.ok()?;
        let wire = further(course, &self.server, &addresses).await.ok()?;
        Self::over(&self.server, wire).await.ok()
    }

    /// Chooses the database, in a stage of its own where it is not the first one.
    pub(super) async fn select(&mut self, course: &Course) -> Done {
        if self.server.number == 0 {
            return Ok(());
        }
        let number = self.server.number.to_string();
        let step = course.begin(StageKind::Authentication, format!("choose database {number}"));
        match self.ask::<()>(&["SELECT", &number]).await {
            Ok(()) => {
                step.pass("chosen");
                Ok(())
            }
            Err(error) => Err(self.failed(step, &error, "SELECT", "")),
        }
    }

    /// With whom it is.
    pub(super) fn server(&self) -> &Server {
        &self.server
    }

    /// Remembers where the primary of this server is.
    pub(super) fn follow(&mut self, primary: String) {
        self.primary = primary;
    }

    /// Sends a command and waits for its answer.
    pub(super) async fn ask<T: FromRedisValue>(&mut self, words: &[&str]) -> Result<T, RedisError> {
        command(words).query_async(&mut self.connection).await
    }

    /// Sends commands in one go, so that what some of them write is deleted by others whatever
    /// happens to us meanwhile. There is an answer to each, if the connection lasts.
    pub(super) async fn ask_all(
        &mut self,
        commands: &[&[&str]],
    ) -> Result<Vec<Result<Value, RedisError>>, RedisError> {
        let mut all = Pipeline::new();
        for words in commands {
            all.add_command(command(words));
        }
        all.ignore_errors().query_async(&mut self.connection).await
    }

    /// Ends a stage with what Redis said to a command; `on` is how rights name the keys or
    /// channels it was for.
    pub(super) fn failed(
        &self,
        step: Step,
        error: &RedisError,
        command: &str,
        on: &str,
    ) -> Stopped {
        let fault = meaning(error, self.server.kind);
        step.fail(error.to_string(), self.about(fault, command, on))
    }

    /// A fault with all that its sentences may name.
    pub(super) fn about(&self, fault: &'static Fault, command: &str, on: &str) -> Told {
        about(fault, &self.server, &self.primary, command, on)
    }
}

fn command(words: &[&str]) -> Cmd {
    let mut command = Cmd::new();
    for word in words {
        command.arg(*word);
    }
    command
}
