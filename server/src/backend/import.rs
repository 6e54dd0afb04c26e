//! Taking over a configuration that was uploaded: `config.yaml` or an archive.

use super::draft::{DraftError, DraftService, Origin};
use super::history::Action;
use crate::archive::{self, Bundle};
use config_model::yaml::{self, YamlError};

/// How a gzip file begins.
const GZIP: [u8; 2] = [0x1f, 0x8b];
/// The longest file name that is remembered.
const NAME_CHARS_MAX: usize = 120;

/// Reads an upload: a `.tar.gz` bundle, or a `config.yaml` by itself.
///
/// A `config.yaml` alone leaves the files of the draft as they are.
pub fn read(bytes: Vec<u8>) -> Result<(Bundle, bool), DraftError> {
    let refused = |why: String| DraftError::Refused(why);
    if bytes.starts_with(&GZIP) {
        let bundle =
            archive::unpack(bytes.as_slice()).map_err(|error| refused(format!("{error}.")))?;
        return Ok((bundle, true));
    }
    if bytes.len() > yaml::BYTES_MAX {
        return Err(refused(
            "The file is larger than 4 MiB; it is not a configuration.".to_owned(),
        ));
    }
    let config = String::from_utf8(bytes).map_err(|_| {
        refused("The file is neither a .tar.gz archive nor text in UTF-8.".to_owned())
    })?;
    Ok((Bundle { config, ..Bundle::default() }, false))
}

impl DraftService {
    /// Makes an upload the draft, as a revision and a step that can be undone.
    ///
    /// Returns the names of files in it that Quay does not read and that were left out.
    pub async fn import(
        &self,
        name: &str,
        bytes: Vec<u8>,
        reason: &str,
    ) -> Result<Vec<String>, DraftError> {
        let (bundle, with_files) = read(bytes)?;
        let document = yaml::read(&bundle.config)
            .map_err(|error: YamlError| DraftError::Refused(format!("config.yaml, {error}.")))?;
        let name: String = name.chars().take(NAME_CHARS_MAX).collect();
        let draft = self
            .change("import", |draft| {
                draft.document = document.clone();
                draft.text.clone_from(&bundle.config);
                if with_files {
                    draft.files.clone_from(&bundle.files);
                }
                draft.origin = Origin::Import { name: name.clone() };
                Ok(())
            })
            .await?;
        self.keep_revision(&draft, Action::Import, reason).await?;
        Ok(bundle.left_out)
    }
}
