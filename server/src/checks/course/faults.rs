//! Faults of the course itself, which any check can have.

use crate::checks::fault::{Told, faults};

faults! {
    /// A run of everything spares the account; see `refusals.rs`.
    LOGIN_NOT_REPEATED: Error,
    "The log-in was refused {count} with these values and is not tried again here, so that the account is not locked.",
    fix "Correct the name or the password. To try the same ones again, press Check on the page of this section.";

    /// A line end in a token, mostly one that was copied with it.
    VALUE_NOT_SENDABLE: Error,
    "What is configured cannot be sent: {reason}.",
    fix "Enter the address, key, token or password of this service anew, on one line and without a line end.";

    /// More things than one run tries.
    LEFT_OUT: Error,
    "From this one on nothing was tried: one run tries {max} things at most, and there are {all}.",
    why "Nothing is known about the rest.",
    fix "Press Check on the pages of the sections: each begins a run of its own. Take out of the configuration what is not used.";
}

/// What it means that a log-in was refused this often, and is not tried again.
pub fn not_repeated(times: u32) -> Told {
    let count = match times {
        0 | 1 => "once".to_owned(),
        2 => "twice".to_owned(),
        times => format!("{times} times"),
    };
    LOGIN_NOT_REPEATED.with(&[("count", &count)])
}
