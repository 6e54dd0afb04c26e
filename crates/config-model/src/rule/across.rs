//! Rules that hold for every key alike.

use super::{Finding, Report, Rule, Severity, Subject};
use crate::value::{Value, ValueKind};
use crate::walk::{Visit, walk};

/// The rules that belong to no single section.
pub(super) const RULES: &[&Rule] = &[
    &required_value_is_set,
    &default_is_complete,
    &needed_file_is_supplied,
    &legacy_key_is_not_needed,
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
            && !says_nothing(visit.field.kind, value)
            && let Err(error) = (visit.field.check)(value)
        {
            let args = [("expected", error.expected.to_owned())];
            report.add(Finding::new(&VALUE_IS_OF_ITS_TYPE, Some(visit.section), visit.path, &args));
        }
    });
}

/// Whether a value stands for "not set": null, or empty text where text is taken.
///
/// The removed tool wrote empty text into every field that was left empty, and Quay reads it so.
fn says_nothing(kind: ValueKind, value: &Value) -> bool {
    let empty_text = value.as_str().is_some_and(str::is_empty);
    *value == Value::Null
        || empty_text
            && matches!(kind, ValueKind::Line(_) | ValueKind::Secret | ValueKind::Choice(_))
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
        let missing = visit.value.is_none_or(Value::is_blank);
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

rule! {
    /// Without the file the setting that names it cannot work.
    needed_file_is_supplied: Error,
    "{label} is missing.", fix "Upload {name}, or choose a setting that does without it.";
    |subject, places| {
        let slots = crate::sections::SECTIONS.iter().flat_map(|section| section.files);
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
            if visit.field.legacy && visit.value.is_some_and(|value| Some(value) != visit.field.setup.map(|setup| setup()).as_ref()) {
                let path = visit.path.to_string();
                places.at_with(visit.path, [("path", path)]);
            }
        });
    }
}
