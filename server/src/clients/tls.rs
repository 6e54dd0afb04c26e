//! TLS as a client: whom to trust, what the server showed, and what exactly is wrong with it.

mod chain;
mod old;
#[cfg(test)]
mod tests;
mod verifier;

use super::dial::Net;
use super::wire::Wire;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{AlertDescription, CertificateError, ClientConfig, Error, PeerIncompatible};
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use verifier::Witness;
pub use verifier::{Shown, Verify};

/// Authorities read from one file.
const AUTHORITIES_MAX: usize = 500;

/// How long a handshake may take.
pub const HANDSHAKE_TIME: Duration = Duration::from_secs(5);

/// How a connection is to be encrypted.
#[derive(Clone)]
pub struct Tls {
    /// The name the server's certificate must be for.
    pub name: String,
    /// How much is checked.
    pub verify: Verify,
    /// Whose certificates are trusted.
    pub authorities: Authorities,
    /// What we show of ourselves.
    pub client: Option<Identity>,
    /// The protocols that are offered.
    pub alpn: Vec<Vec<u8>>,
}

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tls").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Whose certificates are trusted.
#[derive(Clone, Debug, Default)]
pub struct Authorities {
    /// These.
    pub own: Vec<CertificateDer<'static>>,
    /// And those that this machine trusts.
    pub system: bool,
}

impl Authorities {
    /// The certificates in a PEM file.
    pub fn in_pem(bytes: &[u8]) -> Vec<CertificateDer<'static>> {
        CertificateDer::pem_slice_iter(bytes).filter_map(Result::ok).take(AUTHORITIES_MAX).collect()
    }
}

/// A certificate and its key.
pub struct Identity {
    /// The certificate, then those that signed it.
    pub chain: Vec<CertificateDer<'static>>,
    /// Its key.
    pub key: PrivateKeyDer<'static>,
}

impl Clone for Identity {
    fn clone(&self) -> Self {
        Self { chain: self.chain.clone(), key: self.key.clone_key() }
    }
}

impl Identity {
    /// Reads both from PEM files.
    pub fn in_pem(chain: &[u8], key: &[u8]) -> Option<Self> {
        let chain = Authorities::in_pem(chain);
        let key = PrivateKeyDer::from_pem_slice(key).ok()?;
        (!chain.is_empty()).then_some(Self { chain, key })
    }
}

/// Why a connection could not be encrypted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TlsError {
    /// The certificate's time is over.
    #[error("the certificate has expired")]
    Expired,
    /// The certificate's time has not begun.
    #[error("the certificate is not valid yet")]
    NotYet,
    /// Nobody who is trusted has signed it.
    #[error("no trusted authority has signed the certificate")]
    Untrusted,
    /// Certificates that are given lead up from it, and not as far as a root.
    #[error("the chain of the certificate does not end in a root that is given")]
    Partial,
    /// It is good, and an authority above it is over.
    #[error("the certificate of an authority above it has expired")]
    AuthorityExpired,
    /// It is for another name.
    #[error("the certificate is for another name")]
    OtherName,
    /// There is something else wrong with it.
    #[error("the certificate cannot be used: {0}")]
    Certificate(String),
    /// What answers does not speak TLS.
    #[error("it does not speak TLS")]
    NotSpoken,
    /// Nothing comes back.
    #[error("it does not answer to TLS")]
    Silent,
    /// The other side ended the connection.
    #[error("it ended the connection")]
    Closed,
    /// The other side wants ciphers, curves or kinds of keys that we do not know.
    #[error("{0}")]
    NothingInCommon(String),
    /// The other side refused.
    #[error("{0}")]
    Refused(String),
    /// What we were told to use cannot be used.
    #[error("{0}")]
    Ours(String),
}

/// An encrypted connection.
#[derive(Debug)]
pub struct Secured {
    /// What goes through it in clear.
    pub wire: Wire,
    /// The version of TLS, such as `TLS 1.3`.
    pub version: &'static str,
    /// What the server showed.
    pub shown: Option<Shown>,
}

