//! Every Redis that a configuration names.

use crate::checks::Settings;
use crate::checks::course::Course;
use crate::checks::course::reach::EXTRA_AUTHORITIES;
use crate::checks::fault::Told;
use crate::checks::uploaded_name;
use crate::clients::tls::{Authorities, Tls, Verify};
use config_model::path::Path;
use config_model::sections::model_cache::{
    CacheEngine, CacheRedis, ClusterNode, DATA_MODEL_CACHE_CONFIG, ModelCache,
};
use config_model::sections::redis::{
    BUILDLOGS_REDIS, CertificateCheck, PULL_METRICS_REDIS, RedisServer, USER_EVENTS_REDIS,
};
use config_model::value::{FilePath, Port, Secret, Text, Value};

/// The port where none is configured, as Quay's client takes it.
const PORT: u16 = 6379;
/// An argument of redis-py that Quay hands on: the certificate has to be for the host name.
const CHECK_HOSTNAME: &str = "ssl_check_hostname";

/// What Quay does with a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Logs,
    Events,
    Counts,
    Cache,
    Replica,
    Cluster,
}

/// A Redis, where it is and how one logs in.
#[derive(Clone)]
pub(super) struct Server {
    pub(super) path: Path,
    pub(super) kind: Kind,
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) user: String,
    pub(super) password: String,
    pub(super) number: u64,
    tls: Option<TlsSettings>,
}

#[derive(Clone)]
struct TlsSettings {
    check: CertificateCheck,
    checks_name: bool,
    authorities: String,
    certificate: String,
    key: String,
}

impl Server {
    /// Its address, for a person.
    pub(super) fn target(&self) -> String {
        let scheme = if self.tls.is_some() { "rediss" } else { "redis" };
        format!("{scheme}://{}:{}/{}", self.host, self.port, self.number)
    }

    /// Whom it logs in as, for a person.
    pub(super) fn user(&self) -> &str {
        if self.user.is_empty() { "default" } else { &self.user }
    }

    /// Whether the connection is encrypted.
    pub(super) fn is_encrypted(&self) -> bool {
        self.tls.is_some()
    }

    /// How the connection is encrypted, and where an authority would be uploaded.
    pub(super) fn tls(&self, course: &Course) -> Result<Option<(Tls, String)>, Told> {
        let Some(settings) = &self.tls else { return Ok(None) };
        let mut tls = course.usual_tls(&self.host);
        let mut upload = EXTRA_AUTHORITIES.to_owned();
        if let Some(name) = uploaded_name(&settings.authorities) {
            tls.authorities = Authorities { own: course.authorities_in(name)?, system: false };
            upload = format!("as {name}, the authorities file of this Redis");
        }
        if let (Some(chain), Some(key)) =
            (uploaded_name(&settings.certificate), uploaded_name(&settings.key))
        {
            tls.client = Some(course.identity(chain, key)?);
        }
        tls.verify = match (settings.check, settings.checks_name) {
            (CertificateCheck::None, _) => Verify::Nothing,
            // redis-py checks the authority; that the name fits is asked for by another argument,
            // and Python's `ssl` looks at it then.
            (_, true) => Verify::FullOrCommonName,
            (_, false) => Verify::Chain,
        };
        Ok(Some((tls, upload)))
    }
}

/// The servers; for one that cannot be tried, where it stands and what it lacks.
pub(super) fn servers(settings: &Settings<'_>) -> Vec<Result<Server, (Path, String)>> {
    let mut found = Vec::new();
    let single = [
        (BUILDLOGS_REDIS, Kind::Logs),
        (USER_EVENTS_REDIS, Kind::Events),
        (PULL_METRICS_REDIS, Kind::Counts),
    ];
    for (key, kind) in single {
        if settings.at(&key.path()).is_some() {
            found.push(server(settings, key.path(), kind));
        }
    }
    found.extend(cache(settings));
    found
}

fn cache(settings: &Settings<'_>) -> Vec<Result<Server, (Path, String)>> {
    let base = DATA_MODEL_CACHE_CONFIG.path();
    let redis = base.field(ModelCache::redis_config.name());
    match settings.field(&base, ModelCache::engine) {
        Some(CacheEngine::Redis) => {
            let primary = redis.field(CacheRedis::primary.name());
            let replica = redis.field(CacheRedis::replica.name());
            let mut found = vec![server(settings, primary, Kind::Cache)];
            if settings.at(&replica).is_some() {
                found.push(server(settings, replica, Kind::Replica));
            }
            found
        }
        Some(CacheEngine::Rediscluster) => {
            let nodes = redis.field(CacheRedis::startup_nodes.name());
            let count = settings.at(&nodes).and_then(Value::as_list).map_or(0, <[Value]>::len);
            (0..count).map(|at| member(settings, &redis, nodes.item(at))).collect()
        }
        _ => Vec::new(),
    }
}

fn server(settings: &Settings<'_>, path: Path, kind: Kind) -> Result<Server, (Path, String)> {
    let text = |field: config_model::field::Key<Text>| {
        settings.field(&path, field).map(|Text(text)| text).unwrap_or_default()
    };
    let file = |field: config_model::field::Key<FilePath>| {
        settings.field(&path, field).map(|path| path.0).unwrap_or_default()
    };
    let Some(host) = settings.field(&path, RedisServer::host) else {
        return Err((path, "the host name".to_owned()));
    };
    let tls = settings.field(&path, RedisServer::ssl).unwrap_or_default().then(|| TlsSettings {
        check: settings
            .field(&path, RedisServer::ssl_cert_reqs)
            .unwrap_or(CertificateCheck::Required),
        checks_name: checks_name(settings, &path),
        authorities: file(RedisServer::ssl_ca_certs),
        certificate: file(RedisServer::ssl_certfile),
        key: file(RedisServer::ssl_keyfile),
    });
    Ok(Server {
        kind,
        host: host.as_str().to_owned(),
        port: settings.field(&path, RedisServer::port).map_or(PORT, Port::get),
        user: text(RedisServer::username),
        password: revealed(settings.field(&path, RedisServer::password)),
        number: settings.field(&path, RedisServer::db).map_or(0, |number| number.0),
        tls,
        path,
    })
}

/// A server of a cluster: password and TLS are those of the cluster where it has none of its own.
fn member(settings: &Settings<'_>, redis: &Path, path: Path) -> Result<Server, (Path, String)> {
    let Some(host) = settings.field(&path, ClusterNode::host) else {
        return Err((path, "the host name".to_owned()));
    };
    let own = revealed(settings.field(&path, ClusterNode::password));
    let shared = revealed(settings.field(redis, CacheRedis::password));
    let tls = settings.field(redis, CacheRedis::ssl) == Some(true);
    Ok(Server {
        kind: Kind::Cluster,
        host: host.as_str().to_owned(),
        port: settings.field(&path, ClusterNode::port).map_or(PORT, Port::get),
        user: String::new(),
        password: if shared.is_empty() { own } else { shared },
        number: 0,
        tls: tls.then(|| TlsSettings {
            check: CertificateCheck::Required,
            checks_name: checks_name(settings, redis),
            authorities: String::new(),
            certificate: String::new(),
            key: String::new(),
        }),
        path,
    })
}

/// Whether the name in the certificate counts, by what is written at `path`.
fn checks_name(settings: &Settings<'_>, path: &Path) -> bool {
    settings.at(&path.field(CHECK_HOSTNAME)).and_then(Value::as_bool) == Some(true)
}

fn revealed(secret: Option<Secret>) -> String {
    secret.and_then(|secret| secret.reveal().map(str::to_owned)).unwrap_or_default()
}
