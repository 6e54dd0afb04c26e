//! Stores that speak S3, and what stands before them.

mod answers;
mod cdn;
mod gateway;
mod roles;
mod seaweed;
mod slow;

use crate::support::Trial;
use cluster::check::Outcome;

/// The check's name.
const CHECK: &str = "storage";
/// Where everything lies.
const FOLDER: &str = "storage_path: /datastorage/registry";

/// A registry with one engine.
fn engine(driver: &str, args: &str) -> Trial {
    Trial::of(format!(
        "SERVER_HOSTNAME: quay.example.com\nPREFERRED_URL_SCHEME: https\n\
         FEATURE_BUILD_SUPPORT: false\n\
         DISTRIBUTED_STORAGE_CONFIG: {{default: [{driver}, {{{FOLDER}, {args}}}]}}"
    ))
}

/// The same, with pages of its own that use the store.
fn engine_with_builds(driver: &str, args: &str) -> Trial {
    Trial::of(format!(
        "SERVER_HOSTNAME: quay.example.com\nPREFERRED_URL_SCHEME: https\n\
         FEATURE_BUILD_SUPPORT: true\n\
         DISTRIBUTED_STORAGE_CONFIG: {{default: [{driver}, {{{FOLDER}, {args}}}]}}"
    ))
}

/// The arguments of a gateway at a port of this machine.
fn at_port(port: u16, bucket: &str, (access, secret): (&str, &str)) -> String {
    format!(
        "hostname: 127.0.0.1, port: {port}, is_secure: false, bucket_name: {bucket}, \
         access_key: {access}, secret_key: {secret}"
    )
}

/// The arguments of an engine of Amazon's kind at a port of this machine.
fn s3_at_port(port: u16, bucket: &str, (access, secret): (&str, &str)) -> String {
    format!(
        "endpoint_url: 'http://127.0.0.1:{port}', s3_bucket: {bucket}, s3_access_key: {access}, \
         s3_secret_key: {secret}"
    )
}

/// The situation, and what is found there.
async fn told(trial: Trial) -> Outcome {
    trial.run_one(CHECK).await
}
