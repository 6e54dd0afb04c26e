//! `quay-console validate`: reads a configuration from anywhere and says what is wrong with it.

use crate::archive::{self, Bundle};
use crate::certificates;
use crate::checks::run::{Limits, Run};
use crate::checks::{Settings, plan};
use crate::clients::dial::Net;
use crate::folder;
use cluster::check::{Outcome, State};
use cluster::inventory::Nodes;
use config_model::rule::{Finding, Report, Severity, Subject, check, check_text};
use config_model::yaml;
use serde::Serialize;
use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

/// How long the end may wait while checks tidy up: a slow service has many things to delete.
const SETTLE_TIME: Duration = Duration::from_secs(20);

/// A finding as `--format json` prints it: the names are part of the program's interface.
#[derive(Serialize)]
struct JsonFinding<'a> {
    severity: Severity,
    key: &'a str,
    path: String,
    section: &'a str,
    rule: &'a str,
    message: &'a str,
    fix: &'a str,
}

#[derive(Serialize)]
struct JsonReport<'a> {
    valid: bool,
    findings: Vec<JsonFinding<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    checks: Option<&'a [Outcome]>,
}

/// Reads a folder, a `config.yaml` or a `.tar.gz`; the error is one line for a person.
pub fn read(path: &Path) -> Result<Bundle, String> {
    let name = path.display();
    let found =
        std::fs::metadata(path).map_err(|error| format!("could not read {name}: {error}"))?;
    if found.is_dir() {
        return folder::read(path)
            .map_err(|error| error.to_string())?
            .ok_or_else(|| format!("there is no config.yaml in {name}"));
    }
    let open =
        || std::fs::File::open(path).map_err(|error| format!("could not read {name}: {error}"));
    let is_archive =
        [".tar.gz", ".tgz"].iter().any(|ending| path.to_string_lossy().ends_with(ending));
    if is_archive {
        return archive::unpack(open()?).map_err(|error| format!("{name}: {error}"));
    }
    if found.len() > yaml::BYTES_MAX as u64 {
        return Err(format!("{name} is too large to be a Quay configuration"));
    }
    let config =
        std::fs::read_to_string(path).map_err(|error| format!("could not read {name}: {error}"))?;
    // The files beside it belong to it, as they do in Quay's container.
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let files = folder::certificate_files(folder.unwrap_or(Path::new(".")))
        .map_err(|error| error.to_string())?;
    Ok(Bundle { config, files, left_out: Vec::new() })
}

/// Runs every rule on a bundle.
pub fn report(bundle: &Bundle, now: i64) -> Result<Report, yaml::YamlError> {
    let document = yaml::read(&bundle.config)?;
    let files = certificates::facts(&bundle.files);
    let mut report = check(&Subject { document: &document, files: &files, now });
    check_text(&bundle.config, &mut report);
    if bundle.files.is_empty() {
        // Without a single file the bundle is a configuration by itself: what is to be uploaded
        // later is no fault of it. The certificate of the server is asked for even so.
        report.soften(|finding| {
            let file =
                finding.rule == "needed_file_is_supplied" && !finding.key.starts_with("ssl.");
            file || finding.rule.ends_with("_is_uploaded")
        });
    }
    Ok(report)
}

/// Tries everything that the configuration names, and these nodes.
pub fn checks(bundle: &Bundle, nodes: &Nodes, now: i64) -> Result<Vec<Outcome>, String> {
    let document = yaml::read(&bundle.config).map_err(|error| error.to_string())?;
    let settings = Settings { nodes, ..Settings::new(&document, &bundle.files, now) };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| format!("could not begin: {error}"))?;
    let outcomes = runtime.block_on(async {
        let (jobs, net) = (plan(&settings), Net::default());
        let run = Run::start(jobs, &settings, &net, Limits::default());
        let outcomes = run.finished().await;
        // What was given up may still have to delete what it wrote; mostly there is nothing.
        let _ = tokio::time::timeout(SETTLE_TIME, run.settled()).await;
        outcomes
    });
    // A resolver that hangs is not waited for.
    runtime.shutdown_background();
    Ok(outcomes)
}

