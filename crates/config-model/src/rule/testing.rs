//! What tests of rules share.

use super::{Subject, check};
use crate::certificate::Files;
use crate::yaml;

/// The findings about the keys that `text` sets, and those inside them, as `rule path`.
///
/// What a test does not set is not its business: a missing `DB_URI` is no finding of a test
/// about mail. Conditions still look at the whole document.
pub(crate) fn findings(text: &str) -> Vec<String> {
    findings_with(text, &Files::new())
}

/// The same with files beside the document.
pub(crate) fn findings_with(text: &str, files: &Files) -> Vec<String> {
    let document = yaml::read(text).expect("the test's own text is YAML");
    let sections: Vec<_> = document
        .entries()
        .keys()
        .filter_map(|key| crate::sections::section_of(key.as_str()?))
        .map(|section| section.id)
        .collect();
    let report = check(&Subject { document: &document, files, now: 0 });
    report
        .findings()
        .iter()
        .filter(|finding| sections.contains(&finding.section.as_str()))
        .filter(|finding| {
            finding.rule != "required_value_is_set"
                || document.top(&finding.key).is_some()
                || crate::sections::field_of(&finding.key).is_some_and(|field| field.when.is_some())
        })
        .map(|finding| format!("{} {}", finding.rule, finding.path))
        .collect()
}
