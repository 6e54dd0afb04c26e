//! `SeaweedFS`.

use super::{CHECK, at_port, engine, engine_with_builds, s3_at_port, told};
use crate::lab::s3::{Owner, now};
use crate::lab::seaweedfs::{ACCESS, READER, SECRET, SeaweedFs};
use crate::support::Proofs;

const KEYS: (&str, &str) = (ACCESS, SECRET);
/// Pages of somebody else may use the bucket.
const CORS: &str = "<CORSConfiguration><CORSRule>\
    <AllowedOrigin>https://other.example.com</AllowedOrigin><AllowedMethod>GET</AllowedMethod>\
    </CORSRule></CORSConfiguration>";

#[tokio::test]
async fn another_store_is_called_by_what_is_wrong_with_it() {
    let store = SeaweedFs::start();
    let owner = Owner::at(store.port, ACCESS, SECRET);
    owner.make("quay").await;
    let mut proofs = Proofs::of(CHECK, "storage-seaweedfs");
    proofs.hide(store.port, "8333");
    let good = s3_at_port(store.port, "quay", KEYS);
    let outcome = told(engine_with_builds("S3Storage", &good).at(now())).await;
    proofs.passes("everything is right, and pages may use it", &outcome);
    let old = format!("{good}, signature_version: s3");
    let outcome = told(engine("S3Storage", &old).at(now())).await;
    proofs.passes("requests are signed in the old way", &outcome);
    let gateway = at_port(store.port, "quay", KEYS);
    let outcome = told(engine("RHOCSStorage", &gateway).at(now())).await;
    proofs.passes("it is used as the store of OpenShift", &outcome);
    for (situation, bucket, keys, fault) in [
        ("nobody has the access key", "quay", ("NOKEY", SECRET), "wrong_access_key"),
        ("the secret key is wrong", "quay", (ACCESS, "word"), "wrong_secret_key"),
        ("there is no such bucket", "other", KEYS, "no_such_bucket"),
        ("the keys may only read", "quay", (READER, SECRET), "may_not_write"),
    ] {
        let args = s3_at_port(store.port, bucket, keys);
        proofs.finds(situation, &told(engine("S3Storage", &args).at(now())).await, fault);
    }
    for (situation, offset, fault) in [
        ("the clock of the store is an hour behind", 3630, "clock_skew"),
        ("the clocks differ by some minutes", 630, "clock_differs"),
        ("this machine's clock is two minutes behind", -150, "clock_behind"),
    ] {
        let trial = engine("S3Storage", &good).at(now() + offset);
        proofs.finds(situation, &told(trial).await, fault);
    }
    owner.put("/quay?cors", CORS).await;
    let outcome = told(engine_with_builds("S3Storage", &good).at(now())).await;
    proofs.finds("pages of somebody else only may use it", &outcome, "cors_missing");
    assert_eq!(owner.list("quay", "").await, [""; 0], "nothing stays");
    proofs.end();
}
