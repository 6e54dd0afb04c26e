//! The pages of quay-console: rendered on the server, made live in the browser as islands.
//!
//! The crate touches no infrastructure: it names what it needs as [`backend::Backend`], which the
//! server implements. `pages` use `form` and `layout`; those use `ui`, which knows nothing of Quay.

#![recursion_limit = "256"]
#![cfg_attr(
    feature = "ssr",
    expect(clippy::needless_pass_by_value, reason = "a component owns its properties")
)]

#[cfg(feature = "ssr")]
pub mod backend;
#[cfg(feature = "ssr")]
pub mod checks;
pub mod draft;
pub mod error;
pub mod form;
pub mod layout;
#[cfg(feature = "ssr")]
pub mod pages;
pub mod paths;
pub mod rpc;
pub mod search;
#[cfg(feature = "ssr")]
pub mod shell;
pub mod text;
pub mod ui;

/// Called once by the browser when the program has loaded.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
