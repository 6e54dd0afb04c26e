//! The editor: the draft as signals, a frame for every field, a control for every kind of value.

pub mod control;
pub mod editor;
pub mod events;
pub mod field;
pub mod live;
#[cfg(feature = "hydrate")]
mod reach;
pub mod search;
pub mod status;
mod sync;
