//! The model cache: what Quay remembers of the database, and where.

use super::redis::RedisServer;
use crate::path::Path;
use crate::value::{
    CacheValueSize, Duration, HostAndPort, HostName, List, Parsed, Port, Secret, Value,
};

choice! {
    /// Where answers of the database are kept.
    CacheEngine, "inmemory, memcached, redis or rediscluster";
    Inmemory = "inmemory" "In each process of Quay",
    Memcached = "memcached" "In memcached",
    Redis = "redis" "In Redis",
    Rediscluster = "rediscluster" "In a cluster of Redis servers",
}

object! {
    /// A server of a Redis cluster.
    ClusterNode;

    /// Host name or address of the server, as every Quay node reaches it.
    host "Host name": HostName, required;

    /// Port of the server, usually 6379.
    port "Port": Port, required;

    /// Password with which Quay's check at start reaches this server. Enter the password of the
    /// cluster as well: later on only that one is used.
    password "Password": Secret;

    /// Encrypt the connection of that check. Later on only the setting of the cluster counts.
    ssl "Use TLS": bool = false;
}

object! {
    /// The Redis servers of the cache.
    CacheRedis;

    /// The server that answers are written to. The engine `redis` needs it.
    primary "Primary server": RedisServer;

    /// A copy of that server to read from. Without it, the primary server is read as well.
    replica "Replica": RedisServer;

    /// Servers of the cluster to begin with; one that is up is enough to find the others. The
    /// engine `rediscluster` needs them.
    startup_nodes "Servers of the cluster": List<ClusterNode>;

    /// Read from the replicas in the cluster as well, not from its primary servers alone.
    read_from_replicas "Read from replicas": bool = false;

    /// Password of the cluster.
    password "Password of the cluster": Secret;

    /// Encrypt the connections to the cluster.
    ssl "Use TLS in the cluster": bool = false;
}

object! {
    /// Where Quay keeps answers of the database, and for how long.
    ModelCache;

    /// Where answers are kept. In each process suits a trial; memcached and Redis serve a busy
    /// registry better.
    engine "Keep answers": CacheEngine, also(&["cache engine"]);

    /// Where memcached listens. The one in Quay's own container is 127.0.0.1 with port 18080.
    endpoint "Memcached": HostAndPort, required, when(ModelCache::engine, &["memcached"]);

    /// The Redis servers: a primary one for `redis`, the first servers for `rediscluster`.
    redis_config "Redis": CacheRedis, required, when(ModelCache::engine, &["redis", "rediscluster"]);

    /// How long Quay remembers where a layer of an image is.
    repository_blob_cache_ttl "Remember layers for": Duration = "60s";

    /// How long a page of the list of repositories is remembered.
    catalog_page_cache_ttl "Remember repository lists for": Duration = "60s";

    /// How long the list of tags of a repository is remembered. A new tag may be missing from the
    /// list for so long.
    active_repo_tags_cache_ttl "Remember tag lists for": Duration = "120s";

    /// An answer larger than this is not kept in memcached: a number and `MiB`, at most `10MiB`.
    value_size_limit "Largest answer to keep": CacheValueSize = "1MiB";

    /// How long a report of the security scanner is remembered.
    security_report_cache_ttl "Remember security reports for": Duration = "300s", internal;

    /// How long Quay remembers that a repository exists.
    repository_lookup_cache_ttl "Remember repositories for": Duration = "120s", internal;

    /// How long the manifest of an image is remembered.
    repository_manifest_cache_ttl "Remember manifests for": Duration = "300s", internal;

    /// How long the list of what belongs to an image, such as signatures, is remembered.
    manifest_referrers_cache_ttl "Remember referrers for": Duration = "60s", internal;
}

