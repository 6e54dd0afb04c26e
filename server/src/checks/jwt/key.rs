//! The public key with which Quay checks the tokens of the service.

use super::{KEY_IS_CERTIFICATE, KEY_IS_PRIVATE, KEY_NOT_RSA};
use crate::checks::common::{FILE_MISSING, FILE_UNUSABLE};
use crate::checks::course::{Course, Done};
use crate::checks::fault::Told;
use cluster::check::StageKind;
use config_model::sections::jwt::JWT_CERT;
use jsonwebtoken::DecodingKey;
use x509_parser::pem::parse_x509_pem;
use x509_parser::prelude::FromDer as _;
use x509_parser::public_key::PublicKey;
use x509_parser::x509::SubjectPublicKeyInfo;

/// Looks at the file alone.
pub(super) fn attempt(course: &Course) -> Done {
    let step = course.begin(StageKind::Settings, "the public key of the service");
    match read(course) {
        Ok((_, kind)) => {
            step.pass(kind);
            Ok(())
        }
        Err(told) => Err(step.fail("", told)),
    }
}

/// The key, and what it is in words.
pub(super) fn read(course: &Course) -> Result<(DecodingKey, String), Told> {
    let file = JWT_CERT.name;
    let places = [("file", file)];
    let bytes = course.file(file).ok_or_else(|| FILE_MISSING.with(&places))?;
    let unusable = |reason: &str| FILE_UNUSABLE.with(&[("file", file), ("reason", reason)]);
    let (_, pem) = parse_x509_pem(bytes).map_err(|_| unusable("it is no PEM file"))?;
    match pem.label.as_str() {
        // PKCS #1, which Quay's library reads as well.
        "RSA PUBLIC KEY" => Ok((DecodingKey::from_rsa_der(&pem.contents), "RSA".to_owned())),
        "PUBLIC KEY" => {
            let (_, info) = SubjectPublicKeyInfo::from_der(&pem.contents)
                .map_err(|_| unusable("it begins like a public key, but cannot be read as one"))?;
            let Ok(PublicKey::RSA(key)) = info.parsed() else {
                return Err(KEY_NOT_RSA.with(&places));
            };
            let der = info.subject_public_key.data.as_ref();
            Ok((DecodingKey::from_rsa_der(der), format!("RSA {} bit", key.key_size())))
        }
        "CERTIFICATE" => Err(KEY_IS_CERTIFICATE.with(&places)),
        label if label.ends_with("PRIVATE KEY") => Err(KEY_IS_PRIVATE.with(&places)),
        _ => Err(unusable("it holds something else than a public key")),
    }
}
