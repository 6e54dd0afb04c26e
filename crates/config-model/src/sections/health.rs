//! Health checks, metrics and traces: how others see what Quay is doing.

use crate::document::Document;
use crate::field::Key;
use crate::value::{Decimal, HttpUrl, List, Secret, Share, Text, TrackedNamespaces, Value, Whole};

object! {
    /// What every health check takes.
    LocalCheck;

    /// Parts of Quay that the health of a single node leaves out, so that a fault there does not
    /// take the node from the load balancer.
    instance_skips "Leave out": List<Text> = ["redis", "storage"];
}

object! {
    /// What the check takes that knows of Amazon's databases.
    RdsCheck;
    base: LocalCheck;

    /// Access key with which Quay asks about the database. Leave both keys out where the machine
    /// has a role that may ask.
    access_key "Access key": Secret;

    /// Secret key that belongs to the access key.
    secret_key "Secret key": Secret;

    /// Name of the database instance at Amazon.
    db_instance "Database instance": Text = "quay";

    /// Region of the database.
    region "AWS region": Text = "us-east-1";
}

variants! {
    /// How Quay finds out whether it is healthy.
    HealthChecker, "a list of LocalHealthCheck, RDSAwareHealthCheck or ProductionHealthCheck, and a mapping of arguments";
    /// Every part must be healthy that is not left out. It suits every registry.
    "LocalHealthCheck" "Ask each part": LocalCheck,
    /// Meant to count a node as healthy while Amazon's database service is at work. In the releases
    /// known here it does no more than the first one.
    "RDSAwareHealthCheck" "Forgive Amazon's databases": RdsCheck,
    /// An old name of the check that knows of Amazon's databases.
    "ProductionHealthCheck" "Forgive Amazon's databases (old name)": RdsCheck,
}

object! {
    /// Where traces go, and how many.
    OtelConfig;

    /// Name under which Quay stands in the traces.
    service_name "Service name": Text = "quay";

    /// Address that takes traces over HTTP, such as `http://collector:4318/v1/traces`. Without it
    /// they go to a machine called `jaeger`.
    endpoint "Collector address": HttpUrl;

    /// Address of Dynatrace's interface, without `/v1/traces` at its end. With it and its token,
    /// traces go there and not to the collector.
    dt_api_url "Dynatrace address": HttpUrl;

    /// Token that may send traces to Dynatrace.
    dt_api_token "Dynatrace token": Secret;

    /// Share of the requests that are traced, from 0 for none to 1 for all. Without it, one in a
    /// thousand is.
    sample_rate "Share of requests": Decimal;
}

/// A number with a fraction, for a default.
fn fraction(digits: &str) -> Value {
    Value::decimal(digits).unwrap_or(Value::Null)
}

section! {
    /// How load balancers and monitoring see whether Quay is well, and what it is doing.
    "health", "Health and metrics", Operations;
    rules: [
        health_leaves_out_known_parts, dynatrace_has_address_and_token, traced_share_is_in_range,
    ];

    /// How a node finds out whether it is healthy. Without it, each part is asked, but Redis and
    /// the storage are left out.
    HEALTH_CHECKER "Health check": HealthChecker, also(&["liveness", "readiness", "probe", "RDS"]);

    /// Whoever opens `/health/enabledebug/` followed by this secret is told why a check failed.
    /// Without it, only administrators are.
    ENABLE_HEALTH_DEBUG_SECRET "Secret for details": Secret;

    /// Share of the disk that must be free, from 0 to 1. With less, the health check of the node
    /// fails, and a load balancer that asks for it takes the node out.
    DISKSPACE_HEALTH_THRESHOLD "Free disk space needed": Share = fraction("0.01"), also(&["disk full"]);

    /// Share of the disk below which the health check warns in its answer, from 0 to 1, and the
    /// node stays in use.
    DISKSPACE_HEALTH_WARNING_THRESHOLD "Warn of little disk space": Share = fraction("0.1"), also(&["disk full"]);

    /// Name of the job under which Quay's metrics stand. Change it where several registries
    /// report to one Prometheus.
    PROMETHEUS_NAMESPACE "Job name": Text = "quay", also(&["metrics prefix"]);

    /// Organizations and users whose requests are counted apart from the others. In the file it
    /// may also be a mapping of group names to such lists.
    TRACKED_NAMESPACES "Count apart": TrackedNamespaces = [], also(&["organizations", "metrics", "label"]);

    /// Time between two counts of all users, organizations, repositories and robots.
    GLOBAL_PROMETHEUS_STATS_FREQUENCY "Time between counts": Whole = 3600, unit("seconds"), also(&["metrics", "globalpromstats"]);

    /// Record what happens during some of the requests and send it to a collector.
    FEATURE_OTEL_TRACING "Tracing": bool = false, also(&["OpenTelemetry", "Jaeger", "Dynatrace"]);

    /// Where traces go, and how many.
    OTEL_CONFIG "Traces": OtelConfig, when(FEATURE_OTEL_TRACING, &["true"]);

    /// Requests that are never traced: patterns (regular expressions) of addresses, with commas
    /// between.
    OTEL_TRACING_EXCLUDED_URLS "Never trace": Text, when(FEATURE_OTEL_TRACING, &["true"]);
}

