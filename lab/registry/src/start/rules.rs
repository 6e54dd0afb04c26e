//! Which of our rules keep the real Quay from starting: one table, with a verdict on each.
//!
//! Our rules name everything that will hurt somebody. Quay is more patient, and its patience has
//! two parts. First runs its checker, `config-tool validate`, whose field groups are 26; then Quay,
//! its web server and its database driver read the same file. What the checker refuses is known
//! from `config-tool/` of quay/quay at `ffba0c70e` (2026-08-21), the rest from Quay's own sources.

mod keys;

use config_model::document::Document;
use config_model::rule::{Finding, Report};
use config_model::value::Value;
use keys::{in_bundle, missing, mistyped};

/// Who keeps Quay from starting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    /// Its checker, which `IGNORE_VALIDATION` passes over.
    Checker,
    /// Quay itself, which nothing passes over.
    Quay,
}

/// What a broken rule leads to.
#[derive(Clone, Copy)]
enum Verdict {
    /// Quay does not start.
    Refused(By),
    /// It depends on where the rule is broken.
    Depends(fn(&Finding, &Document) -> Option<By>),
    /// Quay starts; what it does then is said here.
    Tolerated(&'static str),
}

use By::{Checker, Quay};
use Verdict::{Depends, Refused, Tolerated};

/// Every rule whose breach we call an error, in the order of their files, and those warnings of
/// which Quay makes more than we do.
const VERDICTS: &[(&str, Verdict)] = &[
    ("value_is_of_its_type", Depends(mistyped)),
    ("required_value_is_set", Depends(missing)),
    ("needed_file_is_supplied", Depends(in_bundle)),
    ("file_is_readable", Depends(in_bundle)),
    ("file_holds_what_it_should", Depends(in_bundle)),
    // Quay would take the last one, but the checker's reader (yaml.v3) stops at the second.
    ("key_stands_once", Refused(Checker)),
    ("items_are_different", Tolerated("only the schema minds, and nobody asks it")),
    ("items_are_not_empty", Tolerated("an empty name is a name like others")),
    ("certificate_has_not_expired", Tolerated("only names and key are compared")),
    ("certificate_has_begun", Tolerated("only names and key are compared")),
    ("somebody_can_log_in", Refused(Checker)),
    ("invitation_creates_an_account", Refused(Checker)),
    ("log_producer_fits_the_model", Refused(Quay)),
    ("splunk_limits_are_in_range", Refused(Quay)),
    ("producer_argument_is_known", Refused(Quay)),
    ("moved_entries_are_old_enough", Tolerated("the worker refuses to move them")),
    ("queue_has_a_name_of_its_own", Tolerated("workers take each other's work")),
    ("build_log_class_is_named_twice", Refused(Quay)),
    ("reserved_prefix_ends_with_a_dot", Refused(Quay)),
    ("same_site_is_known", Tolerated("fails whenever a cookie is set")),
    ("page_token_key_is_a_key", Tolerated("fails at the second page of a list")),
    ("worker_period_is_whole_seconds", Tolerated("that one worker ends")),
    ("app_token_log_in_has_tokens", Refused(Checker)),
    ("app_token_log_in_replaces_passwords", Refused(Checker)),
    ("oidc_log_in_has_a_provider", Refused(Quay)),
    ("prune_value_fits_the_method", Refused(Checker)),
    ("bootstrap_owner_is_an_administrator", Tolerated("no token is made")),
    ("build_manager_has_an_orchestrator", Tolerated("the build manager alone stops")),
    ("build_manager_has_executors", Tolerated("builds wait for ever")),
    ("executor_names_are_different", Tolerated("the build manager alone stops")),
    ("api_server_has_no_scheme", Tolerated("no machine is started for builds")),
    ("api_server_port_is_in_range", Tolerated("no machine is started for builds")),
    ("ec2_keys_come_in_pairs", Tolerated("no machine is started for builds")),
    ("ec2_subnet_has_security_groups", Tolerated("no machine is started for builds")),
    ("database_is_complete", Tolerated("the database says no, when it is dialled")),
    ("database_name_is_one_word", Tolerated("the database says no, when it is dialled")),
    ("connection_argument_is_spelt_right", Refused(Quay)),
    ("connection_argument_has_no_slip", Refused(Quay)),
    ("connection_arguments_fit_the_database", Refused(Quay)),
    ("database_certificate_is_verified", Refused(Quay)),
    ("mysql_certificate_is_uploaded", Refused(Checker)),
    ("database_address_has_a_tls_mode", Refused(Quay)),
    ("tls_versions_are_a_range", Refused(Quay)),
    ("keystone_version_exists", Tolerated("taken for version 2")),
    ("action_log_archive_is_an_engine", Refused(Checker)),
    ("build_log_archive_is_an_engine", Tolerated("fails at the end of a build")),
    ("cache_settings_fit_the_engine", Refused(Checker)),
    ("redis_cache_has_a_primary_server", Refused(Checker)),
    ("cluster_cache_has_servers", Refused(Checker)),
    ("cache_engine_is_a_word", Refused(Checker)),
    ("oidc_name_is_usable", Tolerated("nobody can log in there")),
    ("oidc_name_is_free", Refused(Quay)),
    ("oidc_names_make_different_addresses", Refused(Quay)),
    ("oidc_server_ends_with_a_slash", Refused(Checker)),
    ("oidc_server_is_encrypted", Tolerated("nobody can log in there")),
    ("oidc_lists_are_not_empty", Refused(Quay)),
    ("workers_push_to_a_host", Refused(Checker)),
    ("name_for_workers_is_whole", Refused(Checker)),
    ("scanner_has_an_address", Refused(Checker)),
    ("scanner_key_is_base64", Tolerated("fails when Clair is asked")),
    ("url_scheme_is_written", Refused(Checker)),
    ("private_key_matches_certificate", Refused(Quay)),
    ("certificate_covers_the_server", Refused(Checker)),
    ("tls_lists_are_not_empty", Refused(Quay)),
    ("session_cookie_comes_back", Tolerated("every page asks for the password")),
    ("fips_mail_is_encrypted", Refused(Checker)),
    ("fips_mail_says_so", Refused(Checker)),
    ("location_is_an_engine", Tolerated("fails at the first push")),
    ("user_files_have_an_engine", Tolerated("fails when a file is uploaded")),
    ("signing_key_is_uploaded", Tolerated("fails at the first download")),
    ("akamai_engine_passes_the_check", Refused(Checker)),
    ("engine_driver_is_known", Refused(Checker)),
    ("engine_argument_is_known", Refused(Quay)),
    ("local_engine_is_not_replicated", Refused(Checker)),
    ("s3_keys_come_in_pairs", Tolerated("the store says no, when it is dialled")),
    ("azure_engine_has_a_key", Refused(Checker)),
    ("azure_key_is_there_for_the_check", Refused(Checker)),
    ("swift_version_exists", Refused(Checker)),
    ("swift_version_3_has_its_options", Refused(Checker)),
    ("cdn_is_complete", Refused(Quay)),
    ("cdn_argument_is_known", Refused(Quay)),
    ("cdn_keys_come_in_pairs", Tolerated("the store says no at the first push")),
    ("cdns_share_a_bucket", Refused(Quay)),
    ("cdn_rules_are_listed", Refused(Quay)),
    ("cdn_target_is_a_cdn", Refused(Quay)),
    ("cdn_rule_condition_is_known", Refused(Quay)),
    ("expiration_options_are_given", Refused(Checker)),
    ("default_expiration_is_an_option", Refused(Checker)),
    ("user_pictures_have_colors", Tolerated("fails on pages that show a user")),
];

/// Whether a switch is turned on in the file. Where nothing is said, the checker takes it for off.
pub(super) fn is_on(document: &Document, key: &str) -> bool {
    document.top(key).and_then(Value::as_bool) == Some(true)
}

/// Whether this very word stands in the file.
pub(super) fn says(document: &Document, key: &str, word: &str) -> bool {
    document.top(key).and_then(Value::as_str) == Some(word)
}

/// Who keeps Quay from starting because of this, if anybody does; and what else comes of it.
fn verdict(finding: &Finding, document: &Document) -> Result<By, &'static str> {
    let known = VERDICTS.iter().find(|(rule, _)| *rule == finding.rule);
    match known.map(|(_, verdict)| *verdict) {
        Some(Refused(by)) => Ok(by),
        Some(Depends(on)) => on(finding, document).ok_or("nobody looks at it then"),
        Some(Tolerated(so)) => Err(so),
        None => Err("it is a warning"),
    }
}

/// The findings for which `by` refuses the configuration, whatever we make of them ourselves.
pub(super) fn refused<'a>(report: &'a Report, document: &Document, by: By) -> Vec<&'a Finding> {
    let stops = |finding: &&Finding| verdict(finding, document) == Ok(by);
    report.findings().iter().filter(stops).collect()
}

/// What comes of the errors for which nobody refuses the configuration, for the log.
pub(super) fn tolerated(report: &Report, document: &Document) -> Vec<String> {
    let so = |finding: &Finding| {
        let so = verdict(finding, document).err()?;
        Some(format!("Quay starts in spite of {} ({}): {so}", finding.path, finding.rule))
    };
    report.errors().filter_map(so).collect()
}

#[cfg(test)]
mod tests;
