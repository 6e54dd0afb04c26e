//! Checks certificates as Quay's libraries do, and remembers what was shown.

use super::{Tls, old};
use crate::clients::dial::Net;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{WebPkiServerVerifier, verify_server_name};
use rustls::crypto::{
    WebPkiSupportedAlgorithms, ring, verify_tls12_signature, verify_tls13_signature,
};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use x509_parser::prelude::{FromDer as _, GeneralName, X509Certificate};

/// Names of a certificate that are shown.
const NAMES_MAX: usize = 8;

/// How much of a certificate is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verify {
    /// Who signed it, its dates and its name.
    Full,
    /// The same; the common name counts as a name of the host where the certificate has no other.
    /// So do libpq, and Python's `ssl` unless it is told otherwise.
    FullOrCommonName,
    /// Who signed it and its dates.
    Chain,
    /// Nothing.
    Nothing,
}

/// What is known of a certificate that a server showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The names it is for.
    pub names: Vec<String>,
    /// Who signed it.
    pub issuer: String,
    /// Its last second, since 1970.
    pub until: i64,
}

/// Checks that a server has the key of its certificate.
type SignatureCheck = fn(
    &[u8],
    &CertificateDer<'_>,
    &DigitallySignedStruct,
    &WebPkiSupportedAlgorithms,
) -> Result<HandshakeSignatureValid, Error>;

/// A verifier that remembers.
#[derive(Debug)]
pub(super) struct Witness {
    verify: Verify,
    now: i64,
    own: Vec<CertificateDer<'static>>,
    chain: Option<Arc<WebPkiServerVerifier>>,
    algorithms: WebPkiSupportedAlgorithms,
    shown: Mutex<Option<Shown>>,
}

impl Witness {
    pub(super) fn new(net: &Net, tls: &Tls, now: i64) -> Self {
        let provider = Arc::new(ring::default_provider());
        let algorithms = provider.signature_verification_algorithms;
        let mut roots = RootCertStore::empty();
        if tls.verify != Verify::Nothing {
            roots.add_parsable_certificates(tls.authorities.own.iter().cloned());
            if tls.authorities.system {
                roots.add_parsable_certificates(net.system_roots().iter().cloned());
            }
        }
        let chain = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build();
        Self {
            verify: tls.verify,
            now,
            own: tls.authorities.own.clone(),
            chain: chain.ok(),
            algorithms,
            shown: Mutex::default(),
        }
    }

    pub(super) fn shown(&self) -> Option<Shown> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// OpenSSL, which Quay's libraries use, trusts a server's own certificate where it is given
    /// as an authority; webpki does not know that.
    ///
    /// Nor does it know certificates of the first version, signed by an authority that is given.
    fn is_trusted_itself(&self, end_entity: &CertificateDer<'_>) -> Result<bool, Error> {
        let is_given = self.own.iter().any(|own| own.as_ref() == end_entity.as_ref());
        if !is_given && !old::is_signed(end_entity, &self.own) {
            return Ok(false);
        }
        let bad = |_| Error::InvalidCertificate(CertificateError::BadEncoding);
        let (_, parsed) = X509Certificate::from_der(end_entity).map_err(bad)?;
        let validity = parsed.validity();
        if self.now > validity.not_after.timestamp() {
            return Err(Error::InvalidCertificate(CertificateError::Expired));
        }
        if self.now < validity.not_before.timestamp() {
            return Err(Error::InvalidCertificate(CertificateError::NotValidYet));
        }
        Ok(true)
    }

    /// Checks a signature of the server's: by `modern`, or as certificates of the first version
    /// are.
    fn signature(
        &self,
        modern: SignatureCheck,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let check = if old::is_old(certificate) { old::verify_signature } else { modern };
        check(message, certificate, signed, &self.algorithms)
    }

    /// Whether it does not matter that the certificate is for another name.
    fn overlooks_name(&self, end_entity: &CertificateDer<'_>, name: &ServerName<'_>) -> bool {
        match self.verify {
            Verify::Full => false,
            Verify::FullOrCommonName => old::common_name_fits(end_entity, name),
            Verify::Chain | Verify::Nothing => true,
        }
    }
}

impl ServerCertVerifier for Witness {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = shown(end_entity);
        if self.verify == Verify::Nothing {
            return Ok(ServerCertVerified::assertion());
        }
        if self.is_trusted_itself(end_entity)? {
            if !self.overlooks_name(end_entity, server_name) {
                let other = Error::InvalidCertificate(CertificateError::NotValidForName);
                let parsed = ParsedCertificate::try_from(end_entity).map_err(|_| other)?;
                verify_server_name(&parsed, server_name)?;
            }
            return Ok(ServerCertVerified::assertion());
        }
        let unknown = || Error::InvalidCertificate(CertificateError::UnknownIssuer);
        let chain = self.chain.as_ref().ok_or_else(unknown)?;
        let now = Duration::from_secs(u64::try_from(self.now).unwrap_or(0));
        let now = UnixTime::since_unix_epoch(now);
        let verdict = chain.verify_server_cert(end_entity, intermediates, server_name, ocsp, now);
        match verdict {
            Err(Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) if self.overlooks_name(end_entity, server_name) => {
                Ok(ServerCertVerified::assertion())
            }
            // An authority's own certificate as the server's, or one of the first version: that
            // nobody trusts it comes first.
            Err(Error::InvalidCertificate(CertificateError::Other(why)))
                if ["CaUsedAsEndEntity", "UnsupportedCertVersion"]
                    .iter()
                    .any(|known| why.to_string().contains(known)) =>
            {
                Err(unknown())
            }
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.signature(verify_tls12_signature, message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.signature(verify_tls13_signature, message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

fn shown(certificate: &CertificateDer<'_>) -> Option<Shown> {
    let (_, parsed) = X509Certificate::from_der(certificate).ok()?;
    let names = parsed.subject_alternative_name().ok().flatten();
    let names = names.map(|names| names.value.general_names.as_slice()).unwrap_or_default();
    let names = names.iter().filter_map(|name| match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => Some(address(bytes)),
        _ => None,
    });
    Some(Shown {
        names: names.take(NAMES_MAX).collect(),
        issuer: parsed.issuer().to_string(),
        until: parsed.validity().not_after.timestamp(),
    })
}

fn address(bytes: &[u8]) -> String {
    if let Ok(four) = <[u8; 4]>::try_from(bytes) {
        return std::net::Ipv4Addr::from(four).to_string();
    }
    <[u8; 16]>::try_from(bytes)
        .map_or_else(|_| "?".to_owned(), |all| std::net::Ipv6Addr::from(all).to_string())
}
