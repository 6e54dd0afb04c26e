//! What a registry stands on: real services, and the configuration that names them.

use crate::lab::certificates::Authority;
use crate::lab::postgres::{Postgres, Setup};
use crate::lab::redis::{self, Redis};
use crate::lab::rgw::{ACCESS, Rgw, SECRET};
use crate::lab::s3::Owner;

/// The password of the database.
pub(crate) const DATABASE_PASSWORD: &str = "letmein42";
/// The password of Redis.
pub(crate) const REDIS_PASSWORD: &str = redis::PASSWORD;
/// The bucket with the blobs.
pub(crate) const BUCKET: &str = "quay";
/// The folder in it.
pub(crate) const FOLDER: &str = "datastorage/registry";
/// A storage engine that is a folder of the node: nobody looks for it before something is pushed.
pub(crate) const LOCAL: &str = "[LocalStorage, {storage_path: /datastorage/registry}]";
/// The database.
const DATABASE: &str = "quaydb";
/// What is in the database's server from the start.
const STATEMENTS: &str = "CREATE ROLE quayuser LOGIN PASSWORD 'letmein42'
CREATE DATABASE quaydb OWNER quayuser
";

/// The services without which Quay does not start.
pub(crate) struct Services {
    /// The database.
    pub(crate) postgres: Postgres,
    /// Redis.
    pub(crate) redis: Redis,
}

impl Services {
    /// Starts them.
    pub(crate) fn start() -> Self {
        let signed = Authority::new("lab authority").sign(&["localhost", "127.0.0.1"]);
        Self { postgres: postgres(), redis: Redis::start(&signed, "") }
    }

    /// A configuration without an error: with this storage engine, and these lines besides. What
    /// it says of its health does not hang on the disk of this machine.
    pub(crate) fn config(&self, engine: &str, more: &str) -> String {
        let database = database(&self.postgres);
        let port = self.redis.port;
        let redis = format!("{{host: 127.0.0.1, port: {port}, password: {REDIS_PASSWORD}}}");
        format!(
            "{database}\
             DB_CONNECTION_ARGS: {{autorollback: true, threadlocals: true}}\n\
             BUILDLOGS_REDIS: {redis}\n\
             USER_EVENTS_REDIS: {redis}\n\
             DISTRIBUTED_STORAGE_CONFIG: {{default: {engine}}}\n\
             DISTRIBUTED_STORAGE_PREFERENCE: [default]\n\
             DISTRIBUTED_STORAGE_DEFAULT_LOCATIONS: []\n\
             SERVER_HOSTNAME: quay.example.com\n\
             PREFERRED_URL_SCHEME: https\n\
             EXTERNAL_TLS_TERMINATION: true\n\
             DATABASE_SECRET_KEY: 4f1c2a9e-6b1d-4b0a-9a55-0d3f5f6f7a10\n\
             SECRET_KEY: 5d1f0c3e8b7a4962a1d3c5e7f9b0d2c4e6a8b0c2d4e6f8091a2b3c4d5e6f7081\n\
             SETUP_COMPLETE: true\n\
             TESTING: false\n\
             SUPER_USERS: [quayadmin]\n\
             FEATURE_MAILING: false\n\
             FEATURE_BUILD_SUPPORT: false\n\
             DEFAULT_TAG_EXPIRATION: 2w\n\
             TAG_EXPIRATION_OPTIONS: [0s, 1d, 1w, 2w, 4w]\n\
             DISKSPACE_HEALTH_THRESHOLD: 0\n\
             DISKSPACE_HEALTH_WARNING_THRESHOLD: 0\n\
             {more}"
        )
    }
}

/// A database that is ready for Quay.
pub(crate) fn postgres() -> Postgres {
    let server = Postgres::start(&Setup { statements: STATEMENTS, ..Setup::default() });
    server.sql(DATABASE, "CREATE EXTENSION pg_trgm");
    server
}

/// The line of a configuration that names it.
pub(crate) fn database(server: &Postgres) -> String {
    format!("DB_URI: '{}'\n", server.uri("quayuser", DATABASE_PASSWORD, DATABASE))
}

/// The revision of the tables, empty if they have none.
pub(crate) fn revision(server: &Postgres) -> String {
    server.sql(DATABASE, "SELECT version_num FROM alembic_version").trim().to_owned()
}

/// How many wait for a lock that somebody else holds, such as the one of the tables.
pub(crate) fn waiting(server: &Postgres) -> String {
    let count = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted";
    server.sql(DATABASE, count).trim().to_owned()
}

/// A gateway of Ceph with the bucket in it, and who looks into that. Something is in it already:
/// so the first node does not wait for the gateway to make its places.
pub(crate) async fn gateway() -> (Rgw, Owner) {
    let gateway = Rgw::start();
    let owner = Owner::at(gateway.port, ACCESS, SECRET);
    owner.make(BUCKET).await;
    owner.put(&format!("/{BUCKET}/other"), "not a registry's").await;
    (gateway, owner)
}

/// The storage engine that is this gateway.
pub(crate) fn bucket(gateway: &Rgw) -> String {
    format!(
        "[RadosGWStorage, {{hostname: 127.0.0.1, port: {}, is_secure: false, \
         bucket_name: {BUCKET}, access_key: {ACCESS}, secret_key: {SECRET}, \
         storage_path: /{FOLDER}}}]",
        gateway.port
    )
}
