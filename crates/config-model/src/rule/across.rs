//! Rules that hold for every key alike.

use super::{Finding, Report, Rule, Severity, Subject};
use crate::field::FieldSpec;
use crate::names::nearest;
use crate::progress::unknown_keys;
use crate::sections::{SECTIONS, storage};
use crate::value::{Value, ValueKind};
use crate::walk::{Visit, walk};
use std::collections::BTreeSet;

/// The rules that belong to no single section.
pub(super) const RULES: &[&Rule] = &[
    &required_value_is_set,
    &default_is_complete,
    &needed_file_is_supplied,
    &legacy_key_is_not_needed,
    &items_are_different,
    &items_are_not_empty,
    &key_is_known,
];

/// A value that its type does not take.
pub(super) const VALUE_IS_OF_ITS_TYPE: Rule = Rule {
    id: "value_is_of_its_type",
    severity: Severity::Error,
    message: "This is not {expected}.",
    fix: "Enter {expected}, or reset the field to its default.",
    doc: &[],
    check: |_, _| {},
};

/// Reports every value its type does not take.
pub(super) fn values_are_of_their_type(subject: &Subject<'_>, report: &mut Report) {
    walk(subject.document, &mut |visit: Visit<'_>| {
        if let Some(value) = visit.value
            && !says_nothing(visit.field, value)
            && let Err(error) = (visit.field.check)(value)
        {
            let args = [("expected", error.expected.to_owned())];
            report.add(Finding::new(&VALUE_IS_OF_ITS_TYPE, Some(visit.section), visit.path, &args));
        }
    });
}

/// Whether a value stands for "not set": null, or empty text where text is taken.
///
/// The removed tool wrote empty text into every field that was left empty. Quay reads it as
/// nothing, except where it would take a default of its own for a key that is not there.
fn says_nothing(field: &FieldSpec, value: &Value) -> bool {
    let empty_text = value.as_str().is_some_and(str::is_empty);
    let takes_text =
        matches!(field.kind, ValueKind::Line(_) | ValueKind::Secret | ValueKind::Choice(_));
    let no_default = field.default.is_none_or(|default| default().is_blank());
    *value == Value::Null || empty_text && takes_text && (no_default || field.may_be_empty)
}

rule! {
    /// Quay stops at start, or at the first request that needs the value.
    required_value_is_set: Error,
    "{label} is required.", fix "Enter a value.";
    |subject, places| {
        missing_values(subject, &mut |visit, written| {
            if written {
                places.at_with(visit.path, [("label", visit.field.label.to_owned())]);
            }
        });
    }
}

rule! {
    /// Quay's own checker looks only at what is written, so that such a file passes it.
    default_is_complete: Warning,
    "{label} is missing, and {feature} is on unless it is turned off.",
    fix "Enter a value, or turn {feature} off.";
    |subject, places| {
        missing_values(subject, &mut |visit, written| {
            if let Some(condition) = visit.field.when.filter(|_| !written) {
                let feature = condition.field.name.to_owned();
                let label = visit.field.label.to_owned();
                places.at_with(visit.path, [("label", label), ("feature", feature)]);
            }
        });
    }
}

/// Visits required values that are missing, and says whether what asks for them is written down.
fn missing_values(subject: &Subject<'_>, found: &mut dyn FnMut(Visit<'_>, bool)) {
    walk(subject.document, &mut |visit: Visit<'_>| {
        let missing = visit.value.is_none_or(|value| is_missing(visit.field, value));
        // What an object lacks is said of its fields.
        let whole = visit.field.kind.object().is_some_and(|object| !object.is_opaque());
        let needed = visit.field.required && visit.field.default.is_none();
        if needed && visit.active && missing && !whole {
            let top = visit.path.parent().is_none();
            let asked = visit.field.when.filter(|_| top);
            let written =
                asked.is_none_or(|asked| subject.document.top(asked.field.name).is_some());
            found(visit, written);
        }
    });
}

/// Whether a required value says nothing; blanks alone are no secret that nodes could share.
fn is_missing(field: &FieldSpec, value: &Value) -> bool {
    let blanks = || value.as_str().is_some_and(|text| text.trim().is_empty());
    value.is_blank() || field.generated && blanks()
}

rule! {
    /// Without the file the setting that names it cannot work.
    needed_file_is_supplied: Error,
    "{label} is missing.", fix "Upload {name}, or choose a setting that does without it.";
    |subject, places| {
        let slots = SECTIONS.iter().flat_map(|section| section.files);
        for slot in slots.filter(|slot| (slot.needed)(subject.document)) {
            if !subject.files.keys().any(|name| slot.takes(name)) {
                places.at_with(
                    crate::path::Path::key(slot.name),
                    [("label", slot.label.to_owned()), ("name", slot.name.to_owned())],
                );
            }
        }
    }
}

rule! {
    /// The key does nothing any more; it is kept so that old files survive.
    legacy_key_is_not_needed: Warning,
    "{path} is obsolete.", fix "Reset the field to take the key out of the file.";
    |subject, places| {
        walk(subject.document, &mut |visit: Visit<'_>| {
            let start = visit.field.setup.map(|setup| setup());
            let changed = visit.value.is_some_and(|value| Some(value) != start.as_ref());
            if visit.field.legacy && changed && !is_refused(&visit) {
                let path = visit.path.to_string();
                places.at_with(visit.path, [("path", path)]);
            }
        });
    }
}

