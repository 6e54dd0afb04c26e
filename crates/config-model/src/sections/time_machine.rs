//! How long a removed tag can be brought back, and who may decide it.

use crate::document::Document;
use crate::field::Key;
use crate::value::{Duration, List, Value};

section! {
    /// Removed and overwritten tags are kept for a while and can be brought back. Their images
    /// take up storage until then.
    "time-machine", "Time machine", Features;
    rules: [
        expiration_options_are_given, default_expiration_is_an_option,
        expiration_options_are_different,
    ];

    /// The spans that the owner of an organization can choose from. With `0s` a removed tag is
    /// gone at once.
    TAG_EXPIRATION_OPTIONS "Spans to choose from": List<Duration> = ["0s", "1d", "1w", "2w", "4w"] => ["0s", "1d", "1w", "2w", "4w"], required,
        also(&["Allowed expiration periods"]);

    /// How long removed tags are kept where nobody chose a span. It must be one of the spans
    /// above, spelled the same way.
    DEFAULT_TAG_EXPIRATION "Default span": Duration = "2w" => "2w", required, also(&["Default expiration period"]);

    /// Let users choose the span for their own organizations. Otherwise the default span holds
    /// for all.
    FEATURE_CHANGE_TAG_EXPIRATION "Users may change the span": bool = true, also(&["Allow users to select expiration"]);

    /// Let users protect tags, so that they can be neither moved nor removed.
    FEATURE_IMMUTABLE_TAGS "Immutable tags": bool = false;

    /// Let protected tags expire on a date of their own. Otherwise they stay until somebody takes
    /// the protection away.
    FEATURE_IMMUTABLE_TAGS_CAN_EXPIRE "Immutable tags may expire": bool = false, when(FEATURE_IMMUTABLE_TAGS, &["true"]);

    /// When the tag of a multi-platform image is removed, also free the images of the single
    /// platforms at once, not when their own time is over.
    RESET_CHILD_MANIFEST_EXPIRATION "Expire platform images with their tag": bool = false;

    /// Let users remove a tag for good, before its time is over. It cannot be brought back then.
    PERMANENTLY_DELETE_TAGS "Users may remove tags for good": bool = false;
}

/// What the file says, or Quay's default.
fn written<T>(document: &Document, key: Key<T>) -> Option<Value> {
    document.top(key.name()).cloned().or_else(|| key.spec().default.map(|default| default()))
}

rule! {
    /// The default span would be chosen from nothing, which Quay's own checker refuses.
    expiration_options_are_given: Error,
    "There is no span to choose from.",
    fix "Add at least the default span to Spans to choose from.";
    |subject, places| {
        let options = subject.document.top(TAG_EXPIRATION_OPTIONS.name()).and_then(Value::as_list);
        if options.is_some_and(<[Value]>::is_empty) {
            places.at(TAG_EXPIRATION_OPTIONS.path());
        }
    }
}

rule! {
    /// Quay's own checker compares the words, and keeps Quay from starting.
    default_expiration_is_an_option: Error,
    "The default span {span} is not among the spans to choose from.",
    fix "Add {span} to Spans to choose from, or make one of those the default.";
    |subject, places| {
        let document = subject.document;
        let (Some(options), Some(default)) =
            (written(document, TAG_EXPIRATION_OPTIONS), written(document, DEFAULT_TAG_EXPIRATION))
        else {
            return;
        };
        let (Some(options), Some(span)) = (options.as_list(), default.as_str()) else { return };
        if !options.is_empty() && Duration::from_text(span).is_some() && !options.contains(&default)
        {
            places.at_with(DEFAULT_TAG_EXPIRATION.path(), [("span", span.to_owned())]);
        }
    }
}

rule! {
    /// A user who sees the same span twice wonders what the difference is.
    expiration_options_are_different: Warning,
    "This span is already among the spans to choose from.",
    fix "Take it out of the list.";
    |subject, places| {
        let Some(List(options)) = subject.document.effective(TAG_EXPIRATION_OPTIONS) else {
            return;
        };
        for (at, option) in options.iter().enumerate() {
            if options[..at].contains(option) {
                places.at(TAG_EXPIRATION_OPTIONS.path().item(at));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rule::testing::findings;

    #[test]
    fn the_usual_spans_are_accepted() {
        let report = findings(
            "TAG_EXPIRATION_OPTIONS: [0s, 1d, 1w, 2w, 4w]\nDEFAULT_TAG_EXPIRATION: 2w\n\
             FEATURE_CHANGE_TAG_EXPIRATION: true",
        );
        assert_eq!(report, [""; 0]);
    }

    #[test]
    fn the_default_span_is_one_of_those_offered() {
        assert_eq!(
            findings("DEFAULT_TAG_EXPIRATION: 3w"),
            ["default_expiration_is_an_option DEFAULT_TAG_EXPIRATION"]
        );
        assert_eq!(
            findings("TAG_EXPIRATION_OPTIONS: [1d, 14d]"),
            ["default_expiration_is_an_option DEFAULT_TAG_EXPIRATION"]
        );
    }

    #[test]
    fn no_spans_at_all_are_refused() {
        assert_eq!(
            findings("TAG_EXPIRATION_OPTIONS: []"),
            ["expiration_options_are_given TAG_EXPIRATION_OPTIONS"]
        );
    }

    #[test]
    fn a_span_in_two_spellings_is_warned_about() {
        assert_eq!(
            findings("TAG_EXPIRATION_OPTIONS: [1w, 2w, 7d]"),
            ["expiration_options_are_different TAG_EXPIRATION_OPTIONS[2]"]
        );
    }

    #[test]
    fn a_span_without_a_unit_is_of_the_wrong_type() {
        assert_eq!(
            findings("DEFAULT_TAG_EXPIRATION: 14"),
            ["value_is_of_its_type DEFAULT_TAG_EXPIRATION"]
        );
    }
}
