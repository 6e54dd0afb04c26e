//! A gateway of Ceph.

use super::{CHECK, at_port, engine, engine_with_builds, s3_at_port, told};
use crate::lab::certificates::Authority;
use crate::lab::haproxy::HaProxy;
use crate::lab::process::free_port;
use crate::lab::rgw::{ACCESS, Rgw, SECRET};
use crate::lab::s3::{Owner, now};
use crate::lab::standin::{Manner, StandIn};
use crate::support::Proofs;
use cluster::check::State;
use std::time::Duration;

const KEYS: (&str, &str) = (ACCESS, SECRET);
/// Another user, who may what the bucket allows.
const OTHER: (&str, &str) = ("OTHERKEY", "othersecret");
const LIST: &str = "s3:ListBucket";
const READ: &str = "s3:GetObject";
const WRITE: &str = "s3:PutObject";
const DELETE: &str = "s3:DeleteObject";
const ABORT: &str = "s3:AbortMultipartUpload";
const UPLOADS: &str = "s3:ListBucketMultipartUploads";
/// Lets a bucket keep versions.
const VERSIONS: &str = "<VersioningConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Status>Enabled</Status></VersioningConfiguration>";

#[tokio::test]
async fn a_gateway_of_ceph_is_called_by_what_is_wrong_with_it() {
    let rgw = Rgw::start();
    let owner = Owner::at(rgw.port, ACCESS, SECRET);
    owner.make("quay").await;
    let mut proofs = Proofs::of(CHECK, "storage-gateway");
    proofs.hide(rgw.port, "7480");
    let good = at_port(rgw.port, "quay", KEYS);
    for (situation, more) in [
        ("everything is right", ""),
        ("requests are signed in the new way", ", signature_version: s3v4"),
        ("requests are signed in the old way", ", signature_version: s3"),
        ("a region is configured", ", region_name: eu-central-1"),
        ("uploads are not assembled at the gateway", ", server_side_assembly: false"),
    ] {
        let trial = engine("RadosGWStorage", &format!("{good}{more}")).at(now());
        proofs.passes(situation, &told(trial).await);
    }
    keys_and_buckets(&rgw, &mut proofs).await;
    permissions(&rgw, &owner, &mut proofs).await;
    clocks(&good, &mut proofs).await;
    kinds(&rgw, &mut proofs).await;
    room(&rgw, &owner, &mut proofs).await;
    assert_eq!(owner.list("quay", "").await, [""; 0], "nothing stays");
    assert_eq!(owner.remains("quay").await.1, 0, "no upload stays");
    proofs.end();
}

async fn keys_and_buckets(rgw: &Rgw, proofs: &mut Proofs) {
    rgw.add_user("stranger", "STRANGEKEY", "strangesecret");
    let port = rgw.port;
    for (situation, args, fault) in [
        ("nobody has the access key", at_port(port, "quay", ("NOKEY", SECRET)), "wrong_access_key"),
        ("the secret key is wrong", at_port(port, "quay", (ACCESS, "word")), "wrong_secret_key"),
        ("there is no such bucket", at_port(port, "other", KEYS), "no_such_bucket"),
        (
            "the bucket is somebody else's",
            at_port(port, "quay", ("STRANGEKEY", "strangesecret")),
            "no_access",
        ),
        (
            "the signature version is unknown",
            format!("{}, signature_version: v5", at_port(port, "quay", KEYS)),
            "signature_unknown",
        ),
        (
            "the gateway takes keys of roles and does not say which key is wrong",
            at_port(rgw.role_port, "quay", (ACCESS, "word")),
            "keys_refused",
        ),
    ] {
        proofs.finds(situation, &told(engine("RadosGWStorage", &args).at(now())).await, fault);
    }
    rgw.admin(&["user", "suspend", "--uid=stranger"]);
    let args = at_port(port, "quay", ("STRANGEKEY", "strangesecret"));
    let outcome = told(engine("RadosGWStorage", &args).at(now())).await;
    proofs.finds("the user of the keys is suspended", &outcome, "user_suspended");
}

