//! Reads certificates and keys, and says in facts what is in them.

use config_model::bundle::EXTRA_CA_FOLDER;
use config_model::certificate::{Certificate, FileContent, FileFacts, Files};
use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, SubjectPublicKeyInfoDer};
use std::collections::BTreeMap;
use std::sync::OnceLock;
use x509_parser::prelude::{FromDer as _, GeneralName, X509Certificate};
use x509_parser::public_key::PublicKey;

/// Certificates read from one file.
const CERTIFICATES_MAX: usize = 500;
/// The file Quay serves; its chain is followed and its key compared.
const SERVED: &str = "ssl.cert";

/// What is in each file.
pub fn facts(files: &BTreeMap<String, Vec<u8>>) -> Files {
    let served = files.get(SERVED).map(|bytes| certificates_in(bytes)).unwrap_or_default();
    let authorities: Vec<CertificateDer<'static>> = files
        .iter()
        .filter(|(name, _)| name.starts_with(EXTRA_CA_FOLDER) || name.starts_with("extra_ca_cert_"))
        .flat_map(|(_, bytes)| certificates_in(bytes))
        .collect();
    files
        .iter()
        .map(|(name, bytes)| {
            let chain = (name == SERVED).then_some(authorities.as_slice());
            let content = content(name, bytes, chain, served.first());
            (name.clone(), FileFacts { bytes: bytes.len() as u64, content })
        })
        .collect()
}

fn certificates_in(bytes: &[u8]) -> Vec<CertificateDer<'static>> {
    CertificateDer::pem_slice_iter(bytes).filter_map(Result::ok).take(CERTIFICATES_MAX).collect()
}

