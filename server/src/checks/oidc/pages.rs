//! The pages that users and Quay are sent to: whether they know the registry's addresses.

use super::client::VERIFIER;
use super::discovery::Found;
use super::provider::Provider;
use super::{
    ATTACH_UNKNOWN, CALLBACK_UNKNOWN, CLI_UNKNOWN, CODES_NOT_ALLOWED, LOGIN_PAGE_FAILS,
    LOGIN_REFUSED, NO_USER_INFO, PKCE_WANTED, PROVIDER_ILL,
};
use crate::checks::course::{Course, Done, Step};
use crate::checks::fault::Fault;
use crate::checks::sign_in::visit::{Ask, Visit};
use crate::checks::sign_in::{JSON, form, said};
use crate::clients::http::Answer;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cluster::check::StageKind;
use config_model::rule::Severity;
use config_model::sections::oidc::PkceMethod;
use http::{Method, StatusCode};
use sha2::{Digest as _, Sha256};

/// What a provider answers when somebody would have to log in: all is well then.
const USER_NEEDED: [&str; 4] =
    ["login_required", "interaction_required", "consent_required", "account_selection_required"];
/// What follows the callback address, and what it means that it is not registered.
const CALLBACKS: [(&str, &Fault); 3] =
    [("", &CALLBACK_UNKNOWN), ("/attach", &ATTACH_UNKNOWN), ("/cli", &CLI_UNKNOWN)];

/// How pages call the address that users are sent back to, in small letters.
const ADDRESS: [&str; 8] = [
    "redirect_uri",
    "redirect uri",
    "redirect url",
    "redirect address",
    "redirection uri",
    "redirection url",
    "callback url",
    "callback address",
];
/// What they say of one that they do not take.
const COMPLAINTS: [&str; 10] = [
    "invalid",
    "mismatch",
    "not match",
    "n't match",
    "not registered",
    "unregistered",
    "not allowed",
    "not valid",
    "not in the list",
    "must be",
];
/// Bytes within which the one stands from the other.
const NEAR: usize = 80;

/// Asks the log-in page for each address, and the page that knows users.
pub(super) async fn ask(
    course: &Course,
    visit: &mut Visit,
    provider: &Provider,
    found: &Found,
) -> Done {
    let mut is_mute = false;
    for (suffix, fault) in CALLBACKS {
        let address = format!("{}{suffix}", provider.callback);
        let tried = format!("let the log-in page send a user back to {address}");
        let step = course.begin(StageKind::Service, tried);
        if is_mute {
            step.skip("the page was not reached before, so it is not asked again");
            continue;
        }
        // Without a user it shows no page and sends back at once, if only it knows the address.
        let place = found.login.with_query(&query(provider, found, &address));
        // Users open it with their browsers; that it cannot be reached from here means nothing.
        let answer = visit.quietly(&place, Method::GET, &[], String::new()).await;
        let Some(answer) = answer else {
            is_mute = true;
            step.skip("it cannot be reached from here; users reach it themselves");
            continue;
        };
        judge(step, &answer, &address, fault, provider)?;
    }
    who(visit, provider, found).await
}

/// What Quay sends a user to the log-in page with.
fn query(provider: &Provider, found: &Found, address: &str) -> String {
    let scopes = found.scopes.join(" ");
    let mut pairs = vec![
        ("response_type", "code"),
        ("client_id", provider.client.as_str()),
        ("redirect_uri", address),
        ("scope", scopes.as_str()),
        ("state", "quay-console"),
        ("prompt", "none"),
    ];
    let hashed = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER.as_bytes()));
    match provider.pkce {
        Some(PkceMethod::S256) => {
            pairs.extend([("code_challenge", hashed.as_str()), ("code_challenge_method", "S256")]);
        }
        Some(PkceMethod::Plain) => {
            pairs.extend([("code_challenge", VERIFIER), ("code_challenge_method", "plain")]);
        }
        None => {}
    }
    let mut query = form(&pairs);
    for pair in provider.for_page.split('&') {
        if !pair.is_empty() && !pair.starts_with("prompt=") {
            query.push('&');
            query.push_str(pair);
        }
    }
    query
}

/// Understands what the log-in page does.
fn judge(
    step: Step,
    answer: &Answer,
    address: &str,
    fault: &'static Fault,
    provider: &Provider,
) -> Done {
    let to = answer.header("location");
    let back = to.strip_prefix(address).and_then(|rest| rest.strip_prefix(['?', '#']));
    if let Some(back) = back {
        return returned(step, back, fault, provider);
    }
    let status = answer.status;
    if !status.is_client_error() && !status.is_server_error() {
        step.skip("the provider tells it to users only; it has to be registered exactly so");
        return Ok(());
    }
    let shown = status.to_string();
    match status {
        // Most answer 400; a firewall answers 403 as well, but does not speak of addresses.
        StatusCode::BAD_REQUEST | StatusCode::FORBIDDEN if complains_of_address(&answer.text()) => {
            let told = fault.with(&[("callback", address)]);
            if fault.severity == Severity::Error {
                return Err(step.fail(shown, told));
            }
            step.warn(shown, told);
        }
        StatusCode::UNAUTHORIZED
        | StatusCode::FORBIDDEN
        | StatusCode::METHOD_NOT_ALLOWED
        | StatusCode::NOT_ACCEPTABLE
        | StatusCode::TOO_MANY_REQUESTS => {
            step.skip(format!("the log-in page answers {shown}: it may not talk to programs"));
        }
        _ => step.warn(&shown, LOGIN_PAGE_FAILS.with(&[("status", &shown)])),
    }
    Ok(())
}

