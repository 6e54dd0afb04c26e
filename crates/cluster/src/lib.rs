//! Nodes and what runs on them, as plain data; planners over it are pure functions.
//!
//! The crate does no I/O and asks for no time, so that a browser can preview what a server will do.

pub mod check;
pub mod inventory;
