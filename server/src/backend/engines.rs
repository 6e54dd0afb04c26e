//! Adding, ordering and removing storage engines.

use super::draft::{Draft, DraftError, DraftService};
use super::entries::starts;
use config_model::path::Path;
use config_model::storage;
use config_model::value::Value;

const ENGINES: &str = "DISTRIBUTED_STORAGE_CONFIG";
const PREFERENCE: &str = "DISTRIBUTED_STORAGE_PREFERENCE";
const LOCATIONS: &str = "DISTRIBUTED_STORAGE_DEFAULT_LOCATIONS";
/// More engines than a registry is spread over.
const ENGINES_MAX: usize = 32;
/// The longest name an engine may have.
const NAME_CHARS_MAX: usize = 64;

/// What is done with an engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EngineAction {
    /// Add one with this driver.
    Add(String),
    /// Prefer it more.
    Up,
    /// Prefer it less.
    Down,
    /// Take it out.
    Remove,
    /// Copy new data to it.
    Copy,
    /// Copy new data to it no longer.
    Uncopy,
}

impl DraftService {
    /// Does `action` with the engine called `name`.
    pub async fn engine(&self, name: &str, action: &EngineAction) -> Result<(), DraftError> {
        let label = format!("{ENGINES}.{name}");
        self.change(&label, |draft| act(draft, name, action)).await.map(drop)
    }
}

fn act(draft: &mut Draft, name: &str, action: &EngineAction) -> Result<(), DraftError> {
    if let EngineAction::Add(driver) = action {
        return add(draft, name, driver);
    }
    let names = names(draft);
    if !names.iter().any(|other| other == name) {
        return Err(DraftError::Refused(format!("There is no storage engine called {name}.")));
    }
    let mut order = listed(draft, PREFERENCE);
    order.extend(names.iter().filter(|name| !listed(draft, PREFERENCE).contains(name)).cloned());
    let at = order.iter().position(|other| other == name).unwrap_or_default();
    let mut locations = listed(draft, LOCATIONS);
    match action {
        EngineAction::Up if at > 0 => order.swap(at, at - 1),
        EngineAction::Down if at + 1 < order.len() => order.swap(at, at + 1),
        EngineAction::Remove => {
            draft.document.remove(&Path::key(ENGINES).field(name));
            order.retain(|other| other != name);
            locations.retain(|other| other != name);
        }
        EngineAction::Copy if !locations.iter().any(|other| other == name) => {
            locations.push(name.to_owned());
        }
        EngineAction::Uncopy => locations.retain(|other| other != name),
        EngineAction::Up | EngineAction::Down | EngineAction::Copy | EngineAction::Add(_) => {}
    }
    put_list(draft, PREFERENCE, &order)?;
    if locations != listed(draft, LOCATIONS) {
        put_list(draft, LOCATIONS, &locations)?;
    }
    Ok(())
}

fn add(draft: &mut Draft, name: &str, driver: &str) -> Result<(), DraftError> {
    let refused = |why: String| Err(DraftError::Refused(why));
    let plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '-';
    if name.is_empty() || name.len() > NAME_CHARS_MAX || !name.chars().all(plain) {
        return refused(format!(
            "A storage engine's name has 1 to {NAME_CHARS_MAX} letters, digits, - and _."
        ));
    }
    let Some(spec) = storage::by_driver(driver) else {
        return refused(format!("There is no storage engine {driver}."));
    };
    let names = names(draft);
    if names.iter().any(|other| other == name) {
        return refused(format!("There is a storage engine called {name} already."));
    }
    if names.len() >= ENGINES_MAX {
        return refused(format!("There are {ENGINES_MAX} storage engines already."));
    }
    let engine = Value::List(vec![Value::from(driver), Value::Map(starts(spec.fields))]);
    draft
        .document
        .set(&Path::key(ENGINES).field(name), engine)
        .map_err(|error| DraftError::Refused(error.to_string()))?;
    let mut order = listed(draft, PREFERENCE);
    order.push(name.to_owned());
    put_list(draft, PREFERENCE, &order)
}

fn names(draft: &Draft) -> Vec<String> {
    let engines = draft.document.top(ENGINES).and_then(Value::as_map);
    engines.into_iter().flatten().filter_map(|(name, _)| name.as_str().map(str::to_owned)).collect()
}

fn listed(draft: &Draft, key: &str) -> Vec<String> {
    let items = draft.document.top(key).and_then(Value::as_list).unwrap_or_default();
    items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect()
}

fn put_list(draft: &mut Draft, key: &str, items: &[String]) -> Result<(), DraftError> {
    let list = Value::List(items.iter().map(|item| Value::Text(item.clone())).collect());
    draft
        .document
        .set(&Path::key(key), list)
        .map_err(|error| DraftError::Refused(error.to_string()))
}
