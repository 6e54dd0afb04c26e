//! How a connection to `PostgreSQL` is encrypted, and what is looked at.

use super::{CHECK, PASSWORD, trial_with, tried};
use crate::lab::certificates::{Authority, Signed};
use crate::lab::postgres::{Postgres, Setup};
use crate::lab::process::run;
use crate::support::{Proofs, Trial};
use std::fs;
use std::process::Command;

/// Users, and what each may do.
const USERS: &str = "CREATE ROLE quayuser LOGIN PASSWORD 'letmein42'
CREATE ROLE plain LOGIN PASSWORD 'letmein42'
CREATE ROLE certified LOGIN PASSWORD 'letmein42'
CREATE DATABASE quaydb OWNER quayuser
";
/// How each comes in: one only in clear, one only with a certificate, the rest encrypted.
const RULES: &str = "hostnossl all plain 127.0.0.1/32 scram-sha-256
hostssl all plain 127.0.0.1/32 reject
hostssl all certified 127.0.0.1/32 scram-sha-256 clientcert=verify-ca
hostssl all all 127.0.0.1/32 scram-sha-256";
/// Where the certificate of the authority is uploaded.
const PEM: &str = "database.pem";
/// What names it.
const NAMED: &str = "sslrootcert: conf/stack/database.pem";

fn start(signed: &Signed, authority: &Authority) -> Postgres {
    let setup = Setup {
        statements: USERS,
        rules: RULES,
        signed: Some(signed),
        authority: Some(authority.pem()),
        ..Setup::default()
    };
    let server = Postgres::start(&setup);
    server.sql("quaydb", "CREATE EXTENSION pg_trgm");
    server.sql("quaydb", "GRANT CREATE ON SCHEMA public TO plain, certified");
    server
}

/// The address of a user by the name in the certificate.
fn named(server: &Postgres, user: &str) -> String {
    server.uri(user, PASSWORD, "quaydb").replace("127.0.0.1", "localhost")
}

#[tokio::test]
async fn a_tls_mode_means_what_libpq_says() {
    let (authority, other) = (Authority::new("lab authority"), Authority::new("another authority"));
    let server = start(&authority.sign(&["localhost"]), &authority);
    let (name, address) = (named(&server, "quayuser"), server.uri("quayuser", PASSWORD, "quaydb"));
    let mut proofs = Proofs::of(CHECK, "database-tls");
    proofs.hide(server.port, "5432");
    let good = |uri: &str, arguments: &str| trial_with(uri, arguments).file(PEM, authority.pem());
    let bad = |uri: &str, arguments: &str| trial_with(uri, arguments).file(PEM, other.pem());

    let full = format!("sslmode: verify-full, {NAMED}");
    proofs.passes("verify-full, and all is right", &one(good(&name, &full)).await);
    let outcome = one(good(&address, &full)).await;
    proofs.finds("verify-full, by a name not in the certificate", &outcome, "certificate_name");
    let chain = format!("sslmode: verify-ca, {NAMED}");
    proofs
        .passes("verify-ca, by a name not in the certificate", &one(good(&address, &chain)).await);
    let outcome = one(bad(&address, &chain)).await;
    proofs.finds("verify-ca, and another authority", &outcome, "certificate_untrusted");
    let outcome = one(trial_with(&name, "sslmode: verify-full")).await;
    proofs.finds("verify-full, and nothing is uploaded", &outcome, "file_missing");
    let outcome = one(good(&name, "sslmode: verify-full")).await;
    proofs.finds("verify-full, and no file is named", &outcome, "authorities_not_named");
    let outcome = one(trial_with(&name, &full).file(PEM, "no certificate")).await;
    proofs.finds("verify-full, and the file is something else", &outcome, "file_unusable");
    let elsewhere = "sslmode: require, sslrootcert: /etc/pki/ca.pem";
    let outcome = one(trial_with(&name, elsewhere)).await;
    proofs.finds("require, and a file of the container", &outcome, "file_elsewhere");
    proofs.passes("require", &one(trial_with(&address, "sslmode: require")).await);
    let outcome = one(bad(&address, &format!("sslmode: require, {NAMED}"))).await;
    proofs.finds("require, and another authority", &outcome, "certificate_untrusted");
    proofs.passes("prefer, the usual mode", &tried(&address).await);
    proofs.passes("prefer, and encryption is refused", &tried(&named(&server, "plain")).await);
    let outcome = one(bad(&named(&server, "plain"), NAMED)).await;
    proofs.finds("prefer, and another authority", &outcome, "falls_back");
    let outcome = one(trial_with(&address, "sslmode: allow")).await;
    proofs.passes("allow, and encryption is wanted", &outcome);
    let outcome = one(trial_with(&address, "sslmode: disable")).await;
    proofs.finds("disable, and encryption is wanted", &outcome, "encryption_wanted");
    proofs.end();
}

