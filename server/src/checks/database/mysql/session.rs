//! A conversation with one `MySQL` or `MariaDB`: connected and encrypted as Quay's library does
//! it, logged in.

use super::meaning::{Meant, greeted, meaning, shown};
use crate::checks::common;
use crate::checks::course::reach::Reached;
use crate::checks::course::{Course, Stopped};
use crate::checks::database::cells::Cells;
use crate::checks::database::faults::{ENCRYPTION_WANTED, NO_ENCRYPTION};
use crate::checks::database::settings::Server;
use crate::checks::fault::Told;
use crate::checks::uploaded_name;
use crate::clients::mysql::{Greeting, Said, ask_for_tls, behind_relay, greeting};
use crate::clients::relay::Relay;
use crate::clients::tls::{self, Authorities, Tls, Verify};
use crate::clients::wire::Wire;
use cluster::check::StageKind;
use sqlx::mysql::{MySqlConnectOptions, MySqlConnection, MySqlRow, MySqlSslMode};
use sqlx::{ConnectOptions as _, Error, Executor as _, SqlSafeStr};

/// What `MariaDB` puts before its version, for clients that know no number of two digits.
const OLD_PREFIX: &str = "5.5.5-";

/// A connection that understands SQL.
pub(super) struct Session {
    connection: MySqlConnection,
    relay: Relay,
    /// The version, as the server has it.
    pub(super) version: String,
}

/// A connection over which somebody may log in.
struct Link {
    wire: Wire,
    greeting: Greeting,
    is_encrypted: bool,
}

/// Connects, encrypts and logs in, stage by stage; the server is called by its name from then on.
pub(super) async fn log_in(course: &Course, server: &mut Server) -> Result<Session, Stopped> {
    let protection = protection(course, server)?;
    let Reached { mut wire, .. } = course.reach(&server.host, server.port).await?;
    let step = course.begin(StageKind::Connection, "what the server says of itself");
    let greeting = match greeting(&mut wire).await {
        Ok(Said::Greeting(greeting)) => greeting,
        Ok(Said::Refusal { number, words }) => {
            return Err(step.fail(format!("{words} ({number})"), greeted(server, number)));
        }
        Err(error) => return Err(step.fail(error.to_string(), server.broken(&error))),
    };
    if greeting.version.contains("MariaDB") {
        server.product = "MariaDB";
    }
    step.pass(format!("{} {}", server.product, version(&greeting)));
    let mut link = Link { wire, greeting, is_encrypted: false };
    if let Some((tls, upload)) = &protection {
        link = encrypt(course, server, link, tls, upload).await?;
    }
    let (is_encrypted, offers_tls) = (link.is_encrypted, link.greeting.offers_tls());
    let tried = format!("log in as {} to {}", server.user, server.database);
    let step = course.begin(StageKind::Authentication, tried);
    match Session::over(server, link).await {
        Ok(session) => {
            step.pass("accepted");
            Ok(session)
        }
        Err(refusal) => {
            // It does not say that encryption is what it lacks.
            let may_lack_it = refusal.is_access && offers_tls && !is_encrypted;
            let lacks_it = may_lack_it && gets_in_encrypted(course, server).await;
            let told = if lacks_it { encryption_wanted(server) } else { refusal.told };
            Err(step.fail(refusal.words, told))
        }
    }
}

fn version(greeting: &Greeting) -> &str {
    greeting.version.strip_prefix(OLD_PREFIX).unwrap_or(&greeting.version)
}

/// How Quay's library encrypts, and where the certificate of an unknown authority belongs.
///
/// With a file of authorities it checks the name as well; without one it does not encrypt.
fn protection(course: &Course, server: &Server) -> Result<Option<(Tls, String)>, Stopped> {
    let file = server.tls.authorities.as_str();
    if file.is_empty() {
        return Ok(None);
    }
    // Quay's own check takes no other files than those of the bundle, and does not let it start.
    let own = match uploaded_name(file) {
        Some(name) => course.authorities_in(name),
        None => Err(common::FILE_MISSING.with(&[("file", file)])),
    };
    match own {
        Ok(own) => {
            let mut tls = course.usual_tls(&server.host);
            tls.verify = Verify::FullOrCommonName;
            tls.authorities = Authorities { own, system: false };
            Ok(Some((tls, format!("as {file}, the authorities file of the database"))))
        }
        Err(told) => {
            let step = course.begin(StageKind::Settings, "the file of the authorities");
            Err(step.fail("", told))
        }
    }
}

