//! Certificates for the services of the lab, good ones and bad ones.

use rcgen::{
    BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};
use std::fs;
use std::path::{Path, PathBuf};

/// An authority that signs.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

/// A certificate and its key, in PEM.
pub(crate) struct Signed {
    /// The certificate.
    pub(crate) certificate: String,
    /// The key.
    pub(crate) key: String,
}

impl Authority {
    /// An authority of this name.
    pub(crate) fn new(name: &str) -> Self {
        let key = KeyPair::generate().expect("there is randomness");
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2090, 1, 1);
        let pem = params.self_signed(&key).expect("a certificate can be made").pem();
        Self { issuer: Issuer::new(params, key), pem }
    }

    /// Its own certificate, to be uploaded.
    pub(crate) fn pem(&self) -> &str {
        &self.pem
    }

    /// Signs a certificate for these names that lasts.
    pub(crate) fn sign(&self, names: &[&str]) -> Signed {
        self.sign_until(names, (2090, 1, 1))
    }

    /// Signs a certificate that ended long ago.
    pub(crate) fn sign_expired(&self, names: &[&str]) -> Signed {
        self.sign_until(names, (2021, 1, 1))
    }

    /// Signs a certificate that lasts until this day.
    pub(crate) fn sign_until(&self, names: &[&str], (year, month, day): (i32, u8, u8)) -> Signed {
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        let key = KeyPair::generate().expect("there is randomness");
        let mut params = CertificateParams::new(names).expect("the names are good");
        params.distinguished_name.push(DnType::CommonName, "a service of the lab");
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(year, month, day);
        let certificate = params.signed_by(&key, &self.issuer).expect("it can be signed");
        Signed { certificate: certificate.pem(), key: key.serialize_pem() }
    }
}

impl Signed {
    /// Writes both into a folder, as `server.crt` and `server.key`.
    pub(crate) fn write(&self, folder: &Path) -> (PathBuf, PathBuf) {
        let (certificate, key) = (folder.join("server.crt"), folder.join("server.key"));
        fs::write(&certificate, &self.certificate).expect("the folder is ours");
        fs::write(&key, &self.key).expect("the folder is ours");
        (certificate, key)
    }
}
