//! Mail: a real server, which keeps what it is sent.

use crate::lab::certificates::{Authority, Signed};
use crate::lab::process::free_port;
use crate::lab::smtp::{MailServer, PASSWORD, USER};
use crate::lab::standin::{Manner, StandIn};
use crate::support::{Proofs, Trial};
use cluster::check::State;
use serde_json::{Value, json};
use std::time::Duration;

/// The check's name.
const CHECK: &str = "smtp";
/// The action that sends a mail.
const TEST_MAIL: &str = "test_mail";
/// Where the authority of the lab is uploaded.
const EXTRA: &str = "extra_ca_certs/lab.crt";

/// A configuration with a mail server at this port, and further lines.
fn mail(port: u16, encrypted: bool, lines: &str) -> Trial {
    Trial::of(format!(
        "FEATURE_MAILING: true\nMAIL_SERVER: localhost\nMAIL_PORT: {port}\n\
         MAIL_USE_TLS: {encrypted}\nMAIL_DEFAULT_SENDER: 'Quay <registry@example.com>'\n{lines}"
    ))
}

/// Log-in with this password.
fn login(password: &str) -> String {
    format!("MAIL_USE_AUTH: true\nMAIL_USERNAME: {USER}\nMAIL_PASSWORD: {password}\n")
}

/// A server that encrypts and wants a log-in.
fn usual() -> Value {
    json!({"tls": "starttls", "user": USER, "password": PASSWORD})
}

/// One that does neither, with fixed answers to some commands.
fn simple(answers: &Value) -> Value {
    json!({"answers": answers})
}

fn signed(authority: &Authority) -> Signed {
    authority.sign(&["localhost"])
}

#[tokio::test]
async fn a_mail_server_is_called_by_what_is_wrong_with_it() {
    let authority = Authority::new("lab authority");
    let server = MailServer::start(&signed(&authority), &usual());
    let mut proofs = Proofs::of(CHECK, CHECK);
    proofs.hide(server.port, "587");
    let tried = async |encrypted: bool, lines: &str| {
        let trial = mail(server.port, encrypted, lines).file(EXTRA, authority.pem());
        trial.run_one(CHECK).await
    };
    proofs.passes("everything is right", &tried(true, &login(PASSWORD)).await);
    let silent = login(PASSWORD).replace("MAIL_USE_AUTH: true", "");
    proofs.passes("Quay logs in without being told to", &tried(true, &silent).await);
    proofs.finds("the password is wrong", &tried(true, &login("wrong")).await, "wrong_password");
    proofs.finds("log-in is wanted", &tried(true, "").await, "login_required");
    let outcome = tried(false, &login(PASSWORD)).await;
    proofs.finds("log-in is possible only with encryption", &outcome, "encryption_required");
    assert!(server.mails().is_empty(), "nobody has asked for a mail");
    for (situation, settings, encrypted, lines, fault) in [
        ("it does not encrypt", simple(&json!({})), true, String::new(), "starttls_not_offered"),
        (
            "encryption is offered and not used",
            json!({"tls": "starttls"}),
            false,
            String::new(),
            "encryption_unused",
        ),
        (
            "mail is taken only with encryption",
            json!({"tls": "required"}),
            false,
            String::new(),
            "encryption_required",
        ),
        ("it offers no log-in", json!({"kinds": []}), false, login(PASSWORD), "login_not_offered"),
        (
            "it offers log-in of other kinds",
            json!({"kinds": ["GSSAPI"]}),
            false,
            login(PASSWORD),
            "login_kind_unknown",
        ),
    ] {
        let server = MailServer::start(&signed(&authority), &settings);
        proofs.hide(server.port, "587");
        let outcome = mail(server.port, encrypted, &lines).run_one(CHECK).await;
        proofs.finds(situation, &outcome, fault);
    }
    let server = MailServer::start(&signed(&authority), &json!({"kinds": ["CRAM-MD5"]}));
    let outcome = mail(server.port, false, &login(PASSWORD)).run_one(CHECK).await;
    proofs.passes("it offers a log-in that only Quay can try", &outcome);
    assert!(outcome.stages.iter().any(|stage| stage.state == State::Skipped), "{outcome:#?}");
    proofs.end();
}

