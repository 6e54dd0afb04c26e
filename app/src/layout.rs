//! What stands around every page of the editor.

#[cfg(feature = "ssr")]
pub mod frame;
