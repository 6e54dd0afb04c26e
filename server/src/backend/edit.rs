//! Edits as a browser sends them: to fields this program knows, and nothing else.

use super::draft::{DraftError, DraftService, steps};
use crate::cipher::random_hex;
use app::draft::{Change, EDITS_MAX, Edit, Saved, reset_value};
use config_model::document::Document;
use config_model::path::Path;
use config_model::redact::unmask;
use config_model::value::Value;
use config_model::walk::field_at;
use std::collections::BTreeSet;

/// Bytes of a text in one field.
const TEXT_BYTES_MAX: usize = 64 * 1024;
/// Paths named in the label of a step; more are only counted.
const LABEL_PATHS_MAX: usize = 5;

impl DraftService {
    /// Applies what was typed.
    pub async fn edit(&self, edits: Vec<Edit>) -> Result<Saved, DraftError> {
        if edits.len() > EDITS_MAX {
            return Err(DraftError::Refused(format!("More than {EDITS_MAX} changes at once.")));
        }
        let draft = self
            .change(&label(&edits), |draft| {
                edits.iter().try_for_each(|edit| apply(&mut draft.document, edit))
            })
            .await?;
        let held = self.view(&draft).held;
        Ok(Saved { saved_at: draft.saved_at, held, steps: steps(&draft) })
    }
}

/// What the edits touch.
fn label(edits: &[Edit]) -> String {
    let paths: BTreeSet<String> = edits.iter().map(|edit| edit.path.to_string()).collect();
    let more = paths.len().saturating_sub(LABEL_PATHS_MAX);
    let named: Vec<String> = paths.into_iter().take(LABEL_PATHS_MAX).collect();
    if more > 0 { format!("{} +{more}", named.join(", ")) } else { named.join(", ") }
}

/// Applies one edit to a field this program knows.
fn apply(document: &mut Document, edit: &Edit) -> Result<(), DraftError> {
    let refused = |why: String| DraftError::Refused(why);
    let Some(field) = field_at(document, &edit.path) else {
        return Err(refused(format!("{} is not a field of this configuration.", edit.path)));
    };
    let value = match &edit.change {
        Change::Set(value) => Some(accepted(document, &edit.path, value)?),
        Change::Reset => reset_value(Some(field)),
        Change::Clear => None,
        Change::Generate if field.generated && edit.path.root() == "DATABASE_SECRET_KEY" => {
            Some(Value::Text(uuid::Uuid::new_v4().to_string()))
        }
        Change::Generate if field.generated => Some(Value::Text(random_hex::<32>()?)),
        Change::Generate => return Err(refused(format!("{} cannot be generated.", edit.path))),
    };
    match value {
        Some(value) => document.set(&edit.path, value).map_err(|error| refused(error.to_string())),
        None => {
            document.remove(&edit.path);
            Ok(())
        }
    }
}

/// The value as it is stored: bounded, and with the passwords the browser could not see.
fn accepted(document: &Document, path: &Path, value: &Value) -> Result<Value, DraftError> {
    let refused = |why: String| Err(DraftError::Refused(why));
    match value {
        Value::Hidden => refused(format!("{path} was sent hidden; enter it again.")),
        Value::Text(text) if text.len() > TEXT_BYTES_MAX => {
            refused(format!("{path} is longer than {TEXT_BYTES_MAX} bytes."))
        }
        Value::Text(text) => {
            Ok(Value::Text(unmask(text, document.raw(path).and_then(Value::as_str))))
        }
        Value::List(items) => {
            let items = items.iter().enumerate();
            items
                .map(|(at, item)| accepted(document, &path.item(at), item))
                .collect::<Result<_, _>>()
                .map(Value::List)
        }
        Value::Map(map) => map
            .iter()
            .map(|(key, value)| {
                let place = path.field(key.as_str().unwrap_or_default());
                Ok((key.clone(), accepted(document, &place, value)?))
            })
            .collect::<Result<_, _>>()
            .map(Value::Map),
        other => Ok(other.clone()),
    }
}
