//! What Quay does in a cluster, with a template and an index of our own that nobody else touches.

use super::litter::Litter;
use super::session::{Session, error_kind, reason};
use super::{BAD_PREFIX, DISK_FULL, NOT_MADE_BY_ITSELF, NOT_READ_BACK, TOO_MANY_SHARDS};
use crate::checks::course::{Course, Done, Step, Stopped};
use crate::clients::http::Answer;
use cluster::check::StageKind;
use http::{Method, StatusCode};
use serde_json::json;
use uuid::Uuid;

/// What the names of our own things begin with, behind the prefix.
const OURS: &str = "quay-console-check";
/// What Quay does all the time.
const WRITING: &str = "write entries";

/// The template for the indices of all days, which Quay makes when it starts.
pub(super) async fn template(course: &Course, session: &mut Session, litter: &mut Litter) -> Done {
    let step = course.begin(StageKind::Permission, "look for the template of the indices");
    let path = format!("/_template/{}", session.encoded_prefix());
    let (step, answer) = session.ask(step, Method::GET, &path, "").await?;
    match answer.status {
        StatusCode::OK => {
            step.pass("it is there");
            return Ok(());
        }
        StatusCode::NOT_FOUND => step.pass("Quay will make it when it starts"),
        _ => return Err(session.refused(step, &answer, "look for index templates")),
    }
    let step = course.begin(StageKind::Permission, "make a template for no index, and delete it");
    let name = format!("{OURS}-{}", Uuid::new_v4());
    let path = format!("{path}{name}");
    let body = json!({ "index_patterns": [format!("{name}-matches-nothing")] }).to_string();
    litter.add("the template", &path);
    let (step, answer) = session.ask(step, Method::PUT, &path, &body).await?;
    litter.answered(&path, answer.status);
    if !answer.status.is_success() {
        return Err(not_done(session, step, &answer, "make index templates"));
    }
    match litter.delete(session, &path).await {
        Ok(()) => step.pass("made and deleted"),
        Err((reason, told)) => step.warn(reason, told),
    }
    Ok(())
}

/// An entry is written to an index, read, and deleted with the index.
pub(super) async fn entry(course: &Course, session: &mut Session, litter: &mut Litter) -> Done {
    let id = Uuid::new_v4();
    let day = old_day(id);
    let index = format!("{}{day}", session.encoded_prefix());
    let tried = format!("write an entry to {index}, read it, delete the index");
    let step = course.begin(StageKind::Permission, tried);
    let (whole, path) = (format!("/{index}"), format!("/{index}/_doc/{id}"));
    let body = json!({
        "random_id": id, "kind_id": 0, "metadata_json": "{}", "datetime": format!("{day}T00:00:00")
    });
    let put = format!("{path}?timeout=5s");
    litter.add("the index", &whole);
    let (step, answer) = session.ask(step, Method::PUT, &put, &body.to_string()).await?;
    litter.answered(&whole, answer.status);
    if !answer.status.is_success() {
        return Err(not_written(session, step, &answer));
    }
    let (step, read) = session.ask(step, Method::GET, &path, "").await?;
    if read.status == StatusCode::FORBIDDEN {
        return Err(session.refused(step, &read, "read entries"));
    }
    let is_there =
        read.json().is_some_and(|json| json["_source"]["random_id"] == body["random_id"]);
    if !is_there {
        return Err(
            step.fail(format!("reading: {}", read.status), session.told(&NOT_READ_BACK, &[]))
        );
    }
    match litter.delete(session, &whole).await {
        Ok(()) => step.pass("written, read and deleted"),
        Err((reason, told)) => step.warn(format!("deleting: {reason}"), told),
    }
    Ok(())
}

/// A day of the seventies, another one each time, so that checks that run at the same time do not
/// delete each other's index. Quay takes it for an old one, should it ever be left behind, and
/// clears it away; at a name without a day it stumbles.
fn old_day(id: Uuid) -> String {
    let [year, month, day, ..] = *id.as_bytes();
    format!("197{}-{:02}-{:02}", year % 10, 1 + month % 12, 1 + day % 28)
}

fn not_written(session: &Session, step: Step, answer: &Answer) -> Stopped {
    let why = reason(answer);
    let fault = match error_kind(answer).as_str() {
        "cluster_block_exception" if why.contains("read-only") => &DISK_FULL,
        "validation_exception" | "illegal_argument_exception" if why.contains("shards open") => {
            &TOO_MANY_SHARDS
        }
        "index_not_found_exception" => &NOT_MADE_BY_ITSELF,
        "invalid_index_name_exception" => &BAD_PREFIX,
        _ => return not_done(session, step, answer, WRITING),
    };
    let places = [("reason", why.as_str()), ("what", WRITING)];
    step.fail(format!("{}: {why}", answer.status), session.told(fault, &places))
}

/// Ends a stage in which `what` was refused, or was not its turn yet.
fn not_done(session: &Session, step: Step, answer: &Answer, what: &str) -> Stopped {
    if error_kind(answer) == "process_cluster_event_timeout_exception" {
        return step.fail(format!("{}: {}", answer.status, reason(answer)), session.slowness());
    }
    session.refused(step, answer, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_is_of_a_day_long_ago() {
        for (id, day) in [(0, "1970-01-01"), (u128::MAX, "1975-04-04")] {
            assert_eq!(old_day(Uuid::from_u128(id)), day);
        }
    }
}
