//! What can be wrong on the way to any service, with each that is reached by name and TLS: the
//! sentence is the same whatever is behind it.

use crate::lab::certificates::Authority;
use crate::lab::process::free_port;
use crate::lab::standin::{Manner, StandIn};
use crate::lab::web::Web;
use crate::support::{Proofs, Trial, net};
use axum::Router;
use cluster::check::{Outcome, State};
use std::time::Duration;

/// A name that leads nowhere.
const NOWHERE: &str = "nowhere.invalid";
/// Where the service is, if that is configured.
const HOST: &str = "service.example.com";
const EXTRA: &str = "extra_ca_certs/lab.crt";

/// A service as the configuration names it.
struct Service {
    check: &'static str,
    /// Where it is.
    host: &'static str,
    port: u16,
    /// The configuration with it at this host; hosts that are not configured stay.
    config: fn(host: &str) -> String,
    /// The thing that is looked at, where the configuration has several.
    path: &'static str,
}

const SERVICES: [Service; 8] = [
    Service {
        check: "clair",
        host: HOST,
        port: 443,
        config: |host| {
            format!(
                "FEATURE_SECURITY_SCANNER: true\nSECURITY_SCANNER_V4_ENDPOINT: 'https://{host}'\n\
                 SECURITY_SCANNER_V4_PSK: c2hhcmVkIHdpdGggQ2xhaXI="
            )
        },
        path: "SECURITY_SCANNER_V4_ENDPOINT",
    },
    Service {
        check: "cloudwatch",
        host: "monitoring.us-east-1.amazonaws.com",
        port: 443,
        config: |_| {
            "CLOUDWATCH_NAMESPACE: quay\nCLOUDWATCH_AWS_ACCESS_KEY: AKIAQUAY\n\
             CLOUDWATCH_AWS_SECRET_KEY: letmein42"
                .to_owned()
        },
        path: "CLOUDWATCH_NAMESPACE",
    },
    Service {
        check: "elasticsearch",
        host: HOST,
        port: 9200,
        config: |host| {
            format!(
                "LOGS_MODEL: elasticsearch\nLOGS_MODEL_CONFIG: {{producer: elasticsearch, \
                 elasticsearch_config: {{host: {host}, port: 9200, use_ssl: true, \
                 access_key: quay, secret_key: letmein42, aws_region: eu-central-1}}}}"
            )
        },
        path: "LOGS_MODEL_CONFIG",
    },
    Service {
        check: "jwt",
        host: HOST,
        port: 443,
        config: |host| {
            format!(
                "AUTHENTICATION_TYPE: JWT\nJWT_VERIFY_ENDPOINT: https://{host}/verify\n\
                 JWT_AUTH_ISSUER: lab"
            )
        },
        path: "JWT_VERIFY_ENDPOINT",
    },
    Service {
        check: "keystone",
        host: HOST,
        port: 5000,
        config: |host| {
            format!(
                "AUTHENTICATION_TYPE: Keystone\nKEYSTONE_AUTH_VERSION: 3\n\
                 KEYSTONE_AUTH_URL: https://{host}:5000/v3\nKEYSTONE_ADMIN_USERNAME: quay\n\
                 KEYSTONE_ADMIN_PASSWORD: letmein42\nKEYSTONE_ADMIN_TENANT: services"
            )
        },
        path: "KEYSTONE_AUTH_URL",
    },
    Service {
        check: "kinesis",
        host: "kinesis.eu-central-1.amazonaws.com",
        port: 443,
        config: |_| {
            "LOGS_MODEL: elasticsearch\nLOGS_MODEL_CONFIG: {producer: kinesis_stream, \
             elasticsearch_config: {host: unused.example.com, access_key: a, secret_key: b}, \
             kinesis_stream_config: {stream_name: quay, aws_region: eu-central-1, \
             aws_access_key: AKIAQUAY, aws_secret_key: letmein42}}"
                .to_owned()
        },
        path: "LOGS_MODEL_CONFIG",
    },
    Service {
        check: "oauth",
        host: HOST,
        port: 443,
        config: |host| {
            format!(
                "SERVER_HOSTNAME: registry.example.com\nFEATURE_GITHUB_LOGIN: true\n\
                 GITHUB_LOGIN_CONFIG: {{GITHUB_ENDPOINT: \
                 'https://{host}/', API_ENDPOINT: 'https://{host}/api/v3/', \
                 CLIENT_ID: quay, CLIENT_SECRET: letmein42}}"
            )
        },
        path: "GITHUB_LOGIN_CONFIG",
    },
    Service {
        check: "splunk",
        host: HOST,
        port: 8089,
        config: |host| {
            format!(
                "LOGS_MODEL: splunk\nLOGS_MODEL_CONFIG: {{producer: splunk, splunk_config: \
                 {{host: {host}, port: 8089, url_scheme: https, verify_ssl: true, \
                 bearer_token: letmein42, index_prefix: quay}}}}"
            )
        },
        path: "LOGS_MODEL_CONFIG",
    },
];

