//! The configuration in `stack`, and what the rules and the services say of it.

use cluster::check::{Outcome, State};
use config_model::bundle::EXTRA_CA_FOLDER;
use config_model::document::Document;
use config_model::rule::Report;
use config_model::yaml;
use server::checks::run::{Limits, Run};
use server::checks::{Settings, plan};
use server::clients::dial::Net;
use server::clients::tls::Authorities;
use server::clock::{Clock as _, SystemClock};
use server::validate;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long a service may take to answer.
const LIMITS: Limits =
    Limits { each: Duration::from_secs(5), all: Duration::from_secs(8), at_once: 16 };

/// What was read at the start. As with Quay, a change takes effect with the next one.
pub(crate) struct Configuration {
    /// The values.
    pub(crate) document: Document,
    /// Certificates and keys, by name.
    pub(crate) files: BTreeMap<String, Vec<u8>>,
    /// The folder.
    pub(crate) stack: PathBuf,
    net: Net,
}

impl Configuration {
    /// Reads the folder, and asks every rule.
    pub(crate) fn read(stack: &Path) -> Result<(Self, Report), String> {
        let bundle = validate::read(stack)?;
        let refused = |error: yaml::YamlError| format!("{}: {error}", stack.display());
        let report = validate::report(&bundle, SystemClock.now()).map_err(refused)?;
        let document = yaml::read(&bundle.config).map_err(refused)?;
        let stack = stack.to_owned();
        Ok((Self { document, files: bundle.files, stack, net: Net::default() }, report))
    }

    /// A configuration without files.
    #[cfg(test)]
    pub(crate) fn of_text(text: &str) -> Result<Self, yaml::YamlError> {
        Ok(Self {
            document: yaml::read(text)?,
            files: BTreeMap::new(),
            stack: PathBuf::from("/conf/stack"),
            net: Net::default(),
        })
    }

    /// The configuration as the live checks see it.
    pub(crate) fn settings(&self) -> Settings<'_> {
        Settings::new(&self.document, &self.files, SystemClock.now())
    }

    /// How other machines are reached.
    pub(crate) fn net(&self) -> &Net {
        &self.net
    }

    /// Whose certificates are trusted: those uploaded for all connections, and the image's.
    pub(crate) fn authorities(&self) -> Authorities {
        let is_extra =
            |name: &str| name.starts_with(EXTRA_CA_FOLDER) || name.starts_with("extra_ca_cert_");
        let own = self.files.iter().filter(|(name, _)| is_extra(name));
        Authorities {
            own: own.flat_map(|(_, bytes)| Authorities::in_pem(bytes)).collect(),
            system: true,
        }
    }

    /// Really tries the services of these checks.
    pub(crate) async fn dial(&self, checks: &[&str]) -> Vec<Outcome> {
        let settings = self.settings();
        let mut jobs = plan(&settings);
        jobs.retain(|job| checks.contains(&job.check().name));
        let run = Run::start(jobs, &settings, &self.net, LIMITS);
        run.finished().await
    }
}

/// Whether Quay could use what was tried.
pub(crate) fn works(outcome: &Outcome) -> bool {
    !matches!(outcome.state, State::Failed | State::Cancelled)
}

/// What is wrong with services, as the findings of the rules are printed.
pub(crate) fn as_text(outcomes: &[Outcome]) -> String {
    let mut text = String::new();
    for outcome in outcomes {
        for problem in outcome.problems() {
            let word = if works(outcome) { "warning" } else { "error" };
            let _ = writeln!(
                text,
                "{word}: {}: {} {}: {}\n  fix: {}\n  check: {}",
                outcome.path,
                outcome.label,
                outcome.target,
                problem.message,
                problem.fix,
                outcome.check
            );
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_folder_is_read_with_its_files_and_its_faults() {
        let folder = tempfile::tempdir().unwrap();
        assert!(Configuration::read(folder.path()).is_err(), "there is nothing in it");
        fs::write(folder.path().join("config.yaml"), "SERVER_HOSTNAME: quay.example.com\n")
            .unwrap();
        fs::create_dir(folder.path().join("extra_ca_certs")).unwrap();
        fs::write(folder.path().join("extra_ca_certs/a.crt"), "none").unwrap();
        let (configuration, report) = Configuration::read(folder.path()).unwrap();
        assert!(configuration.files.contains_key("extra_ca_certs/a.crt"));
        assert!(!report.is_valid(), "there is no database in it");
    }

    #[tokio::test]
    async fn only_the_checks_that_are_named_are_run() {
        let text = "BUILDLOGS_REDIS: {host: 127.0.0.1, port: 1}\n";
        let configuration = Configuration::of_text(text).unwrap();
        assert_eq!(configuration.dial(&[]).await.len(), 0);
        let outcomes = configuration.dial(&["redis"]).await;
        assert_eq!(outcomes.len(), 1);
        assert!(!works(&outcomes[0]));
        assert!(as_text(&outcomes).starts_with("error: BUILDLOGS_REDIS: "));
    }
}
