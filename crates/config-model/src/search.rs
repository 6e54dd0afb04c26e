//! Finding settings by their key, label, help and the words that older tools had for them.
//!
//! The server alone carries it: the browser's copy has neither help nor other words.

mod index;
mod place;
mod words;

pub use index::{Entry, Target};
pub use place::{Blocker, Standing, blocker};

use crate::QUERY_CHARS_MAX;
use crate::sections::SECTIONS;
use index::{Index, Known, Part};
use std::cmp::Reverse;
use std::sync::LazyLock;
use words::{Likeness, Word, squeeze, tokens};

/// Words of a query that are looked at. Each is compared with every word that is known.
const QUERY_WORDS_MAX: usize = 12;

/// What the key itself counts: more than all words together.
const KEY: u32 = 1000;
/// The same for a field that stands in others.
const INNER_KEY: u32 = 700;
/// What the title of a page counts.
const TITLE: u32 = 800;
/// What the beginning of a key counts.
const KEY_BEGINS: u32 = 400;
/// The same for a field that stands in others.
const INNER_KEY_BEGINS: u32 = 200;
/// What a whole label counts.
const LABEL: u32 = 60;
/// What a whole label with a slip in it counts.
const LABEL_NEARLY: u32 = 20;
/// How far a key steps back that hardly anybody looks for.
const RARE: u32 = 6;

static INDEX: LazyLock<Index> = LazyLock::new(Index::new);

/// Something that was found.
#[derive(Clone, Copy, Debug)]
pub struct Hit {
    /// What.
    pub entry: &'static Entry,
    /// How well it fits; a number for comparisons.
    pub score: u32,
}

/// At most `limit` hits, the best first. Every word of the query stands somewhere in a hit.
pub fn search(query: &str, limit: usize) -> Vec<Hit> {
    let question = Question::read(query);
    if question.words.is_empty() {
        return Vec::new();
    }
    let index = &*INDEX;
    let mut totals = vec![Some(0); index.entries.len()];
    for word in &question.words {
        let scores = scores(index, word);
        for (total, score) in totals.iter_mut().zip(scores) {
            *total = total.filter(|_| score > 0).map(|total| total + score);
        }
    }
    let mut hits: Vec<Hit> = index
        .entries
        .iter()
        .zip(totals)
        .filter_map(|(entry, total)| Some(Hit { entry, score: question.score(entry, total?) }))
        .collect();
    hits.sort_by_key(|hit| Reverse(hit.score));
    hits.truncate(limit);
    hits
}

/// What was asked for.
struct Question {
    words: Vec<Word>,
    /// All of them as one, without what stands between them.
    whole: Word,
}

impl Question {
    fn read(query: &str) -> Self {
        let query: String = query.trim().chars().take(QUERY_CHARS_MAX).collect();
        let text = if query.contains(char::is_whitespace) { query } else { without_names(&query) };
        let words = tokens(&text).into_iter().take(QUERY_WORDS_MAX).map(Word::new).collect();
        Self { words, whole: Word::new(squeeze(&text)) }
    }

    /// How well an entry fits in which all words were found.
    fn score(&self, entry: &Entry, words: u32) -> u32 {
        let behind = if is_rare(entry) { RARE } else { 0 };
        let depth = u32::try_from(entry.depth).unwrap_or(RARE);
        (words + self.whole(entry)).saturating_sub(behind + depth)
    }

    /// What the query as a whole counts, beside its words.
    fn whole(&self, entry: &Entry) -> u32 {
        let asked = self.whole.text();
        let inner = entry.depth > 0;
        if entry.names.iter().any(|name| name == asked) {
            return if inner { INNER_KEY } else { KEY };
        }
        let is_title = entry.title.text() == asked;
        if is_title && matches!(entry.target, Target::Section) {
            return TITLE;
        }
        if !is_rare(entry) && entry.names.iter().any(|name| name.starts_with(asked)) {
            return if inner { INNER_KEY_BEGINS } else { KEY_BEGINS };
        }
        if is_title {
            return LABEL;
        }
        // A longer label may begin nearly like it; that is not the whole label.
        let short = entry.title.text().len() <= asked.len() + 2;
        if short && self.whole.is_slip_of(&entry.title).is_some() { LABEL_NEARLY } else { 0 }
    }
}

/// Whether hardly anybody looks for it: a key of old files, or of Quay's code alone.
fn is_rare(entry: &Entry) -> bool {
    entry.is_internal || matches!(entry.target, Target::Field(field) if field.legacy)
}

/// Of a path, the words that a declaration knows: its key and its last name.
fn without_names(query: &str) -> String {
    let name = |step: &str| step.split('[').next().unwrap_or_default().to_owned();
    let root = name(query.split('.').next().unwrap_or_default());
    let mut families = SECTIONS.iter().filter_map(|section| section.family);
    let family = families.find(|family| family.name_in(&root).is_some());
    let root = family.map_or(root, |family| family.ending.to_owned());
    match query.rsplit_once('.') {
        Some((_, last)) => format!("{root} {}", name(last)),
        None => root,
    }
}

