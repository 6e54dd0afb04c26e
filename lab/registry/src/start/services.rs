//! Which services Quay's checker dials before Quay starts, and what it makes of what it finds.
//!
//! Our own checks ask more. So they are given the configuration as the checker reads it, and of
//! their findings only those count at which the checker stops, as known from `config-tool/` of
//! quay/quay at `ffba0c70e` (2026-08-21).

use super::rules::{is_on, says};
use crate::configuration::Configuration;
use cluster::check::StageKind::{self, Authentication, Connection, Name, Settings as Written, Tls};
use cluster::check::{Outcome, Stage, State};
use config_model::document::Document;
use config_model::path::Path;
use config_model::sections::redis::{BUILDLOGS_REDIS, PULL_METRICS_REDIS, USER_EVENTS_REDIS};
use config_model::sections::storage::DISTRIBUTED_STORAGE_CONFIG;
use config_model::storage::engines_of;
use config_model::value::Value;
use server::checks::database::faults::{PG_TRGM_MISSING, PG_TRGM_NO_RIGHT, PG_TRGM_UNAVAILABLE};
use server::checks::fault::Fault;
use server::checks::logs::elasticsearch;
use server::checks::run::{Limits, Run};
use server::checks::storage::swift::faults::{SWIFT_CONTAINER_FORBIDDEN, SWIFT_CONTAINER_MISSING};
use server::checks::{NOT_REACHED, Settings, ldap, oauth, oidc, plan};
use std::time::Duration;

/// How long a service may take to answer; the checker waits for three to ten seconds.
const LIMITS: Limits =
    Limits { each: Duration::from_secs(5), all: Duration::from_secs(8), at_once: 16 };

/// What the checker makes of one of our checks.
struct Dialled {
    /// The check.
    check: &'static str,
    /// The keys of which this holds; empty for all that the check is about.
    keys: &'static [&'static str],
    /// It stops when one of these stages fails.
    stages: &'static [StageKind],
    /// It does not stop for these, though such a stage fails.
    but: &'static [&'static Fault],
    /// It stops for these at any stage, though we may only warn.
    and: &'static [&'static Fault],
}

/// Every service that the checker dials. The first line that fits holds.
const DIALLED: &[Dialled] = &[
    // It logs in, warns of an old version, and looks for the extension.
    Dialled {
        check: "database",
        keys: &[],
        stages: &[Written, Name, Connection, Tls, Authentication],
        but: &[],
        and: &[&PG_TRGM_MISSING, &PG_TRGM_NO_RIGHT, &PG_TRGM_UNAVAILABLE],
    },
    // PING.
    Dialled {
        check: "redis",
        keys: &[],
        stages: &[Written, Name, Connection, Tls, Authentication],
        but: &[],
        and: &[],
    },
    // A connection alone.
    Dialled { check: "memcached", keys: &[], stages: &[Name, Connection], but: &[], and: &[] },
    // It asks for the bucket or container, and writes nothing.
    Dialled {
        check: "storage",
        keys: &[],
        stages: &[Name, Connection, Tls, Authentication],
        but: &[],
        and: &[&SWIFT_CONTAINER_MISSING, &SWIFT_CONTAINER_FORBIDDEN],
    },
    // A greeting; with TLS nothing more than TLS, else a log-in where one is asked for.
    Dialled {
        check: "smtp",
        keys: &[],
        stages: &[Name, Connection, Tls, Authentication],
        but: &[],
        and: &[],
    },
    // It logs in and searches below the base. Whether anybody is found does not matter.
    Dialled {
        check: "ldap",
        keys: &[],
        stages: &[Written, Name, Connection, Tls, Authentication],
        but: &[],
        and: &[
            &ldap::BASE_MISSING,
            &ldap::FILTER_INVALID,
            &ldap::LIMIT_EXCEEDED,
            &ldap::LOGIN_REFUSED,
            &ldap::NO_PERMISSION,
            &ldap::PLACE_INVALID,
            &ldap::REFERRED,
            &ldap::UNAVAILABLE,
        ],
    },
    // It asks what the provider can do and shows a made-up code, at which the provider must answer
    // `invalid_grant`. It tries the secret in both of the ways there are.
    Dialled {
        check: "oidc",
        keys: &[],
        stages: &[Name, Connection, Tls, Authentication],
        but: &[&oidc::SECRET_WANTED_OTHERWISE],
        and: &[
            &oidc::DISCOVERY_REFUSED,
            &oidc::ISSUER_DIFFERS,
            &oidc::NOT_JUDGED,
            &oidc::NO_DISCOVERY,
            &oidc::NO_PROVIDER,
            &oidc::PROVIDER_ILL,
        ],
    },
    // It looks whether the page of GitHub is there.
    Dialled {
        check: "oauth",
        keys: &["GITHUB_LOGIN_CONFIG", "GITHUB_TRIGGER_CONFIG"],
        stages: &[Name, Connection, Tls],
        but: &[],
        and: &[],
    },
    // The others are shown a made-up code too.
    Dialled {
        check: "oauth",
        keys: &[],
        stages: &[Name, Connection, Tls, Authentication],
        but: &[],
        and: &[&oauth::NOT_JUDGED],
    },
    // It asks for the indices, of whatever version.
    Dialled {
        check: "elasticsearch",
        keys: &[],
        stages: &[Name, Connection, Tls, Authentication],
        but: &[&elasticsearch::TOO_OLD],
        and: &[],
    },
];

impl Dialled {
    fn is_about(&self, outcome: &Outcome) -> bool {
        let key = outcome.path.root();
        self.check == outcome.check && (self.keys.is_empty() || self.keys.contains(&key))
    }

