//! The families of metrics, by the names under which Quay's Pushgateway shows them.
//!
//! Names, kinds, labels and classes are facts about quay/quay at `ffba0c70e` (2026-08-21), whose
//! sources name 83 families; what each one says is put in other words. A counter ends with
//! `_total` even where the source does not: Prometheus' library for Python adds it.

use super::labels;
use std::fmt;

/// The one family of durations that the stand-in measures.
pub(super) const REQUESTS: &str = "quay_request_duration_seconds";
/// Here 0 would say that a mirroring failed.
const LAST_SYNC: &str = "quay_repository_mirror_last_sync_status";

/// Upper ends of the classes of a duration, in seconds, as Prometheus' library for Python has them.
pub(super) const USUAL: &[f64] =
    &[0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];
/// The same for what is asked of Red Hat's services.
const CALLS: &[f64] = &[1.0, 5.0, 20.0];
/// The same for mirroring a repository.
const MIRRORING: &[f64] = &[60.0, 300.0, 900.0, 3600.0];
/// The same for the time from a push to the result of its scan.
const RESULT: &[f64] = &[60.0, 300.0, 600.0, 900.0, 1200.0, 1500.0, 1800.0, 2100.0, 2400.0];
/// The same for one scan.
const SCAN: &[f64] = &[0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0];
/// The same for a round of scans.
const ROUND: &[f64] = &[1.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0];
/// Upper ends of the classes of a number of images.
const IMAGES: &[f64] = &[0.0, 1.0, 5.0, 10.0, 25.0, 50.0, 100.0, 250.0];

/// What kind of numbers a family has.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    /// Numbers that only grow.
    Counter,
    /// Numbers that go up and down.
    Gauge,
    /// How many fall into which class.
    Histogram(&'static [f64]),
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram(_) => "histogram",
        })
    }
}

/// A family of metrics.
#[derive(Debug)]
pub(super) struct Family {
    /// Its name.
    pub(super) name: &'static str,
    /// Its kind.
    pub(super) kind: Kind,
    /// What it says.
    pub(super) help: &'static str,
    /// The names of its labels, sorted.
    pub(super) labels: &'static [&'static str],
    /// The values of the labels in the series that are there from the beginning. Quay has them
    /// only once something happened; a dashboard should know that they are there.
    zeros: &'static [&'static [&'static str]],
}

impl Family {
    /// The series that are there from the beginning, as they stand between braces. As with Quay,
    /// a family without labels has one.
    pub(super) fn series(&self) -> Vec<String> {
        if self.labels.is_empty() {
            return vec![String::new()];
        }
        let series = self.zeros.iter().map(|values| {
            let pairs: Vec<_> = self.labels.iter().copied().zip(values.iter().copied()).collect();
            labels(&pairs)
        });
        series.collect()
    }

    /// What a series says before anything happened.
    pub(super) fn start(&self) -> f64 {
        if self.name == LAST_SYNC { 1.0 } else { 0.0 }
    }
}

/// Declares families: kind, name, labels, what it says, and after each `|` the labels' values in a
/// series that is there from the beginning.
macro_rules! families {
    ($(
        $kind:ident $(($classes:ident))? $name:literal [$($label:literal)*] $help:literal
        $(| $($value:literal)+)*;
    )+) => {
        /// Every family, in the order in which they are shown.
        pub(super) const FAMILIES: &[Family] = &[$(Family {
            name: $name,
            kind: Kind::$kind $(($classes))?,
            help: $help,
            labels: &[$($label),*],
            zeros: &[$(&[$($value),+]),*],
        }),+];
    };
}

