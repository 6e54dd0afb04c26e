//! Rules look at a whole configuration and report; they never stop at the first fault.

mod across;
pub(crate) mod certificates;
mod report;
#[cfg(test)]
pub(crate) mod testing;
mod text;

pub use report::{Finding, Report};
pub use text::check_text;

use crate::certificate::Files;
use crate::document::Document;
use crate::path::Path;
use crate::sections::{SECTIONS, Section};

/// What is checked: the document, the files beside it, and when.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    /// The values.
    pub document: &'a Document,
    /// The certificates, keys and other files of the bundle.
    pub files: &'a Files,
    /// Seconds since 1970; passed in, because this crate asks for no time.
    pub now: i64,
}

/// How bad a finding is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Quay does not start, or something it does will fail.
    Error,
    /// It works, and somebody will be sorry.
    Warning,
}

/// A named sentence about a configuration, and the function that finds where it is broken.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// The stable name, in reports and for translations.
    pub id: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong; `{name}` stands for an argument.
    pub message: &'static str,
    /// How to mend it.
    pub fix: &'static str,
    /// Why the rule stands; empty in the browser's copy.
    pub doc: &'static [&'static str],
    /// Names the offending places.
    pub check: fn(&Subject<'_>, &mut Places),
}

/// The places a rule found, with the arguments of its sentence.
#[derive(Debug, Default)]
pub struct Places(Vec<(Path, Vec<(&'static str, String)>)>);

impl Places {
    /// The rule is broken here.
    pub fn at(&mut self, path: Path) {
        self.0.push((path, Vec::new()));
    }

    /// The rule is broken here; the sentence takes these arguments.
    pub fn at_with<const N: usize>(&mut self, path: Path, args: [(&'static str, String); N]) {
        self.0.push((path, args.into()));
    }
}

/// The rules that belong to no single section.
pub fn general() -> impl Iterator<Item = &'static Rule> {
    across::RULES.iter().chain(certificates::RULES).copied()
}

/// Every rule that belongs to no section, for those who list them.
///
/// It begins with those that are applied in a way of their own: to each value's type, and to the
/// text of the file.
pub fn listed() -> impl Iterator<Item = &'static Rule> {
    [&across::VALUE_IS_OF_ITS_TYPE, &text::KEY_STANDS_ONCE].into_iter().chain(general())
}

/// Checks every value against its type, then every rule.
pub fn check(subject: &Subject<'_>) -> Report {
    let mut report = Report::default();
    across::values_are_of_their_type(subject, &mut report);
    for rule in general() {
        run(rule, None, subject, &mut report);
    }
    for section in SECTIONS {
        for rule in section.rules {
            run(rule, Some(section), subject, &mut report);
        }
    }
    report.sort();
    report
}

/// Checks a redacted document, as a browser holds it.
///
/// What a rule found in the text of a secret can be found only where that text is known, so the
/// server's findings about hidden values are `held` and stay until the value is replaced. So do
/// those about keys of which the browser has no declaration, and all warnings: they are the
/// server's to find.
pub fn check_redacted(subject: &Subject<'_>, held: &[Finding]) -> Report {
    let mut report = check(subject);
    for finding in held {
        let known = crate::sections::field_of(&finding.key).is_some();
        let late = finding.severity == Severity::Warning;
        if late || !known || subject.document.is_hidden_at(&finding.path) {
            report.add(finding.clone());
        }
    }
    report.sort();
    report
}

fn run(rule: &Rule, section: Option<&Section>, subject: &Subject<'_>, report: &mut Report) {
    let mut places = Places::default();
    (rule.check)(subject, &mut places);
    for (path, args) in places.0 {
        report.add(Finding::new(rule, section, path, &args));
    }
}