fn content(
    name: &str,
    bytes: &[u8],
    authorities: Option<&[CertificateDer<'static>]>,
    served: Option<&CertificateDer<'static>>,
) -> FileContent {
    let text = String::from_utf8_lossy(bytes);
    if text.contains("ENCRYPTED PRIVATE KEY") || text.contains("Proc-Type: 4,ENCRYPTED") {
        return unreadable(
            "it is a key protected by a passphrase, which nothing can enter when Quay starts. Remove it with: openssl pkey -in FILE -out ssl.key",
        );
    }
    if text.contains("PRIVATE KEY-----") && !text.contains("BEGIN CERTIFICATE-----") {
        return match PrivateKeyDer::from_pem_slice(bytes) {
            Ok(key) => private_key(&key, if name == "ssl.key" { served } else { None }),
            Err(_) => unreadable("it begins like a private key, but cannot be read as one."),
        };
    }
    if text.contains("BEGIN PUBLIC KEY-----") {
        return match SubjectPublicKeyInfoDer::from_pem_slice(bytes) {
            Ok(_) => FileContent::PublicKey,
            Err(_) => unreadable("it begins like a public key, but cannot be read as one."),
        };
    }
    let found =
        CertificateDer::pem_slice_iter(bytes).take(CERTIFICATES_MAX).collect::<Result<Vec<_>, _>>();
    match found {
        Ok(found) if !found.is_empty() => certificates(&found, authorities),
        Ok(_) if bytes.is_empty() => unreadable("it is empty."),
        Ok(_) if X509Certificate::from_der(bytes).is_ok() => unreadable(
            "it is a certificate in DER format. Turn it into PEM with: openssl x509 -inform der -in FILE -out ssl.cert",
        ),
        Ok(_) => unreadable(
            "there is no certificate and no key in it: a PEM file has a line -----BEGIN CERTIFICATE-----.",
        ),
        Err(_) => unreadable("it begins like a PEM file, but is damaged."),
    }
}

fn unreadable(why: &str) -> FileContent {
    FileContent::Unreadable(why.to_owned())
}

fn private_key(key: &PrivateKeyDer<'_>, served: Option<&CertificateDer<'static>>) -> FileContent {
    let Ok(signing) = any_supported_type(key) else {
        return FileContent::PrivateKey { kind: "of an unusual kind".to_owned(), matches: None };
    };
    let public = signing.public_key();
    let kind = public
        .as_ref()
        .and_then(|public| x509_parser::x509::SubjectPublicKeyInfo::from_der(public.as_ref()).ok())
        .map_or_else(|| format!("{:?}", signing.algorithm()), |(_, info)| key_kind(&info));
    let matches = served.and_then(|served| {
        let (_, certificate) = X509Certificate::from_der(served).ok()?;
        Some(certificate.public_key().raw == public?.as_ref())
    });
    FileContent::PrivateKey { kind, matches }
}

fn key_kind(info: &x509_parser::x509::SubjectPublicKeyInfo<'_>) -> String {
    match info.parsed() {
        Ok(PublicKey::RSA(key)) => format!("RSA {} bit", key.key_size()),
        Ok(PublicKey::EC(point)) => format!("EC {} bit", point.key_size()),
        _ if info.algorithm.algorithm.to_id_string() == "1.3.101.112" => "Ed25519".to_owned(),
        _ => "of an unusual kind".to_owned(),
    }
}

fn certificates(
    found: &[CertificateDer<'_>],
    authorities: Option<&[CertificateDer<'static>]>,
) -> FileContent {
    let parsed: Result<Vec<X509Certificate<'_>>, _> = found
        .iter()
        .map(|der| X509Certificate::from_der(der).map(|(_, certificate)| certificate))
        .collect();
    let Ok(parsed) = parsed else {
        return unreadable("it holds something that begins like a certificate and is none.");
    };
    let extra: Vec<X509Certificate<'_>> = authorities
        .unwrap_or_default()
        .iter()
        .filter_map(|der| X509Certificate::from_der(der).ok().map(|(_, certificate)| certificate))
        .collect();
    let described = parsed.iter().map(|certificate| {
        let missing = authorities.and_then(|_| missing_issuer(certificate, &parsed, &extra));
        describe(certificate, missing)
    });
    FileContent::Certificates(described.collect())
}

fn describe(certificate: &X509Certificate<'_>, missing_issuer: Option<String>) -> Certificate {
    Certificate {
        subject: distinguished(certificate.subject()),
        issuer: distinguished(certificate.issuer()),
        names: names(certificate),
        not_before: certificate.validity().not_before.timestamp(),
        not_after: certificate.validity().not_after.timestamp(),
        is_ca: certificate.is_ca(),
        self_signed: is_self_signed(certificate),
        missing_issuer,
    }
}

/// The common name where there is one, the whole name else.
fn distinguished(name: &x509_parser::x509::X509Name<'_>) -> String {
    let common = name.iter_common_name().next().and_then(|common| common.as_str().ok());
    common.map_or_else(|| name.to_string(), str::to_owned)
}

/// The DNS names and addresses in the certificate's own words; the common name counts no more.
fn names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(extension)) = certificate.subject_alternative_name() else { return Vec::new() };
    extension
        .value
        .general_names
        .iter()
        .filter_map(|name| match name {
            GeneralName::DNSName(name) => Some((*name).to_owned()),
            GeneralName::IPAddress(bytes) => match bytes {
                [a, b, c, d] => Some(std::net::Ipv4Addr::new(*a, *b, *c, *d).to_string()),
                bytes => <[u8; 16]>::try_from(*bytes)
                    .ok()
                    .map(|bytes| std::net::Ipv6Addr::from(bytes).to_string()),
            },
            _ => None,
        })
        .collect()
}

fn is_self_signed(certificate: &X509Certificate<'_>) -> bool {
    certificate.subject() == certificate.issuer() && certificate.verify_signature(None).is_ok()
}

/// Follows the issuers; the name of the first one that is neither here nor known to the system.
fn missing_issuer(
    from: &X509Certificate<'_>,
    chain: &[X509Certificate<'_>],
    authorities: &[X509Certificate<'_>],
) -> Option<String> {
    let mut current = from;
    for _ in 0..=chain.len() + authorities.len() {
        if is_self_signed(current) || system_knows(current.issuer().as_raw()) {
            return None;
        }
        let issuer = chain.iter().chain(authorities).find(|candidate| {
            candidate.subject() == current.issuer()
                && current.verify_signature(Some(candidate.public_key())).is_ok()
        });
        match issuer {
            Some(issuer) => current = issuer,
            None => return Some(distinguished(current.issuer())),
        }
    }
    None
}

/// Whether the machine's own trust store has an authority of this name.
fn system_knows(subject: &[u8]) -> bool {
    static SUBJECTS: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    SUBJECTS
        .get_or_init(|| {
            rustls_native_certs::load_native_certs()
                .certs
                .iter()
                .filter_map(|der| X509Certificate::from_der(der).ok())
                .map(|(_, certificate)| certificate.subject().as_raw().to_vec())
                .collect()
        })
        .iter()
        .any(|known| known == subject)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};

    fn authority(name: &str) -> CertifiedIssuer<'static, KeyPair> {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(rcgen::DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
    }

    fn files(entries: &[(&str, &str)]) -> BTreeMap<String, Vec<u8>> {
        entries.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect()
    }

    fn first(facts: &Files, name: &str) -> Certificate {
        config_model::certificate::certificates(facts, name)[0].clone()
    }

    #[test]
    fn a_certificate_is_read_and_its_key_compared() {
        let ca = authority("Example CA");
        let key = KeyPair::generate().unwrap();
        let other = KeyPair::generate().unwrap();
        let names = vec!["quay.example.com".to_owned(), "10.0.0.1".to_owned()];
        let cert = CertificateParams::new(names).unwrap().signed_by(&key, &ca).unwrap();
        let right = facts(&files(&[("ssl.cert", &cert.pem()), ("ssl.key", &key.serialize_pem())]));
        assert_eq!(first(&right, "ssl.cert").names, ["quay.example.com", "10.0.0.1"]);
        assert_eq!(first(&right, "ssl.cert").issuer, "Example CA");
        assert!(
            matches!(&right["ssl.key"].content, FileContent::PrivateKey { matches: Some(true), kind } if kind == "EC 256 bit")
        );
        let wrong =
            facts(&files(&[("ssl.cert", &cert.pem()), ("ssl.key", &other.serialize_pem())]));
        assert!(matches!(
            &wrong["ssl.key"].content,
            FileContent::PrivateKey { matches: Some(false), .. }
        ));
    }

    #[test]
    fn a_chain_is_complete_with_its_authority_and_not_without() {
        let ca = authority("Example CA");
        let key = KeyPair::generate().unwrap();
        let cert = CertificateParams::new(vec!["quay.example.com".to_owned()])
            .unwrap()
            .signed_by(&key, &ca)
            .unwrap();
        let alone = facts(&files(&[("ssl.cert", &cert.pem())]));
        assert_eq!(first(&alone, "ssl.cert").missing_issuer.as_deref(), Some("Example CA"));
        let beside =
            facts(&files(&[("ssl.cert", &cert.pem()), ("extra_ca_certs/ca.crt", &ca.pem())]));
        assert_eq!(first(&beside, "ssl.cert").missing_issuer, None);
        let within = format!("{}{}", cert.pem(), ca.pem());
        assert_eq!(
            first(&facts(&files(&[("ssl.cert", &within)])), "ssl.cert").missing_issuer,
            None
        );
        let namesake = authority("Example CA");
        let fooled =
            facts(&files(&[("ssl.cert", &cert.pem()), ("extra_ca_certs/ca.crt", &namesake.pem())]));
        assert_eq!(first(&fooled, "ssl.cert").missing_issuer.as_deref(), Some("Example CA"));
    }

    #[test]
    fn what_is_no_certificate_is_called_what_it_is() {
        let ca = authority("Example CA");
        let said = |bytes: &[u8]| match content("ssl.cert", bytes, None, None) {
            FileContent::Unreadable(why) => why,
            other => format!("{other:?}"),
        };
        assert_eq!(said(b""), "it is empty.");
        assert!(said(b"hello").starts_with("there is no certificate"));
        assert!(said(ca.der()).contains("DER"));
        assert!(
            said(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
                .contains("begins like")
        );
        assert!(said(b"-----BEGIN ENCRYPTED PRIVATE KEY-----\n").contains("passphrase"));
    }
}
