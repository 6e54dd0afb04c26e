//! `quay-config.tar.gz`: written so that the same input gives the same bytes, read with bounds.

use config_model::bundle::{
    CONFIG_NAME, EXTRA_CA_FOLDER, Entry, FILE_BYTES_MAX, FILES_MAX, NAME_CHARS_MAX, checked_name,
};
use flate2::read::GzDecoder;
use flate2::{Compression, GzBuilder};
use std::collections::BTreeMap;
use std::io::Read;
use tar::{Archive, Builder, EntryType, Header};

/// Quay's user and group in its container: whoever unpacks as root keeps the files readable there.
const QUAY_USER: u64 = 1001;
/// See [`QUAY_USER`].
const QUAY_GROUP: u64 = 0;
/// Entries of an archive that are looked at, folders included.
const ENTRIES_MAX: usize = 2 * FILES_MAX;
/// Bytes of an archive that are unpacked.
const UNPACKED_BYTES_MAX: u64 = 32 * 1024 * 1024;

/// Why an archive cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// It is not an archive, or damaged.
    #[error("this is not a readable .tar.gz archive: {0}")]
    Unreadable(#[source] std::io::Error),
    /// An entry is no plain file.
    #[error("{0} in the archive is a link or a device; a bundle holds plain files only")]
    NotAFile(String),
    /// An entry leads out of the folder, or cannot be part of a bundle.
    #[error("the archive holds a file with a name that cannot be used: {0}")]
    Name(String),
    /// Too many or too large files.
    #[error("the archive is larger than a Quay configuration can be: {0}")]
    TooLarge(&'static str),
    /// Its configuration is no text.
    #[error("config.yaml in the archive is not UTF-8 text")]
    NotText,
    /// The configuration is not in it.
    #[error("there is no config.yaml in the archive; it must lie at the top, not in a folder")]
    NoConfig,
}

/// A configuration and the files beside it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Bundle {
    /// `config.yaml`.
    pub config: String,
    /// The other files, by name.
    pub files: BTreeMap<String, Vec<u8>>,
    /// The names of files that were there and that Quay does not read.
    pub left_out: Vec<String>,
}

impl std::fmt::Debug for Bundle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Bundle({} files)", self.files.len())
    }
}

/// Packs the entries.
pub fn pack(entries: &[Entry]) -> std::io::Result<Vec<u8>> {
    // No time and no operating system in the header: the same input gives the same bytes.
    let gzip =
        GzBuilder::new().mtime(0).operating_system(255).write(Vec::new(), Compression::best());
    let mut archive = Builder::new(gzip);
    let mut folder_written = false;
    for entry in entries {
        if entry.name.starts_with(EXTRA_CA_FOLDER) && !folder_written {
            archive.append(
                &header(EXTRA_CA_FOLDER, 0o755, 0, EntryType::Directory)?,
                std::io::empty(),
            )?;
            folder_written = true;
        }
        let header = header(&entry.name, entry.mode, entry.bytes.len(), EntryType::Regular)?;
        archive.append(&header, entry.bytes.as_slice())?;
    }
    archive.into_inner()?.finish()
}

fn header(name: &str, mode: u32, bytes: usize, kind: EntryType) -> std::io::Result<Header> {
    let mut header = Header::new_ustar();
    header.set_path(name)?;
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_uid(QUAY_USER);
    header.set_gid(QUAY_GROUP);
    header.set_mtime(0);
    header.set_size(bytes as u64);
    header.set_cksum();
    Ok(header)
}

/// Unpacks a bundle into memory, nothing but plain files with harmless names.
pub fn unpack(source: impl Read) -> Result<Bundle, ArchiveError> {
    let mut archive = Archive::new(GzDecoder::new(source).take(UNPACKED_BYTES_MAX + 1));
    let mut bundle = Bundle::default();
    let mut config = None;
    let mut entries = 0_usize;
    for entry in archive.entries().map_err(ArchiveError::Unreadable)? {
        let mut entry = entry.map_err(ArchiveError::Unreadable)?;
        entries += 1;
        if entries > ENTRIES_MAX {
            return Err(ArchiveError::TooLarge("too many files"));
        }
        let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let name = path.trim_start_matches("./");
        match entry.header().entry_type() {
            EntryType::Directory | EntryType::XGlobalHeader => continue,
            EntryType::Regular | EntryType::Continuous => {}
            _ => return Err(ArchiveError::NotAFile(path)),
        }
        if name == CONFIG_NAME {
            let bytes = read(&mut entry, config_model::yaml::BYTES_MAX)?;
            config = Some(String::from_utf8(bytes).map_err(|_| ArchiveError::NotText)?);
        } else if let Ok(name) = checked_name(name) {
            let bytes = read(&mut entry, FILE_BYTES_MAX)?;
            bundle.files.insert(name.to_owned(), bytes);
        } else if name.starts_with('/') || name.split('/').any(|part| part == "..") {
            return Err(ArchiveError::Name(name.to_owned()));
        } else {
            bundle.left_out.push(name.chars().take(NAME_CHARS_MAX).collect());
        }
        if bundle.files.len() > FILES_MAX {
            return Err(ArchiveError::TooLarge("too many files"));
        }
    }
    bundle.config = config.ok_or(ArchiveError::NoConfig)?;
    Ok(bundle)
}

