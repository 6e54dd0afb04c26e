//! The mail server as a configuration describes it, and as Quay's library reads that.

use crate::checks::Settings;
use config_model::field::Key;
use config_model::sections::email::{
    MAIL_DEFAULT_SENDER, MAIL_PASSWORD, MAIL_PORT, MAIL_SERVER, MAIL_USE_AUTH, MAIL_USE_TLS,
    MAIL_USERNAME,
};
use config_model::sections::server::SERVER_HOSTNAME;
use config_model::value::{MailSender, Parsed as _, Text, Value};
use lettre::Address;
use lettre::message::Mailbox;
use lettre::transport::smtp::extension::ClientId;
use std::fs;
use std::net::IpAddr;

/// TLS from the first byte on. Quay's library reads this key; Quay's own schema does not know it.
const MAIL_USE_SSL: &str = "MAIL_USE_SSL";
/// Where Linux tells the name of the machine.
const MACHINE_NAME: &str = "/proc/sys/kernel/hostname";
/// Letters of a name, as the rules for names have it.
const NAME_CHARS_MAX: usize = 253;

/// A mail server, and what Quay does with it.
pub(super) struct Server {
    pub(super) host: String,
    pub(super) port: u16,
    /// Whether the connection is encrypted from the first byte on.
    pub(super) begins_with_tls: bool,
    /// Whether the connection is encrypted with `STARTTLS`.
    pub(super) uses_tls: bool,
    pub(super) login: Option<Login>,
    /// Whom mail comes from.
    pub(super) sender: Mailbox,
    /// How we name ourselves.
    pub(super) own_name: ClientId,
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
        begins_with_tls: document.top(MAIL_USE_SSL).and_then(Value::as_bool) == Some(true),
        uses_tls: settings.is_on(MAIL_USE_TLS),
        login: login(settings)?,
        sender: sender(settings).ok_or("the sender address")?,
        own_name: own_name(settings),
    })
}

/// The whole name of this machine; where it has none, that of the registry. Servers turn away
/// who only gives an address of the own machine.
fn own_name(settings: &Settings<'_>) -> ClientId {
    let machine = fs::read_to_string(MACHINE_NAME).unwrap_or_default();
    if let Some(name) = whole_name(machine.trim()) {
        return ClientId::Domain(name);
    }
    let Some(server) = settings.document.effective(SERVER_HOSTNAME) else {
        return ClientId::default();
    };
    let host = server.host().as_str();
    match host.trim_matches(['[', ']']).parse() {
        Ok(IpAddr::V4(address)) => ClientId::Ipv4(address),
        Ok(IpAddr::V6(address)) => ClientId::Ipv6(address),
        Err(_) => whole_name(host).map_or_else(ClientId::default, ClientId::Domain),
    }
}

/// A name with its domain, which is sent as it is.
fn whole_name(name: &str) -> Option<String> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-.".contains(&byte);
    let is_whole = name.trim_matches('.').contains('.') && name.parse::<IpAddr>().is_err();
    let is_local = name.ends_with(".localdomain");
    let fits = name.len() <= NAME_CHARS_MAX && name.bytes().all(is_plain);
    (fits && is_whole && !is_local).then(|| name.to_owned())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_name_is_one_to_greet_with() {
        assert_eq!(whole_name("quay1.example.com").as_deref(), Some("quay1.example.com"));
        for bad in [
            "",
            "quay1",
            "quay1.",
            "10.0.0.1",
            "localhost.localdomain",
            "a.b\r\nMAIL FROM:<x>",
            "a b.example.com",
        ] {
            assert_eq!(whole_name(bad), None, "{bad}");
        }
    }
}
