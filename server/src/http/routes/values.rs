//! The plain forms of keys that only Quay's own code knows.

use crate::http::error::AppError;
use crate::http::guard::LoggedIn;
use crate::state::AppState;
use app::draft::{Change, Edit};
use app::paths;
use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use config_model::path::Path;
use config_model::sections::{field_of, section_of};
use config_model::value::{Value, ValueKind};
use serde::Deserialize;

/// What a form sends.
#[derive(Deserialize)]
pub struct ValueForm {
    action: String,
    key: String,
    #[serde(default)]
    value: String,
}

/// Sets or resets one key.
pub async fn change(
    _: LoggedIn,
    State(state): State<AppState>,
    Form(form): Form<ValueForm>,
) -> Response {
    let known = field_of(&form.key).filter(|field| field.internal).zip(section_of(&form.key));
    let Some((field, section)) = known else {
        return AppError::Refused("This form is not known.".to_owned()).page(&state);
    };
    let change = match form.action.as_str() {
        "set" if form.value.trim().is_empty() => Change::Clear,
        "set" => Change::Set(read(field.kind, &form.value)),
        _ => Change::Clear,
    };
    let path = Path::key(&form.key);
    match state.drafts.edit(vec![Edit { path, change }]).await {
        Ok(_) => {
            let shown = paths::section_with(section.id, &form.key);
            Redirect::to(&format!("{shown}#{}", form.key)).into_response()
        }
        Err(error) => AppError::from(error).page(&state),
    }
}

/// What the text stands for; what cannot be of its kind stays text, and a rule says so.
fn read(kind: ValueKind, text: &str) -> Value {
    match kind {
        ValueKind::Toggle if text == "true" => Value::Bool(true),
        ValueKind::Toggle if text == "false" => Value::Bool(false),
        ValueKind::Number => Value::decimal(text.trim()).unwrap_or_else(|| Value::from(text)),
        ValueKind::List(item) => {
            let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
            Value::List(lines.map(|line| read(*item, line)).collect())
        }
        _ => Value::Text(text.to_owned()),
    }
}
