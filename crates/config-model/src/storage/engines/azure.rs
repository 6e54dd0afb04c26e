//! `AzureStorage`: Azure Blob Storage.

use crate::value::{FilePath, HttpUrl, Secret, Text, Variant};

object! {
    /// The arguments of `AzureStorage`.
    AzureArguments;

    /// Name of the storage account.
    azure_account_name "Account name": Text, required;

    /// Name of the container in that account. It must exist.
    azure_container "Container": Text, required;

    /// Folder in the container under which Quay keeps its objects.
    storage_path "Folder": FilePath => "/datastorage/registry", required;

    /// Access key of the account.
    azure_account_key "Account key": Secret;

    /// Token that gives limited access to the container (SAS). Quay takes it and asks with the
    /// account key all the same.
    sas_token "Shared access token": Secret;

    /// Address of the store, where it is not Azure's public one.
    endpoint_url "Address": HttpUrl;
}

/// Azure Blob Storage.
pub const AZURE: Variant = Variant {
    word: "AzureStorage",
    label: "Azure Blob Storage",
    doc: crate::field::docs!("A container of an Azure storage account."),
    fields: AzureArguments::spec,
};
