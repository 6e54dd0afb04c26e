//! The state of what was found: set, changed, required, in error.

use super::home;
use super::spot::{Spot, What};
use crate::backend::draft::Draft;
use app::pages::differences::Comparison;
use app::pages::search::{Show, State};
use config_model::certificate::FileSlot;
use config_model::path::Path;
use config_model::rule::{Finding, Report};
use config_model::value::Value;
use config_model::walk::{Visit, walk};
use std::collections::HashSet;

/// A draft with everything that makes up a state.
pub(super) struct Look<'a> {
    draft: &'a Draft,
    report: Report,
    /// What differs from the configuration in use, where there is one.
    changes: Option<Comparison>,
    /// What is required where it stands.
    required: HashSet<Path>,
}

impl<'a> Look<'a> {
    pub(super) fn new(draft: &'a Draft, report: Report, changes: Option<Comparison>) -> Self {
        let mut required = HashSet::new();
        walk(&draft.document, &mut |visit: Visit<'_>| {
            if visit.field.required && visit.active {
                required.insert(visit.path);
            }
        });
        Self { draft, report, changes, required }
    }

    /// The state of a spot.
    pub(super) fn state(&self, spot: &Spot) -> State {
        let internal = spot.is_internal;
        match &spot.what {
            What::Nothing => State { internal, ..State::default() },
            What::File(file) => self.state_of_file(file),
            What::Place { path, .. } => State {
                set: self.draft.document.raw(path).is_some(),
                changed: self.has_changed(path),
                required: self.required.contains(path),
                internal,
                errors: self.errors().filter(|found| found.path.starts_with(path)).count(),
            },
        }
    }

    fn state_of_file(&self, slot: &FileSlot) -> State {
        let files = self.changes.as_ref().map_or(&[][..], |changes| changes.files.as_slice());
        State {
            set: self.draft.files.keys().any(|name| slot.takes(name)),
            changed: files.iter().any(|(name, _)| slot.takes(name)),
            required: (slot.needed)(&self.draft.document),
            internal: false,
            errors: self.errors().filter(|found| is_about(found.path.root(), slot)).count(),
        }
    }

    /// Whether a filter shows a spot. What has parts is left out where its parts are shown.
    pub(super) fn fits(&self, spot: &Spot, show: Show) -> bool {
        let state = self.state(spot);
        let in_parts = match &spot.what {
            What::Place { path, has_parts: true } => self.is_visited(path).then_some(path),
            _ => None,
        };
        match (show, in_parts) {
            (Show::All, _) => true,
            (Show::Set | Show::Required, Some(_)) => false,
            (Show::Changed, Some(path)) => self.changed_paths().any(|changed| changed == path),
            (Show::Error, Some(path)) => self.errors().any(|found| found.path == *path),
            (Show::Set, None) => state.set,
            (Show::Changed, None) => state.changed,
            (Show::Required, None) => state.required,
            (Show::Error, None) => state.errors > 0,
        }
    }

    /// What a filter asks for and none of these spots is about, such as a key that is gone.
    pub(super) fn left_over(&self, spots: &[Spot], show: Show) -> Vec<Spot> {
        let covered = |path: &Path| {
            spots.iter().any(|spot| match &spot.what {
                What::Nothing => false,
                What::File(slot) => is_about(path.root(), slot),
                What::Place { path: own, .. } => path.starts_with(own) || own.starts_with(path),
            })
        };
        let mut left: Vec<Spot> = Vec::new();
        let mut add = |section: &str, path: &Path, help: &str| {
            let known = left.iter().any(|spot| spot.path() == Some(path));
            if known || covered(path) {
                return;
            }
            let (section, href) = home(section, path);
            left.push(Spot {
                section,
                label: path.to_string(),
                key: String::new(),
                help: help.to_owned(),
                href,
                detour: None,
                is_internal: false,
                what: What::Place { path: path.clone(), has_parts: false },
            });
        };
        match show {
            Show::Changed => {
                for change in self.changes.iter().flat_map(|changes| &changes.settings) {
                    add(&change.section, &change.path, "");
                }
            }
            Show::Error => {
                for finding in self.errors() {
                    add(&finding.section, &finding.path, &finding.message);
                }
            }
            Show::All | Show::Set | Show::Required => {}
        }
        left
    }

    /// Whether the parts of an object are walked through one by one.
    fn is_visited(&self, path: &Path) -> bool {
        matches!(self.draft.document.raw(path), Some(Value::Map(_) | Value::List(_)))
            || self.required.contains(path)
    }

    fn errors(&self) -> impl Iterator<Item = &Finding> {
        self.report.errors()
    }

    fn changed_paths(&self) -> impl Iterator<Item = &Path> {
        let settings = self.changes.iter().flat_map(|changes| &changes.settings);
        settings.map(|change| &change.path)
    }

    /// Whether the value at `path` differs: itself, something in it, or what it stands in.
    fn has_changed(&self, path: &Path) -> bool {
        self.changed_paths().any(|changed| changed.starts_with(path) || path.starts_with(changed))
    }
}

/// Whether a finding at this name is about a file that goes there.
fn is_about(name: &str, slot: &FileSlot) -> bool {
    name == slot.name || slot.takes(name)
}
