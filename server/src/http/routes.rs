//! Handlers, one file a subject; each extracts, asks one thing of the backend, and answers.

pub mod bundle;
pub mod editor;
pub mod engines;
pub mod files;
pub mod health;
pub mod login;
pub mod rpc;
