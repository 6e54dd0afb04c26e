//! A conversation with one `PostgreSQL`: connected and encrypted as libpq does it, logged in.

use super::encryption::{Protection, protection};
use super::meaning::{Meant, meaning, shown};
use crate::checks::course::reach::Reached;
use crate::checks::course::{Course, Stopped};
use crate::checks::database::cells::Cells;
use crate::checks::database::faults::{ENCRYPTION_WANTED, FALLS_BACK, NO_ENCRYPTION, TROUBLE};
use crate::checks::database::settings::Server;
use crate::checks::fault::Told;
use crate::clients::postgres::{Offer, ask_for_tls, behind_relay};
use crate::clients::relay::Relay;
use crate::clients::tls::{self, Tls, Verify};
use crate::clients::wire::Wire;
use app::text::utc_date;
use cluster::check::StageKind;
use config_model::sections::database::SslMode;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgRow, PgSslMode};
use sqlx::{ConnectOptions as _, Error, Executor as _, SqlSafeStr};

/// A connection that understands SQL.
pub(super) struct Session {
    connection: PgConnection,
    relay: Relay,
    /// How it is encrypted, if it is.
    pub(super) tls: Option<Tls>,
}

/// How a connection is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Plain,
    Encrypted,
    EncryptedIfOffered,
}

/// A connection over which somebody may log in.
struct Link {
    wire: Wire,
    /// How it is encrypted, if it is.
    tls: Option<Tls>,
}

/// What libpq tries first in a mode, and then if it is refused.
fn ways(mode: SslMode) -> (Way, Option<Way>) {
    match mode {
        SslMode::Disable => (Way::Plain, None),
        SslMode::Allow => (Way::Plain, Some(Way::Encrypted)),
        SslMode::Prefer => (Way::EncryptedIfOffered, Some(Way::Plain)),
        SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull => (Way::Encrypted, None),
    }
}

/// Connects, encrypts and logs in, stage by stage.
pub(super) async fn log_in(course: &Course, server: &Server) -> Result<Session, Stopped> {
    let protection = protection(course, server)?;
    let (way, other) = ways(server.tls.mode);
    let tried = format!("log in as {} to {}", server.user, server.database);
    let link = connect(course, server, &protection, way).await?;
    let is_encrypted = link.tls.is_some();
    let step = course.begin(StageKind::Authentication, &tried);
    let refusal = match Session::over(server, link).await {
        Ok(session) => {
            step.pass("accepted");
            return Ok(session);
        }
        Err(refusal) => refusal,
    };
    let other = other.filter(|other| refusal.is_way && is_encrypted == (*other == Way::Plain));
    let Some(other) = other else {
        let wants_encryption = refusal.is_rule
            && !is_encrypted
            && gets_in_encrypted(course, server, &protection).await;
        let told = if wants_encryption { encryption_wanted(server) } else { refusal.told };
        return Err(step.fail(refusal.words, told));
    };
    let how = if other == Way::Plain { "without encryption" } else { "with encryption" };
    step.skip(format!("{}; tried again {how}, as Quay does", refusal.words));
    let link = connect(course, server, &protection, other).await?;
    let step = course.begin(StageKind::Authentication, &tried);
    match Session::over(server, link).await {
        Ok(session) => {
            step.pass(format!("accepted {how}"));
            Ok(session)
        }
        Err(refusal) => Err(step.fail(refusal.words, refusal.told)),
    }
}

async fn connect(
    course: &Course,
    server: &Server,
    protection: &Protection,
    way: Way,
) -> Result<Link, Stopped> {
    let Reached { mut wire, .. } = course.reach(&server.host, server.port).await?;
    if way == Way::Plain {
        return Ok(Link { wire, tls: None });
    }
    let tried = format!("whether it offers encryption; the TLS mode is {}", server.tls.word());
    let step = course.begin(StageKind::Tls, tried);
    match ask_for_tls(&mut wire).await {
        Ok(Offer::Tls) => step.pass("it does"),
        Ok(Offer::Nothing) if way == Way::EncryptedIfOffered => {
            step.pass("it does not: the connection is not encrypted");
            return Ok(Link { wire, tls: None });
        }
        Ok(Offer::Nothing) => {
            let fix = "Set ssl = on, ssl_cert_file and ssl_key_file in postgresql.conf and reload the server, or choose the TLS mode prefer or disable.";
            let told = server.tell(&NO_ENCRYPTION, &[("command", fix)]);
            return Err(step.fail("it does not", told));
        }
        Ok(Offer::Trouble) => {
            return Err(step.fail("it answers with an error", server.tell(&TROUBLE, &[])));
        }
        Err(error) => return Err(step.fail(error.to_string(), server.broken(&error))),
    }
    if way == Way::EncryptedIfOffered {
        return prefer(course, server, protection, wire).await;
    }
    let Protection { tls, upload } = protection;
    let wire = course.secure(wire, tls, server.port, upload).await?;
    Ok(Link { wire, tls: Some(tls.clone()) })
}