#[tokio::test]
async fn certificates_on_both_sides_are_tried() {
    let (authority, other) = (Authority::new("lab authority"), Authority::new("another authority"));
    let server = start(&authority.sign(&["localhost"]), &authority);
    let mut proofs = Proofs::of(CHECK, "database-certificates");
    proofs.hide(server.port, "5432");
    let uri = named(&server, "certified");
    let arguments =
        "sslmode: require, sslcert: conf/stack/client.crt, sslkey: conf/stack/client.key";
    let with = |client: &Signed| {
        let trial = trial_with(&uri, arguments).file("client.crt", &client.certificate);
        one(trial.file("client.key", &client.key))
    };
    let outcome = with(&authority.sign(&["quay"])).await;
    proofs.passes("the certificate of the client is right", &outcome);
    let outcome = with(&other.sign(&["quay"])).await;
    proofs.finds("another authority has signed the client's", &outcome, "tls_refused");
    let outcome = one(trial_with(&uri, arguments)).await;
    proofs.finds("the certificate of the client is missing", &outcome, "file_missing");
    let outcome = one(trial_with(&uri, "sslmode: require")).await;
    proofs.finds("no certificate of the client", &outcome, "client_certificate_wanted");

    let expired = start(&authority.sign_expired(&["localhost"]), &authority);
    let full = format!("sslmode: verify-full, {NAMED}");
    let outcome =
        one(trial_with(&named(&expired, "quayuser"), &full).file(PEM, authority.pem())).await;
    proofs.finds("the certificate has expired", &outcome, "certificate_expired");
    let (root, signed) = as_the_manual_says();
    let simple = start(&signed, &authority);
    let trial = |uri: &str| one(trial_with(uri, &full).file(PEM, &root));
    let outcome = trial(&named(&simple, "quayuser")).await;
    proofs.passes("a certificate as PostgreSQL's manual makes it", &outcome);
    let outcome = trial(&simple.uri("quayuser", PASSWORD, "quaydb")).await;
    proofs.finds("such a certificate, by another name", &outcome, "certificate_name");
    let outcome =
        one(trial_with(&named(&simple, "quayuser"), &full).file(PEM, authority.pem())).await;
    proofs.finds("such a certificate, of another authority", &outcome, "certificate_untrusted");
    proofs.end();
}

async fn one(trial: Trial) -> cluster::check::Outcome {
    trial.run_one(CHECK).await
}

/// An authority and a certificate, made with the commands of `PostgreSQL`'s manual: the name is a
/// common name only, and the certificate has no extensions.
fn as_the_manual_says() -> (String, Signed) {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let openssl = |arguments: &str| {
        run(Command::new("openssl").current_dir(folder.path()).args(arguments.split(' ')));
    };
    openssl("req -new -x509 -days 365 -nodes -subj /CN=root -keyout root.key -out root.crt");
    openssl("req -new -nodes -subj /CN=localhost -keyout server.key -out server.csr");
    openssl(
        "x509 -req -in server.csr -days 365 -CA root.crt -CAkey root.key -CAcreateserial -out server.crt",
    );
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).expect("it was written");
    (read("root.crt"), Signed { certificate: read("server.crt"), key: read("server.key") })
}
