//! The first stages of nearly every check: name, connection, TLS.

use super::faults::VALUE_NOT_SENDABLE;
use super::{Course, Stopped};
use crate::checks::common;
use crate::checks::fault::Told;
use crate::clients::dial::{DialError, NameError};
use crate::clients::http::{Http, HttpError, Origin, REQUEST_TIME};
use crate::clients::tls::{self, Identity, Shown, Tls, TlsError, Verify};
use crate::clients::wire::{TooMuch, Wire};
use app::text::utc_date;
use cluster::check::StageKind;
use std::net::SocketAddr;

/// Days before its end at which a certificate is spoken of.
const SOON_DAYS: i64 = 30;
const DAY_SECONDS: i64 = 24 * 60 * 60;
/// Where authorities are uploaded, unless a service has a file of its own.
pub const EXTRA_AUTHORITIES: &str = "under Additional certificates, as a file of extra_ca_certs";

/// A connection, and where it leads.
#[derive(Debug)]
pub struct Reached {
    /// The connection.
    pub wire: Wire,
    /// The address that answered.
    pub address: SocketAddr,
}

impl Course {
    /// Finds the address of a name and connects to it: two stages.
    pub async fn reach(&self, host: &str, port: u16) -> Result<Reached, Stopped> {
        self.reach_or(host, host, port, |error| not_connected(error, host, port)).await
    }

    /// The same where no connection has a meaning of its own. `tried` is shown for the name.
    pub async fn reach_or(
        &self,
        tried: &str,
        host: &str,
        port: u16,
        means: impl Fn(&DialError) -> Told,
    ) -> Result<Reached, Stopped> {
        let addresses = self.find_or(tried, host, port, &means).await?;
        let step = self.begin(StageKind::Connection, format!("{host} port {port}"));
        match self.net().connect(&addresses).await {
            Ok((wire, address)) => {
                step.pass(format!("connected to {address}"));
                Ok(Reached { wire, address })
            }
            Err(error) => Err(step.fail(error.to_string(), means(&error))),
        }
    }