/// Whether the field is an argument of an engine: another rule says that it is not taken.
fn is_refused(visit: &Visit<'_>) -> bool {
    visit.path.root() == storage::DISTRIBUTED_STORAGE_CONFIG.name()
}

rule! {
    /// Quay's schema takes each item once.
    items_are_different: Error,
    "{item} is listed twice.", fix "Take one of the two out.";
    |subject, places| {
        walk(subject.document, &mut |visit: Visit<'_>| {
            let items = visit.value.filter(|_| visit.field.unique).and_then(Value::as_list);
            let mut met = BTreeSet::new();
            for (at, item) in items.unwrap_or_default().iter().enumerate() {
                if let Some(text) = item.as_str()
                    && !met.insert(text)
                {
                    places.at_with(visit.path.item(at), [("item", text.to_owned())]);
                }
            }
        });
    }
}

rule! {
    /// Nothing has an empty name, so the item is a line that somebody forgot to fill in.
    items_are_not_empty: Error,
    "This line of the list is empty.", fix "Enter a value, or take the line out.";
    |subject, places| {
        walk(subject.document, &mut |visit: Visit<'_>| {
            let lines = matches!(visit.field.kind, ValueKind::List(ValueKind::Line(_)));
            let named = lines && !visit.field.may_be_empty;
            // A type that takes no empty text has said so already.
            let right = |value: &&Value| (visit.field.check)(value).is_ok();
            let items = visit.value.filter(|_| named).filter(right).and_then(Value::as_list);
            for (at, item) in items.unwrap_or_default().iter().enumerate() {
                if item.as_str().is_some_and(str::is_empty) {
                    places.at(visit.path.item(at));
                }
            }
        });
    }
}

/// Names shorter than this are like each other by chance.
const NAME_CHARS_MIN: usize = 8;
/// Unknown keys that are compared with all known ones; more of them are no slips.
const UNKNOWN_KEYS_MAX: usize = 50;

rule! {
    /// Quay passes over a key that it does not know, and the setting has no effect.
    key_is_known: Warning,
    "Quay does not know {key}; did you mean {near}?",
    fix "Correct the name, or take the key out of the file.";
    |subject, places| {
        for key in unknown_keys(subject.document).take(UNKNOWN_KEYS_MAX) {
            let slips = if key.len() < NAME_CHARS_MIN { 1 } else { 2 };
            let known = SECTIONS.iter().flat_map(|section| section.keys).map(|field| field.name);
            if let Some(near) = nearest(key, slips, known) {
                let args = [("key", key.to_owned()), ("near", near.to_owned())];
                places.at_with(crate::path::Path::key(key), args);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::certificate::Files;
    use crate::rule::testing::findings;
    use crate::rule::{Subject, check};
    use crate::yaml;

    #[test]
    fn empty_text_is_nothing_where_quay_takes_it_so() {
        for text in ["SESSION_TIMEOUT: ''", "MAIL_DEFAULT_SENDER: ''", "LDAP_URI: ''"] {
            let report = findings(&format!("{text}\nFEATURE_MAILING: false\nSUPER_USERS: [a]"));
            assert_eq!(report, [""; 0], "{text}");
        }
    }

    #[test]
    fn empty_text_is_not_a_default() {
        for key in ["AUTHENTICATION_TYPE", "LOGS_MODEL", "AVATAR_KIND", "FEATURE_LISTEN_IP_VERSION"]
        {
            let report = findings(&format!("{key}: ''"));
            assert!(report.contains(&format!("value_is_of_its_type {key}")), "{report:?}");
        }
    }

    #[test]
    fn blanks_alone_are_no_secret_of_all_nodes() {
        for key in ["SECRET_KEY", "DATABASE_SECRET_KEY"] {
            let report = findings(&format!("{key}: '  '"));
            assert!(report.contains(&format!("required_value_is_set {key}")), "{report:?}");
        }
    }

    #[test]
    fn an_item_that_is_there_twice_is_refused() {
        assert_eq!(
            findings("SUPER_USERS: [ann, bob, ann]"),
            ["items_are_different SUPER_USERS[2]"]
        );
        assert_eq!(findings("RESTRICTED_USERS_WHITELIST: [a, a]\nSUPER_USERS: [b]"), [""; 0]);
    }

    #[test]
    fn an_empty_item_is_refused() {
        assert_eq!(findings("SUPER_USERS: [ann, '']"), ["items_are_not_empty SUPER_USERS[1]"]);
        assert_eq!(findings("CONTACT_INFO: ['']"), ["value_is_of_its_type CONTACT_INFO"]);
    }

    #[test]
    fn a_key_with_a_slip_in_it_is_warned_about() {
        let found = |text: &str| {
            let document = yaml::read(text).unwrap();
            let report = check(&Subject { document: &document, files: &Files::new(), now: 0 });
            let slips = report.findings().iter().filter(|finding| finding.rule == "key_is_known");
            slips.map(|finding| finding.message.clone()).collect::<Vec<_>>()
        };
        assert_eq!(
            found("LDAP_ADMIN_PSSWD: word"),
            ["Quay does not know LDAP_ADMIN_PSSWD; did you mean LDAP_ADMIN_PASSWD?"]
        );
        assert_eq!(found("MY_OWN: 1\nCORP_LOGIN_CONFIG: {}\n_redis: {}"), [""; 0]);
    }
}
