//! What no store of the lab says: stand-ins for those of Amazon, Google and other makers.

use super::{CHECK, at_port, engine, engine_with_builds, s3_at_port, told};
use crate::lab::certificates::Authority;
use crate::lab::standin_s3::{Refusal, Refuses, start, start_tls};
use crate::lab::standin_web::Asked;
use crate::support::{NOW, Proofs, Trial, net};

const KEYS: (&str, &str) = ("QUAYKEY", "quaysecret");
/// Every store takes this one.
const NOTHING: Refuses = |_| None;

/// A refusal of what is not there.
fn not_implemented() -> Refusal {
    Refusal::of(501, "NotImplemented", "<Message>A header you provided is not there.</Message>")
}

fn is_bucket(asked: &Asked) -> bool {
    asked.path == "/quay" && asked.query != "uploads"
}

fn is_copy(asked: &Asked) -> bool {
    !asked.header("x-amz-copy-source").is_empty()
}

fn is_handed_out(asked: &Asked) -> bool {
    asked.query.contains("Signature=")
}

fn is_signed_for_elsewhere(asked: &Asked) -> bool {
    let signature = asked.header("authorization");
    !signature.is_empty() && !signature.contains("/eu-central-1/")
}

/// Situations, further arguments, what the store refuses, and what is found.
const SITUATIONS: [(&str, &str, Refuses, &str); 17] = [
    (
        "the region is another one, and the store names it",
        "",
        |asked| {
            let more = "<Message>The region is wrong; expecting 'eu-central-1'</Message><Region>eu-central-1</Region>";
            let refusal = Refusal::of(400, "AuthorizationHeaderMalformed", more);
            is_signed_for_elsewhere(asked).then_some(refusal)
        },
        "region_corrected",
    ),
    (
        "the bucket is in another region",
        "",
        |_| {
            let refusal = Refusal::of(301, "PermanentRedirect", "<Bucket>quay</Bucket>");
            Some(refusal.with("x-amz-bucket-region", "eu-west-3"))
        },
        "wrong_region",
    ),
    (
        "the bucket is elsewhere",
        "",
        |_| Some(Refusal::of(301, "PermanentRedirect", "")),
        "wrong_address",
    ),
    (
        "the store has too much to do",
        "",
        |_| Some(Refusal::of(503, "SlowDown", "<Message>Reduce your request rate.</Message>")),
        "store_trouble",
    ),
    (
        "old signatures are refused",
        ", signature_version: s3",
        |asked| {
            let more = "<Message>The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.</Message>";
            let is_old = asked.header("authorization").starts_with("AWS ");
            is_old.then(|| Refusal::of(400, "InvalidRequest", more))
        },
        "signature_refused",
    ),
    (
        "old signatures are refused in download addresses",
        "",
        |asked| {
            let is_old = asked.query.starts_with("AWSAccessKeyId=");
            is_old.then(|| Refusal::of(400, "InvalidRequest", ""))
        },
        "old_downloads_refused",
    ),
    (
        "download addresses are refused",
        "",
        |asked| is_handed_out(asked).then(|| Refusal::of(403, "AccessDenied", "")),
        "download_refused",
    ),
    (
        "uploads in parts are not there",
        "",
        |asked| (asked.method == "POST").then(not_implemented),
        "multipart_refused",
    ),
    (
        "parts cannot be copied",
        "",
        |asked| is_copy(asked).then(not_implemented),
        "assembly_refused",
    ),
    (
        "objects cannot be copied",
        ", server_side_assembly: false",
        |asked| is_copy(asked).then(not_implemented),
        "copy_refused",
    ),
    (
        "nothing can be stored",
        "",
        |asked| (asked.method == "PUT").then(|| Refusal::of(400, "InvalidArgument", "")),
        "write_refused",
    ),
    (
        "what is stored is gone at once",
        "",
        |asked| {
            let is_read = asked.method == "GET" && !is_bucket(asked);
            is_read.then(|| Refusal::of(404, "NoSuchKey", ""))
        },
        "read_refused",
    ),
    (
        "what is stored comes back changed",
        "",
        |asked| {
            let is_read = asked.method == "GET" && !is_bucket(asked);
            is_read.then(|| Refusal::wrong("something else"))
        },
        "content_differs",
    ),
    (
        "the bucket may not be listed",
        "",
        |asked| {
            let is_list = asked.method == "GET" && asked.query.contains("list-type");
            is_list.then(|| Refusal::of(403, "AccessDenied", ""))
        },
        "may_not_list",
    ),
    (
        "there is a page at this address",
        "",
        |_| Some(Refusal::wrong("<!doctype html><title>Welcome</title>")),
        "no_object_store",
    ),
    (
        "a server without such a page answers",
        "",
        |_| Some(Refusal::page(404, "<html><title>404 Not Found</title></html>")),
        "no_object_store",
    ),
    (
        "there is nothing behind a load balancer",
        "",
        |_| Some(Refusal::page(503, "<html><body>No server is available.</body></html>")),
        "store_trouble",
    ),
];

