//! `CloudFrontedS3Storage`: Amazon S3 with downloads through `CloudFront`.

use crate::storage::EngineSpec;
use crate::value::{AnyMap, AtLeast, FilePath, HostName, HttpUrl, Port, Secret, Text};

object! {
    /// The arguments of `CloudFrontedS3Storage`.
    CloudFrontArguments;

    /// Host name of the distribution, from which clients download.
    cloudfront_distribution_domain "Distribution domain": HostName, required;

    /// Id of the key pair that signs download addresses.
    cloudfront_key_id "Key id": Text, required;

    /// Name of the uploaded file with the private key of that pair, usually the engine's name and
    /// -cloudfront-signing-key.pem.
    cloudfront_privatekey_filename "Signing key file": FilePath, required;

    /// Distributions for single organizations, by the organization's name. Edited as text.
    cloudfront_distribution_org_overrides "Domains of single organizations": AnyMap;

    /// Name of the bucket. It must exist.
    s3_bucket "Bucket": Text, required;

    /// Folder in the bucket under which Quay keeps its objects.
    storage_path "Folder": FilePath => "/datastorage/registry", required;

    /// Region of the bucket, for instance eu-central-1. Quay does not start without it.
    s3_region "Region": Text, required;

    /// Access key of the account. Quay's check at start wants it even where a role would do.
    s3_access_key "Access key": Secret, required;

    /// Secret key that belongs to the access key.
    s3_secret_key "Secret key": Secret, required;

    /// Host name of the store, where it is not Amazon's.
    host "Host name": HostName;

    /// Port of that host.
    port "Port": Port;

    /// Complete address of the store, in place of host name and port.
    endpoint_url "Address": HttpUrl;

    /// Largest part of an upload that the store takes.
    maximum_chunk_size_gb "Largest part": AtLeast<1> = 5, unit("GiB");

    /// Smallest part of an upload that the store takes, save the last one.
    minimum_chunk_size_mb "Smallest part": AtLeast<1> = 5, unit("MiB");

    /// Token that belongs to keys given for a limited time.
    aws_session_token "Session token": Secret;

    /// Fetch the keys anew whenever they are about to expire. Choose it where a role supplies them.
    deferred_refreshable_credentials "Renew keys from the role": bool;

    /// How requests are signed. Stores of today want `s3v4`.
    signature_version "Signature version": Text = "s3v4";
}

/// Amazon S3 with downloads through `CloudFront`.
pub const CLOUDFRONT: EngineSpec = EngineSpec {
    driver: "CloudFrontedS3Storage",
    label: "Amazon S3 with CloudFront",
    doc: crate::field::docs!(
        "A bucket of Amazon S3 from which clients download through CloudFront."
    ),
    fields: CloudFrontArguments::spec,
    shared: true,
};
