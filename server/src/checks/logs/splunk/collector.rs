//! The HTTP event collector, which takes entries.

use super::{
    ACKNOWLEDGES, COLLECTOR_BUSY, COLLECTOR_TOKEN_DISABLED, COLLECTOR_TOKEN_PREFIXED,
    NOT_COLLECTOR, Server, TLS_WANTED, UNKNOWN_COLLECTOR_TOKEN, WORD,
};
use crate::checks::course::{Course, Done};
use crate::checks::talk::{in_short, says_tls};
use crate::clients::http::Answer;
use cluster::check::StageKind;
use http::{Method, StatusCode};

/// Where entries are sent.
const EVENT: &str = "/services/collector/event";
/// Whether it can take any.
const HEALTH: &str = "/services/collector/health";

pub(super) async fn attempt(course: Course, server: Server) -> Done {
    // Quay's client for it knows the given authorities only, unless none are given.
    let mut talk = server.talk(&course, true).await?;
    let step = course.begin(StageKind::Service, "whether the event collector takes entries");
    let (step, answer) = talk.ask(step, Method::GET, HEALTH, &[], "").await?;
    if says_tls(&answer) {
        return Err(step.fail(in_short(&answer), server.told(&TLS_WANTED, &[])));
    }
    match answer.status {
        StatusCode::OK if code(&answer).is_some() => step.pass(words(&answer)),
        StatusCode::SERVICE_UNAVAILABLE if code(&answer).is_some() => {
            let reason = words(&answer);
            return Err(step.fail(&reason, server.told(&COLLECTOR_BUSY, &[("reason", &reason)])));
        }
        status => step.skip(format!("it does not tell: {status}")),
    }
    let step = course.begin(StageKind::Authentication, "send nothing at all, with the token");
    // Quay puts the word before whatever is configured.
    let authorization = format!("{WORD}{}", server.token);
    let headers = [("authorization", authorization.as_str()), ("content-type", "application/json")];
    let (step, answer) = talk.ask(step, Method::POST, EVENT, &headers, "").await?;
    let reason = words(&answer);
    let fault = match code(&answer) {
        // That nothing was sent is said to whom the token is good.
        Some(0 | 5 | 6 | 12) => {
            step.pass(format!("the token is accepted: {reason}"));
            return Ok(());
        }
        Some(1) => &COLLECTOR_TOKEN_DISABLED,
        Some(2..=4) if server.token.starts_with(WORD) => &COLLECTOR_TOKEN_PREFIXED,
        Some(2..=4) => &UNKNOWN_COLLECTOR_TOKEN,
        Some(10 | 11) => &ACKNOWLEDGES,
        Some(_) => &COLLECTOR_BUSY,
        None => &NOT_COLLECTOR,
    };
    Err(step.fail(in_short(&answer), server.told(fault, &[("reason", &reason)])))
}

/// The number with which the collector says what is wrong.
fn code(answer: &Answer) -> Option<u64> {
    answer.json()?.get("code")?.as_u64()
}

/// The same in words.
fn words(answer: &Answer) -> String {
    let json = answer.json().unwrap_or_default();
    json["text"].as_str().unwrap_or_default().to_owned()
}
