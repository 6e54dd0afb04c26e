//! The Quay configuration, as data: every key, section and rule, and nothing that does I/O.
//!
//! Start at [`sections::SECTIONS`]; each section lives in one file under `sections/`. A
//! [`document::Document`] holds the values, [`rule::check`] reports what is wrong with them.

#[macro_use]
mod macros;

pub mod bundle;
pub mod certificate;
pub mod change;
pub mod document;
pub mod field;
pub mod mask;
mod names;
pub mod path;
pub mod progress;
pub mod redact;
#[cfg(feature = "docs")]
pub mod reference;
pub mod rule;
#[cfg(feature = "docs")]
pub mod schema;
#[cfg(feature = "docs")]
pub mod search;
pub mod sections;
pub mod setup;
pub mod storage;
pub mod value;
pub mod walk;
pub mod yaml;

/// The longest text that is searched for.
pub const QUERY_CHARS_MAX: usize = 120;
