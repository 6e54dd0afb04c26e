//! What the checker of Quay makes of a service, by what is known of it.

use super::*;
use cluster::check::Problem;
use config_model::rule::Severity;
use config_model::yaml;
use server::checks::redis::faults as of_redis;
use server::checks::{by_name, common, smtp};

/// An outcome whose one stage has ended with this fault.
fn outcome(check: &str, key: &str, kind: StageKind, fault: &Fault) -> Outcome {
    let state = if fault.severity == Severity::Error { State::Failed } else { State::Warned };
    let problem = Problem {
        fault: fault.name.to_ascii_lowercase(),
        severity: fault.severity,
        message: String::new(),
        why: String::new(),
        fix: String::new(),
    };
    Outcome {
        check: check.to_owned(),
        label: String::new(),
        section: String::new(),
        path: Path::key(key),
        part: String::new(),
        target: String::new(),
        state,
        stages: vec![Stage {
            kind,
            tried: String::new(),
            state,
            millis: None,
            answer: String::new(),
            problem: Some(problem),
        }],
        millis: None,
    }
}

/// The configuration as the checker reads it.
fn seen(text: &str) -> Document {
    as_dialled(&yaml::read(text).unwrap())
}

fn raw<'a>(document: &'a Document, path: &Path) -> Option<&'a str> {
    document.raw(path).and_then(Value::as_str)
}

#[test]
fn every_line_is_about_a_check() {
    for Dialled { check, .. } in DIALLED {
        assert!(by_name(check).is_some(), "{check}");
    }
}

#[test]
fn what_cannot_be_reached_stops_quay() {
    for (check, key) in [
        ("database", "DB_URI"),
        ("redis", "BUILDLOGS_REDIS"),
        ("memcached", "DATA_MODEL_CACHE_CONFIG"),
        ("storage", "DISTRIBUTED_STORAGE_CONFIG"),
        ("smtp", "MAIL_SERVER"),
        ("ldap", "LDAP_URI"),
        ("oidc", "LAB_LOGIN_CONFIG"),
        ("oauth", "GITHUB_LOGIN_CONFIG"),
        ("elasticsearch", "LOGS_MODEL_CONFIG"),
    ] {
        let fault = &common::CONNECTION_REFUSED;
        assert!(refuses(&outcome(check, key, Connection, fault)), "{check}");
        assert!(refuses(&outcome(check, key, StageKind::Service, &NOT_REACHED)), "{check}");
    }
    let clair = outcome("clair", "SECURITY_SCANNER_V4_ENDPOINT", Connection, &NOT_REACHED);
    assert!(!refuses(&clair), "Quay never asks Clair first");
}

#[test]
fn what_is_not_asked_for_does_not_stop_quay() {
    use StageKind::{Permission, Service};
    for (check, kind, fault) in [
        ("ldap", Service, &ldap::FILTER_MATCHES_NOBODY),
        ("ldap", Service, &ldap::EMAIL_MISSING),
        ("redis", Service, &of_redis::READ_ONLY),
        ("smtp", Permission, &smtp::SENDER_REFUSED),
        ("oidc", Service, &oidc::KEYS_UNREADABLE),
        ("oidc", Authentication, &oidc::SECRET_WANTED_OTHERWISE),
        ("elasticsearch", Authentication, &elasticsearch::TOO_OLD),
        ("database", Permission, &server::checks::database::faults::NO_CREATE),
    ] {
        assert!(!refuses(&outcome(check, "A", kind, fault)), "{check} {}", fault.name);
    }
}

#[test]
fn what_we_only_warn_of_or_find_late_may_stop_quay() {
    use StageKind::{Permission, Service};
    for (check, kind, fault) in [
        ("database", Service, &PG_TRGM_MISSING),
        ("ldap", Permission, &ldap::BASE_MISSING),
        ("oidc", Service, &oidc::ISSUER_DIFFERS),
        ("oidc", Authentication, &oidc::NOT_JUDGED),
    ] {
        assert!(refuses(&outcome(check, "A", kind, fault)), "{check} {}", fault.name);
    }
}

#[test]
fn the_secret_of_github_is_not_tried() {
    let wrong = |key| outcome("oauth", key, Authentication, &oauth::WRONG_CREDENTIALS);
    assert!(!refuses(&wrong("GITHUB_LOGIN_CONFIG")));
    assert!(refuses(&wrong("GITLAB_TRIGGER_CONFIG")));
}

#[test]
fn a_password_for_mail_is_tried_in_clear_only() {
    let text =
        "FEATURE_MAILING: true\nMAIL_USE_AUTH: true\nMAIL_USERNAME: quay\nMAIL_PASSWORD: word";
    let user = Path::key("MAIL_USERNAME");
    assert_eq!(raw(&seen(&format!("{text}\nMAIL_USE_TLS: true")), &user), None);
    assert_eq!(raw(&seen(&format!("{text}\nMAIL_USE_TLS: false")), &user), Some("quay"));
    assert!(!is_on(&seen("MAIL_SERVER: mail.example.com"), "FEATURE_MAILING"));
}

#[test]
fn redis_is_dialled_as_the_checker_does() {
    let document = seen(
        "BUILDLOGS_REDIS: {host: a, port: 7000, ssl: true, ssl_ca_certs: conf/stack/redis.pem}\n\
         USER_EVENTS_REDIS: {host: b, port: 8000, db: 20}\n\
         PULL_METRICS_REDIS: {host: c, db: 3}",
    );
    let at = |key: &str, field: &str| document.raw(&Path::key(key).field(field)).cloned();
    assert!(at("BUILDLOGS_REDIS", "ssl_cert_reqs") == Some(Value::from("none")));
    assert!(at("BUILDLOGS_REDIS", "ssl_ca_certs").is_none());
    assert!(at("USER_EVENTS_REDIS", "port") == Some(Value::from(7000)));
    assert!(at("USER_EVENTS_REDIS", "db").is_none());
    assert!(at("PULL_METRICS_REDIS", "port").is_none());
    assert!(at("PULL_METRICS_REDIS", "db").is_some());
    assert_eq!(without_port(&document), [Path::key("PULL_METRICS_REDIS")]);
}

#[test]
fn only_what_the_checker_knows_is_left_to_dial() {
    let document = seen(
        "DISTRIBUTED_STORAGE_CONFIG: {a: [LocalStorage, {}], b: [S3Storage, {}]}\n\
         LOGS_MODEL: splunk\nLDAP_USER_RDN: [ou=People]\nLDAP_USER_FILTER: (uid=*)",
    );
    let engines = DISTRIBUTED_STORAGE_CONFIG.path();
    assert!(document.raw(&engines.field("a")).is_none());
    assert!(document.raw(&engines.field("b")).is_some());
    assert!(document.top("LOGS_MODEL").is_none() && document.top("LDAP_USER_RDN").is_none());
    assert!(document.top("LDAP_USER_FILTER").is_some());
    assert!(says(&seen("LOGS_MODEL: elasticsearch"), "LOGS_MODEL", "elasticsearch"));
}