/// Whether nothing was found for which the configuration must not be used.
pub fn is_valid(report: &Report, checks: Option<&[Outcome]>) -> bool {
    let works = |outcome: &Outcome| outcome.state != State::Failed;
    report.is_valid() && checks.is_none_or(|checks| checks.iter().all(works))
}

/// What the checks found, as a person reads it.
pub fn checks_as_text(checks: &[Outcome]) -> String {
    let mut text = String::new();
    for outcome in checks {
        let millis = outcome.millis.unwrap_or_default();
        let Outcome { label, target, path, .. } = outcome;
        let word = state_word(outcome.state);
        let _ = writeln!(text, "{word}: {path}: {label} {target} ({millis} ms)");
        for stage in &outcome.stages {
            let millis = stage.millis.unwrap_or_default();
            let (tried, answer) = (&stage.tried, &stage.answer);
            let _ = writeln!(text, "  {} {tried}: {answer} ({millis} ms)", state_word(stage.state));
        }
        for problem in outcome.problems() {
            let _ = writeln!(text, "  {} {}", problem.message, problem.why);
            let _ = writeln!(text, "  fix: {}", problem.fix);
        }
    }
    let count = |state| checks.iter().filter(|outcome| outcome.state == state).count();
    let (passed, warned) = (count(State::Passed), count(State::Warned));
    let (failed, skipped) = (count(State::Failed), count(State::Skipped));
    let _ = writeln!(
        text,
        "checks: {passed} passed, {warned} with a warning, {failed} failed, {skipped} skipped"
    );
    text
}

fn state_word(state: State) -> &'static str {
    match state {
        State::Passed => "passed",
        State::Warned => "warning",
        State::Failed => "failed",
        State::Skipped => "skipped",
        State::Cancelled => "cancelled",
        State::Waiting | State::Running => "unfinished",
    }
}

/// The report as a person reads it. The last line judges the checks too, where there were any.
pub fn as_text(report: &Report, checks: Option<&[Outcome]>) -> String {
    let mut text = String::new();
    for Finding { severity, path, rule, message, fix, .. } in report.findings() {
        let word = match severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let _ = writeln!(text, "{word}: {path}: {message}\n  fix: {fix}\n  rule: {rule}");
    }
    let (errors, warnings) = (report.errors().count(), report.warnings().count());
    let verdict = if is_valid(report, checks) { "valid" } else { "not valid" };
    let failed = |outcome: &&Outcome| outcome.state == State::Failed;
    let failed = checks.map_or(0, |checks| checks.iter().filter(failed).count());
    let failed = if failed == 0 { String::new() } else { format!(", {failed} failed checks") };
    let _ = writeln!(text, "{verdict}: {errors} errors, {warnings} warnings{failed}");
    text
}

/// The report as a program reads it, with what the checks found where there were any.
pub fn as_json(report: &Report, checks: Option<&[Outcome]>) -> String {
    let findings = report
        .findings()
        .iter()
        .map(|finding| JsonFinding {
            severity: finding.severity,
            key: &finding.key,
            path: finding.path.to_string(),
            section: &finding.section,
            rule: &finding.rule,
            message: &finding.message,
            fix: &finding.fix,
        })
        .collect();
    serde_json::to_string(&JsonReport { valid: is_valid(report, checks), findings, checks })
        .expect("texts, numbers and booleans always serialise")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::run::JOBS_MAX;

    #[test]
    fn what_was_too_much_for_one_run_makes_a_configuration_not_valid() {
        let mut config = "DISTRIBUTED_STORAGE_CONFIG:\n".to_owned();
        for at in 0..=JOBS_MAX {
            let _ = writeln!(config, "  e{at}: [LocalStorage, {{storage_path: /datastorage}}]");
        }
        let bundle = Bundle { config, ..Bundle::default() };
        let checks = checks(&bundle, Nodes::NONE, 0).unwrap();
        let failed: Vec<_> = checks.iter().filter_map(Outcome::failure).collect();
        assert_eq!(failed.len(), 1, "{failed:?}");
        assert_eq!(failed[0].fault, "left_out");
        assert!(!is_valid(&Report::default(), Some(&checks)));
        assert!(checks_as_text(&checks).contains("1 failed"));
    }
}
