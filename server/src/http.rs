//! Requests and answers: the routes, what guards them, and how pages are rendered.

pub mod error;
pub mod guard;
pub mod middleware;
pub mod render;
pub mod router;
pub mod routes;
