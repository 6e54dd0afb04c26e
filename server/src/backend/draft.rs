//! The draft: loaded or begun once, changed in steps, stored encrypted before anyone is told.

use crate::archive::{self, Bundle};
use crate::certificates;
use crate::cipher::{Cipher, CipherError, random_hex};
use crate::clock::Clock;
use crate::folder::{self, FolderError};
use crate::hex;
use crate::store::{DraftRow, FileRow, Store, StoreError};
use app::draft::{Change, DraftView, EDITS_MAX, Edit, Saved, reset_value};
use config_model::bundle;
use config_model::document::Document;
use config_model::path::Path;
use config_model::redact::{redact, unmask};
use config_model::rule::{Finding, Report, Subject, check};
use config_model::setup::{Generated, new_document};
use config_model::value::Value;
use config_model::walk::field_at;
use config_model::yaml::{self, YamlError};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// The purpose the document is encrypted for.
const DOCUMENT: &str = "draft document";
/// Bytes of a text in one field.
const TEXT_BYTES_MAX: usize = 64 * 1024;
/// How often a change is tried again when another console was faster.
const TRIES: usize = 5;

/// Where a draft began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Origin {
    /// Nothing was there.
    Setup,
    /// A configuration folder.
    Folder {
        /// Its path.
        place: String,
        /// Tells whether its content has changed since.
        fingerprint: String,
    },
}

/// The configuration being edited, in clear.
#[derive(Clone)]
pub struct Draft {
    /// Counts changes.
    pub version: i64,
    /// When it was last changed.
    pub saved_at: i64,
    /// Where it began.
    pub origin: Origin,
    /// The values.
    pub document: Document,
    /// The files.
    pub files: BTreeMap<String, Vec<u8>>,
}

/// Why something could not be done with the draft.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    /// What was asked is not acceptable; the sentence says why.
    #[error("{0}")]
    Refused(String),
    /// The configuration folder holds something that is no configuration.
    #[error("could not read config.yaml in {place}: {source}")]
    Yaml {
        /// The folder.
        place: String,
        /// Where and why.
        source: YamlError,
    },
    /// The folder cannot be read or written.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Encryption failed.
    #[error(transparent)]
    Cipher(#[from] CipherError),
    /// What is stored cannot be understood.
    #[error("the stored draft is damaged")]
    Damaged,
    /// Others changed the draft again and again at the same moment.
    #[error("the draft is being changed by others; try again")]
    Busy,
    /// The archive could not be packed.
    #[error("the archive could not be packed")]
    Pack(#[source] std::io::Error),
}

/// The one draft of a console.
pub struct DraftService {
    store: Arc<dyn Store>,
    cipher: Cipher,
    clock: Arc<dyn Clock>,
    config_dir: Option<PathBuf>,
    /// One change at a time in this process; other consoles are noticed by the version.
    turn: tokio::sync::Mutex<()>,
}

impl std::fmt::Debug for DraftService {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DraftService").field("config_dir", &self.config_dir).finish_non_exhaustive()
    }
}

impl DraftService {
    /// A service that keeps its draft in `store`.
    pub fn new(
        store: Arc<dyn Store>,
        cipher: Cipher,
        clock: Arc<dyn Clock>,
        config_dir: Option<PathBuf>,
    ) -> Self {
        Self { store, cipher, clock, config_dir, turn: tokio::sync::Mutex::new(()) }
    }

    /// The configuration folder, where there is one.
    pub fn config_dir(&self) -> Option<String> {
        self.config_dir.as_ref().map(|folder| folder.display().to_string())
    }

