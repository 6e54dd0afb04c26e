//! What was loaded, downloaded and saved, over a pool.

/// What was loaded, downloaded and saved, over a pool.
macro_rules! revisions_over {
    ($store:ident) => {
        #[async_trait]
        impl Revisions for $store {
            async fn add_revision(&self, revision: &NewRevision) -> Result<i64, StoreError> {
                let failed = failed("keep a revision");
                let mut transaction = self.0.begin().await.map_err(&failed)?;
                let row = sqlx::query("SELECT COALESCE(MAX(id), 0) + 1 FROM revision")
                    .fetch_one(&mut *transaction)
                    .await
                    .map_err(&failed)?;
                let id: i64 = row.get(0);
                sqlx::query(
                    "INSERT INTO revision (id, made_at, author, action, reason, content) \
                     VALUES ($1, $2, $3, $4, $5, $6)",
                )
                .bind(id)
                .bind(revision.made_at)
                .bind(&revision.author)
                .bind(&revision.action)
                .bind(&revision.reason)
                .bind(&revision.content)
                .execute(&mut *transaction)
                .await
                .map_err(&failed)?;
                sqlx::query("DELETE FROM revision WHERE id <= $1")
                    .bind(id - REVISIONS_MAX)
                    .execute(&mut *transaction)
                    .await
                    .map_err(&failed)?;
                transaction.commit().await.map_err(&failed)?;
                Ok(id)
            }

            async fn revisions(&self) -> Result<Vec<RevisionRow>, StoreError> {
                let rows = sqlx::query(
                    "SELECT id, made_at, author, action, reason FROM revision ORDER BY id DESC",
                )
                .fetch_all(&self.0)
                .await
                .map_err(failed("list the revisions"))?;
                Ok(rows
                    .into_iter()
                    .map(|row| RevisionRow {
                        id: row.get(0),
                        made_at: row.get(1),
                        author: row.get(2),
                        action: row.get(3),
                        reason: row.get(4),
                    })
                    .collect())
            }

            async fn revision_content(&self, id: i64) -> Result<Option<Vec<u8>>, StoreError> {
                let row = sqlx::query("SELECT content FROM revision WHERE id = $1")
                    .bind(id)
                    .fetch_optional(&self.0)
                    .await
                    .map_err(failed("find a revision"))?;
                Ok(row.map(|row| row.get(0)))
            }
        }
    };
}
pub(super) use revisions_over;
