//! Log-in sessions and failures over a pool.

/// Log-in sessions and failures over a pool.
macro_rules! sessions_over {
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
    };
}
pub(super) use sessions_over;
