//! How connections to Redis are encrypted.

use super::{CHECK, logs, tried};
use crate::lab::certificates::Authority;
use crate::lab::redis::{PASSWORD, Redis};
use crate::support::Proofs;

#[tokio::test]
async fn the_certificate_of_redis_is_checked() {
    let authority = Authority::new("lab authority");
    let redis = Redis::start(&authority.sign(&["localhost", "127.0.0.1"]), "");
    let expired = Redis::start(&authority.sign_expired(&["localhost"]), "");
    let mut proofs = Proofs::of(CHECK, "redis-tls");
    let at = |redis: &Redis| {
        format!("host: localhost, port: {}, password: {PASSWORD}, ssl: true", redis.tls_port)
    };
    let extra = "extra_ca_certs/lab.crt";
    let outcome = logs(&at(&redis)).file(extra, authority.pem()).run_one(CHECK).await;
    proofs.passes("the authority is among the additional certificates", &outcome);
    let own = format!("{}, ssl_ca_certs: conf/stack/redis.crt", at(&redis));
    let outcome = logs(&own).file("redis.crt", authority.pem()).run_one(CHECK).await;
    proofs.passes("the authority has a file of its own", &outcome);
    proofs.finds("nobody trusts the authority", &tried(&at(&redis)).await, "certificate_untrusted");
    proofs.finds("the file of the authority is missing", &tried(&own).await, "file_missing");
    let other = Authority::new("another authority");
    let outcome = logs(&at(&redis)).file(extra, other.pem()).run_one(CHECK).await;
    proofs.finds("another authority is trusted", &outcome, "certificate_untrusted");
    let outcome = logs(&at(&expired)).file(extra, authority.pem()).run_one(CHECK).await;
    proofs.finds("the certificate has expired", &outcome, "certificate_expired");
    let unchecked = format!("{}, ssl_cert_reqs: none", at(&expired));
    let outcome = tried(&unchecked).await;
    proofs.passes("certificates are not checked", &outcome);
    let foreign = Redis::start(&authority.sign(&["redis.example.com"]), "");
    let outcome = logs(&at(&foreign)).file(extra, authority.pem()).run_one(CHECK).await;
    proofs.passes("the name in the certificate does not count", &outcome);
    let strict = |redis: &Redis| {
        let trial = logs(&format!("{}, ssl_check_hostname: true", at(redis)));
        trial.file(extra, authority.pem()).run_one(CHECK)
    };
    proofs.finds(
        "the certificate is for another name, and that counts",
        &strict(&foreign).await,
        "certificate_name",
    );
    proofs.passes("the name in the certificate counts, and fits", &strict(&redis).await);
    proofs.end();
}

#[tokio::test]
async fn a_redis_that_speaks_tls_only_is_told() {
    let authority = Authority::new("lab authority");
    let redis = Redis::tls_only(&authority.sign(&["localhost"]));
    let mut proofs = Proofs::of(CHECK, "redis-tls-only");
    proofs.hide(redis.tls_port, "6379");
    let at = format!("host: localhost, port: {}", redis.tls_port);
    proofs.finds("TLS is off at a port for it", &tried(&at).await, "tls_wanted");
    let with_password = format!("{at}, password: {PASSWORD}");
    let outcome = tried(&with_password).await;
    proofs.finds("TLS is off at a port for it, and a password is sent", &outcome, "tls_wanted");
    let trial = logs(&format!("{at}, ssl: true")).file("extra_ca_certs/lab.crt", authority.pem());
    proofs.passes("TLS is on", &trial.run_one(CHECK).await);
    proofs.end();
}
