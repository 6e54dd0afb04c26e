//! Checks certificates as Quay's libraries do, and remembers what was shown.

use super::{Tls, chain, old};
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
/// What is in the identifier of everything that has to do with elliptic curves: 1.2.840.10045.
const CURVES: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d];

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
    /// The authority above all that are known: whoever trusts the certificate has to trust this
    /// one. It is looked for where nobody does; else it is the issuer.
    pub root: String,
    /// Its last second, since 1970.
    pub until: i64,
    /// Whether it is for the name that was asked for.
    pub fits: bool,
    /// Whether it is not trusted, but certificates that are given lead up from it.
    pub partial: bool,
    /// Whether it is not trusted because the root that is given is over.
    pub over: bool,
    /// The certificate itself.
    pub certificate: CertificateDer<'static>,
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
    /// Those of `own` that are no roots.
    between: Vec<CertificateDer<'static>>,
    chain: Option<Arc<WebPkiServerVerifier>>,
    algorithms: WebPkiSupportedAlgorithms,
    shown: Mutex<Option<Shown>>,
}

impl Witness {
    pub(super) fn new(net: &Net, tls: &Tls, now: i64) -> Self {
        let provider = Arc::new(ring::default_provider());
        let algorithms = provider.signature_verification_algorithms;
        let own = tls.authorities.own.clone();
        let (ends, between): (Vec<_>, Vec<_>) = own.iter().cloned().partition(chain::is_root);
        let mut roots = RootCertStore::empty();
        if tls.verify != Verify::Nothing {
            // webpki does not ask how old a root is. OpenSSL does.
            let is_over = |root: &CertificateDer<'_>| chain::until(root).is_some_and(|at| at < now);
            roots.add_parsable_certificates(ends.into_iter().filter(|root| !is_over(root)));
            if tls.authorities.system {
                roots.add_parsable_certificates(net.system_roots().iter().cloned());
            }
        }
        let chain = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build();
        Self {
            verify: tls.verify,
            now,
            own,
            between,
            chain: chain.ok(),
            algorithms,
            shown: Mutex::default(),
        }
    }

    pub(super) fn shown(&self) -> Option<Shown> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// OpenSSL, which Quay's libraries use, trusts a server's own certificate where it has signed
    /// itself and is given as an authority; webpki does not know that.
    ///
    /// Nor does it know certificates of the first version that go back to a root that is given.
    fn is_trusted_itself(
        &self,
        end_entity: &CertificateDer<'_>,
        sent: &[CertificateDer<'_>],
    ) -> Result<bool, Error> {
        if !chain::is_root(end_entity) && !old::is_old(end_entity) {
            return Ok(false);
        }
        let way = chain::way_up(end_entity, &self.own, sent);
        let is_root = chain::is_root(end_entity);
        if way.is_none_or(|way| !way.complete || (way.until < self.now && !is_root)) {
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

    fn check_name(
        &self,
        end_entity: &CertificateDer<'_>,
        name: &ServerName<'_>,
    ) -> Result<ServerCertVerified, Error> {
        if !self.overlooks_name(end_entity, name) {
            let other = Error::InvalidCertificate(CertificateError::NotValidForName);
            let parsed = ParsedCertificate::try_from(end_entity).map_err(|_| other)?;
            verify_server_name(&parsed, name)?;
        }
        Ok(ServerCertVerified::assertion())
    }

    /// Checks a certificate as much as is wanted.
    fn judge(
        &self,
        end_entity: &CertificateDer<'_>,
        sent: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp: &[u8],
    ) -> Result<ServerCertVerified, Error> {
        if self.verify == Verify::Nothing {
            return Ok(ServerCertVerified::assertion());
        }
        if self.is_trusted_itself(end_entity, sent)? {
            return self.check_name(end_entity, server_name);
        }
        let unknown = || Error::InvalidCertificate(CertificateError::UnknownIssuer);
        let chain = self.chain.as_ref().ok_or_else(unknown)?;
        let mut between = sent.to_vec();
        between.extend(self.between.iter().cloned());
        let now = Duration::from_secs(u64::try_from(self.now).unwrap_or(0));
        let now = UnixTime::since_unix_epoch(now);
        match chain.verify_server_cert(end_entity, &between, server_name, ocsp, now) {
            Err(Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) if self.overlooks_name(end_entity, server_name) => {
                Ok(ServerCertVerified::assertion())
            }
            // An authority has this name, and another key than the one that signed.
            Err(Error::InvalidCertificate(CertificateError::BadSignature)) => Err(unknown()),
            Err(Error::InvalidCertificate(
                CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext {
                    signature_algorithm_id,
                    public_key_algorithm_id,
                },
            )) if are_of_two_kinds(&signature_algorithm_id, &public_key_algorithm_id) => {
                Err(unknown())
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
        let verdict = self.judge(end_entity, intermediates, server_name, ocsp);
        let mut seen = shown(end_entity);
        if let Some(shown) = &mut seen {
            shown.fits = self.check_name(end_entity, server_name).is_ok();
            if matches!(verdict, Err(Error::InvalidCertificate(CertificateError::UnknownIssuer)))
                && let Some(way) = chain::way_up(end_entity, &self.own, intermediates)
            {
                shown.partial = way.given && !way.complete;
                shown.over = way.complete && way.until < self.now;
                shown.root = way.top;
            }
        }
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = seen;
        verdict
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

/// Whether a signature cannot come from such a key at all: only one of them has to do with curves.
fn are_of_two_kinds(signature: &[u8], key: &[u8]) -> bool {
    let has_curves = |id: &[u8]| id.windows(CURVES.len()).any(|part| part == CURVES);
    has_curves(signature) != has_curves(key)
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
    let issuer = parsed.issuer().to_string();
    Some(Shown {
        names: names.take(NAMES_MAX).collect(),
        root: issuer.clone(),
        issuer,
        until: parsed.validity().not_after.timestamp(),
        fits: false,
        partial: false,
        over: false,
        certificate: certificate.clone().into_owned(),
    })
}

fn address(bytes: &[u8]) -> String {
    if let Ok(four) = <[u8; 4]>::try_from(bytes) {
        return std::net::Ipv4Addr::from(four).to_string();
    }
    <[u8; 16]>::try_from(bytes)
        .map_or_else(|_| "?".to_owned(), |all| std::net::Ipv6Addr::from(all).to_string())
}
