//! Chains of certificates, judged as Quay's libraries judge them.

use super::verifier::Witness;
use super::{Authorities, Shown, Tls, TlsError, Verify, fault};
use crate::clients::dial::Net;
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd,
};
use rustls::client::danger::ServerCertVerifier as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{AlertDescription, Error, PeerIncompatible};
use std::io;

/// When the certificates are looked at: in November 2026.
const NOW: i64 = 1_795_000_000;
const HOST: &str = "db.example.com";

/// An authority. It can have several certificates, by as many others.
struct Maker {
    params: CertificateParams,
    key: KeyPair,
}

impl Maker {
    fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.not_after = date_time_ymd(2090, 1, 1);
        Self { params, key: KeyPair::generate().unwrap() }
    }

    fn root(&self) -> Certificate {
        self.params.self_signed(&self.key).unwrap()
    }

    fn by(&self, above: &Self) -> Certificate {
        self.params.signed_by(&self.key, &above.issuer()).unwrap()
    }

    /// The same, over since 2021.
    fn by_long_ago(&self, above: &Self) -> Certificate {
        let mut params = self.params.clone();
        params.not_after = date_time_ymd(2021, 1, 1);
        params.signed_by(&self.key, &above.issuer()).unwrap()
    }

    fn issuer(&self) -> Issuer<'_, &KeyPair> {
        Issuer::from_params(&self.params, &self.key)
    }

    /// A certificate of the host.
    fn signs(&self) -> Certificate {
        leaf().signed_by(&KeyPair::generate().unwrap(), &self.issuer()).unwrap()
    }
}

fn leaf() -> CertificateParams {
    let mut params = CertificateParams::new(vec![HOST.to_owned()]).unwrap();
    params.distinguished_name.push(DnType::CommonName, HOST);
    params.not_after = date_time_ymd(2090, 1, 1);
    params
}

/// What becomes of a chain where these authorities are given, and what was seen.
fn judged(chain: &[&Certificate], given: &[&Certificate]) -> (Result<(), TlsError>, Shown) {
    let der = |certificate: &&Certificate| certificate.der().clone();
    let own = given.iter().map(der).collect();
    let tls = Tls {
        name: HOST.to_owned(),
        verify: Verify::Full,
        authorities: Authorities { own, system: false },
        client: None,
        alpn: Vec::new(),
    };
    let witness = Witness::new(&Net::default(), &tls, NOW);
    let chain: Vec<CertificateDer<'static>> = chain.iter().map(der).collect();
    let (name, never) = (
        ServerName::try_from(HOST).unwrap(),
        UnixTime::since_unix_epoch(std::time::Duration::ZERO),
    );
    let verdict = witness.verify_server_cert(&chain[0], &chain[1..], &name, &[], never);
    let shown = witness.shown().unwrap();
    let verdict = verdict.map(drop).map_err(|error| fault(&said(error), Some(&shown), NOW));
    (verdict, shown)
}

fn said(error: Error) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}

#[test]
fn a_chain_has_to_end_in_a_root_that_is_given() {
    let (root, between) = (Maker::new("root"), Maker::new("between"));
    let (top, middle, own) = (root.root(), between.by(&root), between.signs());
    for (chain, given) in [
        (vec![&own, &middle], vec![&top]),
        (vec![&own, &middle, &top], vec![&top]),
        (vec![&own], vec![&middle, &top]),
    ] {
        assert_eq!(judged(&chain, &given).0, Ok(()));
    }
    for (chain, given) in [
        (vec![&own, &middle], vec![&middle]),
        (vec![&own, &middle, &top], vec![&middle]),
        (vec![&own, &middle], vec![&own]),
    ] {
        let (verdict, shown) = judged(&chain, &given);
        assert_eq!((verdict, shown.root.as_str()), (Err(TlsError::Partial), "CN=root"));
    }
    let (verdict, shown) = judged(&[&own], &[&own]);
    assert_eq!((verdict, shown.root.as_str()), (Err(TlsError::Partial), "CN=between"));
}

