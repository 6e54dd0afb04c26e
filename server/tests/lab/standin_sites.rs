//! Stand-ins for GitHub, GitLab, Google and Bitbucket: they give the answers that the sites
//! document, for one application that is registered there.

use super::standin_web::{Asked, json, page};
use axum::http::HeaderValue;
use axum::response::Response;
use serde_json::json as value;

/// The ID of the application that the sites know.
pub(crate) const CLIENT: &str = "lab.apps.googleusercontent.com";
/// Its secret.
pub(crate) const SECRET: &str = "secret-of-the-lab";
/// The registry that it is registered for.
pub(crate) const REGISTRY: &str = "https://quay.example.com/oauth2";
/// An ID whose requests are too many.
pub(crate) const BUSY: &str = "busy";
/// An ID at which a site breaks.
pub(crate) const BREAKING: &str = "breaking";
/// The ID of an application that is not for web servers.
pub(crate) const DESKTOP: &str = "desktop";
/// The names of all sites.
pub(crate) const NAMES: [&str; 7] = [
    "github.com",
    "api.github.com",
    "git.example.com",
    "gitlab.com",
    "accounts.google.com",
    "www.googleapis.com",
    "bitbucket.org",
];

/// Answers as the site does whose name is asked for.
pub(crate) fn answer(asked: &Asked) -> Response {
    if asked.has("client_id", BREAKING) {
        return page(503, "Service Unavailable");
    }
    match asked.header("host") {
        "gitlab.com" => gitlab(asked),
        "accounts.google.com" | "www.googleapis.com" => google(asked),
        "bitbucket.org" => bitbucket(asked),
        _ => github(asked),
    }
}

fn is_known(asked: &Asked) -> bool {
    asked.has("client_id", CLIENT) && asked.has("client_secret", SECRET)
}

fn github(asked: &Asked) -> Response {
    let path = asked.path.strip_prefix("/api/v3").unwrap_or(&asked.path);
    let mut answer = match (asked.method.as_str(), path) {
        ("GET", "/" | "") => {
            json(200, &value!({ "current_user_url": "https://api.github.com/user" }))
        }
        ("POST", "/login/oauth/access_token") => github_code(asked),
        ("POST", path) if path.starts_with("/applications/") => {
            if path.contains(BUSY) {
                json(403, &value!({ "message": "API rate limit exceeded" }))
            } else if asked.is_from(CLIENT, SECRET) || asked.is_from(DESKTOP, SECRET) {
                json(404, &value!({ "message": "Not Found" }))
            } else {
                json(401, &value!({ "message": "Bad credentials" }))
            }
        }
        ("GET", "/orgs/lab") => json(200, &value!({ "login": "lab" })),
        ("GET", path) if path.starts_with("/orgs/team-") => {
            json(200, &value!({ "login": path.trim_start_matches("/orgs/") }))
        }
        ("GET", "/orgs/hidden") => json(401, &value!({ "message": "Requires authentication" })),
        ("GET", path) if path.starts_with("/orgs/") => {
            json(404, &value!({ "message": "Not Found" }))
        }
        _ => page(404, "<h1>Not Found</h1>"),
    };
    answer.headers_mut().insert("x-github-request-id", HeaderValue::from_static("LAB:1"));
    answer
}

/// As documented under "Troubleshooting OAuth app access token request errors".
fn github_code(asked: &Asked) -> Response {
    let below = ["", "/trigger"].map(|suffix| format!("{REGISTRY}/github/callback{suffix}"));
    let error = if asked.has("client_id", DESKTOP) {
        "unauthorized_client"
    } else if asked.has("client_id", BUSY) {
        "bad_verification_code"
    } else if !asked.has("client_id", CLIENT) {
        return json(404, &value!({ "error": "Not Found" }));
    } else if !is_known(asked) {
        "incorrect_client_credentials"
    } else if !below.iter().any(|address| asked.has("redirect_uri", address)) {
        "redirect_uri_mismatch"
    } else {
        "bad_verification_code"
    };
    json(200, &value!({ "error": error, "error_description": "See the documentation." }))
}

fn gitlab(asked: &Asked) -> Response {
    if asked.path != "/oauth/token" {
        return page(404, "<h1>404: Page not found</h1>");
    }
    if asked.has("client_id", BUSY) {
        return page(429, "Retry later");
    }
    if is_known(asked) {
        let words = "The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client.";
        return json(400, &value!({ "error": "invalid_grant", "error_description": words }));
    }
    let words = "Client authentication failed due to unknown client, no client authentication included, or unsupported authentication method.";
    json(401, &value!({ "error": "invalid_client", "error_description": words }))
}

fn google(asked: &Asked) -> Response {
    if !["/o/oauth2/token", "/oauth2/v3/token"].contains(&asked.path.as_str()) {
        return page(404, "<title>Error 404 (Not Found)!!1</title>");
    }
    let (status, error, words) = if asked.has("client_id", DESKTOP) {
        (400, "unauthorized_client", "Unauthorized")
    } else if !asked.has("client_id", CLIENT) {
        (401, "invalid_client", "The OAuth client was not found.")
    } else if !is_known(asked) {
        (401, "invalid_client", "Unauthorized")
    } else if !asked.has("redirect_uri", &format!("{REGISTRY}/google/callback")) {
        (400, "redirect_uri_mismatch", "Bad Request")
    } else {
        (400, "invalid_grant", "Malformed auth code.")
    };
    json(status, &value!({ "error": error, "error_description": words }))
}

fn bitbucket(asked: &Asked) -> Response {
    let (error, words) = if asked.is_from(CLIENT, SECRET) {
        ("invalid_grant", "The specified code is not valid.")
    } else {
        ("unauthorized_client", "Invalid OAuth client credentials")
    };
    json(400, &value!({ "error": error, "error_description": words }))
}