fn read(entry: &mut impl Read, bytes_max: usize) -> Result<Vec<u8>, ArchiveError> {
    let mut bytes = Vec::new();
    entry.take(bytes_max as u64 + 1).read_to_end(&mut bytes).map_err(ArchiveError::Unreadable)?;
    if bytes.len() > bytes_max {
        Err(ArchiveError::TooLarge("one of its files"))
    } else {
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(name: &str, mode: u32, bytes: &[u8]) -> Entry {
        Entry { name: name.to_owned(), mode, bytes: bytes.to_vec() }
    }

    fn gzipped(build: impl FnOnce(&mut Builder<flate2::write::GzEncoder<Vec<u8>>>)) -> Vec<u8> {
        let mut archive =
            Builder::new(flate2::write::GzEncoder::new(Vec::new(), Compression::fast()));
        build(&mut archive);
        archive.into_inner().unwrap().finish().unwrap()
    }

    #[test]
    fn what_is_packed_comes_back_and_the_bytes_are_always_the_same() {
        let entries = [
            entry("config.yaml", 0o600, b"A: 1\n"),
            entry("extra_ca_certs/ca.crt", 0o644, b"pem"),
            entry("ssl.key", 0o600, b"key"),
        ];
        let packed = pack(&entries).unwrap();
        assert!(packed == pack(&entries).unwrap());
        let bundle = unpack(packed.as_slice()).unwrap();
        assert_eq!(bundle.config, "A: 1\n");
        assert_eq!(bundle.files.keys().collect::<Vec<_>>(), ["extra_ca_certs/ca.crt", "ssl.key"]);
    }

    #[test]
    fn files_belong_to_quay_and_secrets_to_their_owner_only() {
        let packed =
            pack(&[entry("config.yaml", 0o600, b""), entry("ssl.cert", 0o644, b"")]).unwrap();
        let mut archive = Archive::new(GzDecoder::new(packed.as_slice()));
        let seen: Vec<_> = archive
            .entries()
            .unwrap()
            .map(|entry| {
                let header = entry.unwrap().header().clone();
                (header.uid().unwrap(), header.gid().unwrap(), header.mode().unwrap())
            })
            .collect();
        assert_eq!(seen, [(1001, 0, 0o600), (1001, 0, 0o644)]);
    }

    #[test]
    fn a_link_out_of_the_archive_is_refused() {
        let packed = gzipped(|archive| {
            let mut header = Header::new_gnu();
            header.set_entry_type(EntryType::Symlink);
            header.set_size(0);
            archive.append_link(&mut header, "ssl.key", "/etc/shadow").unwrap();
        });
        assert!(matches!(unpack(packed.as_slice()), Err(ArchiveError::NotAFile(_))));
    }

    #[test]
    fn a_name_out_of_the_folder_is_refused() {
        let packed = gzipped(|archive| {
            let mut header = Header::new_gnu();
            header.as_old_mut().name[..11].copy_from_slice(b"../evil.crt");
            header.set_size(0);
            header.set_cksum();
            archive.append(&header, std::io::empty()).unwrap();
        });
        assert!(matches!(unpack(packed.as_slice()), Err(ArchiveError::Name(_))));
    }

    #[test]
    fn a_bomb_is_refused() {
        let packed = gzipped(|archive| {
            let mut header = Header::new_gnu();
            header.set_size(200 * 1024 * 1024);
            header.set_mode(0o644);
            archive
                .append_data(
                    &mut header,
                    "config.yaml",
                    std::io::repeat(b' ').take(200 * 1024 * 1024),
                )
                .unwrap();
        });
        assert!(matches!(unpack(packed.as_slice()), Err(ArchiveError::TooLarge(_))));
    }

    #[test]
    fn garbage_and_an_archive_without_a_configuration_are_refused() {
        assert!(matches!(unpack(&b"garbage"[..]), Err(ArchiveError::Unreadable(_))));
        let packed = pack(&[entry("ssl.cert", 0o644, b"")]).unwrap();
        assert!(matches!(unpack(packed.as_slice()), Err(ArchiveError::NoConfig)));
    }
}
