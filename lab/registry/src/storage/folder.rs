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
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

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

/// A file that is being written, beside its place: whoever reads finds all of it or nothing.
#[derive(Debug)]
pub(crate) struct Writer {
    file: File,
    beside: PathBuf,
    place: PathBuf,
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
        let mut writer = self.create(key).await?;
        match writer.write(bytes).await {
            Ok(()) => writer.keep().await,
            Err(error) => {
                writer.give_up().await;
                Err(error)
            }
        }
    }

    pub(super) async fn create(&self, key: &str) -> Result<Writer, StorageError> {
        let place = self.place(key);
        if let Some(folder) = place.parent() {
            fs::create_dir_all(folder).await?;
        }
        let beside = place.with_extension(uuid::Uuid::new_v4().simple().to_string());
        let file = File::create(&beside).await?;
        Ok(Writer { file, beside, place })
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

impl Writer {
    pub(super) async fn write(&mut self, bytes: Bytes) -> Result<(), StorageError> {
        Ok(self.file.write_all(&bytes).await?)
    }

    pub(super) async fn keep(mut self) -> Result<(), StorageError> {
        let kept = match self.file.flush().await {
            Ok(()) => fs::rename(&self.beside, &self.place).await,
            Err(error) => Err(error),
        };
        if kept.is_err() {
            self.give_up().await;
        }
        Ok(kept?)
    }

    pub(super) async fn give_up(self) {
        if let Err(error) = fs::remove_file(&self.beside).await {
            tracing::warn!(%error, "a file that was given up is left behind");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_being_written_is_not_seen_and_can_be_given_up() {
        let top = tempfile::tempdir().unwrap();
        let folder = Folder(top.path().to_owned());
        folder.put("a", Bytes::from_static(b"old")).await.unwrap();
        for is_kept in [false, true] {
            let mut writer = folder.create("a").await.unwrap();
            writer.write(Bytes::from_static(b"new ")).await.unwrap();
            writer.write(Bytes::from_static(b"bytes")).await.unwrap();
            assert_eq!(std::fs::read(top.path().join("a")).unwrap(), b"old");
            if is_kept {
                writer.keep().await.unwrap();
            } else {
                writer.give_up().await;
            }
            assert_eq!(std::fs::read_dir(top.path()).unwrap().count(), 1, "nothing is beside it");
        }
        assert_eq!(std::fs::read(top.path().join("a")).unwrap(), b"new bytes");
    }

    #[tokio::test]
    async fn what_cannot_take_its_place_leaves_nothing_beside_it() {
        let top = tempfile::tempdir().unwrap();
        let folder = Folder(top.path().to_owned());
        std::fs::create_dir(top.path().join("a")).unwrap();
        assert!(folder.put("a", Bytes::from_static(b"new")).await.is_err());
        assert_eq!(std::fs::read_dir(top.path()).unwrap().count(), 1);
    }

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
