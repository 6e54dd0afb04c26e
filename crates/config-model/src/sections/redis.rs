//! Redis: build logs, user events and pull statistics.

use crate::field::Key;
use crate::names::nearest;
use crate::value::{
    FilePath, HostName, KEPT_PASSWORD, Map, MapKey, Port, Secret, Text, Value, Whole,
};
use crate::yaml::write_inline;

choice! {
    /// How the certificate of a Redis server is checked.
    CertificateCheck, "none, optional or required";
    None = "none" "Not at all",
    Optional = "optional" "If it shows one",
    Required = "required" "Always",
}

object! {
    /// The address of a Redis server, and how to log in to it.
    RedisServer;
    address: address;

    /// Host name or address of Redis. Every Quay node must reach the same server under it.
    host "Host name": HostName, required;

    /// Port of Redis.
    port "Port": Port = 6379;

    /// User name, where Redis uses access control lists.
    username "User name": Text;

    /// Password of Redis.
    password "Password": Secret;

    /// Number of the logical database on the server.
    db "Database number": Whole = 0;

    /// Encrypt the connection.
    ssl "Use TLS": bool = false;

    /// Check the server's certificate.
    ssl_cert_reqs "Check the certificate": CertificateCheck = "required", when(RedisServer::ssl, &["true"]), may_be_empty;

    /// File in the container with the authorities that sign the server's certificate.
    ssl_ca_certs "Authorities file": FilePath, when(RedisServer::ssl, &["true"]);

    /// File in the container with the certificate Quay shows to Redis.
    ssl_certfile "Client certificate file": FilePath, when(RedisServer::ssl, &["true"]);

    /// File in the container with the key of that certificate.
    ssl_keyfile "Client key file": FilePath, when(RedisServer::ssl, &["true"]);
}

/// The server as a Redis client writes it; dots stand for the password.
fn address(server: &Value) -> String {
    let text =
        |key: Key<Text>| server.entry(key.name()).and_then(Value::as_str).unwrap_or_default();
    let shown = |name: &str| server.entry(name).map(write_inline);
    let tls = server.entry(RedisServer::ssl.name()).and_then(Value::as_bool) == Some(true);
    let password =
        server.entry(RedisServer::password.name()).is_some_and(|value| !value.is_blank());
    let login = match (text(RedisServer::username), password) {
        ("", false) => String::new(),
        (user, true) => format!("{user}:{KEPT_PASSWORD}@"),
        (user, false) => format!("{user}@"),
    };
    let host = shown(RedisServer::host.name()).unwrap_or_default();
    let host = if host.contains(':') { format!("[{host}]") } else { host };
    let port = shown(RedisServer::port.name()).unwrap_or_else(|| "6379".to_owned());
    let number = shown(RedisServer::db.name()).unwrap_or_else(|| "0".to_owned());
    format!("{}://{login}{host}:{port}/{number}", if tls { "rediss" } else { "redis" })
}

section! {
    /// Short-lived data that all Quay nodes share: build logs, events for the web pages, locks.
    "redis", "Redis", Essentials;
    rules: [redis_is_the_same_for_every_node, redis_argument_is_spelt_right];

    /// The Redis server that keeps the logs of running builds.
    BUILDLOGS_REDIS "Build logs": RedisServer, required, also(&["Redis hostname", "Redis password"]);

    /// The Redis server that carries events to open web pages; usually the same one.
    USER_EVENTS_REDIS "User events": RedisServer, required, also(&["Redis hostname", "Redis password"]);

    /// The Redis server that counts pulls; leave it out where pulls are not counted.
    PULL_METRICS_REDIS "Pull statistics": RedisServer;

    /// Send events to open web pages as they happen.
    FEATURE_USER_EVENTS "Live events": bool = true;
}

rule! {
    /// Inside a container `localhost` is the container: no node would find Redis, or each its own.
    redis_is_the_same_for_every_node: Warning,
    "{host} means another machine on every node.",
    fix "Enter the name or address of the machine that runs Redis, as all nodes see it.";
    |subject, places| {
        for key in [BUILDLOGS_REDIS, USER_EVENTS_REDIS, PULL_METRICS_REDIS] {
            if let Some(host) = host_of(subject.document, key).filter(HostName::is_loopback) {
                places.at_with(RedisServer::host.inside(key), [("host", host.as_str().to_owned())]);
            }
        }
    }
}

rule! {
    /// Quay hands the client what is written, and the client stops at a name it does not know.
    redis_argument_is_spelt_right: Warning,
    "Redis clients hardly know {name}; did you mean {near}?",
    fix "Correct the name, or take it out.";
    |subject, places| {
        for key in [BUILDLOGS_REDIS, USER_EVENTS_REDIS, PULL_METRICS_REDIS] {
            let given = subject.document.top(key.name()).and_then(Value::as_map);
            let given = given.into_iter().flat_map(Map::keys).filter_map(MapKey::as_str);
            for name in given.filter(|name| RedisServer::spec.field(name).is_none()) {
                let known = RedisServer::spec.fields().map(|field| field.name);
                if let Some(near) = nearest(name, 1, known) {
                    let args = [("name", name.to_owned()), ("near", near.to_owned())];
                    places.at_with(key.path().field(name), args);
                }
            }
        }
    }
}

fn host_of(document: &crate::document::Document, key: Key<RedisServer>) -> Option<HostName> {
    document.inside(key, RedisServer::host)
}

#[cfg(test)]
mod tests {
    use crate::rule::testing::findings;

    #[test]
    fn each_redis_needs_a_host_of_its_own() {
        let report = findings("BUILDLOGS_REDIS: {host: redis}\nUSER_EVENTS_REDIS: {port: 6379}");
        assert!(
            report.contains(&"required_value_is_set USER_EVENTS_REDIS.host".to_owned()),
            "{report:?}"
        );
    }

    #[test]
    fn a_server_reads_as_one_address() {
        let text =
            "BUILDLOGS_REDIS: {host: redis, port: 6380, password: hunter2, ssl: true, db: 1}";
        let document = crate::yaml::read(text).unwrap();
        let server = document.top("BUILDLOGS_REDIS").unwrap();
        assert_eq!(
            super::address(server),
            format!("rediss://:{}@redis:6380/1", super::KEPT_PASSWORD)
        );
    }

    #[test]
    fn a_slip_in_an_argument_is_warned_about() {
        let with = |args: &str| {
            findings(&format!(
                "BUILDLOGS_REDIS: {{host: redis, {args}}}\nUSER_EVENTS_REDIS: {{host: redis}}"
            ))
        };
        assert_eq!(
            with("pasword: word"),
            ["redis_argument_is_spelt_right BUILDLOGS_REDIS.pasword"]
        );
        assert_eq!(with("socket_timeout: 5, ssl_check_hostname: true"), [""; 0]);
    }

    #[test]
    fn localhost_is_warned_about() {
        let report =
            findings("BUILDLOGS_REDIS: {host: localhost}\nUSER_EVENTS_REDIS: {host: redis}");
        assert_eq!(report, ["redis_is_the_same_for_every_node BUILDLOGS_REDIS.host"]);
    }
}
