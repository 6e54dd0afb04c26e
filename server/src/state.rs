//! What every request handler can reach.

use crate::assets::Assets;
use crate::auth::password::Passwords;
use crate::auth::session::SessionKeeper;
use crate::backend::checks::CheckService;
use crate::backend::draft::DraftService;
use crate::clock::Clock;
use crate::store::Store;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// The parts of the running program.
#[derive(Clone)]
pub struct AppState {
    /// Sessions, failures, the draft.
    pub store: Arc<dyn Store>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// The password.
    pub passwords: Passwords,
    /// Log-in sessions.
    pub sessions: SessionKeeper,
    /// The configuration being edited.
    pub drafts: Arc<DraftService>,
    /// Live checks of it.
    pub checks: Arc<CheckService>,
    /// Seats for pages that follow checks.
    pub watchers: Arc<Semaphore>,
    /// Program, style sheet and fonts for the browser.
    pub assets: Arc<Assets>,
    /// Whether the program itself speaks TLS.
    pub tls: bool,
}

impl std::fmt::Debug for AppState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AppState").field("tls", &self.tls).finish_non_exhaustive()
    }
}
