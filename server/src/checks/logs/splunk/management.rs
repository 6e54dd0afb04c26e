//! Splunk's interface for programs, over which entries are written and searched.

use super::{
    INDEX_DISABLED, INDEX_TO_BE_MADE, NO_INDEX, NO_PERMISSION, NOT_SPLUNK, Server, TLS_WANTED,
    WRONG_TOKEN,
};
use crate::checks::course::{Course, Done, Stopped};
use crate::checks::talk::{Talk, in_short, says_tls};
use crate::clients::sigv4::encoded;
use cluster::check::StageKind;
use http::{Method, StatusCode};
use serde_json::Value;

/// Who the token is, and what it may do.
const SELF: &str = "/services/authentication/current-context?output_mode=json";
/// The right to send entries.
const TO_SEND: (&str, &str) = ("edit_tcp", "send entries");
/// The right to search.
const TO_SEARCH: (&str, &str) = ("search", "search");
/// The right to make an index.
const TO_MAKE: &str = "indexes_edit";

/// Tries it; `writes` says that entries are sent over it as well.
pub(super) async fn attempt(course: Course, server: Server, writes: bool) -> Done {
    let mut talk = server.talk(&course, false).await?;
    let rights = log_in(&course, &server, &mut talk).await?;
    let wanted: &[_] = if writes { &[TO_SEND, TO_SEARCH] } else { &[TO_SEARCH] };
    if let Some(rights) = &rights {
        for (capability, what) in wanted {
            let step = course.begin(StageKind::Permission, format!("the right to {what}"));
            if !rights.iter().any(|right| right == capability) {
                let places = [("capability", *capability), ("what", *what)];
                return Err(step.fail("not there", server.told(&NO_PERMISSION, &places)));
            }
            step.pass(*capability);
        }
    }
    if server.index.is_empty() {
        return Ok(());
    }
    let makes = writes && rights.is_some_and(|rights| rights.iter().any(|right| right == TO_MAKE));
    index(&course, &server, &mut talk, makes).await
}

/// The rights of the token, where Splunk tells them.
async fn log_in(
    course: &Course,
    server: &Server,
    talk: &mut Talk,
) -> Result<Option<Vec<String>>, Stopped> {
    let step = course.begin(StageKind::Authentication, "ask who the token is");
    let authorization = server.authorization();
    let headers = [("authorization", authorization.as_str())];
    let (step, answer) = talk.ask(step, Method::GET, SELF, &headers, "").await?;
    let json = answer.json().unwrap_or_default();
    let content = &json["entry"][0]["content"];
    let fault = match answer.status {
        _ if says_tls(&answer) => &TLS_WANTED,
        StatusCode::UNAUTHORIZED => &WRONG_TOKEN,
        StatusCode::OK if content.is_object() => {
            let name = content["username"].as_str().unwrap_or("somebody");
            step.pass(format!("accepted as {name}"));
            let rights = content["capabilities"]
                .as_array()
                .map(|rights| rights.iter().filter_map(Value::as_str).map(str::to_owned).collect());
            return Ok(rights);
        }
        _ => &NOT_SPLUNK,
    };
    Err(step.fail(in_short(&answer), server.told(fault, &[])))
}

/// Whether the index is there; `makes` says that Quay makes it otherwise.
async fn index(course: &Course, server: &Server, talk: &mut Talk, makes: bool) -> Done {
    let step = course.begin(StageKind::Service, format!("the index {}", server.index));
    let authorization = server.authorization();
    let headers = [("authorization", authorization.as_str())];
    let path = format!("/services/data/indexes/{}?output_mode=json", encoded(&server.index, ""));
    let (step, answer) = talk.ask(step, Method::GET, &path, &headers, "").await?;
    let json = answer.json().unwrap_or_default();
    let is_disabled = match &json["entry"][0]["content"]["disabled"] {
        Value::Bool(disabled) => *disabled,
        other => other == "1" || other == 1,
    };
    match answer.status {
        StatusCode::OK if is_disabled => {
            Err(step.fail("it is disabled", server.told(&INDEX_DISABLED, &[])))
        }
        StatusCode::OK => {
            step.pass("it is there");
            Ok(())
        }
        StatusCode::NOT_FOUND if makes => {
            step.warn("it is not there", server.told(&INDEX_TO_BE_MADE, &[]));
            Ok(())
        }
        StatusCode::NOT_FOUND => Err(step.fail("it is not there", server.told(&NO_INDEX, &[]))),
        StatusCode::FORBIDDEN => {
            let places = [("capability", "indexes_list_all"), ("what", "see the index")];
            Err(step.fail(in_short(&answer), server.told(&NO_PERMISSION, &places)))
        }
        _ => Err(step.fail(in_short(&answer), server.told(&NOT_SPLUNK, &[]))),
    }
}