    fn stops_at(&self, stage: &Stage) -> bool {
        let fault = stage.problem.as_ref().map(|problem| problem.fault.as_str());
        let is_among = |faults: &[&Fault]| {
            fault.is_some_and(|fault| faults.iter().any(|one| one.name.eq_ignore_ascii_case(fault)))
        };
        let is_asked = self.stages.contains(&stage.kind) && !is_among(self.but);
        // Of what was not tried in time nothing is known, and the checker would still be waiting.
        is_among(self.and) || is_among(&[&NOT_REACHED]) || stage.state == State::Failed && is_asked
    }
}

/// Whether the checker refuses the configuration because of this.
fn refuses(outcome: &Outcome) -> bool {
    let known = DIALLED.iter().find(|dialled| dialled.is_about(outcome));
    known.is_some_and(|dialled| outcome.stages.iter().any(|stage| dialled.stops_at(stage)))
}

/// Tries the services as the checker would, and says for which of them it refuses the
/// configuration. Of the others nothing is said, because they were not tried as Quay uses them.
pub(super) async fn refused(configuration: &Configuration) -> Vec<Outcome> {
    let document = as_dialled(&configuration.document);
    let settings = Settings { document: &document, ..configuration.settings() };
    let mut jobs = plan(&settings);
    jobs.retain(|job| DIALLED.iter().any(|dialled| dialled.check == job.check().name));
    let run = Run::start(jobs, &settings, configuration.net(), LIMITS);
    run.finished().await.into_iter().filter(refuses).collect()
}

/// The addresses of Redis without a port. Where Quay's client takes the usual one, the checker
/// dials none and fails.
pub(super) fn without_port(document: &Document) -> Vec<Path> {
    let of_quay = [BUILDLOGS_REDIS, USER_EVENTS_REDIS, PULL_METRICS_REDIS];
    let lacks = |name: &&str| {
        let server = document.top(name);
        let has = |field| server.is_some_and(|server| server.entry(field).is_some());
        has("host") && !has("port")
    };
    of_quay.map(config_model::field::Key::name).into_iter().filter(lacks).map(Path::key).collect()
}

/// The configuration as the checker reads it, so that nothing is tried that it does not look at.
fn as_dialled(document: &Document) -> Document {
    let mut seen = document.clone();
    redis(&mut seen);
    mail(&mut seen);
    storage(&mut seen);
    // Who has a role is not looked at, and users are searched for below the base as a whole.
    forget(
        &mut seen,
        &[
            "LDAP_GLOBAL_READONLY_SUPERUSER_FILTER",
            "LDAP_RESTRICTED_USER_FILTER",
            "LDAP_SECONDARY_USER_RDNS",
            "LDAP_SUPERUSER_FILTER",
            "LDAP_USER_RDN",
        ],
    );
    if !says(document, "LOGS_MODEL", "elasticsearch") {
        forget(&mut seen, &["LOGS_MODEL", "LOGS_MODEL_CONFIG"]);
    }
    seen
}

fn forget(document: &mut Document, keys: &[&str]) {
    for key in keys {
        document.remove(&Path::key(key));
    }
}

/// It checks no certificate of the three servers but encrypts, knows one database for the first
/// two, and dials all of them on the port of the first.
fn redis(document: &mut Document) {
    let port = document.raw(&BUILDLOGS_REDIS.path().field("port")).cloned();
    for key in [BUILDLOGS_REDIS, USER_EVENTS_REDIS, PULL_METRICS_REDIS] {
        let path = key.path();
        let Some(server) = document.top(key.name()) else { continue };
        let (has_ssl, has_port) = (server.entry("ssl").is_some(), server.entry("port").is_some());
        for field in ["ssl_ca_certs", "ssl_certfile", "ssl_keyfile"] {
            document.remove(&path.field(field));
        }
        if key.name() != PULL_METRICS_REDIS.name() {
            document.remove(&path.field("db"));
        }
        // There is a mapping to put them into, so that nothing can go wrong here.
        if has_ssl {
            let _ = document.set(&path.field("ssl_cert_reqs"), Value::from("none"));
        }
        if let Some(port) = port.clone().filter(|_| has_port) {
            let _ = document.set(&path.field("port"), port);
        }
    }
}

/// It takes what is not said for off, never names a sender, and does not log in where it encrypts.
fn mail(document: &mut Document) {
    let is_encrypted = is_on(document, "MAIL_USE_TLS");
    let logs_in = is_on(document, "MAIL_USE_AUTH") && !is_encrypted;
    for (key, value) in [
        ("FEATURE_MAILING", is_on(document, "FEATURE_MAILING")),
        ("MAIL_USE_TLS", is_encrypted),
        ("MAIL_USE_AUTH", logs_in),
    ] {
        // A top-level key can always be set.
        let _ = document.set(&Path::key(key), Value::from(value));
    }
    forget(document, &["MAIL_DEFAULT_SENDER"]);
    if !logs_in {
        forget(document, &["MAIL_USERNAME", "MAIL_PASSWORD"]);
    }
}

/// It dials no folder, and none of these CDNs.
fn storage(document: &mut Document) {
    let silent = ["LocalStorage", "CloudFlareStorage", "MultiCDNStorage", "AkamaiS3Storage"];
    let engines = document.top(DISTRIBUTED_STORAGE_CONFIG.name());
    let names: Vec<String> = engines_of(engines)
        .filter(|(_, engine)| silent.contains(&engine.driver))
        .map(|(name, _)| name.to_owned())
        .collect();
    for name in names {
        document.remove(&DISTRIBUTED_STORAGE_CONFIG.path().field(&name));
    }
}

#[cfg(test)]
mod tests;
