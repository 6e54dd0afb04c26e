//! The way from a certificate up to its root, as far as it is known.
//!
//! OpenSSL, which Quay's libraries use, trusts only what goes back to a root, a certificate that
//! has signed itself. webpki would be content with any authority on the way that it is given.

use super::old::parsed;
use rustls::pki_types::CertificateDer;
use x509_parser::prelude::X509Certificate;

/// Authorities above a certificate that are looked for. Real chains have two or three.
const STEPS_MAX: usize = 10;

/// What is known of the way up from a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Way {
    /// Who has signed the last certificate on it: the one that is missing, or the root.
    pub(super) top: String,
    /// Whether a certificate that is given lies on it.
    pub(super) given: bool,
    /// Whether it ends in a root that is given.
    pub(super) complete: bool,
    /// The last second of the last certificate on it, since 1970.
    pub(super) until: i64,
}

/// Whether a certificate says that it has signed itself.
pub(super) fn is_root(certificate: &CertificateDer<'_>) -> bool {
    parsed(certificate).is_some_and(|parsed| is_own_issuer(&parsed))
}

/// The last second of a certificate, since 1970.
pub(super) fn until(certificate: &CertificateDer<'_>) -> Option<i64> {
    Some(parsed(certificate)?.validity().not_after.timestamp())
}

/// Goes up from a certificate, by those that are `given` and those that were `sent` along with it.
pub(super) fn way_up(
    from: &CertificateDer<'_>,
    given: &[CertificateDer<'_>],
    sent: &[CertificateDer<'_>],
) -> Option<Way> {
    let known: Vec<X509Certificate<'_>> = given.iter().filter_map(parsed).collect();
    let sent: Vec<X509Certificate<'_>> = sent.iter().filter_map(parsed).collect();
    let is_given =
        |this: &X509Certificate<'_>| known.iter().any(|known| known.as_raw() == this.as_raw());
    let first = parsed(from)?;
    let mut last = &first;
    let mut given = is_given(last);
    for _ in 0..STEPS_MAX {
        if is_own_issuer(last) {
            break;
        }
        // What is given comes first, as with OpenSSL.
        let above = known.iter().chain(&sent).find(|above| has_signed(above, last));
        let Some(above) = above else { break };
        given |= is_given(above);
        last = above;
    }
    let complete = is_own_issuer(last) && is_given(last);
    let until = last.validity().not_after.timestamp();
    Some(Way { top: last.issuer().to_string(), given, complete, until })
}

fn is_own_issuer(certificate: &X509Certificate<'_>) -> bool {
    certificate.subject().as_raw() == certificate.issuer().as_raw()
}

fn has_signed(authority: &X509Certificate<'_>, signed: &X509Certificate<'_>) -> bool {
    authority.subject().as_raw() == signed.issuer().as_raw()
        && signed.verify_signature(Some(authority.public_key())).is_ok()
}
