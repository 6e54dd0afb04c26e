//! Mail: the server that Quay hands its messages to, up to a sender that it takes.

mod dialogue;
mod greeting;
mod login;
mod message;
mod settings;

use super::course::reach::{EXTRA_AUTHORITIES, Reached};
use super::course::{Course, Done};
use super::fault::faults;
use super::{Action, Check, Planned, Settings};
use cluster::check::StageKind;
use config_model::sections::email::{FEATURE_MAILING, MAIL_SERVER};
use dialogue::{Dialogue, Features};
use lettre::Address;
use settings::{Server, server};
use tokio::time::Instant;

/// The action that sends a mail.
const TEST_MAIL: &str = "test_mail";

/// Tries the mail server, where Quay sends mail.
pub const CHECK: Check = Check {
    name: "smtp",
    label: "Mail server",
    reads: &[
        "FEATURE_MAILING",
        "MAIL_SERVER",
        "MAIL_PORT",
        "MAIL_USE_TLS",
        "MAIL_USE_AUTH",
        "MAIL_USERNAME",
        "MAIL_PASSWORD",
        "MAIL_DEFAULT_SENDER",
    ],
    matters: "Quay sends confirmations, invitations, notifications and new passwords by mail.",
    actions: &[Action {
        name: TEST_MAIL,
        label: "Send a test mail",
        help: "Really sends a short mail with these settings, so that you can see it arrive.",
        asks: "The address it goes to",
        mends: &[],
    }],
    plan,
    writes: false,
    faults: FAULTS,
};

faults! {
    /// 554 and its like in place of a greeting.
    TURNED_AWAY: Error,
    "The mail server turns this machine away.",
    fix "Let the mail server accept connections from the Quay nodes and from this console. Its answer and its log say why it does not.";

    /// Any answer that begins with 4.
    PUT_OFF: Error,
    "The mail server cannot do this at the moment, and says that one should try again.",
    fix "Check again in some minutes. If it stays so, look into the mail server's log: it limits this machine, or lacks room.";

    /// The port of SMTP inside TLS, for which Quay needs a key that its schema does not know.
    TLS_EXPECTED: Error,
    "{host} port {port} expects TLS from the first byte, and Quay begins without it.",
    fix "Enter the port on which the mail server offers STARTTLS, usually 587. If it has none, write MAIL_USE_SSL: true into config.yaml and turn off Use TLS, which stands for STARTTLS.";

    /// `MAIL_USE_SSL` and `MAIL_USE_TLS`, and no `STARTTLS` inside TLS.
    TLS_TWICE: Error,
    "MAIL_USE_SSL and Use TLS are both on: Quay wants STARTTLS where the connection is already encrypted, and the mail server does not offer it there.",
    fix "Turn off Use TLS (MAIL_USE_TLS: false). The connection stays encrypted by MAIL_USE_SSL.";

    /// Neither `EHLO` nor `HELO` is taken.
    HELLO_REFUSED: Error,
    "The server refuses the first command of SMTP, EHLO.",
    fix "Check that this is the port of a mail server: FTP and others greet in the same way. Else its answer says why.";

    /// 421 to `EHLO`, or refusals that have to do with the name in it.
    HELLO_TURNED_AWAY: Error,
    "The mail server turns this machine away at EHLO, with which it says its name.",
    fix "Its answer says why: mostly it does not know the address of this machine, or does not like its name, which stands in what was tried. Let it accept mail from the Quay nodes and from this console, or check again in some minutes.";

    /// No `STARTTLS` among what it can do.
    STARTTLS_NOT_OFFERED: Error,
    "Use TLS is on, and the mail server does not offer STARTTLS on port {port}.",
    fix "Turn STARTTLS on at the mail server, or enter the port on which it offers it, usually 587. Inside a trusted network, Use TLS may be turned off.";

    /// It offers what it then refuses.
    STARTTLS_REFUSED: Error,
    "The mail server offers STARTTLS and then refuses it.",
    fix "Look at its answer, and give the mail server a certificate and key that it can read.";

    /// Encryption is there, and not used.
    ENCRYPTION_UNUSED: Warning,
    "The mail server offers encryption, and Quay does not use it.",
    why "Whoever listens on the way can read mail with links to new passwords, and the password of the mail server.",
    fix "Turn on Use TLS.";

    /// A password is sent, and there is no encryption at all.
    PASSWORD_IN_CLEAR: Warning,
    "The mail server offers no encryption on port {port}, and the password of {user} goes to it in clear.",
    why "Whoever listens on the way can read the password, and mail with links to new passwords.",
    fix "Turn STARTTLS on at the mail server, or enter the port on which it offers it, usually 587. Then turn on Use TLS.";

    /// Results 530 and 538, or a log-in that appears only after `STARTTLS`.
    ENCRYPTION_REQUIRED: Error,
    "The mail server wants encryption first.",
    fix "Turn on Use TLS.";

    /// No `AUTH` among what it can do.
    LOGIN_NOT_OFFERED: Error,
    "A user name and a password are set, and the mail server offers no log-in on port {port}.",
    why "Quay logs in whenever both are set, and gives up where it cannot: no mail goes out.",
    fix "Clear user name and password if this server needs none, or enter the port for those who log in, usually 587.";

    /// Only mechanisms that Quay does not know.
    LOGIN_KIND_UNKNOWN: Error,
    "The mail server offers only kinds of log-in that Quay does not know: {offered}.",
    fix "Let the mail server offer PLAIN or LOGIN to this account.";

    /// Result 535.
    WRONG_PASSWORD: Error,
    "The mail server refuses the user name {user} or its password.",
    fix "Enter both anew. Services with two-factor log-in want a password made for one program. Each press of Check sends this password again; a service that locks accounts after several wrong ones will lock it: correct it before you check again.";

    /// Result 535 of Exchange Online: the switch of the mailbox.
    LOGIN_DISABLED: Error,
    "The account {user} may not log in over SMTP.",
    fix "Allow it for this account. In Exchange Online: Set-CASMailbox -Identity {identity} -SmtpClientAuthenticationDisabled $false";

    /// Result 535 of Exchange Online: the switch of the organization.
    LOGIN_DISABLED_FOR_ALL: Error,
    "The organization of {user} has turned off log-in over SMTP for all of its accounts.",
    fix "Turn it on. In Exchange Online: Set-TransportConfig -SmtpClientAuthenticationDisabled $false (for this account alone: Set-CASMailbox -Identity {identity} -SmtpClientAuthenticationDisabled $false)";

    /// Result 535 of Exchange Online: security defaults, or rules of Conditional Access.
    LOGIN_AGAINST_POLICY: Error,
    "The organization of {user} does not allow log-in with a password alone, or not from here.",
    fix "In Microsoft Entra, under Sign-in logs, look which rule has stopped it. Then turn off the security defaults, or exclude the account from the Conditional Access rule that blocks this log-in.";

    /// Result 534, and what else there is.
    LOGIN_REFUSED: Error,
    "The mail server does not let {user} log in like this.",
    fix "Look at its answer: mostly it wants a password made for one program, or the account is locked.";

    /// 530, or another refusal that speaks of log-in.
    LOGIN_REQUIRED: Error,
    "The mail server takes no mail from somebody who has not logged in.",
    fix "Turn on Log in to the relay, and enter user name and password; or let the mail server accept mail from the Quay nodes.";

    /// 550, 553 and others to `MAIL FROM`.
    SENDER_REFUSED: Error,
    "The mail server does not take mail from {sender}.",
    fix "Enter a sender address that the account may use, or allow this one at the mail server.";

    /// Not an address that could be sent to.
    ADDRESS_INVALID: Error,
    "{address} is not an e-mail address that a mail can be sent to.",
    why "Without an address there is no test mail.",
    fix "Enter one address, such as admin@example.com.";

    /// It does not pass mail on for us.
    RELAY_DENIED: Error,
    "The mail server does not pass mail on to {address}.",
    fix "Let it relay for the Quay nodes, or log in with an account that may send to other domains.";

    /// It knows better.
    RECIPIENT_REFUSED: Error,
    "The mail server does not take mail for {address}.",
    fix "Check the address. If it is right, the mail server's answer says what it has against it.";

    /// It takes the addresses and not the mail.
    MAIL_NOT_TAKEN: Error,
    "The mail server took the addresses, and then refused the mail.",
    fix "Look at its answer: mostly a filter for spam, or the sender does not fit the account.";

    /// The whole mail is there, and no answer yet: filters take their time.
    MAIL_PERHAPS_TAKEN: Warning,
    "The mail server has the whole mail and has not said in time whether it takes it. It may have been taken; look into the mailbox.",
    why "Many servers look for spam and viruses before they answer, for longer than a check waits.",
    fix "Look into the mailbox of {address}, and send no second mail at once. If nothing comes, look into the mail server's log at this time.";
}