impl Service {
    /// The configuration, with the service at a port of this machine.
    fn at(&self, port: u16) -> Trial {
        Trial::of((self.config)(self.host)).net(net(&[(self.host, self.port, port)]))
    }

    /// What is said of it.
    async fn said(&self, trial: Trial) -> Outcome {
        let outcomes = trial.run(self.check).await;
        let is_it = |outcome: &&Outcome| outcome.path.to_string().starts_with(self.path);
        let found = outcomes.iter().find(is_it);
        found.unwrap_or_else(|| panic!("{} is not in {outcomes:#?}", self.path)).clone()
    }

    /// The way to it, wrong in each way that there is.
    async fn is_told_what_is_wrong_on_the_way(&self) {
        let mut proofs = Proofs::of(self.check, &format!("{}-network", self.check));
        if self.host == HOST {
            let outcome = self.said(Trial::of((self.config)(NOWHERE))).await;
            proofs.finds("its name is unknown", &outcome, "name_unknown");
        }
        let outcome = self.said(self.at(free_port())).await;
        proofs.finds("nothing listens at its port", &outcome, "connection_refused");
        for (situation, manner, fault) in [
            ("it takes connections, and hangs", Manner::Hangs, "tls_silent"),
            ("it sends something else than TLS", Manner::Garbage, "tls_not_spoken"),
            ("it ends connections at once", Manner::Closes, "connection_closed"),
        ] {
            let other = StandIn::start(manner).await;
            let outcome = self.said(self.at(other.port).patience(Duration::from_secs(8))).await;
            proofs.finds(situation, &outcome, fault);
        }
        let (authority, other) = (Authority::new("lab authority"), Authority::new("another one"));
        for (situation, signed, pem, fault) in [
            (
                "nobody here trusts its authority",
                authority.sign(&[self.host]),
                other.pem(),
                "certificate_untrusted",
            ),
            (
                "its certificate has expired",
                authority.sign_expired(&[self.host]),
                authority.pem(),
                "certificate_expired",
            ),
            (
                "its certificate is for another host",
                authority.sign(&["other.example.com"]),
                authority.pem(),
                "certificate_name",
            ),
        ] {
            let web = Web::start_tls(Router::new(), &signed).await;
            let outcome = self.said(self.at(web.port).file(EXTRA, pem)).await;
            assert_eq!(outcome.state, State::Failed, "{outcome:#?}");
            proofs.finds(situation, &outcome, fault);
        }
        proofs.end();
    }
}

#[tokio::test]
async fn each_service_is_told_what_is_wrong_on_the_way_to_it() {
    let all = SERVICES.iter().map(Service::is_told_what_is_wrong_on_the_way);
    futures_util::future::join_all(all).await;
}

#[tokio::test]
async fn a_mail_server_whose_name_is_unknown_is_named() {
    let mut proofs = Proofs::of("smtp", "smtp-network");
    let config = format!("FEATURE_MAILING: true\nMAIL_SERVER: {NOWHERE}\nMAIL_USE_TLS: true");
    let outcome = Trial::of(config).run_one("smtp").await;
    proofs.finds("its name is unknown", &outcome, "name_unknown");
    proofs.end();
}
