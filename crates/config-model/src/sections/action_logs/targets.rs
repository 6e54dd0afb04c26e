//! Where log entries are sent, and how each of these places is reached.

use crate::value::{
    AnyMap, AtLeast, FilePath, HostName, List, Port, Secret, ServerAddress, Text, Whole,
};

choice! {
    /// What takes the log entries from Quay.
    Producer, "elasticsearch, kafka, kinesis_stream, splunk or splunk_hec";
    Elasticsearch = "elasticsearch" "Elasticsearch itself",
    Kafka = "kafka" "Kafka",
    KinesisStream = "kinesis_stream" "Amazon Kinesis",
    Splunk = "splunk" "Splunk itself",
    SplunkHec = "splunk_hec" "Splunk's HTTP event collector",
}

choice! {
    /// How Splunk is spoken to.
    Scheme, "http or https";
    Http = "http" "HTTP, without encryption",
    Https = "https" "HTTPS",
}

object! {
    /// The Elasticsearch cluster that keeps the entries.
    ElasticsearchTarget;

    /// Host name of Elasticsearch.
    host "Host name": HostName, required;

    /// Port of Elasticsearch, usually 9200 or 9243.
    port "Port": Port, required;

    /// User name; under Amazon's service the access key.
    access_key "Access key": Secret, required;

    /// Password; under Amazon's service the secret key.
    secret_key "Secret key": Secret, required;

    /// Region of Amazon's service. Leave it out for any other Elasticsearch.
    aws_region "AWS region": Text;

    /// Encrypt the connection.
    use_ssl "Use TLS": bool = true;

    /// The beginning of the names of the indices, one for each day.
    index_prefix "Index prefix": Text = "logentry_";

    /// Settings for new indices, such as the number of copies. Edited as text.
    index_settings "Index settings": AnyMap;
}

object! {
    /// The Kafka topic that entries go to on their way to Elasticsearch.
    KafkaTarget;

    /// Kafka servers to begin with, each as name:port, 9092 if nothing else is written.
    bootstrap_servers "Servers": List<ServerAddress>, required, unique;

    /// Topic for the entries.
    topic "Topic": Text, required;

    /// Name under which Quay introduces itself.
    client_id "Client name": Text;

    /// How long an action waits for Kafka before it fails.
    max_block_seconds "Time limit": AtLeast<1> = 5, unit("seconds");
}

object! {
    /// The Kinesis stream that entries go to on their way to Elasticsearch.
    KinesisTarget;

    /// Name of the stream.
    stream_name "Stream": Text, required;

    /// Region of the stream.
    aws_region "AWS region": Text, required;

    /// Access key. Leave both keys out where the machine has a role that may use the stream.
    aws_access_key "Access key": Secret;

    /// Secret key that belongs to the access key.
    aws_secret_key "Secret key": Secret;

    /// How long Quay waits for the connection.
    connect_timeout "Time limit for connecting": AtLeast<1> = 5, unit("seconds");

    /// How long Quay waits for an answer.
    read_timeout "Time limit for answers": AtLeast<1> = 5, unit("seconds");

    /// How often a failed request is made again.
    max_retries "Retries": Whole = 5;

    /// An old name for the number of retries, which Quay does not take.
    retries "Retries (old name)": Whole, legacy;

    /// How many connections are kept open.
    max_pool_connections "Connections kept open": AtLeast<1> = 10;
}

object! {
    /// The Splunk server that keeps the entries.
    SplunkTarget;

    /// Host name of Splunk.
    host "Host name": HostName, required;

    /// Port of Splunk's interface for programs, usually 8089.
    port "Port": Port, required;

    /// Token Quay logs in with.
    bearer_token "Token": Secret, required;

    /// Whether the connection is encrypted.
    url_scheme "Scheme": Scheme = "https";

    /// Check the server's certificate.
    verify_ssl "Check the certificate": bool = true;

    /// File in the container with the authorities that sign the server's certificate.
    ssl_ca_path "Authorities file": FilePath;

    /// Index for the entries. It is made when it does not exist.
    index_prefix "Index": Text;

    /// How long a search may take.
    search_timeout "Time limit for searches": Whole = 60, unit("seconds");

    /// How many entries a search brings back at most.
    max_results "Results of a search": Whole = 10_000;

    /// How many entries are fetched at once for an export.
    export_batch_size "Entries at once in an export": Whole = 5000;
}

object! {
    /// The HTTP event collector that takes the entries, and the Splunk server to search them.
    SplunkHecTarget;

    /// Host name of the event collector.
    host "Host name": HostName, required;

    /// Port of the event collector, usually 8088 or 443.
    port "Port": Port, required;

    /// Token of the event collector.
    hec_token "Collector token": Secret, required;

    /// Whether the connection is encrypted.
    url_scheme "Scheme": Scheme = "https";

    /// Check the server's certificate.
    verify_ssl "Check the certificate": bool = true;

    /// File in the container with the authorities that sign the server's certificate.
    ssl_ca_path "Authorities file": FilePath;

    /// Index for the entries.
    index "Index": Text;

    /// Host name written into the entries. Without it, the registry's own.
    splunk_host "Host name in entries": Text;

    /// Source type written into the entries.
    splunk_sourcetype "Source type in entries": Text = "access_combined";

    /// How long an action waits for the collector before it fails.
    timeout "Time limit": Whole = 10, unit("seconds");

    /// Host name for searches. Without it, that of the collector.
    search_host "Host name for searches": HostName;

    /// Port for searches.
    search_port "Port for searches": Port = 8089;

    /// Token for searches. The collector's own can only write; without one nobody can read the log.
    search_token "Token for searches": Secret;

    /// How long a search may take.
    search_timeout "Time limit for searches": Whole = 60, unit("seconds");

    /// How many entries a search brings back at most.
    max_results "Results of a search": Whole = 10_000;

    /// How many entries are fetched at once for an export.
    export_batch_size "Entries at once in an export": Whole = 5000;
}

object! {
    /// How log entries reach the place where they are kept.
    LogTargets;

    /// What takes the entries from Quay. Kafka and Kinesis pass them on to Elasticsearch, which
    /// you set up beside them.
    producer "Send entries to": Producer, required;

    /// The cluster that keeps the entries, and that Quay reads them from.
    elasticsearch_config "Elasticsearch": ElasticsearchTarget, required, when(LogTargets::producer, &["elasticsearch", "kafka", "kinesis_stream"]);

    /// The Kafka topic that takes the entries.
    kafka_config "Kafka": KafkaTarget, required, when(LogTargets::producer, &["kafka"]);

    /// The Kinesis stream that takes the entries.
    kinesis_stream_config "Kinesis": KinesisTarget, required, when(LogTargets::producer, &["kinesis_stream"]);

    /// The Splunk server that keeps the entries.
    splunk_config "Splunk": SplunkTarget, required, when(LogTargets::producer, &["splunk"]);

    /// The event collector that takes the entries.
    splunk_hec_config "Splunk event collector": SplunkHecTarget, required, when(LogTargets::producer, &["splunk_hec"]);
}
