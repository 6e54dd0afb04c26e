//! Keys that come with a role. The place of Amazon's STS is taken by a gateway of Ceph, which
//! speaks the same.

use super::{CHECK, engine, told};
use crate::lab::certificates::Authority;
use crate::lab::haproxy::HaProxy;
use crate::lab::moto::Moto;
use crate::lab::rgw::{ACCESS, ROLE, Rgw, SECRET};
use crate::lab::s3::{Owner, now};
use crate::support::{Proofs, Trial, net};

/// Where roles are taken on.
const STS: &str = "sts.amazonaws.com";

/// An engine that takes on a role with these keys.
fn role(port: u16, role: &str, (access, secret): (&str, &str)) -> Trial {
    let args = format!(
        "endpoint_url: 'http://127.0.0.1:{port}', s3_bucket: quay, sts_role_arn: '{role}', \
         sts_user_access_key: {access}, sts_user_secret_key: {secret}"
    );
    engine("STSS3Storage", &args)
}

#[tokio::test]
async fn a_role_is_taken_on() {
    let rgw = Rgw::start();
    Owner::at(rgw.port, ACCESS, SECRET).make("quay").await;
    rgw.add_role();
    rgw.add_user("stranger", "STRANGEKEY", "strangesecret");
    let authority = Authority::new("lab authority");
    let proxy = HaProxy::ending_tls(&authority.sign(&[STS]), rgw.role_port);
    let mut proofs = Proofs::of(CHECK, "storage-role");
    let there = |trial: Trial| {
        let hosts = net(&[(STS, 443, proxy.port)]);
        trial.net(hosts).file("extra_ca_certs/lab.crt", authority.pem()).at(now())
    };
    // This gateway forgets what a role may where it looks at the source of a copy.
    let outcome = told(there(role(rgw.role_port, ROLE, (ACCESS, SECRET)))).await;
    proofs.finds("the role may not copy parts", &outcome, "assembly_refused");
    let amazon = Moto::start();
    Owner::at(amazon.port, ACCESS, SECRET).make("quay").await;
    let whole = HaProxy::ending_tls(&authority.sign(&[STS]), amazon.port);
    let arn = "arn:aws:iam::123456789012:role/quay";
    let trial = there(role(amazon.port, arn, (ACCESS, SECRET)));
    let outcome = told(trial.net(net(&[(STS, 443, whole.port)]))).await;
    proofs.passes("the keys may take on the role", &outcome);
    let none = "arn:aws:iam:::role/none";
    for (situation, arn, keys, fault) in [
        ("the user may not take it on", ROLE, ("STRANGEKEY", "strangesecret"), "role_refused"),
        ("there is no such role", none, (ACCESS, SECRET), "role_missing"),
        (
            "it is not the name of a role",
            "quay-with-a-long-name",
            (ACCESS, SECRET),
            "role_malformed",
        ),
    ] {
        proofs.finds(situation, &told(there(role(rgw.role_port, arn, keys))).await, fault);
    }
    let trial = there(role(rgw.role_port, ROLE, (ACCESS, SECRET))).at(now() + 3630);
    proofs.finds("the clocks are an hour apart", &told(trial).await, "clock_skew");
    let args = format!("endpoint_url: 'http://127.0.0.1:{}', s3_bucket: quay", rgw.role_port);
    let outcome = told(there(engine("STSS3Storage", &args))).await;
    proofs.passes("the container has a token for the role", &outcome);
    proofs.end();
}
