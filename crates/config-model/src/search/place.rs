//! Where a declared field stands in a document, and what keeps it from mattering there.

use crate::document::Document;
use crate::field::{Condition, FieldSpec};
use crate::path::Path;
use crate::sections::Family;
use crate::value::{Map, MapKey, Value};
use crate::walk::{field_at, holds};

/// One step to a field, before anybody has named or counted the entries on the way.
#[derive(Clone, Debug)]
pub(super) enum Stop {
    /// Into the field of this name.
    Field(&'static str),
    /// To any top-level key of the family.
    Family(&'static Family),
    /// Into any entry of a mapping.
    AnyName,
    /// Into any item of a list.
    AnyItem,
    /// Into the arguments of a value that begins with one of these words.
    Arguments(Vec<&'static str>),
}

/// Where something stands in a document.
#[derive(Debug, PartialEq, Eq)]
pub enum Standing {
    /// At each of these places, whether something is entered there or not.
    At(Vec<Path>),
    /// Nowhere, until something is added here; without a place, on the page of its section.
    Nowhere(Option<Path>),
}

/// Follows the stops from the top of a document.
pub(super) fn follow(document: &Document, stops: &[Stop]) -> Standing {
    let Some((first, rest)) = stops.split_first() else { return Standing::Nowhere(None) };
    let mut at = match first {
        Stop::Field(name) => vec![Path::key(name)],
        Stop::Family(family) => keys_of(document, family),
        Stop::AnyName | Stop::AnyItem | Stop::Arguments(_) => Vec::new(),
    };
    let mut collection = None;
    for stop in rest {
        let next: Vec<Path> = at.iter().flat_map(|place| below(document, place, stop)).collect();
        if next.is_empty() {
            let last = at.into_iter().next();
            // Where no entry has the right word, one can be added to those that are there.
            return Standing::Nowhere(match stop {
                Stop::Arguments(_) => collection.or(last),
                _ => last,
            });
        }
        collection = match stop {
            Stop::AnyName | Stop::AnyItem => at.into_iter().next(),
            _ => None,
        };
        at = next;
    }
    if at.is_empty() { Standing::Nowhere(None) } else { Standing::At(at) }
}

fn keys_of(document: &Document, family: &Family) -> Vec<Path> {
    let keys = document.entries().keys().filter_map(MapKey::as_str);
    keys.filter(|key| family.name_in(key).is_some()).map(Path::key).collect()
}

/// The places one stop further.
fn below(document: &Document, place: &Path, stop: &Stop) -> Vec<Path> {
    let value = document.raw(place);
    match stop {
        Stop::Field(name) => vec![place.field(name)],
        Stop::Family(_) => Vec::new(),
        Stop::AnyName => {
            let names = value.and_then(Value::as_map).into_iter().flat_map(Map::keys);
            names.filter_map(MapKey::as_str).map(|name| place.field(name)).collect()
        }
        Stop::AnyItem => {
            let items = value.and_then(Value::as_list).unwrap_or_default();
            (0..items.len()).map(|at| place.item(at)).collect()
        }
        Stop::Arguments(words) => {
            let word = value.and_then(Value::as_list).and_then(<[Value]>::first);
            let fits = word.and_then(Value::as_str).is_some_and(|word| words.contains(&word));
            if fits { vec![place.item(1)] } else { Vec::new() }
        }
    }
}

/// A field that keeps others from mattering.
#[derive(Debug)]
pub struct Blocker {
    /// What is known of it.
    pub field: &'static FieldSpec,
    /// Where it stands.
    pub path: Path,
}

/// The field that has to be changed before the one at `path` matters; `None` where it does.
pub fn blocker(document: &Document, path: &Path) -> Option<Blocker> {
    let mut found = None;
    let mut at = Some(path.clone());
    while let Some(place) = at {
        at = place.parent();
        let find = |name: &str| match &at {
            Some(base) => document.raw(&base.field(name)),
            None => document.top(name),
        };
        let condition = field_at(document, &place).and_then(|field| field.when);
        if let Some(condition) = condition.filter(|condition| !holds(Some(*condition), find)) {
            let field = first_unmet(condition, &find);
            // What keeps the whole from mattering comes before what keeps a part of it.
            let path = match &at {
                Some(base) => base.field(field.name),
                None => Path::key(field.name),
            };
            found = Some(Blocker { field, path });
        }
    }
    found
}

/// The field at the far end of a chain of conditions, as far as they do not hold.
fn first_unmet<'a>(
    condition: Condition,
    find: &dyn Fn(&str) -> Option<&'a Value>,
) -> &'static FieldSpec {
    let mut field = condition.field;
    while let Some(next) = field.when.filter(|next| !holds(Some(*next), find)) {
        field = next.field;
    }
    field
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml;

    fn standing(stops: &[Stop], text: &str) -> Standing {
        follow(&yaml::read(text).unwrap(), stops)
    }

    fn bucket() -> Vec<Stop> {
        vec![
            Stop::Field("DISTRIBUTED_STORAGE_CONFIG"),
            Stop::AnyName,
            Stop::Arguments(vec!["S3Storage"]),
            Stop::Field("s3_bucket"),
        ]
    }

    #[test]
    fn an_argument_stands_in_every_engine_that_takes_it() {
        let engines = "DISTRIBUTED_STORAGE_CONFIG: {a: [S3Storage, {}], b: [LocalStorage, {}], c: [S3Storage, {}]}";
        let config = Path::key("DISTRIBUTED_STORAGE_CONFIG");
        let place = |name: &str| config.field(name).item(1).field("s3_bucket");
        assert_eq!(standing(&bucket(), engines), Standing::At(vec![place("a"), place("c")]));
    }

    #[test]
    fn without_an_engine_that_takes_it_one_has_to_be_added() {
        let config = Path::key("DISTRIBUTED_STORAGE_CONFIG");
        for text in ["{}", "DISTRIBUTED_STORAGE_CONFIG: {b: [LocalStorage, {}]}"] {
            assert_eq!(
                standing(&bucket(), text),
                Standing::Nowhere(Some(config.clone())),
                "{text}"
            );
        }
    }

    #[test]
    fn the_first_switch_that_has_to_be_turned_is_named() {
        let found = |text: &str, key: &str| {
            let document = yaml::read(text).unwrap();
            blocker(&document, &Path::key(key)).map(|blocker| blocker.path.to_string())
        };
        let off = "FEATURE_MAILING: false";
        assert_eq!(found(off, "MAIL_SERVER").as_deref(), Some("FEATURE_MAILING"));
        assert_eq!(found(off, "MAIL_PASSWORD").as_deref(), Some("FEATURE_MAILING"));
        let on = "FEATURE_MAILING: true";
        assert_eq!(found(on, "MAIL_PASSWORD").as_deref(), Some("MAIL_USE_AUTH"));
        assert_eq!(found(on, "MAIL_SERVER"), None);
    }
}
