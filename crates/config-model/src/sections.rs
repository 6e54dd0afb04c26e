//! Every section, in the order the console shows them.

use crate::certificate::FileSlot;
use crate::field::FieldSpec;
use crate::rule::Rule;

pub mod access;
pub mod action_logs;
pub mod app_registry;
pub mod authentication;
pub mod basic;
pub mod builds;
pub mod certificates;
pub mod consistency;
pub mod database;
pub mod email;
pub mod github_login;
pub mod google_login;
pub mod jwt;
pub mod keystone;
pub mod ldap;
pub mod log_rotation;
pub mod oauth;
pub mod protocol;
pub mod redis;
pub mod repo_mirror;
pub mod rkt;
pub mod security_scanner;
pub mod server;
pub mod storage;
pub mod time_machine;

/// A group of keys that share one page and one list of rules.
#[derive(Clone, Copy, Debug)]
pub struct Section {
    /// The name in addresses and reports.
    pub id: &'static str,
    /// The name a person reads.
    pub title: &'static str,
    /// The heading it stands under.
    pub group: Group,
    /// What the section is for; empty in the browser's copy.
    pub doc: &'static [&'static str],
    /// Its keys, in the order of the form.
    pub keys: &'static [&'static FieldSpec],
    /// The files that are uploaded on its page.
    pub files: &'static [&'static FileSlot],
    /// Its rules.
    pub rules: &'static [&'static Rule],
}

/// The headings of the navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// What every registry needs.
    Essentials,
    /// Who may do what.
    Access,
    /// What the registry does beyond push and pull.
    Features,
    /// How it is run and watched.
    Operations,
}

/// Every section.
pub const SECTIONS: &[Section] = &[
    server::SECTION,
    certificates::SECTION,
    database::SECTION,
    redis::SECTION,
    storage::SECTION,
    basic::SECTION,
    authentication::SECTION,
    ldap::SECTION,
    jwt::SECTION,
    keystone::SECTION,
    github_login::SECTION,
    google_login::SECTION,
    oauth::SECTION,
    access::SECTION,
    time_machine::SECTION,
    repo_mirror::SECTION,
    security_scanner::SECTION,
    builds::SECTION,
    protocol::SECTION,
    email::SECTION,
    app_registry::SECTION,
    rkt::SECTION,
    action_logs::SECTION,
    log_rotation::SECTION,
    consistency::SECTION,
];

/// The section with this id.
pub fn by_id(id: &str) -> Option<&'static Section> {
    SECTIONS.iter().find(|section| section.id == id)
}

/// The section whose page edits a key or holds a file.
pub fn section_of(key: &str) -> Option<&'static Section> {
    SECTIONS.iter().find(|section| {
        section.keys.iter().any(|spec| spec.name == key)
            || section.files.iter().any(|slot| slot.takes(key))
    })
}

/// What is known of a top-level key.
pub fn field_of(key: &str) -> Option<&'static FieldSpec> {
    SECTIONS.iter().flat_map(|section| section.keys).copied().find(|spec| spec.name == key)
}