section! {
    /// Quay remembers answers of the database for a short while, and so asks it less often.
    "model-cache", "Model cache", Operations;
    rules: [
        cache_settings_fit_the_engine, redis_cache_has_a_primary_server, cluster_cache_has_servers,
        cache_has_an_engine, cache_engine_is_a_word, cache_is_the_same_for_every_node,
    ];

    /// Where answers are kept, and for how long. Without it, each node uses the memcached in its
    /// own container.
    DATA_MODEL_CACHE_CONFIG "Cache": ModelCache, also(&["redis", "memcached", "performance"]);
}

/// What the engine `redis` does not take beside its servers.
const CLUSTER_ONLY: [&str; 4] = [
    CacheRedis::startup_nodes.name(),
    CacheRedis::read_from_replicas.name(),
    CacheRedis::password.name(),
    CacheRedis::ssl.name(),
];

/// A setting in the file; null counts as absent, as Quay's checker sees it.
fn setting<'a>(object: Option<&'a Value>, name: &str) -> Option<&'a Value> {
    object?.entry(name).filter(|value| **value != Value::Null)
}

/// The engine, `None` when it is none; Quay's checker takes `inmemory` where none is named.
fn engine_of(config: Option<&Value>) -> Option<CacheEngine> {
    match setting(config, ModelCache::engine.name()) {
        Some(engine) => CacheEngine::parse(engine).ok(),
        None => Some(CacheEngine::Inmemory),
    }
}

/// Where the Redis servers stand.
fn redis_path() -> Path {
    ModelCache::redis_config.inside(DATA_MODEL_CACHE_CONFIG)
}

/// Where settings stand that belong to another engine, and their names.
fn foreign_settings(config: Option<&Value>, engine: CacheEngine) -> Vec<(Path, &'static str)> {
    let mut found = Vec::new();
    let endpoint = ModelCache::endpoint;
    if engine != CacheEngine::Memcached && setting(config, endpoint.name()).is_some() {
        found.push((endpoint.inside(DATA_MODEL_CACHE_CONFIG), endpoint.name()));
    }
    let redis = setting(config, ModelCache::redis_config.name());
    let in_redis = matches!(engine, CacheEngine::Redis | CacheEngine::Rediscluster);
    if !in_redis && redis.is_some() {
        found.push((redis_path(), ModelCache::redis_config.name()));
    }
    if engine == CacheEngine::Redis {
        let given = CLUSTER_ONLY.into_iter().filter(|name| setting(redis, name).is_some());
        found.extend(given.map(|name| (redis_path().field(name), name)));
    }
    found
}

rule! {
    /// Quay's own checker, or Quay itself, stops at what belongs to another engine.
    cache_settings_fit_the_engine: Error,
    "The cache engine {engine} takes no {setting}, and Quay does not start with it.",
    fix "Take {setting} out, or choose the engine it belongs to.";
    |subject, places| {
        let config = subject.document.top(DATA_MODEL_CACHE_CONFIG.name());
        let Some(engine) = engine_of(config) else { return };
        let word = setting(config, ModelCache::engine.name()).and_then(Value::as_str);
        for (path, name) in foreign_settings(config, engine) {
            let engine = word.unwrap_or("inmemory").to_owned();
            places.at_with(path, [("engine", engine), ("setting", name.to_owned())]);
        }
    }
}

rule! {
    /// There is nowhere to keep an answer.
    redis_cache_has_a_primary_server: Error,
    "The primary Redis server of the cache is missing.",
    fix "Enter its host name, or keep the cache elsewhere.";
    |subject, places| {
        let config = subject.document.top(DATA_MODEL_CACHE_CONFIG.name());
        let redis = setting(config, ModelCache::redis_config.name());
        let primary = CacheRedis::primary.name();
        if engine_of(config) == Some(CacheEngine::Redis) && setting(redis, primary).is_none() {
            places.at(redis_path().field(primary).field(RedisServer::host.name()));
        }
    }
}

