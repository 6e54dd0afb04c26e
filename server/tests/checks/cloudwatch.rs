//! `CloudWatch`: moto, which checks signatures and policies as AWS does.

use crate::lab::certificates::Authority;
use crate::lab::kinesis::Kinesis;
use crate::lab::process::free_port;
use crate::lab::web::Web;
use crate::support::{Proofs, Trial, net};
use axum::Router;
use cluster::check::{Outcome, State};
use server::clock::{Clock as _, SystemClock};

/// The check's name.
const CHECK: &str = "cloudwatch";
/// Where `CloudWatch` is.
const HOST: &str = "monitoring.us-east-1.amazonaws.com";

fn namespace(keys: &(String, String)) -> Trial {
    let (access, secret) = keys;
    Trial::of(format!(
        "CLOUDWATCH_NAMESPACE: quay\nCLOUDWATCH_AWS_ACCESS_KEY: '{access}'\n\
         CLOUDWATCH_AWS_SECRET_KEY: '{secret}'\n"
    ))
}

#[tokio::test]
async fn cloudwatch_is_called_by_what_is_wrong_with_it() {
    let authority = Authority::new("lab authority");
    let signed = authority.sign(&[HOST]);
    let amazon = Kinesis::start(&signed);
    let mut proofs = Proofs::of(CHECK, CHECK);
    let run = async |trial: Trial, port: u16| -> Outcome {
        let trial = trial.at(SystemClock.now()).net(net(&[(HOST, 443, port)]));
        trial.file("extra_ca_certs/lab.crt", authority.pem()).run_one(CHECK).await
    };
    let good = amazon.keys["quay"].clone();
    proofs.passes("everything is right", &run(namespace(&good), amazon.port).await);
    let wrong = (good.0.clone(), "another".to_owned());
    let unknown = ("AKIANOBODY".to_owned(), "another".to_owned());
    let half = (good.0.clone(), String::new());
    for (situation, keys, fault) in [
        ("the secret key is wrong", &wrong, "wrong_secret"),
        ("the access key is unknown", &unknown, "unknown_key"),
        ("the keys may only write", &amazon.keys["writer"], "may_not_list"),
        ("one of the keys is missing", &half, "incomplete"),
    ] {
        proofs.finds(situation, &run(namespace(keys), amazon.port).await, fault);
    }
    let outcome = run(namespace(&good), free_port()).await;
    proofs.finds("nothing listens on the port", &outcome, "connection_refused");
    let site = Web::start_tls(Router::new(), &signed).await;
    let outcome = run(namespace(&good), site.port).await;
    proofs.finds("the name leads to another site", &outcome, "not_cloudwatch");
    let role = run(Trial::of("CLOUDWATCH_NAMESPACE: quay\n"), amazon.port).await;
    assert_eq!(role.state, State::Passed, "{role:#?}");
    proofs.end();
}
