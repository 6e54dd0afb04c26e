//! What holds for every request: headers, and where a change may come from.

use super::plain;
use crate::state::AppState;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The policy of every answer that is not a page.
const NOTHING: &str =
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
/// What a page of this program never needs.
const PERMISSIONS: &str = "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), \
     magnetometer=(), microphone=(), midi=(), payment=(), usb=()";

/// Puts the protective headers on every answer.
pub async fn headers(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let mut put = |name: HeaderName, value: &'static str| {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    };
    put(header::CONTENT_SECURITY_POLICY, NOTHING);
    put(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(header::REFERRER_POLICY, "no-referrer");
    put(HeaderName::from_static("permissions-policy"), PERMISSIONS);
    put(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    put(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    put(header::X_FRAME_OPTIONS, "DENY");
    put(header::CACHE_CONTROL, "no-store");
    if state.tls {
        put(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    response
}

/// Lets a request that changes something pass only when one of our own pages sent it.
pub async fn same_origin(request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if reads || is_own(request.headers(), authority(&request)) {
        next.run(request).await
    } else {
        refused()
    }
}

/// Lets a request that carries a password by itself pass unless another site's page sent it.
///
/// A browser that remembers the password adds it to whatever any site asks for, reading included.
pub async fn no_other_site(request: Request, next: Next) -> Response {
    if is_foreign(request.headers(), authority(&request)) {
        refused()
    } else {
        next.run(request).await
    }
}

fn authority(request: &Request) -> Option<&str> {
    request.uri().authority().map(http::uri::Authority::as_str)
}

fn refused() -> Response {
    plain::sentence(StatusCode::FORBIDDEN, "This request did not come from a page of this console.")
}

fn is_foreign(headers: &HeaderMap, authority: Option<&str>) -> bool {
    // "none" is a person who typed the address; programs send neither header.
    let typed = headers.get(&SEC_FETCH_SITE).is_some_and(|site| site == "none");
    let browser = headers.contains_key(&SEC_FETCH_SITE) || headers.contains_key(header::ORIGIN);
    browser && !typed && !is_own(headers, authority)
}

/// `authority` is what HTTP/2 has in the place of the `Host` header.
fn is_own(headers: &HeaderMap, authority: Option<&str>) -> bool {
    let text = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text(&SEC_FETCH_SITE) {
        return site == "same-origin";
    }
    match (text(&header::ORIGIN), text(&header::HOST).or(authority)) {
        (Some(origin), Some(host)) => {
            origin.split_once("://").is_some_and(|(_, from)| from == host)
        }
        (Some(_), None) => false,
        // Not a browser: without a cookie there is nothing to abuse.
        (None, _) => !headers.contains_key(header::COOKIE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers_of(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pairs = pairs
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        pairs.collect()
    }

    fn own(pairs: &[(&'static str, &'static str)]) -> bool {
        is_own(&headers_of(pairs), None)
    }

    #[test]
    fn only_our_own_pages_may_change_something() {
        assert!(own(&[("sec-fetch-site", "same-origin")]));
        assert!(own(&[("origin", "https://quay:8080"), ("host", "quay:8080")]));
        assert!(own(&[("host", "quay:8080")]));
        assert!(!own(&[
            ("sec-fetch-site", "cross-site"),
            ("origin", "https://quay:8080"),
            ("host", "quay:8080")
        ]));
        assert!(!own(&[("sec-fetch-site", "same-site")]));
        assert!(!own(&[("origin", "https://evil.example"), ("host", "quay:8080")]));
        assert!(!own(&[("origin", "null"), ("host", "quay:8080")]));
        assert!(!own(&[("host", "quay:8080"), ("cookie", "quay-console=x")]));
    }

    #[test]
    fn a_program_is_not_another_site() {
        let foreign = |pairs: &[(&'static str, &'static str)]| is_foreign(&headers_of(pairs), None);
        assert!(!foreign(&[("host", "quay:8080"), ("cookie", "quay-console=x")]));
        assert!(!foreign(&[("sec-fetch-site", "none"), ("host", "quay:8080")]));
        assert!(!foreign(&[("origin", "https://quay:8080"), ("host", "quay:8080")]));
        assert!(foreign(&[("origin", "https://evil.example"), ("host", "quay:8080")]));
        assert!(foreign(&[("sec-fetch-site", "cross-site"), ("host", "quay:8080")]));
        assert!(foreign(&[("sec-fetch-site", "same-site"), ("host", "quay:8080")]));
    }
}
