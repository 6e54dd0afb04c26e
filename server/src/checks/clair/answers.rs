//! What Clair answers.

use crate::clients::date;
use crate::clients::http::Answer;
use serde_json::Value;

/// When the faults were fetched that Clair knows.
pub(super) struct Updates {
    /// From how many places.
    pub(super) sources: usize,
    /// The latest time, in seconds since 1970.
    pub(super) newest: Option<i64>,
}

/// The state of an indexer, if one answers.
pub(super) fn state(answer: &Answer) -> Option<String> {
    answer.json()?.get("state")?.as_str().map(str::to_owned)
}

/// What Clair says is wrong.
pub(super) fn message(answer: &Answer) -> Option<String> {
    let message = answer.json()?.get("message")?.as_str()?.trim().to_owned();
    Some(message.trim_end_matches('.').to_owned()).filter(|message| !message.is_empty())
}

/// By how many seconds the clock over there is ahead.
pub(super) fn ahead(answer: &Answer, now: i64) -> i64 {
    date::of_http(answer.header("date")).map_or(0, |theirs| theirs - now)
}

/// The time of each source's latest update, by the source's name: one list for each.
pub(super) fn updates(answer: &Answer) -> Option<Updates> {
    if !answer.status.is_success() {
        return None;
    }
    let json = answer.json()?;
    // Without any update it is null.
    let none = serde_json::Map::new();
    let sources = if json.is_null() { &none } else { json.as_object()? };
    let lists = sources.values().filter_map(Value::as_array);
    let dates = lists.flatten().filter_map(|update| update.get("date")?.as_str());
    Some(Updates { sources: sources.len(), newest: dates.filter_map(date::of_json).max() })
}