#[tokio::test]
async fn a_mail_server_refuses_in_many_ways() {
    let authority = Authority::new("lab authority");
    let mut proofs = Proofs::of(CHECK, "smtp-refused");
    let endless = "220-hello\r\n".repeat(300) + "220 hello";
    let none = String::new;
    for (situation, answers, lines, fault) in [
        ("it turns the machine away", json!({"greeting": "554 5.7.1 no"}), none(), "turned_away"),
        ("it is busy", json!({"greeting": "421 4.3.2 too many connections"}), none(), "put_off"),
        ("its greeting does not end", json!({"greeting": endless}), none(), "too_much"),
        (
            "it is a server for files",
            json!({"EHLO": "530 Please login with USER and PASS.", "HELO": "530 Please login."}),
            none(),
            "hello_refused",
        ),
        (
            "it puts off who greets it",
            json!({"EHLO": "421 4.7.0 Try again later, closing connection. (EHLO)"}),
            none(),
            "hello_turned_away",
        ),
        (
            "it refuses who greets it",
            json!({"EHLO": "550 5.7.1 Host not found", "HELO": "550 5.7.1 Host not found"}),
            none(),
            "hello_turned_away",
        ),
        (
            "the account needs a password for one program",
            json!({"AUTH": "534 5.7.9 Application-specific password required"}),
            login(PASSWORD),
            "login_refused",
        ),
        (
            "the sender is not taken",
            json!({"MAIL": "550 5.7.1 Sender address rejected"}),
            none(),
            "sender_refused",
        ),
        (
            "the sender is put off",
            json!({"MAIL": "451 4.7.1 Greylisting in action"}),
            none(),
            "put_off",
        ),
    ] {
        let server = MailServer::start(&signed(&authority), &simple(&answers));
        proofs.hide(server.port, "587");
        let outcome = mail(server.port, false, &lines).run_one(CHECK).await;
        proofs.finds(situation, &outcome, fault);
    }
    let old = json!({"EHLO": "502 5.5.1 not implemented"});
    let old = MailServer::start(&signed(&authority), &simple(&old));
    let outcome = mail(old.port, false, "").run_one(CHECK).await;
    proofs.passes("it knows HELO only", &outcome);
    let broken = json!({"tls": "starttls", "answers": {"STARTTLS": "454 4.7.0 not available"}});
    let broken = MailServer::start(&signed(&authority), &broken);
    let outcome = mail(broken.port, true, "").run_one(CHECK).await;
    proofs.finds("encryption is offered and refused", &outcome, "starttls_refused");
    proofs.end();
}

#[tokio::test]
async fn one_number_of_a_refused_log_in_means_many_things() {
    let authority = Authority::new("lab authority");
    let mut proofs = Proofs::of(CHECK, "smtp-log-in");
    for (situation, words, fault) in [
        (
            "the account may not use SMTP",
            "SmtpClientAuthentication is disabled for the Mailbox.",
            "login_disabled",
        ),
        (
            "nobody in the organization may use SMTP",
            "SmtpClientAuthentication is disabled for the Tenant.",
            "login_disabled_for_all",
        ),
        (
            "the password is wrong (Exchange Online)",
            "the user credentials were incorrect.",
            "wrong_password",
        ),
        (
            "the security defaults forbid it",
            "user is locked by your organization's security defaults policy.",
            "login_against_policy",
        ),
        (
            "a rule of the organization forbids it",
            "the request did not meet the criteria to be authenticated successfully.",
            "login_against_policy",
        ),
        (
            "passwords alone are not taken any more",
            "basic authentication is disabled.",
            "login_against_policy",
        ),
        ("it does not say why", "", "login_refused"),
    ] {
        let answer = format!("535 5.7.139 Authentication unsuccessful, {words}");
        let server = MailServer::start(&signed(&authority), &simple(&json!({"AUTH": answer})));
        let outcome = mail(server.port, false, &login(PASSWORD)).run_one(CHECK).await;
        proofs.finds(situation, &outcome, fault);
    }
    proofs.end();
}

