//! What is kept between requests and restarts: sessions, failed log-ins, the draft.
//!
//! One trait, two databases. The SQL is the same for both, so it stands once, in `store/sql.rs`.

mod sql;

pub use sql::{PostgresStore, SqliteStore};

use async_trait::async_trait;

/// Connections a console needs at once; it serves a handful of administrators.
const CONNECTIONS_MAX: u32 = 4;
/// Scopes of failed log-ins kept; older ones give way.
pub const LOGIN_FAILURES_MAX: i64 = 10_000;
/// States of the draft kept for undo.
pub const STEPS_MAX: i64 = 100;
/// Revisions kept; the oldest give way.
pub const REVISIONS_MAX: i64 = 500;

/// Why the store could not do it.
#[derive(Debug, thiserror::Error)]
#[error("the database could not {action}")]
pub struct StoreError {
    /// What was asked, as the end of the sentence "the database could not ...".
    pub action: &'static str,
    /// Why.
    #[source]
    pub source: Box<dyn std::error::Error + Send + Sync>,
}

/// A log-in session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// Its random name.
    pub id: String,
    /// When it began, in seconds since 1970.
    pub created_at: i64,
    /// When it was last used.
    pub last_seen_at: i64,
}

/// Failed log-ins of an account or from an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginFailure {
    /// The account or the address.
    pub scope: String,
    /// How many in a row.
    pub failures: i64,
    /// When the last one was.
    pub last_at: i64,
    /// Until when further attempts are refused.
    pub blocked_until: i64,
}

/// The draft, encrypted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftRow {
    /// Counts changes, so that two writers notice each other.
    pub version: i64,
    /// When it was last changed.
    pub saved_at: i64,
    /// Where it began, as JSON.
    pub origin: String,
    /// The configuration, encrypted.
    pub content: Vec<u8>,
    /// Which of the kept states it is in.
    pub step: i64,
}

/// A state the draft was in, encrypted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepRow {
    /// Its place in the order of states.
    pub position: i64,
    /// When it came about, in seconds since 1970.
    pub made_at: i64,
    /// What was changed: paths or a word, never a value.
    pub label: String,
    /// The bundle, encrypted.
    pub content: Vec<u8>,
}

/// A change to the draft: all of it is stored, or nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftChange {
    /// The draft after it.
    pub draft: DraftRow,
    /// Files added or replaced.
    pub files: Vec<FileRow>,
    /// Names of files taken away.
    pub removed: Vec<String>,
    /// The new state, for undo and redo; none while only moving between states.
    pub step: Option<StepRow>,
}

/// A revision without its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevisionRow {
    /// Its number, from 1.
    pub id: i64,
    /// When, in seconds since 1970.
    pub made_at: i64,
    /// Who.
    pub author: String,
    /// What was done: a word of [`crate::backend::history::Action`].
    pub action: String,
    /// Why, in the author's words; may be empty.
    pub reason: String,
}

/// A revision to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRevision {
    /// When, in seconds since 1970.
    pub made_at: i64,
    /// Who.
    pub author: String,
    /// What was done.
    pub action: String,
    /// Why.
    pub reason: String,
    /// The bundle, encrypted.
    pub content: Vec<u8>,
}

/// A file of the draft, encrypted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRow {
    /// Its name in the bundle.
    pub name: String,
    /// Its content, encrypted.
    pub content: Vec<u8>,
}

/// Log-in sessions and failures.
#[async_trait]
pub trait Sessions: Send + Sync {
    /// Keeps a new session.
    async fn insert_session(&self, session: &SessionRow) -> Result<(), StoreError>;
    /// The session with this id.
    async fn session(&self, id: &str) -> Result<Option<SessionRow>, StoreError>;
    /// Notes that a session was used.
    async fn touch_session(&self, id: &str, at: i64) -> Result<(), StoreError>;
    /// Ends a session.
    async fn delete_session(&self, id: &str) -> Result<(), StoreError>;
    /// Ends every session.
    async fn delete_sessions(&self) -> Result<(), StoreError>;
    /// Forgets sessions that were last used before this time.
    async fn delete_sessions_idle_since(&self, before: i64) -> Result<(), StoreError>;
    /// The failures of a scope.
    async fn login_failure(&self, scope: &str) -> Result<Option<LoginFailure>, StoreError>;
    /// Replaces the failures of a scope.
    async fn put_login_failure(&self, failure: &LoginFailure) -> Result<(), StoreError>;
    /// Forgets the failures of a scope.
    async fn delete_login_failure(&self, scope: &str) -> Result<(), StoreError>;
}

/// The configuration being edited.
#[async_trait]
pub trait Drafts: Send + Sync {
    /// The draft, none before the first one.
    async fn draft(&self) -> Result<Option<DraftRow>, StoreError>;
    /// Starts a draft with these files and this first state, in the place of any other.
    async fn begin_draft(
        &self,
        draft: &DraftRow,
        files: &[FileRow],
        step: &StepRow,
    ) -> Result<(), StoreError>;
    /// Changes the draft if it still has version `expected`; false when somebody was faster.
    async fn update_draft(&self, expected: i64, change: &DraftChange) -> Result<bool, StoreError>;
    /// The files.
    async fn draft_files(&self) -> Result<Vec<FileRow>, StoreError>;
    /// The state at this place.
    async fn step(&self, position: i64) -> Result<Option<StepRow>, StoreError>;
    /// The places of the first and the last state kept.
    async fn steps(&self) -> Result<Option<(i64, i64)>, StoreError>;
}

/// What was loaded, downloaded and saved.
#[async_trait]
pub trait Revisions: Send + Sync {
    /// Keeps a revision and returns its number; the oldest gives way beyond [`REVISIONS_MAX`].
    async fn add_revision(&self, revision: &NewRevision) -> Result<i64, StoreError>;
    /// All of them, the newest first.
    async fn revisions(&self) -> Result<Vec<RevisionRow>, StoreError>;
    /// The encrypted bundle of one.
    async fn revision_content(&self, id: i64) -> Result<Option<Vec<u8>>, StoreError>;
}

/// Everything a console keeps.
#[async_trait]
pub trait Store: Sessions + Drafts + Revisions {
    /// A value by name.
    async fn setting(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError>;
    /// Replaces a value.
    async fn put_setting(&self, name: &str, content: &[u8]) -> Result<(), StoreError>;
    /// Whether the database answers.
    async fn ping(&self) -> Result<(), StoreError>;
}
