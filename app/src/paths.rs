//! The addresses of pages and forms: written here and nowhere else.

use cluster::check::Outcome;
use std::fmt::Write as _;

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
/// Where the plain forms of internal keys post to.
pub const VALUES: &str = "/values";
/// The revisions.
pub const HISTORY: &str = "/history";
/// Goes one state of the draft back.
pub const UNDO: &str = "/undo";
/// Goes one state of the draft forward.
pub const REDO: &str = "/redo";
/// Finds settings.
pub const SEARCH: &str = "/search";
/// Where a configuration is uploaded.
pub const IMPORT: &str = "/import";
/// Where the forms for lists, mappings and providers post to.
pub const ENTRIES: &str = "/entries";
/// Where files are uploaded and removed.
pub const FILES: &str = "/files";
/// `config.yaml` as text.
pub const YAML: &str = "/yaml";
/// The same for a program: the text, and where an edited one is sent.
pub const YAML_TEXT: &str = "/yaml/text";
/// The live checks, and where they are started.
pub const CHECKS: &str = "/checks";
/// Where running checks are ended.
pub const CHECKS_CANCEL: &str = "/checks/cancel";
/// Where a page follows running checks.
pub const CHECKS_EVENTS: &str = "/checks/events";
/// Where server functions live.
pub const RPC: &str = "/rpc";

/// The page about the API for programs.
pub const API: &str = "/api";
/// The same for programs, as OpenAPI.
pub const API_DOCUMENT: &str = "/api/openapi.json";
/// Gives a program the configuration.
pub const API_CONFIG: &str = "/api/v1/config";
/// Checks a program's configuration.
pub const API_VALIDATE: &str = "/api/v1/config/validate";
/// Makes an archive of a program's configuration.
pub const API_DOWNLOAD: &str = "/api/v1/config/download";
/// Where the removed tool handed a configuration to the Operator.
pub const API_OPERATOR: &str = "/api/v1/config/operator";

/// The page of a section.
pub fn section(id: &str) -> String {
    format!("/section/{id}")
}

/// The page of a section, with this internal key shown (`all`: with all of them).
pub fn section_with(id: &str, shown: &str) -> String {
    format!("/section/{id}?show={shown}")
}

/// The page of a section with the text beside its form.
pub fn section_yaml(id: &str) -> String {
    format!("/section/{id}?view=yaml")
}

/// Where the page `back` follows the running checks of a section, or of all.
pub fn check_events(section: Option<&str>, back: &str) -> String {
    let section = section.map(|id| format!("&section={id}")).unwrap_or_default();
    format!("{CHECKS_EVENTS}?back={back}{section}")
}

/// A page, at the place of its checks.
pub fn with_checks(page: &str) -> String {
    format!("{page}#checks")
}

/// The id of a check in a page.
pub fn check_id(outcome: &Outcome) -> String {
    let Outcome { check, path, part, .. } = outcome;
    let part = if part.is_empty() { String::new() } else { format!("-{part}") };
    format!("check-{check}-{}{part}", path.html_id())
}

/// Where a revision is taken up again.
pub fn restore(id: i64) -> String {
    format!("/history/{id}/restore")
}

/// The settings that fit a query and a filter.
pub fn search(query: &str, show: &str) -> String {
    let mut encoded = String::new();
    for byte in query.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    format!("{SEARCH}?q={encoded}&show={show}")
}

/// The place of a field on the page of its section.
pub fn field(section_id: &str, path: &config_model::path::Path) -> String {
    format!("/section/{section_id}#{}", path.html_id())
}
