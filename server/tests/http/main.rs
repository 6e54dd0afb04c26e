//! What the console answers: every request goes through the real router, over a real database.

mod api;
mod bundle;
mod checks;
mod csrf;
mod editor;
mod engines;
mod entries;
mod files;
mod headers;
mod health;
mod history;
mod import;
mod limits;
mod login;
mod search;
mod support;
mod yaml;
