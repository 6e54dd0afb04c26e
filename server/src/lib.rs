//! quay-console, the server: everything the pages need that touches the outside.
//!
//! `http` answers requests with the help of `backend`, which uses `store`, `auth` and the readers
//! and writers of files. Nothing here knows how a page looks; nothing in `app` knows a socket.

#![recursion_limit = "512"]

pub mod archive;
pub mod assets;
pub mod auth;
pub mod backend;
pub mod certificates;
pub mod checks;
pub mod cipher;
pub mod cli;
pub mod clients;
pub mod clock;
pub mod folder;
pub mod hex;
pub mod http;
pub mod json;
pub mod startup;
pub mod state;
pub mod store;
pub mod validate;
