//! A stand-in for `OpenID` Connect providers, for answers that the lab's real one cannot be made to
//! give: those of other makes, and those of broken ones.

use super::standin_web::{Asked, json, page, redirect};
use axum::response::Response;
use serde_json::{Value, json as value};

/// Answers as a provider does with which all is well.
pub(crate) fn usual(asked: &Asked) -> Response {
    match asked.path.as_str() {
        "/.well-known/openid-configuration" => json(200, &description(asked, "http")),
        "/keys" => json(200, &value!({ "keys": [key("RSA", "RS256")] })),
        "/token" => json(400, &value!({ "error": "invalid_grant" })),
        "/login" => login(asked, "login_required"),
        "/who" => json(401, &value!({ "error": "invalid_token" })),
        _ => page(404, "<h1>Not Found</h1>"),
    }
}

/// What the provider says of itself.
pub(crate) fn description(asked: &Asked, scheme: &str) -> Value {
    let at = format!("{scheme}://{}", asked.header("host"));
    value!({
        "issuer": at,
        "authorization_endpoint": format!("{at}/login"),
        "token_endpoint": format!("{at}/token"),
        "jwks_uri": format!("{at}/keys"),
        "userinfo_endpoint": format!("{at}/who"),
        "response_types_supported": ["code"],
        "scopes_supported": ["openid", "profile", "email"],
        "id_token_signing_alg_values_supported": ["RS256"],
    })
}

/// The provider's description with one entry changed, or taken out with `null`.
pub(crate) fn described(asked: &Asked, name: &str, changed: Value) -> Response {
    let mut described = description(asked, "http");
    described[name] = changed;
    json(200, &described)
}

/// A key of this kind, of which only the outside is looked at.
pub(crate) fn key(kind: &str, algorithm: &str) -> Value {
    value!({ "kty": kind, "alg": algorithm, "use": "sig", "kid": "lab", "e": "AQAB", "n": "sXch" })
}

/// Sends a user back with this error.
pub(crate) fn login(asked: &Asked, error: &str) -> Response {
    let address = asked.parameter("redirect_uri").unwrap_or_default();
    let address = address.replace("%3A", ":").replace("%2F", "/");
    redirect(&format!("{address}?error={error}&state=quay-console"))
}
