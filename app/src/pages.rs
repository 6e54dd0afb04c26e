//! The pages, one file each.

pub mod discard;
pub mod login;
pub mod message;
pub mod overview;
pub mod review;
pub mod section;
