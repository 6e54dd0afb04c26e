//! Action logs: what is recorded, and where the records go.

pub mod targets;

use crate::document::Document;
use crate::value::{HostName, Map, MapKey, ObjectSpec, Parsed, Value, Whole};
use targets::{
    ElasticsearchTarget, KafkaTarget, KinesisTarget, LogTargets, Producer, SplunkHecTarget,
    SplunkTarget,
};

choice! {
    /// Where the action log is kept.
    LogsModel, "database, transition_reads_both_writes_es, elasticsearch or splunk";
    Database = "database" "In Quay's database",
    Transition = "transition_reads_both_writes_es" "Moving to Elasticsearch: write there, read both",
    Elasticsearch = "elasticsearch" "In Elasticsearch",
    Splunk = "splunk" "In Splunk",
}

section! {
    /// The record of who did what: where it is kept, and what goes into it.
    "action-logs", "Action log storage", Operations;
    rules: [
        log_producer_fits_the_model, splunk_limits_are_in_range,
        log_server_is_not_the_container, producer_argument_is_known, collector_can_be_searched,
    ];

    /// Where the action log is kept. A busy registry fills the database quickly; Elasticsearch and
    /// Splunk are made for it.
    LOGS_MODEL "Keep action logs": LogsModel = "database", also(&["Action logs storage", "audit log"]);

    /// How log entries reach the place where they are kept. The database needs none of it.
    LOGS_MODEL_CONFIG "Log target": LogTargets, required, when(LOGS_MODEL, &["transition_reads_both_writes_es", "elasticsearch", "splunk"]),
        also(&["Elasticsearch", "Splunk", "Kafka", "Kinesis"]);

    /// Put more detail into the entries, such as the tool a client uses.
    FEATURE_EXTENDED_ACTION_LOGGING "Extended entries": bool = false;

    /// Record every login.
    ACTION_LOG_AUDIT_LOGINS "Record logins": bool = true;

    /// Record logins that were refused.
    ACTION_LOG_AUDIT_LOGIN_FAILURES "Record failed logins": bool = false;

    /// Record pulls that were refused.
    ACTION_LOG_AUDIT_PULL_FAILURES "Record failed pulls": bool = false;

    /// Record pushes that were refused.
    ACTION_LOG_AUDIT_PUSH_FAILURES "Record failed pushes": bool = false;

    /// Record deletions that were refused.
    ACTION_LOG_AUDIT_DELETE_FAILURES "Record failed deletions": bool = false;

    /// Show charts of how often things happened. Turn it off where counting takes too long.
    FEATURE_AGGREGATED_LOG_COUNT_RETRIEVAL "Count entries for charts": bool = true;

    /// Let users have the log of their repositories sent to them as a file.
    FEATURE_LOG_EXPORT "Export logs": bool = true;
}

rule! {
    /// Quay stops at start when the two do not belong together.
    log_producer_fits_the_model: Error,
    "The entries are kept in one place and sent to another.",
    fix "Send to Splunk or its event collector when logs are kept in Splunk, otherwise to Elasticsearch, Kafka or Kinesis.";
    |subject, places| {
        let producer = subject.document.inside(LOGS_MODEL_CONFIG, LogTargets::producer);
        let (Some(model), Some(producer)) = (subject.document.effective(LOGS_MODEL), producer)
        else {
            return;
        };
        let splunk = matches!(producer, Producer::Splunk | Producer::SplunkHec);
        let fits = match model {
            LogsModel::Database => true,
            LogsModel::Splunk => splunk,
            LogsModel::Elasticsearch | LogsModel::Transition => !splunk,
        };
        if !fits {
            places.at(LogTargets::producer.inside(LOGS_MODEL_CONFIG));
        }
    }
}

rule! {
    /// Inside the container `localhost` is the container itself.
    log_server_is_not_the_container: Warning,
    "{host} is Quay's own container, not your Elasticsearch.",
    fix "Enter the name or address of Elasticsearch as the Quay nodes see it.";
    |subject, places| {
        let (target, field) = (LogTargets::elasticsearch_config, ElasticsearchTarget::host);
        let config = subject.document.top(LOGS_MODEL_CONFIG.name());
        let host = config.and_then(|config| config.entry(target.name())?.entry(field.name()));
        let host = host.and_then(|host| HostName::parse(host).ok());
        let elsewhere = subject.document.effective(LOGS_MODEL) != Some(LogsModel::Database);
        if let Some(host) = host.filter(|host| elsewhere && host.is_loopback()) {
            let path = target.inside(LOGS_MODEL_CONFIG).field(field.name());
            places.at_with(path, [("host", host.as_str().to_owned())]);
        }
    }
}