    /// Finds the addresses of a name: one stage.
    pub async fn find(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, Stopped> {
        self.find_or(host, host, port, |error| not_connected(error, host, port)).await
    }

    async fn find_or(
        &self,
        tried: &str,
        host: &str,
        port: u16,
        means: impl Fn(&DialError) -> Told,
    ) -> Result<Vec<SocketAddr>, Stopped> {
        let step = self.begin(StageKind::Name, tried);
        match self.net().resolve(host, port).await {
            Ok(addresses) => {
                let shown: Vec<String> =
                    addresses.iter().map(|address| address.ip().to_string()).collect();
                step.pass(shown.join(", "));
                Ok(addresses)
            }
            Err(error) => Err(step.fail(error.to_string(), means(&error))),
        }
    }

    /// Encrypts a connection and checks the certificate: one stage.
    ///
    /// `upload` says where the certificate of an unknown authority belongs.
    pub async fn secure(
        &self,
        wire: Wire,
        tls: &Tls,
        port: u16,
        upload: &str,
    ) -> Result<Wire, Stopped> {
        let host = tls.name.as_str();
        let tried = match tls.verify {
            Verify::Full | Verify::FullOrCommonName => {
                format!("the certificate of {host}, its authority, dates and name")
            }
            Verify::Chain => format!("the certificate of {host}, its authority and dates"),
            Verify::Nothing => format!("encryption with {host}; its certificate is not checked"),
        };
        let step = self.begin(StageKind::Tls, tried);
        match tls::secure(self.net(), wire, tls, self.now()).await {
            Ok(secured) => {
                let shown = secured.shown.as_ref();
                let until = shown.map_or(i64::MAX, |shown| shown.until);
                let answer = match shown {
                    Some(shown) => format!(
                        "{}, issued by {}, valid until {}",
                        secured.version,
                        shown.issuer,
                        utc_date(shown.until)
                    ),
                    None => secured.version.to_owned(),
                };
                let left = until.saturating_sub(self.now()) / DAY_SECONDS;
                if tls.verify != Verify::Nothing && left < SOON_DAYS {
                    let places =
                        [("host", host), ("until", &utc_date(until)), ("days", &left.to_string())];
                    step.warn(answer, common::CERTIFICATE_EXPIRES_SOON.with(&places));
                } else {
                    step.pass(answer);
                }
                Ok(secured.wire)
            }
            Err((error, shown)) => Err(step
                .fail(error.to_string(), not_secured(&error, shown.as_ref(), host, port, upload))),
        }
    }

    /// How a service of this name is checked unless it has settings of its own: wholly, against
    /// the authorities of the machine and the uploaded ones.
    pub fn usual_tls(&self, host: &str) -> Tls {
        Tls {
            name: host.to_owned(),
            verify: Verify::Full,
            authorities: self.authorities(),
            client: None,
            alpn: Vec::new(),
        }
    }

    /// Connects to a web service: name, connection and, for https, TLS.
    pub async fn http(&self, origin: &Origin) -> Result<Http, Stopped> {
        let tls = origin.tls.then(|| self.usual_tls(&origin.host));
        self.http_with(origin, tls).await
    }

    /// The same with TLS settings of the service's own; `None` is plain HTTP.
    pub async fn http_with(&self, origin: &Origin, tls: Option<Tls>) -> Result<Http, Stopped> {
        let Reached { mut wire, address } = self.reach(&origin.host, origin.port).await?;
        if let Some(tls) = &tls {
            wire = self.secure(wire, tls, origin.port, EXTRA_AUTHORITIES).await?;
        }
        let net = self.net().clone();
        match Http::over(net, origin.clone(), address, tls, self.now(), wire).await {
            Ok(http) => Ok(http),
            Err(error) => {
                let step = self.begin(StageKind::Service, "HTTP");
                Err(step.fail(error.to_string(), no_http(&error, origin)))
            }
        }
    }

    /// The certificate and key in two uploaded files.
    pub fn identity(&self, chain: &str, key: &str) -> Result<Identity, Told> {
        let file = |name: &str| {
            self.file(name).ok_or_else(|| common::FILE_MISSING.with(&[("file", name)]))
        };
        Identity::in_pem(file(chain)?, file(key)?).ok_or_else(|| {
            let reason = "it is no PEM file with a certificate, or its key is none";
            common::FILE_UNUSABLE.with(&[("file", chain), ("reason", reason)])
        })
    }
}

/// What it means that there is no connection.
pub fn not_connected(error: &DialError, host: &str, port: u16) -> Told {
    let port = port.to_string();
    let places = [("host", host), ("port", port.as_str())];
    match error {
        DialError::Unknown(NameError::NoAddress(_)) => common::NAME_UNKNOWN.with(&places),
        DialError::Unknown(NameError::Silent(_)) => common::RESOLVER_SILENT.with(&places),
        DialError::Refused(_) => common::CONNECTION_REFUSED.with(&places),
        DialError::Silent(_) => common::CONNECTION_SILENT.with(&places),
        DialError::Unreachable(..) => common::CONNECTION_UNREACHABLE.with(&places),
    }
}

/// What it means that a connection could not be encrypted.
pub fn not_secured(
    error: &TlsError,
    shown: Option<&Shown>,
    host: &str,
    port: u16,
    upload: &str,
) -> Told {
    let port = port.to_string();
    let until = shown.map(|shown| utc_date(shown.until)).unwrap_or_default();
    let issuer = shown.map(|shown| shown.root.clone()).unwrap_or_default();
    let names = match shown.map(|shown| shown.names.as_slice()) {
        Some([]) | None => "no host name".to_owned(),
        Some(names) => names.join(", "),
    };
    let reason = error.to_string();
    let places = [
        ("host", host),
        ("port", port.as_str()),
        ("until", until.as_str()),
        ("issuer", issuer.as_str()),
        ("names", names.as_str()),
        ("reason", reason.as_str()),
        ("where", upload),
    ];
    match error {
        TlsError::Expired => common::CERTIFICATE_EXPIRED.with(&places),
        TlsError::NotYet => common::CERTIFICATE_NOT_YET.with(&places),
        TlsError::Untrusted => common::CERTIFICATE_UNTRUSTED.with(&places),
        TlsError::Partial => common::CERTIFICATE_CHAIN.with(&places),
        TlsError::AuthorityExpired => common::AUTHORITY_EXPIRED.with(&places),
        TlsError::OtherName => common::CERTIFICATE_NAME.with(&places),
        TlsError::Certificate(_) => common::CERTIFICATE_UNUSABLE.with(&places),
        TlsError::Silent => common::TLS_SILENT.with(&places),
        TlsError::NotSpoken => common::TLS_NOT_SPOKEN.with(&places),
        TlsError::Closed => common::CONNECTION_CLOSED.with(&places),
        TlsError::NothingInCommon(_) => common::TLS_NOTHING_IN_COMMON.with(&places),
        TlsError::Refused(_) | TlsError::Ours(_) => common::TLS_REFUSED.with(&places),
    }
}

/// What it means that there is no answer in HTTP.
pub fn no_http(error: &HttpError, origin: &Origin) -> Told {
    let port = origin.port.to_string();
    let places = [("host", origin.host.as_str()), ("port", port.as_str()), ("protocol", "HTTP")];
    match error {
        HttpError::NotHttp => common::OTHER_PROTOCOL.with(&places),
        HttpError::Ours(reason) => VALUE_NOT_SENDABLE.with(&[("reason", reason)]),
        HttpError::Closed => common::CONNECTION_CLOSED.with(&places),
        HttpError::TooMuch => common::TOO_MUCH.with(&places),
        HttpError::Silent(_) => {
            common::NO_ANSWER.with(&[("seconds", &REQUEST_TIME.as_secs().to_string())])
        }
        HttpError::Dial(error) => not_connected(error, &origin.host, origin.port),
        HttpError::Tls(error) => {
            not_secured(error, None, &origin.host, origin.port, EXTRA_AUTHORITIES)
        }
    }
}

/// What it means that reading or writing failed, for protocols of our own making.
pub fn broken(error: &std::io::Error, host: &str, port: u16, protocol: &str) -> Told {
    let port = port.to_string();
    let places = [("host", host), ("port", port.as_str()), ("protocol", protocol)];
    let much = error.get_ref().is_some_and(<dyn std::error::Error + Send + Sync>::is::<TooMuch>);
    if much { common::TOO_MUCH.with(&places) } else { common::CONNECTION_CLOSED.with(&places) }
}
