//! What the forms and the text beside them tell each other, as events of the window.

/// The forms have saved something.
pub const SAVED: &str = "quay-console:saved";
/// The text has been saved: the draft is now what the event's detail says, as JSON.
///
/// Who takes it over prevents the event's default; otherwise it is sent again.
pub const REPLACED: &str = "quay-console:replaced";
