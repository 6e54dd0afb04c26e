//! The arguments of an engine.

use config_model::field::Key;
use config_model::value::{FilePath, Parsed, Secret, Text, Value};

/// What a driver is handed: its own arguments, and those it shares with others, which count less.
#[derive(Clone, Copy)]
pub(super) struct Args<'a> {
    own: Option<&'a Value>,
    shared: Option<&'a Value>,
}

impl<'a> Args<'a> {
    /// The arguments of an engine by itself.
    pub(super) fn of(own: Option<&'a Value>) -> Self {
        Self { own, shared: None }
    }

    /// The arguments of one among several that share some.
    pub(super) fn beside(own: Option<&'a Value>, shared: Option<&'a Value>) -> Self {
        Self { own, shared }
    }

    /// What stands under a name, blanks counted as nothing.
    pub(super) fn at(self, name: &str) -> Option<&'a Value> {
        let own = self.own.and_then(|own| own.entry(name));
        let given = own.or_else(|| self.shared.and_then(|shared| shared.entry(name)));
        given.filter(|value| !value.is_blank())
    }

    /// An argument, or Quay's default for it.
    pub(super) fn read<T: Parsed>(self, field: Key<T>) -> Option<T> {
        match self.at(field.name()) {
            Some(value) => T::parse(value).ok(),
            None => field.spec().default.and_then(|default| T::parse(&default()).ok()),
        }
    }

    /// An argument that is text.
    pub(super) fn text(self, field: Key<Text>) -> Option<String> {
        self.read(field).map(|Text(text)| text)
    }

    /// An argument that is a path or the name of a file.
    pub(super) fn file(self, field: Key<FilePath>) -> Option<String> {
        self.read(field).map(|FilePath(path)| path)
    }

    /// An argument that is a secret.
    pub(super) fn secret(self, field: Key<Secret>) -> Option<String> {
        self.read(field).and_then(|secret| secret.reveal().map(str::to_owned))
    }
}
