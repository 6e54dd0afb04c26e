//! The forms around lists, mappings and providers.

use crate::backend::entries::{EntryAction, path_from};
use crate::http::error::AppError;
use crate::http::guard::LoggedIn;
use crate::state::AppState;
use app::paths;
use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use config_model::path::Path;
use config_model::sections::section_of;
use serde::Deserialize;

/// What a form sends.
#[derive(Deserialize)]
pub struct EntryForm {
    action: String,
    #[serde(default)]
    path: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    word: String,
    #[serde(default)]
    ending: String,
}

/// Adds, removes or chooses.
pub async fn change(
    _: LoggedIn,
    State(state): State<AppState>,
    Form(form): Form<EntryForm>,
) -> Response {
    let Some((path, action)) = read(form) else {
        return AppError::Refused("This form is not known.".to_owned()).page(&state);
    };
    match state.drafts.entry(&path, &action).await {
        Ok(place) => {
            let section = section_of(place.root());
            let home = section.map_or_else(
                || paths::OVERVIEW.to_owned(),
                |section| paths::field(section.id, &place),
            );
            Redirect::to(&home).into_response()
        }
        Err(error) => AppError::from(error).page(&state),
    }
}

fn read(form: EntryForm) -> Option<(Path, EntryAction)> {
    let EntryForm { action, path, name, word, ending } = form;
    let name = name.trim().to_owned();
    if action == "add-key" {
        return Some((Path::key(&format!("{name}{ending}")), EntryAction::AddKey { name, ending }));
    }
    let action = match action.as_str() {
        "add" => EntryAction::Add { name, word },
        "remove" => EntryAction::Remove,
        "choose" => EntryAction::Choose(word),
        _ => return None,
    };
    Some((path_from(&path)?, action))
}