/// The parts of Quay that are asked for their health.
const PARTS: [&str; 9] = [
    "registry_gunicorn",
    "web_gunicorn",
    "service_key",
    "disk_space",
    "database",
    "redis",
    "storage",
    "preferred_storage",
    "auth",
];

rule! {
    /// A name that no part has leaves nothing out.
    health_leaves_out_known_parts: Warning,
    "No part of Quay is called {name}, so nothing is left out.",
    fix "Choose among registry_gunicorn, web_gunicorn, service_key, disk_space, database, redis, storage, preferred_storage and auth.";
    |subject, places| {
        let skips = LocalCheck::instance_skips.name();
        let checker = subject.document.top(HEALTH_CHECKER.name()).and_then(Value::as_list);
        let args = checker.and_then(|checker| checker.get(1));
        let given = args.and_then(|args| args.entry(skips)).and_then(Value::as_list);
        for (at, name) in given.unwrap_or_default().iter().enumerate() {
            if let Some(name) = name.as_str().filter(|name| !PARTS.contains(name)) {
                let path = HEALTH_CHECKER.path().item(1).field(skips).item(at);
                places.at_with(path, [("name", name.to_owned())]);
            }
        }
    }
}

fn is_tracing(document: &Document) -> bool {
    document.effective(FEATURE_OTEL_TRACING) == Some(true)
}

/// Whether a setting of the traces is given and says something.
fn is_given<T>(document: &Document, field: Key<T>) -> bool {
    let config = document.top(OTEL_CONFIG.name());
    config.and_then(|config| config.entry(field.name())).is_some_and(|value| !value.is_blank())
}

rule! {
    /// Quay uses Dynatrace only with both, and otherwise sends traces to the collector.
    dynatrace_has_address_and_token: Warning,
    "Dynatrace takes an address and a token, and only one of them is set; no trace goes there.",
    fix "Enter both, or neither.";
    |subject, places| {
        let document = subject.document;
        let address = is_given(document, OtelConfig::dt_api_url);
        let token = is_given(document, OtelConfig::dt_api_token);
        if is_tracing(document) && address != token {
            let (address_name, token_name) =
                (OtelConfig::dt_api_url.name(), OtelConfig::dt_api_token.name());
            let missing = if address { token_name } else { address_name };
            places.at(OTEL_CONFIG.path().field(missing));
        }
    }
}