#[tokio::test]
async fn what_stores_of_other_makers_say_is_understood() {
    let mut proofs = Proofs::of(CHECK, "storage-answers");
    let good = start(NOTHING).await;
    let args = at_port(good.port, "quay", KEYS);
    proofs.passes("everything is right", &told(engine("RadosGWStorage", &args)).await);
    for (situation, more, refuses, fault) in SITUATIONS {
        let store = start(refuses).await;
        proofs.hide(store.port, "7480");
        let args = format!("{}{more}", at_port(store.port, "quay", KEYS));
        proofs.finds(situation, &told(engine("RadosGWStorage", &args)).await, fault);
    }
    let args = at_port(good.port, "quay", ("\"QUAY\\nKEY\"", "quaysecret"));
    let outcome = told(engine("RadosGWStorage", &args)).await;
    proofs.finds("there is a line break in the access key", &outcome, "keys_unusable");
    let store = start(|_| {
        Some(Refusal::of(400, "ExpiredToken", "<Message>The token has expired.</Message>"))
    })
    .await;
    proofs.hide(store.port, "7480");
    let args = format!("{}, aws_session_token: token", s3_at_port(store.port, "quay", KEYS));
    let outcome = told(engine("S3Storage", &args)).await;
    proofs.finds("the session token has expired", &outcome, "token_refused");
    proofs.end();
}

#[tokio::test]
async fn amazon_and_google_are_asked_where_they_are() {
    let authority = Authority::new("lab authority");
    let names = [
        "quay.s3.amazonaws.com",
        "quay.s3.eu-central-1.amazonaws.com",
        "s3.eu-central-1.amazonaws.com",
        "storage.googleapis.com",
        "sts.amazonaws.com",
    ];
    let signed = authority.sign(&names);
    let there = |trial: Trial, port: u16| {
        let hosts: Vec<_> = names.iter().map(|name| (*name, 443, port)).collect();
        trial.net(net(&hosts)).file("extra_ca_certs/lab.crt", authority.pem()).at(NOW)
    };
    let mut proofs = Proofs::of(CHECK, "storage-amazon");
    let amazon = start_tls(&signed, |asked| {
        let refusal = Refusal::of(301, "PermanentRedirect", "");
        let is_elsewhere = asked.header("host") == "quay.s3.amazonaws.com";
        is_elsewhere.then_some(refusal.with("x-amz-bucket-region", "eu-central-1"))
    })
    .await;
    let keys = "s3_bucket: quay, s3_access_key: QUAYKEY, s3_secret_key: quaysecret";
    let outcome = told(there(engine("S3Storage", keys), amazon.port)).await;
    proofs.finds("no region is configured, and Amazon names it", &outcome, "region_corrected");
    let args = format!("{keys}, s3_region: eu-central-1");
    let outcome = told(there(engine("S3Storage", &args), amazon.port)).await;
    proofs.passes("the region is right", &outcome);
    let empty = start_tls(&signed, |_| Some(Refusal::of(404, "NoSuchBucket", ""))).await;
    let outcome = told(there(engine("S3Storage", &args), empty.port)).await;
    proofs.finds("there is no such bucket at Amazon", &outcome, "no_such_bucket");
    let closed = start_tls(&signed, NOTHING).await;
    let outcome = told(there(engine_with_builds("S3Storage", keys), closed.port)).await;
    proofs.finds("pages may not use a bucket at Amazon", &outcome, "cors_missing");
    let google = start_tls(&signed, NOTHING).await;
    let args = "bucket_name: quay, access_key: GOOGKEY, secret_key: googsecret";
    let outcome = told(there(engine("GoogleCloudStorage", args), google.port)).await;
    proofs.passes("everything is right at Google", &outcome);
    let role = "s3_bucket: quay, sts_role_arn: 'arn:aws:iam::123456789012:role/quay', \
                sts_user_access_key: QUAYKEY, sts_user_secret_key: quaysecret";
    for (situation, refuses, fault) in STS {
        let sts = start_tls(&signed, refuses).await;
        let late = there(engine("STSS3Storage", role), sts.port).at(NOW + 2700);
        let outcome = told(late).await;
        proofs.finds(situation, &outcome, fault);
    }
    proofs.end();
}

/// What Amazon's STS answers, as documented.
const STS: [(&str, Refuses, &str); 4] = [
    (
        "STS does not know the access key",
        |_| Some(Refusal::of(403, "InvalidClientTokenId", "")),
        "wrong_access_key",
    ),
    (
        "the secret key for STS is wrong",
        |_| Some(Refusal::of(403, "SignatureDoesNotMatch", "")),
        "wrong_secret_key",
    ),
    (
        "the clock of STS is far away",
        |_| {
            let more = "<Message>Signature expired: 20261118T110640Z is now earlier than 20261118T115140Z</Message>";
            Some(Refusal::of(403, "SignatureDoesNotMatch", more))
        },
        "clock_skew",
    ),
    ("STS does not work", |_| Some(Refusal::of(500, "InternalFailure", "")), "role_trouble"),
];

#[tokio::test]
async fn a_local_folder_is_looked_at_as_far_as_it_can_be() {
    let mut proofs = Proofs::of(CHECK, "storage-local");
    let local = |folder: &str| {
        let config = format!(
            "DISTRIBUTED_STORAGE_CONFIG: {{default: [LocalStorage, {{storage_path: {folder}}}]}}"
        );
        Trial::of(config)
    };
    proofs.passes("the folder is a mounted one", &told(local("/datastorage/registry")).await);
    for (situation, folder, fault) in [
        ("the folder is not absolute", "datastorage", "local_not_absolute"),
        ("the folder is one of the container's own", "/tmp/registry", "local_not_kept"),
        ("the folder is that of the container itself", "/", "local_not_kept"),
    ] {
        proofs.finds(situation, &told(local(folder)).await, fault);
    }
    proofs.end();
}
