//! Everything that can be found, and the words it is found by.

use super::place::{Standing, Stop, follow};
use super::words::{Word, squeeze, tokens};
use crate::certificate::FileSlot;
use crate::document::Document;
use crate::field::FieldSpec;
use crate::path::Path;
use crate::sections::{SECTIONS, Section};
use crate::storage::engines::ENGINES;
use crate::value::{Choice, ValueKind, Variant};
use std::collections::BTreeMap;

/// What can be found.
#[derive(Clone, Copy, Debug)]
pub enum Target {
    /// A page.
    Section,
    /// A file.
    File(&'static FileSlot),
    /// What a value may begin with, such as the driver of a storage engine.
    Word(&'static Variant),
    /// A field.
    Field(&'static FieldSpec),
}

/// Something that can be found.
#[derive(Debug)]
pub struct Entry {
    /// The page it is on.
    pub section: &'static Section,
    /// What it is.
    pub target: Target,
    /// What stands in the file, with `<name>` and `[]` where an administrator makes entries: a
    /// path, the name of a file or a word. It is the id of a section.
    pub key: String,
    /// The label of what it stands in; empty at the top.
    pub holder: &'static str,
    /// Whether only Quay's code knows it.
    pub is_internal: bool,
    pub(super) stops: Vec<Stop>,
    /// How many fields it stands in.
    pub(super) depth: usize,
    /// Its own name without signs, and with that of its top-level key before it.
    pub(super) names: [String; 2],
    /// Its label without signs.
    pub(super) title: Word,
}

impl Entry {
    /// The name a person reads.
    pub fn label(&self) -> &'static str {
        match self.target {
            Target::Section => self.section.title,
            Target::File(slot) => slot.label,
            Target::Word(variant) => variant.label,
            Target::Field(field) => field.label,
        }
    }

    /// The help as one paragraph.
    pub fn help(&self) -> String {
        let paragraph =
            |lines: &[&str]| lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ");
        match self.target {
            Target::Section => paragraph(self.section.doc),
            Target::File(slot) => slot.doc.to_owned(),
            Target::Word(variant) => paragraph(variant.doc),
            Target::Field(field) => field.help(),
        }
    }

    /// Where it stands in a document; a page and a file stand in none.
    pub fn standing(&self, document: &Document) -> Standing {
        let standing = follow(document, &self.stops);
        match (self.target, standing) {
            // The value that begins with the word, not its arguments.
            (Target::Word(_), Standing::At(places)) => {
                Standing::At(places.iter().filter_map(Path::parent).collect())
            }
            (_, standing) => standing,
        }
    }
}

/// Where in an entry a word stands, the most telling first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// In the label.
    Label,
    /// Among the other words it is looked for by.
    Also,
    /// In the key.
    Key,
    /// In what it stands in, or in what it may be set to.
    Around,
    /// In the help.
    Help,
}

/// A word that is known, and the entries it stands in, each with the best part.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) word: Word,
    pub(super) uses: Vec<(usize, Part)>,
}

/// All entries and all their words.
#[derive(Debug)]
pub(super) struct Index {
    pub(super) entries: Vec<Entry>,
    pub(super) words: Vec<Known>,
}

impl Index {
    /// The index over everything that is declared.
    pub(super) fn new() -> Self {
        let mut lister = Lister::default();
        for section in SECTIONS {
            lister.section(section);
        }
        let words = lister
            .words
            .into_iter()
            .map(|(text, uses)| Known { word: Word::new(text), uses: uses.into_iter().collect() });
        Self { entries: lister.entries, words: words.collect() }
    }
}

/// The way to a field.
#[derive(Clone)]
struct Trail {
    section: &'static Section,
    root: &'static FieldSpec,
    key: String,
    stops: Vec<Stop>,
    depth: usize,
    holder: &'static str,
    /// Names and labels of what is passed on the way.
    around: Vec<String>,
}

impl Trail {
    fn then(&self, written: &str, stop: Stop) -> Self {
        let mut next = self.clone();
        next.key.push_str(written);
        next.stops.push(stop);
        next
    }

    /// What stands inside the field that this leads to.
    fn inside(&self, field: &'static FieldSpec) -> Self {
        let mut next = self.clone();
        next.depth += 1;
        next.holder = field.label;
        next.around.extend([field.name.to_owned(), field.label.to_owned()]);
        next
    }
}

/// Lists entries and notes their words.
#[derive(Default)]
struct Lister {
    entries: Vec<Entry>,
    words: BTreeMap<String, BTreeMap<usize, Part>>,
}

impl Lister {
    fn section(&mut self, section: &'static Section) {
        self.add_plain(section, Target::Section, section.id);
        for key in section.keys.iter().copied() {
            self.top(section, key, Stop::Field(key.name));
        }
        if let Some(family) = section.family {
            self.top(section, family.spec, Stop::Family(family));
        }
        for slot in section.files.iter().copied() {
            self.add_plain(section, Target::File(slot), slot.name);
            self.note(Part::Around, section.title);
        }
    }

