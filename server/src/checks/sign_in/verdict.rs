//! What the answer to a made-up code says about who asked.

use crate::clients::http::Answer;
use http::StatusCode;
use serde_json::Value as Json;

/// What is known after a code that nobody gave was to be exchanged, by RFC 6749, 5.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::checks) enum Verdict {
    /// The code is wrong, so client and secret are not.
    Accepted,
    /// Client or secret is wrong.
    Refused,
    /// The address that users are sent back to is not registered.
    OtherAddress,
    /// The client may not log users in with a code.
    NoCodes,
    /// Nothing exchanges codes there.
    NotThere,
    /// The provider has trouble of its own.
    Ill,
    /// It may mean anything.
    Unclear,
}

impl Verdict {
    /// What an answer means.
    pub(in crate::checks) fn of(answer: &Answer) -> Self {
        let json = answer.json().unwrap_or_default();
        let text = |name: &str| json.get(name).and_then(Json::as_str).unwrap_or_default();
        let (error, described) = (text("error"), text("error_description").to_ascii_lowercase());
        let unauthorized = answer.status == StatusCode::UNAUTHORIZED;
        match error {
            "invalid_grant" | "bad_verification_code" => Self::Accepted,
            "invalid_client" | "incorrect_client_credentials" => Self::Refused,
            // Keycloak and Auth0 call wrong credentials so; the status tells it apart.
            "unauthorized_client" | "access_denied" if unauthorized => Self::Refused,
            "unauthorized_client" | "unsupported_grant_type" => Self::NoCodes,
            "redirect_uri_mismatch" | "invalid_redirect_uri" => Self::OtherAddress,
            "invalid_request" if described.contains("redirect") => Self::OtherAddress,
            "invalid_request" if described.contains("grant type") => Self::NoCodes,
            "server_error" | "temporarily_unavailable" => Self::Ill,
            _ if unauthorized => Self::Refused,
            _ => Self::by_status(answer.status),
        }
    }

    fn by_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED | StatusCode::GONE => {
                Self::NotThere
            }
            status if status.is_server_error() => Self::Ill,
            _ => Self::Unclear,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderMap;

    fn verdict(status: u16, body: &'static str) -> Verdict {
        let status = StatusCode::from_u16(status).unwrap();
        Verdict::of(&Answer { status, headers: HeaderMap::new(), body: body.into() })
    }

    #[test]
    fn what_real_providers_answer_is_understood() {
        for (status, body, expected) in [
            // oidc-provider, Google, GitLab, Auth0, Okta
            (400, r#"{"error":"invalid_grant"}"#, Verdict::Accepted),
            (403, r#"{"error":"invalid_grant"}"#, Verdict::Accepted),
            (401, r#"{"error":"invalid_client"}"#, Verdict::Refused),
            // Keycloak, with a wrong secret and with its standard flow turned off
            (401, r#"{"error":"unauthorized_client"}"#, Verdict::Refused),
            (400, r#"{"error":"unauthorized_client"}"#, Verdict::NoCodes),
            // Auth0, with a wrong secret
            (401, r#"{"error":"access_denied"}"#, Verdict::Refused),
            (403, r#"{"error":"access_denied"}"#, Verdict::Unclear),
            // Microsoft Entra ID, which looks at the code first
            (400, r#"{"error":"invalid_request"}"#, Verdict::Unclear),
            // GitHub
            (200, r#"{"error":"bad_verification_code"}"#, Verdict::Accepted),
            (200, r#"{"error":"incorrect_client_credentials"}"#, Verdict::Refused),
            (200, r#"{"error":"redirect_uri_mismatch"}"#, Verdict::OtherAddress),
            // oidc-provider
            (
                400,
                r#"{"error":"invalid_request","error_description":"requested grant type is not allowed for this client"}"#,
                Verdict::NoCodes,
            ),
            (401, "", Verdict::Refused),
            (404, "<html>", Verdict::NotThere),
            (502, "<html>", Verdict::Ill),
            (200, "<html>", Verdict::Unclear),
            (429, r#"{"error":"slow_down"}"#, Verdict::Unclear),
        ] {
            assert_eq!(verdict(status, body), expected, "{status} {body}");
        }
    }
}
