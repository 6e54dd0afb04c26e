//! How the program reaches other programs: bounded in bytes and time, encrypted by rustls.
//!
//! What goes wrong is told apart here, once; what it means is for those who call.

pub mod date;
pub mod dial;
pub mod http;
pub mod kafka;
pub mod mysql;
pub mod postgres;
pub mod relay;
pub mod sigv4;
pub mod tls;
pub mod wire;
