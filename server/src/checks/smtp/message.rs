//! Whom mail comes from and goes to: without a mail, and with one where somebody asks for it.

use super::dialogue::{Reply, Trouble};
use super::{
    ADDRESS_INVALID, ENCRYPTION_REQUIRED, LOGIN_REQUIRED, MAIL_NOT_TAKEN, MAIL_PERHAPS_TAKEN,
    PUT_OFF, RECIPIENT_REFUSED, RELAY_DENIED, SENDER_REFUSED, Visit,
};
use crate::checks::course::{Done, Step, Stopped};
use crate::checks::fault::{Fault, Told};
use cluster::check::StageKind;
use lettre::Address;
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use std::fmt::Display;
use std::time::{Duration, SystemTime};
use tokio::time::{Instant, timeout_at};
use uuid::Uuid;

/// So long after its beginning the check waits for the answer to a mail. Its deadline is a little
/// later, and knows nothing of the mail.
const ANSWERED_BY: Duration = Duration::from_secs(8);
/// The answer is waited for at least so long.
const ANSWER_TIME_MIN: Duration = Duration::from_secs(1);
/// What the test mail says.
const TEXT: &str = "This is a test mail.\r\n\r\n\
    Somebody asked for it in quay-console, on the page with the mail settings of a Quay registry.\r\n\
    That you read it means that the registry can send mail with these settings.\r\n";

/// Where a test mail is to go.
pub(super) fn address(text: &str) -> Result<Address, Told> {
    let text = text.trim();
    let address: Option<Address> = text.parse().ok().filter(|_| text.is_ascii());
    address.ok_or_else(|| ADDRESS_INVALID.with(&[("address", text)]))
}

impl Visit<'_> {
    /// Names the sender and takes it back: no mail is sent.
    pub(super) async fn offer_sender(&mut self) -> Done {
        let sender = &self.server.sender.email;
        let tried = format!("name {sender} as the sender, and take it back: no mail is sent");
        let step = self.course.begin(StageKind::Permission, tried);
        let (step, reply) = self.ask(step, Mail::new(Some(sender.clone()), Vec::new())).await?;
        if !reply.is_good() {
            return Err(step.fail(reply.to_string(), self.about_sender(&reply)));
        }
        let (step, _) = self.ask(step, Rset).await?;
        step.pass(reply.to_string());
        Ok(())
    }

    /// Sends a short mail.
    pub(super) async fn send(&mut self, recipient: &Address) -> Done {
        let sender = &self.server.sender;
        let step = self.course.begin(StageKind::Service, format!("send a mail to {recipient}"));
        let from = Mail::new(Some(sender.email.clone()), Vec::new());
        let (step, reply) = self.ask(step, from).await?;
        if !reply.is_good() {
            return Err(step.fail(reply.to_string(), self.about_sender(&reply)));
        }
        let (step, reply) = self.ask(step, Rcpt::new(recipient.clone(), Vec::new())).await?;
        if !reply.is_good() {
            return Err(step.fail(reply.to_string(), self.about_recipient(&reply, recipient)));
        }
        let (step, reply) = self.ask(step, Data).await?;
        let reply = if reply.code == 354 {
            let text = mail(sender, recipient, self.course.now());
            match self.last_word(&text).await {
                Ok(Some(reply)) => reply,
                Ok(None) => {
                    let recipient = recipient.to_string();
                    let told = MAIL_PERHAPS_TAKEN.with(&[("address", &recipient)]);
                    step.warn("it has the whole mail, and does not answer yet", told);
                    return Ok(());
                }
                Err(trouble) => return Err(self.lost(step, &trouble)),
            }
        } else {
            reply
        };
        if !reply.is_good() {
            let fault = if reply.is_later() { &PUT_OFF } else { &MAIL_NOT_TAKEN };
            return Err(step.fail(reply.to_string(), fault.told()));
        }
        step.pass(format!("it was taken: {reply}"));
        Ok(())
    }

    /// Sends a mail; the answer to it, `None` where it does not come while the check may wait.
    async fn last_word(&mut self, mail: &str) -> Result<Option<Reply>, Trouble> {
        self.dialogue.send(mail.as_bytes()).await?;
        let until = (self.began + ANSWERED_BY).max(Instant::now() + ANSWER_TIME_MIN);
        timeout_at(until, self.dialogue.reply()).await.ok().transpose()
    }

    /// Says something as part of a stage, which ends where there is no reply.
    async fn ask(&mut self, step: Step, command: impl Display) -> Result<(Step, Reply), Stopped> {
        match self.dialogue.say(command).await {
            Ok(reply) => Ok((step, reply)),
            Err(trouble) => Err(self.lost(step, &trouble)),
        }
    }

    /// Why a sender is refused.
    fn about_sender(&self, reply: &Reply) -> Told {
        let sender = self.server.sender.email.to_string();
        self.common(reply).unwrap_or(&SENDER_REFUSED).with(&[("sender", &sender)])
    }

    /// Why a recipient is refused.
    fn about_recipient(&self, reply: &Reply, recipient: &Address) -> Told {
        let is_relay = reply.speaks_of("relay") || reply.speaks_of("5.7.") || reply.code == 551;
        let own = if is_relay { &RELAY_DENIED } else { &RECIPIENT_REFUSED };
        let recipient = recipient.to_string();
        self.common(reply).unwrap_or(own).with(&[("address", &recipient)])
    }

    /// What a refusal means wherever it comes.
    fn common(&self, reply: &Reply) -> Option<&'static Fault> {
        let is_unknown = self.server.login.is_none();
        if !self.is_encrypted && reply.speaks_of("starttls") {
            Some(&ENCRYPTION_REQUIRED)
        } else if reply.is_later() {
            Some(&PUT_OFF)
        } else if is_unknown && (reply.code == 530 || reply.speaks_of("authenticat")) {
            Some(&LOGIN_REQUIRED)
        } else {
            None
        }
    }
}

/// The mail as it goes over the line, with its end.
fn mail(sender: &Mailbox, recipient: &Address, now: i64) -> String {
    let date = SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(now).unwrap_or_default());
    let message = Message::builder()
        .from(sender.clone())
        .to(Mailbox::new(None, recipient.clone()))
        .subject("Test mail from quay-console")
        .date(date)
        .message_id(Some(format!("<{}@{}>", Uuid::new_v4(), sender.email.domain())))
        .header(ContentType::TEXT_PLAIN)
        .body(TEXT.to_owned())
        .expect("it has one sender and one recipient");
    let text = String::from_utf8_lossy(&message.formatted()).replace("\r\n.", "\r\n..");
    format!("{text}\r\n.\r\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_test_mail_is_whole() {
        let sender: Mailbox = "Quay <quay@example.com>".parse().unwrap();
        let mail = mail(&sender, &"admin@example.com".parse().unwrap(), 1_795_000_000);
        for line in [
            "From: Quay <quay@example.com>\r\n",
            "To: admin@example.com\r\n",
            "Subject: Test mail from quay-console\r\n",
            "Date: Wed, 18 Nov 2026",
            "\r\n\r\nThis is a test mail.\r\n",
        ] {
            assert!(mail.contains(line), "{line} is not in {mail}");
        }
        assert!(mail.ends_with("\r\n.\r\n"));
    }

    #[test]
    fn only_an_address_is_sent_to() {
        assert!(address(" admin@example.com ").is_ok());
        for bad in ["", "admin", "a@b c", "a@b.c\r\nDATA", "Admin <a@b.c>", "ä@example.com"] {
            assert!(address(bad).is_err(), "{bad}");
        }
    }
}
