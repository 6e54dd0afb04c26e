//! One thing that was found: where it stands in the draft, and the address that leads there.

use app::pages::search::Detour;
use app::paths;
use config_model::certificate::{ANY_NAME, FileSlot};
use config_model::document::Document;
use config_model::field::FieldSpec;
use config_model::path::Path;
use config_model::progress::full_label;
use config_model::search::{Entry, Standing, Target, blocker};
use config_model::sections::{Section, field_of, section_of};
use config_model::value::ValueKind;
use config_model::walk::field_at;

/// Places of one field that are shown, such as one in each of many storage engines.
const PLACES_MAX: usize = 10;

/// Something that was found.
#[derive(Debug)]
pub(super) struct Spot {
    pub(super) section: Option<&'static Section>,
    pub(super) label: String,
    pub(super) key: String,
    pub(super) help: String,
    pub(super) href: String,
    pub(super) detour: Option<Detour>,
    pub(super) is_internal: bool,
    pub(super) what: What,
}

/// What it is, as far as it can be in a state.
#[derive(Debug)]
pub(super) enum What {
    /// A page, or what has no place in the draft yet.
    Nothing,
    /// A file.
    File(&'static FileSlot),
    /// A value.
    Place {
        /// Where it stands.
        path: Path,
        /// Whether its parts are found one by one.
        has_parts: bool,
    },
}

impl Spot {
    /// A field at a place that its page has.
    pub(super) fn field(
        section: &'static Section,
        document: &Document,
        field: &'static FieldSpec,
        path: Path,
    ) -> Self {
        let (href, detour) = address(section, document, &path);
        let has_parts = field.kind.object().is_some_and(|object| !object.is_opaque());
        Self {
            section: Some(section),
            label: full_label(document, &path, field.label),
            key: path.to_string(),
            help: field.help(),
            href,
            detour,
            is_internal: field_of(path.root()).is_some_and(|root| root.internal),
            what: What::Place { path, has_parts },
        }
    }

    /// A file.
    pub(super) fn file(section: &'static Section, slot: &'static FileSlot) -> Self {
        let key = if slot.name == ANY_NAME { String::new() } else { slot.name.to_owned() };
        Self {
            section: Some(section),
            label: slot.label.to_owned(),
            key,
            help: slot.doc.to_owned(),
            href: paths::field(section.id, &Path::key(slot.name)),
            detour: None,
            is_internal: false,
            what: What::File(slot),
        }
    }

    /// What the entry says of itself, at no place of its own.
    fn plain(entry: &Entry, key: String, href: String, detour: Option<Detour>) -> Self {
        let label = match entry.holder {
            "" => entry.label().to_owned(),
            holder => format!("{holder}: {}", entry.label()),
        };
        Self {
            section: Some(entry.section),
            label,
            key,
            help: entry.help(),
            href,
            detour,
            is_internal: entry.is_internal,
            what: What::Nothing,
        }
    }

    /// Where it stands, for what stands somewhere.
    pub(super) fn path(&self) -> Option<&Path> {
        if let What::Place { path, .. } = &self.what { Some(path) } else { None }
    }
}

/// Every place at which an entry stands; one that leads to where it could, if there is none.
pub(super) fn spots_of(entry: &'static Entry, document: &Document) -> Vec<Spot> {
    let section = entry.section;
    let places = match (entry.target, entry.standing(document)) {
        (Target::Section, _) => {
            return vec![Spot::plain(entry, String::new(), paths::section(section.id), None)];
        }
        (Target::File(slot), _) => return vec![Spot::file(section, slot)],
        (_, Standing::At(places)) => places,
        (_, Standing::Nowhere(place)) => {
            let href = match &place {
                Some(place) => address(section, document, place).0,
                // The form that adds a key of the family.
                None => format!("{}#{}-add", paths::section(section.id), section.id),
            };
            return vec![Spot::plain(entry, entry.key.clone(), href, Some(Detour::Missing))];
        }
    };
    let spot = |path: Path| match entry.target {
        Target::Field(field) => Spot::field(section, document, field, path),
        _ => {
            let (href, detour) = address(section, document, &path);
            let what = What::Place { path: path.clone(), has_parts: true };
            Spot { what, ..Spot::plain(entry, path.to_string(), href, detour) }
        }
    };
    places.into_iter().take(PLACES_MAX).map(spot).collect()
}

/// The address of a place; for one that is not in use, that of what keeps it from being used.
fn address(section: &Section, document: &Document, path: &Path) -> (String, Option<Detour>) {
    match blocker(document, path) {
        None => (own_address(section, document, path), None),
        Some(blocker) => {
            let home = section_of(blocker.path.root()).unwrap_or(section);
            let href = own_address(home, document, &blocker.path);
            (href, Some(Detour::Unused(blocker.field.label)))
        }
    }
}

fn own_address(section: &Section, document: &Document, path: &Path) -> String {
    let root = path.root();
    if field_of(root).is_some_and(|field| field.internal) {
        // Its page draws the key as a whole, and only if it is set or asked for.
        let page = match document.top(root) {
            Some(_) => paths::section(section.id),
            None => paths::section_with(section.id, root),
        };
        return format!("{page}#{}", Path::key(root).html_id());
    }
    let field = field_at(document, path);
    let drawn_with = field.and_then(|field| field.drawn_with);
    let shown = match (drawn_with, path.parent()) {
        (None, _) => path.clone(),
        (Some(name), None) => Path::key(name),
        (Some(name), Some(parent)) => parent.field(name),
    };
    let href = paths::field(section.id, &shown);
    match field.map(|field| field.kind) {
        // What chooses the word is there before there is a word.
        Some(ValueKind::Tagged(_)) => format!("{href}-choice"),
        _ => href,
    }
}
