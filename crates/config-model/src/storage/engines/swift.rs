//! `SwiftStorage`: `OpenStack`'s object store.

use crate::value::{AtLeast, FilePath, HttpUrl, Secret, Spelled, Text, Variant, Whole};

object! {
    /// What Keystone is told besides user and password.
    OsOptions;

    /// Id of the tenant (project). Version 3 needs it.
    tenant_id "Tenant id": Text;

    /// Name of the tenant, for version 2.
    tenant_name "Tenant name": Text;

    /// Domain the user belongs to. Version 3 needs it.
    user_domain_name "User domain": Text;

    /// Id of that domain, where the name is not used.
    user_domain_id "User domain id": Text;

    /// Id of the user, where the name is not used.
    user_id "User id": Text;

    /// Name of the project, for version 3.
    project_name "Project name": Text;

    /// Id of the project, for version 3.
    project_id "Project id": Text;

    /// Domain the project belongs to.
    project_domain_name "Project domain": Text;

    /// Id of that domain, where the name is not used.
    project_domain_id "Project domain id": Text;

    /// Region whose object store is used.
    region_name "Region": Text;

    /// Kind of service that is looked for; usually object-store.
    service_type "Service type": Text;

    /// Which of its addresses is used: `publicURL`, `internalURL` or `adminURL`.
    endpoint_type "Address type": Text;

    /// Address of the object store, in place of the one that Keystone names.
    object_storage_url "Object store address": HttpUrl;

    /// Token that was issued before, in place of a login.
    auth_token "Token": Secret;
}

object! {
    /// The arguments of `SwiftStorage`.
    SwiftArguments;

    /// Version of the login service: 1, 2 or 3. Keystone of today speaks 3.
    auth_version "Login version": Spelled<AtLeast<1>> => 3, required;

    /// Address of the login service, for instance `https://keystone.example.com:5000/v3`.
    auth_url "Login address": HttpUrl, required;

    /// Name of the container. It must exist.
    swift_container "Container": Text, required;

    /// Folder in the container under which Quay keeps its objects.
    storage_path "Folder": FilePath => "/datastorage/registry", required;

    /// User Quay logs in as. Under version 1 the account stands before it: account:user.
    swift_user "User name": Text, required;

    /// Password of that user; under version 1 its key.
    swift_password "Password": Secret, required;

    /// File in the container with the authorities that sign the service's certificate. An uploaded
    /// swift.cert is conf/stack/swift.cert.
    ca_cert_path "Authorities file": FilePath;

    /// Key that signs addresses for direct download. Without it all data passes through Quay.
    temp_url_key "Download key": Secret;

    /// What the login service is told about tenants and domains.
    os_options "Login options": OsOptions;

    /// Join folder and object name without a slash between them, as old registries did.
    simple_path_concat "Join names without a slash": bool = false;

    /// How long Quay waits for the connection.
    connect_timeout "Time limit": AtLeast<1> = 5, unit("seconds");

    /// How often a failed request is made again.
    retry_count "Retries": Whole = 5;

    /// Try again when the store says that it has too much to do.
    retry_on_ratelimit "Retry when told to slow down": bool = true;
}

/// `OpenStack`'s object store.
pub const SWIFT: Variant = Variant {
    word: "SwiftStorage",
    label: "OpenStack Swift",
    doc: crate::field::docs!("A container of OpenStack's object store."),
    fields: SwiftArguments::spec,
};
