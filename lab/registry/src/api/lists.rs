//! Lists of repositories and tags, page by page.

use super::error::ApiError;
use super::{Call, named};
use crate::catalog;
use crate::registry::Registry;
use axum::Json;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// Entries of a page unless the client asks for fewer, as with Quay.
const PAGE: usize = 50;
/// Entries of a page that a client may ask for.
const PAGE_MAX: usize = 100;

/// `/v2/_catalog`.
pub(super) async fn repositories(registry: &Registry, call: &Call) -> Result<Response, ApiError> {
    let (count, last) = wanted(call);
    let found = catalog::repositories(&registry.database, last, limit(count)).await?;
    let (found, next) = page(found, count, "/v2/_catalog");
    Ok(named("v2.catalog_search", with_next(&json!({"repositories": found}), next)))
}

/// `/v2/.../tags/list`.
pub(super) async fn tags(
    registry: &Registry,
    repository: &str,
    call: &Call,
) -> Result<Response, ApiError> {
    let (count, last) = wanted(call);
    let found = catalog::tags(&registry.database, repository, last, limit(count)).await?;
    if found.is_empty() && !catalog::has(&registry.database, repository).await? {
        return Err(ApiError::no_repository());
    }
    let (found, next) = page(found, count, &format!("/v2/{repository}/tags/list"));
    let body = json!({"name": repository, "tags": found});
    Ok(named("v2.list_all_tags", with_next(&body, next)))
}

/// How many entries, and after which one.
fn wanted(call: &Call) -> (usize, &str) {
    let count = call.asked("n").and_then(|text| text.parse().ok()).unwrap_or(PAGE);
    (count.clamp(1, PAGE_MAX), call.asked("last").unwrap_or_default())
}

/// One more than wanted, to know whether there are more.
fn limit(count: usize) -> i64 {
    i64::try_from(count + 1).unwrap_or(i64::MAX)
}

/// The entries of a page, and where the next one is.
fn page(mut found: Vec<String>, count: usize, path: &str) -> (Vec<String>, Option<String>) {
    let has_more = found.len() > count;
    found.truncate(count);
    let next = found.last().filter(|_| has_more);
    let next = next.map(|last| format!("<{path}?n={count}&last={last}>; rel=\"next\""));
    (found, next)
}

fn with_next(body: &Value, next: Option<String>) -> Response {
    match next {
        Some(next) => ([(header::LINK, next)], Json(body)).into_response(),
        None => Json(body).into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_says_where_the_next_one_is() {
        let all = ["a", "b", "c"].map(str::to_owned).to_vec();
        let (found, next) = page(all.clone(), 2, "/v2/_catalog");
        assert_eq!(found, ["a", "b"]);
        assert_eq!(next.as_deref(), Some("</v2/_catalog?n=2&last=b>; rel=\"next\""));
        assert_eq!(page(all.clone(), 3, "/v2/_catalog"), (all, None));
    }
}
