//! What the provider says of itself.

use super::provider::Provider;
use super::{
    CLOCK_DIFFERS, CODE_NOT_OFFERED, DISCOVERY_REFUSED, EMAIL_NOT_ASKED, ISSUER_DIFFERS,
    ISSUER_NOT_TAKEN, NO_DISCOVERY, NO_PROVIDER, OPENID_NOT_ASKED, PAGE_IN_CLEAR, PAGE_MISSING,
    PROVIDER_ILL, SCOPE_NOT_OFFERED, SIGNATURE_UNKNOWN,
};
use crate::checks::INCOMPLETE;
use crate::checks::course::{Course, Done, Stopped};
use crate::checks::shell::shell_quoted;
use crate::checks::sign_in::visit::{Ask, Place, Visit};
use crate::checks::sign_in::{JSON, ahead, said};
use crate::clients::http::Answer;
use cluster::check::StageKind;
use http::StatusCode;
use serde_json::Value as Json;

/// Seconds by which two clocks may differ. Quay allows 30; the rest is our own delay.
const APART_MAX: i64 = 60;
/// What is asked for where neither side names scopes.
const USUAL_SCOPES: [&str; 3] = ["openid", "profile", "email"];
/// The signatures that Quay takes.
pub(super) const SIGNATURES: [&str; 2] = ["RS256", "RS384"];

/// The pages of a provider.
pub(super) struct Found {
    /// Where users log in.
    pub(super) login: Place,
    /// Where codes become tokens.
    pub(super) tokens: Place,
    /// Where its keys are.
    pub(super) keys: Place,
    /// Where it says who a user is, if anywhere.
    pub(super) who: Option<Place>,
    /// The scopes that Quay is going to ask for.
    pub(super) scopes: Vec<String>,
}

/// Reads the provider's description, and looks whether Quay can work with it.
pub(super) async fn discover(
    course: &Course,
    visit: &mut Visit,
    provider: &Provider,
) -> Result<Found, Stopped> {
    let Some(place) = provider.discovery() else {
        let step = course.begin(StageKind::Settings, "the server address");
        return Err(step.fail("", INCOMPLETE.with(&[("what", "the server address")])));
    };
    let mut ask = Ask::get(StageKind::Service, format!("GET {place}"), &[JSON]);
    ask.checked = !provider.trusting;
    let (step, answer) = visit.ask(&place, &ask).await?;
    let (url, status) = (place.to_string(), answer.status.to_string());
    let quoted = shell_quoted(&url);
    let places = [("url", url.as_str()), ("quoted", &quoted), ("status", &status)];
    let described = answer.json().filter(Json::is_object);
    let fault = match answer.status {
        status if status.is_success() && described.is_some() => None,
        status if status.is_success() => Some(&NO_DISCOVERY),
        status if status.is_server_error() => Some(&PROVIDER_ILL),
        StatusCode::NOT_FOUND => Some(&NO_PROVIDER),
        _ => Some(&DISCOVERY_REFUSED),
    };
    if let Some(fault) = fault {
        return Err(step.fail(said(&answer), fault.with(&places)));
    }
    step.pass(status);
    let described = described.unwrap_or_default();
    clocks(course, &answer);
    issuer(course, provider, &described)?;
    let pages = pages(course, provider, &described)?;
    flow(course, &described)?;
    let scopes = scopes(course, provider, &described)?;
    let [login, tokens, keys] = pages;
    let who = described.get("userinfo_endpoint").and_then(Json::as_str).and_then(Place::of);
    Ok(Found { login, tokens, keys, who, scopes })
}

fn clocks(course: &Course, answer: &Answer) {
    let Some(ahead) = ahead(answer, course.now()) else { return };
    let step = course.begin(StageKind::Service, "what time it is there");
    if ahead.abs() <= APART_MAX {
        return step.pass(answer.header("date"));
    }
    let direction = if ahead > 0 { "ahead of" } else { "behind" };
    let seconds = ahead.abs().to_string();
    let places = [("seconds", seconds.as_str()), ("direction", direction)];
    step.warn(answer.header("date"), CLOCK_DIFFERS.with(&places));
}

