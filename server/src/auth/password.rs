//! The password: argon2id, never kept in clear, never compared in a way that tells anything.

use crate::cipher;
use crate::store::{Store, StoreError};
use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Block, Params, Version};
use tokio::sync::{mpsc, oneshot};

/// Passwords that wait to be checked; further requests wait for their turn to wait.
const QUESTIONS_MAX: usize = 8;
/// A longer password is not read.
pub const PASSWORD_BYTES_MAX: usize = 1024;
/// The name of the stored hash.
const SETTING: &str = "password_hash";
/// Random bytes that make equal passwords differ once hashed.
const SALT_BYTES: usize = 16;
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
    asked: mpsc::Sender<Question>,
}

/// A password, and where to say whether it is the right one.
struct Question {
    password: String,
    answer: oneshot::Sender<bool>,
}

impl std::fmt::Debug for Passwords {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Passwords([redacted])")
    }
}

/// Hashes in memory of its own: 19 MiB that are taken once, because what is taken anew for every
/// log-in comes back to the system late or never.
struct Hasher(Vec<Block>);

impl Hasher {
    fn new() -> Self {
        Self(vec![Block::default(); Params::DEFAULT.block_count()])
    }

    fn digest(&mut self, password: &str, salt: &[u8], params: Params) -> Option<Output> {
        let mut out = [0; Params::DEFAULT_OUTPUT_LEN];
        // A stored hash with other parameters than ours may need more memory.
        if params.block_count() > self.0.len() {
            self.0.resize(params.block_count(), Block::default());
        }
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into_with_memory(password.as_bytes(), salt, &mut out, &mut self.0)
            .ok()?;
        Output::new(&out).ok()
    }

    /// Whether `hash` was made of this password; compares in constant time.
    fn matches(&mut self, hash: &str, password: &str) -> bool {
        let Ok(stored) = PasswordHash::new(hash) else { return false };
        let (Some(salt), Some(output)) = (&stored.salt, &stored.hash) else { return false };
        let Ok(params) = Params::try_from(&stored) else { return false };
        self.digest(password, salt, params).is_some_and(|digest| digest == *output)
    }

    /// A hash in the usual text form, with a salt of its own.
    fn hash(&mut self, password: &str) -> Result<String, PasswordError> {
        let failed = |what: &str| PasswordError::Hash(what.to_owned());
        let mut salt = [0; SALT_BYTES];
        cipher::random(&mut salt).map_err(|error| PasswordError::Hash(error.to_string()))?;
        let output = self
            .digest(password, &salt, Params::DEFAULT)
            .ok_or_else(|| failed("argon2 refused its parameters"))?;
        let hash = PasswordHash {
            algorithm: ARGON2ID_IDENT,
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(&Params::DEFAULT).map_err(|_| failed("parameters"))?,
            salt: Some(Salt::new(&salt).map_err(|_| failed("salt"))?),
            hash: Some(output),
        };
        Ok(hash.to_string())
    }
}

impl Passwords {
    /// Makes `password` the one that is accepted; ends all sessions when it is a new one.
    pub async fn establish(store: &dyn Store, password: &str) -> Result<Self, PasswordError> {
        if password.is_empty() || password.len() > PASSWORD_BYTES_MAX {
            return Err(PasswordError::Length);
        }
        let mut hasher = Hasher::new();
        let stored = store.setting(SETTING).await?.and_then(|hash| String::from_utf8(hash).ok());
        if let Some(hash) = stored
            && hasher.matches(&hash, password)
        {
            return Ok(Self::new(hasher, hash));
        }
        let hash = hasher.hash(password)?;
        store.put_setting(SETTING, hash.as_bytes()).await?;
        store.delete_sessions().await?;
        Ok(Self::new(hasher, hash))
    }

    /// Checks in a thread of its own, one password after the other.
    fn new(mut hasher: Hasher, hash: String) -> Self {
        let (asked, mut questions) = mpsc::channel::<Question>(QUESTIONS_MAX);
        std::thread::spawn(move || {
            while let Some(Question { password, answer }) = questions.blocking_recv() {
                // Nobody listens any more when the request was given up.
                let _ = answer.send(hasher.matches(&hash, &password));
            }
        });
        Self { asked }
    }

    /// Whether this is the password. Takes the same time for a wrong user as for a wrong password.
    pub async fn accepts(&self, user: &str, password: String) -> bool {
        if password.len() > PASSWORD_BYTES_MAX {
            return false;
        }
        let (answer, answered) = oneshot::channel();
        let asked = self.asked.send(Question { password, answer }).await;
        let right = asked.is_ok() && answered.await.unwrap_or(false);
        right && user == super::USER
    }
}

/// A password nobody chose, easy to copy.
pub fn generate() -> Result<String, cipher::CipherError> {
    cipher::random_hex::<GENERATED_BYTES>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_in_the_usual_form_and_fits_its_password_only() {
        let mut hasher = Hasher::new();
        let hash = hasher.hash("correct horse").unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(hasher.matches(&hash, "correct horse"));
        assert!(!hasher.matches(&hash, "battery staple"));
        assert_ne!(hash, hasher.hash("correct horse").unwrap());
        assert!(!hasher.matches("not a hash", "correct horse"));
    }
}
