//! Manifests and tags: kept in the database, as with Quay, so that all nodes have the same.

use crate::api::place::Digest;
use sqlx::Row as _;
use sqlx::postgres::PgPool;

/// Manifests of all repositories together; a trial has far fewer.
const MANIFESTS_MAX: i64 = 10_000;

/// A manifest as it was pushed.
pub(crate) struct Manifest {
    /// Its name.
    pub(crate) digest: Digest,
    /// Its kind.
    pub(crate) media_type: String,
    /// Its text, to the byte.
    pub(crate) content: Vec<u8>,
}

/// Keeps a manifest, and a tag that leads to it; false when there are too many already.
pub(crate) async fn put(
    database: &PgPool,
    repository: &str,
    tag: Option<&str>,
    manifest: &Manifest,
) -> Result<bool, sqlx::Error> {
    let mut change = database.begin().await?;
    let count: i64 =
        sqlx::query_scalar("SELECT COUNT(*) FROM standin_manifest").fetch_one(&mut *change).await?;
    if count >= MANIFESTS_MAX {
        return Ok(false);
    }
    let digest = manifest.digest.to_string();
    sqlx::query(
        "INSERT INTO standin_manifest (repository, digest, media_type, content) \
         VALUES ($1, $2, $3, $4) ON CONFLICT (repository, digest) DO NOTHING",
    )
    .bind(repository)
    .bind(&digest)
    .bind(&manifest.media_type)
    .bind(&manifest.content)
    .execute(&mut *change)
    .await?;
    if let Some(tag) = tag {
        sqlx::query(
            "INSERT INTO standin_tag (repository, tag, digest) VALUES ($1, $2, $3) \
             ON CONFLICT (repository, tag) DO UPDATE SET digest = excluded.digest",
        )
        .bind(repository)
        .bind(tag)
        .bind(&digest)
        .execute(&mut *change)
        .await?;
    }
    change.commit().await?;
    Ok(true)
}

/// The manifest of this name.
pub(crate) async fn manifest(
    database: &PgPool,
    repository: &str,
    digest: &Digest,
) -> Result<Option<Manifest>, sqlx::Error> {
    let row = sqlx::query(
        "SELECT media_type, content FROM standin_manifest WHERE repository = $1 AND digest = $2",
    )
    .bind(repository)
    .bind(digest.to_string())
    .fetch_optional(database)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Manifest {
        digest: digest.clone(),
        media_type: row.try_get("media_type")?,
        content: row.try_get("content")?,
    }))
}

/// Where a tag leads.
pub(crate) async fn tagged(
    database: &PgPool,
    repository: &str,
    tag: &str,
) -> Result<Option<Digest>, sqlx::Error> {
    let digest: Option<String> =
        sqlx::query_scalar("SELECT digest FROM standin_tag WHERE repository = $1 AND tag = $2")
            .bind(repository)
            .bind(tag)
            .fetch_optional(database)
            .await?;
    Ok(digest.as_deref().and_then(Digest::parse))
}

/// Tags of a repository that come after `last`, in order.
pub(crate) async fn tags(
    database: &PgPool,
    repository: &str,
    last: &str,
    count: i64,
) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT tag FROM standin_tag WHERE repository = $1 AND tag > $2 ORDER BY tag LIMIT $3",
    )
    .bind(repository)
    .bind(last)
    .bind(count)
    .fetch_all(database)
    .await
}

/// Repositories that come after `last`, in order.
pub(crate) async fn repositories(
    database: &PgPool,
    last: &str,
    count: i64,
) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT DISTINCT repository FROM standin_manifest WHERE repository > $1 \
         ORDER BY repository LIMIT $2",
    )
    .bind(last)
    .bind(count)
    .fetch_all(database)
    .await
}

/// Whether there is such a repository.
pub(crate) async fn has(database: &PgPool, repository: &str) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM standin_manifest WHERE repository = $1)")
        .bind(repository)
        .fetch_one(database)
        .await
}

/// How many repositories there are.
pub(crate) async fn repositories_count(database: &PgPool) -> Result<u64, sqlx::Error> {
    let count: i64 = sqlx::query_scalar("SELECT COUNT(DISTINCT repository) FROM standin_manifest")
        .fetch_one(database)
        .await?;
    Ok(u64::try_from(count).unwrap_or_default())
}
