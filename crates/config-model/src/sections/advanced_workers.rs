//! What only Quay's code knows of the work that is done in the background.

use crate::field::Key;
use crate::value::{AtLeast, NonNegative, Whole};

section! {
    /// How often Quay's background workers run, and how much they do at once. Quay's own values
    /// serve most registries well.
    "advanced-workers", "Advanced: background workers", Advanced;
    rules: [worker_period_is_whole_seconds];

    /// Let workers begin at different moments, so that they do not all reach for the database at
    /// once.
    STAGGER_WORKERS "Spread the start of workers": bool = true, internal;

    /// Time between two rounds in which images that nobody needs any more are removed.
    GARBAGE_COLLECTION_FREQUENCY "Clean-up of images every": NonNegative = 30, unit("seconds"), internal, also(&["garbage collection"]);

    /// Time between two rounds in which teams are brought in line with groups elsewhere.
    TEAM_SYNC_WORKER_FREQUENCY "Team synchronization every": NonNegative = 60, unit("seconds"), internal;

    /// Time between two comparisons with the subscriptions bought elsewhere. Without it, 5 minutes.
    RECONCILIATION_FREQUENCY "Subscription check every": NonNegative, unit("seconds"), internal;

    /// Time between two rounds that fill in the sizes of old images.
    MANIFEST_BACKFILL_WORKER_FREQUENCY "Fill in sizes every": NonNegative, unit("seconds"), internal;

    /// Time between two rounds that fill in what old artifacts, such as signatures, belong to.
    MANIFEST_SUBJECT_BACKFILL_WORKER_FREQUENCY "Fill in subjects every": NonNegative, unit("seconds"), internal;

    /// Time between two rounds in which old entries of the action log are moved. Without it, 12
    /// hours.
    ACTION_LOG_ROTATION_FREQUENCY "Log rotation every": NonNegative, unit("seconds"), internal;

    /// Time between two rounds in which tags are removed by the users' own policies.
    AUTO_PRUNING_POLL_PERIOD "Auto-pruning every": NonNegative, unit("seconds"), internal;

    /// Time between two rounds in which counted pulls are moved from Redis into the database.
    REDIS_FLUSH_INTERVAL_SECONDS "Store pull counts every": NonNegative = 300, unit("seconds"), internal;

    /// How long the worker that exports logs waits before it looks for new requests.
    EXPORT_ACTION_LOGS_WORKER_POLL_PERIOD "Look for log exports every": NonNegative, unit("seconds"), internal;

    /// Time between two rounds in which finished work is taken out of the queues. Without it, a
    /// day.
    QUEUE_CLEANUP_FREQUENCY "Queue clean-up every": NonNegative, unit("seconds"), internal;

    /// Time between two rounds in which aborted uploads are removed. Without it, an hour.
    BLOBUPLOAD_CLEANUP_FREQUENCY "Upload clean-up every": NonNegative, unit("seconds"), internal;

    /// Time after which the numbers of waiting work in the metrics are renewed.
    QUEUE_WORKER_METRICS_REFRESH_SECONDS "Renew queue metrics every": NonNegative = 300, unit("seconds"), internal;

    /// The age at which an upload that was never finished counts as aborted. Without it, two days;
    /// leave it so unless Quay's support asks for another value.
    BLOBUPLOAD_DELETION_DATE_THRESHOLD "Age of aborted uploads": NonNegative, internal;

    /// How many organizations one round of auto-pruning takes on.
    AUTO_PRUNING_BATCH_SIZE "Auto-pruning: organizations a round": Whole, internal;

    /// How many organizations are taken on at once for the policy of the whole registry.
    AUTO_PRUNING_DEFAULT_POLICY_BATCH_SIZE "Registry policy: organizations at once": Whole, internal;

    /// How many organizations are fetched at once for the policy of the whole registry.
    AUTO_PRUNING_DEFAULT_POLICY_FETCH_NAMESPACES_LIMIT "Registry policy: organizations fetched": Whole, internal;

    /// How many tags are fetched from the database at once when tags are pruned.
    AUTOPRUNE_FETCH_TAGS_PAGE_LIMIT "Auto-pruning: tags fetched": AtLeast<1>, internal;

    /// How many repositories are fetched from the database at once when tags are pruned.
    AUTOPRUNE_FETCH_REPOSITORIES_PAGE_LIMIT "Auto-pruning: repositories fetched": AtLeast<1>, internal;

    /// How long one round for the policy of the whole registry may take.
    AUTOPRUNE_DEFAULT_POLICY_TIMEOUT "Registry policy: time for a round": NonNegative, unit("seconds"), internal;

    /// How long an organization is left alone after its tags were pruned. Less than half an hour
    /// puts a load on the database.
    AUTOPRUNE_TASK_RUN_MINIMUM_INTERVAL_MINUTES "Auto-pruning: rest for an organization": NonNegative, unit("minutes"), internal;

    /// Count how often each tag and image is pulled. It takes a Redis server for the counts.
    FEATURE_IMAGE_PULL_STATS "Count pulls": bool = false, internal, also(&["pull statistics"]);

    /// How many threads of a node write pulls to Redis.
    PULL_METRICS_WORKER_COUNT "Threads that count pulls": Whole = 5, internal;

    /// How many counts are moved from Redis into the database in one round.
    REDIS_FLUSH_WORKER_BATCH_SIZE "Pull counts stored at once": AtLeast<1>, internal;

    /// How many entries Redis looks through at a time when it is asked for counts.
    REDIS_FLUSH_WORKER_SCAN_COUNT "Entries looked through at once": AtLeast<1>, internal;

    /// How long the worker that stores pull counts waits for Redis.
    REDIS_CONNECTION_TIMEOUT "Wait for Redis": NonNegative, unit("seconds"), internal;

    /// How many images are handed to Clair in one round. With 0, Quay chooses.
    SECURITY_SCANNER_V4_BATCH_SIZE "Clair: images a round": Whole, internal;

    /// How long an image rests before it is handed to Clair once more, for instance after Clair
    /// failed on it.
    SECURITY_SCANNER_V4_REINDEX_THRESHOLD "Clair: rest before another try": NonNegative = 300, unit("seconds"), internal;

    /// Let only one worker at a time go through all images for Clair.
    SECURITY_SCANNER_V4_LOCK "Clair: one worker at a time": bool, internal;

    /// How many of the newest images are handed to Clair in one round.
    SECURITY_SCANNER_V4_RECENT_MANIFEST_BATCH_SIZE "Clair: new images a round": Whole, internal;

    /// Let only one worker at a time go through the newest images for Clair.
    SECURITY_SCANNER_V4_RECENT_MANIFEST_BATCH_LOCK "Clair: one worker for new images": bool, internal;

    /// How many tags are fetched at once when a mirror that failed is put back. Made for Quay's own
    /// tests.
    REPO_MIRROR_TAG_ROLLBACK_PAGE_SIZE "Mirroring: tags put back at once": AtLeast<1>, internal;

    /// How many mirroring workers there should be. Quay's health report complains when fewer run.
    REPO_MIRROR_WORKER_REPLICAS "Mirroring: expected workers": Whole, internal;

    /// How long a worker may take to copy one layer to another engine before a second one tries.
    STORAGE_REPLICATION_PROCESSING_SECONDS "Time to replicate a layer": NonNegative, unit("seconds"), internal;

    /// Fill in the sizes of images that were pushed to old releases of Quay.
    FEATURE_MANIFEST_SIZE_BACKFILL "Fill in sizes of old images": bool = true, internal;

    /// Count what happens in each repository, so that a search lists busy ones first.
    FEATURE_REPOSITORY_ACTION_COUNTER "Count repository activity": bool = true, internal;

    /// Remove old counts of what happened in repositories.
    FEATURE_CLEAR_EXPIRED_RAC_ENTRIES "Remove old activity counts": bool = false, internal;

    /// How long Quay waits for the receiver of a notification.
    NOTIFICATION_SEND_TIMEOUT "Wait for a notification's receiver": NonNegative = 10, unit("seconds"), internal;

    /// Go on without a word when a mail cannot be sent.
    MAIL_FAIL_SILENTLY "Ignore mail that fails": bool = false, internal;
}

