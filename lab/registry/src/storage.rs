//! Where blobs are kept: in the engine that the configuration prefers, as Quay lays them out.

mod bucket;
mod folder;

use crate::configuration::Configuration;
use bucket::Bucket;
use bytes::Bytes;
use config_model::sections::storage::{DISTRIBUTED_STORAGE_CONFIG, DISTRIBUTED_STORAGE_PREFERENCE};
use config_model::storage::engines_of;
use config_model::value::{List, Text};
use folder::Folder;
use server::clients::dial::DialError;
use server::clients::http::HttpError;
use server::clients::tls::TlsError;
use std::io;

/// Why a blob cannot be kept or found.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StorageError {
    /// The engine is none of those that the stand-in can use.
    #[error("the stand-in for Quay has no driver for the storage engine {0}")]
    Foreign(String),
    /// A folder fails.
    #[error("the storage folder: {0}")]
    Folder(#[from] io::Error),
    /// The store cannot be reached.
    #[error("the store: {0}")]
    Dial(#[from] DialError),
    /// The connection to it cannot be encrypted.
    #[error("the store: {0}")]
    Tls(#[from] TlsError),
    /// It does not answer as it should.
    #[error("the store: {0}")]
    Http(#[from] HttpError),
    /// A request cannot be signed.
    #[error("the store: {0}")]
    Unsigned(String),
    /// It says no.
    #[error("the store answered {0}")]
    Refused(String),
    /// It says nothing.
    #[error("the store did not answer in time")]
    Silent,
    /// What it holds is not what was put there.
    #[error("the store holds something else under {0}")]
    Damaged(String),
}

/// The preferred engine.
pub(crate) enum Storage {
    /// `LocalStorage`.
    Folder(Folder),
    /// An engine that speaks Amazon's protocol.
    Bucket(Bucket),
    /// Any other; blobs cannot be kept.
    Foreign(String),
}

/// The engine that is asked first; `preference` goes before the key.
pub(crate) fn preferred(configuration: &Configuration, preference: &[String]) -> Option<String> {
    let order = configuration.document.effective(DISTRIBUTED_STORAGE_PREFERENCE);
    let first = order.and_then(|List(names)| names.into_iter().next());
    preference.first().cloned().or(first.map(|Text(name)| name))
}

impl Storage {
    /// The preferred engine of a configuration.
    pub(crate) fn of(configuration: &Configuration, preference: &[String]) -> Self {
        let name = preferred(configuration, preference).unwrap_or_default();
        let engines = configuration.document.top(DISTRIBUTED_STORAGE_CONFIG.name());
        let driver =
            engines_of(engines).find(|(has, _)| *has == name).map(|(_, found)| found.driver);
        let arguments = DISTRIBUTED_STORAGE_CONFIG.path().field(&name).item(1);
        let made = match driver {
            Some("LocalStorage") => Folder::of(configuration, &arguments).map(Self::Folder),
            Some("RadosGWStorage" | "RHOCSStorage") => {
                Bucket::of_gateway(configuration, &arguments).map(Self::Bucket)
            }
            Some("S3Storage") => Bucket::of_amazon(configuration, &arguments).map(Self::Bucket),
            _ => None,
        };
        made.unwrap_or_else(|| Self::Foreign(driver.unwrap_or("without a name").to_owned()))
    }

    /// Keeps bytes under a key, in the place of what was there.
    pub(crate) async fn put(&self, key: &str, bytes: Bytes) -> Result<(), StorageError> {
        match self {
            Self::Folder(folder) => folder.put(key, bytes).await,
            Self::Bucket(bucket) => bucket.put(key, bytes).await,
            Self::Foreign(driver) => Err(StorageError::Foreign(driver.clone())),
        }
    }

    /// Begins to write under a key. What is there stays until the new bytes are kept.
    pub(crate) async fn create(&self, key: &str) -> Result<Writer, StorageError> {
        match self {
            Self::Folder(folder) => Ok(Writer::Folder(Box::new(folder.create(key).await?))),
            Self::Bucket(bucket) => Ok(Writer::Bucket(Box::new(bucket.create(key)))),
            Self::Foreign(driver) => Err(StorageError::Foreign(driver.clone())),
        }
    }

    /// How many bytes are kept under a key.
    pub(crate) async fn size(&self, key: &str) -> Result<Option<u64>, StorageError> {
        match self {
            Self::Folder(folder) => folder.size(key).await,
            Self::Bucket(bucket) => bucket.size(key).await,
            Self::Foreign(driver) => Err(StorageError::Foreign(driver.clone())),
        }
    }

    /// Reads what is kept under a key, piece by piece.
    pub(crate) async fn open(&self, key: &str) -> Result<Option<Reader>, StorageError> {
        match self {
            Self::Folder(folder) => Ok(folder.open(key).await?.map(Reader::Folder)),
            Self::Bucket(bucket) => {
                Ok(bucket.open(key).await?.map(|reader| Reader::Bucket(Box::new(reader))))
            }
            Self::Foreign(driver) => Err(StorageError::Foreign(driver.clone())),
        }
    }

    /// Takes away what is kept under a key; nothing there is fine as well.
    pub(crate) async fn remove(&self, key: &str) -> Result<(), StorageError> {
        match self {
            Self::Folder(folder) => folder.remove(key).await,
            Self::Bucket(bucket) => bucket.remove(key).await,
            Self::Foreign(driver) => Err(StorageError::Foreign(driver.clone())),
        }
    }
}

/// Something that is being read.
pub(crate) enum Reader {
    /// A file.
    Folder(folder::Reader),
    /// An object.
    Bucket(Box<bucket::Reader>),
}

impl Reader {
    /// How many bytes there are in all.
    pub(crate) fn size(&self) -> u64 {
        match self {
            Self::Folder(reader) => reader.size(),
            Self::Bucket(reader) => reader.size(),
        }
    }

    /// The next bytes, none at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, StorageError> {
        match self {
            Self::Folder(reader) => reader.next().await,
            Self::Bucket(reader) => reader.next().await,
        }
    }
}

/// Something that is being written, of any length, of which little is held in memory.
pub(crate) enum Writer {
    /// A file.
    Folder(Box<folder::Writer>),
    /// An object.
    Bucket(Box<bucket::Writer>),
}

impl Writer {
    /// Adds bytes at the end.
    pub(crate) async fn write(&mut self, bytes: Bytes) -> Result<(), StorageError> {
        match self {
            Self::Folder(writer) => writer.write(bytes).await,
            Self::Bucket(writer) => writer.write(bytes).await,
        }
    }

    /// Whether the store has been sent a part already, so that this is an upload in parts.
    pub(crate) fn is_in_parts(&self) -> bool {
        match self {
            Self::Folder(_) => false,
            Self::Bucket(writer) => writer.is_in_parts(),
        }
    }

    /// Keeps what was written, in the place of what was there; on failure nothing of it is left.
    pub(crate) async fn keep(self) -> Result<(), StorageError> {
        match self {
            Self::Folder(writer) => writer.keep().await,
            Self::Bucket(writer) => writer.keep().await,
        }
    }

    /// Takes away what was written.
    pub(crate) async fn give_up(self) {
        match self {
            Self::Folder(writer) => writer.give_up().await,
            Self::Bucket(mut writer) => writer.give_up().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(engine: &str) -> Storage {
        let text = format!(
            "DISTRIBUTED_STORAGE_CONFIG: {{other: [LocalStorage, {{}}], default: {engine}}}\n\
             DISTRIBUTED_STORAGE_PREFERENCE: [default, other]\n"
        );
        Storage::of(&Configuration::of_text(&text).unwrap(), &[])
    }

    #[test]
    fn the_engine_that_stands_first_is_used() {
        let folder = of("[LocalStorage, {storage_path: /datastorage/registry}]");
        assert!(matches!(folder, Storage::Folder(_)));
        let bucket = of("[RadosGWStorage, {hostname: ceph04, port: '7480', is_secure: false, \
             access_key: a, secret_key: b, bucket_name: c, storage_path: /d}]");
        assert!(matches!(bucket, Storage::Bucket(_)));
    }

    #[test]
    fn other_engines_are_named() {
        for (engine, name) in
            [("[AzureStorage, {}]", "AzureStorage"), ("[S3Storage, {}]", "S3Storage")]
        {
            assert!(matches!(of(engine), Storage::Foreign(found) if found == name), "{engine}");
        }
    }

    #[test]
    fn the_environment_goes_before_the_key() {
        let configuration = Configuration::of_text("DISTRIBUTED_STORAGE_PREFERENCE: [a]").unwrap();
        assert_eq!(preferred(&configuration, &[]).as_deref(), Some("a"));
        assert_eq!(preferred(&configuration, &["b".to_owned()]).as_deref(), Some("b"));
    }
}
