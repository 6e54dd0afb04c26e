//! `RadosGWStorage` and `RHOCSStorage`: Ceph's gateway and what Red Hat makes of it.

use crate::value::{
    AtLeast, FilePath, HostName, Port, Secret, Spelled, SpelledTrue, Text, Variant,
};

object! {
    /// The arguments of `RadosGWStorage` and `RHOCSStorage`.
    RadosGwArguments;

    /// Host name of the gateway, as every Quay node reaches it.
    hostname "Host name": HostName, required;

    /// Port of the gateway, where it is not the usual one of HTTP or HTTPS. Ceph's own is 7480.
    port "Port": Spelled<Port>;

    /// Encrypt the connection with HTTPS.
    is_secure "Use HTTPS": SpelledTrue => true, required;

    /// Access key of the gateway's user.
    access_key "Access key": Secret, required;

    /// Secret key of that user.
    secret_key "Secret key": Secret, required;

    /// Name of the bucket. It must exist.
    bucket_name "Bucket": Text, required;

    /// Folder in the bucket under which Quay keeps its objects.
    storage_path "Folder": FilePath => "/datastorage/registry", required;

    /// Region of the gateway, where it checks one.
    region_name "Region": Text;

    /// How requests are signed. Leave it out unless the gateway asks for one, such as `s3v4`.
    signature_version "Signature version": Text;

    /// Smallest part of an upload that the gateway takes, save the last one.
    minimum_chunk_size_mb "Smallest part": AtLeast<1>, unit("MiB");

    /// Largest part of an upload that the gateway takes.
    maximum_chunk_size_mb "Largest part": AtLeast<1>, unit("MiB");

    /// Let the gateway put the parts of an upload together. Turn it off for gateways that cannot.
    server_side_assembly "Assemble uploads at the gateway": bool = true;
}

/// Ceph's object gateway.
pub const RADOS_GW: Variant = Variant {
    word: "RadosGWStorage",
    label: "Ceph Object Gateway (RADOS)",
    doc: crate::field::docs!("A bucket of your own Ceph cluster, reached through its gateway."),
    fields: RadosGwArguments::spec,
};

/// The object store of `OpenShift`, `NooBaa`.
pub const RHOCS: Variant = Variant {
    word: "RHOCSStorage",
    label: "OpenShift Data Foundation (NooBaa)",
    doc: crate::field::docs!("A bucket of the object store that comes with OpenShift."),
    fields: RadosGwArguments::spec,
};