rule! {
    /// Quay takes one in a thousand in the place of a share that cannot be.
    traced_share_is_in_range: Warning,
    "The share of traced requests is not between 0 and 1; Quay traces one in a thousand then.",
    fix "Enter a number from 0 to 1, for example 0.01 for one request in a hundred.";
    |subject, places| {
        let share = subject.document.inside(OTEL_CONFIG, OtelConfig::sample_rate);
        let possible = share.is_none_or(|Decimal(share)| (0.0..=1.0).contains(&share));
        if is_tracing(subject.document) && !possible {
            places.at(OtelConfig::sample_rate.inside(OTEL_CONFIG));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rule::testing::findings;

    #[test]
    fn the_usual_checks_are_accepted() {
        for text in [
            "HEALTH_CHECKER: [LocalHealthCheck, {}]",
            "HEALTH_CHECKER: [LocalHealthCheck, {instance_skips: [redis, storage, auth]}]",
            "HEALTH_CHECKER: [RDSAwareHealthCheck, {access_key: key, secret_key: word}]",
            "HEALTH_CHECKER: [ProductionHealthCheck, {db_instance: quay, instance_skips: []}]",
            "ENABLE_HEALTH_DEBUG_SECRET: null\nPROMETHEUS_NAMESPACE: quay",
            "GLOBAL_PROMETHEUS_STATS_FREQUENCY: 3600",
            "DISKSPACE_HEALTH_THRESHOLD: 0.05\nDISKSPACE_HEALTH_WARNING_THRESHOLD: 1",
        ] {
            let report = findings(text);
            assert!(report.is_empty(), "{text}: {report:?}");
        }
    }

    #[test]
    fn a_share_of_the_disk_is_at_most_the_whole() {
        assert_eq!(
            findings("DISKSPACE_HEALTH_THRESHOLD: 5"),
            ["value_is_of_its_type DISKSPACE_HEALTH_THRESHOLD"]
        );
    }

    #[test]
    fn an_unknown_check_is_refused() {
        assert_eq!(
            findings("HEALTH_CHECKER: [RemoteHealthCheck, {}]"),
            ["value_is_of_its_type HEALTH_CHECKER"]
        );
    }

    #[test]
    fn leaving_out_what_is_not_there_is_warned_about() {
        assert_eq!(
            findings("HEALTH_CHECKER: [LocalHealthCheck, {instance_skips: [redis, disk]}]"),
            ["health_leaves_out_known_parts HEALTH_CHECKER[1].instance_skips[1]"]
        );
    }

    #[test]
    fn names_to_count_may_stand_in_groups() {
        for names in ["[]", "[acme, globex]", "{partners: [acme, globex], own: initech}"] {
            assert!(findings(&format!("TRACKED_NAMESPACES: {names}")).is_empty(), "{names}");
        }
        assert_eq!(
            findings("TRACKED_NAMESPACES: {partners: {acme: 1}}"),
            ["value_is_of_its_type TRACKED_NAMESPACES"]
        );
    }

    fn traces(config: &str) -> Vec<String> {
        findings(&format!("FEATURE_OTEL_TRACING: true\nOTEL_CONFIG: {{{config}}}"))
    }

    #[test]
    fn complete_traces_are_accepted() {
        assert!(findings("FEATURE_OTEL_TRACING: true").is_empty());
        for config in [
            "service_name: quay, endpoint: 'http://jaeger:4318/v1/traces', sample_rate: 0.01",
            "dt_api_url: 'https://dynatrace.example.com/api', dt_api_token: word, sample_rate: 1",
        ] {
            let report = traces(config);
            assert!(report.is_empty(), "{config}: {report:?}");
        }
    }

    #[test]
    fn half_of_dynatrace_is_warned_about() {
        let address = "dt_api_url: 'https://dynatrace.example.com/api'";
        for (config, missing) in [(address, "dt_api_token"), ("dt_api_token: word", "dt_api_url")] {
            assert_eq!(
                traces(config),
                [format!("dynatrace_has_address_and_token OTEL_CONFIG.{missing}")]
            );
        }
        assert!(findings(&format!("OTEL_CONFIG: {{{address}}}")).is_empty());
    }

    #[test]
    fn a_share_above_the_whole_is_warned_about() {
        assert_eq!(
            traces("sample_rate: 1.5"),
            ["traced_share_is_in_range OTEL_CONFIG.sample_rate"]
        );
    }
}
