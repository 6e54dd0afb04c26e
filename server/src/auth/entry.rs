//! One attempt to get in with a password, from the log-in page or from a program.

use super::password::Passwords;
use super::throttle::{self, Scopes};
use crate::clock::Clock;
use crate::store::{Sessions, StoreError};
use std::net::IpAddr;

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// User name and password are right.
    Granted,
    /// One of them is wrong; which one is not said.
    Wrong,
    /// Too many attempts before; this many seconds are left to wait.
    Throttled(u64),
}

/// Checks a user name and a password, unless there were too many attempts, and counts failures.
pub async fn attempt(
    store: &dyn Sessions,
    clock: &dyn Clock,
    passwords: &Passwords,
    address: IpAddr,
    user: &str,
    password: String,
) -> Result<Entry, StoreError> {
    let scopes = Scopes::of(user, address);
    if let Some(seconds) = throttle::wait(store, &scopes, clock.now()).await? {
        return Ok(Entry::Throttled(seconds));
    }
    if passwords.accepts(user, password).await {
        throttle::succeeded(store, &scopes).await?;
        Ok(Entry::Granted)
    } else {
        throttle::failed(store, &scopes, clock.now()).await?;
        Ok(Entry::Wrong)
    }
}
