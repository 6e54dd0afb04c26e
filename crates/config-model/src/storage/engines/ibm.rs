//! `IBMCloudStorage`: IBM's object store.

use crate::value::{
    AtLeast, FilePath, HostName, Port, Secret, Spelled, SpelledTrue, Text, Variant,
};

object! {
    /// The arguments of `IBMCloudStorage`.
    IbmArguments;

    /// Host name of the store, for instance s3.eu-de.cloud-object-storage.appdomain.cloud.
    hostname "Host name": HostName, required;

    /// Port of the store, where it is not the usual one of HTTP or HTTPS.
    port "Port": Spelled<Port>;

    /// Encrypt the connection with HTTPS.
    is_secure "Use HTTPS": SpelledTrue => true, required;

    /// Access key for the S3 interface (HMAC key) of the service's credentials.
    access_key "Access key": Secret, required;

    /// Secret key that belongs to the access key.
    secret_key "Secret key": Secret, required;

    /// Name of the bucket. It must exist.
    bucket_name "Bucket": Text, required;

    /// Folder in the bucket under which Quay keeps its objects.
    storage_path "Folder": FilePath => "/datastorage/registry", required;

    /// Largest part of an upload that the store takes.
    maximum_chunk_size_mb "Largest part": AtLeast<1> = 100, unit("MiB");

    /// How requests are signed. Leave it out unless the store asks for one, such as `s3v4`.
    signature_version "Signature version": Text;
}

/// IBM's object store.
pub const IBM: Variant = Variant {
    word: "IBMCloudStorage",
    label: "IBM Cloud Object Storage",
    doc: crate::field::docs!("A bucket of IBM Cloud Object Storage."),
    fields: IbmArguments::spec,
};
