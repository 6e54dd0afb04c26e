//! Uploading and removing certificates, and the settings that hang on them.

use super::draft::{Draft, DraftError, DraftService};
use config_model::bundle::{FILE_BYTES_MAX, FILES_MAX, checked_name};
use config_model::path::Path;
use config_model::sections::database::{DATABASE_PEM, DB_CONNECTION_ARGS, DB_URI};
use config_model::value::{DatabaseKind, DatabaseUri, Value};

/// Where an uploaded `database.pem` stands in Quay's container.
const DATABASE_PEM_IN_CONTAINER: &str = "conf/stack/database.pem";

impl DraftService {
    /// Keeps a file, in the place of one with the same name.
    pub async fn put_file(&self, name: &str, bytes: &[u8]) -> Result<(), DraftError> {
        let name = checked_name(name).map_err(|error| DraftError::Refused(format!("{error}.")))?;
        if bytes.is_empty() {
            return Err(DraftError::Refused(format!("The file for {name} is empty.")));
        }
        if bytes.len() > FILE_BYTES_MAX {
            return Err(DraftError::Refused(format!(
                "The file for {name} is larger than 1 MiB; it is not a certificate."
            )));
        }
        self.change(name, |draft| {
            if draft.files.len() >= FILES_MAX && !draft.files.contains_key(name) {
                return Err(DraftError::Refused(format!(
                    "There are {FILES_MAX} files already; remove one first."
                )));
            }
            draft.files.insert(name.to_owned(), bytes.to_vec());
            follow_upload(draft, name)
        })
        .await
        .map(drop)
    }

    /// Removes a file.
    pub async fn remove_file(&self, name: &str) -> Result<(), DraftError> {
        let name = checked_name(name).map_err(|error| DraftError::Refused(format!("{error}.")))?;
        self.change(name, |draft| {
            draft.files.remove(name);
            follow_removal(draft, name);
            Ok(())
        })
        .await
        .map(drop)
    }
}

/// The places that name `database.pem`, for the kind of database in use.
fn database_places(draft: &Draft) -> Vec<(Path, Value)> {
    let args = DB_CONNECTION_ARGS.path();
    let uri = draft.document.top(DB_URI.name()).and_then(Value::as_str).unwrap_or_default();
    match DatabaseUri::from_text(uri).kind {
        Some(DatabaseKind::Mysql) => {
            vec![(args.field("ssl").field("ca"), Value::from(DATABASE_PEM_IN_CONTAINER))]
        }
        Some(DatabaseKind::Sqlite) => Vec::new(),
        Some(DatabaseKind::Postgresql) | None => vec![
            (args.field("sslmode"), Value::from("verify-full")),
            (args.field("sslrootcert"), Value::from(DATABASE_PEM_IN_CONTAINER)),
        ],
    }
}

/// A certificate of the database is of no use unless the connection is told to check it.
fn follow_upload(draft: &mut Draft, name: &str) -> Result<(), DraftError> {
    if name == DATABASE_PEM.name {
        for (path, value) in database_places(draft) {
            if draft.document.raw(&path).is_none() {
                draft
                    .document
                    .set(&path, value)
                    .map_err(|error| DraftError::Refused(error.to_string()))?;
            }
        }
    }
    Ok(())
}

fn follow_removal(draft: &mut Draft, name: &str) {
    if name == DATABASE_PEM.name {
        for (path, value) in database_places(draft) {
            if draft.document.raw(&path) == Some(&value) {
                draft.document.remove(&path);
            }
        }
    }
}
