//! The verdicts, compared with what is known of Quay's checker.

use super::*;
use config_model::certificate::Files;
use config_model::path::Path;
use config_model::rule::{Severity, Subject, check, check_text, listed};
use config_model::sections::SECTIONS;
use config_model::yaml;
use serde_json::Value as Json;

/// Table cases of Quay's own checker that need no network, as our rules are tested with.
const CASES: &str =
    include_str!("../../../../../crates/config-model/tests/facts/upstream-cases.json");

/// A configuration with nothing wrong, and as little in it as there can be.
const BASE: &str = "
SERVER_HOSTNAME: quay.example.com
PREFERRED_URL_SCHEME: http
SETUP_COMPLETE: true
SECRET_KEY: 00000000-0000-4000-8000-000000000001
DATABASE_SECRET_KEY: 00000000-0000-4000-8000-000000000002
DB_URI: postgresql://quayuser:quaypass@db01.example.com:5432/quaydb
BUILDLOGS_REDIS: {host: redis.example.com, port: 6379}
USER_EVENTS_REDIS: {host: redis.example.com, port: 6379}
DISTRIBUTED_STORAGE_CONFIG: {default: [LocalStorage, {storage_path: /datastorage/registry}]}
DISTRIBUTED_STORAGE_PREFERENCE: [default]
";

/// A moment at which the certificates of the cases hold: the first of September 2020.
const NOW: i64 = 1_598_918_400;

/// Cases that one group of the checker's fields takes and another one refuses.
const OF_ANOTHER_GROUP: [(&str, &str); 4] = [
    ("accesssettings", "checkGithubLogin"),
    ("accesssettings", "checkGoogleLogin"),
    ("accesssettings", "checkOIDC"),
    ("apptokenauthentication", "AuthenticationTypeOnFeatureOnDirectLoginOff"),
];

/// The base, with these keys in the place of its own.
fn with(text: &str) -> Document {
    let mut document = yaml::read(BASE).unwrap();
    for (key, value) in yaml::read(text).unwrap().entries() {
        document.set(&Path::key(key.as_str().unwrap()), value.clone()).unwrap();
    }
    document
}

/// The rules for which `by` refuses a configuration.
fn of(document: &Document, files: &Files, by: By) -> Vec<String> {
    let report = check(&Subject { document, files, now: NOW });
    refused(&report, document, by).iter().map(|finding| finding.rule.clone()).collect()
}

/// The same for the base with these keys, and without files.
fn refusals(text: &str) -> (Vec<String>, Vec<String>) {
    let document = with(text);
    (of(&document, &Files::new(), Checker), of(&document, &Files::new(), Quay))
}

#[test]
fn there_is_one_verdict_on_each_error() {
    let of_sections = SECTIONS.iter().flat_map(|section| section.rules).copied();
    let all: Vec<_> = listed().chain(of_sections).collect();
    for (at, (name, _)) in VERDICTS.iter().enumerate() {
        assert!(all.iter().any(|rule| rule.id == *name), "there is no rule {name}");
        assert!(VERDICTS[..at].iter().all(|(other, _)| other != name), "two verdicts on {name}");
    }
    for rule in all.iter().filter(|rule| rule.severity == Severity::Error) {
        assert!(VERDICTS.iter().any(|(name, _)| *name == rule.id), "no verdict on {}", rule.id);
    }
}

#[test]
fn the_verdict_is_that_of_quays_checker() {
    let cases: Vec<Json> = serde_json::from_str(CASES).unwrap();
    let mut surprises = Vec::new();
    for case in &cases {
        let text = |name: &str| case[name].as_str().unwrap_or_default();
        let mut document = yaml::read(BASE).unwrap();
        // What the checker misses is in the base.
        for tag in case["tags"].as_array().into_iter().flatten().filter_map(Json::as_str) {
            document.remove(&Path::key(tag.split('.').next().unwrap_or_default()));
        }
        for (key, value) in yaml::read(&case["config"].to_string()).unwrap().entries() {
            document.set(&Path::key(key.as_str().unwrap()), value.clone()).unwrap();
        }
        let files = match &case["files"] {
            Json::Null => Files::new(),
            files => serde_json::from_value(files.clone()).unwrap(),
        };
        let found = of(&document, &files, Checker);
        let valid =
            case["valid"] == true && !OF_ANOTHER_GROUP.contains(&(text("group"), text("name")));
        if found.is_empty() != valid {
            surprises.push(format!("{} {}: {found:?}", text("group"), text("name")));
        }
    }
    assert!(surprises.is_empty(), "{surprises:#?}");
}

