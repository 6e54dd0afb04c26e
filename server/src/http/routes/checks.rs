//! Live checks: their page, the buttons that start and end them, and the stream that follows.

use super::editor::{editor_page, with_draft};
use super::history::page_before;
use crate::backend::checks::{CheckService, Scope, Tried};
use crate::backend::draft::{Draft, DraftError};
use crate::checks::Asked;
use crate::http::error::AppError;
use crate::http::guard::LoggedIn;
use crate::http::plain;
use crate::http::render;
use crate::state::AppState;
use app::checks::{Board, CheckLine, Progress};
use app::error::UiError;
use app::pages::checks::{CheckItem, ChecksPage, Summary};
use app::{paths, text};
use axum::Form;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Redirect, Response};
use futures_util::future::select_all;
use futures_util::stream::{self, Stream};
use leptos::prelude::*;
use serde::Deserialize;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Pages that follow checks at the same time.
const WATCHERS_MAX: usize = 64;
/// Changes that come within this time are sent together.
const TOGETHER: Duration = Duration::from_millis(60);
/// After this time without a change it is looked all the same.
const LOOK_AGAIN: Duration = Duration::from_secs(2);
/// Letters of what is entered for an action: an e-mail address is the longest.
const TEXT_CHARS_MAX: usize = 254;

/// What the buttons send.
#[derive(Deserialize)]
pub struct Start {
    #[serde(default)]
    back: String,
    #[serde(default)]
    section: String,
    #[serde(default)]
    check: String,
    #[serde(default)]
    action: String,
    #[serde(default)]
    text: String,
}

/// Whose checks are followed, and from which page.
#[derive(Deserialize)]
pub struct Followed {
    section: Option<String>,
    #[serde(default)]
    back: String,
}

/// The page of all checks.
pub async fn show(_: LoggedIn, State(state): State<AppState>) -> Response {
    with_draft(&state, |draft, view| {
        let board = board(&state, &draft, None);
        let script = script(&state);
        let title = text::checks().title;
        editor_page(&state, title, paths::CHECKS.to_owned(), view, None, move || {
            view! { <ChecksPage board=board script=script/> }.into_any()
        })
    })
    .await
}

/// Starts checks, and goes back to where the button stands.
pub async fn start(
    _: LoggedIn,
    State(state): State<AppState>,
    Form(start): Form<Start>,
) -> Response {
    let draft = match state.drafts.load().await {
        Ok(draft) => draft,
        Err(error) => return AppError::from(error).page(&state),
    };
    let Start { back, section, check, action, text } = start;
    if text.chars().count() > TEXT_CHARS_MAX {
        let words = format!("What was entered has more than {TEXT_CHARS_MAX} characters.");
        return AppError::from(DraftError::Refused(words)).page(&state);
    }
    let asked = (!action.is_empty()).then_some(Asked { action, text });
    let scope = scope(section, check);
    match state.checks.start(tried(&draft), &scope, asked.as_ref(), state.clock.now()) {
        Ok(_) => Redirect::to(&place(&back)).into_response(),
        Err(busy) => AppError::from(DraftError::Refused(busy.to_string())).page(&state),
    }
}

/// Ends the checks that are under way on the page that the button was on. Somebody else may be
/// trying other things at the same time.
pub async fn cancel(
    _: LoggedIn,
    State(state): State<AppState>,
    Form(start): Form<Start>,
) -> Response {
    let Start { back, section, check, .. } = start;
    state.checks.cancel(&scope(section, check));
    Redirect::to(&place(&back)).into_response()
}

/// What a button is about.
fn scope(section: String, check: String) -> Scope {
    match (section.is_empty(), check.is_empty()) {
        (false, _) => Scope::Section(section),
        (true, false) => Scope::Check(check),
        (true, true) => Scope::All,
    }
}

/// Where the checks stand on the page that a button was on.
fn place(back: &str) -> String {
    let page = page_before(back);
    if page.starts_with("/section/") { paths::with_checks(page) } else { page.to_owned() }
}

/// What the draft's checks are.
pub(super) fn board(state: &AppState, draft: &Draft, section: Option<&str>) -> Board {
    state.checks.board(tried(draft), section, state.clock.now())
}

/// Where the script is that follows running checks.
pub(super) fn script(state: &AppState) -> String {
    format!("/{}/checks.js", state.assets.folder())
}

