//! A configuration folder: read as Quay reads it, written file by file without a gap.

use crate::archive::{self, Bundle};
use config_model::bundle::{
    CONFIG_NAME, EXTRA_CA_FOLDER, Entry, FILE_BYTES_MAX, FILES_MAX, checked_name, entries,
    is_certificate_name,
};
use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// Archives of earlier configurations kept in the folder.
const PREVIOUS_KEPT: usize = 10;
/// How their names begin and end; the ending is none that Quay takes for a certificate.
const PREVIOUS: (&str, &str) = ("quay-config.", ".tar.gz");

/// Why a folder cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// A file or folder fails.
    #[error("could not {action} {path}: {source}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// With what.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// A file is larger than any of its kind.
    #[error("{0} is too large to be part of a Quay configuration")]
    TooLarge(PathBuf),
    /// More files than any registry has.
    #[error("{0} holds more than {FILES_MAX} certificates and keys")]
    TooMany(PathBuf),
    /// `config.yaml` is not text.
    #[error("{0} is not UTF-8 text")]
    NotText(PathBuf),
}

fn failed(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> FolderError + use<> {
    let path = path.to_owned();
    move |source| FolderError::Io { action, path, source }
}

/// Reads the configuration in a folder; none when it holds no `config.yaml`.
pub fn read(folder: &Path) -> Result<Option<Bundle>, FolderError> {
    let config = folder.join(CONFIG_NAME);
    let text = match fs::metadata(&config) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed("read", &config)(error)),
        Ok(_) => read_file(&config, config_model::yaml::BYTES_MAX)?,
    };
    let config = String::from_utf8(text).map_err(|_| FolderError::NotText(config))?;
    Ok(Some(Bundle { config, files: certificate_files(folder)?, left_out: Vec::new() }))
}

/// The certificates and keys at the top and in `extra_ca_certs/`.
pub(crate) fn certificate_files(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>, FolderError> {
    let mut files = BTreeMap::new();
    for (place, prefix) in
        [(folder.to_owned(), ""), (folder.join(EXTRA_CA_FOLDER), EXTRA_CA_FOLDER)]
    {
        let entries = match fs::read_dir(&place) {
            Ok(entries) => entries,
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                ) =>
            {
                continue;
            }
            Err(error) => return Err(failed("list", &place)(error)),
        };
        for entry in entries {
            let entry = entry.map_err(failed("list", &place))?;
            let Ok(own) = entry.file_name().into_string() else { continue };
            let name = format!("{prefix}{own}");
            let is_file = fs::metadata(entry.path()).is_ok_and(|found| found.is_file());
            if !is_file || checked_name(&name).is_err() {
                continue;
            }
            if files.len() >= FILES_MAX {
                return Err(FolderError::TooMany(folder.to_owned()));
            }
            files.insert(name, read_file(&entry.path(), FILE_BYTES_MAX)?);
        }
    }
    Ok(files)
}

fn read_file(path: &Path, bytes_max: usize) -> Result<Vec<u8>, FolderError> {
    let mut bytes = Vec::new();
    let file = fs::File::open(path).map_err(failed("read", path))?;
    file.take(bytes_max as u64 + 1).read_to_end(&mut bytes).map_err(failed("read", path))?;
    if bytes.len() > bytes_max { Err(FolderError::TooLarge(path.to_owned())) } else { Ok(bytes) }
}

/// Writes a bundle into a folder, each file in one step, `config.yaml` last.
///
/// What was there is first kept as an archive named after `stamp`; files that are no longer part
/// of the bundle are removed, files that never were are left alone.
pub fn write(folder: &Path, entries: &[Entry], stamp: &str) -> Result<(), FolderError> {
    fs::create_dir_all(folder).map_err(failed("make", folder))?;
    let owner = fs::metadata(folder).map_err(failed("read", folder))?;
    let before = read(folder)?;
    if let Some(before) = &before {
        keep_previous(folder, before, stamp, &owner)?;
    }
    let (config, rest): (Vec<_>, Vec<_>) =
        entries.iter().partition(|entry| entry.name == CONFIG_NAME);
    for entry in rest.into_iter().chain(config) {
        let path = folder.join(&entry.name);
        if let Some(parent) = path.parent().filter(|parent| *parent != folder) {
            fs::create_dir_all(parent).map_err(failed("make", parent))?;
        }
        replace(&path, &entry.bytes, entry.mode, &owner)?;
    }
    for name in before.iter().flat_map(|before| before.files.keys()) {
        if entries.iter().all(|entry| entry.name != *name) {
            let path = folder.join(name);
            fs::remove_file(&path).map_err(failed("remove", &path))?;
        }
    }
    Ok(())
}