/// Encrypts a connection. What the server showed is told even if it was not good enough.
pub async fn secure(
    net: &Net,
    wire: Wire,
    tls: &Tls,
    now: i64,
) -> Result<Secured, (TlsError, Option<Shown>)> {
    let ours = |why: String| (TlsError::Ours(why), None);
    let bare = tls.name.trim_start_matches('[').trim_end_matches(']').to_owned();
    let name = ServerName::try_from(bare).map_err(|_| ours("the name is no host name".into()))?;
    let witness = Arc::new(Witness::new(net, tls, now));
    let config = config(tls, witness.clone()).map_err(|error| ours(error.to_string()))?;
    let connected = TlsConnector::from(Arc::new(config)).connect(name, wire);
    let Ok(connected) = timeout(HANDSHAKE_TIME, connected).await else {
        return Err((TlsError::Silent, witness.shown()));
    };
    match connected {
        Ok(stream) => {
            let version = match stream.get_ref().1.protocol_version() {
                Some(rustls::ProtocolVersion::TLSv1_3) => "TLS 1.3",
                Some(rustls::ProtocolVersion::TLSv1_2) => "TLS 1.2",
                _ => "TLS",
            };
            Ok(Secured { wire: Wire::new(stream), version, shown: witness.shown() })
        }
        Err(error) => {
            let shown = witness.shown();
            Err((fault(&error, shown.as_ref(), now), shown))
        }
    }
}

fn config(tls: &Tls, witness: Arc<Witness>) -> Result<ClientConfig, Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(witness);
    let mut config = match tls.client.clone() {
        Some(client) => builder.with_client_auth_cert(client.chain, client.key)?,
        None => builder.with_no_client_auth(),
    };
    config.alpn_protocols.clone_from(&tls.alpn);
    Ok(config)
}

/// What a failed handshake means.
fn fault(error: &io::Error, shown: Option<&Shown>, now: i64) -> TlsError {
    let Some(inner) = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) else {
        return TlsError::Closed;
    };
    match inner {
        Error::InvalidCertificate(why) => certificate_fault(why, shown, now),
        Error::InvalidMessage(_) => TlsError::NotSpoken,
        // Servers refuse so what is offered to them, before they show a certificate. What they
        // refuse afterwards is that we show none.
        Error::AlertReceived(
            AlertDescription::HandshakeFailure | AlertDescription::InsufficientSecurity,
        ) if shown.is_none() => TlsError::NothingInCommon(inner.to_string()),
        Error::PeerIncompatible(why) if !is_too_old(why) => {
            TlsError::NothingInCommon(inner.to_string())
        }
        other => TlsError::Refused(other.to_string()),
    }
}

/// Whether a server speaks nothing later than TLS 1.1.
fn is_too_old(why: &PeerIncompatible) -> bool {
    matches!(
        why,
        PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig
    )
}

/// What is wrong with a certificate.
fn certificate_fault(why: &CertificateError, shown: Option<&Shown>, now: i64) -> TlsError {
    match why {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            if shown.is_some_and(|shown| shown.until >= now) {
                TlsError::AuthorityExpired
            } else {
                TlsError::Expired
            }
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            TlsError::NotYet
        }
        CertificateError::UnknownIssuer if shown.is_some_and(|shown| shown.partial) => {
            TlsError::Partial
        }
        CertificateError::UnknownIssuer if shown.is_some_and(|shown| shown.over) => {
            TlsError::AuthorityExpired
        }
        CertificateError::UnknownIssuer => TlsError::Untrusted,
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            TlsError::OtherName
        }
        CertificateError::UnsupportedSignatureAlgorithmContext { .. }
        | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
            let why = "a certificate of its chain is signed in a way that is unknown here";
            TlsError::NothingInCommon(why.to_owned())
        }
        other => TlsError::Certificate(other.to_string()),
    }
}
