//! The configuration being edited, as it travels between server and browser.

use config_model::certificate::Files;
use config_model::document::Document;
use config_model::path::Path;
use config_model::rule::{Finding, Report, Subject, check_redacted};
use config_model::value::Value;
use serde::{Deserialize, Serialize};

/// More edits than a person makes between two saves.
pub const EDITS_MAX: usize = 500;

/// What a browser may know of the draft: no secret is in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DraftView {
    /// The values, secrets hidden.
    pub document: Document,
    /// What is known of the files beside it.
    pub files: Files,
    /// What the server found in the text of secrets.
    pub held: Vec<Finding>,
    /// The server's clock, in seconds since 1970.
    pub now: i64,
    /// When the draft was last saved, in seconds since 1970.
    pub saved_at: i64,
    /// What undo and redo can do.
    pub steps: Steps,
}

/// Whether there is an earlier and a later state of the draft to go to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Steps {
    /// There is an earlier one.
    pub undo: bool,
    /// There is a later one.
    pub redo: bool,
}

impl DraftView {
    /// Every rule, on this view.
    pub fn report(&self) -> Report {
        check_redacted(&self.subject(), &self.held)
    }

    /// The view as rules take it.
    pub fn subject(&self) -> Subject<'_> {
        Subject { document: &self.document, files: &self.files, now: self.now }
    }
}

/// One change to the draft.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Edit {
    /// What is changed.
    pub path: Path,
    /// How.
    pub change: Change,
}

/// What happens to a value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Change {
    /// It is replaced.
    Set(Value),
    /// It goes back to what a new configuration has, or out of the file.
    Reset,
    /// It leaves the file, even where a new configuration has one.
    Clear,
    /// The server makes a new secret, which nobody sees.
    Generate,
}

/// What the server answers when edits are saved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Saved {
    /// When, in seconds since 1970.
    pub saved_at: i64,
    /// What the server found in the text of secrets.
    pub held: Vec<Finding>,
    /// What undo and redo can do.
    pub steps: Steps,
}

/// The value a field goes back to: what a new configuration has there, if anything.
pub fn reset_value(field: Option<&config_model::field::FieldSpec>) -> Option<Value> {
    field.and_then(|field| field.setup).map(|setup| setup())
}