/// The least and the most that Quay allows where it talks to Splunk.
const SPLUNK_LIMITS: [(&str, u64, u64); 4] = [
    ("timeout", 1, 15),
    ("search_timeout", 5, 300),
    ("max_results", 100, 50_000),
    ("export_batch_size", 100, 10_000),
];

rule! {
    /// Quay's schema has these bounds, and Quay stops at a file that its schema refuses.
    splunk_limits_are_in_range: Error,
    "Quay wants a number from {least} to {most} here.", fix "Enter a number from {least} to {most}.";
    |subject, places| {
        for target in [LogTargets::splunk_config.name(), LogTargets::splunk_hec_config.name()] {
            let config = subject.document.top(LOGS_MODEL_CONFIG.name());
            let Some(config) = config.and_then(|config| config.entry(target)) else { continue };
            for (name, least, most) in SPLUNK_LIMITS {
                let Some(Ok(Whole(number))) = config.entry(name).map(Whole::parse) else {
                    continue;
                };
                if !(least..=most).contains(&number) {
                    let path = LOGS_MODEL_CONFIG.path().field(target).field(name);
                    let args = [("least", least.to_string()), ("most", most.to_string())];
                    places.at_with(path, args);
                }
            }
        }
    }
}

/// The name and the fields of what is handed to the producer in use; `None` where everything is.
fn arguments(document: &Document) -> Option<(&'static str, &'static ObjectSpec)> {
    if document.effective(LOGS_MODEL) == Some(LogsModel::Database) {
        return None;
    }
    match document.inside(LOGS_MODEL_CONFIG, LogTargets::producer)? {
        Producer::Elasticsearch => None,
        Producer::Kafka => Some((LogTargets::kafka_config.name(), KafkaTarget::spec)),
        Producer::KinesisStream => {
            Some((LogTargets::kinesis_stream_config.name(), KinesisTarget::spec))
        }
        Producer::Splunk => Some((LogTargets::splunk_config.name(), SplunkTarget::spec)),
        Producer::SplunkHec => Some((LogTargets::splunk_hec_config.name(), SplunkHecTarget::spec)),
    }
}

rule! {
    /// Quay hands the arguments to the producer as they are and stops at one it does not take.
    producer_argument_is_known: Error,
    "There is no argument {argument} here; Quay does not start with it.",
    fix "Correct the name, or take the argument out.";
    |subject, places| {
        let Some((target, spec)) = arguments(subject.document) else { return };
        let config = subject.document.top(LOGS_MODEL_CONFIG.name());
        let given = config.and_then(|config| config.entry(target)).and_then(Value::as_map);
        for name in given.into_iter().flat_map(Map::keys).filter_map(MapKey::as_str) {
            // What old manuals name is said to be obsolete, by a rule of its own.
            if spec.field(name).is_none() {
                let path = LOGS_MODEL_CONFIG.path().field(target).field(name);
                places.at_with(path, [("argument", name.to_owned())]);
            }
        }
    }
}

