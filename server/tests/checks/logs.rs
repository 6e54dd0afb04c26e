//! Where action logs go: a real Kafka, a Kinesis that checks signatures, and stand-ins for
//! Elasticsearch and Splunk.

mod elasticsearch;
mod kafka;
mod kinesis;
mod splunk;

use crate::support::Trial;

/// An Elasticsearch that is never reached, where another place is tried.
const UNUSED: &str = "elasticsearch_config: \
    {host: es.invalid, port: 9200, access_key: log-writer, secret_key: strongpassword}";

/// Action logs that go to this producer, with these settings of its own.
fn logs(producer: &str, config: &str) -> Trial {
    let model = if producer.starts_with("splunk") { "splunk" } else { "elasticsearch" };
    Trial::of(format!("LOGS_MODEL: {model}\nLOGS_MODEL_CONFIG: {{producer: {producer}, {config}}}"))
}

#[tokio::test]
async fn logs_in_the_database_go_nowhere() {
    for check in ["elasticsearch", "kafka", "kinesis", "splunk"] {
        let config = format!(
            "LOGS_MODEL: database\nLOGS_MODEL_CONFIG: {{producer: elasticsearch, {UNUSED}}}"
        );
        assert!(Trial::of(config).run(check).await.is_empty(), "{check}");
    }
}