/// Encrypts, and goes on without where that does not work.
async fn prefer(
    course: &Course,
    server: &Server,
    protection: &Protection,
    wire: Wire,
) -> Result<Link, Stopped> {
    let tls = &protection.tls;
    let (what, not) = match tls.verify {
        Verify::Nothing => ("", "; its certificate is not checked"),
        _ => (" and who has signed its certificate", ""),
    };
    let step = course.begin(StageKind::Tls, format!("encryption with {}{what}{not}", tls.name));
    match tls::secure(course.net(), wire, tls, course.now()).await {
        Ok(secured) => {
            let until = secured.shown.map(|shown| utc_date(shown.until)).unwrap_or_default();
            step.pass(format!("{}, a certificate that is valid until {until}", secured.version));
            Ok(Link { wire: secured.wire, tls: Some(tls.clone()) })
        }
        Err((error, _)) => {
            let reason = error.to_string();
            step.warn(&reason, server.tell(&FALLS_BACK, &[("reason", &reason)]));
            let Reached { wire, .. } = course.reach(&server.host, server.port).await?;
            Ok(Link { wire, tls: None })
        }
    }
}

/// Whether a log-in that is refused in clear goes further when it is encrypted.
async fn gets_in_encrypted(course: &Course, server: &Server, protection: &Protection) -> bool {
    let tls = Tls { verify: Verify::Nothing, ..protection.tls.clone() };
    let Some(link) = connect_aside(course, server, Some(tls)).await else { return false };
    match Session::over(server, link).await {
        Ok(_) => true,
        Err(refusal) => !refusal.code.is_empty() && !refusal.is_rule,
    }
}

/// Another conversation like one that works, without stages of its own.
pub(super) async fn another(course: &Course, server: &Server, tls: Option<Tls>) -> Option<Session> {
    let link = connect_aside(course, server, tls).await?;
    Session::over(server, link).await.ok()
}

/// Connects without telling, encrypted in this way or not at all.
async fn connect_aside(course: &Course, server: &Server, tls: Option<Tls>) -> Option<Link> {
    let net = course.net();
    let addresses = net.resolve(&server.host, server.port).await.ok()?;
    let (mut wire, _) = net.connect(&addresses).await.ok()?;
    if let Some(tls) = &tls {
        if ask_for_tls(&mut wire).await.ok()? != Offer::Tls {
            return None;
        }
        wire = tls::secure(net, wire, tls, course.now()).await.ok()?.wire;
    }
    Some(Link { wire, tls })
}

/// What it means that the server insists on encryption.
pub(super) fn encryption_wanted(server: &Server) -> Told {
    let how = "Choose the TLS mode verify-full, upload database.pem, and enter conf/stack/database.pem as the authorities file. The mode require encrypts without looking at the certificate.";
    server.tell(&ENCRYPTION_WANTED, &[("how", how)])
}

impl Session {
    async fn over(server: &Server, link: Link) -> Result<Self, Box<Meant>> {
        let Link { wire, tls } = link;
        let relay = match behind_relay(wire).await {
            Ok(relay) => relay,
            Err(error) => return Err(Box::new(Meant::of_io(server, &error))),
        };
        let options = PgConnectOptions::new_without_pgpass()
            .host(&relay.address().ip().to_string())
            .port(relay.address().port())
            .username(&server.user)
            .password(&server.password)
            .database(&server.database)
            // Encrypted it is already, where it is.
            .ssl_mode(PgSslMode::Disable)
            .application_name("quay-console")
            // Some connection poolers know no other settings than the usual ones.
            .extra_float_digits(None::<i8>)
            .disable_statement_logging();
        match options.connect().await {
            Ok(connection) => Ok(Self { connection, relay, tls }),
            Err(error) => {
                Err(Box::new(Meant::of_login(server, &error, relay.failure(), tls.is_some())))
            }
        }
    }

    /// The first row of an answer, every column as text.
    ///
    /// Questions are not prepared: neither does Quay's library, and poolers may not have it.
    pub(super) async fn row(
        &mut self,
        sql: impl SqlSafeStr + Send,
    ) -> Result<Option<Cells<PgRow>>, Error> {
        Ok(self.connection.fetch_optional(sql.into_sql_str()).await?.map(Cells))
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