/// Whether a page complains of the address to whoever reads it, and does not merely have it in a
/// link or a script.
fn complains_of_address(page: &str) -> bool {
    let seen = seen(page).replace("redirect_uri=", "").replace("redirect_uri%3d", "");
    let near = |at: usize, name: &str| {
        let end = seen.len().min(at + name.len() + NEAR);
        let around = String::from_utf8_lossy(&seen.as_bytes()[at.saturating_sub(NEAR)..end]);
        COMPLAINTS.into_iter().any(|words| around.contains(words))
    };
    ADDRESS.into_iter().any(|name| seen.match_indices(name).any(|(at, _)| near(at, name)))
}

/// What people see of a page: no scripts, styles and tags. In small letters.
fn seen(page: &str) -> String {
    let page = page.to_ascii_lowercase();
    let (mut seen, mut rest) = (String::new(), page.as_str());
    while let Some((text, tag)) = rest.split_once('<') {
        seen.push_str(text);
        seen.push(' ');
        let hidden = ["script", "style"].into_iter().find(|name| tag.starts_with(*name));
        let end = match hidden {
            Some(name) => tag.split_once(&format!("</{name}")).map(|(_, end)| end),
            None => Some(tag),
        };
        rest = end.and_then(|end| end.split_once('>')).map_or("", |(_, rest)| rest);
    }
    seen.push_str(rest);
    seen.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The user was sent back: with an error that says that one has to log in, or with another.
fn returned(step: Step, query: &str, fault: &'static Fault, provider: &Provider) -> Done {
    let error = parameter(query, "error").unwrap_or_default();
    let described = parameter(query, "error_description").unwrap_or_default();
    let is_first = fault.severity == Severity::Error;
    if error.is_empty() || USER_NEEDED.contains(&error.as_str()) || !is_first {
        step.pass("it does, so it knows the address");
        return Ok(());
    }
    let shown = format!("{error}: {described}");
    if described.contains("PKCE") || described.contains("code_challenge") {
        return Err(step.fail(shown, PKCE_WANTED.told()));
    }
    if error == "unauthorized_client" || error == "unsupported_response_type" {
        let told = CODES_NOT_ALLOWED.with(&[("client", &provider.client)]);
        return Err(step.fail(shown, told));
    }
    step.warn(&shown, LOGIN_REFUSED.with(&[("error", &shown)]));
    Ok(())
}

/// A parameter of a query, decoded.
fn parameter(query: &str, name: &str) -> Option<String> {
    let mut pairs = query.split(['&', '#']).filter_map(|pair| pair.split_once('='));
    pairs.find(|(has, _)| *has == name).map(|(_, value)| decoded(value))
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let (head, tail) = rest.split_at(letter.len_utf8());
        let code = tail.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match (letter, code) {
            ('%', Some(code)) => {
                bytes.push(code);
                rest = &tail[2..];
                continue;
            }
            ('+', _) => bytes.push(b' '),
            _ => bytes.extend_from_slice(head.as_bytes()),
        }
        rest = tail;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Whether the page that says who a user is asks who wants to know it.
async fn who(visit: &mut Visit, provider: &Provider, found: &Found) -> Done {
    let Some(place) = found.who.as_ref().filter(|_| provider.asks_who) else { return Ok(()) };
    let tried = format!("GET {place}: who a user is, asked without a token");
    let (step, answer) = visit.ask(place, &Ask::get(StageKind::Service, tried, &[JSON])).await?;
    let (url, status) = (place.to_string(), answer.status.to_string());
    let places = [("url", url.as_str()), ("status", status.as_str())];
    match answer.status {
        StatusCode::NOT_FOUND | StatusCode::GONE => {
            Err(step.fail(said(&answer), NO_USER_INFO.with(&places)))
        }
        status if status.is_server_error() => {
            Err(step.fail(said(&answer), PROVIDER_ILL.with(&places)))
        }
        _ => {
            step.pass(said(&answer));
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_is_decoded() {
        let query = "error=login_required&error_description=log+in%2C+%C3%A9+100%";
        assert_eq!(parameter(query, "error").as_deref(), Some("login_required"));
        assert_eq!(parameter(query, "error_description").as_deref(), Some("log in, é 100%"));
        assert_eq!(parameter(query, "code"), None);
    }

    #[test]
    fn a_complaint_of_the_address_is_known_by_its_words() {
        for page in [
            "<b>Invalid parameter: redirect_uri</b>",
            "<p>Error 400: redirect_uri_mismatch</p>",
            "<title>x</title><h1>Callback URL\n mismatch.</h1>",
            "<style>a>b{}</style><p>The <b>redirect URI</b> does\nnot match</p>",
            "The 'redirect_uri' parameter must be a Login redirect URI in the client app settings",
            r#"{"error":"invalid_request","error_description":"bad redirect_uri"}"#,
        ] {
            assert!(complains_of_address(page), "{page}");
        }
    }

    #[test]
    fn an_address_in_a_link_or_a_script_is_no_complaint() {
        for page in [
            "<a href='/login?redirect_uri=https%3A%2F%2Fquay'>again</a>",
            "<h1>Forbidden</h1><script>let callback_url = 'invalid', redirect_uri;</script>",
            "<script>never ends: callback url mismatch",
            "<h1>Request blocked</h1> <p>Your callback is welcome.</p>",
            "<p>Invalid client. You asked for /auth?client_id=x&redirect_uri=https://quay</p>",
        ] {
            assert!(!complains_of_address(page), "{page}");
        }
    }
}
