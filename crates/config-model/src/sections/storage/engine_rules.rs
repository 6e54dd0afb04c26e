//! Rules about single engines, those that deliver through a CDN left out.

use super::{DISTRIBUTED_STORAGE_CONFIG, FEATURE_STORAGE_REPLICATION};
use crate::document::Document;
use crate::field::Key;
use crate::path::Path;
use crate::storage::engines::akamai::{AKAMAI, AkamaiArguments};
use crate::storage::engines::azure::{AZURE, AzureArguments};
use crate::storage::engines::local::LOCAL;
use crate::storage::engines::s3::{S3, S3Arguments};
use crate::storage::engines::sts_s3::{STS_S3, StsS3Arguments};
use crate::storage::engines::swift::{OsOptions, SWIFT, SwiftArguments};
use crate::storage::{self, Engine};
use crate::value::{AtLeast, Map, MapKey, Parsed, Secret, Spelled, Value, Variant};

fn engines_in(document: &Document) -> impl Iterator<Item = (&str, Engine<'_>)> {
    storage::engines_of(document.top(DISTRIBUTED_STORAGE_CONFIG.name()))
}

/// The engines of one kind.
pub(super) fn engines_of_kind<'a>(
    document: &'a Document,
    kind: &Variant,
) -> impl Iterator<Item = (&'a str, Engine<'a>)> {
    let driver = kind.word;
    engines_in(document).filter(move |(_, engine)| engine.driver == driver)
}

/// Where the driver of an engine stands.
pub(super) fn driver_of(engine: &str) -> Path {
    DISTRIBUTED_STORAGE_CONFIG.path().field(engine).item(0)
}

/// Where an argument of an engine stands.
pub(super) fn argument(engine: &str, name: &str) -> Path {
    DISTRIBUTED_STORAGE_CONFIG.path().field(engine).item(1).field(name)
}

/// Whether an argument is given and says something.
pub(super) fn is_given<T>(args: Option<&Value>, field: Key<T>) -> bool {
    args.and_then(|args| args.entry(field.name())).is_some_and(|value| !value.is_blank())
}

/// An argument, `None` when it is absent or not of its type.
pub(super) fn read<T: Parsed>(args: Option<&Value>, field: Key<T>) -> Option<T> {
    T::parse(args?.entry(field.name())?).ok()
}

rule! {
    /// For a driver it does not know Quay silently takes a stand-in that keeps nothing.
    engine_driver_is_known: Error,
    "Quay has no storage driver {driver}.",
    fix "Choose the kind of {engine} anew from those offered.";
    |subject, places| {
        for (name, engine) in engines_in(subject.document) {
            if engine.spec.is_none() {
                let args = [("driver", engine.driver.to_owned()), ("engine", name.to_owned())];
                places.at_with(driver_of(name), args);
            }
        }
    }
}

rule! {
    /// Quay hands the arguments to the driver as they are and stops at one it does not take.
    engine_argument_is_known: Error,
    "{driver} takes no {argument}; Quay does not start with it.",
    fix "Correct the name, or take the argument out.";
    |subject, places| {
        for (name, engine) in engines_in(subject.document) {
            let Some(spec) = engine.spec else { continue };
            let given = engine.args.and_then(Value::as_map).into_iter().flat_map(Map::keys);
            for given in given.filter_map(MapKey::as_str) {
                // What upstream's checker takes and the driver does not is known, and wrong.
                if spec.field(given).is_none_or(|field| field.legacy) {
                    let args =
                        [("driver", engine.driver.to_owned()), ("argument", given.to_owned())];
                    places.at_with(argument(name, given), args);
                }
            }
        }
    }
}

rule! {
    /// What one node stores in its own folder the other nodes do not find.
    engine_is_shared_by_all_nodes: Warning,
    "{engine} is a folder on one node; the other nodes of a cluster do not see it.",
    fix "Use an object store for anything but a trial on one machine.";
    |subject, places| {
        for (name, _) in engines_of_kind(subject.document, &LOCAL) {
            places.at_with(driver_of(name), [("engine", name.to_owned())]);
        }
    }
}

rule! {
    /// The worker that copies images runs on any node and would find the folder empty.
    local_engine_is_not_replicated: Error,
    "{engine} is a local folder and cannot be replicated.",
    fix "Turn off Replicate storage, or use object stores only.";
    |subject, places| {
        if subject.document.effective(FEATURE_STORAGE_REPLICATION) == Some(true) {
            for (name, _) in engines_of_kind(subject.document, &LOCAL) {
                places.at_with(driver_of(name), [("engine", name.to_owned())]);
            }
        }
    }
}

