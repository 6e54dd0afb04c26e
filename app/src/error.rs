//! What a server function answers when it cannot do what was asked.

use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

/// A refusal, in words for a person; what happened inside stays in the server's log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum UiError {
    /// The session is over.
    #[error("Your session has ended. Log in again; what you typed is kept on this page.")]
    SignedOut,
    /// The request is not acceptable; the sentence says why.
    #[error("{0}")]
    Refused(String),
    /// The server could not be reached, or answered something else.
    #[error("The server cannot be reached. Your changes are kept here and sent again.")]
    Unreachable,
    /// Something failed inside; the server's log knows what.
    #[error("The server could not do this. Its log says why.")]
    Internal,
}

impl FromServerFnError for UiError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            // What the server could not read is a bad request; what the browser could not read is
            // no answer of ours.
            ServerFnErrorErr::Deserialization(_) if cfg!(feature = "ssr") => {
                Self::Refused("The request could not be read.".to_owned())
            }
            ServerFnErrorErr::Request(_) | ServerFnErrorErr::Deserialization(_) => {
                Self::Unreachable
            }
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => {
                Self::Refused("The request could not be read.".to_owned())
            }
            _ => Self::Internal,
        }
    }
}
