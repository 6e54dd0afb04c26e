//! Undo and redo within a draft, and the revisions that were loaded, downloaded or saved.

use super::draft::{Draft, DraftError, DraftService, STEP};
use crate::archive::Bundle;
use crate::auth::USER;
use crate::store::{NewRevision, RevisionRow};
use app::pages::history::REASON_CHARS_MAX;
use config_model::yaml;

/// The purpose a revision is encrypted for.
const REVISION: &str = "revision";

/// What made a revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// A set-up session began.
    Begin,
    /// The configuration folder was read.
    Load,
    /// A configuration was uploaded.
    Import,
    /// The archive was downloaded.
    Download,
    /// The files were written into the configuration folder.
    Save,
    /// An earlier revision was taken up again.
    Restore,
}

impl Action {
    /// The word that is stored.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Begin => "begin",
            Self::Load => "load",
            Self::Import => "import",
            Self::Download => "download",
            Self::Save => "save",
            Self::Restore => "restore",
        }
    }
}

/// A revision with its content.
#[derive(Debug)]
pub struct Revision {
    /// Who, when and why.
    pub row: RevisionRow,
    /// What.
    pub bundle: Bundle,
}

impl DraftService {
    /// Goes one state back.
    pub async fn undo(&self) -> Result<Draft, DraftError> {
        self.step_by(-1, "There is nothing to undo.").await
    }

    /// Goes one state forward again.
    pub async fn redo(&self) -> Result<Draft, DraftError> {
        self.step_by(1, "There is nothing to redo.").await
    }

    async fn step_by(&self, by: i64, nothing: &str) -> Result<Draft, DraftError> {
        let _turn = self.turn().await;
        let before = self.load().await?;
        let nothing = || DraftError::Refused(nothing.to_owned());
        let position = before.step + by;
        let step = self.store().step(position).await?.ok_or_else(nothing)?;
        let mut draft = before.clone();
        let bundle = self.open_bundle(STEP, &step.content)?;
        draft.take(bundle).map_err(|_| DraftError::Damaged)?;
        draft.step = position;
        if self.put(&before, &mut draft, None).await? { Ok(draft) } else { Err(DraftError::Busy) }
    }

    /// Keeps the draft as a revision.
    pub async fn keep_revision(
        &self,
        draft: &Draft,
        action: Action,
        reason: &str,
    ) -> Result<i64, DraftError> {
        let revision = NewRevision {
            made_at: self.now(),
            author: USER.to_owned(),
            action: action.word().to_owned(),
            reason: reason.trim().chars().take(REASON_CHARS_MAX).collect(),
            content: self.seal_bundle(REVISION, draft)?,
        };
        Ok(self.store().add_revision(&revision).await?)
    }

    /// Every revision, the newest first.
    pub async fn revisions(&self) -> Result<Vec<RevisionRow>, DraftError> {
        Ok(self.store().revisions().await?)
    }

    /// The newest revision that came from a node's folder or could have reached one.
    pub async fn in_use(&self) -> Result<Option<Revision>, DraftError> {
        let used = [Action::Load, Action::Import, Action::Download, Action::Save].map(Action::word);
        let rows = self.store().revisions().await?;
        match rows.into_iter().find(|row| used.contains(&row.action.as_str())) {
            Some(row) => self.revision(row.id).await,
            None => Ok(None),
        }
    }

    /// One revision; none when there is no such number.
    pub async fn revision(&self, id: i64) -> Result<Option<Revision>, DraftError> {
        let rows = self.store().revisions().await?;
        let Some(row) = rows.into_iter().find(|row| row.id == id) else { return Ok(None) };
        let Some(content) = self.store().revision_content(id).await? else { return Ok(None) };
        Ok(Some(Revision { row, bundle: self.open_bundle(REVISION, &content)? }))
    }

    /// Makes an earlier revision the draft, as a new revision and a step that can be undone.
    pub async fn restore(&self, id: i64, reason: &str) -> Result<i64, DraftError> {
        let revision = self
            .revision(id)
            .await?
            .ok_or_else(|| DraftError::Refused(format!("There is no revision {id}.")))?;
        let document = yaml::read(&revision.bundle.config).map_err(|_| DraftError::Damaged)?;
        let draft = self
            .change(&format!("revision {id}"), |draft| {
                draft.document = document.clone();
                draft.text.clone_from(&revision.bundle.config);
                draft.files.clone_from(&revision.bundle.files);
                Ok(())
            })
            .await?;
        self.keep_revision(&draft, Action::Restore, reason).await
    }
}
