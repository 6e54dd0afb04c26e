//! Moving old action logs, and the logs of builds, out of the database.

use super::builds::FEATURE_BUILD_SUPPORT;
use super::storage::is_no_engine;
use crate::value::{Duration, FilePath, Text};

section! {
    /// Old entries of the action log are moved from the database into a storage engine.
    "log-rotation", "Action log rotation", Operations;
    rules: [action_log_archive_is_an_engine, build_log_archive_is_an_engine];

    /// Move old entries of the action log into storage, so that the database stays small.
    FEATURE_ACTION_LOG_ROTATION "Rotate action logs": bool = false, also(&["Enable action log rotation", "archive"]);

    /// The storage engine that takes the old entries.
    ACTION_LOG_ARCHIVE_LOCATION "Archive engine": Text, required, when(FEATURE_ACTION_LOG_ROTATION, &["true"]), also(&["Storage location"]);

    /// Folder in that engine for the old entries, for instance `actionlogarchive/`.
    ACTION_LOG_ARCHIVE_PATH "Archive folder": FilePath, required, when(FEATURE_ACTION_LOG_ROTATION, &["true"]), also(&["Storage path"]);

    /// The age at which an entry is moved.
    ACTION_LOG_ROTATION_THRESHOLD "Move entries older than": Duration = "30d", when(FEATURE_ACTION_LOG_ROTATION, &["true"]),
        also(&["Rotation threshold", "retention"]);

    /// The storage engine that takes the logs of finished builds. Name one of your engines where
    /// images are built.
    LOG_ARCHIVE_LOCATION "Engine for build logs": Text;

    /// Folder in that engine for the logs of builds.
    LOG_ARCHIVE_PATH "Folder for build logs": FilePath = "logarchive/", may_be_empty;
}

rule! {
    /// Entries cannot be moved to a place that does not exist.
    action_log_archive_is_an_engine: Error,
    "{location} is none of the storage engines.",
    fix "Enter the name of one of your storage engines.";
    |subject, places| {
        let on = subject.document.effective(FEATURE_ACTION_LOG_ROTATION) == Some(true);
        let location = subject.document.effective(ACTION_LOG_ARCHIVE_LOCATION);
        let wrong = location.filter(|Text(location)| is_no_engine(subject.document, location));
        if let Some(Text(location)) = wrong.filter(|_| on) {
            places.at_with(ACTION_LOG_ARCHIVE_LOCATION.path(), [("location", location)]);
        }
    }
}

rule! {
    /// The log of a build would be lost when the build is over.
    build_log_archive_is_an_engine: Error,
    "{location} is none of the storage engines.",
    fix "Enter the name of one of your storage engines, or turn off Dockerfile builds.";
    |subject, places| {
        let on = subject.document.effective(FEATURE_BUILD_SUPPORT) == Some(true);
        let location = subject.document.effective(LOG_ARCHIVE_LOCATION);
        let wrong = location.filter(|Text(location)| is_no_engine(subject.document, location));
        if let Some(Text(location)) = wrong.filter(|_| on) {
            places.at_with(LOG_ARCHIVE_LOCATION.path(), [("location", location)]);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rule::testing::findings;

    /// What is found about `text` beside the engine `default`, the engine's own findings left out.
    fn with_an_engine(text: &str) -> Vec<String> {
        let engine = "DISTRIBUTED_STORAGE_CONFIG: {default: [S3Storage, \
                      {s3_bucket: quay, storage_path: /registry}]}";
        findings(&format!("{engine}\n{text}"))
    }

    #[test]
    fn rotation_into_an_engine_is_accepted() {
        let report = with_an_engine(
            "FEATURE_ACTION_LOG_ROTATION: true\nACTION_LOG_ARCHIVE_LOCATION: default\n\
             ACTION_LOG_ARCHIVE_PATH: some/path\nACTION_LOG_ROTATION_THRESHOLD: 4w\n\
             LOG_ARCHIVE_LOCATION: default",
        );
        assert!(report.is_empty(), "{report:?}");
        assert!(findings("FEATURE_ACTION_LOG_ROTATION: false").is_empty());
    }

    #[test]
    fn rotation_needs_a_place() {
        assert_eq!(
            findings("FEATURE_ACTION_LOG_ROTATION: true"),
            [
                "required_value_is_set ACTION_LOG_ARCHIVE_LOCATION",
                "required_value_is_set ACTION_LOG_ARCHIVE_PATH"
            ]
        );
    }

    #[test]
    fn the_place_is_an_engine() {
        assert_eq!(
            with_an_engine(
                "FEATURE_ACTION_LOG_ROTATION: true\nACTION_LOG_ARCHIVE_LOCATION: local_us\n\
                 ACTION_LOG_ARCHIVE_PATH: some/path"
            ),
            ["action_log_archive_is_an_engine ACTION_LOG_ARCHIVE_LOCATION"]
        );
    }

    #[test]
    fn build_logs_go_to_an_engine_where_images_are_built() {
        let text = "LOG_ARCHIVE_LOCATION: local_us\nFEATURE_BUILD_SUPPORT";
        assert_eq!(
            with_an_engine(&format!("{text}: true")),
            ["build_log_archive_is_an_engine LOG_ARCHIVE_LOCATION"]
        );
        assert!(with_an_engine(&format!("{text}: false")).is_empty());
    }

    #[test]
    fn a_threshold_has_a_unit() {
        assert_eq!(
            findings("ACTION_LOG_ROTATION_THRESHOLD: '30'"),
            ["value_is_of_its_type ACTION_LOG_ROTATION_THRESHOLD"]
        );
    }
}
