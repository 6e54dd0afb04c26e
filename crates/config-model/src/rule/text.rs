//! Rules about the text of `config.yaml`, of what its values no longer tell.

use super::{Finding, Report, Rule, Severity};
use crate::yaml;

/// A name that stands twice in one mapping.
pub(super) const KEY_STANDS_ONCE: Rule = Rule {
    id: "key_stands_once",
    severity: Severity::Error,
    message: "This key stands in the file twice, again on line {line}; Quay takes the last one.",
    fix: "Remove the one that is not meant.",
    doc: crate::field::docs!("Nobody who reads the file can tell which of the two is in force."),
    check: |_, _| {},
};

/// Adds what is wrong with the text to a report on its values.
pub fn check_text(text: &str, report: &mut Report) {
    for (path, line) in yaml::twice(text) {
        let args = [("line", line.to_string())];
        report.add(Finding::new(&KEY_STANDS_ONCE, None, path, &args));
    }
    report.sort();
}