fn keep_previous(
    folder: &Path,
    before: &Bundle,
    stamp: &str,
    owner: &fs::Metadata,
) -> Result<(), FolderError> {
    let entries = entries(&before.config, &before.files);
    let path = folder.join(format!("{}{stamp}{}", PREVIOUS.0, PREVIOUS.1));
    let bytes = archive::pack(&entries).map_err(failed("pack", &path))?;
    replace(&path, &bytes, 0o600, owner)?;
    let mut kept: Vec<PathBuf> = fs::read_dir(folder)
        .map_err(failed("list", folder))?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| {
            path.file_name().and_then(|name| name.to_str()).is_some_and(|name| {
                name.starts_with(PREVIOUS.0)
                    && name.ends_with(PREVIOUS.1)
                    && !is_certificate_name(name)
                    && name.len() > PREVIOUS.0.len() + PREVIOUS.1.len()
            })
        })
        .collect();
    kept.sort();
    let surplus = kept.len().saturating_sub(PREVIOUS_KEPT);
    for path in &kept[..surplus] {
        fs::remove_file(path).map_err(failed("remove", path))?;
    }
    Ok(())
}

/// Puts a file in place in one step: a reader sees the old one or the new one, never half of it.
fn replace(path: &Path, bytes: &[u8], mode: u32, owner: &fs::Metadata) -> Result<(), FolderError> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = PathBuf::from(beside);
    let _ = fs::remove_file(&beside);
    let written =
        OpenOptions::new().write(true).create_new(true).mode(mode).open(&beside).and_then(
            |mut file| {
                file.write_all(bytes)?;
                file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(mode))?;
                file.sync_all()
            },
        );
    // Root writes for whoever owns the folder, so that Quay's container can read it.
    let _ = std::os::unix::fs::chown(&beside, Some(owner.uid()), Some(owner.gid()));
    written.and_then(|()| fs::rename(&beside, path)).map_err(failed("write", path))?;
    if let Some(folder) = path.parent().and_then(|parent| fs::File::open(parent).ok()) {
        let _ = folder.sync_all();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use config_model::bundle::mode;
    use std::os::unix::fs::PermissionsExt as _;

    fn entry(name: &str, bytes: &str) -> Entry {
        Entry { name: name.to_owned(), mode: mode(name), bytes: bytes.as_bytes().to_vec() }
    }

    #[test]
    fn what_is_written_is_read_back_and_the_previous_one_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(read(folder.path()).unwrap(), None);
        write(
            folder.path(),
            &[
                entry("config.yaml", "A: 1\n"),
                entry("ssl.key", "k"),
                entry("extra_ca_certs/a.crt", "c"),
            ],
            "1",
        )
        .unwrap();
        write(folder.path(), &[entry("config.yaml", "A: 2\n"), entry("ssl.cert", "c")], "2")
            .unwrap();
        let now = read(folder.path()).unwrap().unwrap();
        assert_eq!(now.config, "A: 2\n");
        assert_eq!(now.files.keys().collect::<Vec<_>>(), ["ssl.cert"]);
        let previous = fs::File::open(folder.path().join("quay-config.2.tar.gz")).unwrap();
        let previous = archive::unpack(previous).unwrap();
        assert_eq!(previous.config, "A: 1\n");
        assert_eq!(previous.files.keys().collect::<Vec<_>>(), ["extra_ca_certs/a.crt", "ssl.key"]);
        let config = fs::metadata(folder.path().join("config.yaml")).unwrap();
        assert_eq!(config.permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn foreign_files_are_left_alone_and_old_archives_give_way() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("robots.txt"), "x").unwrap();
        for stamp in 10..30 {
            write(folder.path(), &[entry("config.yaml", "A: 1\n")], &stamp.to_string()).unwrap();
        }
        assert!(folder.path().join("robots.txt").exists());
        let archives = fs::read_dir(folder.path()).unwrap().filter(|entry| {
            entry.as_ref().unwrap().file_name().to_string_lossy().ends_with(".tar.gz")
        });
        assert_eq!(archives.count(), PREVIOUS_KEPT);
    }
}
