//! What stands around every page of the editor.

#[cfg(feature = "ssr")]
mod frame;

#[cfg(feature = "ssr")]
pub use frame::{EditorFrame, PlainFrame};
