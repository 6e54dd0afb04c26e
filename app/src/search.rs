//! What the search box is told, as it travels to the browser.

use serde::{Deserialize, Serialize};

/// A place that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HitLine {
    /// Its label, with that of what it stands in.
    pub label: String,
    /// The title of the page it is on.
    pub section: String,
    /// Its key, path or file name; empty for a page.
    pub key: String,
    /// Its address.
    pub href: String,
}
