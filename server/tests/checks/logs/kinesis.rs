//! Kinesis: moto, which checks signatures and policies as AWS does.

use super::{UNUSED, logs};
use crate::lab::certificates::Authority;
use crate::lab::kinesis::Kinesis;
use crate::lab::process::free_port;
use crate::lab::web::Web;
use crate::support::{Proofs, Trial, net};
use axum::Router;
use axum::http::StatusCode;
use axum::http::header::DATE;
use cluster::check::{Outcome, State};
use server::clock::{Clock as _, SystemClock};

/// The check's name.
const CHECK: &str = "kinesis";
/// Where Kinesis is.
const HOST: &str = "kinesis.eu-central-1.amazonaws.com";
/// Half an hour after the tests take place.
const HALF_AN_HOUR_LATER: &str = "Wed, 18 Nov 2026 11:36:40 GMT";

/// A stream in the region in which the lab has one.
fn stream(name: &str, keys: &str) -> Trial {
    with(&format!("stream_name: {name}, aws_region: eu-central-1, {keys}"))
}

fn with(args: &str) -> Trial {
    logs("kinesis_stream", &format!("{UNUSED}, kinesis_stream_config: {{{args}}}"))
}

#[tokio::test]
async fn kinesis_is_called_by_what_is_wrong_with_it() {
    let authority = Authority::new("lab authority");
    let signed = authority.sign(&[HOST]);
    let kinesis = Kinesis::start(&signed);
    let mut proofs = Proofs::of(CHECK, CHECK);
    // moto tells the time of this machine.
    let now = SystemClock.now();
    let there = |trial: Trial, now: i64, port: u16| {
        let trial = trial.at(now).net(net(&[(HOST, 443, port)]));
        trial.file("extra_ca_certs/lab.crt", authority.pem())
    };
    let here = |trial: Trial| there(trial, now, kinesis.port);
    let keys = |user: &str| {
        let (access, secret) = &kinesis.keys[user];
        format!("aws_access_key: '{access}', aws_secret_key: '{secret}'")
    };
    let good = keys("quay");
    let run = async |trial: Trial| -> Outcome { trial.run_one(CHECK).await };
    proofs.passes("everything is right", &run(here(stream("quay", &good))).await);
    let role = run(here(stream("quay", ""))).await;
    assert_eq!(role.state, State::Passed, "{role:#?}");
    let (access, _) = &kinesis.keys["quay"];
    let wrong = format!("aws_access_key: '{access}', aws_secret_key: another");
    let unknown = "aws_access_key: AKIANOBODY, aws_secret_key: another";
    for (situation, name, keys, fault) in [
        ("the secret key is wrong", "quay", wrong.as_str(), "wrong_secret"),
        ("the access key is unknown", "quay", unknown, "unknown_key"),
        ("the keys may only write", "quay", &keys("writer"), "may_not_look"),
        ("there is no such stream", "other", &good, "no_stream"),
        ("the stream is still being made", "new", &good, "not_active"),
    ] {
        proofs.finds(situation, &run(here(stream(name, keys))).await, fault);
    }
    let region = with(&format!("stream_name: quay, aws_region: Frankfurt, {good}"));
    proofs.finds("the region is none", &run(region).await, "no_such_region");
    let region = with(&format!("stream_name: quay, aws_region: zz-nowhere-1, {good}"));
    proofs.finds("nothing is known of the region", &run(region).await, "name_unknown");
    let outcome = run(there(stream("quay", &good), now, free_port())).await;
    proofs.finds("nothing listens on the port", &outcome, "connection_refused");
    let site = Web::start_tls(Router::new(), &signed).await;
    let outcome = run(there(stream("quay", &good), now, site.port)).await;
    proofs.finds("the name leads to another site", &outcome, "not_kinesis");
    proofs.end();
}

/// Answers of AWS that moto cannot be made to give.
#[tokio::test]
async fn what_only_aws_says_is_understood() {
    let authority = Authority::new("lab authority");
    let signed = authority.sign(&[HOST]);
    let mut proofs = Proofs::of(CHECK, "kinesis-aws");
    let keys = "aws_access_key: AKIAQUAY, aws_secret_key: strongpassword";
    let odd = "The request signature we calculated does not match";
    for (situation, kind, message, fault) in [
        ("the clocks differ", "InvalidSignatureException", odd, "clocks_differ"),
        (
            "the keys were for some hours",
            "ExpiredTokenException",
            "The security token included in the request is expired",
            "keys_expired",
        ),
        (
            "it is asked too often",
            "com.amazonaws.kinesis#LimitExceededException",
            "Rate exceeded for stream quay",
            "refused",
        ),
    ] {
        let body = serde_json::json!({ "__type": kind, "message": message }).to_string();
        let answer = (StatusCode::BAD_REQUEST, [(DATE, HALF_AN_HOUR_LATER)], body);
        let router = Router::new().fallback(move || async move { answer });
        let web = Web::start_tls(router, &signed).await;
        let trial = stream("quay", keys).net(net(&[(HOST, 443, web.port)]));
        let trial = trial.file("extra_ca_certs/lab.crt", authority.pem());
        proofs.finds(situation, &trial.run_one(CHECK).await, fault);
    }
    proofs.end();
}
