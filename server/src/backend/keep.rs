//! How a draft is kept: encrypted, in one transaction, each state for undo.

use super::draft::{DOCUMENT, Draft, DraftError, DraftService, STEP, file_purpose};
use crate::archive::{self, Bundle};
use crate::store::{DraftChange, DraftRow, FileRow, STEPS_MAX, StepRow};
use config_model::bundle::FILES_BYTES_MAX;
use config_model::yaml;
use std::collections::BTreeMap;

/// Changes to one field within this time are one step.
const STEP_SECONDS: i64 = 20;

impl DraftService {
    pub(super) fn seal(&self, draft: &Draft) -> Result<DraftRow, DraftError> {
        if draft.files.values().map(Vec::len).sum::<usize>() > FILES_BYTES_MAX {
            return Err(DraftError::Refused(
                "All files together may have 16 MiB; leave some out.".to_owned(),
            ));
        }
        if draft.text.len() > yaml::BYTES_MAX {
            return Err(DraftError::Refused(
                "The configuration would become larger than 4 MiB.".to_owned(),
            ));
        }
        Ok(DraftRow {
            version: draft.version,
            saved_at: draft.saved_at,
            origin: serde_json::to_string(&draft.origin).map_err(|_| DraftError::Damaged)?,
            content: self.cipher.seal(DOCUMENT, draft.text.as_bytes())?,
            step: draft.step,
        })
    }

    pub(super) fn seal_files(
        &self,
        files: &BTreeMap<String, Vec<u8>>,
    ) -> Result<Vec<FileRow>, DraftError> {
        let seal = |(name, bytes): (&String, &Vec<u8>)| {
            let content = self.cipher.seal(&file_purpose(name), bytes)?;
            Ok(FileRow { name: name.clone(), content })
        };
        files.iter().map(seal).collect()
    }

    pub(super) fn seal_step(
        &self,
        draft: &Draft,
        position: i64,
        label: String,
    ) -> Result<StepRow, DraftError> {
        let content = self.seal_bundle(STEP, draft)?;
        Ok(StepRow { position, made_at: draft.saved_at, label, content })
    }

    /// The draft as an encrypted archive.
    pub(super) fn seal_bundle(&self, purpose: &str, draft: &Draft) -> Result<Vec<u8>, DraftError> {
        Ok(self.cipher.seal(purpose, &Self::archive(draft)?)?)
    }

    /// The bundle in an encrypted archive.
    pub(super) fn open_bundle(&self, purpose: &str, sealed: &[u8]) -> Result<Bundle, DraftError> {
        let packed = self.cipher.open_sealed(purpose, sealed)?;
        archive::unpack(packed.as_slice()).map_err(|_| DraftError::Damaged)
    }

    /// Stores a changed draft; with a label as a new state, if anything in it is new.
    pub(super) async fn put(
        &self,
        before: &Draft,
        draft: &mut Draft,
        label: Option<&str>,
    ) -> Result<bool, DraftError> {
        draft.version = before.version + 1;
        draft.saved_at = self.now();
        let is_new = draft.text != before.text || draft.files != before.files;
        let step = match label.filter(|_| is_new) {
            Some(label) => {
                let current = self.store().step(before.step).await?;
                let goes_on = before.step > before.steps.0
                    && before.step == before.steps.1
                    && current.is_some_and(|current| {
                        current.label == label && draft.saved_at - current.made_at < STEP_SECONDS
                    });
                draft.step = if goes_on { before.step } else { before.step + 1 };
                draft.steps = (before.steps.0.max(draft.step - STEPS_MAX), draft.step);
                Some(self.seal_step(draft, draft.step, label.to_owned())?)
            }
            None => None,
        };
        let changed =
            draft.files.iter().filter(|(name, bytes)| before.files.get(*name) != Some(bytes));
        let changed = changed.map(|(name, bytes)| (name.clone(), bytes.clone())).collect();
        let removed = before.files.keys().filter(|name| !draft.files.contains_key(*name));
        let change = DraftChange {
            draft: self.seal(draft)?,
            files: self.seal_files(&changed)?,
            removed: removed.cloned().collect(),
            step,
        };
        Ok(self.store().update_draft(before.version, &change).await?)
    }
}
