//! Uploading and removing certificates and keys.

use crate::http::error::AppError;
use crate::http::guard::LoggedIn;
use crate::state::AppState;
use app::paths;
use axum::Form;
use axum::extract::{Multipart, State};
use axum::response::{IntoResponse, Redirect, Response};
use config_model::path::Path;
use config_model::sections::{SECTIONS, Section, by_id};
use serde::Deserialize;

/// The longest text in a form field beside a file.
const TEXT_CHARS_MAX: usize = 256;

/// What the button sends.
#[derive(Deserialize)]
pub struct Removal {
    section: String,
    name: String,
}

#[derive(Default)]
struct Upload {
    section: String,
    slot: String,
    file_name: String,
    bytes: Vec<u8>,
}

/// Keeps an uploaded file.
pub async fn upload(_: LoggedIn, State(state): State<AppState>, form: Multipart) -> Response {
    match keep(&state, form).await {
        Ok(place) => Redirect::to(&place).into_response(),
        Err(error) => error.page(&state),
    }
}

async fn keep(state: &AppState, form: Multipart) -> Result<String, AppError> {
    let upload = read(form).await?;
    let slot = SECTIONS
        .iter()
        .flat_map(|section| section.files)
        .find(|slot| slot.name == upload.slot)
        .ok_or_else(|| AppError::Refused("This form is not known.".to_owned()))?;
    // Browsers send the bare name; some send the path it had.
    let bare = upload.file_name.rsplit(['/', '\\']).next().unwrap_or_default().replace(' ', "_");
    let name = slot.name_for(&bare);
    if !slot.takes(&name) {
        return Err(AppError::Refused(format!(
            "{bare} cannot stand here: give it a name that ends in .pem, .crt, .cert or .key and that no other field is for."
        )));
    }
    state.drafts.put_file(&name, &upload.bytes).await?;
    Ok(back(by_id(&upload.section), &Path::key(slot.name)))
}

async fn read(mut form: Multipart) -> Result<Upload, AppError> {
    let refused = |_| {
        AppError::Refused("The upload could not be read. A file may have at most 1 MiB.".to_owned())
    };
    let mut upload = Upload::default();
    while let Some(field) = form.next_field().await.map_err(refused)? {
        match field.name().unwrap_or_default() {
            "file" => {
                field.file_name().unwrap_or_default().clone_into(&mut upload.file_name);
                upload.bytes = field.bytes().await.map_err(refused)?.to_vec();
            }
            "slot" => upload.slot = short(&field.text().await.map_err(refused)?),
            "section" => upload.section = short(&field.text().await.map_err(refused)?),
            _ => {}
        }
    }
    Ok(upload)
}

fn short(text: &str) -> String {
    text.chars().take(TEXT_CHARS_MAX).collect()
}

/// Removes a file.
pub async fn remove(
    _: LoggedIn,
    State(state): State<AppState>,
    Form(removal): Form<Removal>,
) -> Response {
    match state.drafts.remove_file(&removal.name).await {
        Ok(()) => {
            Redirect::to(&back(by_id(&removal.section), &Path::key(&removal.name))).into_response()
        }
        Err(error) => AppError::from(error).page(&state),
    }
}

fn back(section: Option<&Section>, place: &Path) -> String {
    section.map_or_else(|| paths::OVERVIEW.to_owned(), |section| paths::field(section.id, place))
}