    /// A section or a file.
    fn add_plain(&mut self, section: &'static Section, target: Target, key: &str) {
        let name = squeeze(key);
        self.add(Entry {
            section,
            target,
            key: key.to_owned(),
            holder: "",
            is_internal: false,
            stops: Vec::new(),
            depth: 0,
            names: [name.clone(), name],
            title: Word::default(),
        });
        self.note(Part::Key, key);
    }

    /// A top-level key and what stands in it.
    fn top(&mut self, section: &'static Section, root: &'static FieldSpec, stop: Stop) {
        let trail = Trail {
            section,
            root,
            key: root.name.to_owned(),
            stops: vec![stop],
            depth: 0,
            holder: "",
            around: vec![section.title.to_owned()],
        };
        self.field(&trail, root);
    }

    fn field(&mut self, trail: &Trail, field: &'static FieldSpec) {
        self.add_at(trail, Target::Field(field), field.name);
        for text in field.words {
            self.note(Part::Also, text);
        }
        for choice in choices(field.kind) {
            self.note(Part::Around, choice.value);
            self.note(Part::Around, choice.label);
        }
        self.inside(&trail.inside(field), field.kind);
    }

    /// Something on the way, with its own name.
    fn add_at(&mut self, trail: &Trail, target: Target, name: &str) {
        // What an administrator names has no name of its own; what is left is the ending.
        let own = |name: &str| squeeze(name.rsplit('>').next().unwrap_or_default());
        let (root, name_alone) = (own(trail.root.name), own(name));
        let whole = if trail.depth == 0 { name_alone.clone() } else { root + &name_alone };
        self.add(Entry {
            section: trail.section,
            target,
            key: trail.key.clone(),
            holder: trail.holder,
            is_internal: trail.root.internal,
            stops: trail.stops.clone(),
            depth: trail.depth,
            names: [name_alone, whole],
            title: Word::default(),
        });
        self.note(Part::Key, name);
        for text in &trail.around {
            self.note(Part::Around, text);
        }
    }

    /// What stands in a value of this kind.
    fn inside(&mut self, trail: &Trail, kind: ValueKind) {
        match kind {
            ValueKind::Object(object) => {
                for field in object.0.fields() {
                    let written = format!(".{}", field.name);
                    self.field(&trail.then(&written, Stop::Field(field.name)), field);
                }
            }
            ValueKind::List(item) => self.inside(&trail.then("[]", Stop::AnyItem), *item),
            ValueKind::Mapping(entry) => {
                self.inside(&trail.then(".<name>", Stop::AnyName), entry.0.kind);
            }
            ValueKind::Engines => {
                self.arguments(&trail.then(".<name>", Stop::AnyName), ENGINES);
            }
            ValueKind::Tagged(variants) => self.arguments(trail, variants),
            _ => {}
        }
    }

    /// The words a value may begin with, and their arguments; what several take stands once.
    fn arguments(&mut self, trail: &Trail, variants: &'static [Variant]) {
        let mut arguments: Vec<(&'static FieldSpec, Vec<&'static Variant>)> = Vec::new();
        for variant in variants {
            let own = Trail {
                key: variant.word.to_owned(),
                ..trail.then("", Stop::Arguments(vec![variant.word]))
            };
            self.add_at(&own, Target::Word(variant), variant.word);
            for field in variant.fields.fields() {
                let known = arguments
                    .iter_mut()
                    .find(|(known, _)| known.name == field.name && known.label == field.label);
                match known {
                    Some((_, takers)) => takers.push(variant),
                    None => arguments.push((field, vec![variant])),
                }
            }
        }
        for (field, takers) in arguments {
            let words = takers.iter().map(|variant| variant.word).collect();
            let mut inner = trail.then("[1]", Stop::Arguments(words));
            let names = takers.iter().flat_map(|taker| [taker.word, taker.label]);
            inner.around.extend(names.map(str::to_owned));
            let written = format!(".{}", field.name);
            self.field(&inner.then(&written, Stop::Field(field.name)), field);
        }
    }

    fn add(&mut self, entry: Entry) {
        let (label, help) = (entry.label(), entry.help());
        self.entries.push(Entry { title: Word::new(squeeze(label)), ..entry });
        self.note(Part::Label, label);
        self.note(Part::Help, &help);
    }

    /// Notes the words of a text for the newest entry.
    fn note(&mut self, part: Part, text: &str) {
        let Some(at) = self.entries.len().checked_sub(1) else { return };
        let mut words = Vec::new();
        for piece in text.split_whitespace() {
            let mut found = tokens(piece);
            if found.len() > 1 {
                // `e-mail` is looked for as `email`, too.
                words.push(found.concat());
            }
            words.append(&mut found);
        }
        if part != Part::Help {
            // And `Host name` as `hostname`.
            let apart = tokens(text);
            words.extend(apart.windows(2).map(|pair| pair.join("")));
        }
        for word in words {
            let best = self.words.entry(word).or_default().entry(at).or_insert(part);
            *best = part.min(*best);
        }
    }
}

/// The words a value may be, for those that are one of a few.
fn choices(kind: ValueKind) -> &'static [Choice] {
    match kind {
        ValueKind::Choice(choices) | ValueKind::List(&ValueKind::Choice(choices)) => choices,
        _ => &[],
    }
}
