//! A token of the service, checked as Quay checks it.

use super::{
    RESULTS_MISSING, TOKEN_FOR_OTHERS, TOKEN_MISSING, TOKEN_NOT_RS256, TOKEN_OF_OTHER_ISSUER,
    TOKEN_OF_OTHER_KEY, TOKEN_OUT_OF_TIME,
};
use crate::checks::fault::Told;
use crate::clients::http::Answer;
use config_model::sections::jwt::JWT_CERT;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde_json::Value as Json;

/// Whom a token for a search is meant for.
const AUDIENCE: &str = "quay.io/jwtauthn/query";
/// Seconds by which our own clock may have been read too early.
const LATE: i64 = 60;

/// What a token must be like.
pub(super) struct Wanted<'a> {
    /// Signed with the private half of this.
    pub(super) key: &'a DecodingKey,
    /// By this name.
    pub(super) issuer: &'a str,
    /// Good for at most so many seconds.
    pub(super) fresh: i64,
    /// And at this moment.
    pub(super) now: i64,
}

/// Checks the token in an answer, in the order in which Quay does.
pub(super) fn check(answer: &Answer, wanted: &Wanted<'_>) -> Result<(), Told> {
    let missing = || TOKEN_MISSING.with(&[("form", r#"{"token": "..."}"#)]);
    let json = answer.json().ok_or_else(missing)?;
    let token = json.get("token").and_then(Json::as_str).ok_or_else(missing)?;
    let algorithm = decode_header(token).map_err(|_| missing())?.alg;
    if algorithm != Algorithm::RS256 {
        let signature = format!("{algorithm:?}");
        return Err(TOKEN_NOT_RS256.with(&[("signature", signature.as_str())]));
    }
    let claims = decode::<Json>(token, wanted.key, &signature_only())
        .map_err(|_| TOKEN_OF_OTHER_KEY.with(&[("file", JWT_CERT.name)]))?
        .claims;
    times(&claims, wanted)?;
    let issuer = claims.get("iss").and_then(Json::as_str).unwrap_or("nothing");
    if issuer != wanted.issuer {
        let places = [("issuer", issuer), ("wanted", wanted.issuer)];
        return Err(TOKEN_OF_OTHER_ISSUER.with(&places));
    }
    let audience = audience(&claims);
    if !audience.contains(&AUDIENCE) {
        let audience = if audience.is_empty() { "nobody".to_owned() } else { audience.join(", ") };
        let places = [("audience", audience.as_str()), ("wanted", AUDIENCE)];
        return Err(TOKEN_FOR_OTHERS.with(&places));
    }
    if claims.get("results").is_some_and(Json::is_array) {
        Ok(())
    } else {
        Err(RESULTS_MISSING.told())
    }
}

/// The library checks the signature; what else is wrong is told apart here.
fn signature_only() -> Validation {
    let mut validation = Validation::new(Algorithm::RS256);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation
}

fn audience(claims: &Json) -> Vec<&str> {
    match claims.get("aud") {
        Some(Json::String(one)) => vec![one.as_str()],
        Some(Json::Array(several)) => several.iter().filter_map(Json::as_str).collect(),
        _ => Vec::new(),
    }
}

fn times(claims: &Json, wanted: &Wanted<'_>) -> Result<(), Told> {
    let seconds = wanted.fresh.to_string();
    let told =
        |reason: &str| TOKEN_OUT_OF_TIME.with(&[("reason", reason), ("seconds", seconds.as_str())]);
    let moment = |name: &str| {
        let found = claims.get(name).and_then(Json::as_f64);
        found.and_then(|seconds| format!("{seconds:.0}").parse::<i64>().ok())
    };
    let (Some(begin), Some(made), Some(end)) = (moment("nbf"), moment("iat"), moment("exp")) else {
        return Err(told("nbf, iat or exp is missing"));
    };
    if end < wanted.now {
        return Err(told("it has expired already"));
    }
    if begin.max(made) > wanted.now.saturating_add(LATE) {
        return Err(told("it begins in the future"));
    }
    if end > made.saturating_add(wanted.fresh) {
        return Err(told("it is good for too long"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn reason(claims: &Json) -> String {
        let key = DecodingKey::from_secret(b"");
        let wanted = Wanted { key: &key, issuer: "", fresh: 300, now: 1_000 };
        times(claims, &wanted)
            .err()
            .map(|told| told.problem("", str::to_owned).message)
            .unwrap_or_default()
    }

    #[test]
    fn the_times_are_those_of_now() {
        assert_eq!(reason(&json!({"nbf": 1000, "iat": 1000, "exp": 1300})), "");
        for (claims, words) in [
            (json!({"iat": 1000, "exp": 1300}), "missing"),
            (json!({"nbf": 500, "iat": 500, "exp": 800}), "expired"),
            (json!({"nbf": 5000, "iat": 1000, "exp": 1300}), "future"),
            (json!({"nbf": 1000, "iat": 1000, "exp": 1301}), "too long"),
        ] {
            assert!(reason(&claims).contains(words), "{claims}: {}", reason(&claims));
        }
    }

    #[test]
    fn an_audience_may_be_one_or_several() {
        assert_eq!(audience(&json!({"aud": "a"})), ["a"]);
        assert_eq!(audience(&json!({"aud": ["a", "b"]})), ["a", "b"]);
        assert_eq!(audience(&json!({})), [""; 0]);
    }
}