#[tokio::test]
async fn encryption_begins_where_the_configuration_says() {
    let authority = Authority::new("lab authority");
    let mut proofs = Proofs::of(CHECK, "smtp-encryption");
    let settings = json!({"tls": "implicit", "user": USER, "password": PASSWORD});
    let server = MailServer::start(&signed(&authority), &settings);
    proofs.hide(server.port, "465");
    let lines = format!("MAIL_USE_SSL: true\n{}", login(PASSWORD));
    let tried = async |also_starttls: bool| {
        let trial = mail(server.port, also_starttls, &lines).file(EXTRA, authority.pem());
        trial.run_one(CHECK).await
    };
    proofs.passes("MAIL_USE_SSL is on, and TLS comes first", &tried(false).await);
    proofs.finds("MAIL_USE_SSL and Use TLS are both on", &tried(true).await, "tls_twice");
    let plain =
        MailServer::start(&signed(&authority), &json!({"user": USER, "password": PASSWORD}));
    proofs.hide(plain.port, "25");
    let outcome = mail(plain.port, false, &login(PASSWORD)).run_one(CHECK).await;
    proofs.finds("the password goes in clear", &outcome, "password_in_clear");
    let outcome = mail(plain.port, false, &lines).run_one(CHECK).await;
    proofs.finds("MAIL_USE_SSL is on, and TLS is not spoken", &outcome, "tls_not_spoken");
    let strict = MailServer::start(&signed(&authority), &json!({"names": true}));
    let named = "SERVER_HOSTNAME: registry.example.com:8443\n";
    let outcome = mail(strict.port, false, named).run_one(CHECK).await;
    proofs.passes("it wants to be greeted with a name", &outcome);
    proofs.end();
}

#[tokio::test]
async fn a_test_mail_is_sent_when_somebody_asks() {
    let authority = Authority::new("lab authority");
    let server = MailServer::start(&signed(&authority), &usual());
    let mut proofs = Proofs::of(CHECK, "smtp-mail");
    let usual = || mail(server.port, true, &login(PASSWORD)).file(EXTRA, authority.pem());
    let outcome = usual().ask(TEST_MAIL, "admin@example.com").run_one(CHECK).await;
    proofs.passes("a test mail is asked for", &outcome);
    let last = outcome.stages.last().expect("there are stages");
    assert_eq!(last.answer, "it was taken: 250 OK: queued as 1");
    let mails = server.mails();
    assert_eq!(mails.len(), 1);
    assert!(mails[0].contains("MAIL FROM:registry@example.com RCPT TO:['admin@example.com']"));
    assert!(mails[0].contains("From: Quay <registry@example.com>"), "{}", mails[0]);
    assert!(mails[0].contains("This is a test mail."), "{}", mails[0]);
    let outcome = usual().ask(TEST_MAIL, "admin@example.com\r\nDATA").run_one(CHECK).await;
    proofs.finds("what was entered is no address", &outcome, "address_invalid");
    for (situation, answers, fault) in [
        (
            "it does not pass mail on",
            json!({"RCPT": "554 5.7.1 <admin@example.com>: Relay access denied"}),
            "relay_denied",
        ),
        (
            "it does not know the recipient",
            json!({"RCPT": "550 5.1.1 User unknown"}),
            "recipient_refused",
        ),
        (
            "it does not like the mail",
            json!({"content": "554 5.6.0 this is spam"}),
            "mail_not_taken",
        ),
    ] {
        let server = MailServer::start(&signed(&authority), &simple(&answers));
        let trial = mail(server.port, false, "").ask(TEST_MAIL, "admin@example.com");
        proofs.finds(situation, &trial.run_one(CHECK).await, fault);
        assert!(server.mails().is_empty());
    }
    let slow = MailServer::start(&signed(&authority), &json!({"slow": true}));
    let trial = mail(slow.port, false, "").ask(TEST_MAIL, "admin@example.com");
    let outcome = trial.run_one(CHECK).await;
    proofs.finds("it takes the mail and does not say so", &outcome, "mail_perhaps_taken");
    assert_eq!((outcome.state, slow.mails().len()), (State::Warned, 1), "{outcome:#?}");
    proofs.end();
}

