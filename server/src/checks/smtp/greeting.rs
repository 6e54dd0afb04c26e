//! The beginning of a conversation: greeting, what the server can do, encryption.

use super::dialogue::{Dialogue, Features, Reply, Trouble};
use super::login::{CHALLENGE, KINDS};
use super::{
    ENCRYPTION_UNUSED, HELLO_REFUSED, HELLO_TURNED_AWAY, PASSWORD_IN_CLEAR, PUT_OFF,
    STARTTLS_NOT_OFFERED, STARTTLS_REFUSED, TLS_EXPECTED, TLS_TWICE, TURNED_AWAY, Visit,
};
use crate::checks::course::reach::EXTRA_AUTHORITIES;
use crate::checks::course::{Done, Step, Stopped};
use crate::checks::fault::Fault;
use crate::checks::probe;
use cluster::check::StageKind;
use lettre::transport::smtp::commands::{Ehlo, Starttls};
use std::pin::pin;
use std::time::Duration;
use tokio::time::timeout;

/// After this silence it is asked whether the server waits for us to begin, with TLS.
const GREETING_TIME: Duration = Duration::from_secs(3);

impl Visit<'_> {
    /// Waits for the greeting.
    pub(super) async fn hear_greeting(&mut self) -> Done {
        let step = self.course.begin(StageKind::Connection, "the greeting of the mail server");
        match self.first_reply().await {
            Some(Ok(reply)) if reply.is_good() => {
                step.pass(reply.to_string());
                Ok(())
            }
            Some(Ok(reply)) => {
                let fault = if reply.is_later() { &PUT_OFF } else { &TURNED_AWAY };
                Err(step.fail(reply.to_string(), fault.told()))
            }
            Some(Err(trouble)) => Err(self.lost(step, &trouble)),
            None => {
                let port = self.server.port.to_string();
                let places = [("host", self.server.host.as_str()), ("port", port.as_str())];
                let answer = "it says nothing before TLS is set up";
                Err(step.fail(answer, TLS_EXPECTED.with(&places)))
            }
        }
    }

    /// The first reply; none where the server waits for TLS before it says anything.
    async fn first_reply(&mut self) -> Option<Result<Reply, Trouble>> {
        let (course, server) = (self.course, self.server);
        let mut reply = pin!(self.dialogue.reply());
        if let Ok(heard) = timeout(GREETING_TIME, &mut reply).await {
            return Some(heard);
        }
        if !self.is_encrypted && probe::expects_tls(course, &server.host, server.port).await {
            return None;
        }
        Some(reply.await)
    }

    /// Asks what the server can do.
    pub(super) async fn say_hello(&mut self, kind: StageKind) -> Done {
        let again = if kind == StageKind::Tls { " again, encrypted" } else { "" };
        let name = self.server.own_name.clone();
        let step = self.course.begin(kind, format!("EHLO {name}{again}: what the server can do"));
        let reply = match self.dialogue.say(Ehlo::new(name.clone())).await {
            Ok(reply) => reply,
            Err(trouble) => return Err(self.lost(step, &trouble)),
        };
        if reply.is_good() {
            self.features = Features::of(&reply);
            step.pass(self.features.to_string());
            return Ok(());
        }
        if reply.is_later() {
            return Err(step.fail(reply.to_string(), about_hello(&reply).told()));
        }
        // As Quay's library does with servers that know nothing newer.
        match self.dialogue.say(format!("HELO {name}\r\n")).await {
            Ok(second) if second.is_good() => {
                self.features = Features::default();
                step.pass("it knows HELO only");
                Ok(())
            }
            Ok(_) | Err(Trouble::Broken(_)) => {
                Err(step.fail(reply.to_string(), about_hello(&reply).told()))
            }
            Err(trouble) => Err(self.lost(step, &trouble)),
        }
    }

    /// Encrypts the connection.
    pub(super) async fn encrypt(mut self) -> Result<Self, Stopped> {
        let step = self.course.begin(StageKind::Tls, "STARTTLS");
        if !self.features.has("STARTTLS") {
            let port = self.server.port.to_string();
            let fault = if self.is_encrypted { &TLS_TWICE } else { &STARTTLS_NOT_OFFERED };
            let told = fault.with(&[("port", &port)]);
            return Err(step.fail(format!("it offers {}", self.features), told));
        }
        let reply = match self.dialogue.say(Starttls).await {
            Ok(reply) => reply,
            Err(trouble) => return Err(self.lost(step, &trouble)),
        };
        if !reply.is_good() {
            return Err(step.fail(reply.to_string(), STARTTLS_REFUSED.told()));
        }
        let Some(wire) = self.dialogue.into_wire() else {
            return Err(step.fail("it sent more than its answer", STARTTLS_REFUSED.told()));
        };
        step.pass(reply.to_string());
        let tls = self.course.usual_tls(&self.server.host);
        let wire = self.course.secure(wire, &tls, self.server.port, EXTRA_AUTHORITIES).await?;
        let dialogue = Dialogue::over(wire);
        Ok(Self { dialogue, features: Features::default(), is_encrypted: true, ..self })
    }

    /// Whether the server could encrypt what goes to it in clear.
    pub(super) fn see_encryption(&self) {
        let tried = "whether mail is encrypted on the way";
        if self.features.has("STARTTLS") {
            let step = self.course.begin(StageKind::Tls, tried);
            step.warn("it is not; the server offers STARTTLS", ENCRYPTION_UNUSED.told());
            return;
        }
        let kinds = self.features.mechanisms();
        let shows = !kinds.contains(&CHALLENGE) && KINDS.iter().any(|kind| kinds.contains(kind));
        if let Some(login) = self.server.login.as_ref().filter(|_| shows) {
            let step = self.course.begin(StageKind::Tls, tried);
            let port = self.server.port.to_string();
            let places = [("port", port.as_str()), ("user", login.user.as_str())];
            step.warn("it is not, nor is the password", PASSWORD_IN_CLEAR.with(&places));
        }
    }

    /// Ends a stage in which there was no reply.
    pub(super) fn lost(&self, step: Step, trouble: &Trouble) -> Stopped {
        step.fail(trouble.answer(), trouble.told(&self.server.host, self.server.port))
    }
}

/// Why a server refuses `EHLO`: it does not know the command, or it does not want us.
fn about_hello(reply: &Reply) -> &'static Fault {
    match reply.code {
        // All that say one should try again, besides that the connection ends.
        400..=420 | 422..=499 => &PUT_OFF,
        // Unknown, or to be spoken only after something else; so answer servers for files too.
        500 | 502 | 503 | 530 => &HELLO_REFUSED,
        _ => &HELLO_TURNED_AWAY,
    }
}
