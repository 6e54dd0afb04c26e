//! One field of the configuration: its typed handle, and the facts that everything else reads.

use crate::path::Path;
use crate::value::{ParseError, Parsed, Value, ValueKind};

/// What a change to a key costs the running cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Apply {
    /// Nodes may be restarted one after another.
    RollingRestart,
    /// All nodes must have the same value: stop them all, then start them.
    StopAll,
}

/// A value that another key must have for a field to matter.
#[derive(Clone, Copy, Debug)]
pub struct Condition {
    /// The other field: a sibling inside an object, a top-level key elsewhere.
    pub field: &'static FieldSpec,
    /// The values with which this field matters, as text (`true`, `LDAP`).
    pub one_of: &'static [&'static str],
}

/// A field as data, with its type erased.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own, set by its own attribute"
)]
#[derive(Clone, Copy, Debug)]
pub struct FieldSpec {
    /// The name in the file.
    pub name: &'static str,
    /// The name a person reads.
    pub label: &'static str,
    /// The help, one sentence or more; empty in the browser's copy.
    pub doc: &'static [&'static str],
    /// How it is edited.
    pub kind: ValueKind,
    /// What Quay takes when the key is absent.
    pub default: Option<fn() -> Value>,
    /// What a new configuration starts with.
    pub setup: Option<fn() -> Value>,
    /// Whether Quay cannot do without it.
    pub required: bool,
    /// Whether its text must not be shown.
    pub secret: bool,
    /// What a change costs.
    pub apply: Apply,
    /// The unit of a number.
    pub unit: &'static str,
    /// When it matters.
    pub when: Option<Condition>,
    /// Kept for old files; new ones do without.
    pub legacy: bool,
    /// Known to Quay's code only: shown when it is set or asked for.
    pub internal: bool,
    /// Quay takes empty text for its default; in a list, an item may be empty.
    pub may_be_empty: bool,
    /// The items of the list must be different.
    pub unique: bool,
    /// A secret nobody else has to know, so that the console can make it.
    pub generated: bool,
    /// Other words it is looked for by, such as its label in the removed tool; empty in the
    /// browser's copy.
    pub words: &'static [&'static str],
    /// The field whose control also edits this one.
    pub drawn_with: Option<&'static str>,
    /// Whether a value is of its type.
    pub check: fn(&Value) -> Result<(), ParseError>,
}

impl FieldSpec {
    /// A field of type `T`, with no default.
    pub const fn new<T: Parsed>(
        name: &'static str,
        label: &'static str,
        doc: &'static [&'static str],
    ) -> Self {
        Self {
            name,
            label,
            doc,
            kind: T::KIND,
            default: None,
            setup: None,
            required: false,
            secret: T::SECRET,
            apply: Apply::RollingRestart,
            unit: "",
            when: None,
            legacy: false,
            internal: false,
            may_be_empty: false,
            unique: false,
            words: &[],
            generated: false,
            drawn_with: None,
            check: check_as::<T>,
        }
    }

    /// What Quay takes when the key is absent.
    #[must_use]
    pub const fn default_value(mut self, default: fn() -> Value) -> Self {
        self.default = Some(default);
        self
    }

    /// What a new configuration starts with.
    #[must_use]
    pub const fn setup(mut self, setup: fn() -> Value) -> Self {
        self.setup = Some(setup);
        self
    }

    /// Quay cannot do without it (where its condition holds).
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// Every node must have the same value at all times.
    #[must_use]
    pub const fn stop_all(mut self) -> Self {
        self.apply = Apply::StopAll;
        self
    }

    /// The unit of a number, in the plural.
    #[must_use]
    pub const fn unit(mut self, unit: &'static str) -> Self {
        self.unit = unit;
        self
    }

    /// It matters only while `field` has one of these values.
    #[must_use]
    pub const fn when<T>(mut self, field: Key<T>, one_of: &'static [&'static str]) -> Self {
        self.when = Some(Condition { field: field.spec, one_of });
        self
    }

    /// Kept for old files.
    #[must_use]
    pub const fn legacy(mut self) -> Self {
        self.legacy = true;
        self
    }

    /// Known to Quay's code only, in no schema and no manual.
    #[must_use]
    pub const fn internal(mut self) -> Self {
        self.internal = true;
        self
    }

    /// Quay takes empty text for its default; in a list, an item may be empty.
    #[must_use]
    pub const fn may_be_empty(mut self) -> Self {
        self.may_be_empty = true;
        self
    }

    /// Quay's schema takes each item of the list once.
    #[must_use]
    pub const fn unique(mut self) -> Self {
        self.unique = true;
        self
    }

    /// Other words it is looked for by: its label in the removed tool, a name in old docs.
    #[must_use]
    pub const fn also(mut self, words: &'static [&'static str]) -> Self {
        if cfg!(feature = "docs") {
            self.words = words;
        }
        self
    }

    /// A secret nobody else has to know, so that the console can make it.
    #[must_use]
    pub const fn generated(mut self) -> Self {
        self.generated = true;
        self
    }

    /// The control of another field edits this one too.
    #[must_use]
    pub const fn drawn_with(mut self, name: &'static str) -> Self {
        self.drawn_with = Some(name);
        self
    }

    /// Edited with a control of its own, not the one of its type.
    #[must_use]
    pub const fn control(mut self, kind: ValueKind) -> Self {
        self.kind = kind;
        self
    }

    /// Sensitive although its type does not say so.
    #[must_use]
    pub const fn secret(mut self) -> Self {
        self.secret = true;
        self
    }

    /// The help as one paragraph.
    pub fn help(&self) -> String {
        self.doc.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ")
    }
}

/// A field as a typed handle: the only way a rule reads a value.
#[derive(Debug)]
pub struct Key<T: 'static> {
    spec: &'static FieldSpec,
    kind: std::marker::PhantomData<fn() -> T>,
}

impl<T> Clone for Key<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Key<T> {}

impl<T> Key<T> {
    /// The handle of `spec`; `T` must be its type, which the macros see to.
    pub(crate) const fn new(spec: &'static FieldSpec) -> Self {
        Self { spec, kind: std::marker::PhantomData }
    }

    /// The facts.
    pub const fn spec(self) -> &'static FieldSpec {
        self.spec
    }

    /// The name in the file.
    pub const fn name(self) -> &'static str {
        self.spec.name
    }

    /// Where the key stands in a document.
    pub fn path(self) -> Path {
        Path::key(self.spec.name)
    }

    /// Where this field stands inside the object of another key.
    pub fn inside<O>(self, object: Key<O>) -> Path {
        object.path().field(self.spec.name)
    }
}

fn check_as<T: Parsed>(value: &Value) -> Result<(), ParseError> {
    T::parse(value).map(drop)
}

/// Help texts: kept on the server, left out of what the browser downloads.
#[cfg(feature = "docs")]
macro_rules! docs {
    ($($doc:literal),*) => { &[$($doc),*] };
}
#[cfg(not(feature = "docs"))]
macro_rules! docs {
    ($($doc:literal),*) => {
        &[]
    };
}
pub(crate) use docs;

/// The name of a rule: for reports and documentation; the browser shows sentences only.
#[cfg(feature = "docs")]
macro_rules! name_on_server {
    ($name:ident) => {
        stringify!($name)
    };
}
#[cfg(not(feature = "docs"))]
macro_rules! name_on_server {
    ($name:ident) => {
        ""
    };
}
pub(crate) use name_on_server;
