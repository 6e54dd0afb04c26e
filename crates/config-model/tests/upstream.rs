//! The cases of Quay's own checker: our verdict is the same, or the reason why not stands here.
//!
//! Each case is a part of a configuration and the answer of one group of upstream's rules. The
//! part is put into a configuration with nothing else wrong, and only what we find in the
//! sections of that group counts.

use config_model::certificate::Files;
use config_model::document::Document;
use config_model::path::Path;
use config_model::rule::{Finding, Subject, check};
use config_model::sections::by_id;
use config_model::yaml;
use serde::Deserialize;

/// The cases that need no network, and the files of some as facts.
const CASES: &str = include_str!("facts/upstream-cases.json");

/// A configuration with nothing wrong, and as little in it as there can be.
const BASE: &str = "
SERVER_HOSTNAME: quay.example.com
PREFERRED_URL_SCHEME: http
SECRET_KEY: 00000000-0000-4000-8000-000000000001
DATABASE_SECRET_KEY: 00000000-0000-4000-8000-000000000002
DB_URI: postgresql://quayuser:quaypass@db01.example.com:5432/quaydb
BUILDLOGS_REDIS: {host: redis.example.com}
USER_EVENTS_REDIS: {host: redis.example.com}
DISTRIBUTED_STORAGE_CONFIG: {default: [LocalStorage, {storage_path: /datastorage/registry}]}
DISTRIBUTED_STORAGE_PREFERENCE: [default]
";

/// A moment at which the certificates of the cases hold: the first of September 2020.
const NOW: i64 = 1_598_918_400;

/// Where we answer otherwise, and why that is right.
const OTHERWISE: &[(&str, &str, &str)] = &[
    (
        "apptokenauthentication",
        "AuthenticationTypeOnFeatureOnDirectLoginOff",
        "another group of upstream's own rules refuses it: direct log-in is off, and there is no \
         other provider, so that nobody can log in to make a token",
    ),
    ("elasticsearch", "ValidConfig", PRODUCER),
    ("elasticsearch", "ValidConfigSslTrue", PRODUCER),
    ("elasticsearch", "ValidConfigSslFalse", PRODUCER),
    (
        "jwtauthentication",
        "VerifyEndpointGood",
        "Quay stops at start without jwt-authn.cert, for which upstream's rules do not look",
    ),
];
const PRODUCER: &str =
    "Quay stops at start when no producer is named, for which upstream's rules do not look";

/// The sections that hold the fields of a group of upstream's.
const SECTIONS_OF: &[(&str, &[&str])] = &[
    ("accesssettings", &["access", "authentication"]),
    ("actionlogarchiving", &["log-rotation"]),
    ("apptokenauthentication", &["access", "authentication"]),
    ("bitbucketbuildtrigger", &["builds"]),
    ("cache", &["model-cache"]),
    ("database", &["database"]),
    ("elasticsearch", &["action-logs"]),
    ("githubbuildtrigger", &["builds"]),
    ("githublogin", &["github-login"]),
    ("gitlabbuildtrigger", &["builds"]),
    ("googlelogin", &["google-login"]),
    ("hostsettings", &["server"]),
    ("jwtauthentication", &["jwt"]),
    ("ldap", &["ldap"]),
    ("quaydocumentation", &["basic"]),
    ("redis", &["redis"]),
    ("repomirror", &["repo-mirror"]),
    ("securityscanner", &["security-scanner"]),
    ("teamsyncing", &["authentication"]),
    ("uservisiblesettings", &["basic"]),
];

#[derive(Deserialize)]
struct Case {
    group: String,
    name: String,
    config: serde_json::Value,
    valid: bool,
    /// The fields upstream names as wrong.
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    files: Files,
}

impl Case {
    /// The sections that the case is about.
    fn sections(&self) -> &'static [&'static str] {
        let known = SECTIONS_OF.iter().find(|(group, _)| *group == self.group);
        known.expect("every group has its sections").1
    }

    /// The top-level keys that upstream names as wrong.
    fn wrong_keys(&self) -> impl Iterator<Item = &str> {
        self.tags.iter().filter_map(|tag| tag.split('.').next())
    }

    /// The base with what the case says, and without what upstream misses.
    fn document(&self) -> Document {
        let mut document = yaml::read(BASE).expect("the base is YAML");
        for key in self.wrong_keys() {
            document.remove(&Path::key(key));
        }
        let given = yaml::read(&self.config.to_string()).expect("JSON is YAML");
        for (key, value) in given.entries() {
            let key = key.as_str().expect("names are text");
            document.set(&Path::key(key), value.clone()).expect("a top-level key can be set");
        }
        document
    }

    /// What we find wrong with it.
    fn errors(&self) -> Vec<String> {
        let document = self.document();
        let subject = Subject { document: &document, files: &self.files, now: NOW };
        let counts = |finding: &&Finding| {
            self.sections().contains(&finding.section.as_str())
                || self.wrong_keys().any(|key| key == finding.key)
        };
        let report = check(&subject);
        let errors = report.errors().filter(counts);
        errors.map(|finding| format!("{} {}", finding.rule, finding.path)).collect()
    }
}

fn cases() -> Vec<Case> {
    serde_json::from_str(CASES).expect("the cases are JSON")
}

#[test]
fn the_base_has_nothing_wrong() {
    let document = yaml::read(BASE).unwrap();
    let report = check(&Subject { document: &document, files: &Files::new(), now: NOW });
    let errors: Vec<_> = report.errors().collect();
    assert!(errors.is_empty(), "{errors:#?}");
    for section in SECTIONS_OF.iter().flat_map(|(_, sections)| *sections) {
        assert!(by_id(section).is_some(), "{section}");
    }
}

#[test]
fn our_verdict_is_that_of_quays_own_checker_or_there_is_a_reason() {
    let cases = cases();
    assert_eq!(cases.len(), 119);
    let mut surprises = Vec::new();
    for case in &cases {
        let Case { group, name, valid, .. } = case;
        let errors = case.errors();
        let reason = OTHERWISE.iter().find(|(of, called, _)| of == group && called == name);
        if (errors.is_empty() == *valid) == reason.is_some() {
            surprises.push(match reason {
                Some((_, _, reason)) => format!("{group} {name}: no longer needed: {reason}"),
                None => format!("{group} {name}: valid to Quay: {valid}; our errors: {errors:?}"),
            });
        }
    }
    assert!(surprises.is_empty(), "{surprises:#?}");
}