#[test]
fn what_quay_never_looks_at_does_not_stop_it() {
    for text in [
        "DISTRIBUTED_STORAGE_DEFAULT_LOCATIONS: [elsewhere]",
        "SESSION_COOKIE_SECURE: true",
        "FEATURE_SECURITY_SCANNER: true\nSECURITY_SCANNER_V4_ENDPOINT: http://clair:6060\n\
         SECURITY_SCANNER_V4_PSK: no base64",
        "SECRET_KEY: ''",
        "SUPER_USERS: [ann, ann]",
        "AUTHENTICATION_TYPE: Keystone",
        "LDAP_URI: somewhere",
        "PAGE_TOKEN_KEY: short",
    ] {
        assert_eq!(refusals(text), (vec![], vec![]), "{text}");
    }
}

#[test]
fn what_the_checker_does_not_know_stops_quay() {
    let akamai = "DISTRIBUTED_STORAGE_CONFIG: {default: [AkamaiS3Storage, \
                  {akamai_domain: a.example.com, akamai_shared_secret: s, s3_bucket: b, \
                  s3_region: r, storage_path: /registry}]}";
    let (by_checker, by_quay) = refusals(akamai);
    assert_eq!(by_checker, ["akamai_engine_passes_the_check"]);
    assert_eq!(by_quay, [""; 0]);
}

#[test]
fn the_checker_passes_over_what_stops_quay_itself() {
    let local =
        "DISTRIBUTED_STORAGE_CONFIG: {default: [LocalStorage, {storage_path: /a, more: 1}]}";
    assert_eq!(refusals(local), (vec![], vec!["engine_argument_is_known".to_owned()]));
    let lost = "DATABASE_SECRET_KEY: ''";
    assert_eq!(refusals(lost), (vec![], vec!["required_value_is_set".to_owned()]));
    assert_eq!(refusals(&format!("{lost}\nSETUP_COMPLETE: false")), (vec![], vec![]));
}

#[test]
fn only_the_sort_of_a_value_matters_where_nobody_reads_it() {
    let wrong = vec!["value_is_of_its_type".to_owned()];
    assert_eq!(refusals("FEATURE_MAILING: 'on'").0, wrong);
    assert_eq!(refusals("MAIL_SERVER: 25\nFEATURE_MAILING: false").0, wrong);
    assert_eq!(refusals("MAIL_SERVER: 'a b'\nFEATURE_MAILING: false").0, [""; 0]);
    assert_eq!(refusals("DISKSPACE_HEALTH_THRESHOLD: full").0, [""; 0]);
}

#[test]
fn the_reader_of_the_checker_stops_at_a_key_that_stands_twice() {
    let text = format!("{BASE}REGISTRY_TITLE: a\nREGISTRY_TITLE: b\n");
    let document = yaml::read(&text).unwrap();
    let mut report = check(&Subject { document: &document, files: &Files::new(), now: NOW });
    check_text(&text, &mut report);
    let found = refused(&report, &document, Checker);
    assert!(found.iter().any(|finding| finding.rule == "key_stands_once"));
}

#[test]
fn what_is_tolerated_is_told() {
    let document = with("DISTRIBUTED_STORAGE_DEFAULT_LOCATIONS: [elsewhere]");
    let report = check(&Subject { document: &document, files: &Files::new(), now: NOW });
    let told = tolerated(&report, &document);
    assert!(told.iter().any(|line| line.contains("fails at the first push")), "{told:?}");
}