rule! {
    /// Quay finds the servers of a cluster by asking one of them.
    cluster_cache_has_servers: Error,
    "No server of the Redis cluster is named.",
    fix "Add at least one server of the cluster, better three.";
    |subject, places| {
        let config = subject.document.top(DATA_MODEL_CACHE_CONFIG.name());
        let redis = setting(config, ModelCache::redis_config.name());
        let nodes = CacheRedis::startup_nodes.name();
        let named = setting(redis, nodes).is_some_and(|nodes| !nodes.is_blank());
        if engine_of(config) == Some(CacheEngine::Rediscluster) && !named {
            places.at(redis_path().field(nodes));
        }
    }
}

rule! {
    /// Quay caches nothing when it is told of a cache but not of an engine.
    cache_has_an_engine: Warning,
    "No engine is chosen, so nothing is remembered.",
    fix "Choose where answers are kept, or take the cache out of the file to use memcached.";
    |subject, places| {
        let config = subject.document.top(DATA_MODEL_CACHE_CONFIG.name());
        let given = config.and_then(Value::as_map).is_some();
        if given && setting(config, ModelCache::engine.name()).is_none() {
            places.at(ModelCache::engine.inside(DATA_MODEL_CACHE_CONFIG));
        }
    }
}

rule! {
    /// Quay stops at a word that is none of its engines, and empty text is no word.
    cache_engine_is_a_word: Error,
    "The cache engine is empty text, and Quay does not start with it.",
    fix "Choose where answers are kept, or take the cache out of the file to use memcached.";
    |subject, places| {
        let config = subject.document.top(DATA_MODEL_CACHE_CONFIG.name());
        if setting(config, ModelCache::engine.name()).is_some_and(Value::is_blank) {
            places.at(ModelCache::engine.inside(DATA_MODEL_CACHE_CONFIG));
        }
    }
}

/// The servers of the cache that have a host name, and where that stands.
fn hosts(config: Option<&Value>) -> Vec<(Path, HostName)> {
    let redis = setting(config, ModelCache::redis_config.name());
    let mut servers = Vec::new();
    for name in [CacheRedis::primary.name(), CacheRedis::replica.name()] {
        servers.extend(setting(redis, name).map(|server| (redis_path().field(name), server)));
    }
    let nodes = CacheRedis::startup_nodes.name();
    let named = setting(redis, nodes).and_then(Value::as_list).unwrap_or_default();
    let path = redis_path().field(nodes);
    servers.extend(named.iter().enumerate().map(|(at, server)| (path.item(at), server)));
    let host_of = |(path, server): (Path, &Value)| {
        let host = HostName::parse(server.entry(RedisServer::host.name())?).ok()?;
        Some((path.field(RedisServer::host.name()), host))
    };
    servers.into_iter().filter_map(host_of).collect()
}

