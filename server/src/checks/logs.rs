//! Where action logs are sent and kept: each of these places has a check of its own.

pub mod elasticsearch;
pub mod kafka;
pub mod kinesis;
pub mod splunk;

use super::Settings;
use config_model::path::Path;
use config_model::sections::action_logs::targets::{LogTargets, Producer};
use config_model::sections::action_logs::{LOGS_MODEL, LOGS_MODEL_CONFIG, LogsModel};
use config_model::value::Secret;

/// The keys that say where action logs go.
const READS: &[&str] = &["LOGS_MODEL", "LOGS_MODEL_CONFIG"];

/// What takes the entries from Quay; nothing where they are kept in its database.
fn producer(settings: &Settings<'_>) -> Option<Producer> {
    if settings.document.effective(LOGS_MODEL)? == LogsModel::Database {
        return None;
    }
    settings.field(&LOGS_MODEL_CONFIG.path(), LogTargets::producer)
}

/// Where the settings of a place stand.
fn target<T>(field: config_model::field::Key<T>) -> Path {
    field.inside(LOGS_MODEL_CONFIG)
}

fn revealed(secret: Option<Secret>) -> String {
    secret.and_then(|secret| secret.reveal().map(str::to_owned)).unwrap_or_default()
}