/// Engines that do without keys where a role supplies them, and the two keys of each.
const KEY_PAIRS: [(Variant, Key<Secret>, Key<Secret>); 3] = [
    (S3, S3Arguments::s3_access_key, S3Arguments::s3_secret_key),
    (STS_S3, StsS3Arguments::sts_user_access_key, StsS3Arguments::sts_user_secret_key),
    (AKAMAI, AkamaiArguments::s3_access_key, AkamaiArguments::s3_secret_key),
];

rule! {
    /// One key is of no use without the other.
    s3_keys_come_in_pairs: Error,
    "{engine} has one of the two keys only.",
    fix "Enter both keys, or neither where the machine has a role that may use the bucket.";
    |subject, places| {
        for (kind, access, secret) in &KEY_PAIRS {
            for (name, engine) in engines_of_kind(subject.document, kind) {
                let given = (is_given(engine.args, *access), is_given(engine.args, *secret));
                let missing = match given {
                    (true, false) => secret,
                    (false, true) => access,
                    _ => continue,
                };
                places.at_with(argument(name, missing.name()), [("engine", name.to_owned())]);
            }
        }
    }
}

rule! {
    /// Azure gives nothing to somebody without a key or a token.
    azure_engine_has_a_key: Error,
    "{engine} has neither an account key nor a shared access token.",
    fix "Enter one of them.";
    |subject, places| {
        for (name, engine) in engines_of_kind(subject.document, &AZURE) {
            let key = AzureArguments::azure_account_key;
            if !is_given(engine.args, key) && !is_given(engine.args, AzureArguments::sas_token) {
                places.at_with(argument(name, key.name()), [("engine", name.to_owned())]);
            }
        }
    }
}

rule! {
    /// Quay reads the token and passes only the key on, in its check at start and afterwards.
    azure_key_is_there_for_the_check: Warning,
    "Quay uses the account key only: with a token alone it stops at start.",
    fix "Enter the account key as well.";
    |subject, places| {
        for (name, engine) in engines_of_kind(subject.document, &AZURE) {
            let key = AzureArguments::azure_account_key;
            if !is_given(engine.args, key) && is_given(engine.args, AzureArguments::sas_token) {
                places.at(argument(name, key.name()));
            }
        }
    }
}

rule! {
    /// Quay's check at start refuses any other number.
    swift_version_exists: Error,
    "The login version is 1, 2 or 3.", fix "Enter 3, unless your login service is an old one.";
    |subject, places| {
        for (name, engine) in engines_of_kind(subject.document, &SWIFT) {
            let field = SwiftArguments::auth_version;
            if read(engine.args, field).is_some_and(|Spelled(AtLeast(version))| version > 3) {
                places.at(argument(name, field.name()));
            }
        }
    }
}

