//! `GoogleCloudStorage`: Google Cloud Storage through its S3 interface.

use crate::value::{AtLeast, FilePath, Secret, Text, Variant};

object! {
    /// The arguments of `GoogleCloudStorage`.
    GoogleArguments;

    /// Access key for the S3 interface (HMAC key) of the service account.
    access_key "Access key": Secret, required;

    /// Secret that belongs to the access key.
    secret_key "Secret key": Secret, required;

    /// Name of the bucket. It must exist.
    bucket_name "Bucket": Text, required;

    /// Folder in the bucket under which Quay keeps its objects.
    storage_path "Folder": FilePath => "/datastorage/registry", required;

    /// How long Quay waits for an answer.
    boto_timeout "Time limit": AtLeast<1> = 60, unit("seconds");

    /// Smallest part of an upload that the store takes, save the last one.
    minimum_chunk_size_mb "Smallest part": AtLeast<1>, unit("MiB");

    /// How requests are signed. Leave it out unless the store asks for another way.
    signature_version "Signature version": Text;
}

/// Google Cloud Storage.
pub const GOOGLE: Variant = Variant {
    word: "GoogleCloudStorage",
    label: "Google Cloud Storage",
    doc: crate::field::docs!("A bucket of Google Cloud Storage."),
    fields: GoogleArguments::spec,
};