async fn encrypt(
    course: &Course,
    server: &Server,
    link: Link,
    tls: &Tls,
    upload: &str,
) -> Result<Link, Stopped> {
    let Link { mut wire, greeting, .. } = link;
    let step = course.begin(StageKind::Tls, "whether it offers encryption");
    if !greeting.offers_tls() {
        let fix = "Set ssl_cert and ssl_key in the section mysqld of my.cnf and restart the server, or take the authorities file out.";
        return Err(step.fail("it does not", server.tell(&NO_ENCRYPTION, &[("command", fix)])));
    }
    match ask_for_tls(&mut wire, &greeting).await {
        Ok(()) => step.pass("it does"),
        Err(error) => return Err(step.fail(error.to_string(), server.broken(&error))),
    }
    let wire = course.secure(wire, tls, server.port, upload).await?;
    Ok(Link { wire, greeting, is_encrypted: true })
}

/// Whether a log-in that is refused in clear works when it is encrypted.
async fn gets_in_encrypted(course: &Course, server: &Server) -> bool {
    let net = course.net();
    let Ok(addresses) = net.resolve(&server.host, server.port).await else { return false };
    let Ok((mut wire, _)) = net.connect(&addresses).await else { return false };
    let Ok(Said::Greeting(greeting)) = greeting(&mut wire).await else { return false };
    if ask_for_tls(&mut wire, &greeting).await.is_err() {
        return false;
    }
    let tls = Tls { verify: Verify::Nothing, ..course.usual_tls(&server.host) };
    let Ok(secured) = tls::secure(net, wire, &tls, course.now()).await else { return false };
    let link = Link { wire: secured.wire, greeting, is_encrypted: true };
    Session::over(server, link).await.is_ok()
}

/// What it means that the server insists on encryption.
pub(super) fn encryption_wanted(server: &Server) -> Told {
    let how = "Upload the certificate of the server's authority as database.pem, and enter conf/stack/database.pem as the authorities file under MySQL encryption.";
    server.tell(&ENCRYPTION_WANTED, &[("how", how)])
}

impl Session {
    async fn over(server: &Server, link: Link) -> Result<Self, Box<Meant>> {
        let Link { wire, greeting, is_encrypted } = link;
        let version = version(&greeting).to_owned();
        let relay = match behind_relay(wire, greeting, is_encrypted).await {
            Ok(relay) => relay,
            Err(error) => return Err(Box::new(Meant::of_io(server, &error))),
        };
        let mut options = MySqlConnectOptions::new()
            .host(&relay.address().ip().to_string())
            .port(relay.address().port())
            .username(&server.user)
            .database(&server.database)
            // Encrypted it is already, where it is; only then a password goes as it is.
            .ssl_mode(MySqlSslMode::Disabled)
            .enable_cleartext_plugin(is_encrypted)
            .pipes_as_concat(false)
            .no_engine_substitution(false)
            .timezone(None::<String>)
            .disable_statement_logging();
        if !server.password.is_empty() {
            options = options.password(&server.password);
        }
        match options.connect().await {
            Ok(connection) => Ok(Self { connection, relay, version }),
            Err(error) => Err(Box::new(Meant::of_login(server, &error, relay.failure()))),
        }
    }

    /// The first row of an answer, every column as text.
    pub(super) async fn row(
        &mut self,
        sql: impl SqlSafeStr + Send,
    ) -> Result<Option<Cells<MySqlRow>>, Error> {
        Ok(self.connection.fetch_optional(sql.into_sql_str()).await?.map(Cells))
    }

    /// All rows of an answer.
    pub(super) async fn rows(&mut self, sql: &'static str) -> Result<Vec<Cells<MySqlRow>>, Error> {
        Ok(self.connection.fetch_all(sql).await?.into_iter().map(Cells).collect())
    }

    /// Does something that has no answer.
    pub(super) async fn run(&mut self, sql: impl SqlSafeStr + Send) -> Result<(), Error> {
        self.connection.execute(sql.into_sql_str()).await.map(drop)
    }

    /// What an error means that came after the log-in.
    pub(super) fn told(&self, server: &Server, error: &Error) -> Told {
        meaning(server, error, self.relay.failure())
    }

    /// What the server said, for a person.
    pub(super) fn words(&self, error: &Error) -> String {
        shown(error, self.relay.failure())
    }
}
