//! Outgoing mail: the relay Quay hands its messages to.

use crate::value::{HostName, MailSender, Port, Secret, Text};

section! {
    /// How the registry sends confirmation, recovery and notification mail.
    "email", "E-mail", Features;
    rules: [mail_login_is_complete, mail_is_encrypted, mail_server_is_not_the_container];

    /// Whether the registry may send mail at all. Without it nobody can recover a password, and
    /// new accounts are not confirmed.
    FEATURE_MAILING "Send e-mail": bool = true => false, also(&["Enable e-mails", "SMTP"]);

    /// Host name of the mail relay.
    MAIL_SERVER "Mail server": HostName, required, when(FEATURE_MAILING, &["true"]), also(&["SMTP server", "mail relay"]);

    /// Port of the relay: usually 587 with STARTTLS, 25 inside a trusted network.
    MAIL_PORT "Port": Port = 587, when(FEATURE_MAILING, &["true"]), also(&["SMTP server port"]);

    /// Encrypt the connection with STARTTLS before anything is sent.
    MAIL_USE_TLS "Use TLS": bool = true, when(FEATURE_MAILING, &["true"]), also(&["SMTP TLS", "STARTTLS", "SSL"]);

    /// The address that mail from the registry comes from, alone or with a name before it:
    /// `Quay <quay@example.com>`.
    MAIL_DEFAULT_SENDER "Sender address": MailSender = "admin@example.com", when(FEATURE_MAILING, &["true"]), also(&["Mail sender", "SMTP from"]), may_be_empty;

    /// Whether the relay asks for a user name and a password.
    MAIL_USE_AUTH "Log in to the relay": bool = false, when(FEATURE_MAILING, &["true"]), also(&["SMTP authentication", "Requires authentication"]);

    /// User name at the relay.
    MAIL_USERNAME "User name": Text, required, when(MAIL_USE_AUTH, &["true"]), also(&["SMTP username"]);

    /// Password at the relay.
    MAIL_PASSWORD "Password": Secret, required, when(MAIL_USE_AUTH, &["true"]), also(&["SMTP password"]);

    /// Refuse mail addresses of the domains listed below when accounts are made.
    FEATURE_BLACKLISTED_EMAILS "Refuse some e-mail domains": bool = false;

    /// Domains whose addresses may not be used for an account.
    BLACKLISTED_EMAIL_DOMAINS "Refused domains": crate::value::List<HostName> = [], when(FEATURE_BLACKLISTED_EMAILS, &["true"]);

    /// Let several organizations share one contact address.
    FEATURE_ORG_SHARED_EMAIL "Organizations may share an address": bool = false;
}

rule! {
    /// Quay sends the password only together with a user name.
    mail_login_is_complete: Warning,
    "A password is set, but Quay does not log in to the relay.",
    fix "Turn on Log in to the relay, or clear the password.";
    |subject, places| {
        let on = subject.document.effective(FEATURE_MAILING) == Some(true);
        let login = subject.document.effective(MAIL_USE_AUTH) == Some(true);
        if on && !login && subject.document.top(MAIL_PASSWORD.name()).is_some_and(|value| !value.is_blank()) {
            places.at(MAIL_PASSWORD.path());
        }
    }
}

rule! {
    /// A password sent in clear can be read on the way.
    mail_is_encrypted: Warning,
    "The relay's password is sent without encryption.",
    fix "Turn on Use TLS.";
    |subject, places| {
        let on = subject.document.effective(FEATURE_MAILING) == Some(true);
        let login = subject.document.effective(MAIL_USE_AUTH) == Some(true);
        if on && login && subject.document.effective(MAIL_USE_TLS) == Some(false) {
            places.at(MAIL_USE_TLS.path());
        }
    }
}

rule! {
    /// Inside the container `localhost` is the container itself.
    mail_server_is_not_the_container: Warning,
    "{host} is Quay's own container, not your mail server.",
    fix "Enter the name or address of the mail server as the Quay nodes see it.";
    |subject, places| {
        let on = subject.document.effective(FEATURE_MAILING) == Some(true);
        let host = subject.document.effective(MAIL_SERVER).filter(HostName::is_loopback);
        if let Some(host) = host.filter(|_| on) {
            places.at_with(MAIL_SERVER.path(), [("host", host.as_str().to_owned())]);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rule::testing::findings;

    #[test]
    fn mail_without_a_relay_is_refused() {
        assert_eq!(findings("FEATURE_MAILING: true"), ["required_value_is_set MAIL_SERVER"]);
    }

    #[test]
    fn a_file_that_does_not_speak_of_mail_is_warned_about_only() {
        assert_eq!(findings("MAIL_PORT: 25"), ["default_is_complete MAIL_SERVER"]);
    }

    #[test]
    fn a_port_out_of_range_is_refused() {
        assert_eq!(
            findings("FEATURE_MAILING: false\nMAIL_PORT: 70000"),
            ["value_is_of_its_type MAIL_PORT"]
        );
    }

    #[test]
    fn the_container_is_no_mail_server() {
        assert_eq!(
            findings("FEATURE_MAILING: true\nMAIL_SERVER: 127.0.0.1"),
            ["mail_server_is_not_the_container MAIL_SERVER"]
        );
    }

    #[test]
    fn a_password_in_clear_is_warned_about() {
        assert_eq!(
            findings(
                "FEATURE_MAILING: true\nMAIL_SERVER: relay\nMAIL_USE_TLS: false\nMAIL_USE_AUTH: true\nMAIL_USERNAME: u\nMAIL_PASSWORD: p"
            ),
            ["mail_is_encrypted MAIL_USE_TLS"]
        );
    }
}
