//! The addresses of pages and forms: written here and nowhere else.

/// The log-in page.
pub const LOGIN: &str = "/login";
/// Where the log-out button posts to.
pub const LOGOUT: &str = "/logout";
/// The checklist.
pub const OVERVIEW: &str = "/";
/// The dialogue after Validate Configuration Changes.
pub const REVIEW: &str = "/review";
/// Asks before a draft is thrown away, and throws it away.
pub const DISCARD: &str = "/discard";
/// Sends `quay-config.tar.gz`.
pub const DOWNLOAD: &str = "/download";
/// Writes the files into the configuration folder.
pub const SAVE: &str = "/save";
/// Where the forms for storage engines post to.
pub const ENGINES: &str = "/engines";
/// Where files are uploaded and removed.
pub const FILES: &str = "/files";
/// Where server functions live.
pub const RPC: &str = "/rpc";

/// The page of a section.
pub fn section(id: &str) -> String {
    format!("/section/{id}")
}

/// The place of a field on the page of its section.
pub fn field(section_id: &str, path: &config_model::path::Path) -> String {
    format!("/section/{section_id}#{}", path.html_id())
}
