//! Requests and answers: the routes, what guards them, and how pages are rendered.

pub mod basic;
pub mod error;
pub mod guard;
pub mod middleware;
pub mod plain;
pub mod render;
pub mod router;
pub mod routes;
