//! `LocalStorage`: a folder on the node itself.

use crate::value::{FilePath, Variant};

object! {
    /// The arguments of `LocalStorage`.
    LocalArguments;

    /// Folder in the container that holds the images. It must lie on a mounted volume, or the
    /// images go with the container.
    storage_path "Folder": FilePath => "/datastorage/registry", required;
}

/// A folder on the node itself.
pub const LOCAL: Variant = Variant {
    word: "LocalStorage",
    label: "Local folder",
    doc: crate::field::docs!(
        "A folder on the node. For trials on one machine: other nodes do not see the images."
    ),
    fields: LocalArguments::spec,
};
