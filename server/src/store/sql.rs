//! The SQL, once for both databases: it keeps to what `SQLite` and `PostgreSQL` share.

mod drafts;
mod revisions;
mod sessions;

use super::{
    CONNECTIONS_MAX, DraftChange, DraftRow, Drafts, FileRow, LOGIN_FAILURES_MAX, LoginFailure,
    NewRevision, REVISIONS_MAX, RevisionRow, Revisions, STEPS_MAX, SessionRow, Sessions, StepRow,
    Store, StoreError,
};
use async_trait::async_trait;
use drafts::{PUT_FILE, PUT_STEP, drafts_over, put_files, put_step};
use revisions::revisions_over;
use rust_embed::RustEmbed;
use sessions::sessions_over;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::postgres::{PgPool, PgPoolOptions};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Row as _, SqlSafeStr as _};
use std::borrow::Cow;
use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::time::Duration;

/// How long a request waits for the database before it gives up.
const ACQUIRE_SECONDS: u64 = 5;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../migrations/sqlite"]
struct SqliteMigrations;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../migrations/postgres"]
struct PostgresMigrations;

/// `NNNN_verb_noun.sql` files as migrations, in order.
fn migrations<E: RustEmbed>() -> Migrator {
    let mut found: Vec<Migration> = E::iter()
        .filter_map(|name| {
            let (number, rest) = name.strip_suffix(".sql")?.split_once('_')?;
            let file = E::get(&name)?;
            let sql = String::from_utf8(file.data.into_owned()).ok()?;
            Some(Migration::new(
                number.parse().ok()?,
                Cow::Owned(rest.replace('_', " ")),
                MigrationType::Simple,
                sqlx::AssertSqlSafe(sql).into_sql_str(),
                false,
            ))
        })
        .collect();
    found.sort_by_key(|migration| migration.version);
    Migrator { migrations: Cow::Owned(found), ..Migrator::DEFAULT }
}

/// The embedded database: one file in the data folder.
#[derive(Clone, Debug)]
pub struct SqliteStore(SqlitePool);

impl SqliteStore {
    /// Opens the file, makes it if it is missing, and brings its tables up to date.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        make_private(path)?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(ACQUIRE_SECONDS));
        let pool = SqlitePoolOptions::new()
            .max_connections(CONNECTIONS_MAX)
            .acquire_timeout(Duration::from_secs(ACQUIRE_SECONDS))
            .connect_with(options)
            .await
            .map_err(failed("be opened"))?;
        migrations::<SqliteMigrations>().run(&pool).await.map_err(|error| StoreError {
            action: "bring its tables up to date",
            source: Box::new(error),
        })?;
        Ok(Self(pool))
    }
}

/// Makes the file for its owner only; `SQLite` gives its side files the same rights.
fn make_private(path: &Path) -> Result<(), StoreError> {
    let made = OpenOptions::new().create(true).append(true).mode(0o600).open(path);
    made.map(drop).map_err(|error| StoreError { action: "be opened", source: Box::new(error) })
}

/// A `PostgreSQL` database, for several consoles side by side.
#[derive(Clone, Debug)]
pub struct PostgresStore(PgPool);

impl PostgresStore {
    /// Connects and brings the tables up to date.
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS_MAX)
            .acquire_timeout(Duration::from_secs(ACQUIRE_SECONDS))
            .connect(url)
            .await
            .map_err(failed("be reached"))?;
        migrations::<PostgresMigrations>().run(&pool).await.map_err(|error| StoreError {
            action: "bring its tables up to date",
            source: Box::new(error),
        })?;
        Ok(Self(pool))
    }
}

fn failed(action: &'static str) -> impl Fn(sqlx::Error) -> StoreError {
    move |source| StoreError { action, source: Box::new(source) }
}

/// Implements the store for a pool.
macro_rules! store_over {
    ($store:ident) => {
        sessions_over!($store);
        drafts_over!($store);
        revisions_over!($store);

        #[async_trait]
        impl Store for $store {
            async fn setting(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
                let row = sqlx::query("SELECT content FROM setting WHERE name = $1")
                    .bind(name)
                    .fetch_optional(&self.0)
                    .await
                    .map_err(failed("find a setting"))?;
                Ok(row.map(|row| row.get(0)))
            }

            async fn put_setting(&self, name: &str, content: &[u8]) -> Result<(), StoreError> {
                sqlx::query(
                    "INSERT INTO setting (name, content) VALUES ($1, $2) \
                     ON CONFLICT (name) DO UPDATE SET content = excluded.content",
                )
                .bind(name)
                .bind(content)
                .execute(&self.0)
                .await
                .map(drop)
                .map_err(failed("keep a setting"))
            }

            async fn ping(&self) -> Result<(), StoreError> {
                sqlx::query("SELECT 1").execute(&self.0).await.map(drop).map_err(failed("answer"))
            }
        }
    };
}

store_over!(SqliteStore);
store_over!(PostgresStore);
