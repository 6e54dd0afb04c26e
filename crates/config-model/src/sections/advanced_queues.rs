//! What only Quay's code knows of its queues, and of what it keeps in Redis.

use crate::field::Key;
use crate::value::{AnyValue, List, Text};

section! {
    /// Names of the queues in which work waits for Quay's workers, and old ways to name a Redis
    /// server. All nodes need the same names.
    "advanced-queues", "Advanced: queues and Redis", Advanced;
    rules: [queue_has_a_name_of_its_own, build_log_class_is_named_twice];

    /// Name of the queue of notifications to be sent. Work that waits under the old name is left
    /// lying when you change it.
    NOTIFICATION_QUEUE_NAME "Notifications": Text = "notification", internal, stop_all;

    /// Name of the queue of images to be built from Dockerfiles.
    DOCKERFILE_BUILD_QUEUE_NAME "Dockerfile builds": Text = "dockerfilebuild", internal, stop_all;

    /// Name of the queue of layers to be copied to other storage engines.
    REPLICATION_QUEUE_NAME "Storage replication": Text = "imagestoragereplication", internal, stop_all;

    /// Name of the queue of parts of uploads to be removed from storage.
    CHUNK_CLEANUP_QUEUE_NAME "Clean-up of uploaded parts": Text = "chunk_cleanup", internal, stop_all;

    /// Name of the queue of organizations and users to be removed for good.
    NAMESPACE_GC_QUEUE_NAME "Removed organizations": Text = "namespacegc", internal, stop_all;

    /// Name of the queue of repositories to be removed for good.
    REPOSITORY_GC_QUEUE_NAME "Removed repositories": Text = "repositorygc", internal, stop_all;

    /// Name of the queue of logs that users want to have as a file.
    EXPORT_ACTION_LOGS_QUEUE_NAME "Log exports": Text = "exportactionlogs", internal, stop_all;

    /// Name of the queue of what Clair has found anew.
    SECSCAN_V4_NOTIFICATION_QUEUE_NAME "News from Clair": Text = "secscanv4", internal, stop_all;

    /// Name of the queue of layers to be fetched from the registries that Quay stands in for.
    PROXY_CACHE_BLOB_QUEUE_NAME "Layers for the proxy cache": Text = "proxycacheblob", internal, stop_all;

    /// Which service is given numbers about the queues. `Null` means none.
    QUEUE_METRICS_TYPE "Queue metrics": Text = "Null", internal;

    /// Module and class of Quay's code that keep the logs of builds, as a list of two. Without it,
    /// Redis keeps them.
    BUILDLOGS_MODULE_AND_CLASS "Class for build logs": List<Text>, internal;

    /// Further arguments for the class that keeps the logs of builds. The one for Redis takes none.
    BUILDLOGS_OPTIONS "Arguments for build logs": List<AnyValue> = [], internal, may_be_empty;

    /// Old way to name the Redis server for the logs of builds. It counts only where
    /// `BUILDLOGS_REDIS` is empty.
    BUILDLOGS_REDIS_HOSTNAME "Redis for build logs (old)": Text, internal;

    /// Old way to name the Redis server for events in users' pages. It counts only where
    /// `USER_EVENTS_REDIS` is empty.
    USER_EVENTS_REDIS_HOSTNAME "Redis for user events (old)": Text, internal;

    /// Another way to name the Redis server for the counts of pulls. It counts only where
    /// `PULL_METRICS_REDIS` is empty.
    PULL_METRICS_REDIS_HOSTNAME "Redis for pull counts (old)": Text, internal;
}

/// Every queue by the key that names it.
const QUEUES: [Key<Text>; 9] = [
    NOTIFICATION_QUEUE_NAME,
    DOCKERFILE_BUILD_QUEUE_NAME,
    REPLICATION_QUEUE_NAME,
    CHUNK_CLEANUP_QUEUE_NAME,
    NAMESPACE_GC_QUEUE_NAME,
    REPOSITORY_GC_QUEUE_NAME,
    EXPORT_ACTION_LOGS_QUEUE_NAME,
    SECSCAN_V4_NOTIFICATION_QUEUE_NAME,
    PROXY_CACHE_BLOB_QUEUE_NAME,
];

rule! {
    /// Workers of two kinds would take each other's work, and fail on it.
    queue_has_a_name_of_its_own: Error,
    "The queue \"{other}\" has the same name.", fix "Give each queue a name of its own.";
    |subject, places| {
        let document = subject.document;
        for key in QUEUES {
            let Some(Text(name)) = document.get(key).ok().flatten() else { continue };
            let twin = QUEUES.into_iter().filter(|other| other.name() != key.name()).find(|other| {
                document.effective(*other).is_some_and(|Text(theirs)| theirs == name)
            });
            if let Some(other) = twin {
                places.at_with(key.path(), [("other", other.spec().label.to_owned())]);
            }
        }
    }
}

rule! {
    /// Quay stops at start when one of the two is missing.
    build_log_class_is_named_twice: Error,
    "These are not a module and a class.",
    fix "Enter two items: the module, then the class in it.";
    |subject, places| {
        let named = subject.document.effective(BUILDLOGS_MODULE_AND_CLASS);
        if named.is_some_and(|List(names)| names.len() < 2) {
            places.at(BUILDLOGS_MODULE_AND_CLASS.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rule::testing::findings;

    #[test]
    fn sensible_values_are_accepted() {
        let report = findings(
            "NOTIFICATION_QUEUE_NAME: notes\nREPOSITORY_GC_QUEUE_NAME: repositorygc\n\
             BUILDLOGS_MODULE_AND_CLASS: [test.testlogs, TestBuildLogs]\n\
             BUILDLOGS_OPTIONS: [devtable, 7, true]\nUSER_EVENTS_REDIS_HOSTNAME: redis01",
        );
        assert_eq!(report, [""; 0]);
    }

    #[test]
    fn a_wrong_type_is_refused() {
        assert_eq!(
            findings("REPLICATION_QUEUE_NAME: 7"),
            ["value_is_of_its_type REPLICATION_QUEUE_NAME"]
        );
    }

    #[test]
    fn two_queues_have_two_names() {
        assert_eq!(
            findings("NOTIFICATION_QUEUE_NAME: repositorygc"),
            ["queue_has_a_name_of_its_own NOTIFICATION_QUEUE_NAME"]
        );
    }

    #[test]
    fn a_class_stands_in_a_module() {
        assert_eq!(
            findings("BUILDLOGS_MODULE_AND_CLASS: [TestBuildLogs]"),
            ["build_log_class_is_named_twice BUILDLOGS_MODULE_AND_CLASS"]
        );
    }
}