families! {
    Counter "bearer_token_decoded_total" ["success"] "Tokens of the registry that were read.";
    Histogram(USUAL) "greenlet_duration_seconds" [] "How long a green thread ran at a stretch.";
    Counter "greenlet_switch_total" [] "Changes from one green thread to another.";
    Counter "greenlet_throw_total" [] "Errors thrown into green threads.";
    Counter "migration_complete_total" [] "Changes of the tables that were made.";
    Gauge "migration_completion_percent" [] "How much of such a change is done.";
    Counter "migration_failed_total" [] "Changes of the tables that failed.";
    Counter "migration_items_completed_total" [] "Rows that such changes are done with.";
    Counter "process_cpu_seconds_total" [] "Time of the processor, in seconds.";
    Gauge "process_max_fds" [] "Files that may be open.";
    Gauge "process_open_fds" [] "Files that are open.";
    Gauge "process_resident_memory_bytes" [] "Memory, in bytes.";
    Gauge "process_start_time_seconds" [] "Start, in seconds since 1970.";
    Gauge "process_virtual_memory_bytes" [] "Addresses of memory that are in use, in bytes.";
    Gauge "push_failure_time_seconds" [] "Last push that failed, in seconds since 1970.";
    Gauge "push_time_seconds" [] "Last push, in seconds since 1970.";
    Counter "python_gc_collections_total" ["generation"] "Rounds of Python's collection of garbage."
        | "0" | "1" | "2";
    Counter "python_gc_objects_collected_total" ["generation"] "Objects that Python collected."
        | "0" | "1" | "2";
    Counter "python_gc_objects_uncollectable_total" ["generation"] "Objects that Python could not."
        | "0" | "1" | "2";
    Gauge "python_info" ["implementation" "major" "minor" "patchlevel" "version"]
        "Which Python it is; here it is none." | "none" "0" "0" "0" "0.0.0";
    Counter "quay_authentication_attempts_total" ["auth_kind" "success"]
        "Log-ins, and whether they worked." | "basic" "False" | "basic" "True";
    Histogram(USUAL) "quay_build_ack_duration_seconds" ["executor"]
        "How long a machine took to ask for its build.";
    Histogram(USUAL) "quay_build_duration_seconds" ["executor" "job_status"]
        "How long builds took.";
    Counter "quay_build_fallback_total" ["executor"] "Builds that went to another place to build.";
    Counter "quay_build_jobs_total" ["success"] "Builds that came to an end.";
    Histogram(USUAL) "quay_build_queue_duration_seconds" ["schedule_success"]
        "How long builds waited for a machine.";
    Histogram(USUAL) "quay_build_start_duration_seconds" ["executor"]
        "How long it took to start a machine.";
    Histogram(USUAL) "quay_chunk_upload_duration_seconds" ["region"]
        "How long it took to hand a piece to the storage.";
    Counter "quay_db_close_calls_total" [] "Connections to the database that were closed.";
    Counter "quay_db_connect_calls_total" [] "Connections to the database that were opened.";
    Gauge "quay_db_pooled_connections_available" [] "Connections that wait for work.";
    Gauge "quay_db_pooled_connections_in_use" [] "Connections at work.";
    Counter "quay_gc_iterations_total" [] "Rounds of the collection of garbage.";
    Counter "quay_gc_namespaces_purged_total" [] "Namespaces that were collected.";
    Counter "quay_gc_repos_purged_total" [] "Repositories that were collected.";
    Counter "quay_gc_storage_blobs_deleted_total" [] "Blobs that were deleted.";
    Counter "quay_gc_table_rows_deleted_total" ["table"] "Rows that were deleted." | "Tag";
    Counter "quay_instance_key_renewal_self_total" ["success"] "Renewals of the node's own key."
        | "False" | "True";
    Counter "quay_model_cache_total" ["type"] "Answers found in the cache, and not found."
        | "cache_hit" | "cache_miss";
    Counter "quay_multipart_uploads_completed_total" [] "Uploads in parts, ended.";
    Counter "quay_multipart_uploads_started_total" [] "Uploads in parts, begun.";
    Gauge "quay_org_mirror_configs_pending_discovery" [] "Organizations that wait for a look-up.";
    Histogram(USUAL) "quay_org_mirror_discovery_duration_seconds" []
        "How long it took to look up what an organization holds.";
    Counter "quay_org_mirror_discovery_total" ["status"] "Look-ups of what organizations hold."
        | "failure" | "success";
    Histogram(USUAL) "quay_org_mirror_repo_sync_duration_seconds" []
        "How long it took to mirror a repository of an organization.";
    Counter "quay_org_mirror_repo_sync_total" ["status"] "Mirrorings of such repositories."
        | "failure" | "success";
    Counter "quay_org_mirror_repos_created_total" [] "Repositories made for such organizations.";
    Gauge "quay_org_mirror_repos_discovered" [] "Repositories found in the last look-up.";
    Gauge "quay_org_mirror_repositories_unmirrored" [] "Repositories of them that wait.";
    Gauge "quay_org_mirrors_enabled" [] "Organizations that are mirrored.";
    Gauge "quay_org_mirrors_total" [] "Organizations set up to be mirrored.";
    Gauge "quay_org_rows" [] "Organizations.";
    Counter "quay_queue_item_deletes_total" [] "Work that was taken out of a queue.";
    Counter "quay_queue_item_gets_total" ["availability" "queue_name"] "Questions for work.";
    Counter "quay_queue_item_puts_total" ["queue_name"] "Work that was put into a queue.";
    Gauge "quay_queue_items_available" ["queue_name"] "Work that waits."
        | "dockerfilebuild" | "imagestoragereplication" | "notification" | "secscanv4";
    Gauge "quay_queue_items_available_unlocked" ["queue_name"] "Work that nobody has taken."
        | "dockerfilebuild" | "imagestoragereplication" | "notification" | "secscanv4";
    Gauge "quay_queue_items_locked" ["queue_name"] "Work that somebody has taken."
        | "dockerfilebuild" | "imagestoragereplication" | "notification" | "secscanv4";
    Histogram(CALLS) "quay_reconciliation_api_call_duration_seconds" ["api" "operation"]
        "How long Red Hat's services took to answer.";
    Counter "quay_reconciliation_api_call_errors_total" ["api" "operation"]
        "Questions to Red Hat's services that failed.";
    Counter "quay_reconciliation_api_calls_total" ["api" "operation"]
        "Questions to Red Hat's services.";
    Gauge "quay_reconciliation_duration_seconds" [] "How long the last comparison took.";
    Gauge "quay_reconciliation_last_success_timestamp" []
        "Last comparison that worked, in seconds since 1970.";
    Counter "quay_reconciliation_runs_total" ["status"] "Comparisons with what users have bought.";
    Counter "quay_reconciliation_users_not_processed_total" ["reason"] "Users left out of them.";
    Counter "quay_reconciliation_users_processed_total" [] "Users compared.";
    Gauge "quay_reconciliation_users_total" [] "Users that there are to compare.";
    Counter "quay_registry_image_pulled_estimated_bytes_total" ["protocol"] "Bytes pulled." | "v2";
    Counter "quay_registry_image_pulls_total" ["protocol" "ref" "status"] "Manifests pulled."
        | "v2" "manifest" "200" | "v2" "tag" "200";
    Counter "quay_registry_image_pushed_bytes_total" [] "Bytes pushed.";
    Counter "quay_registry_image_pushes_total" ["media_type" "protocol" "status"]
        "Manifests pushed."
        | "application/vnd.docker.distribution.manifest.v2+json" "v2" "201"
        | "application/vnd.oci.image.manifest.v1+json" "v2" "201";
    Gauge "quay_repository_mirror_last_sync_status" ["last_error_reason" "namespace" "repository"]
        "How the last mirroring ended: 0 badly, 1 well, 2 not yet." | "" "" "";
    Gauge "quay_repository_mirror_last_sync_timestamp" ["namespace" "repository"]
        "Last mirroring, in seconds since 1970.";
    Gauge "quay_repository_mirror_pending_tags" ["namespace" "repository"]
        "Tags that wait to be mirrored." | "" "";
    Gauge "quay_repository_mirror_sync_complete" ["namespace" "repository"]
        "Whether all tags are mirrored.";
    Histogram(MIRRORING) "quay_repository_mirror_sync_duration_seconds" ["namespace"]
        "How long it took to mirror a repository.";
    Counter "quay_repository_mirror_sync_failures_total" ["namespace" "reason"]
        "Mirrorings that failed." | "" "";
    Gauge "quay_repository_mirror_workers_active" [] "Mirroring workers.";
    Gauge "quay_repository_rows" [] "Repositories.";
    Gauge "quay_repository_rows_unmirrored" [] "Repositories that wait to be mirrored.";
    Histogram(USUAL) "quay_request_duration_seconds" ["method" "namespace_name" "route" "status"]
        "How long requests took." | "GET" "" "v2.v2_support_enabled" "200";
    Gauge "quay_robot_rows" [] "Robot accounts.";
    Histogram(USUAL) "quay_secscan_index_layer_size_bytes" [] "Bytes handed to the scanner.";
    Histogram(USUAL) "quay_secscan_request_duration_seconds" ["action" "method" "status"]
        "How long the scanner took to answer." | "" "" "";
    Histogram(RESULT) "quay_secscan_result_duration_seconds" []
        "How long after a push its result was there.";
    Counter "quay_secscan_v2_claim_status_total" ["status"] "Images that a worker wanted to scan."
        | "";
    Histogram(ROUND) "quay_secscan_v2_cycle_duration_seconds" [] "How long a round of scans took.";
    Histogram(IMAGES) "quay_secscan_v2_manifests_claimed_per_cycle" [] "Images of such a round.";
    Histogram(SCAN) "quay_secscan_v2_scan_duration_seconds" [] "How long a scan took.";
    Counter "quay_secscan_v2_scan_result_total" ["result"] "Results of scans."
        | "failure" | "success";
    Counter "quay_spam_ingress_decisions_total" ["action" "outcome"] "Verdicts on spam.";
    Counter "quay_ui_page_views_total" ["ui"] "Pages shown to users.";
    Gauge "quay_user_rows" [] "Users.";
    Histogram(USUAL) "quay_worker_operation_duration_seconds" ["operation" "worker"]
        "How long a round of a worker took."
        | "_garbage_collection_repos" "garbagecollection" | "_process_mirrors" "repomirrorworker";
    Gauge "quay_worker_operation_in_progress" ["operation" "worker"] "Work under way."
        | "_garbage_collection_repos" "garbagecollection" | "_process_mirrors" "repomirrorworker";
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Families of Quay's own; the others are the library's and the Pushgateway's.
    const OF_QUAY: usize = 83;
    /// What a dashboard of Quay shows. A star stands for all that begin so.
    const DASHBOARD: [&str; 28] = [
        "migration_*",
        "process_*",
        "push_time_seconds",
        "python_*",
        "quay_authentication_attempts_total",
        "quay_db_pooled_connections_*",
        "quay_gc_iterations_total",
        "quay_gc_repos_purged_total",
        "quay_gc_storage_blobs_deleted_total",
        "quay_gc_table_rows_deleted_total",
        "quay_instance_key_renewal_self_total",
        "quay_model_cache_total",
        "quay_multipart_uploads_*",
        "quay_org_mirror*",
        "quay_org_rows",
        "quay_queue_items_*",
        "quay_registry_image_*",
        "quay_repository_mirror_last_sync_status",
        "quay_repository_mirror_pending_tags",
        "quay_repository_mirror_sync_failures_total",
        "quay_repository_mirror_workers_active",
        "quay_repository_rows",
        "quay_request_duration_seconds",
        "quay_robot_rows",
        "quay_secscan_*",
        "quay_user_rows",
        "quay_worker_operation_duration_seconds",
        "quay_worker_operation_in_progress",
    ];

    #[test]
    fn every_family_of_quay_is_there() {
        let foreign = ["process_", "push_", "python_"];
        let is_foreign = |family: &&Family| foreign.iter().any(|at| family.name.starts_with(at));
        assert_eq!(FAMILIES.iter().filter(|family| !is_foreign(family)).count(), OF_QUAY);
    }

    #[test]
    fn a_family_stands_once_and_is_named_after_its_kind() {
        for (at, Family { name, kind, labels, zeros, .. }) in FAMILIES.iter().enumerate() {
            assert!(FAMILIES[..at].iter().all(|other| other.name != *name), "{name}");
            assert!(!matches!(kind, Kind::Counter) || name.ends_with("_total"), "{name}");
            assert!(labels.is_sorted(), "{name}");
            assert!(zeros.iter().all(|values| values.len() == labels.len()), "{name}");
        }
    }

    #[test]
    fn a_dashboard_finds_a_series_of_each_family_before_anything_happened() {
        for wanted in DASHBOARD {
            let fits = |family: &&Family| match wanted.strip_suffix('*') {
                Some(beginning) => family.name.starts_with(beginning),
                None => family.name == wanted,
            };
            let found: Vec<_> = FAMILIES.iter().filter(fits).collect();
            assert!(!found.is_empty(), "{wanted}");
            for family in found {
                assert!(!family.series().is_empty(), "{}", family.name);
            }
        }
    }
}
