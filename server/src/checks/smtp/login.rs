//! Logging in, with the kinds of log-in that Quay's library knows.

use super::dialogue::{Reply, Trouble};
use super::settings::Login;
use super::{
    ENCRYPTION_REQUIRED, LOGIN_AGAINST_POLICY, LOGIN_DISABLED, LOGIN_DISABLED_FOR_ALL,
    LOGIN_KIND_UNKNOWN, LOGIN_NOT_OFFERED, LOGIN_REFUSED, PUT_OFF, Visit, WRONG_PASSWORD,
};
use crate::checks::course::faults::not_repeated;
use crate::checks::course::{Done, Step};
use crate::checks::fault::{Fault, Told};
use cluster::check::StageKind;

/// A kind that Quay knows, and this console does not. It does not send the password itself.
pub(super) const CHALLENGE: &str = "CRAM-MD5";
/// Kinds that this console knows, in the order in which they are tried.
pub(super) const KINDS: [&str; 2] = ["PLAIN", "LOGIN"];
/// What words beside result 535 mean, the first that are there. Exchange Online has one number for
/// everything.
const MEANINGS: [(&str, &Fault); 8] = [
    ("credentials were incorrect", &WRONG_PASSWORD),
    ("disabled for the mailbox", &LOGIN_DISABLED),
    ("disabled for the tenant", &LOGIN_DISABLED_FOR_ALL),
    ("security defaults", &LOGIN_AGAINST_POLICY),
    ("did not meet the criteria", &LOGIN_AGAINST_POLICY),
    ("basic authentication is disabled", &LOGIN_AGAINST_POLICY),
    ("disabled", &LOGIN_REFUSED),
    ("5.7.139", &LOGIN_REFUSED),
];

impl Visit<'_> {
    /// Logs in where a name and a password are set.
    pub(super) async fn log_in(&mut self) -> Done {
        let Some(login) = &self.server.login else { return Ok(()) };
        let step =
            self.course.begin(StageKind::Authentication, format!("log in as {}", login.user));
        let target = self.server.target();
        let values = [&target, &login.user, &login.password].map(String::as_str);
        if let Some(times) = self.course.refused_before(&values) {
            return Err(step.fail("not tried again", not_repeated(times)));
        }
        let offered: Vec<String> =
            self.features.mechanisms().into_iter().map(str::to_owned).collect();
        match self.authenticate(&offered, login).await {
            Err(trouble) => Err(self.lost(step, &trouble)),
            Ok(None) => self.without_kind(step, &offered),
            Ok(Some(reply)) if reply.is_good() => {
                self.course.forget_refusal(&values);
                step.pass(reply.to_string());
                Ok(())
            }
            Ok(Some(reply)) => {
                let told = self.refused(&reply, login);
                if told.fault.name == WRONG_PASSWORD.name {
                    self.course.remember_refusal(&values);
                }
                Err(step.fail(reply.to_string(), told))
            }
        }
    }

    /// Tries the kinds that are offered, until one is not refused as such.
    async fn authenticate(
        &mut self,
        offered: &[String],
        login: &Login,
    ) -> Result<Option<Reply>, Trouble> {
        let mut last: Option<Reply> = None;
        for kind in KINDS {
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
        let fault = match reply.code {
            535 => meant(reply),
            523 | 530 | 538 if !self.is_encrypted => &ENCRYPTION_REQUIRED,
            _ if reply.is_later() => &PUT_OFF,
            _ => &LOGIN_REFUSED,
        };
        fault.with(&[("user", &login.user), ("identity", &powershell_quoted(&login.user))])
    }
}

/// What result 535 means.
fn meant(reply: &Reply) -> &'static Fault {
    let meaning = MEANINGS.iter().find(|(words, _)| reply.speaks_of(words));
    meaning.map_or(&WRONG_PASSWORD, |&(_, fault)| fault)
}

/// A text as one word for `PowerShell`, where quotes are doubled.
fn powershell_quoted(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"@._-+".contains(&byte);
    let starts_plain = text.starts_with(|letter: char| letter.is_ascii_alphanumeric());
    if starts_plain && text.bytes().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_word_for_powershell() {
        assert_eq!(powershell_quoted("quay@example.com"), "quay@example.com");
        assert_eq!(powershell_quoted("o'brien@example.com"), "'o''brien@example.com'");
        assert_eq!(powershell_quoted("@x $(y)"), "'@x $(y)'");
    }
}
