//! Automatic pruning: old tags go by themselves, and users hear of it before.

use crate::document::Document;
use crate::value::{AtLeast, Duration, ParseError, Parsed, Value, ValueKind, Whole};

choice! {
    /// Which tags are removed.
    PruneMethod, "number_of_tags or creation_date";
    NumberOfTags = "number_of_tags" "Keep the newest tags of a repository",
    CreationDate = "creation_date" "Remove tags that are older than a span",
}

/// How many tags stay, or how long a tag stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PruneValue {
    /// So many of the newest tags of every repository.
    Tags(u64),
    /// So long, as it is written: a number and one of `s`, `m`, `d`, `w`, `y`.
    Span(String),
}

/// Whether `text` is a span as Quay's check at start takes it; it knows no hours here.
fn is_span(text: &str) -> bool {
    text.strip_suffix(|unit: char| "smdwy".contains(unit)).is_some_and(|digits| {
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

impl Parsed for PruneValue {
    // What is typed as a number is kept as one, everything else as text.
    const KIND: ValueKind = ValueKind::Number;

    fn parse(value: &Value) -> Result<Self, ParseError> {
        let tags = AtLeast::<1>::parse(value).ok().map(|AtLeast(tags)| Self::Tags(tags));
        let span = value.as_str().filter(|text| is_span(text));
        tags.or_else(|| span.map(|span| Self::Span(span.to_owned()))).ok_or(ParseError {
            expected: "a whole number of tags, 1 or more, or a number and a unit: s, m, d, w or y, for example 30d",
        })
    }
}

object! {
    /// What is removed from every repository.
    PrunePolicy;

    /// Which tags are removed.
    method "Method": PruneMethod, required;

    /// How many of the newest tags stay, for example `20`, or how long a tag stays, for example
    /// `30d` or `8w`. A plain `m` means minutes.
    value "Keep": PruneValue, required;
}

section! {
    /// Tags that nobody needs any more can be removed by themselves, so that their images do not
    /// fill up the storage.
    "auto-prune", "Pruning and expiry", Features;
    rules: [
        prune_value_fits_the_method, prune_policy_is_in_force, prune_span_is_a_day_or_more,
        prune_span_is_not_in_years,
    ];

    /// Let owners of organizations and repositories decide which of their tags are removed by
    /// themselves.
    FEATURE_AUTO_PRUNE "Enable automatic pruning": bool = false, also(&["retention", "clean up tags"]);

    /// Remove tags from every repository by this rule, on top of what the owners have decided.
    /// Without it only their own rules hold.
    DEFAULT_NAMESPACE_AUTOPRUNE_POLICY "Rule for everybody": PrunePolicy, when(FEATURE_AUTO_PRUNE, &["true"]), also(&["default policy"]);

    /// Time between two rounds in which the rule for everybody is applied.
    AUTO_PRUNING_DEFAULT_POLICY_POLL_PERIOD "Time between rounds": AtLeast<1> = 86_400, unit("seconds"), when(FEATURE_AUTO_PRUNE, &["true"]);

    /// Let users have a message sent some time before an image expires.
    FEATURE_IMAGE_EXPIRY_TRIGGER "Notify of expiring images": bool = false;

    /// How long Quay waits before it looks again for images that are about to expire.
    NOTIFICATION_TASK_RUN_MINIMUM_INTERVAL_MINUTES "Time between looks for expiring images": Whole = 300, unit("minutes"), when(FEATURE_IMAGE_EXPIRY_TRIGGER, &["true"]);
}

/// The shortest span that is likely to be meant.
const LIKELY_SPAN_SECONDS: u64 = 24 * 3600;

/// Method and value of the rule for everybody, where it is in force and readable.
fn policy(document: &Document) -> Option<(PruneMethod, PruneValue)> {
    let on = document.effective(FEATURE_AUTO_PRUNE) == Some(true);
    let method = document.inside(DEFAULT_NAMESPACE_AUTOPRUNE_POLICY, PrunePolicy::method)?;
    let value = document.inside(DEFAULT_NAMESPACE_AUTOPRUNE_POLICY, PrunePolicy::value)?;
    on.then_some((method, value))
}

/// The span of the rule for everybody, where that is by age.
fn span(document: &Document) -> Option<String> {
    match policy(document)? {
        (PruneMethod::CreationDate, PruneValue::Span(span)) => Some(span),
        _ => None,
    }
}

rule! {
    /// Quay's check at start refuses the value of the other method.
    prune_value_fits_the_method: Error,
    "This method needs {wanted} to keep.", fix "Enter {wanted}, or choose the other method.";
    |subject, places| {
        let wanted = match policy(subject.document) {
            Some((PruneMethod::NumberOfTags, PruneValue::Span(_))) => "a number of tags",
            Some((PruneMethod::CreationDate, PruneValue::Tags(_))) => "a span such as 30d",
            _ => return,
        };
        let path = PrunePolicy::value.inside(DEFAULT_NAMESPACE_AUTOPRUNE_POLICY);
        places.at_with(path, [("wanted", wanted.to_owned())]);
    }
}

rule! {
    /// Nothing is pruned while pruning is off, and the storage fills up.
    prune_policy_is_in_force: Warning,
    "There is a rule for everybody, but automatic pruning is off.",
    fix "Turn on Enable automatic pruning, or reset the rule.";
    |subject, places| {
        let document = subject.document;
        let policy = document.top(DEFAULT_NAMESPACE_AUTOPRUNE_POLICY.name());
        let given = policy.is_some_and(|policy| !policy.is_blank());
        if given && document.effective(FEATURE_AUTO_PRUNE) == Some(false) {
            places.at(DEFAULT_NAMESPACE_AUTOPRUNE_POLICY.path());
        }
    }
}

rule! {
    /// Whoever takes `m` for months loses every tag of the registry in a day.
    prune_span_is_a_day_or_more: Warning,
    "Tags of every repository are removed {span} after they were made.",
    fix "Enter days or weeks, such as 30d or 8w. The unit m means minutes.";
    |subject, places| {
        let short = span(subject.document).filter(|span| {
            Duration::from_text(span).is_some_and(|span| span.seconds() < LIKELY_SPAN_SECONDS)
        });
        if let Some(span) = short {
            let path = PrunePolicy::value.inside(DEFAULT_NAMESPACE_AUTOPRUNE_POLICY);
            places.at_with(path, [("span", span)]);
        }
    }
}

rule! {
    /// Only the check at start knows the unit; what removes the tags fails on it.
    prune_span_is_not_in_years: Warning,
    "Quay starts with {span}, but cannot prune by it: it knows no years there.",
    fix "Enter the span in days or weeks, such as 365d.";
    |subject, places| {
        if let Some(span) = span(subject.document).filter(|span| span.ends_with('y')) {
            let path = PrunePolicy::value.inside(DEFAULT_NAMESPACE_AUTOPRUNE_POLICY);
            places.at_with(path, [("span", span)]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{PruneValue, is_span};
    use crate::rule::testing::findings;
    use crate::value::{Parsed, Value};

    /// What is found in a document with this rule for everybody.
    fn found(policy: &str) -> Vec<String> {
        let place = "DEFAULT_NAMESPACE_AUTOPRUNE_POLICY";
        let report = findings(&format!("FEATURE_AUTO_PRUNE: true\n{place}: {{{policy}}}"));
        report.iter().map(|finding| finding.replace(place, "policy")).collect()
    }

    #[test]
    fn rules_by_number_and_by_age_are_accepted() {
        for policy in [
            "method: number_of_tags, value: 20",
            "method: creation_date, value: 30d",
            "method: creation_date, value: '8w'",
        ] {
            let report = found(policy);
            assert!(report.is_empty(), "{policy}: {report:?}");
        }
    }

    #[test]
    fn owners_alone_may_decide() {
        for text in [
            "FEATURE_AUTO_PRUNE: true",
            "FEATURE_AUTO_PRUNE: true\nDEFAULT_NAMESPACE_AUTOPRUNE_POLICY: null",
            "FEATURE_IMAGE_EXPIRY_TRIGGER: true\n\
             NOTIFICATION_TASK_RUN_MINIMUM_INTERVAL_MINUTES: 60",
        ] {
            let report = findings(text);
            assert!(report.is_empty(), "{text}: {report:?}");
        }
    }

    #[test]
    fn a_rule_has_a_method_and_a_value() {
        assert_eq!(found("method: number_of_tags"), ["required_value_is_set policy.value"]);
        assert_eq!(found("value: 20"), ["required_value_is_set policy.method"]);
        assert_eq!(
            found("method: number_of_tags_, value: 20"),
            ["value_is_of_its_type policy.method"]
        );
    }

    #[test]
    fn the_value_is_a_number_or_a_span() {
        let parse = |text: &str| PruneValue::parse(&Value::from(text));
        assert_eq!(PruneValue::parse(&Value::from(1)), Ok(PruneValue::Tags(1)));
        assert_eq!(parse("4w"), Ok(PruneValue::Span("4w".to_owned())));
        assert!(PruneValue::parse(&Value::from(0)).is_err());
        for good in ["0s", "10m", "30d", "8w", "1y"] {
            assert!(is_span(good), "{good}");
        }
        for bad in ["", "d", "20", "24h", "-1d", "1.5d", "1 d", "1d ", "1dd", "٣d"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
        assert_eq!(
            found("method: number_of_tags, value: '20'"),
            ["value_is_of_its_type policy.value"]
        );
    }

    #[test]
    fn the_value_of_the_other_method_is_refused() {
        for policy in ["method: number_of_tags, value: 30d", "method: creation_date, value: 20"] {
            assert_eq!(found(policy), ["prune_value_fits_the_method policy.value"]);
        }
    }

    #[test]
    fn a_rule_without_pruning_is_warned_about() {
        assert_eq!(
            findings("DEFAULT_NAMESPACE_AUTOPRUNE_POLICY: {method: number_of_tags, value: 30d}"),
            ["prune_policy_is_in_force DEFAULT_NAMESPACE_AUTOPRUNE_POLICY"]
        );
    }

    #[test]
    fn minutes_are_warned_about() {
        for span in ["6m", "0d", "3600s"] {
            assert_eq!(
                found(&format!("method: creation_date, value: {span}")),
                ["prune_span_is_a_day_or_more policy.value"]
            );
        }
    }

    #[test]
    fn years_are_warned_about() {
        assert_eq!(
            found("method: creation_date, value: 1y"),
            ["prune_span_is_not_in_years policy.value"]
        );
    }
}
