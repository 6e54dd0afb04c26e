//! Sessions: a signed token in a cookie, and a row that can be deleted at any time.

use crate::cipher::{Cipher, CipherError, random_hex};
use crate::clock::Clock;
use crate::store::{SessionRow, Store, StoreError};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A session ends after this long without a request.
pub const IDLE_SECONDS: i64 = 30 * 60;
/// A session ends this long after log-in, used or not.
pub const ABSOLUTE_SECONDS: i64 = 8 * 3600;
/// The use of a session is noted at most this often.
const TOUCH_SECONDS: i64 = 30;

/// Why a session could not be begun or looked up.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No random numbers.
    #[error(transparent)]
    Random(#[from] CipherError),
    /// The token could not be signed.
    #[error("the session token could not be signed")]
    Token(#[from] jsonwebtoken::errors::Error),
}

#[derive(Serialize, Deserialize)]
struct Claims {
    sub: String,
    sid: String,
    iat: i64,
    exp: i64,
}

/// Begins, finds and ends sessions.
#[derive(Clone)]
pub struct SessionKeeper {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    encoding: EncodingKey,
    decoding: DecodingKey,
}

impl std::fmt::Debug for SessionKeeper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SessionKeeper([redacted])")
    }
}

impl SessionKeeper {
    /// Signs with a key of its own, derived from the encryption key.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, cipher: &Cipher) -> Self {
        let key = cipher.derive("session token");
        let (encoding, decoding) = (EncodingKey::from_secret(&key), DecodingKey::from_secret(&key));
        Self { store, clock, encoding, decoding }
    }

    /// Begins a session and gives its token.
    pub async fn begin(&self) -> Result<String, SessionError> {
        let now = self.clock.now();
        self.store.delete_sessions_idle_since(now - IDLE_SECONDS).await?;
        let session = SessionRow { id: random_hex::<16>()?, created_at: now, last_seen_at: now };
        self.store.insert_session(&session).await?;
        let claims = Claims {
            sub: super::USER.to_owned(),
            sid: session.id,
            iat: now,
            exp: now + ABSOLUTE_SECONDS,
        };
        Ok(encode(&Header::new(Algorithm::HS256), &claims, &self.encoding)?)
    }

    /// The id of the session a token stands for, none when it has ended or is forged.
    pub async fn find(&self, token: &str) -> Result<Option<String>, SessionError> {
        let Some(claims) = self.claims(token) else { return Ok(None) };
        let now = self.clock.now();
        let Some(session) = self.store.session(&claims.sid).await? else { return Ok(None) };
        let over = now >= claims.exp
            || now - session.created_at >= ABSOLUTE_SECONDS
            || now - session.last_seen_at >= IDLE_SECONDS;
        if over {
            self.store.delete_session(&session.id).await?;
            return Ok(None);
        }
        if now - session.last_seen_at >= TOUCH_SECONDS {
            self.store.touch_session(&session.id, now).await?;
        }
        Ok(Some(session.id))
    }

    /// Ends the session a token stands for.
    pub async fn end(&self, token: &str) -> Result<(), SessionError> {
        if let Some(claims) = self.claims(token) {
            self.store.delete_session(&claims.sid).await?;
        }
        Ok(())
    }

    fn claims(&self, token: &str) -> Option<Claims> {
        let mut validation = Validation::new(Algorithm::HS256);
        // The time is asked of our own clock, below.
        validation.validate_exp = false;
        validation.required_spec_claims.clear();
        decode::<Claims>(token, &self.decoding, &validation)
            .ok()
            .map(|data| data.claims)
            .filter(|claims| claims.sub == super::USER)
    }
}
