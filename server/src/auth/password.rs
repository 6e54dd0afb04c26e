//! The password: argon2id, never kept in clear, never compared in a way that tells anything.

use crate::store::{Store, StoreError};
use argon2::Argon2;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Hashing takes 19 MiB; this many at once keep memory in bounds.
const HASHES_AT_ONCE: usize = 2;
/// A longer password is not read.
pub const PASSWORD_BYTES_MAX: usize = 1024;
/// The name of the stored hash.
const SETTING: &str = "password_hash";
/// Random bytes of a generated password.
const GENERATED_BYTES: usize = 12;

/// Why a password cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// It is empty or far too long.
    #[error("a password has 1 to {PASSWORD_BYTES_MAX} bytes")]
    Length,
    /// Hashing failed, or what is stored is no hash.
    #[error("the password could not be hashed: {0}")]
    Hash(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Checks passwords against the one hash.
#[derive(Clone)]
pub struct Passwords {
    hash: Arc<str>,
    turns: Arc<Semaphore>,
}

impl std::fmt::Debug for Passwords {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Passwords([redacted])")
    }
}

impl Passwords {
    /// Makes `password` the one that is accepted; ends all sessions when it is a new one.
    pub async fn establish(store: &dyn Store, password: &str) -> Result<Self, PasswordError> {
        if password.is_empty() || password.len() > PASSWORD_BYTES_MAX {
            return Err(PasswordError::Length);
        }
        let stored = store.setting(SETTING).await?.and_then(|hash| String::from_utf8(hash).ok());
        if let Some(hash) = stored
            && matches(&hash, password)
        {
            return Ok(Self::new(&hash));
        }
        let hash = Argon2::default()
            .hash_password(password.as_bytes())
            .map_err(|error| PasswordError::Hash(error.to_string()))?
            .to_string();
        store.put_setting(SETTING, hash.as_bytes()).await?;
        store.delete_sessions().await?;
        Ok(Self::new(&hash))
    }

    fn new(hash: &str) -> Self {
        Self { hash: hash.into(), turns: Arc::new(Semaphore::new(HASHES_AT_ONCE)) }
    }

    /// Whether this is the password. Takes the same time for a wrong user as for a wrong password.
    pub async fn accepts(&self, user: &str, password: String) -> bool {
        let Ok(turn) = self.turns.clone().acquire_owned().await else { return false };
        let hash = self.hash.clone();
        let right_user = user == super::USER;
        let right_length = password.len() <= PASSWORD_BYTES_MAX;
        let right = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            right_length && matches(&hash, &password)
        })
        .await
        .unwrap_or(false);
        right && right_user
    }
}

fn matches(hash: &str, password: &str) -> bool {
    PasswordHash::new(hash)
        .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

/// A password nobody chose, easy to copy.
pub fn generate() -> Result<String, crate::cipher::CipherError> {
    crate::cipher::random_hex::<GENERATED_BYTES>()
}
