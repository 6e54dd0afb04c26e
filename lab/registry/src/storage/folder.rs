//! A folder: the engine `LocalStorage`.

use super::StorageError;
use crate::configuration::Configuration;
use bytes::{Bytes, BytesMut};
use config_model::path::Path as Place;
use config_model::storage::engines::local::LocalArguments;
use config_model::value::FilePath;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use tokio::fs::{self, File};
use tokio::io::AsyncReadExt as _;

/// Bytes read at once.
const PIECE_BYTES: usize = 512 * 1024;

/// A folder with blobs.
#[derive(Debug)]
pub(crate) struct Folder(PathBuf);

/// A file that is being read.
#[derive(Debug)]
pub(crate) struct Reader {
    file: File,
    size: u64,
}

impl Folder {
    /// The folder that the engine with these arguments names.
    pub(super) fn of(configuration: &Configuration, arguments: &Place) -> Option<Self> {
        let settings = configuration.settings();
        let FilePath(path) = settings.field(arguments, LocalArguments::storage_path)?;
        // Quay's working folder is the root of its image.
        Some(Self(Path::new("/").join(path)))
    }

    fn place(&self, key: &str) -> PathBuf {
        self.0.join(key)
    }

    pub(super) async fn put(&self, key: &str, bytes: Bytes) -> Result<(), StorageError> {
        let place = self.place(key);
        if let Some(folder) = place.parent() {
            fs::create_dir_all(folder).await?;
        }
        // Whoever reads finds all of it or nothing.
        let beside = place.with_extension(uuid::Uuid::new_v4().simple().to_string());
        fs::write(&beside, bytes).await?;
        Ok(fs::rename(&beside, &place).await?)
    }

    pub(super) async fn size(&self, key: &str) -> Result<Option<u64>, StorageError> {
        match fs::metadata(self.place(key)).await {
            Ok(found) => Ok(Some(found.len())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    pub(super) async fn open(&self, key: &str) -> Result<Option<Reader>, StorageError> {
        match File::open(self.place(key)).await {
            Ok(file) => {
                let size = file.metadata().await?.len();
                Ok(Some(Reader { file, size }))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    pub(super) async fn remove(&self, key: &str) -> Result<(), StorageError> {
        match fs::remove_file(self.place(key)).await {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }
}

impl Reader {
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, StorageError> {
        let mut piece = BytesMut::with_capacity(PIECE_BYTES);
        let read = self.file.read_buf(&mut piece).await?;
        Ok((read > 0).then(|| piece.freeze()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_put_there_is_read_back_and_can_be_taken_away() {
        let top = tempfile::tempdir().unwrap();
        let folder = Folder(top.path().join("registry"));
        assert_eq!(folder.size("uploads/a").await.unwrap(), None);
        let bytes = vec![7; PIECE_BYTES + 1];
        folder.put("uploads/a", bytes.clone().into()).await.unwrap();
        assert_eq!(folder.size("uploads/a").await.unwrap(), Some(bytes.len() as u64));
        let mut reader = folder.open("uploads/a").await.unwrap().unwrap();
        let mut read = Vec::new();
        while let Some(piece) = reader.next().await.unwrap() {
            read.extend_from_slice(&piece);
        }
        assert_eq!((read, reader.size()), (bytes.clone(), bytes.len() as u64));
        folder.remove("uploads/a").await.unwrap();
        folder.remove("uploads/a").await.unwrap();
        assert!(folder.open("uploads/a").await.unwrap().is_none());
    }
}
