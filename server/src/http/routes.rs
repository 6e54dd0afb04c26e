//! Handlers, one file a subject; each extracts, asks one thing of the backend, and answers.

pub mod api;
pub mod bundle;
pub mod checks;
pub mod editor;
pub mod engines;
pub mod entries;
pub mod files;
pub mod health;
pub mod history;
pub mod import;
pub mod login;
pub mod rpc;
pub mod search;
pub mod values;
pub mod yaml;
