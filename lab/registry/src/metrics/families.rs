//! The families of metrics, by the names Quay has for them.

use std::fmt;

/// The one family of durations.
pub(super) const REQUESTS: &str = "quay_request_duration_seconds";

/// What kind of numbers a family has.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    /// Numbers that only grow.
    Counter,
    /// Numbers that go up and down.
    Gauge,
    /// Classes of durations.
    Histogram,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
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
    /// The labels of series that are there from the beginning.
    pub(super) series: &'static [&'static str],
}

const fn counter(
    name: &'static str,
    help: &'static str,
    series: &'static [&'static str],
) -> Family {
    Family { name, kind: Kind::Counter, help, series }
}

const fn gauge(name: &'static str, help: &'static str, series: &'static [&'static str]) -> Family {
    Family { name, kind: Kind::Gauge, help, series }
}

/// A series without labels.
const ALONE: &[&str] = &[""];
/// What works and what does not.
const SUCCESS: &[&str] = &["success=\"True\"", "success=\"False\""];
/// Queues of work, as Quay names them.
const QUEUES: &[&str] = &[
    "queue_name=\"dockerfilebuild\"",
    "queue_name=\"imagestoragereplication\"",
    "queue_name=\"notification\"",
    "queue_name=\"secscanv4\"",
];
/// What is asked of the cache of answers.
const CACHE: &[&str] = &["type=\"cache_hit\"", "type=\"cache_miss\""];
/// Work that is done again and again.
const WORKERS: &[&str] = &[
    "operation=\"_garbage_collection_repos\",worker=\"garbagecollection\"",
    "operation=\"_process_mirrors\",worker=\"repomirrorworker\"",
];

/// Every family, in the order in which they are shown.
pub(super) const FAMILIES: &[Family] = &[
    counter("migration_complete_total", "Changes of the tables that were made.", ALONE),
    gauge("migration_completion_percent", "How much of such a change is done.", ALONE),
    counter("migration_failed_total", "Changes of the tables that failed.", ALONE),
    counter(
        "quay_authentication_attempts_total",
        "Log-ins, and whether they worked.",
        &["auth_kind=\"basic\",success=\"False\"", "auth_kind=\"basic\",success=\"True\""],
    ),
    counter("quay_db_close_calls_total", "Connections to the database that were closed.", ALONE),
    counter("quay_db_connect_calls_total", "Connections to the database that were opened.", ALONE),
    gauge("quay_db_pooled_connections_available", "Connections that wait for work.", ALONE),
    gauge("quay_db_pooled_connections_in_use", "Connections at work.", ALONE),
    counter("quay_gc_iterations_total", "Rounds of the collection of garbage.", ALONE),
    counter("quay_gc_namespaces_purged_total", "Namespaces that were collected.", ALONE),
    counter("quay_gc_repos_purged_total", "Repositories that were collected.", ALONE),
    counter("quay_gc_storage_blobs_deleted_total", "Blobs that were deleted.", ALONE),
    counter("quay_gc_table_rows_deleted_total", "Rows that were deleted.", &["table=\"Tag\""]),
    counter("quay_instance_key_renewal_self_total", "Renewals of the node's own key.", SUCCESS),
    counter("quay_model_cache_total", "Answers found in the cache, and not found.", CACHE),
    counter("quay_multipart_uploads_completed_total", "Uploads in parts, ended.", ALONE),
    counter("quay_multipart_uploads_started_total", "Uploads in parts, begun.", ALONE),
    gauge("quay_org_mirrors_enabled", "Organizations that are mirrored.", ALONE),
    gauge("quay_org_mirrors_total", "Organizations set up to be mirrored.", ALONE),
    gauge("quay_org_rows", "Organizations.", ALONE),
    gauge("quay_queue_items_available", "Work that waits.", QUEUES),
    gauge("quay_queue_items_available_unlocked", "Work that nobody has taken.", QUEUES),
    gauge("quay_queue_items_locked", "Work that somebody has taken.", QUEUES),
    counter(
        "quay_registry_image_pulled_estimated_bytes_total",
        "Bytes pulled.",
        &["protocol=\"v2\""],
    ),
    counter(
        "quay_registry_image_pulls_total",
        "Manifests pulled.",
        &[
            "protocol=\"v2\",ref=\"manifest\",status=\"200\"",
            "protocol=\"v2\",ref=\"tag\",status=\"200\"",
        ],
    ),
    counter("quay_registry_image_pushed_bytes_total", "Bytes pushed.", ALONE),
    counter("quay_registry_image_pushes_total", "Manifests pushed.", &[]),
    gauge("quay_repository_mirror_pending_tags", "Tags that wait to be mirrored.", &[]),
    counter("quay_repository_mirror_sync_failures_total", "Mirrorings that failed.", &[]),
    gauge("quay_repository_mirror_workers_active", "Mirroring workers.", ALONE),
    gauge("quay_repository_rows", "Repositories.", ALONE),
    gauge("quay_repository_rows_unmirrored", "Repositories that wait to be mirrored.", ALONE),
    Family { name: REQUESTS, kind: Kind::Histogram, help: "How long requests took.", series: &[] },
    gauge("quay_robot_rows", "Robot accounts.", ALONE),
    counter(
        "quay_secscan_v2_scan_result_total",
        "Results of scans.",
        &["result=\"failure\"", "result=\"success\""],
    ),
    gauge("quay_user_rows", "Users.", ALONE),
    gauge("quay_worker_operation_in_progress", "Work under way.", WORKERS),
    counter("process_cpu_seconds_total", "Time of the processor, in seconds.", ALONE),
    gauge("process_open_fds", "Files that are open.", ALONE),
    gauge("process_resident_memory_bytes", "Memory, in bytes.", ALONE),
    gauge("process_start_time_seconds", "Start, in seconds since 1970.", ALONE),
    gauge("push_failure_time_seconds", "Last push that failed, in seconds since 1970.", ALONE),
    gauge("push_time_seconds", "Last push, in seconds since 1970.", ALONE),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_stands_once_and_is_named_after_its_kind() {
        for (at, family) in FAMILIES.iter().enumerate() {
            assert!(FAMILIES[..at].iter().all(|other| other.name != family.name));
            let is_counter = matches!(family.kind, Kind::Counter);
            assert!(!is_counter || family.name.ends_with("_total"), "{}", family.name);
        }
    }
}
