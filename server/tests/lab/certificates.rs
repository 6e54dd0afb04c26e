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
    /// Its certificate and those above it, without that of the root.
    chain: String,
}

/// A certificate and its key, in PEM.
pub(crate) struct Signed {
    /// The certificate.
    pub(crate) certificate: String,
    /// The key.
    pub(crate) key: String,
}

impl Authority {
    /// An authority of this name, which has signed itself.
    pub(crate) fn new(name: &str) -> Self {
        Self::of(authority(name))
    }

    /// The same, which ended long ago.
    pub(crate) fn over(name: &str) -> Self {
        let (mut params, key) = authority(name);
        params.not_after = date_time_ymd(2021, 1, 1);
        Self::of((params, key))
    }

    fn of((params, key): (CertificateParams, KeyPair)) -> Self {
        let pem = params.self_signed(&key).expect("a certificate can be made").pem();
        Self { issuer: Issuer::new(params, key), pem, chain: String::new() }
    }

    /// An authority of this name that this one has signed.
    pub(crate) fn below(&self, name: &str) -> Self {
        let (params, key) = authority(name);
        let pem = params.signed_by(&key, &self.issuer).expect("it can be signed").pem();
        let chain = format!("{pem}{}", self.chain);
        Self { issuer: Issuer::new(params, key), pem, chain }
    }

    /// Its own certificate, to be uploaded.
    pub(crate) fn pem(&self) -> &str {
        &self.pem
    }

    /// Signs a certificate for these names that lasts.
    pub(crate) fn sign(&self, names: &[&str]) -> Signed {
        self.sign_until(names, (2090, 1, 1))
    }

    /// The same, followed by the certificates of the authorities between it and the root.
    pub(crate) fn sign_with_chain(&self, names: &[&str]) -> Signed {
        let mut signed = self.sign(names);
        signed.certificate.push_str(&self.chain);
        signed
    }

    /// Signs a certificate that ended long ago.
    pub(crate) fn sign_expired(&self, names: &[&str]) -> Signed {
        self.sign_until(names, (2021, 1, 1))
    }

    /// Signs a certificate that lasts until this day.
    pub(crate) fn sign_until(&self, names: &[&str], (year, month, day): (i32, u8, u8)) -> Signed {
        let (mut params, key) = service(names);
        params.not_after = date_time_ymd(year, month, day);
        let certificate = params.signed_by(&key, &self.issuer).expect("it can be signed");
        Signed { certificate: certificate.pem(), key: key.serialize_pem() }
    }
}

/// What goes into the certificate of an authority, and its key.
fn authority(name: &str) -> (CertificateParams, KeyPair) {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2090, 1, 1);
    (params, KeyPair::generate().expect("there is randomness"))
}

/// What goes into the certificate of a service, and its key.
fn service(names: &[&str]) -> (CertificateParams, KeyPair) {
    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    let mut params = CertificateParams::new(names).expect("the names are good");
    params.distinguished_name.push(DnType::CommonName, "a service of the lab");
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2090, 1, 1);
    (params, KeyPair::generate().expect("there is randomness"))
}

impl Signed {
    /// A certificate for these names that has signed itself.
    pub(crate) fn by_itself(names: &[&str]) -> Self {
        let (params, key) = service(names);
        let certificate = params.self_signed(&key).expect("a certificate can be made");
        Self { certificate: certificate.pem(), key: key.serialize_pem() }
    }

    /// Writes both into a folder, as `server.crt` and `server.key`.
    pub(crate) fn write(&self, folder: &Path) -> (PathBuf, PathBuf) {
        let (certificate, key) = (folder.join("server.crt"), folder.join("server.key"));
        fs::write(&certificate, &self.certificate).expect("the folder is ours");
        fs::write(&key, &self.key).expect("the folder is ours");
        (certificate, key)
    }
}
