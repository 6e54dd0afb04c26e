//! Stores with a CDN before them: a real store, and a stand-in that checks signatures.

use super::{CHECK, FOLDER, engine, told};
use crate::lab::certificates::Authority;
use crate::lab::s3::{Owner, now};
use crate::lab::seaweedfs::{ACCESS, SECRET, SeaweedFs};
use crate::lab::standin_cdn::{KEY_ID, Like, Signs, TOKEN_KEY, rsa_key, start};
use crate::support::{Proofs, Trial, net};
use cluster::check::Outcome;
use rcgen::KeyPair;

/// The domain of the CDN.
const DOMAIN: &str = "d1.cloudfront.net";
/// The name of the file with the signing key.
const FILE: &str = "default-cloudfront-signing-key.pem";
/// Where the folder is in the store.
const BELOW: &str = "/quay/datastorage/registry";

/// The arguments that all of them have.
fn shared(store: &SeaweedFs) -> String {
    format!(
        "endpoint_url: 'http://127.0.0.1:{}', s3_bucket: quay, s3_region: eu-central-1, \
         s3_access_key: {ACCESS}, s3_secret_key: {SECRET}",
        store.port
    )
}

fn cloudfront(id: &str) -> String {
    format!(
        "cloudfront_distribution_domain: {DOMAIN}, cloudfront_key_id: {id}, \
         cloudfront_privatekey_filename: {FILE}"
    )
}

fn akamai(key: &str) -> String {
    format!("akamai_domain: {DOMAIN}, akamai_shared_secret: {key}")
}

/// What stands between, and what is uploaded.
struct Place {
    authority: Authority,
    store: SeaweedFs,
    key: String,
}

impl Place {
    async fn new() -> Self {
        let store = SeaweedFs::start();
        Owner::at(store.port, ACCESS, SECRET).make("quay").await;
        Self { authority: Authority::new("lab authority"), store, key: rsa_key() }
    }

    /// An engine before which there is such a CDN.
    async fn tried(&self, signs: Signs, below: &str, trial: Trial, key: &str) -> Outcome {
        let like =
            Like { signs, key: self.key.clone(), store: self.store.port, below: below.to_owned() };
        let cdn = start(&self.authority.sign(&[DOMAIN]), like).await;
        let trial = trial.net(net(&[(DOMAIN, 443, cdn.port)])).at(now()).file(FILE, key);
        told(trial.file("extra_ca_certs/lab.crt", self.authority.pem())).await
    }
}

#[tokio::test]
async fn a_cdn_is_called_by_what_is_wrong_with_it() {
    let place = Place::new().await;
    let mut proofs = Proofs::of(CHECK, "storage-cdn");
    let shared = shared(&place.store);
    let front =
        |id: &str| engine("CloudFrontedS3Storage", &format!("{shared}, {}", cloudfront(id)));
    let (other, bad) = (rsa_key(), KeyPair::generate().expect("there is randomness"));
    let bad = bad.serialize_pem();
    let good = place.key.as_str();
    let outcome = place.tried(Signs::CloudFront, BELOW, front(KEY_ID), good).await;
    proofs.passes("everything is right with CloudFront", &outcome);
    for (situation, signs, below, id, key, fault) in [
        ("the id of the key is wrong", Signs::CloudFront, BELOW, "K2", good, "cdn_key_unknown"),
        ("another key signs", Signs::CloudFront, BELOW, KEY_ID, other.as_str(), "cdn_refuses"),
        ("the file is no RSA key", Signs::CloudFront, BELOW, KEY_ID, bad.as_str(), "file_unusable"),
        (
            "the folder is not set at CloudFront",
            Signs::CloudFront,
            "/quay",
            KEY_ID,
            good,
            "cdn_folder",
        ),
        (
            "it is before another bucket",
            Signs::CloudFront,
            "/other",
            KEY_ID,
            good,
            "cdn_sends_other",
        ),
        ("signatures are not asked for", Signs::Nothing, BELOW, KEY_ID, good, "cdn_open"),
    ] {
        let outcome = place.tried(signs, below, front(id), key).await;
        proofs.finds(situation, &outcome, fault);
    }
    let missing = told(front(KEY_ID).at(now())).await;
    proofs.finds("the key is not uploaded", &missing, "file_missing");
    others(&place, &shared, &mut proofs).await;
    let owner = Owner::at(place.store.port, ACCESS, SECRET);
    assert_eq!(owner.list("quay", "").await, [""; 0], "nothing stays");
    proofs.end();
}

/// Cloudflare, Akamai, and all three at once.
async fn others(place: &Place, shared: &str, proofs: &mut Proofs) {
    let flare = format!("cloudflare_domain: {DOMAIN}, cloudflare_privatekey_filename: {FILE}");
    let (good, other) = (place.key.as_str(), rsa_key());
    let trial = || engine("CloudFlareStorage", &format!("{shared}, {flare}"));
    let outcome = place.tried(Signs::CloudFlare, "", trial(), good).await;
    proofs.passes("everything is right with Cloudflare", &outcome);
    let outcome = place.tried(Signs::CloudFlare, "", trial(), &other).await;
    proofs.finds("another key signs for Cloudflare", &outcome, "cdn_refuses");
    for (situation, key, fault) in [
        ("everything is right with Akamai", TOKEN_KEY, None),
        ("another key signs for Akamai", "'00112233'", Some("cdn_refuses")),
        ("the key for Akamai is a word", "strongpassword", Some("cdn_key_not_hex")),
    ] {
        let trial = engine("AkamaiS3Storage", &format!("{shared}, {}", akamai(key)));
        let outcome = place.tried(Signs::Akamai, "", trial, good).await;
        match fault {
            None => proofs.passes(situation, &outcome),
            Some(fault) => proofs.finds(situation, &outcome, fault),
        }
    }
    let several = |id: &str| {
        let front = cloudfront(id);
        Trial::of(format!(
            "DISTRIBUTED_STORAGE_CONFIG:\n  default:\n  - MultiCDNStorage\n  - storage_config: \
             {{{FOLDER}, {shared}}}\n    providers:\n      \
             Front: [CloudFrontedS3Storage, {{{front}}}]\n      \
             Second: [CloudFrontedS3Storage, {{{front}}}]\n    \
             default_provider: Front\n    rules: []\n"
        ))
    };
    let outcome = place.tried(Signs::CloudFront, BELOW, several(KEY_ID), good).await;
    proofs.passes("everything is right with several CDNs", &outcome);
    let outcome = place.tried(Signs::CloudFront, BELOW, several("K2"), good).await;
    proofs.finds("the id of a key is wrong among several CDNs", &outcome, "cdn_key_unknown");
}
