//! The draft while a page is open: values as signals, findings as a memo, edits on their way.

use super::sync;
#[cfg(feature = "hydrate")]
use crate::draft::Saved;
use crate::draft::{Change, DraftView, Edit, reset_value};
use config_model::document::Document;
use config_model::path::Path;
use config_model::rule::Report;
use config_model::value::Value;
use config_model::walk;
use leptos::prelude::*;

/// Whether what is on the page has reached the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SaveState {
    /// Everything has.
    Saved,
    /// Something waits for a pause in typing.
    Waiting,
    /// A request is under way.
    Saving,
    /// The last request failed; the sentence says why. Edits are kept.
    Failed(String),
}

/// The draft, for every island inside the editor.
#[derive(Clone, Copy)]
pub struct Draft {
    view: RwSignal<DraftView>,
    report: Memo<Report>,
    pending: StoredValue<Vec<Edit>>,
    pub(super) state: RwSignal<SaveState>,
}

/// A value that follows others.
///
/// Pages use it instead of bare closures: a closure is a type of its own, and what the framework
/// makes of each type is what the browser downloads.
pub fn follow<T: Send + Sync + 'static>(read: impl Fn() -> T + Send + Sync + 'static) -> Signal<T> {
    Signal::derive(read)
}

impl Draft {
    /// Starts with what the server sent.
    pub fn new(view: DraftView) -> Self {
        let view = RwSignal::new(view);
        Self {
            view,
            report: Memo::new(move |_| view.with(DraftView::report)),
            pending: StoredValue::new(Vec::new()),
            state: RwSignal::new(SaveState::Saved),
        }
    }

    /// The draft of the editor this runs in.
    pub fn here() -> Self {
        expect_context()
    }

    /// What the rules say, now.
    pub fn report(self) -> Memo<Report> {
        self.report
    }

    /// Reads the view, and again whenever it changes.
    pub fn with<T>(self, read: impl FnOnce(&DraftView) -> T) -> T {
        self.view.with(read)
    }

    /// Reads the view once.
    pub fn with_untracked<T>(self, read: impl FnOnce(&DraftView) -> T) -> T {
        self.view.with_untracked(read)
    }

    /// The value at `path`, now.
    pub fn value(self, path: &Path) -> Option<Value> {
        self.view.with(|view| view.document.raw(path).cloned())
    }

    /// The value at `path` as a memo, so that only its own change is noticed.
    pub fn watch(self, path: Path) -> Memo<Option<Value>> {
        Memo::new(move |_| self.value(&path))
    }

    /// Whether the field at `path` matters, given the values of others.
    pub fn is_active(self, path: &Path) -> bool {
        self.view.with(|view| walk::is_active(&view.document, path))
    }

    /// Puts a value at `path`.
    pub fn set(self, path: &Path, value: Value) {
        let shown = value.clone();
        self.apply(path, Change::Set(value), |document| {
            let _ = document.set(path, shown);
        });
    }

    /// Puts what was typed at `path`; an emptied field leaves the file unless it must stay.
    pub fn set_or_clear(self, path: &Path, value: Value) {
        if value.is_blank() { self.clear(path) } else { self.set(path, value) }
    }

    /// Takes the value out, even where a new configuration has one.
    pub fn clear(self, path: &Path) {
        self.apply(path, Change::Clear, |document| {
            document.remove(path);
        });
    }

    /// Takes the value back to what a new configuration has.
    pub fn reset(self, path: &Path) {
        let start =
            self.view.with_untracked(|view| reset_value(walk::field_at(&view.document, path)));
        self.apply(path, Change::Reset, |document| match start {
            Some(value) => {
                let _ = document.set(path, value);
            }
            None => {
                document.remove(path);
            }
        });
    }

    /// Has the server make a new secret.
    pub fn generate(self, path: &Path) {
        self.apply(path, Change::Generate, |document| {
            let _ = document.set(path, Value::Hidden);
        });
    }

    fn apply(self, path: &Path, change: Change, show: impl FnOnce(&mut Document)) {
        self.pending.update_value(|pending| {
            // Only the last of several edits to one place matters.
            pending.retain(|edit| edit.path != *path);
            pending.push(Edit { path: path.clone(), change });
        });
        self.view.update(|view| show(&mut view.document));
        self.state.set(SaveState::Waiting);
        sync::save_soon(self);
    }

    /// Whether edits wait to be sent or a request is under way.
    pub fn is_dirty(self) -> bool {
        !self.pending.with_value(Vec::is_empty)
            || self.state.with_untracked(|state| *state == SaveState::Saving)
    }

    #[cfg(feature = "hydrate")]
    pub(super) fn take_pending(self) -> Vec<Edit> {
        self.pending.try_update_value(std::mem::take).unwrap_or_default()
    }

    /// Puts edits that could not be sent back before those made since.
    #[cfg(feature = "hydrate")]
    pub(super) fn put_back(self, mut edits: Vec<Edit>) {
        self.pending.update_value(|pending| {
            edits.retain(|edit| pending.iter().all(|newer| newer.path != edit.path));
            edits.append(pending);
            *pending = edits;
        });
    }

    /// Takes over another state of the draft.
    #[cfg(feature = "hydrate")]
    pub(super) fn replace(self, view: DraftView) {
        self.view.set(view);
    }

    #[cfg(feature = "hydrate")]
    pub(super) fn was_saved(self, saved: Saved) {
        self.view.update(|view| {
            view.saved_at = saved.saved_at;
            view.now = view.now.max(saved.saved_at);
            view.held = saved.held;
            view.steps = saved.steps;
        });
        if self.pending.with_value(Vec::is_empty) {
            self.state.set(SaveState::Saved);
        }
    }
}
