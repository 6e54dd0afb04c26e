//! Every section, in the order the console shows them.

use crate::certificate::FileSlot;
use crate::field::FieldSpec;
use crate::rule::Rule;

pub mod access;
pub mod action_logs;
#[cfg(feature = "docs")]
pub mod advanced_access;
#[cfg(feature = "docs")]
pub mod advanced_logs;
#[cfg(feature = "docs")]
pub mod advanced_queues;
#[cfg(feature = "docs")]
pub mod advanced_registry;
#[cfg(feature = "docs")]
pub mod advanced_services;
#[cfg(feature = "docs")]
pub mod advanced_web;
#[cfg(feature = "docs")]
pub mod advanced_workers;
pub mod app_registry;
pub mod artifacts;
pub mod authentication;
pub mod auto_prune;
pub mod basic;
pub mod bootstrap;
pub mod build_manager;
pub mod builds;
pub mod certificates;
pub mod compliance;
pub mod consistency;
pub mod database;
pub mod email;
pub mod flask;
pub mod garbage_collection;
pub mod github_login;
pub mod google_login;
pub mod health;
pub mod jwt;
pub mod keystone;
pub mod ldap;
pub mod limits;
pub mod log_rotation;
pub mod model_cache;
pub mod network;
pub mod notifications;
pub mod oauth;
pub mod oidc;
pub mod org_mirror;
pub mod protocol;
pub mod proxy_cache;
pub mod quota;
pub mod redis;
pub mod repo_mirror;
pub mod rkt;
pub mod robots;
pub mod search;
pub mod security_scanner;
pub mod server;
pub mod sessions;
pub mod storage;
pub mod time_machine;
pub mod user_interface;

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
    /// Keys whose names the administrator makes up.
    pub family: Option<&'static Family>,
    /// Its rules.
    pub rules: &'static [&'static Rule],
}

/// Top-level keys that have a name of the administrator's own before a common ending.
#[derive(Clone, Copy, Debug)]
pub struct Family {
    /// The ending, for instance `_LOGIN_CONFIG`.
    pub ending: &'static str,
    /// What one of them is; its name is written `<NAME>` and the ending.
    pub spec: &'static FieldSpec,
}

impl Family {
    /// The name of the administrator's own in `key`, `None` for keys of no family.
    ///
    /// A key that a section declares is never of a family.
    pub fn name_in<'a>(&self, key: &'a str) -> Option<&'a str> {
        let name = key.strip_suffix(self.ending)?;
        (!name.is_empty() && declared(key).is_none()).then_some(name)
    }
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
    /// What only Quay's own code knows of.
    Advanced,
}

/// Every section; the browser has none of those whose keys are all internal.
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
    oidc::SECTION,
    oauth::SECTION,
    access::SECTION,
    sessions::SECTION,
    robots::SECTION,
    bootstrap::SECTION,
    time_machine::SECTION,
    auto_prune::SECTION,
    quota::SECTION,
    repo_mirror::SECTION,
    org_mirror::SECTION,
    proxy_cache::SECTION,
    security_scanner::SECTION,
    notifications::SECTION,
    builds::SECTION,
    build_manager::SECTION,
    protocol::SECTION,
    artifacts::SECTION,
    search::SECTION,
    user_interface::SECTION,
    email::SECTION,
    app_registry::SECTION,
    rkt::SECTION,
    action_logs::SECTION,
    log_rotation::SECTION,
    consistency::SECTION,
    garbage_collection::SECTION,
    limits::SECTION,
    model_cache::SECTION,
    health::SECTION,
    network::SECTION,
    compliance::SECTION,
    flask::SECTION,
    #[cfg(feature = "docs")]
    advanced_web::SECTION,
    #[cfg(feature = "docs")]
    advanced_access::SECTION,
    #[cfg(feature = "docs")]
    advanced_registry::SECTION,
    #[cfg(feature = "docs")]
    advanced_workers::SECTION,
    #[cfg(feature = "docs")]
    advanced_queues::SECTION,
    #[cfg(feature = "docs")]
    advanced_logs::SECTION,
    #[cfg(feature = "docs")]
    advanced_services::SECTION,
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
            || section.family.is_some_and(|family| family.name_in(key).is_some())
    })
}

/// What is known of a top-level key.
pub fn field_of(key: &str) -> Option<&'static FieldSpec> {
    declared(key).or_else(|| {
        let mut families = SECTIONS.iter().filter_map(|section| section.family);
        families.find(|family| family.name_in(key).is_some()).map(|family| family.spec)
    })
}

/// Whether a section declares this very key.
pub fn is_declared(key: &str) -> bool {
    declared(key).is_some()
}

/// The key of exactly this name.
fn declared(key: &str) -> Option<&'static FieldSpec> {
    SECTIONS.iter().flat_map(|section| section.keys).copied().find(|spec| spec.name == key)
}