/// How well each entry fits a word: not at all is 0.
///
/// Who types without slips is not shown what they did not type: what merely has the word inside
/// counts where no word begins with it, and what is nearly it where no word is the same.
fn scores(index: &Index, word: &Word) -> Vec<u32> {
    let mut scores = vec![0; index.entries.len()];
    let mut try_all = |compare: fn(&Word, &Word) -> Option<Likeness>| {
        let (mut begins, mut same) = (false, false);
        for Known { word: known, uses } in &index.words {
            let Some(likeness) = compare(word, known) else { continue };
            begins = true;
            same |= likeness == Likeness::Same;
            for (at, part) in uses {
                scores[*at] = points(*part, likeness).max(scores[*at]);
            }
        }
        (begins, same)
    };
    let (begins, same) = try_all(Word::leads);
    if !begins {
        try_all(Word::is_inside);
    }
    if !same {
        try_all(Word::is_slip_of);
    }
    scores
}

/// What a word counts.
fn points(part: Part, likeness: Likeness) -> u32 {
    let whole = match part {
        Part::Label => 50,
        Part::Also => 40,
        Part::Key => 30,
        Part::Around => 20,
        Part::Help => 10,
    };
    match likeness {
        Likeness::Same => whole,
        Likeness::Begins => whole - 4,
        Likeness::Inside => whole - 7,
        Likeness::Nearly => whole / 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::counts;

    /// The keys of the first hits.
    fn found(query: &str, limit: usize) -> Vec<&'static str> {
        search(query, limit).into_iter().map(|hit| hit.entry.key.as_str()).collect()
    }

    #[test]
    fn the_first_hit_is_what_was_meant() {
        for (query, key) in [
            ("LDAP_URI", "LDAP_URI"),
            ("ldap uri", "LDAP_URI"),
            ("  Ldap   URI ", "LDAP_URI"),
            ("smtp password", "MAIL_PASSWORD"),
            ("smtp pasword", "MAIL_PASSWORD"),
            ("sever hostname", "SERVER_HOSTNAME"),
            ("databse", "database"),
            ("ha proxy", "PREFERRED_URL_SCHEME"),
            ("clair psk", "SECURITY_SCANNER_V4_PSK"),
            ("superuser filter", "LDAP_SUPERUSER_FILTER"),
            ("ssl.cert", "ssl.cert"),
            ("email", "email"),
            ("redis", "redis"),
            ("ceph", "RadosGWStorage"),
            ("RadosGWStorage", "RadosGWStorage"),
            ("proxy storage", "FEATURE_PROXY_STORAGE"),
            ("bind dn", "LDAP_ADMIN_DN"),
            ("allowed expiration periods", "TAG_EXPIRATION_OPTIONS"),
            ("BUILDLOGS_REDIS.host", "BUILDLOGS_REDIS.host"),
            (
                "DISTRIBUTED_STORAGE_CONFIG.default[1].s3_bucket",
                "DISTRIBUTED_STORAGE_CONFIG.<name>[1].s3_bucket",
            ),
            ("KEYCLOAK_LOGIN_CONFIG", "<PROVIDER>_LOGIN_CONFIG"),
            ("KEYCLOAK_LOGIN_CONFIG.CLIENT_ID", "<PROVIDER>_LOGIN_CONFIG.CLIENT_ID"),
        ] {
            assert_eq!(found(query, 1), [key], "{query}");
        }
        let bucket = "DISTRIBUTED_STORAGE_CONFIG.<name>[1].s3_bucket";
        assert!(found("s3 bukcet", 12).contains(&bucket), "{:?}", found("s3 bukcet", 12));
    }

    #[test]
    fn what_fits_less_comes_later() {
        assert_eq!(found("databse", 2), ["database", "DB_URI"]);
        let mail = found("mail_", 50);
        assert_eq!(mail[0], "MAIL_SERVER");
        let place = |key: &str| mail.iter().position(|found| *found == key);
        assert!(
            place("MAIL_PORT") < place("FEATURE_MAILING"),
            "the beginning of a key comes first"
        );
        assert!(place("FEATURE_MAILING").is_some());
    }

    #[test]
    fn every_word_must_be_found() {
        assert!(!found("mail", 1).is_empty());
        assert!(found("mail zzzzzz", 1).is_empty());
        assert!(found("", 1).is_empty() && found(" ._- ", 1).is_empty());
    }

    #[test]
    fn a_query_in_another_language_or_without_end_is_answered() {
        assert!(found("ストレージ", 5).is_empty());
        let long = "mail ".repeat(10_000);
        assert_eq!(found(&long, 1), found("mail mail", 1));
    }

    #[test]
    fn everything_that_is_declared_is_found_by_its_key() {
        let counts = counts();
        assert!(INDEX.entries.len() > counts.keys + counts.sections + counts.engines);
        for key in SECTIONS.iter().flat_map(|section| section.keys) {
            let hits = found(key.name, 3);
            assert!(hits.contains(&key.name), "{}: {hits:?}", key.name);
        }
        for section in SECTIONS {
            assert!(found(section.title, 8).contains(&section.id), "{}", section.title);
        }
    }
}