    /// Sees to it that there is a draft: the stored one, the folder's, or a new one.
    ///
    /// A stored draft that was never changed gives way to a folder whose content is another.
    pub async fn open(&self) -> Result<(), DraftError> {
        let _turn = self.turn.lock().await;
        let mounted = self.mounted()?;
        if let Some(row) = self.store.draft().await? {
            let stored: Origin =
                serde_json::from_str(&row.origin).map_err(|_| DraftError::Damaged)?;
            let untouched = row.version == 1;
            let same = mounted.as_ref().is_none_or(|(_, origin)| *origin == stored);
            if same || !untouched {
                self.load_row(row).await?;
                return Ok(());
            }
        }
        self.begin(mounted).await
    }

    fn mounted(&self) -> Result<Option<(Bundle, Origin)>, DraftError> {
        let Some(place) = &self.config_dir else { return Ok(None) };
        let Some(bundle) = folder::read(place)? else { return Ok(None) };
        let origin = Origin::Folder {
            place: place.display().to_string(),
            fingerprint: fingerprint(&bundle),
        };
        Ok(Some((bundle, origin)))
    }

    async fn begin(&self, mounted: Option<(Bundle, Origin)>) -> Result<(), DraftError> {
        let (document, files, origin) = match mounted {
            Some((bundle, origin)) => {
                let document = yaml::read(&bundle.config).map_err(|source| DraftError::Yaml {
                    place: self.config_dir().unwrap_or_default(),
                    source,
                })?;
                (document, bundle.files, origin)
            }
            None => (new_document(&generated()?), BTreeMap::new(), Origin::Setup),
        };
        let saved_at = self.clock.now();
        let draft = Draft { version: 1, saved_at, origin, document, files };
        let rows = draft
            .files
            .iter()
            .map(|(name, bytes)| self.seal_file(name, bytes))
            .collect::<Result<Vec<_>, _>>()?;
        self.store.begin_draft(&self.seal(&draft)?, &rows).await?;
        Ok(())
    }

    /// The draft, decrypted.
    pub async fn load(&self) -> Result<Draft, DraftError> {
        let row = self.store.draft().await?.ok_or(DraftError::Damaged)?;
        self.load_row(row).await
    }

    async fn load_row(&self, row: DraftRow) -> Result<Draft, DraftError> {
        let text = self.cipher.open_sealed(DOCUMENT, &row.content)?;
        let text = String::from_utf8(text).map_err(|_| DraftError::Damaged)?;
        let document = yaml::read(&text).map_err(|_| DraftError::Damaged)?;
        let origin = serde_json::from_str(&row.origin).map_err(|_| DraftError::Damaged)?;
        let mut files = BTreeMap::new();
        for file in self.store.draft_files().await? {
            let bytes = self.cipher.open_sealed(&file_purpose(&file.name), &file.content)?;
            files.insert(file.name, bytes);
        }
        Ok(Draft { version: row.version, saved_at: row.saved_at, origin, document, files })
    }

    fn seal(&self, draft: &Draft) -> Result<DraftRow, DraftError> {
        let text = yaml::write(&draft.document);
        if text.len() > yaml::BYTES_MAX {
            return Err(DraftError::Refused(
                "The configuration would become larger than 4 MiB.".to_owned(),
            ));
        }
        Ok(DraftRow {
            version: draft.version,
            saved_at: draft.saved_at,
            origin: serde_json::to_string(&draft.origin).map_err(|_| DraftError::Damaged)?,
            content: self.cipher.seal(DOCUMENT, text.as_bytes())?,
        })
    }

    pub(super) fn seal_file(&self, name: &str, bytes: &[u8]) -> Result<FileRow, DraftError> {
        Ok(FileRow {
            name: name.to_owned(),
            content: self.cipher.seal(&file_purpose(name), bytes)?,
        })
    }

    pub(super) fn store(&self) -> &dyn Store {
        self.store.as_ref()
    }

