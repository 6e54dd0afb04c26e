//! `STSS3Storage`: Amazon S3 with keys that Quay fetches for a role.

use crate::value::{AtLeast, FilePath, HttpUrl, Secret, Text, Variant};

object! {
    /// The arguments of `STSS3Storage`.
    StsS3Arguments;

    /// Name of the bucket. It must exist.
    s3_bucket "Bucket": Text, required;

    /// Folder in the bucket under which Quay keeps its objects.
    storage_path "Folder": FilePath => "/datastorage/registry", required;

    /// The role Quay takes on to use the bucket, for instance `arn:aws:iam::123456789012:role/quay`.
    /// Leave it out where the container's environment names one in `AWS_ROLE_ARN`.
    sts_role_arn "Role": Text, also(&["ARN"]);

    /// Access key of the user that may take on the role. Leave both keys out where the container
    /// has a token for the role, as on `OpenShift`.
    sts_user_access_key "Access key": Secret;

    /// Secret key that belongs to the access key.
    sts_user_secret_key "Secret key": Secret;

    /// Region of the bucket, for instance eu-central-1.
    s3_region "Region": Text;

    /// Complete address of the store, where it is not Amazon's.
    endpoint_url "Address": HttpUrl;

    /// Largest part of an upload that the store takes.
    maximum_chunk_size_gb "Largest part": AtLeast<1> = 5, unit("GiB");

    /// Quay finds the file with the token in the container's environment and takes no name here.
    sts_web_identity_token_file "Token file": Text, legacy;

    /// Quay makes up the name of the session and takes none here.
    sts_role_session_name "Session name": Text, legacy;

    /// How requests are signed. Stores of today want `s3v4`.
    signature_version "Signature version": Text = "s3v4";
}

/// Amazon S3 with keys that Quay fetches for a role.
pub const STS_S3: Variant = Variant {
    word: "STSS3Storage",
    label: "Amazon S3 with a role (STS)",
    doc: crate::field::docs!(
        "A bucket of Amazon S3 that Quay uses with keys it fetches for a role, good for an hour."
    ),
    fields: StsS3Arguments::spec,
};
