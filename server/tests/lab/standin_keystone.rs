//! A stand-in for Keystone of version 2, which no system of today has any more; and for answers
//! that a real Keystone cannot be made to give.

use super::standin_web::{Asked, json};
use axum::response::Response;
use serde_json::{Value, json as value};

/// The account that the stand-in knows.
pub(crate) const USER: &str = "quay";
/// Its password.
pub(crate) const PASSWORD: &str = "password-of-the-lab";
/// Its tenant.
pub(crate) const TENANT: &str = "service";

/// Answers as Keystone did in version 2, as its documentation has it.
pub(crate) fn version_2(asked: &Asked) -> Response {
    let sent: Value = serde_json::from_str(&asked.body).unwrap_or_default();
    let text = |pointer: &str| sent.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let refused = value!({ "error": {
        "code": 401, "title": "Not Authorized",
        "message": "The request you have made requires authentication.",
    } });
    match asked.path.as_str() {
        "/v2.0" => json(200, &value!({ "version": { "id": "v2.0", "status": "stable" } })),
        "/v2.0/tokens" => {
            let password = text("/auth/passwordCredentials/password");
            let tenant = text("/auth/tenantName");
            if password != PASSWORD || !["", TENANT].contains(&tenant) {
                return json(401, &refused);
            }
            let admin = format!("http://{}/v2.0", asked.header("host"));
            json(
                200,
                &value!({ "access": {
                "token": { "id": "token-of-the-lab" },
                "user": { "id": "1", "name": USER },
                "serviceCatalog": [
                    { "type": "identity", "endpoints": [{ "adminURL": admin }] },
                ],
            } }),
            )
        }
        "/v2.0/users/1" if asked.header("x-auth-token") == "token-of-the-lab" => {
            json(200, &value!({ "user": { "id": "1", "name": USER } }))
        }
        _ => json(404, &value!({ "error": { "code": 404, "message": "Not Found" } })),
    }
}