#[tokio::test]
async fn the_connection_to_a_mail_server_is_looked_at() {
    let authority = Authority::new("lab authority");
    let mut proofs = Proofs::of(CHECK, "smtp-connection");
    let starttls = json!({"tls": "starttls"});
    for (situation, signed, trusts, fault) in [
        ("nobody trusts the authority", signed(&authority), false, "certificate_untrusted"),
        (
            "the certificate has expired",
            authority.sign_expired(&["localhost"]),
            true,
            "certificate_expired",
        ),
        (
            "the certificate is for another name",
            authority.sign(&["mail.example.org"]),
            true,
            "certificate_name",
        ),
    ] {
        let server = MailServer::start(&signed, &starttls);
        let mut trial = mail(server.port, true, "");
        if trusts {
            trial = trial.file(EXTRA, authority.pem());
        }
        proofs.finds(situation, &trial.run_one(CHECK).await, fault);
    }
    let implicit = MailServer::start(&signed(&authority), &json!({"tls": "implicit"}));
    proofs.hide(implicit.port, "465");
    let outcome = mail(implicit.port, true, "").run_one(CHECK).await;
    proofs.finds("the port is one of SMTP inside TLS", &outcome, "tls_expected");
    let closed = free_port();
    proofs.hide(closed, "587");
    let outcome = mail(closed, true, "").run_one(CHECK).await;
    proofs.finds("nothing listens on the port", &outcome, "connection_refused");
    for (situation, manner, fault) in [
        ("it hangs", Manner::Hangs, "no_answer"),
        ("it is another service", Manner::Garbage, "other_protocol"),
        ("it hangs up", Manner::Closes, "connection_closed"),
    ] {
        let stand_in = StandIn::start(manner).await;
        proofs.hide(stand_in.port, "587");
        let trial = mail(stand_in.port, true, "").patience(Duration::from_secs(2));
        proofs.finds(situation, &trial.run_one(CHECK).await, fault);
    }
    proofs.end();
}

#[tokio::test]
async fn no_result_holds_the_password() {
    let authority = Authority::new("lab authority");
    let echo = json!({"AUTH": "500 unrecognized: AUTH PLAIN AHF1YXlAZXhhbXBsZS5jb20AaHVudGVyMjI="});
    let server = MailServer::start(&signed(&authority), &simple(&echo));
    let outcome = mail(server.port, false, &login("hunter22")).run_one(CHECK).await;
    assert_eq!(outcome.state, State::Failed);
    let shown = format!("{outcome:?}");
    assert!(!shown.contains("hunter22") && !shown.contains("aHVudGVyMjI"), "{shown}");
}

#[tokio::test]
async fn a_mail_server_is_tried_where_quay_sends_mail() {
    assert!(Trial::of("FEATURE_MAILING: false\nMAIL_SERVER: mail").run(CHECK).await.is_empty());
    assert!(Trial::of("SERVER_HOSTNAME: quay.example.com").run(CHECK).await.is_empty());
    let outcome = Trial::of("FEATURE_MAILING: true").run_one(CHECK).await;
    assert_eq!(outcome.failure().expect("it fails").fault, "incomplete");
}
