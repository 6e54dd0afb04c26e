//! What OpenSSL takes of certificates, and webpki does not: the first version of X.509, and a
//! host name in the place of a person's.
//!
//! `openssl x509 -req` makes certificates of the first version unless it is told otherwise, and
//! manuals, the one of `PostgreSQL` among them, do not tell it. They have no extensions, so the
//! only name in them is the common name.

use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::WebPkiSupportedAlgorithms;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{CertificateError, DigitallySignedStruct, Error};
use x509_parser::prelude::{FromDer as _, GeneralName, X509Certificate, X509Version};

/// A certificate, taken apart.
pub(super) fn parsed<'a>(certificate: &'a CertificateDer<'_>) -> Option<X509Certificate<'a>> {
    X509Certificate::from_der(certificate).ok().map(|(_, parsed)| parsed)
}

/// Whether a certificate is of the first version.
pub(super) fn is_old(certificate: &CertificateDer<'_>) -> bool {
    parsed(certificate).is_some_and(|parsed| parsed.version() == X509Version::V1)
}

/// Checks that a server has the key of its certificate of the first version.
pub(super) fn verify_signature(
    message: &[u8],
    certificate: &CertificateDer<'_>,
    signed: &DigitallySignedStruct,
    algorithms: &WebPkiSupportedAlgorithms,
) -> Result<HandshakeSignatureValid, Error> {
    let bad = |why| Error::InvalidCertificate(why);
    let parsed = parsed(certificate).ok_or_else(|| bad(CertificateError::BadEncoding))?;
    let key = parsed.public_key().subject_public_key.data.as_ref();
    let known = algorithms.mapping.iter().filter(|(scheme, _)| *scheme == signed.scheme);
    let is_good = known
        .flat_map(|(_, algorithms)| algorithms.iter())
        .any(|algorithm| algorithm.verify_signature(key, message, signed.signature()).is_ok());
    if is_good {
        Ok(HandshakeSignatureValid::assertion())
    } else {
        Err(bad(CertificateError::BadSignature))
    }
}

/// Whether a certificate names no host as it should, and names this one as its common name.
pub(super) fn common_name_fits(certificate: &CertificateDer<'_>, name: &ServerName<'_>) -> bool {
    let Some(parsed) = parsed(certificate) else { return false };
    let names = parsed.subject_alternative_name().ok().flatten();
    let names = names.map(|names| names.value.general_names.as_slice()).unwrap_or_default();
    if names.iter().any(|name| matches!(name, GeneralName::DNSName(_))) {
        return false;
    }
    let host = name.to_str();
    let common = parsed.subject().iter_common_name().next();
    common.and_then(|common| common.as_str().ok()).is_some_and(|common| fits(common, &host))
}

/// Whether a name of a certificate, which may begin with an asterisk, is the name of a host.
fn fits(pattern: &str, host: &str) -> bool {
    let is_wild = |rest: &str| {
        host.split_once('.').is_some_and(|(first, domain)| {
            !first.is_empty() && domain.contains('.') && domain.eq_ignore_ascii_case(rest)
        })
    };
    pattern.eq_ignore_ascii_case(host) || pattern.strip_prefix("*.").is_some_and(is_wild)
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn an_asterisk_stands_for_one_part_of_a_name() {
        assert!(fits("DB01.example.com", "db01.example.com"));
        assert!(fits("*.example.com", "db01.Example.com"));
        for (pattern, host) in [
            ("*.example.com", "a.db01.example.com"),
            ("*.example.com", "example.com"),
            ("*.com", "example.com"),
            ("db02.example.com", "db01.example.com"),
            ("*", "db01"),
        ] {
            assert!(!fits(pattern, host), "{pattern} {host}");
        }
    }
}