async fn permissions(rgw: &Rgw, owner: &Owner, proofs: &mut Proofs) {
    rgw.add_user("other", OTHER.0, OTHER.1);
    owner.make("shared").await;
    for (situation, may, may_not, fault) in [
        ("the keys may only read", &[LIST, READ][..], &[][..], "may_not_write"),
        ("the keys may not read", &[LIST, WRITE, DELETE], &[READ], "may_not_read"),
        ("the keys may not delete", &[LIST, READ, WRITE, UPLOADS, ABORT], &[], "may_not_delete"),
        (
            "the keys may not list unfinished uploads",
            &[LIST, READ, WRITE, DELETE, ABORT],
            &[],
            "uploads_not_listed",
        ),
    ] {
        owner.allow("shared", "other", may, may_not).await;
        let args = at_port(rgw.port, "shared", OTHER);
        proofs.finds(situation, &told(engine("RadosGWStorage", &args).at(now())).await, fault);
    }
    owner.allow("shared", "other", &[LIST, READ, WRITE, DELETE, ABORT, UPLOADS], &[]).await;
    let args = at_port(rgw.port, "shared", OTHER);
    let outcome = told(engine("RadosGWStorage", &args).at(now())).await;
    proofs.passes("the keys may just what Quay needs", &outcome);
}

async fn clocks(good: &str, proofs: &mut Proofs) {
    for (situation, offset, fault) in [
        ("the clock of the gateway is an hour behind", 3630, "clock_skew"),
        ("the clock of the gateway is an hour ahead", -3600, "clock_skew"),
        ("the clocks differ by some minutes", 630, "clock_differs"),
        ("this machine's clock is a little behind", -40, "clock_differs"),
    ] {
        let trial = engine("RadosGWStorage", good).at(now() + offset);
        proofs.finds(situation, &told(trial).await, fault);
    }
    for (situation, more) in [
        ("this machine's clock is two minutes behind", ""),
        (
            "this machine's clock is two minutes behind, and addresses are signed in the new way",
            ", signature_version: s3v4",
        ),
    ] {
        let trial = engine("RadosGWStorage", &format!("{good}{more}")).at(now() - 150);
        let outcome = told(trial).await;
        proofs.finds(situation, &outcome, "clock_behind");
        // By what the clocks show, and by what the gateway says to an address.
        let count = outcome.problems().filter(|problem| problem.fault == "clock_behind").count();
        assert_eq!(count, 2, "{outcome:#?}");
    }
}

/// Other kinds of engines at the same gateway.
async fn kinds(rgw: &Rgw, proofs: &mut Proofs) {
    let args = at_port(rgw.port, "quay", KEYS);
    let outcome = told(engine("IBMCloudStorage", &args).at(now())).await;
    proofs.passes("the engine is one of IBM's", &outcome);
    let outcome = told(engine_with_builds("IBMCloudStorage", &args).at(now())).await;
    proofs.finds("pages of the registry may not use the bucket", &outcome, "cors_missing");
    let args = s3_at_port(rgw.port, "quay", KEYS);
    let outcome = told(engine("S3Storage", &args).at(now())).await;
    proofs.finds("the gateway does not encrypt", &outcome, "encryption_refused");
    let args = format!("endpoint_url: 'http://127.0.0.1:{}', s3_bucket: quay", rgw.port);
    let outcome = told(engine("S3Storage", &args).at(now())).await;
    proofs.passes("no keys are configured", &outcome);
    assert_eq!(outcome.stages.last().map(|stage| stage.state), Some(State::Skipped));
}

