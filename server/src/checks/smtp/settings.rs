//! The mail server as a configuration describes it, and as Quay's library reads that.

use crate::checks::Settings;
use config_model::field::Key;
use config_model::sections::email::{
    MAIL_DEFAULT_SENDER, MAIL_PASSWORD, MAIL_PORT, MAIL_SERVER, MAIL_USE_AUTH, MAIL_USE_TLS,
    MAIL_USERNAME,
};
use config_model::value::{MailSender, Parsed as _, Text};
use lettre::Address;
use lettre::message::Mailbox;

/// A mail server, and what Quay does with it.
pub(super) struct Server {
    pub(super) host: String,
    pub(super) port: u16,
    /// Whether the connection is encrypted with `STARTTLS`.
    pub(super) uses_tls: bool,
    pub(super) login: Option<Login>,
    /// Whom mail comes from.
    pub(super) sender: Mailbox,
}

/// How one logs in.
pub(super) struct Login {
    pub(super) user: String,
    pub(super) password: String,
}

impl Server {
    /// Its address, for a person.
    pub(super) fn target(&self) -> String {
        format!("{} port {}", self.host, self.port)
    }
}

/// The mail server of a configuration; where it cannot be tried, what is missing.
pub(super) fn server(settings: &Settings<'_>) -> Result<Server, String> {
    let document = settings.document;
    let host = document.effective(MAIL_SERVER).ok_or("the mail server")?;
    let port = document.effective(MAIL_PORT).ok_or("the port")?;
    Ok(Server {
        host: host.as_str().to_owned(),
        port: port.get(),
        uses_tls: settings.is_on(MAIL_USE_TLS),
        login: login(settings)?,
        sender: sender(settings).ok_or("the sender address")?,
    })
}

/// Quay logs in whenever it has a name and a password; it does not know `MAIL_USE_AUTH`.
fn login(settings: &Settings<'_>) -> Result<Option<Login>, String> {
    let password = settings.document.effective(MAIL_PASSWORD);
    let password = password.and_then(|password| password.reveal().map(str::to_owned));
    let password = password.filter(|password| !password.is_empty());
    match (text(settings, MAIL_USERNAME), password) {
        (Some(user), Some(password)) => Ok(Some(Login { user, password })),
        (None, _) if settings.is_on(MAIL_USE_AUTH) => Err("the user name".to_owned()),
        (_, None) if settings.is_on(MAIL_USE_AUTH) => Err("the password".to_owned()),
        _ => Ok(None),
    }
}

fn text(settings: &Settings<'_>, key: Key<Text>) -> Option<String> {
    settings.document.effective(key).map(|Text(text)| text).filter(|text| !text.is_empty())
}

/// Whom mail comes from; empty text stands for Quay's default.
fn sender(settings: &Settings<'_>) -> Option<Mailbox> {
    let written = match settings.at(&MAIL_DEFAULT_SENDER.path()) {
        Some(value) => MailSender::parse(value).ok()?,
        None => MailSender::parse(&MAIL_DEFAULT_SENDER.spec().default?()).ok()?,
    };
    let written = written.as_str();
    if let Ok(sender) = written.parse() {
        return Some(sender);
    }
    // A name that mail does not allow like this; the address is what the server looks at.
    let (_, address) = written.rsplit_once('<')?;
    let address: Address = address.trim_end_matches('>').parse().ok()?;
    Some(Mailbox::new(None, address))
}
