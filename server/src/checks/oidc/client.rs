//! Whether the provider knows the client: a code that nobody gave is exchanged.

use super::discovery::Found;
use super::provider::Provider;
use super::{
    CALLBACK_UNKNOWN, CLIENT_IS_PUBLIC, CODES_NOT_ALLOWED, NO_TOKENS, NOT_JUDGED, PROVIDER_ILL,
    SECRET_WANTED, SECRET_WANTED_OTHERWISE, WRONG_CREDENTIALS,
};
use crate::checks::course::{Done, Step, Stopped};
use crate::checks::fault::{Fault, Told};
use crate::checks::shell::shell_quoted;
use crate::checks::sign_in::verdict::Verdict;
use crate::checks::sign_in::visit::{Ask, Place, Visit};
use crate::checks::sign_in::{FORM, JSON, MADE_UP_CODE, form, said};
use crate::clients::http::Answer;
use crate::clients::sigv4::encoded;
use cluster::check::StageKind;
use http::Method;

/// A secret of PKCE, made up as well.
pub(super) const VERIFIER: &str = "made-up-by-quay-console-made-up-by-quay-console";

/// How the client shows who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    /// The secret stands in the form: Quay's way.
    Form,
    /// It stands in a header.
    Header,
    /// There is none.
    Nothing,
}

/// Exchanges a made-up code in Quay's way, and in others only to tell why it is refused.
pub(super) async fn judge(visit: &mut Visit, provider: &Provider, found: &Found) -> Done {
    let public = provider.secret.is_none();
    let own = if public { Manner::Nothing } else { Manner::Form };
    let (step, answer) = exchange(visit, provider, found, own).await?;
    if Verdict::of(&answer) != Verdict::Refused {
        return end(step, &answer, provider, found);
    }
    let other = if public {
        None
    } else if is_accepted(visit, provider, found, Manner::Header).await {
        Some(&SECRET_WANTED_OTHERWISE)
    } else if is_accepted(visit, provider, found, Manner::Nothing).await {
        Some(&CLIENT_IS_PUBLIC)
    } else {
        None
    };
    let usual = if public { &SECRET_WANTED } else { &WRONG_CREDENTIALS };
    Err(step.fail(said(&answer), told(other.unwrap_or(usual), provider, found, &answer)))
}

async fn exchange(
    visit: &mut Visit,
    provider: &Provider,
    found: &Found,
    manner: Manner,
) -> Result<(Step, Answer), Stopped> {
    let tried = format!("exchange a made-up code, as {}", provider.client);
    let (place, body) = (tokens(provider, found), body(provider, manner));
    visit.ask(&place, &Ask::post(StageKind::Authentication, tried, &[FORM, JSON], body)).await
}

/// The same quietly: whether the client is known if it shows itself so.
async fn is_accepted(
    visit: &mut Visit,
    provider: &Provider,
    found: &Found,
    manner: Manner,
) -> bool {
    // RFC 6749, 2.3.1 wants both encoded.
    let header = visit.basic(&encoded(&provider.client, ""), &encoded(secret(provider), ""));
    let mut headers = vec![FORM, JSON];
    if manner == Manner::Header {
        headers.push(("authorization", header.as_str()));
    }
    let (place, body) = (tokens(provider, found), body(provider, manner));
    let answer = visit.quietly(&place, Method::POST, &headers, body).await;
    answer.is_some_and(|answer| Verdict::of(&answer) == Verdict::Accepted)
}

fn secret(provider: &Provider) -> &str {
    provider.secret.as_deref().unwrap_or_default()
}

fn tokens(provider: &Provider, found: &Found) -> Place {
    match provider.for_tokens.as_str() {
        "" => found.tokens.clone(),
        query => found.tokens.with_query(query),
    }
}

fn body(provider: &Provider, manner: Manner) -> String {
    let mut pairs = vec![
        ("grant_type", "authorization_code"),
        ("code", MADE_UP_CODE),
        ("redirect_uri", provider.callback.as_str()),
    ];
    if manner != Manner::Header {
        pairs.push(("client_id", provider.client.as_str()));
    }
    if manner == Manner::Form {
        pairs.push(("client_secret", secret(provider)));
    }
    if provider.pkce.is_some() {
        pairs.push(("code_verifier", VERIFIER));
    }
    form(&pairs)
}

/// Ends the stage of an exchange that was not refused.
fn end(step: Step, answer: &Answer, provider: &Provider, found: &Found) -> Done {
    let fault = match Verdict::of(answer) {
        Verdict::Accepted => {
            step.pass(format!(
                "{}; so the client is known, and only the code is not",
                said(answer)
            ));
            return Ok(());
        }
        Verdict::Unclear => {
            step.warn(said(answer), told(&NOT_JUDGED, provider, found, answer));
            return Ok(());
        }
        Verdict::Refused => &WRONG_CREDENTIALS,
        Verdict::OtherAddress => &CALLBACK_UNKNOWN,
        Verdict::NoCodes => &CODES_NOT_ALLOWED,
        Verdict::NotThere => &NO_TOKENS,
        Verdict::Ill => &PROVIDER_ILL,
    };
    Err(step.fail(said(answer), told(fault, provider, found, answer)))
}

fn told(fault: &'static Fault, provider: &Provider, found: &Found, answer: &Answer) -> Told {
    let (url, status) = (found.tokens.to_string(), said(answer));
    fault.with(&[
        ("client", provider.client.as_str()),
        ("callback", provider.callback.as_str()),
        ("url", url.as_str()),
        ("quoted", shell_quoted(&url).as_str()),
        ("status", status.as_str()),
    ])
}
