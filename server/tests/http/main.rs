//! What the console answers: every request goes through the real router, over a real database.

mod bundle;
mod csrf;
mod editor;
mod engines;
mod files;
mod headers;
mod health;
mod limits;
mod login;
mod support;
