//! Log-in: one account, a password, sessions that end, and a brake on guessing.

pub mod entry;
pub mod password;
pub mod session;
pub mod throttle;

/// The only account, as the removed tool named it.
pub const USER: &str = "quayconfig";