#[test]
fn who_would_have_to_be_trusted_is_named() {
    let (root, between, other) =
        (Maker::new("root"), Maker::new("between"), Maker::new("another root"));
    let (middle, own) = (between.by(&root), between.signs());
    let (top, other_top) = (root.root(), other.root());
    for (chain, given, missing) in [
        (vec![&own, &middle], vec![], "CN=root"),
        (vec![&own, &middle], vec![&other_top], "CN=root"),
        (vec![&own], vec![&top], "CN=between"),
    ] {
        let (verdict, shown) = judged(&chain, &given);
        assert_eq!((verdict, shown.root.as_str()), (Err(TlsError::Untrusted), missing));
        assert!(shown.fits, "that it is for this host is known all the same");
    }
}

#[test]
fn a_certificate_that_signs_itself_is_trusted_where_it_is_given() {
    let own = leaf().self_signed(&KeyPair::generate().unwrap()).unwrap();
    assert_eq!(judged(&[&own], &[&own]).0, Ok(()));
    assert_eq!(judged(&[&own], &[]).0, Err(TlsError::Untrusted));
}

#[test]
fn an_authority_with_two_certificates_is_trusted_by_either() {
    let (root, old, between) = (Maker::new("root"), Maker::new("old root"), Maker::new("between"));
    let (new, crossed, own) = (between.by(&root), between.by(&old), between.signs());
    let (top, old_top) = (root.root(), old.root());
    assert_eq!(judged(&[&own, &crossed], &[&old_top]).0, Ok(()));
    assert_eq!(judged(&[&own, &crossed], &[&new, &top]).0, Ok(()));
    // A root that is signed by another one as well, as many servers send it.
    let bridge = root.by(&old);
    assert_eq!(judged(&[&own, &new, &bridge], &[&top]).0, Ok(()));
}

#[test]
fn a_namesake_of_the_authority_is_not_the_authority() {
    let (root, namesake) = (Maker::new("root"), Maker::new("root"));
    let own = root.signs();
    let (verdict, shown) = judged(&[&own], &[&namesake.root()]);
    assert_eq!((verdict, shown.root.as_str()), (Err(TlsError::Untrusted), "CN=root"));
}

#[test]
fn an_authority_that_has_expired_is_not_taken_for_the_certificate() {
    let (root, between) = (Maker::new("root"), Maker::new("between"));
    let (old, new) = (between.by_long_ago(&root), between.by(&root));
    let (own, top) = (between.signs(), root.root());
    let (verdict, _) = judged(&[&own, &old], &[&top]);
    assert_eq!(verdict, Err(TlsError::AuthorityExpired));
    assert_eq!(judged(&[&own, &old], &[&new, &top]).0, Ok(()));
}

#[test]
fn a_root_that_has_expired_is_no_root() {
    let root = Maker::new("root");
    let (over, top, own) = (root.by_long_ago(&root), root.root(), root.signs());
    assert_eq!(judged(&[&own], &[&over]).0, Err(TlsError::AuthorityExpired));
    assert_eq!(judged(&[&own], &[&over, &top]).0, Ok(()));
    // What signs itself and is over has itself expired.
    let mut params = leaf();
    params.not_after = date_time_ymd(2021, 1, 1);
    let itself = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
    assert_eq!(judged(&[&itself], &[&itself]).0, Err(TlsError::Expired));
}

#[test]
fn what_we_do_not_know_is_told_from_what_the_server_refuses() {
    let (_, shown) = judged(&[&Maker::new("root").signs()], &[]);
    let alert = || said(Error::AlertReceived(AlertDescription::HandshakeFailure));
    let common = |error: &TlsError| matches!(error, TlsError::NothingInCommon(_));
    assert!(common(&fault(&alert(), None, NOW)));
    // By TLS 1.2, a server says the same when it misses the client's certificate.
    assert!(matches!(fault(&alert(), Some(&shown), NOW), TlsError::Refused(_)));
    let why = PeerIncompatible::NoKxGroupsInCommon;
    assert!(common(&fault(&said(Error::PeerIncompatible(why)), None, NOW)));
    let why = PeerIncompatible::ServerDoesNotSupportTls12Or13;
    let error = fault(&said(Error::PeerIncompatible(why)), None, NOW);
    assert!(matches!(error, TlsError::Refused(_)), "{error}");
}