rule! {
    /// Version 3 finds a user by the domain, and the container by the tenant.
    swift_version_3_has_its_options: Error,
    "Login version 3 needs {option}.", fix "Enter {option} under the login options of {engine}.";
    |subject, places| {
        for (name, engine) in engines_of_kind(subject.document, &SWIFT) {
            if read(engine.args, SwiftArguments::auth_version) != Some(Spelled(AtLeast(3))) {
                continue;
            }
            let options = SwiftArguments::os_options.name();
            let given = engine.args.and_then(|args| args.entry(options));
            for option in [OsOptions::user_domain_name, OsOptions::tenant_id] {
                if !is_given(given, option) {
                    let args =
                        [("option", option.name().to_owned()), ("engine", name.to_owned())];
                    places.at_with(argument(name, options).field(option.name()), args);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rule::testing::findings;

    const S3: &str = "s3_bucket: quay, storage_path: /registry";
    const GATEWAY: &str = "hostname: ceph04, access_key: key, secret_key: word, \
         bucket_name: quay, storage_path: /registry";
    const AZURE: &str = "azure_account_name: quay, azure_container: quay, storage_path: /registry";
    const SWIFT: &str = "auth_url: 'https://keystone.example.com:5000/v3', swift_container: quay, \
         swift_user: quay, swift_password: word, storage_path: /registry";

    fn engine(driver: &str, args: &str) -> String {
        format!("DISTRIBUTED_STORAGE_CONFIG: {{a: [{driver}, {{{args}}}]}}")
    }

    /// What is found in a document whose only engine, `a`, is this one.
    fn found(driver: &str, args: &str) -> Vec<String> {
        let place = "DISTRIBUTED_STORAGE_CONFIG.a";
        let report = findings(&engine(driver, args));
        report.iter().map(|finding| finding.replace(place, "a")).collect()
    }

    #[test]
    fn complete_engines_are_accepted() {
        for (driver, args) in [
            ("RadosGWStorage", format!("is_secure: true, {GATEWAY}")),
            ("RHOCSStorage", format!("is_secure: true, port: 443, {GATEWAY}")),
            ("S3Storage", S3.to_owned()),
            ("S3Storage", format!("{S3}, s3_access_key: key, s3_secret_key: word")),
            ("STSS3Storage", format!("{S3}, sts_role_arn: 'arn:aws:iam::1:role/quay'")),
            ("IBMCloudStorage", format!("is_secure: true, {GATEWAY}")),
            ("AzureStorage", format!("{AZURE}, azure_account_key: word")),
            ("SwiftStorage", format!("auth_version: 2, {SWIFT}")),
        ] {
            let report = found(driver, &args);
            assert!(report.is_empty(), "{driver}: {report:?}");
        }
    }

    #[test]
    fn an_unknown_driver_is_refused() {
        assert_eq!(found("S3", ""), ["engine_driver_is_known a[0]"]);
    }

    #[test]
    fn an_unknown_argument_is_refused() {
        let args = format!("{S3}, bucket: quay");
        assert_eq!(found("S3Storage", &args), ["engine_argument_is_known a[1].bucket"]);
    }

    #[test]
    fn a_missing_argument_is_refused() {
        assert_eq!(
            found("S3Storage", "storage_path: /registry"),
            ["required_value_is_set a[1].s3_bucket"]
        );
    }

    #[test]
    fn a_host_has_no_scheme_and_a_port_is_in_range() {
        let args = format!("{S3}, host: 'https://s3.example.com', port: 70000");
        assert_eq!(
            found("S3Storage", &args),
            ["value_is_of_its_type a[1].host", "value_is_of_its_type a[1].port"]
        );
    }

    #[test]
    fn a_local_folder_is_for_one_node() {
        let local = engine("LocalStorage", "storage_path: /datastorage/registry");
        assert_eq!(
            findings(&local),
            ["engine_is_shared_by_all_nodes DISTRIBUTED_STORAGE_CONFIG.a[0]"]
        );
        assert_eq!(
            findings(&format!("{local}\nFEATURE_STORAGE_REPLICATION: true")),
            [
                "local_engine_is_not_replicated DISTRIBUTED_STORAGE_CONFIG.a[0]",
                "engine_is_shared_by_all_nodes DISTRIBUTED_STORAGE_CONFIG.a[0]"
            ]
        );
    }

    #[test]
    fn one_key_alone_is_refused() {
        for (driver, given, missing) in [
            ("S3Storage", "s3_access_key", "s3_secret_key"),
            ("S3Storage", "s3_secret_key", "s3_access_key"),
            ("STSS3Storage", "sts_user_access_key", "sts_user_secret_key"),
        ] {
            let report = found(driver, &format!("{S3}, {given}: word"));
            assert_eq!(report, [format!("s3_keys_come_in_pairs a[1].{missing}")]);
        }
    }

    #[test]
    fn a_role_takes_no_token_file_session_name_host_or_port() {
        for given in ["sts_web_identity_token_file", "sts_role_session_name", "host", "port"] {
            let report = found("STSS3Storage", &format!("{S3}, {given}: '1'"));
            assert_eq!(report, [format!("engine_argument_is_known a[1].{given}")]);
        }
    }

    #[test]
    fn a_number_may_be_written_as_text() {
        let args = format!("is_secure: true, port: '7480', {GATEWAY}");
        assert_eq!(found("RadosGWStorage", &args), [""; 0]);
        assert_eq!(found("SwiftStorage", &format!("auth_version: '2', {SWIFT}")), [""; 0]);
    }

    #[test]
    fn azure_without_a_key_is_refused() {
        assert_eq!(found("AzureStorage", AZURE), ["azure_engine_has_a_key a[1].azure_account_key"]);
    }

    #[test]
    fn azure_with_a_token_alone_is_warned_about() {
        assert_eq!(
            found("AzureStorage", &format!("{AZURE}, sas_token: word")),
            ["azure_key_is_there_for_the_check a[1].azure_account_key"]
        );
    }

    #[test]
    fn swift_has_three_versions() {
        let args = format!("auth_version: 4, {SWIFT}");
        assert_eq!(found("SwiftStorage", &args), ["swift_version_exists a[1].auth_version"]);
    }

    #[test]
    fn swift_version_3_wants_a_domain_and_a_tenant() {
        let args = format!("auth_version: 3, os_options: {{tenant_id: t1}}, {SWIFT}");
        assert_eq!(
            found("SwiftStorage", &args),
            ["swift_version_3_has_its_options a[1].os_options.user_domain_name"]
        );
        let args = format!(
            "auth_version: 3, os_options: {{tenant_id: t1, user_domain_name: d1}}, {SWIFT}"
        );
        assert!(found("SwiftStorage", &args).is_empty());
    }
}
