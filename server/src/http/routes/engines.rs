//! The forms around storage engines.

use crate::backend::engines::EngineAction;
use crate::http::error::AppError;
use crate::http::guard::LoggedIn;
use crate::state::AppState;
use app::paths;
use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use config_model::path::Path;
use serde::Deserialize;

/// What a form sends.
#[derive(Deserialize)]
pub struct EngineForm {
    action: String,
    name: String,
    driver: Option<String>,
}

/// Adds, moves or removes an engine.
pub async fn change(
    _: LoggedIn,
    State(state): State<AppState>,
    Form(form): Form<EngineForm>,
) -> Response {
    let Some(action) = action(&form) else {
        return AppError::Refused("This form is not known.".to_owned()).page(&state);
    };
    let name = form.name.trim();
    match state.drafts.engine(name, &action).await {
        Ok(()) => {
            let place = Path::key("DISTRIBUTED_STORAGE_CONFIG");
            let place = if action == EngineAction::Remove { place } else { place.field(name) };
            Redirect::to(&paths::field("storage", &place)).into_response()
        }
        Err(error) => AppError::from(error).page(&state),
    }
}

fn action(form: &EngineForm) -> Option<EngineAction> {
    match form.action.as_str() {
        "add" => form.driver.clone().map(EngineAction::Add),
        "up" => Some(EngineAction::Up),
        "down" => Some(EngineAction::Down),
        "remove" => Some(EngineAction::Remove),
        "copy" => Some(EngineAction::Copy),
        "uncopy" => Some(EngineAction::Uncopy),
        _ => None,
    }
}
