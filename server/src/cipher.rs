//! Encryption at rest: XChaCha20-Poly1305 with one key file, made at first start or supplied.

use crate::hex;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use sha2::Sha256;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;

/// The key file's name in the data folder.
pub const KEY_FILE: &str = "encryption.key";

/// Encrypts what the store keeps, and gives out keys for other purposes.
#[derive(Clone)]
pub struct Cipher {
    cipher: XChaCha20Poly1305,
    master: [u8; KEY_BYTES],
}

/// Why the key cannot be used, or what it protects cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum CipherError {
    /// The key file cannot be read or made.
    #[error("could not use the encryption key file {path}: {source}")]
    KeyFile {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The key file holds something else.
    #[error("{0} does not hold a 32-byte key in hexadecimal")]
    NotAKey(PathBuf),
    /// Others may read the key file.
    #[error("{0} can be read by others; run: chmod 600 {0}")]
    Exposed(PathBuf),
    /// What is stored was written with another key, or was changed.
    #[error(
        "what is stored cannot be decrypted: it was written with another encryption key, or was damaged"
    )]
    Unreadable,
    /// The machine gives no random numbers.
    #[error("the system gives no random numbers: {0}")]
    Random(getrandom::Error),
}

impl std::fmt::Debug for Cipher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Cipher([redacted])")
    }
}

impl Cipher {
    /// Uses this key.
    pub fn new(master: [u8; KEY_BYTES]) -> Self {
        Self { cipher: XChaCha20Poly1305::new(&Key::from(master)), master }
    }

    /// Reads the key file; makes it, readable by its owner only, when it is missing.
    pub fn open(path: &Path) -> Result<Self, CipherError> {
        let failed = |source| CipherError::KeyFile { path: path.to_owned(), source };
        match fs::read_to_string(path) {
            Ok(text) => {
                let mode = fs::metadata(path).map_err(failed)?.permissions().mode();
                if mode & 0o077 != 0 {
                    return Err(CipherError::Exposed(path.to_owned()));
                }
                let key =
                    from_hex(text.trim()).ok_or_else(|| CipherError::NotAKey(path.to_owned()))?;
                Ok(Self::new(key))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let mut key = [0; KEY_BYTES];
                random(&mut key)?;
                let mut file = OpenOptions::new()
                    .write(true)
                    .create_new(true)
                    .mode(0o600)
                    .open(path)
                    .map_err(failed)?;
                writeln!(file, "{}", hex::encode(&key))
                    .and_then(|()| file.sync_all())
                    .map_err(failed)?;
                Ok(Self::new(key))
            }
            Err(error) => Err(failed(error)),
        }
    }

    /// Encrypts; `purpose` must be the same when it is decrypted.
    pub fn seal(&self, purpose: &str, plain: &[u8]) -> Result<Vec<u8>, CipherError> {
        let mut nonce = [0; NONCE_BYTES];
        random(&mut nonce)?;
        let payload = Payload { msg: plain, aad: purpose.as_bytes() };
        let sealed = self
            .cipher
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| CipherError::Unreadable)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Decrypts what was sealed for this purpose.
    pub fn open_sealed(&self, purpose: &str, sealed: &[u8]) -> Result<Vec<u8>, CipherError> {
        let (nonce, rest) =
            sealed.split_first_chunk::<NONCE_BYTES>().ok_or(CipherError::Unreadable)?;
        let payload = Payload { msg: rest, aad: purpose.as_bytes() };
        self.cipher.decrypt(&XNonce::from(*nonce), payload).map_err(|_| CipherError::Unreadable)
    }

    /// A key of its own for another purpose, the same at every start.
    pub fn derive(&self, purpose: &str) -> [u8; KEY_BYTES] {
        let mut key = [0; KEY_BYTES];
        Hkdf::<Sha256>::new(None, &self.master)
            .expand(purpose.as_bytes(), &mut key)
            .expect("32 bytes are less than HKDF can give");
        key
    }
}

/// Fills `bytes` with randomness of the operating system.
pub fn random(bytes: &mut [u8]) -> Result<(), CipherError> {
    getrandom::fill(bytes).map_err(CipherError::Random)
}

/// A random text of `N` bytes in hexadecimal.
pub fn random_hex<const N: usize>() -> Result<String, CipherError> {
    let mut bytes = [0; N];
    random(&mut bytes)?;
    Ok(hex::encode(&bytes))
}

fn from_hex(text: &str) -> Option<[u8; KEY_BYTES]> {
    let bytes: Option<Vec<u8>> = (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok())
        .collect();
    bytes?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_for_its_purpose_only() {
        let cipher = Cipher::new([7; 32]);
        let sealed = cipher.seal("draft", b"SECRET_KEY: x").unwrap();
        assert!(!sealed.windows(6).any(|window| window == b"SECRET"));
        assert_eq!(cipher.open_sealed("draft", &sealed).unwrap(), b"SECRET_KEY: x");
        assert!(cipher.open_sealed("file", &sealed).is_err());
        assert!(Cipher::new([8; 32]).open_sealed("draft", &sealed).is_err());
    }

    #[test]
    fn the_key_file_is_made_once_and_for_its_owner() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(KEY_FILE);
        let first = Cipher::open(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(Cipher::open(&path).unwrap().master, first.master);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(Cipher::open(&path), Err(CipherError::Exposed(_))));
    }
}
