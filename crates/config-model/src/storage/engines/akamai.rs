//! `AkamaiS3Storage`: Amazon S3 with downloads through Akamai.

use crate::storage::engines::s3::S3Connection;
use crate::value::{FilePath, HostName, Secret, Text, Variant};

object! {
    /// The arguments of `AkamaiS3Storage`.
    AkamaiArguments;
    base: S3Connection;

    /// Host name at Akamai from which clients download.
    akamai_domain "Download domain": HostName, required;

    /// Key that signs download addresses, the same as in Akamai's own configuration.
    akamai_shared_secret "Signing key": Secret, required;

    /// Name of the bucket. It must exist.
    s3_bucket "Bucket": Text, required;

    /// Folder in the bucket under which Quay keeps its objects.
    storage_path "Folder": FilePath => "/datastorage/registry", required;

    /// Region of the bucket, for instance eu-central-1. Quay does not start without it.
    s3_region "Region": Text, required;

    /// Access key of the account. Leave it and the secret key out where the machine has a role
    /// that may use the bucket.
    s3_access_key "Access key": Secret;

    /// Secret key that belongs to the access key.
    s3_secret_key "Secret key": Secret;
}

/// Amazon S3 with downloads through Akamai.
pub const AKAMAI: Variant = Variant {
    word: "AkamaiS3Storage",
    label: "Amazon S3 with Akamai",
    doc: crate::field::docs!(
        "A bucket of Amazon S3 from which clients download through Akamai.",
        "Quay's check at start does not know this kind of engine."
    ),
    fields: AkamaiArguments::spec,
};
