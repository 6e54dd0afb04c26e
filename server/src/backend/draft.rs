//! The draft: loaded or begun once, changed in steps, stored encrypted before anyone is told.

use crate::archive::{self, Bundle};
use crate::backend::history::Action;
use crate::certificates;
use crate::cipher::{Cipher, CipherError, random_hex};
use crate::clock::Clock;
use crate::folder::{self, FolderError};
use crate::hex;
use crate::store::{DraftRow, Store, StoreError};
use app::draft::{DraftView, Steps};
use config_model::bundle;
use config_model::document::Document;
use config_model::redact::redact;
use config_model::rule::{Finding, Report, Severity, Subject, check, check_text};
use config_model::setup::{Generated, new_document};
use config_model::yaml::{self, YamlError};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// The purpose the document is encrypted for.
pub(super) const DOCUMENT: &str = "draft document";
/// The purpose an earlier state is encrypted for.
pub(super) const STEP: &str = "draft step";
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
    /// An upload.
    Import {
        /// The name of the uploaded file.
        name: String,
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
    /// `config.yaml`, to the byte.
    pub text: String,
    /// The values in it.
    pub document: Document,
    /// The files.
    pub files: BTreeMap<String, Vec<u8>>,
    /// Which of the kept states it is in.
    pub step: i64,
    /// The first and the last of the states that are kept.
    pub steps: (i64, i64),
}

impl Draft {
    /// The draft as a bundle.
    pub fn bundle(&self) -> Bundle {
        Bundle { config: self.text.clone(), files: self.files.clone(), left_out: Vec::new() }
    }

    /// Takes over another bundle's configuration and files.
    pub(super) fn take(&mut self, bundle: Bundle) -> Result<(), YamlError> {
        self.document = yaml::read(&bundle.config)?;
        self.text = bundle.config;
        self.files = bundle.files;
        Ok(())
    }
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
    pub(super) cipher: Cipher,
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
        let (bundle, origin) = match mounted {
            Some((bundle, origin)) => (bundle, origin),
            None => {
                let config = yaml::write(&new_document(&generated()?));
                (Bundle { config, ..Bundle::default() }, Origin::Setup)
            }
        };
        let document = yaml::read(&bundle.config).map_err(|source| DraftError::Yaml {
            place: self.config_dir().unwrap_or_default(),
            source,
        })?;
        let draft = Draft {
            version: 1,
            saved_at: self.clock.now(),
            origin,
            text: bundle.config,
            document,
            files: bundle.files,
            step: 0,
            steps: (0, 0),
        };
        let rows = self.seal_files(&draft.files)?;
        let step = self.seal_step(&draft, 0, String::new())?;
        self.store.begin_draft(&self.seal(&draft)?, &rows, &step).await?;
        let action = if draft.origin == Origin::Setup { Action::Begin } else { Action::Load };
        self.keep_revision(&draft, action, "").await?;
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
        let DraftRow { version, saved_at, step, .. } = row;
        let steps = self.store.steps().await?.unwrap_or((step, step));
        Ok(Draft { version, saved_at, origin, text, document, files, step, steps })
    }

    pub(super) fn store(&self) -> &dyn Store {
        self.store.as_ref()
    }

    /// Waits until no other change is under way in this process.
    pub(super) async fn turn(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.turn.lock().await
    }

    pub(super) fn now(&self) -> i64 {
        self.clock.now()
    }

    /// Changes the draft and stores it; tried again when another console was faster.
    ///
    /// `label` says what is changed, without a value. Changes with one label that follow each
    /// other closely, such as the letters of a word, are undone together.
    pub(super) async fn change(
        &self,
        label: &str,
        change: impl Fn(&mut Draft) -> Result<(), DraftError> + Send + Sync,
    ) -> Result<Draft, DraftError> {
        let _turn = self.turn.lock().await;
        for _ in 0..TRIES {
            let before = self.load().await?;
            let mut draft = before.clone();
            change(&mut draft)?;
            if draft.text == before.text && draft.document != before.document {
                draft.text = yaml::splice(&before.text, &draft.document);
            }
            if self.put(&before, &mut draft, Some(label)).await? {
                return Ok(draft);
            }
        }
        Err(DraftError::Busy)
    }

    /// What every rule says.
    pub fn report(&self, draft: &Draft) -> Report {
        let files = certificates::facts(&draft.files);
        let subject = Subject { document: &draft.document, files: &files, now: self.clock.now() };
        let mut report = check(&subject);
        check_text(&draft.text, &mut report);
        report
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
            .filter(|finding| {
                finding.severity == Severity::Warning
                    || document.is_hidden_at(&finding.path)
                    || is_internal(&finding.key)
            })
            .cloned()
            .collect();
        DraftView { document, files, held, now, saved_at: draft.saved_at, steps: steps(draft) }
    }

    /// The files of the bundle.
    pub fn entries(draft: &Draft) -> Vec<bundle::Entry> {
        bundle::entries(&draft.text, &draft.files)
    }

    /// `quay-config.tar.gz`.
    pub fn archive(draft: &Draft) -> Result<Vec<u8>, DraftError> {
        archive::pack(&Self::entries(draft)).map_err(DraftError::Pack)
    }

    /// Writes the files into the configuration folder, and remembers why.
    pub async fn save_to_folder(&self, reason: &str) -> Result<String, DraftError> {
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
        self.keep_revision(&draft, Action::Save, reason).await?;
        self.change("", |draft| {
            if let Some(origin) = &origin {
                draft.origin = origin.clone();
            }
            Ok(())
        })
        .await?;
        Ok(place.display().to_string())
    }

    /// What is in the configuration folder now; none without one.
    pub fn in_folder(&self) -> Result<Option<Bundle>, DraftError> {
        Ok(self.mounted()?.map(|(bundle, _)| bundle))
    }

    /// Throws the draft away and begins again.
    pub async fn discard(&self) -> Result<(), DraftError> {
        let _turn = self.turn.lock().await;
        // Read first: a folder that cannot be read must not cost the draft.
        let mounted = self.mounted()?;
        self.begin(mounted).await
    }
}

/// Whether only the server declares the key.
fn is_internal(key: &str) -> bool {
    config_model::sections::field_of(key).is_some_and(|field| field.internal)
}

/// Whether there is something to undo and to redo.
pub(super) fn steps(draft: &Draft) -> Steps {
    Steps { undo: draft.step > draft.steps.0, redo: draft.step < draft.steps.1 }
}

pub(super) fn file_purpose(name: &str) -> String {
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