rule! {
    /// The collector's own token can only write, so the log stays empty for who looks at it.
    collector_can_be_searched: Warning,
    "Without a token for searches nobody can read the action log.",
    fix "Enter a token that may search the index.";
    |subject, places| {
        let document = subject.document;
        let target = LogTargets::splunk_hec_config;
        let in_use = arguments(document).is_some_and(|(name, _)| name == target.name());
        let config = document.top(LOGS_MODEL_CONFIG.name());
        let config = config.and_then(|config| config.entry(target.name())).filter(|_| in_use);
        let token = SplunkHecTarget::search_token.name();
        if config.is_some_and(|config| config.entry(token).is_none_or(Value::is_blank)) {
            places.at(LOGS_MODEL_CONFIG.path().field(target.name()).field(token));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rule::testing::findings;

    const ELASTICSEARCH: &str = "elasticsearch_config: \
         {host: es.example.com, port: 9243, access_key: key, secret_key: word}";
    const SPLUNK: &str = "host: splunk.example.com, port: 8089, bearer_token: word";

    fn logs(model: &str, config: &str) -> Vec<String> {
        findings(&format!("LOGS_MODEL: {model}\nLOGS_MODEL_CONFIG: {{{config}}}"))
    }

    #[test]
    fn the_database_needs_no_target() {
        assert!(findings("LOGS_MODEL: database").is_empty());
        assert!(logs("database", "").is_empty());
    }

    #[test]
    fn complete_targets_are_accepted() {
        for (model, config) in [
            ("elasticsearch", format!("producer: elasticsearch, {ELASTICSEARCH}")),
            (
                "transition_reads_both_writes_es",
                format!(
                    "producer: kafka, {ELASTICSEARCH}, \
                     kafka_config: {{bootstrap_servers: ['kafka:9092'], topic: quay}}"
                ),
            ),
            (
                "elasticsearch",
                format!(
                    "producer: kinesis_stream, {ELASTICSEARCH}, \
                     kinesis_stream_config: {{stream_name: quay, aws_region: eu-central-1}}"
                ),
            ),
            ("splunk", format!("producer: splunk, splunk_config: {{{SPLUNK}}}")),
            (
                "splunk",
                "producer: splunk_hec, splunk_hec_config: {host: splunk, port: 8088, \
                 hec_token: word, search_token: word}"
                    .to_owned(),
            ),
        ] {
            let report = logs(model, &config);
            assert!(report.is_empty(), "{config}: {report:?}");
        }
    }

    #[test]
    fn another_place_needs_a_target() {
        assert_eq!(
            findings("LOGS_MODEL: elasticsearch"),
            ["required_value_is_set LOGS_MODEL_CONFIG.producer"]
        );
    }

    #[test]
    fn kafka_needs_elasticsearch_to_read_from() {
        let report = logs(
            "elasticsearch",
            "producer: kafka, kafka_config: {bootstrap_servers: ['kafka:9092']}",
        );
        for missing in ["elasticsearch_config.host", "kafka_config.topic"] {
            let finding = format!("required_value_is_set LOGS_MODEL_CONFIG.{missing}");
            assert!(report.contains(&finding), "{report:?}");
        }
    }

    #[test]
    fn a_producer_of_the_other_kind_is_refused() {
        assert_eq!(
            logs("splunk", &format!("producer: elasticsearch, {ELASTICSEARCH}")),
            ["log_producer_fits_the_model LOGS_MODEL_CONFIG.producer"]
        );
        assert_eq!(
            logs("elasticsearch", &format!("producer: splunk, splunk_config: {{{SPLUNK}}}")),
            ["log_producer_fits_the_model LOGS_MODEL_CONFIG.producer"]
        );
    }

    #[test]
    fn the_container_is_no_elasticsearch() {
        let local = ELASTICSEARCH.replace("es.example.com", "localhost");
        assert_eq!(
            logs("elasticsearch", &format!("producer: elasticsearch, {local}")),
            ["log_server_is_not_the_container LOGS_MODEL_CONFIG.elasticsearch_config.host"]
        );
    }

    #[test]
    fn a_number_out_of_bounds_is_refused() {
        assert_eq!(
            logs(
                "splunk",
                &format!("producer: splunk, splunk_config: {{{SPLUNK}, search_timeout: 301}}")
            ),
            ["splunk_limits_are_in_range LOGS_MODEL_CONFIG.splunk_config.search_timeout"]
        );
    }

    #[test]
    fn an_argument_the_producer_does_not_take_is_refused() {
        let splunk = format!("producer: splunk, splunk_config: {{{SPLUNK}, verify_tls: true}}");
        assert_eq!(
            logs("splunk", &splunk),
            ["producer_argument_is_known LOGS_MODEL_CONFIG.splunk_config.verify_tls"]
        );
        assert_eq!(logs("database", &splunk), [""; 0]);
        let kinesis = format!(
            "producer: kinesis_stream, {ELASTICSEARCH}, kinesis_stream_config: \
             {{stream_name: quay, aws_region: eu-central-1, retries: 5}}"
        );
        assert_eq!(
            logs("elasticsearch", &kinesis),
            ["legacy_key_is_not_needed LOGS_MODEL_CONFIG.kinesis_stream_config.retries"]
        );
    }

    #[test]
    fn a_kafka_server_is_a_host_name_and_a_port() {
        for bad in ["tcp://kafka:9092", "kafka:70000", "kafka:0"] {
            let kafka = format!(
                "producer: kafka, {ELASTICSEARCH}, \
                 kafka_config: {{bootstrap_servers: ['{bad}'], topic: quay}}"
            );
            assert_eq!(
                logs("elasticsearch", &kafka),
                ["value_is_of_its_type LOGS_MODEL_CONFIG.kafka_config.bootstrap_servers"],
                "{bad}"
            );
        }
    }

    #[test]
    fn a_collector_without_a_token_for_searches_is_warned_about() {
        let config = "producer: splunk_hec, splunk_hec_config: \
             {host: splunk, port: 8088, hec_token: word}";
        assert_eq!(
            logs("splunk", config),
            ["collector_can_be_searched LOGS_MODEL_CONFIG.splunk_hec_config.search_token"]
        );
    }
}
