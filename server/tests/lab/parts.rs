//! The lab: real services, started on this machine for a test and gone after it.
//!
//! Each part is a program in a temporary folder, on a free port of the loopback address.

pub(crate) mod certificates;
pub(crate) mod process;
pub(crate) mod redis;
pub(crate) mod standin;
