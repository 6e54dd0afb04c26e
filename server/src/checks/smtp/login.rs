//! Logging in, with the kinds of log-in that Quay's library knows.

use super::dialogue::{Reply, Trouble};
use super::settings::Login;
use super::{
    ENCRYPTION_REQUIRED, LOGIN_DISABLED, LOGIN_KIND_UNKNOWN, LOGIN_NOT_OFFERED, LOGIN_REFUSED,
    PUT_OFF, Visit, WRONG_PASSWORD,
};
use crate::checks::course::{Done, Step};
use crate::checks::fault::Told;
use cluster::check::StageKind;

/// A kind that Quay knows, and this console does not.
const CHALLENGE: &str = "CRAM-MD5";

impl Visit<'_> {
    /// Logs in where a name and a password are set.
    pub(super) async fn log_in(&mut self) -> Done {
        let Some(login) = &self.server.login else { return Ok(()) };
        let step =
            self.course.begin(StageKind::Authentication, format!("log in as {}", login.user));
        let offered: Vec<String> =
            self.features.mechanisms().into_iter().map(str::to_owned).collect();
        match self.authenticate(&offered, login).await {
            Err(trouble) => Err(self.lost(step, &trouble)),
            Ok(None) => self.without_kind(step, &offered),
            Ok(Some(reply)) if reply.is_good() => {
                step.pass(reply.to_string());
                Ok(())
            }
            Ok(Some(reply)) => Err(step.fail(reply.to_string(), self.refused(&reply, login))),
        }
    }

    /// Tries the kinds that are offered, until one is not refused as such.
    async fn authenticate(
        &mut self,
        offered: &[String],
        login: &Login,
    ) -> Result<Option<Reply>, Trouble> {
        let mut last: Option<Reply> = None;
        for kind in ["PLAIN", "LOGIN"] {
            let goes_on = last.as_ref().is_none_or(|reply| (500..=504).contains(&reply.code));
            if goes_on && offered.iter().any(|name| name == kind) {
                last = Some(self.log_in_by(kind, login).await?);
            }
        }
        Ok(last)
    }

    async fn log_in_by(&mut self, kind: &str, login: &Login) -> Result<Reply, Trouble> {
        if kind == "PLAIN" {
            let both = format!("\0{}\0{}", login.user, login.password);
            let reply = self.dialogue.say_secret("AUTH PLAIN ", &both).await?;
            let again = reply.code == 334;
            return if again { self.dialogue.say_secret("", &both).await } else { Ok(reply) };
        }
        let mut reply = self.dialogue.say("AUTH LOGIN\r\n").await?;
        for answer in [&login.user, &login.password] {
            if reply.code != 334 {
                break;
            }
            reply = self.dialogue.say_secret("", answer).await?;
        }
        Ok(reply)
    }

    /// What it means that no kind of log-in fits.
    fn without_kind(&self, step: Step, offered: &[String]) -> Done {
        if offered.iter().any(|kind| kind == CHALLENGE) {
            step.skip("the server offers CRAM-MD5, which Quay uses and this console cannot try");
            return Ok(());
        }
        let (port, shown) = (self.server.port.to_string(), offered.join(", "));
        let places = [("port", port.as_str()), ("offered", shown.as_str())];
        let could = !self.is_encrypted && self.features.has("STARTTLS");
        let fault = match offered {
            [] if could => &ENCRYPTION_REQUIRED,
            [] => &LOGIN_NOT_OFFERED,
            _ => &LOGIN_KIND_UNKNOWN,
        };
        Err(step.fail(format!("it offers {}", self.features), fault.with(&places)))
    }

    fn refused(&self, reply: &Reply, login: &Login) -> Told {
        let is_off = reply.speaks_of("disabled") || reply.speaks_of("5.7.139");
        let fault = match reply.code {
            535 if is_off => &LOGIN_DISABLED,
            535 => &WRONG_PASSWORD,
            523 | 530 | 538 if !self.is_encrypted => &ENCRYPTION_REQUIRED,
            _ if reply.is_later() => &PUT_OFF,
            _ => &LOGIN_REFUSED,
        };
        fault.with(&[("user", &login.user)])
    }
}
