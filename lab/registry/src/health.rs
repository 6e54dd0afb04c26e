//! What Quay says of its own health, found out as Quay does: by asking what it depends on.

mod parts;

use crate::configuration::{Configuration, works};
use crate::environment::Environment;
use crate::storage::{Storage, StorageError, preferred};
use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use cluster::check::Outcome;
use config_model::path::{Path, Step};
use config_model::sections::advanced_web::HEALTH_CHECKER_INSTANCE_CHECK_PREFERRED_STORAGE;
use config_model::sections::basic::{REGISTRY_STATE, RegistryState};
use config_model::sections::health::{
    DISKSPACE_HEALTH_THRESHOLD, DISKSPACE_HEALTH_WARNING_THRESHOLD, HEALTH_CHECKER, LocalCheck,
};
use config_model::value::{List, Parsed as _, Text};
use parts::{auth_works, disk_has_room, has_row, redis_works};
use serde_json::{Map, json};
use sqlx::postgres::PgConnectOptions;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;
use tokio::time::timeout;

/// How long an answer is kept, so that many who ask every second do not make many ask the services.
const KEPT_FOR: Duration = Duration::from_millis(1500);
/// How long the storage may take.
const STORAGE_TIME: Duration = Duration::from_secs(8);
/// What is written into the storage, and under which name.
const VERIFY: (&str, &[u8]) = ("_verify", b"testing 123");

/// What is asked for its health.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    RegistryProcess,
    WebProcess,
    ServiceKey,
    Disk,
    Database,
    Redis,
    Storage,
    Auth,
    PreferredStorage,
}

impl Part {
    /// What a node is asked for, in Quay's order.
    const OF_NODE: [Self; 9] = [
        Self::RegistryProcess,
        Self::WebProcess,
        Self::ServiceKey,
        Self::Disk,
        Self::Database,
        Self::Redis,
        Self::Storage,
        Self::Auth,
        Self::PreferredStorage,
    ];
    /// What all nodes share.
    const SHARED: [Self; 4] = [Self::Database, Self::Redis, Self::Storage, Self::Auth];

    /// The name in Quay's answer.
    const fn name(self) -> &'static str {
        match self {
            Self::RegistryProcess => "registry_gunicorn",
            Self::WebProcess => "web_gunicorn",
            Self::ServiceKey => "service_key",
            Self::Disk => "disk_space",
            Self::Database => "database",
            Self::Redis => "redis",
            Self::Storage => "storage",
            Self::Auth => "auth",
            Self::PreferredStorage => "preferred_storage",
        }
    }
}

/// An answer that is kept for a while; who asks meanwhile waits for the one that is on its way.
#[derive(Default)]
struct Kept(Mutex<Option<(Instant, bool)>>);

impl Kept {
    async fn get(&self, ask: impl Future<Output = bool>) -> bool {
        let mut kept = self.0.lock().await;
        match *kept {
            Some((when, is_well)) if when.elapsed() < KEPT_FOR => is_well,
            _ => {
                let is_well = ask.await;
                *kept = Some((Instant::now(), is_well));
                is_well
            }
        }
    }
}

/// What is asked, and what was answered last.
pub(crate) struct Health {
    database: PgConnectOptions,
    preferred: Option<String>,
    kept: [Kept; 4],
}

impl Health {
    /// Nothing has been asked yet.
    pub(crate) fn new(
        configuration: &Configuration,
        environment: &Environment,
        database: PgConnectOptions,
    ) -> Self {
        let preferred = preferred(configuration, &environment.preference);
        Self { database, preferred, kept: <[Kept; 4]>::default() }
    }

    /// `/health/instance`: whether this node can do its work.
    pub(crate) async fn of_node(
        &self,
        configuration: &Configuration,
        storage: &Storage,
    ) -> Response {
        let document = &configuration.document;
        let skipped = skipped(configuration);
        let with_storage =
            document.effective(HEALTH_CHECKER_INSTANCE_CHECK_PREFERRED_STORAGE) == Some(true);
        let is_asked = |part: &Part| {
            skipped.iter().all(|name| name != part.name())
                && (*part != Part::PreferredStorage || with_storage)
        };
        let parts: Vec<Part> = Part::OF_NODE.into_iter().filter(is_asked).collect();
        self.answer(configuration, storage, &parts).await
    }

    /// `/health/endtoend`: whether what all nodes share can be used.
    pub(crate) async fn of_all(
        &self,
        configuration: &Configuration,
        storage: &Storage,
    ) -> Response {
        self.answer(configuration, storage, &Part::SHARED).await
    }

    /// `/health/warning`: whether somebody should look after the disk.
    pub(crate) fn of_disk(configuration: &Configuration) -> Response {
        let is_well = disk_has_room(configuration, DISKSPACE_HEALTH_WARNING_THRESHOLD);
        answer(&[("disk_space_warning", is_well)])
    }

    async fn answer(
        &self,
        configuration: &Configuration,
        storage: &Storage,
        parts: &[Part],
    ) -> Response {
        let mut services = Vec::new();
        for &part in parts {
            services.push((part.name(), self.is_well(part, configuration, storage).await));
        }
        answer(&services)
    }

    async fn is_well(&self, part: Part, configuration: &Configuration, storage: &Storage) -> bool {
        let [database, redis, stored, auth] = &self.kept;
        match part {
            // Who answers is there, and a stand-in has no key that somebody must have accepted.
            Part::RegistryProcess | Part::WebProcess | Part::ServiceKey => true,
            Part::Disk => disk_has_room(configuration, DISKSPACE_HEALTH_THRESHOLD),
            Part::Database => database.get(has_row(&self.database)).await,
            Part::Redis => redis.get(redis_works(configuration)).await,
            Part::Storage | Part::PreferredStorage => {
                stored.get(self.storage_works(configuration, storage)).await
            }
            Part::Auth => auth.get(auth_works(configuration)).await,
        }
    }