rule! {
    /// Inside a container `localhost` is the container, and no Redis runs in Quay's.
    cache_is_the_same_for_every_node: Warning,
    "{host} means another machine on every node.",
    fix "Enter the name or address of the machine that runs Redis, as all nodes see it.";
    |subject, places| {
        for (path, host) in hosts(subject.document.top(DATA_MODEL_CACHE_CONFIG.name())) {
            if host.is_loopback() {
                places.at_with(path, [("host", host.as_str().to_owned())]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rule::testing::findings;

    /// What is found in a document with this cache only; `redis` stands for its servers.
    fn found(config: &str) -> Vec<String> {
        let report = findings(&format!("DATA_MODEL_CACHE_CONFIG: {{{config}}}"));
        let place = |finding: &String| {
            finding.replace("DATA_MODEL_CACHE_CONFIG.", "").replace("redis_config.", "redis.")
        };
        report.iter().map(place).collect()
    }

    #[test]
    fn complete_caches_are_accepted() {
        for config in [
            "engine: inmemory, value_size_limit: 7MiB, active_repo_tags_cache_ttl: 0s",
            "engine: memcached, endpoint: [127.0.0.1, 18080], repository_blob_cache_ttl: 60s, \
             catalog_page_cache_ttl: 60s, active_repo_tags_cache_ttl: 60s, value_size_limit: 2MiB",
            "engine: redis, redis_config: {primary: {host: redis, port: 1234, password: word}}",
            "engine: redis, redis_config: {primary: {host: redis, ssl: true}, \
             replica: {host: copy, port: 6380}}, endpoint: null",
            "engine: rediscluster, redis_config: {startup_nodes: [{host: redis1, port: 6379}, \
             {host: redis2, port: 6379}], read_from_replicas: true, password: word, ssl: true}",
        ] {
            let report = found(config);
            assert!(report.is_empty(), "{config}: {report:?}");
        }
    }

    #[test]
    fn an_unknown_engine_is_refused() {
        assert_eq!(found("engine: unsupported"), ["value_is_of_its_type engine"]);
    }

    #[test]
    fn a_cache_without_an_engine_is_warned_about() {
        assert_eq!(found("repository_blob_cache_ttl: 60s"), ["cache_has_an_engine engine"]);
    }

    #[test]
    fn memcached_needs_an_endpoint() {
        assert_eq!(found("engine: memcached"), ["required_value_is_set endpoint"]);
        assert_eq!(
            found("engine: memcached, endpoint: 'memcached:11211'"),
            ["value_is_of_its_type endpoint"]
        );
    }

    #[test]
    fn redis_needs_a_primary_server() {
        let missing = ["redis_cache_has_a_primary_server redis.primary.host"];
        assert_eq!(found("engine: redis"), missing);
        assert_eq!(found("engine: redis, redis_config: {replica: {host: copy}}"), missing);
        assert_eq!(
            found("engine: redis, redis_config: {primary: {port: 6379}}"),
            ["required_value_is_set redis.primary.host"]
        );
    }

    #[test]
    fn a_cluster_needs_servers_with_ports() {
        let missing = ["cluster_cache_has_servers redis.startup_nodes"];
        assert_eq!(found("engine: rediscluster"), missing);
        assert_eq!(found("engine: rediscluster, redis_config: {startup_nodes: []}"), missing);
        assert_eq!(
            found("engine: rediscluster, redis_config: {startup_nodes: [{host: redis1}]}"),
            ["required_value_is_set redis.startup_nodes[0].port"]
        );
    }

    #[test]
    fn settings_of_another_engine_are_refused() {
        for (config, place) in [
            ("endpoint: [memcached, 11211], engine: inmemory", "endpoint"),
            ("engine: memcached, endpoint: [m, 1], redis_config: {}", "redis_config"),
            (
                "engine: redis, redis_config: {primary: {host: redis}, read_from_replicas: false}",
                "redis.read_from_replicas",
            ),
        ] {
            assert_eq!(found(config), [format!("cache_settings_fit_the_engine {place}")]);
        }
    }

    #[test]
    fn empty_text_is_no_engine() {
        assert_eq!(found("engine: ''"), ["cache_engine_is_a_word engine"]);
    }

    #[test]
    fn sizes_times_and_ports_are_checked() {
        for (config, place) in [
            ("engine: inmemory, value_size_limit: 123GiB", "value_size_limit"),
            ("engine: inmemory, value_size_limit: 512MiB", "value_size_limit"),
            ("engine: inmemory, repository_blob_cache_ttl: soon", "repository_blob_cache_ttl"),
            (
                "engine: redis, redis_config: {primary: {host: redis, port: 654321}}",
                "redis.primary.port",
            ),
        ] {
            assert_eq!(found(config), [format!("value_is_of_its_type {place}")]);
        }
    }

    #[test]
    fn localhost_is_warned_about() {
        assert_eq!(
            found("engine: redis, redis_config: {primary: {host: localhost}}"),
            ["cache_is_the_same_for_every_node redis.primary.host"]
        );
        assert_eq!(
            found("engine: rediscluster, redis_config: {startup_nodes: [{host: '::1', port: 1}]}"),
            ["cache_is_the_same_for_every_node redis.startup_nodes[0].host"]
        );
    }
}
