//! Findings, in the words a person reads and in the order of the page.

use super::{Rule, Severity};
use crate::path::Path;
use crate::sections::{SECTIONS, Section, section_of};
use serde::{Deserialize, Serialize};

/// One thing that is wrong with one value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// The top-level key, or the name of the file.
    pub key: String,
    /// Where exactly.
    pub path: Path,
    /// The section it is edited in; empty for a key this program does not know.
    pub section: String,
    /// The rule's name.
    pub rule: String,
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    pub fix: String,
}

/// Everything that is wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    findings: Vec<Finding>,
}

impl Finding {
    pub(super) fn new(
        rule: &Rule,
        section: Option<&Section>,
        path: Path,
        args: &[(&'static str, String)],
    ) -> Self {
        let home = section_of(path.root()).or(section);
        Self {
            severity: rule.severity,
            key: path.root().to_owned(),
            section: home.map(|section| section.id.to_owned()).unwrap_or_default(),
            rule: rule.id.to_owned(),
            message: fill(rule.message, args),
            fix: fill(rule.fix, args),
            path,
        }
    }
}

/// Puts arguments in the place of `{name}`.
fn fill(sentence: &str, args: &[(&'static str, String)]) -> String {
    args.iter().fold(sentence.to_owned(), |text, (name, value)| {
        text.replace(&format!("{{{name}}}"), value)
    })
}

impl Report {
    /// Makes warnings of the findings that `applies` to.
    pub fn soften(&mut self, applies: impl Fn(&Finding) -> bool) {
        for finding in self.findings.iter_mut().filter(|finding| applies(finding)) {
            finding.severity = Severity::Warning;
        }
        self.sort();
    }

    pub(super) fn add(&mut self, finding: Finding) {
        let known = self.findings.iter().any(|other| {
            other.path == finding.path
                && other.rule == finding.rule
                && other.message == finding.message
        });
        if !known {
            self.findings.push(finding);
        }
    }

    /// Errors first, then in the order of the pages.
    pub(super) fn sort(&mut self) {
        let place = |finding: &Finding| {
            let section = SECTIONS.iter().position(|section| section.id == finding.section);
            let key = section
                .and_then(|at| SECTIONS[at].keys.iter().position(|key| key.name == finding.key));
            (finding.severity, section.unwrap_or(usize::MAX), key.unwrap_or(usize::MAX))
        };
        self.findings.sort_by_key(place);
    }

    /// All findings.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Whether nothing keeps Quay from running.
    pub fn is_valid(&self) -> bool {
        self.errors().next().is_none()
    }

    /// The findings that keep Quay from running.
    pub fn errors(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.severity == Severity::Error)
    }

    /// The findings that do not.
    pub fn warnings(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.severity == Severity::Warning)
    }

    /// The findings about `path` itself or anything inside it.
    pub fn within<'a>(&'a self, path: &'a Path) -> impl Iterator<Item = &'a Finding> {
        self.findings.iter().filter(move |finding| finding.path.starts_with(path))
    }

    /// How many errors a section has.
    pub fn errors_in(&self, section: &str) -> usize {
        self.errors().filter(|finding| finding.section == section).count()
    }
}
