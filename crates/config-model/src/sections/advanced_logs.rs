//! What only Quay's code knows of action logs.

use super::log_rotation::{ACTION_LOG_ROTATION_THRESHOLD, FEATURE_ACTION_LOG_ROTATION};
use crate::value::{Duration, List, NonNegative, Text, Whole};

section! {
    /// Settings of the action log that are in no manual. Most registries need none of them.
    "advanced-logs", "Advanced: action logs", Advanced;
    rules: [moved_entries_are_old_enough];

    /// Organizations and users for which nothing is recorded at all.
    DISABLED_FOR_AUDIT_LOGS "Record nothing for": List<Text> = [], internal;

    /// Organizations and users for which pulls are not recorded.
    DISABLED_FOR_PULL_LOGS "Record no pulls for": List<Text> = [], internal;

    /// Record no pulls for organizations and users who pay nothing.
    FEATURE_DISABLE_PULL_LOGS_FOR_FREE_NAMESPACES "Record no pulls without payment": bool = false, internal;

    /// How many pages of entries a program may fetch. Without it, all of them.
    ACTION_LOG_MAX_PAGE "Pages of entries": Whole, internal;

    /// Number in the database of the user under whose name Quay records what it does itself.
    /// Without it, the user with the lowest number.
    SERVICE_LOG_ACCOUNT_ID "User for Quay's own entries": Whole, internal;

    /// The least age of entries that may be moved into storage, such as `7d`.
    MINIMUM_LOGS_AGE_FOR_ARCHIVE "Never move entries younger than": Duration, internal;

    /// Folder in the storage engine for logs that users asked for.
    EXPORT_ACTION_LOGS_STORAGE_PATH "Folder for exported logs": Text, internal;

    /// How long an export may take. Without it, two hours.
    EXPORT_ACTION_LOGS_MAXIMUM_SECONDS "Longest export": NonNegative, unit("seconds"), internal;

    /// How long a single question to the database may take during an export. Without it, 30
    /// seconds.
    EXPORT_ACTION_LOGS_MAXIMUM_QUERY_TIME_SECONDS "Longest query of an export": NonNegative, unit("seconds"), internal;

    /// How long the address of an exported log works. Without it, an hour.
    EXPORT_ACTION_LOGS_SECONDS "Exports can be fetched for": NonNegative, unit("seconds"), internal;
}

rule! {
    /// Quay refuses to move younger entries, each time it should move any.
    moved_entries_are_old_enough: Error,
    "Entries are to be moved when they are younger than this, so none is ever moved.",
    fix "Lower this age, or move entries later.";
    |subject, places| {
        let on = subject.document.effective(FEATURE_ACTION_LOG_ROTATION) == Some(true);
        let least = subject.document.effective(MINIMUM_LOGS_AGE_FOR_ARCHIVE);
        let moved = subject.document.effective(ACTION_LOG_ROTATION_THRESHOLD);
        if on && moved.is_some() && least > moved {
            places.at(MINIMUM_LOGS_AGE_FOR_ARCHIVE.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rule::testing::findings;

    #[test]
    fn sensible_values_are_accepted() {
        let report = findings(
            "DISABLED_FOR_PULL_LOGS: [acme]\nACTION_LOG_MAX_PAGE: null\n\
             SERVICE_LOG_ACCOUNT_ID: 12345\nMINIMUM_LOGS_AGE_FOR_ARCHIVE: 1d\n\
             EXPORT_ACTION_LOGS_SECONDS: 3600",
        );
        assert_eq!(report, [""; 0]);
    }

    #[test]
    fn a_wrong_type_is_refused() {
        assert_eq!(
            findings("DISABLED_FOR_AUDIT_LOGS: acme"),
            ["value_is_of_its_type DISABLED_FOR_AUDIT_LOGS"]
        );
    }

    #[test]
    fn entries_are_old_enough_to_be_moved() {
        let report =
            findings("FEATURE_ACTION_LOG_ROTATION: true\nMINIMUM_LOGS_AGE_FOR_ARCHIVE: 9w");
        let expected = "moved_entries_are_old_enough MINIMUM_LOGS_AGE_FOR_ARCHIVE".to_owned();
        assert!(report.contains(&expected), "{report:?}");
        assert_eq!(findings("MINIMUM_LOGS_AGE_FOR_ARCHIVE: 9w"), [""; 0]);
    }
}
