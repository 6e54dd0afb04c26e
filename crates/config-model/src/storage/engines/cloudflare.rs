//! `CloudFlareStorage`: Amazon S3 with downloads through Cloudflare.

use crate::storage::engines::s3::S3Connection;
use crate::value::{FilePath, HostName, Secret, Text, Variant};

object! {
    /// The arguments of `CloudFlareStorage`.
    CloudFlareArguments;
    base: S3Connection;

    /// Host name at Cloudflare from which clients download.
    cloudflare_domain "Download domain": HostName, required;

    /// Name of the uploaded file with the private key that signs download addresses, usually the
    /// engine's name and -cloudflare-signing-key.pem.
    cloudflare_privatekey_filename "Signing key file": FilePath, required;

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

/// Amazon S3 with downloads through Cloudflare.
pub const CLOUDFLARE: Variant = Variant {
    word: "CloudFlareStorage",
    label: "Amazon S3 with Cloudflare",
    doc: crate::field::docs!(
        "A bucket of Amazon S3 from which clients download through Cloudflare."
    ),
    fields: CloudFlareArguments::spec,
};
