//! `CloudFrontedS3Storage`: Amazon S3 with downloads through `CloudFront`.

use crate::storage::engines::s3::S3Connection;
use crate::value::{FilePath, HostName, Mapping, Secret, Text, Variant};

object! {
    /// The arguments of `CloudFrontedS3Storage`.
    CloudFrontArguments;
    base: S3Connection;

    /// Host name of the distribution, from which clients download.
    cloudfront_distribution_domain "Distribution domain": HostName, required;

    /// Id of the key pair that signs download addresses.
    cloudfront_key_id "Key id": Text, required;

    /// Name of the uploaded file with the private key of that pair, usually the engine's name and
    /// -cloudfront-signing-key.pem.
    cloudfront_privatekey_filename "Signing key file": FilePath, required;

    /// Distributions for single organizations, by the organization's name.
    cloudfront_distribution_org_overrides "Domains of single organizations": Mapping<HostName>;

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
}

/// Amazon S3 with downloads through `CloudFront`.
pub const CLOUDFRONT: Variant = Variant {
    word: "CloudFrontedS3Storage",
    label: "Amazon S3 with CloudFront",
    doc: crate::field::docs!(
        "A bucket of Amazon S3 from which clients download through CloudFront."
    ),
    fields: CloudFrontArguments::spec,
};