fn tried(draft: &Draft) -> Tried<'_> {
    Tried { document: &draft.document, files: &draft.files, version: draft.version }
}

/// Each change of a running check, drawn; ends when nothing of the page runs any more.
pub async fn events(
    session: Option<LoggedIn>,
    State(state): State<AppState>,
    Query(asked): Query<Followed>,
) -> Response {
    if session.is_none() {
        return plain::sentence(StatusCode::UNAUTHORIZED, &UiError::SignedOut.to_string());
    }
    let Ok(permit) = state.watchers.clone().try_acquire_owned() else {
        let words = "Too many pages follow the checks. Close some, or load this one again.";
        return plain::sentence(StatusCode::SERVICE_UNAVAILABLE, words);
    };
    match state.drafts.load().await {
        Ok(draft) => {
            let follower = Follower::new(state, draft, asked, permit);
            Sse::new(follower.follow()).keep_alive(KeepAlive::default()).into_response()
        }
        Err(error) => plain::error(error.into()),
    }
}

/// Seats for pages that follow checks.
pub fn watchers() -> Arc<Semaphore> {
    Arc::new(Semaphore::new(WATCHERS_MAX))
}

/// One page that follows.
struct Follower {
    state: AppState,
    draft: Draft,
    section: Option<String>,
    /// The same, for runs.
    scope: Scope,
    back: String,
    /// What the page has.
    sent: (Vec<CheckLine>, Option<Progress>),
    waiting: VecDeque<Event>,
    over: bool,
    _permit: OwnedSemaphorePermit,
}

impl Follower {
    fn new(state: AppState, draft: Draft, asked: Followed, permit: OwnedSemaphorePermit) -> Self {
        let Followed { section, back } = asked;
        let own = section.as_deref().map_or_else(|| paths::CHECKS.to_owned(), paths::section);
        let back = if back.is_empty() { own } else { page_before(&back).to_owned() };
        let scope = scope(section.clone().unwrap_or_default(), String::new());
        let (sent, waiting) = ((Vec::new(), None), VecDeque::new());
        Self { state, draft, section, scope, back, sent, waiting, over: false, _permit: permit }
    }

    fn follow(self) -> impl Stream<Item = Result<Event, Infallible>> + Send {
        stream::unfold(self, |mut follower| async move {
            loop {
                if let Some(event) = follower.waiting.pop_front() {
                    return Some((Ok(event), follower));
                }
                if follower.over {
                    return None;
                }
                follower.wait().await;
            }
        })
    }

    /// Waits for something new and draws it.
    async fn wait(&mut self) {
        let service: &CheckService = &self.state.checks;
        let runs = service.under_way(&self.scope);
        let mut changes: Vec<_> = runs.iter().map(|run| run.changes()).collect();
        if !self.draw() {
            self.waiting.push_back(Event::default().event("done").data("done"));
            self.over = true;
        } else if self.waiting.is_empty() {
            // A run that ended just before we listened would not be heard of.
            if !changes.is_empty() {
                let next = select_all(changes.iter_mut().map(|change| Box::pin(change.changed())));
                let _ = tokio::time::timeout(LOOK_AGAIN, next).await;
            }
            tokio::time::sleep(TOGETHER).await;
        }
    }

    /// Draws what is new, and tells whether something of the page is under way.
    fn draw(&mut self) -> bool {
        let now = self.state.clock.now();
        let board = self.state.checks.board(tried(&self.draft), self.section.as_deref(), now);
        let known = &self.sent.0;
        let known = |line: &CheckLine| {
            let same = known.iter().find(|sent| sent.outcome.is_of_the_same(&line.outcome));
            same.is_some_and(|sent| sent.outcome == line.outcome)
        };
        for line in &board.lines {
            if !known(line) {
                let (line, back) = (line.clone(), self.back.clone());
                self.waiting
                    .push_back(piece(|| view! { <CheckItem line=line back=back/> }.to_html()));
            }
        }
        if self.sent.1 != Some(board.progress) {
            let progress = board.progress;
            self.waiting.push_back(piece(|| view! { <Summary progress=progress/> }.to_html()));
        }
        self.sent = (board.lines, Some(board.progress));
        board.progress.running > 0
    }
}

/// A piece of the page. What is in its parts takes the place of what is in those with their ids.
fn piece(draw: impl FnOnce() -> String) -> Event {
    Event::default().event("piece").data(render::fragment(draw))
}
