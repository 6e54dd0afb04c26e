//! From the arguments to a running stand-in, in the order of Quay's entry point.

use crate::configuration::{Configuration, as_text};
use crate::database;
use crate::environment::Environment;
use crate::mode::Mode;
use crate::registry::Registry;
use crate::schema::{SchemaError, migrate};
use crate::serve::{self, ServeError, Signals};
use cluster::check::{Outcome, StageKind, State};
use config_model::rule::Finding;
use config_model::sections::repo_mirror::FEATURE_REPO_MIRROR;
use server::validate;
use std::io;
use std::sync::Arc;

/// The checks of services that Quay's own tool dials before Quay starts.
const AT_START: [&str; 8] =
    ["database", "redis", "memcached", "storage", "smtp", "ldap", "oidc", "oauth"];
/// Those of which Quay's tool asks all that the check asks; the others it only reaches, and logs in.
const WHOLLY: [&str; 3] = ["database", "ldap", "oidc"];
/// Rules that Quay's tool does not know: Quay starts, and whoever comes stumbles.
const TOLERATED: [&str; 2] = ["certificate_has_begun", "certificate_has_not_expired"];

/// Why it does not start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    /// Signals cannot be listened for.
    #[error("could not listen for signals: {0}")]
    Signals(#[source] io::Error),
    /// There is no configuration that can be read.
    #[error("{0}")]
    Unreadable(String),
    /// Quay would not start with this configuration.
    #[error("{errors} errors in the configuration: Quay does not start with it")]
    Invalid {
        /// How many there are.
        errors: usize,
    },
    /// The database cannot be used.
    #[error(transparent)]
    Database(#[from] database::DatabaseError),
    /// The tables cannot be used.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// It cannot serve.
    #[error(transparent)]
    Serve(#[from] ServeError),
}

/// Does what the mode says, until it is done or a signal comes.
pub(crate) async fn start(mode: &Mode, environment: Environment) -> Result<(), StartError> {
    let mut signals = Signals::listen().map_err(StartError::Signals)?;
    tracing::info!("This is a stand-in for Quay {}. It is no Quay.", environment.version);
    let prepared = tokio::select! {
        prepared = Box::pin(prepare(mode, environment)) => prepared?,
        () = signals.received() => return Ok(()),
    };
    let Some(registry) = prepared else { return Ok(()) };
    match mode {
        Mode::Mirror { .. } => {
            let document = &registry.configuration.document;
            let is_on = document.effective(FEATURE_REPO_MIRROR) == Some(true);
            tracing::info!("mirroring is {}", if is_on { "on" } else { "turned off" });
            let active = "quay_repository_mirror_workers_active";
            registry.metrics.count(active, &[], u64::from(is_on));
            serve::mirror(&registry, &mut signals).await?;
        }
        _ => serve::registry(&registry, &mut signals).await?,
    }
    Ok(())
}

/// Everything before the first request; nothing is left to serve after a migration alone.
async fn prepare(
    mode: &Mode,
    environment: Environment,
) -> Result<Option<Arc<Registry>>, StartError> {
    let configuration = match mode {
        // The one mode in which Quay does not look at its configuration first.
        Mode::Migrate { .. } => {
            let read = Configuration::read(&environment.stack);
            read.map_err(StartError::Unreadable)?.0
        }
        _ => validated(&environment).await?,
    };
    let options = database::options(&configuration)?;
    let target = match mode {
        Mode::Migrate { target } => Some(target.as_str()),
        Mode::Registry { migrates: true } | Mode::Mirror { migrates: true } => Some("head"),
        _ => None,
    };
    let mut steps = 0;
    if let Some(target) = target {
        let (version, time) = (environment.version, environment.migration_time);
        steps = migrate(&options, version, target, time).await?;
        tracing::info!("{steps} changes of the tables");
    }
    if matches!(mode, Mode::Migrate { .. }) {
        return Ok(None);
    }
    let registry = Registry::new(environment, configuration, options);
    registry.metrics.count("migration_complete_total", &[], steps);
    Ok(Some(Arc::new(registry)))
}

/// Whether Quay would not start because of this.
fn stops(outcome: &Outcome) -> bool {
    let is_asked = |kind: StageKind| {
        WHOLLY.contains(&outcome.check.as_str())
            || !matches!(kind, StageKind::Permission | StageKind::Service)
    };
    outcome.stages.iter().any(|stage| stage.state == State::Failed && is_asked(stage.kind))
}

/// The configuration, if Quay would start with it.
async fn validated(environment: &Environment) -> Result<Configuration, StartError> {
    let (configuration, report) =
        Configuration::read(&environment.stack).map_err(StartError::Unreadable)?;
    print!("{}", validate::as_text(&report));
    let refused = |finding: &&Finding| !TOLERATED.contains(&finding.rule.as_str());
    let mut errors = report.errors().filter(refused).count();
    if errors == 0 && !environment.is_offline {
        let outcomes = configuration.dial(&AT_START).await;
        print!("{}", as_text(&outcomes));
        errors = outcomes.iter().filter(|outcome| stops(outcome)).count();
    }
    if errors > 0 && !environment.ignores_validation {
        return Err(StartError::Invalid { errors });
    }
    if errors > 0 {
        tracing::warn!("starting in spite of {errors} errors, because of IGNORE_VALIDATION");
    }
    Ok(configuration)
}

#[cfg(test)]
mod tests {
    use super::*;
    use cluster::check::Stage;
    use config_model::path::Path;

    fn failed(check: &str, kind: StageKind) -> Outcome {
        Outcome {
            check: check.to_owned(),
            label: String::new(),
            section: String::new(),
            path: Path::key("A"),
            target: String::new(),
            state: State::Failed,
            stages: vec![Stage {
                kind,
                tried: String::new(),
                state: State::Failed,
                millis: None,
                answer: String::new(),
                problem: None,
            }],
            millis: None,
        }
    }

    #[test]
    fn quay_starts_in_spite_of_what_it_does_not_look_for() {
        assert!(stops(&failed("storage", StageKind::Authentication)));
        assert!(!stops(&failed("storage", StageKind::Service)));
        assert!(stops(&failed("database", StageKind::Service)));
    }
}
