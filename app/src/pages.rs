//! The pages, one file each.

pub mod api;
pub mod checks;
pub mod differences;
pub mod discard;
pub mod history;
pub mod import;
pub mod login;
pub mod message;
pub mod overview;
pub mod review;
pub mod search;
pub mod section;
pub mod yaml;