    /// Changes the document and stores it; tried again when another console was faster.
    pub(super) async fn change(
        &self,
        change: impl Fn(&mut Draft) -> Result<(), DraftError> + Send + Sync,
    ) -> Result<Draft, DraftError> {
        let _turn = self.turn.lock().await;
        for _ in 0..TRIES {
            let mut draft = self.load().await?;
            change(&mut draft)?;
            let expected = draft.version;
            draft.version += 1;
            draft.saved_at = self.clock.now();
            if self.store.update_draft(expected, &self.seal(&draft)?).await? {
                return Ok(draft);
            }
        }
        Err(DraftError::Busy)
    }

    /// Applies what was typed.
    pub async fn edit(&self, edits: Vec<Edit>) -> Result<Saved, DraftError> {
        if edits.len() > EDITS_MAX {
            return Err(DraftError::Refused(format!("More than {EDITS_MAX} changes at once.")));
        }
        let draft = self
            .change(|draft| edits.iter().try_for_each(|edit| apply(&mut draft.document, edit)))
            .await?;
        Ok(Saved { saved_at: draft.saved_at, held: self.view(&draft).held })
    }

    /// What every rule says.
    pub fn report(&self, draft: &Draft) -> Report {
        let files = certificates::facts(&draft.files);
        check(&Subject { document: &draft.document, files: &files, now: self.clock.now() })
    }

    /// What a browser may know.
    pub fn view(&self, draft: &Draft) -> DraftView {
        let now = self.clock.now();
        let files = certificates::facts(&draft.files);
        let report = check(&Subject { document: &draft.document, files: &files, now });
        let document = redact(&draft.document);
        let held: Vec<Finding> = report
            .findings()
            .iter()
            .filter(|finding| document.is_hidden_at(&finding.path))
            .cloned()
            .collect();
        DraftView { document, files, held, now, saved_at: draft.saved_at }
    }

    /// The files of the bundle.
    pub fn entries(draft: &Draft) -> Vec<bundle::Entry> {
        bundle::entries(&draft.document, &draft.files)
    }

    /// `quay-config.tar.gz`.
    pub fn archive(draft: &Draft) -> Result<Vec<u8>, DraftError> {
        archive::pack(&Self::entries(draft)).map_err(DraftError::Pack)
    }

    /// Writes the files into the configuration folder.
    pub async fn save_to_folder(&self) -> Result<String, DraftError> {
        let Some(place) = &self.config_dir else {
            return Err(DraftError::Refused(
                "The program was started without --config-dir.".to_owned(),
            ));
        };
        let draft = self.load().await?;
        let entries = Self::entries(&draft);
        folder::write(place, &entries, &stamp(self.clock.now()))?;
        let written = folder::read(place)?;
        let origin = written.map(|bundle| Origin::Folder {
            place: place.display().to_string(),
            fingerprint: fingerprint(&bundle),
        });
        self.change(|draft| {
            if let Some(origin) = &origin {
                draft.origin = origin.clone();
            }
            Ok(())
        })
        .await?;
        Ok(place.display().to_string())
    }

    /// Throws the draft away and begins again.
    pub async fn discard(&self) -> Result<(), DraftError> {
        let _turn = self.turn.lock().await;
        // Read first: a folder that cannot be read must not cost the draft.
        let mounted = self.mounted()?;
        self.begin(mounted).await
    }
}

fn file_purpose(name: &str) -> String {
    format!("draft file {name}")
}

fn fingerprint(bundle: &Bundle) -> String {
    let mut hash = Sha256::new();
    hash.update(bundle.config.as_bytes());
    for (name, bytes) in &bundle.files {
        hash.update([0]);
        hash.update(name.as_bytes());
        hash.update([0]);
        hash.update(Sha256::digest(bytes));
    }
    hex::encode(&hash.finalize())
}

/// A time as part of a file name: sorts as it reads.
fn stamp(now: i64) -> String {
    app::text::utc_stamp(now)
}

fn generated() -> Result<Generated, CipherError> {
    Ok(Generated {
        secret_key: random_hex::<32>()?,
        database_secret_key: uuid::Uuid::new_v4().to_string(),
    })
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