fn plan(settings: &Settings<'_>) -> Vec<Planned> {
    let silent = settings.document.top(FEATURE_MAILING.name()).is_none()
        && settings.at(&MAIL_SERVER.path()).is_none();
    if silent || !settings.is_on(FEATURE_MAILING) {
        return Vec::new();
    }
    let path = MAIL_SERVER.path();
    let asked = settings.asked_for(TEST_MAIL).map(message::address);
    vec![match (server(settings), asked) {
        (Err(what), _) => Planned::incomplete(path, "Mail server", what),
        (Ok(server), Some(Err(told))) => {
            Planned::new(path, server.target(), move |course| async move {
                let step = course.begin(StageKind::Settings, "the address for the test mail");
                Err(step.fail("", told))
            })
        }
        (Ok(server), asked) => {
            let recipient = asked.and_then(Result::ok);
            Planned::new(path, server.target(), move |course| attempt(course, server, recipient))
        }
    }]
}

async fn attempt(course: Course, server: Server, recipient: Option<Address>) -> Done {
    let began = Instant::now();
    let Reached { mut wire, .. } = course.reach(&server.host, server.port).await?;
    if server.begins_with_tls {
        let tls = course.usual_tls(&server.host);
        wire = course.secure(wire, &tls, server.port, EXTRA_AUTHORITIES).await?;
    }
    let mut visit = Visit {
        course: &course,
        server: &server,
        dialogue: Dialogue::over(wire),
        features: Features::default(),
        is_encrypted: server.begins_with_tls,
        began,
    };
    visit.hear_greeting().await?;
    visit.say_hello(StageKind::Connection).await?;
    if server.uses_tls {
        visit = visit.encrypt().await?;
        visit.say_hello(StageKind::Tls).await?;
    } else if !visit.is_encrypted {
        visit.see_encryption();
    }
    visit.log_in().await?;
    visit.offer_sender().await?;
    if let Some(recipient) = recipient {
        visit.send(&recipient).await?;
    }
    visit.dialogue.quit().await;
    Ok(())
}

/// A mail server while it is tried.
struct Visit<'a> {
    course: &'a Course,
    server: &'a Server,
    dialogue: Dialogue,
    /// What it can do.
    features: Features,
    is_encrypted: bool,
    /// When the check began: it has a deadline.
    began: Instant,
}