fn issuer(course: &Course, provider: &Provider, described: &Json) -> Done {
    let issuer = described.get("issuer").and_then(Json::as_str).unwrap_or("nothing");
    let step = course.begin(StageKind::Service, "what the provider calls itself (issuer)");
    let taken = provider.issuers.join(", ");
    let places =
        [("issuer", issuer), ("server", provider.server.as_str()), ("taken", taken.as_str())];
    if !provider.is_at(issuer) {
        return Err(step.fail(issuer, ISSUER_DIFFERS.with(&places)));
    }
    if provider.takes(issuer) {
        step.pass(issuer);
    } else {
        step.warn(issuer, ISSUER_NOT_TAKEN.with(&places));
    }
    Ok(())
}

/// The pages for log-in, tokens and keys.
fn pages(course: &Course, provider: &Provider, described: &Json) -> Result<[Place; 3], Stopped> {
    let page = |name: &'static str| {
        let url = described.get(name).and_then(Json::as_str).unwrap_or_default();
        let step = course.begin(StageKind::Service, format!("the address of {name}"));
        let Some(place) = Place::of(url) else {
            return Err(step.fail(url, PAGE_MISSING.with(&[("name", name)])));
        };
        if place.origin.tls || provider.trusting {
            step.pass(url);
        } else {
            step.warn(url, PAGE_IN_CLEAR.with(&[("name", name), ("url", url)]));
        }
        Ok(place)
    };
    Ok([page("authorization_endpoint")?, page("token_endpoint")?, page("jwks_uri")?])
}

/// The texts of a list, `None` if there is no such list.
fn list<'a>(described: &'a Json, name: &str) -> Option<Vec<&'a str>> {
    let items = described.get(name)?.as_array()?;
    Some(items.iter().filter_map(Json::as_str).collect())
}

/// Whether users can be logged in with codes, and the tokens be checked.
fn flow(course: &Course, described: &Json) -> Done {
    let step = course.begin(StageKind::Service, "log-in with codes (response_types_supported)");
    let offered = list(described, "response_types_supported").unwrap_or_else(|| vec!["code"]);
    let shown = offered.join(", ");
    if !offered.contains(&"code") {
        return Err(step.fail(&shown, CODE_NOT_OFFERED.with(&[("offered", &shown)])));
    }
    step.pass(shown);
    let name = "id_token_signing_alg_values_supported";
    let step = course.begin(StageKind::Service, format!("signatures ({name})"));
    let offered = list(described, name).unwrap_or_else(|| vec![SIGNATURES[0]]);
    let shown = offered.join(", ");
    if !offered.iter().any(|signature| SIGNATURES.contains(signature)) {
        return Err(step.fail(&shown, SIGNATURE_UNKNOWN.with(&[("offered", &shown)])));
    }
    step.pass(shown);
    Ok(())
}

/// The scopes that Quay asks for: those that are configured, as far as the provider offers them.
fn scopes(course: &Course, provider: &Provider, described: &Json) -> Result<Vec<String>, Stopped> {
    let step = course.begin(StageKind::Service, "scopes (scopes_supported)");
    let offered = list(described, "scopes_supported").unwrap_or_else(|| USUAL_SCOPES.to_vec());
    let wanted: Vec<&str> = match provider.scopes.as_slice() {
        [] => offered.clone(),
        scopes => scopes.iter().map(String::as_str).collect(),
    };
    let (asked, left): (Vec<&str>, Vec<&str>) =
        wanted.into_iter().partition(|scope| offered.contains(scope));
    let answer = format!("offered: {}", offered.join(", "));
    if !asked.contains(&"openid") {
        return Err(step.fail(answer, OPENID_NOT_ASKED.told()));
    }
    let left = left.join(", ");
    if !left.is_empty() {
        step.warn(answer, SCOPE_NOT_OFFERED.with(&[("scopes", &left)]));
    } else if provider.mailing && !asked.contains(&"email") {
        step.warn(answer, EMAIL_NOT_ASKED.told());
    } else {
        step.pass(answer);
    }
    Ok(asked.into_iter().map(str::to_owned).collect())
}
