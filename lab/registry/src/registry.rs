//! The running stand-in: everything that requests share.

use crate::catalog;
use crate::configuration::Configuration;
use crate::environment::Environment;
use crate::health::Health;
use crate::metrics::{Gauge, Metrics, labels, number};
use crate::schema::{current, head};
use crate::storage::Storage;
use config_model::sections::advanced_services::FEATURE_BILLING;
use config_model::sections::basic::{REGISTRY_STATE, RegistryState};
use config_model::sections::health::PROMETHEUS_NAMESPACE;
use config_model::value::Text;
use server::clock::{Clock as _, SystemClock};
use sqlx::postgres::{PgConnectOptions, PgPool};
use std::fs;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// Bodies that are taken at once, of each of which a piece or two are held in memory; the usual
/// clients send five or six at once.
const BODIES_MAX: usize = 12;
/// How long rows may take to be counted; a Pushgateway answers without a database.
const COUNT_TIME: Duration = Duration::from_millis(500);
/// Ticks of the processor's time in a second, on every Linux.
const TICKS: f64 = 100.0;

/// What those who send much are held to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// How long a request waits for its turn.
    pub(crate) turn_time: Duration,
    /// How long the next bytes of a body may take.
    pub(crate) bytes_time: Duration,
    /// How long a manifest may take, or one piece of a blob.
    pub(crate) piece_time: Duration,
    /// How long a body may take, with all that is done with it.
    pub(crate) body_time: Duration,
    /// Bytes of a piece: so many are held in memory, and put into the storage at once.
    pub(crate) piece_bytes: usize,
    /// The largest blob.
    pub(crate) blob_bytes_max: u64,
}

impl Limits {
    /// Those of every registry; tests have narrower ones. Who is silent loses the turn before the
    /// next one gives up waiting for it. Ceph's gateway gives room back at once for objects of no
    /// more than four mebibytes; the tails of larger ones lie about for hours.
    pub(crate) const USUAL: Self = Self {
        turn_time: Duration::from_secs(30),
        bytes_time: Duration::from_secs(20),
        piece_time: Duration::from_mins(2),
        body_time: Duration::from_mins(30),
        piece_bytes: 4 * 1024 * 1024,
        blob_bytes_max: 4 * 1024 * 1024 * 1024,
    };
}

/// Everything that requests share.
pub(crate) struct Registry {
    /// What the container was told.
    pub(crate) environment: Environment,
    /// What was read at the start.
    pub(crate) configuration: Configuration,
    /// Where manifests and tags are kept.
    pub(crate) database: PgPool,
    /// Where blobs are kept.
    pub(crate) storage: Storage,
    /// What is counted.
    pub(crate) metrics: Metrics,
    /// Turns of those who send much.
    pub(crate) bodies: Semaphore,
    /// What they are held to.
    pub(crate) limits: Limits,
    health: Health,
    began: i64,
}

impl Registry {
    /// Puts the parts together. Nothing is dialled yet.
    pub(crate) fn new(
        environment: Environment,
        configuration: Configuration,
        options: PgConnectOptions,
    ) -> Self {
        Self {
            storage: Storage::of(&configuration, &environment.preference),
            health: Health::new(&configuration, &environment, options.clone()),
            database: crate::database::pool(options),
            metrics: Metrics::default(),
            bodies: Semaphore::new(BODIES_MAX),
            limits: Limits::USUAL,
            began: SystemClock.now(),
            environment,
            configuration,
        }
    }

    /// What finds out how well it is.
    pub(crate) fn health(&self) -> &Health {
        &self.health
    }

    /// Whether nobody may push.
    pub(crate) fn is_read_only(&self) -> bool {
        let state = self.configuration.document.effective(REGISTRY_STATE);
        state == Some(RegistryState::ReadOnly)
    }

    /// The revisions of the tables and of this release; none unless Quay would tell.
    pub(crate) async fn revisions(&self) -> Option<(String, &'static str)> {
        if self.configuration.document.effective(FEATURE_BILLING) != Some(true) {
            return None;
        }
        let mut database = self.database.acquire().await.ok()?;
        let current = current(&mut database).await.ok()?.unwrap_or_default();
        Some((current, head(self.environment.version)))
    }

    /// All metrics, in Prometheus' format.
    pub(crate) async fn metrics_text(&self) -> String {
        let job = self.configuration.document.effective(PROMETHEUS_NAMESPACE);
        let common = labels(&[
            ("host", self.environment.host.as_str()),
            ("instance", ""),
            ("job", job.as_ref().map_or("quay", |Text(job)| job.as_str())),
            ("pid", std::process::id().to_string().as_str()),
            ("process_name", "quay-standin"),
        ]);
        let now = SystemClock.now();
        let mut gauges: Vec<Gauge> = Vec::new();
        let mut alone = |name, value| gauges.push((name, String::new(), value));
        let idle = u64::try_from(self.database.num_idle()).unwrap_or_default();
        let open = u64::from(self.database.size());
        alone("quay_db_pooled_connections_available", number(idle));
        alone("quay_db_pooled_connections_in_use", number(open.saturating_sub(idle)));
        let count = timeout(COUNT_TIME, catalog::repositories_count(&self.database)).await;
        if let Ok(Ok(count)) = count {
            alone("quay_repository_rows", number(count));
        }
        alone("quay_user_rows", 1.0);
        alone("migration_completion_percent", 100.0);
        alone("process_start_time_seconds", time(self.began));
        alone("push_time_seconds", time(now));
        alone("process_resident_memory_bytes", memory().unwrap_or_default());
        alone("process_cpu_seconds_total", processor().unwrap_or_default());
        alone("process_open_fds", files().unwrap_or_default());
        self.metrics.as_text(&common, &gauges)
    }
}

/// Seconds since 1970, as Prometheus keeps them.
fn time(seconds: i64) -> f64 {
    number(u64::try_from(seconds).unwrap_or_default())
}

/// Bytes of memory that this process has.
fn memory() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(number(kibibytes * 1024))
}

/// Seconds of the processor's time that this process has used.
fn processor() -> Option<f64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the program stands in brackets and may hold anything.
    let (_, rest) = stat.rsplit_once(')')?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at)?.parse::<u64>().ok();
    Some(number(ticks(11)? + ticks(12)?) / TICKS)
}

/// Files that this process has open.
fn files() -> Option<f64> {
    let count = fs::read_dir("/proc/self/fd").ok()?.count();
    Some(number(u64::try_from(count).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_silent_loses_the_turn_before_the_next_one_gives_up() {
        let Limits { turn_time, bytes_time, piece_time, body_time, .. } = Limits::USUAL;
        assert!(bytes_time < turn_time);
        assert!(bytes_time < piece_time && piece_time < body_time);
    }

    #[test]
    fn the_process_knows_itself() {
        assert!(memory().is_some_and(|bytes| bytes > 100_000.0));
        assert!(files().is_some_and(|count| count >= 3.0));
        assert!(processor().is_some());
    }
}
