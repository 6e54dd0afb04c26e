//! A brake on guessing: a delay that grows with every failure, per account and per address.

use crate::store::{LoginFailure, Sessions, StoreError};
use std::net::IpAddr;

/// Failures that are free: everybody mistypes.
const FREE_FAILURES: i64 = 3;
/// The longest an account is closed; more would let a stranger lock the administrator out.
const ACCOUNT_SECONDS_MAX: i64 = 60;
/// The longest an address is closed.
const ADDRESS_SECONDS_MAX: i64 = 900;
/// After this long without a failure, counting starts anew.
const FORGET_SECONDS: i64 = 3600;

/// Whose failures are counted together, and how long they may close the door.
#[derive(Clone, Debug)]
pub struct Scopes([(String, i64); 2]);

impl Scopes {
    /// The scopes of an attempt.
    pub fn of(account: &str, address: IpAddr) -> Self {
        // What was typed as an account is bounded, and an IPv6 subscriber has a whole /64.
        let account: String = account.chars().take(64).collect();
        let address = match address {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => match address.to_ipv4_mapped() {
                Some(address) => address.to_string(),
                None => {
                    let [a, b, c, d, ..] = address.segments();
                    format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
                }
            },
        };
        Self([
            (format!("account {account}"), ACCOUNT_SECONDS_MAX),
            (format!("address {address}"), ADDRESS_SECONDS_MAX),
        ])
    }
}

/// Seconds until another attempt is taken, none when it is taken now.
pub async fn wait(
    store: &dyn Sessions,
    scopes: &Scopes,
    now: i64,
) -> Result<Option<u64>, StoreError> {
    let mut longest = 0;
    for (scope, _) in &scopes.0 {
        if let Some(failure) = store.login_failure(scope).await? {
            longest = longest.max(failure.blocked_until - now);
        }
    }
    Ok(u64::try_from(longest).ok().filter(|seconds| *seconds > 0))
}

/// Notes a failure.
pub async fn failed(store: &dyn Sessions, scopes: &Scopes, now: i64) -> Result<(), StoreError> {
    for (scope, longest) in &scopes.0 {
        let earlier = store
            .login_failure(scope)
            .await?
            .filter(|failure| now - failure.last_at < FORGET_SECONDS)
            .map_or(0, |failure| failure.failures);
        let failures = earlier.saturating_add(1);
        let blocked_until = now + delay(failures, *longest);
        store
            .put_login_failure(&LoginFailure {
                scope: scope.clone(),
                failures,
                last_at: now,
                blocked_until,
            })
            .await?;
    }
    Ok(())
}

/// Forgets the failures after a log-in.
pub async fn succeeded(store: &dyn Sessions, scopes: &Scopes) -> Result<(), StoreError> {
    for (scope, _) in &scopes.0 {
        store.delete_login_failure(scope).await?;
    }
    Ok(())
}

/// 1, 2, 4, ... seconds once the free failures are used up.
fn delay(failures: i64, longest: i64) -> i64 {
    let beyond = failures - FREE_FAILURES - 1;
    if beyond < 0 {
        return 0;
    }
    let doubled = u32::try_from(beyond).ok().and_then(|beyond| 1_i64.checked_shl(beyond));
    doubled.filter(|seconds| *seconds > 0).unwrap_or(longest).min(longest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delay_grows_to_its_limit() {
        let delays: Vec<i64> = (1..=12).map(|failures| delay(failures, 60)).collect();
        assert_eq!(delays, [0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
        assert_eq!(delay(i64::MAX, 900), 900);
    }

    #[test]
    fn neighbours_in_one_ipv6_network_count_together() {
        let one = Scopes::of("a", "2001:db8::1".parse().unwrap());
        let two = Scopes::of("a", "2001:db8::2".parse().unwrap());
        assert_eq!(one.0[1].0, two.0[1].0);
    }
}