/// How long workers wait between two rounds.
const PERIODS: [Key<NonNegative>; 12] = [
    GARBAGE_COLLECTION_FREQUENCY,
    TEAM_SYNC_WORKER_FREQUENCY,
    RECONCILIATION_FREQUENCY,
    MANIFEST_BACKFILL_WORKER_FREQUENCY,
    MANIFEST_SUBJECT_BACKFILL_WORKER_FREQUENCY,
    ACTION_LOG_ROTATION_FREQUENCY,
    AUTO_PRUNING_POLL_PERIOD,
    REDIS_FLUSH_INTERVAL_SECONDS,
    EXPORT_ACTION_LOGS_WORKER_POLL_PERIOD,
    QUEUE_CLEANUP_FREQUENCY,
    BLOBUPLOAD_CLEANUP_FREQUENCY,
    QUEUE_WORKER_METRICS_REFRESH_SECONDS,
];

rule! {
    /// Quay draws the moment of the first round from the whole seconds of the period, and the
    /// worker ends at once when there are none.
    worker_period_is_whole_seconds: Error,
    "A worker cannot run every {seconds} seconds.",
    fix "Enter a whole number of seconds, 1 or more.";
    |subject, places| {
        if subject.document.effective(STAGGER_WORKERS) != Some(true) {
            return;
        }
        for key in PERIODS {
            let Some(NonNegative(seconds)) = subject.document.effective(key) else { continue };
            if seconds < 1.0 || seconds.fract() > 0.0 {
                places.at_with(key.path(), [("seconds", seconds.to_string())]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rule::testing::findings;

    #[test]
    fn sensible_values_are_accepted() {
        let report = findings(
            "GARBAGE_COLLECTION_FREQUENCY: 60\nQUEUE_CLEANUP_FREQUENCY: 86400.0\n\
             AUTOPRUNE_TASK_RUN_MINIMUM_INTERVAL_MINUTES: 0.5\nSECURITY_SCANNER_V4_BATCH_SIZE: 0\n\
             REPO_MIRROR_WORKER_REPLICAS: null\nFEATURE_IMAGE_PULL_STATS: true",
        );
        assert_eq!(report, [""; 0]);
    }

    #[test]
    fn a_wrong_type_is_refused() {
        assert_eq!(
            findings("AUTO_PRUNING_BATCH_SIZE: many"),
            ["value_is_of_its_type AUTO_PRUNING_BATCH_SIZE"]
        );
    }

    #[test]
    fn a_period_is_at_least_a_second() {
        assert_eq!(
            findings("GARBAGE_COLLECTION_FREQUENCY: 0\nTEAM_SYNC_WORKER_FREQUENCY: 1.5"),
            [
                "worker_period_is_whole_seconds GARBAGE_COLLECTION_FREQUENCY",
                "worker_period_is_whole_seconds TEAM_SYNC_WORKER_FREQUENCY"
            ]
        );
        assert_eq!(findings("STAGGER_WORKERS: false\nTEAM_SYNC_WORKER_FREQUENCY: 1.5"), [""; 0]);
    }
}
