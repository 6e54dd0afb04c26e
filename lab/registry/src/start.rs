//! From the arguments to a running stand-in, in the order of Quay's entry point.

mod rules;
mod services;

use crate::configuration::{Configuration, as_text};
use crate::database;
use crate::environment::Environment;
use crate::mode::Mode;
use crate::registry::Registry;
use crate::schema::{SchemaError, migrate};
use crate::serve::{self, ServeError, Signals};
use config_model::rule::{Report, Subject, check};
use config_model::sections::repo_mirror::FEATURE_REPO_MIRROR;
use rules::By;
use server::clock::{Clock as _, SystemClock};
use server::{certificates, validate};
use std::io;
use std::sync::Arc;

/// Why it does not start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    /// Signals cannot be listened for.
    #[error("could not listen for signals: {0}")]
    Signals(#[source] io::Error),
    /// There is no configuration that can be read.
    #[error("{0}")]
    Unreadable(String),
    /// Quay's checker would refuse this configuration.
    #[error("{errors} errors in the configuration: Quay does not start with it")]
    Invalid {
        /// How many there are.
        errors: usize,
    },
    /// Quay itself would stop, with or without its checker.
    #[error("{errors} errors in the configuration: Quay itself stops at them, whatever is ignored")]
    Stopped {
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
    let (mut configuration, report) =
        Configuration::read(&environment.stack).map_err(StartError::Unreadable)?;
    // The one mode in which nobody looks at the configuration first.
    let is_looked_at = !matches!(mode, Mode::Migrate { .. });
    if is_looked_at {
        pass_checker(&environment, &configuration, &report).await?;
    }
    configuration.document = environment.laid_over(&configuration.document);
    if is_looked_at {
        pass_quay(&configuration)?;
    }
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

/// What Quay's checker, `config-tool validate`, makes of the file, and of the services in it.
async fn pass_checker(
    environment: &Environment,
    configuration: &Configuration,
    report: &Report,
) -> Result<(), StartError> {
    let document = &configuration.document;
    print!("{}", validate::as_text(report, None));
    for line in rules::tolerated(report, document) {
        tracing::info!("{line}");
    }
    let refused = rules::refused(report, document, By::Checker);
    for finding in &refused {
        println!("Quay's checker refuses {} ({})", finding.path, finding.rule);
    }
    let mut errors = refused.len();
    if errors == 0 && !environment.is_offline {
        let refused = services::refused(configuration).await;
        print!("{}", as_text(&refused));
        let without_port = services::without_port(document);
        for path in &without_port {
            println!("Quay's checker refuses {path}: it dials Redis without a port");
        }
        errors = refused.len() + without_port.len();
    }
    if errors > 0 && !environment.ignores_validation {
        return Err(StartError::Invalid { errors });
    }
    if errors > 0 {
        tracing::warn!("starting in spite of {errors} errors, because of IGNORE_VALIDATION");
    }
    Ok(())
}

/// What Quay itself makes of the configuration that it runs with.
fn pass_quay(configuration: &Configuration) -> Result<(), StartError> {
    let document = &configuration.document;
    let files = certificates::facts(&configuration.files);
    let report = check(&Subject { document, files: &files, now: SystemClock.now() });
    let refused = rules::refused(&report, document, By::Quay);
    for finding in &refused {
        println!("Quay stops at {} ({}): {}", finding.path, finding.rule, finding.message);
    }
    match refused.len() {
        0 => Ok(()),
        errors => Err(StartError::Stopped { errors }),
    }
}
