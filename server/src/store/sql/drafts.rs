//! The configuration being edited, over a pool.

/// Adds or replaces a file.
pub(super) const PUT_FILE: &str = "INSERT INTO draft_file (name, content) VALUES ($1, $2) \
     ON CONFLICT (name) DO UPDATE SET content = excluded.content";
/// Adds a state of the draft.
pub(super) const PUT_STEP: &str =
    "INSERT INTO draft_step (position, made_at, label, content) VALUES ($1, $2, $3, $4)";

/// Puts files within a transaction.
macro_rules! put_files {
    ($transaction:ident, $files:expr, $failed:expr) => {
        for file in $files {
            sqlx::query(PUT_FILE)
                .bind(&file.name)
                .bind(&file.content)
                .execute(&mut *$transaction)
                .await
                .map_err($failed)?;
        }
    };
}
pub(super) use put_files;

/// Puts a state of the draft within a transaction.
macro_rules! put_step {
    ($transaction:ident, $step:expr, $failed:expr) => {
        sqlx::query(PUT_STEP)
            .bind($step.position)
            .bind($step.made_at)
            .bind(&$step.label)
            .bind(&$step.content)
            .execute(&mut *$transaction)
            .await
            .map_err($failed)?
    };
}
pub(super) use put_step;

/// The configuration being edited, over a pool.
macro_rules! drafts_over {
    ($store:ident) => {
        #[async_trait]
        impl Drafts for $store {
            async fn draft(&self) -> Result<Option<DraftRow>, StoreError> {
                let row = sqlx::query("SELECT version, saved_at, origin, content, step FROM draft WHERE id = 1")
                    .fetch_optional(&self.0)
                    .await
                    .map_err(failed("find the draft"))?;
                Ok(row.map(|row| DraftRow {
                    version: row.get(0),
                    saved_at: row.get(1),
                    origin: row.get(2),
                    content: row.get(3),
                    step: row.get(4),
                }))
            }

            async fn begin_draft(
                &self,
                draft: &DraftRow,
                files: &[FileRow],
                step: &StepRow,
            ) -> Result<(), StoreError> {
                let failed = failed("begin a draft");
                let mut transaction = self.0.begin().await.map_err(&failed)?;
                for clearing in ["DELETE FROM draft", "DELETE FROM draft_file", "DELETE FROM draft_step"] {
                    sqlx::query(clearing).execute(&mut *transaction).await.map_err(&failed)?;
                }
                sqlx::query(
                    "INSERT INTO draft (id, version, saved_at, origin, content, step) \
                     VALUES (1, $1, $2, $3, $4, $5)",
                )
                .bind(draft.version)
                .bind(draft.saved_at)
                .bind(&draft.origin)
                .bind(&draft.content)
                .bind(draft.step)
                .execute(&mut *transaction)
                .await
                .map_err(&failed)?;
                put_files!(transaction, files, &failed);
                put_step!(transaction, step, &failed);
                transaction.commit().await.map_err(&failed)
            }

            async fn update_draft(&self, expected: i64, change: &DraftChange) -> Result<bool, StoreError> {
                let failed = failed("save the draft");
                let DraftChange { draft, files, removed, step } = change;
                let mut transaction = self.0.begin().await.map_err(&failed)?;
                let done = sqlx::query(
                    "UPDATE draft SET version = $1, saved_at = $2, origin = $3, content = $4, step = $5 \
                     WHERE id = 1 AND version = $6",
                )
                .bind(draft.version)
                .bind(draft.saved_at)
                .bind(&draft.origin)
                .bind(&draft.content)
                .bind(draft.step)
                .bind(expected)
                .execute(&mut *transaction)
                .await
                .map_err(&failed)?;
                if done.rows_affected() != 1 {
                    return Ok(false);
                }
                for name in removed {
                    sqlx::query("DELETE FROM draft_file WHERE name = $1")
                        .bind(name)
                        .execute(&mut *transaction)
                        .await
                        .map_err(&failed)?;
                }
                put_files!(transaction, files, &failed);
                if let Some(step) = step {
                    // What was undone and then changed cannot be redone; what is long past goes.
                    sqlx::query("DELETE FROM draft_step WHERE position >= $1 OR position < $2")
                        .bind(step.position)
                        .bind(step.position - STEPS_MAX)
                        .execute(&mut *transaction)
                        .await
                        .map_err(&failed)?;
                    put_step!(transaction, step, &failed);
                }
                transaction.commit().await.map_err(&failed)?;
                Ok(true)
            }

            async fn draft_files(&self) -> Result<Vec<FileRow>, StoreError> {
                let rows = sqlx::query("SELECT name, content FROM draft_file ORDER BY name")
                    .fetch_all(&self.0)
                    .await
                    .map_err(failed("find the draft's files"))?;
                Ok(rows.into_iter().map(|row| FileRow { name: row.get(0), content: row.get(1) }).collect())
            }

            async fn step(&self, position: i64) -> Result<Option<StepRow>, StoreError> {
                let row = sqlx::query(
                    "SELECT position, made_at, label, content FROM draft_step WHERE position = $1",
                )
                .bind(position)
                .fetch_optional(&self.0)
                .await
                .map_err(failed("find an earlier state of the draft"))?;
                Ok(row.map(|row| StepRow {
                    position: row.get(0),
                    made_at: row.get(1),
                    label: row.get(2),
                    content: row.get(3),
                }))
            }

            async fn steps(&self) -> Result<Option<(i64, i64)>, StoreError> {
                let row = sqlx::query("SELECT MIN(position), MAX(position) FROM draft_step")
                    .fetch_one(&self.0)
                    .await
                    .map_err(failed("count the states of the draft"))?;
                let (first, last): (Option<i64>, Option<i64>) = (row.get(0), row.get(1));
                Ok(first.zip(last))
            }
        }
    };
}
pub(super) use drafts_over;