    /// Whether the engine that pushes go to can be used. Others may fail without being missed.
    async fn storage_works(&self, configuration: &Configuration, storage: &Storage) -> bool {
        let document = &configuration.document;
        if document.effective(REGISTRY_STATE) == Some(RegistryState::ReadOnly) {
            return true;
        }
        if !matches!(storage, Storage::Foreign(_)) {
            // The check tries far more than Quay does here, and takes too long to do it all the time.
            return matches!(timeout(STORAGE_TIME, verified(storage)).await, Ok(Ok(true)));
        }
        let outcomes = configuration.dial(&["storage"]).await;
        let is_preferred = |outcome: &&Outcome| self.preferred.as_deref() == engine(&outcome.path);
        outcomes.iter().filter(is_preferred).all(works)
    }
}

/// As Quay asks: writes a blob, and looks whether it is there.
async fn verified(storage: &Storage) -> Result<bool, StorageError> {
    storage.put(VERIFY.0, Bytes::from_static(VERIFY.1)).await?;
    Ok(storage.size(VERIFY.0).await?.is_some())
}

/// The engine that a path leads to.
fn engine(path: &Path) -> Option<&str> {
    match path.steps().get(1) {
        Some(Step::Field(name)) => Some(name),
        _ => None,
    }
}

/// The parts that a node is not asked for.
fn skipped(configuration: &Configuration) -> Vec<String> {
    let field = LocalCheck::instance_skips;
    let arguments = HEALTH_CHECKER.path().item(1).field(field.name());
    let given = configuration.document.raw(&arguments).and_then(|names| List::parse(names).ok());
    let usual = || List::parse(&(field.spec().default?)()).ok();
    let names = given.or_else(usual).map(|List(names)| names).unwrap_or_default();
    names.into_iter().map(|Text(name)| name).collect()
}

/// Quay's envelope.
fn answer(services: &[(&str, bool)]) -> Response {
    let is_well = services.iter().all(|(_, is_well)| *is_well);
    let status = if is_well { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let services: Map<_, _> =
        services.iter().map(|(name, is_well)| ((*name).to_owned(), json!(*is_well))).collect();
    let body = json!({"data": {"services": services}, "status_code": status.as_u16()});
    (status, [(header::CACHE_CONTROL, "no-cache, no-store, must-revalidate")], Json(body))
        .into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::to_bytes;

    async fn text(response: Response) -> (u16, String) {
        let status = response.status().as_u16();
        let body = to_bytes(response.into_body(), 10_000).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    fn of(text: &str) -> (Health, Configuration, Storage) {
        let configuration = Configuration::of_text(text).unwrap();
        let environment = Environment::of(|_| None).unwrap();
        let nowhere = PgConnectOptions::new_without_pgpass().host("127.0.0.1").port(1);
        let health = Health::new(&configuration, &environment, nowhere);
        let storage = Storage::of(&configuration, &[]);
        (health, configuration, storage)
    }

    #[tokio::test]
    async fn a_node_answers_as_quay_does() {
        let (health, configuration, storage) =
            of("SETUP_COMPLETE: true\nDISKSPACE_HEALTH_THRESHOLD: 0");
        let answer = text(health.of_node(&configuration, &storage).await).await;
        let wanted = r#"{"data":{"services":{"registry_gunicorn":true,"web_gunicorn":true,"service_key":true,"disk_space":true,"database":false,"auth":true}},"status_code":503}"#;
        assert_eq!(answer, (503, wanted.to_owned()));
    }

    #[tokio::test]
    async fn what_all_share_is_really_asked() {
        let (health, configuration, storage) =
            of("BUILDLOGS_REDIS: {host: 127.0.0.1, port: 1}\nREGISTRY_STATE: readonly");
        let answer = text(health.of_all(&configuration, &storage).await).await;
        let wanted = r#"{"data":{"services":{"database":false,"redis":false,"storage":true,"auth":true}},"status_code":503}"#;
        assert_eq!(answer, (503, wanted.to_owned()));
    }

    #[tokio::test]
    async fn a_disk_without_room_is_a_warning_by_itself() {
        let (_, configuration, _) =
            of("SETUP_COMPLETE: true\nDISKSPACE_HEALTH_WARNING_THRESHOLD: 0");
        let wanted = r#"{"data":{"services":{"disk_space_warning":true}},"status_code":200}"#;
        assert_eq!(text(Health::of_disk(&configuration)).await, (200, wanted.to_owned()));
        let full = "DISKSPACE_HEALTH_WARNING_THRESHOLD: 1";
        let (_, configuration, _) = of(&format!("SETUP_COMPLETE: true\n{full}"));
        assert_eq!(text(Health::of_disk(&configuration)).await.0, 503);
        for not_set_up in ["SETUP_COMPLETE: false\n", ""] {
            let (_, configuration, _) = of(&format!("{not_set_up}{full}"));
            assert_eq!(text(Health::of_disk(&configuration)).await.0, 200, "{not_set_up}");
        }
    }

    #[tokio::test]
    async fn an_answer_is_kept_for_a_while() {
        let kept = Kept::default();
        assert!(kept.get(async { true }).await);
        assert!(kept.get(async { false }).await, "nobody is asked again");
    }

    #[test]
    fn what_is_left_out_can_be_chosen() {
        let of = |text: &str| skipped(&Configuration::of_text(text).unwrap());
        assert_eq!(of("A: 1"), ["redis", "storage"]);
        let chosen = of("HEALTH_CHECKER: [LocalHealthCheck, {instance_skips: [auth]}]");
        assert_eq!(chosen, ["auth"]);
    }
}