/// Quotas and versions.
async fn room(rgw: &Rgw, owner: &Owner, proofs: &mut Proofs) {
    rgw.add_user("full", "FULLKEY", "fullsecret");
    let full = ("FULLKEY", "fullsecret");
    Owner::at(rgw.port, full.0, full.1).make("full").await;
    rgw.limit("full", "1K");
    let args = at_port(rgw.port, "full", full);
    let outcome = told(engine("RadosGWStorage", &args).at(now())).await;
    proofs.finds("the quota is used up", &outcome, "store_full");
    owner.make("kept").await;
    owner.put("/kept?versioning", VERSIONS).await;
    let args = at_port(rgw.port, "kept", KEYS);
    let outcome = told(engine("RadosGWStorage", &args).at(now())).await;
    proofs.finds("the bucket keeps versions", &outcome, "old_versions_stay");
    assert_eq!(owner.remains("kept").await, (0, 0), "not even versions stay");
    owner.make("held").await;
    owner.put("/held?versioning", VERSIONS).await;
    owner.allow("held", "other", &[LIST, READ, WRITE, DELETE, ABORT, UPLOADS], &[]).await;
    let args = at_port(rgw.port, "held", OTHER);
    let outcome = told(engine("RadosGWStorage", &args).at(now())).await;
    proofs.finds("the keys may not delete old versions", &outcome, "left_behind");
}

#[tokio::test]
async fn the_way_to_a_gateway_is_checked() {
    let rgw = Rgw::start();
    let owner = Owner::at(rgw.port, ACCESS, SECRET);
    owner.make("quay").await;
    let authority = Authority::new("lab authority");
    let proxy = HaProxy::ending_tls(&authority.sign(&["localhost"]), rgw.port);
    let expired = HaProxy::ending_tls(&authority.sign_expired(&["localhost"]), rgw.port);
    let mut proofs = Proofs::of(CHECK, "storage-way");
    for port in [rgw.port, proxy.port, expired.port] {
        proofs.hide(port, "7480");
    }
    let rest = format!("bucket_name: quay, access_key: {ACCESS}, secret_key: {SECRET}");
    let at = |host: &str, port: u16, tls: bool| {
        let args = format!("hostname: {host}, port: {port}, is_secure: {tls}, {rest}");
        engine("RadosGWStorage", &args).at(now())
    };
    let extra = "extra_ca_certs/lab.crt";
    let trusting = |trial: crate::support::Trial| trial.file(extra, authority.pem());
    let outcome = told(trusting(at("localhost", proxy.port, true))).await;
    proofs.passes("a proxy ends TLS before the gateway", &outcome);
    let closed = free_port();
    proofs.hide(closed, "7480");
    for (situation, trial, fault) in [
        ("nobody trusts the authority", at("localhost", proxy.port, true), "certificate_untrusted"),
        (
            "the certificate has expired",
            trusting(at("localhost", expired.port, true)),
            "certificate_expired",
        ),
        (
            "the certificate is for another name",
            trusting(at("127.0.0.1", proxy.port, true)),
            "certificate_name",
        ),
        ("HTTPS is off at a port with TLS", at("localhost", proxy.port, false), "tls_expected"),
        ("HTTPS is on at a port without", at("localhost", rgw.port, true), "tls_not_spoken"),
        ("the name is unknown", at("nowhere.invalid", rgw.port, false), "name_unknown"),
        ("nothing listens on the port", at("127.0.0.1", closed, false), "connection_refused"),
    ] {
        proofs.finds(situation, &told(trial).await, fault);
    }
    for (situation, manner, fault) in [
        ("it hangs", Manner::Hangs, "no_answer"),
        ("it is another service", Manner::Garbage, "other_protocol"),
        ("it hangs up", Manner::Closes, "connection_closed"),
    ] {
        let other = StandIn::start(manner).await;
        proofs.hide(other.port, "7480");
        let trial = at("127.0.0.1", other.port, false).patience(Duration::from_secs(3));
        proofs.finds(situation, &told(trial).await, fault);
    }
    proofs.end();
}

#[tokio::test]
async fn no_result_holds_a_key() {
    let rgw = Rgw::start();
    Owner::at(rgw.port, ACCESS, SECRET).make("quay").await;
    for keys in [KEYS, (ACCESS, "hunter22")] {
        let args = at_port(rgw.port, "quay", keys);
        let shown = format!("{:?}", told(engine("RadosGWStorage", &args).at(now())).await);
        for secret in [keys.0, keys.1, "AWSAccessKeyId"] {
            assert!(!shown.contains(secret), "{secret}: {shown}");
        }
    }
}
