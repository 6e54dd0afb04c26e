//! The SQL, once for both databases: it keeps to what `SQLite` and `PostgreSQL` share.

use super::{
    CONNECTIONS_MAX, DraftRow, Drafts, FileRow, LOGIN_FAILURES_MAX, LoginFailure, SessionRow,
    Sessions, Store, StoreError,
};
use async_trait::async_trait;
use rust_embed::RustEmbed;
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
        #[async_trait]
        impl Sessions for $store {
            async fn insert_session(&self, session: &SessionRow) -> Result<(), StoreError> {
                sqlx::query("INSERT INTO session (id, created_at, last_seen_at) VALUES ($1, $2, $3)")
                    .bind(&session.id)
                    .bind(session.created_at)
                    .bind(session.last_seen_at)
                    .execute(&self.0)
                    .await
                    .map(drop)
                    .map_err(failed("keep a session"))
            }

            async fn session(&self, id: &str) -> Result<Option<SessionRow>, StoreError> {
                let row = sqlx::query("SELECT id, created_at, last_seen_at FROM session WHERE id = $1")
                    .bind(id)
                    .fetch_optional(&self.0)
                    .await
                    .map_err(failed("find a session"))?;
                Ok(row.map(|row| SessionRow {
                    id: row.get(0),
                    created_at: row.get(1),
                    last_seen_at: row.get(2),
                }))
            }

            async fn touch_session(&self, id: &str, at: i64) -> Result<(), StoreError> {
                sqlx::query("UPDATE session SET last_seen_at = $2 WHERE id = $1")
                    .bind(id)
                    .bind(at)
                    .execute(&self.0)
                    .await
                    .map(drop)
                    .map_err(failed("note the use of a session"))
            }

            async fn delete_session(&self, id: &str) -> Result<(), StoreError> {
                sqlx::query("DELETE FROM session WHERE id = $1")
                    .bind(id)
                    .execute(&self.0)
                    .await
                    .map(drop)
                    .map_err(failed("end a session"))
            }

            async fn delete_sessions(&self) -> Result<(), StoreError> {
                sqlx::query("DELETE FROM session")
                    .execute(&self.0)
                    .await
                    .map(drop)
                    .map_err(failed("end all sessions"))
            }

            async fn delete_sessions_idle_since(&self, before: i64) -> Result<(), StoreError> {
                sqlx::query("DELETE FROM session WHERE last_seen_at < $1")
                    .bind(before)
                    .execute(&self.0)
                    .await
                    .map(drop)
                    .map_err(failed("forget old sessions"))
            }

            async fn login_failure(&self, scope: &str) -> Result<Option<LoginFailure>, StoreError> {
                let row = sqlx::query(
                    "SELECT scope, failures, last_at, blocked_until FROM login_failure WHERE scope = $1",
                )
                .bind(scope)
                .fetch_optional(&self.0)
                .await
                .map_err(failed("find failed log-ins"))?;
                Ok(row.map(|row| LoginFailure {
                    scope: row.get(0),
                    failures: row.get(1),
                    last_at: row.get(2),
                    blocked_until: row.get(3),
                }))
            }

            async fn put_login_failure(&self, failure: &LoginFailure) -> Result<(), StoreError> {
                sqlx::query(
                    "INSERT INTO login_failure (scope, failures, last_at, blocked_until) \
                     VALUES ($1, $2, $3, $4) ON CONFLICT (scope) DO UPDATE SET \
                     failures = excluded.failures, last_at = excluded.last_at, \
                     blocked_until = excluded.blocked_until",
                )
                .bind(&failure.scope)
                .bind(failure.failures)
                .bind(failure.last_at)
                .bind(failure.blocked_until)
                .execute(&self.0)
                .await
                .map_err(failed("note a failed log-in"))?;
                sqlx::query(
                    "DELETE FROM login_failure WHERE scope IN \
                     (SELECT scope FROM login_failure ORDER BY last_at DESC, scope LIMIT $1 OFFSET $2)",
                )
                .bind(LOGIN_FAILURES_MAX)
                .bind(LOGIN_FAILURES_MAX)
                .execute(&self.0)
                .await
                .map(drop)
                .map_err(failed("forget old failed log-ins"))
            }

            async fn delete_login_failure(&self, scope: &str) -> Result<(), StoreError> {
                sqlx::query("DELETE FROM login_failure WHERE scope = $1")
                    .bind(scope)
                    .execute(&self.0)
                    .await
                    .map(drop)
                    .map_err(failed("forget failed log-ins"))
            }
        }

        #[async_trait]
        impl Drafts for $store {
            async fn draft(&self) -> Result<Option<DraftRow>, StoreError> {
                let row = sqlx::query("SELECT version, saved_at, origin, content FROM draft WHERE id = 1")
                    .fetch_optional(&self.0)
                    .await
                    .map_err(failed("find the draft"))?;
                Ok(row.map(|row| DraftRow {
                    version: row.get(0),
                    saved_at: row.get(1),
                    origin: row.get(2),
                    content: row.get(3),
                }))
            }

            async fn begin_draft(&self, draft: &DraftRow, files: &[FileRow]) -> Result<(), StoreError> {
                let failed = failed("begin a draft");
                let mut transaction = self.0.begin().await.map_err(&failed)?;
                sqlx::query("DELETE FROM draft").execute(&mut *transaction).await.map_err(&failed)?;
                sqlx::query("DELETE FROM draft_file").execute(&mut *transaction).await.map_err(&failed)?;
                sqlx::query(
                    "INSERT INTO draft (id, version, saved_at, origin, content) VALUES (1, $1, $2, $3, $4)",
                )
                .bind(draft.version)
                .bind(draft.saved_at)
                .bind(&draft.origin)
                .bind(&draft.content)
                .execute(&mut *transaction)
                .await
                .map_err(&failed)?;
                for file in files {
                    sqlx::query("INSERT INTO draft_file (name, content) VALUES ($1, $2)")
                        .bind(&file.name)
                        .bind(&file.content)
                        .execute(&mut *transaction)
                        .await
                        .map_err(&failed)?;
                }
                transaction.commit().await.map_err(&failed)
            }

            async fn update_draft(&self, expected: i64, draft: &DraftRow) -> Result<bool, StoreError> {
                sqlx::query(
                    "UPDATE draft SET version = $1, saved_at = $2, origin = $3, content = $4 \
                     WHERE id = 1 AND version = $5",
                )
                .bind(draft.version)
                .bind(draft.saved_at)
                .bind(&draft.origin)
                .bind(&draft.content)
                .bind(expected)
                .execute(&self.0)
                .await
                .map(|done| done.rows_affected() == 1)
                .map_err(failed("save the draft"))
            }

            async fn delete_draft(&self) -> Result<(), StoreError> {
                let failed = failed("discard the draft");
                let mut transaction = self.0.begin().await.map_err(&failed)?;
                sqlx::query("DELETE FROM draft").execute(&mut *transaction).await.map_err(&failed)?;
                sqlx::query("DELETE FROM draft_file").execute(&mut *transaction).await.map_err(&failed)?;
                transaction.commit().await.map_err(&failed)
            }

            async fn draft_files(&self) -> Result<Vec<FileRow>, StoreError> {
                let rows = sqlx::query("SELECT name, content FROM draft_file ORDER BY name")
                    .fetch_all(&self.0)
                    .await
                    .map_err(failed("find the draft's files"))?;
                Ok(rows.into_iter().map(|row| FileRow { name: row.get(0), content: row.get(1) }).collect())
            }

            async fn put_draft_file(&self, file: &FileRow) -> Result<(), StoreError> {
                sqlx::query(
                    "INSERT INTO draft_file (name, content) VALUES ($1, $2) \
                     ON CONFLICT (name) DO UPDATE SET content = excluded.content",
                )
                .bind(&file.name)
                .bind(&file.content)
                .execute(&self.0)
                .await
                .map(drop)
                .map_err(failed("keep a file"))
            }

            async fn delete_draft_file(&self, name: &str) -> Result<(), StoreError> {
                sqlx::query("DELETE FROM draft_file WHERE name = $1")
                    .bind(name)
                    .execute(&self.0)
                    .await
                    .map(drop)
                    .map_err(failed("remove a file"))
            }
        }

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
