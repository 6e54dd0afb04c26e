//! `S3Storage`: Amazon S3, and stores that are addressed like it.

use crate::value::{AtLeast, FilePath, HostName, HttpUrl, Port, Secret, Spelled, Text, Variant};

object! {
    /// How a store that speaks Amazon's protocol is reached, whoever delivers from it.
    S3Connection;

    /// Host name of the store, where it is not Amazon's.
    host "Host name": HostName;

    /// Port of that host.
    port "Port": Spelled<Port>;

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

object! {
    /// The arguments of `S3Storage`.
    S3Arguments;
    base: S3Connection;

    /// Name of the bucket. It must exist.
    s3_bucket "Bucket": Text, required;

    /// Folder in the bucket under which Quay keeps its objects.
    storage_path "Folder": FilePath => "/datastorage/registry", required;

    /// Access key of the account. Leave it and the secret key out where the machine has a role
    /// that may use the bucket.
    s3_access_key "Access key": Secret;

    /// Secret key that belongs to the access key.
    s3_secret_key "Secret key": Secret;

    /// Region of the bucket, for instance eu-central-1.
    s3_region "Region": Text;
}

/// Amazon S3, and stores that are addressed like it.
pub const S3: Variant = Variant {
    word: "S3Storage",
    label: "Amazon S3",
    doc: crate::field::docs!("A bucket of Amazon S3, or of another store that is used like it."),
    fields: S3Arguments::spec,
};
