//! Log-ins that were refused, so that a run of everything does not repeat them.
//!
//! Each wrong password counts, and many services lock the account after some. It is the account
//! that Quay itself uses: who presses a button again and again must not lock production out.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Log-ins that are remembered; the one that was refused last stays longest.
const KEPT_MAX: usize = 64;
/// How long one is remembered. Services that lock count about as long.
const KEPT_SECONDS: u64 = 15 * 60;
/// Bytes of the key that makes the marks.
const KEY_BYTES: usize = 32;

/// What stands for a log-in. Nothing of it can be found out from this without the key, which is
/// random and leaves this process in no way.
type Mark = [u8; 32];

/// What is known of log-ins that were refused. Clones know the same.
#[derive(Clone, Default)]
pub struct Refusals {
    memory: Option<Arc<Memory>>,
    insists: bool,
}

struct Memory {
    /// Makes the marks.
    key: Hmac<Sha256>,
    /// The latest is the last.
    seen: Mutex<Vec<Seen>>,
}

/// A log-in that was refused.
struct Seen {
    mark: Mark,
    times: u32,
    /// When it was refused last, in seconds since 1970.
    at: i64,
}

impl std::fmt::Debug for Refusals {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Refusals").field("insists", &self.insists).finish_non_exhaustive()
    }
}

impl Refusals {
    /// A memory with nothing in it. The default has none, and every log-in is tried.
    pub fn remembering() -> Self {
        let mut key = [0; KEY_BYTES];
        let filled = getrandom::fill(&mut key).ok();
        let key = filled.and_then(|()| Hmac::<Sha256>::new_from_slice(&key).ok());
        let memory = key.map(|key| Arc::new(Memory { key, seen: Mutex::default() }));
        Self { memory, insists: false }
    }

    /// The same memory, for a run that tries every log-in: somebody wants to know of just this one.
    #[must_use]
    pub fn insisting(&self) -> Self {
        Self { insists: true, ..self.clone() }
    }

    /// How often a log-in was refused; none where it is to be tried.
    pub(super) fn times(&self, check: &str, values: &[&str], now: i64) -> Option<u32> {
        let memory = self.memory.as_ref().filter(|_| !self.insists)?;
        let mark = memory.mark(check, values);
        let seen = memory.seen(now);
        seen.iter().find(|seen| seen.mark == mark).map(|seen| seen.times)
    }

    /// It was refused, by a password that is wrong.
    pub(super) fn remember(&self, check: &str, values: &[&str], now: i64) {
        let Some(memory) = &self.memory else { return };
        let mark = memory.mark(check, values);
        let mut seen = memory.seen(now);
        let earlier = seen.iter().position(|seen| seen.mark == mark).map(|at| seen.remove(at));
        let times = earlier.map_or(0, |earlier| earlier.times).saturating_add(1);
        seen.push(Seen { mark, times, at: now });
        let beyond = seen.len().saturating_sub(KEPT_MAX);
        seen.drain(..beyond);
    }

    /// It was accepted.
    pub(super) fn forget(&self, check: &str, values: &[&str], now: i64) {
        let Some(memory) = &self.memory else { return };
        let mark = memory.mark(check, values);
        memory.seen(now).retain(|seen| seen.mark != mark);
    }
}

impl Memory {
    fn mark(&self, check: &str, values: &[&str]) -> Mark {
        let mut mac = self.key.clone();
        for part in std::iter::once(&check).chain(values) {
            // With its length, so that nothing moves from one into the next.
            mac.update(&part.len().to_le_bytes());
            mac.update(part.as_bytes());
        }
        mac.finalize().into_bytes().into()
    }

    /// What is remembered at this moment.
    fn seen(&self, now: i64) -> MutexGuard<'_, Vec<Seen>> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.retain(|seen| now.abs_diff(seen.at) < KEPT_SECONDS);
        seen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUES: [&str; 3] = ["ldap.example.com", "cn=quay", "a wrong password"];

    #[test]
    fn only_the_very_same_log_in_is_known_again() {
        let refusals = Refusals::remembering();
        refusals.remember("ldap", &VALUES, 0);
        refusals.remember("ldap", &VALUES, 60);
        assert_eq!(refusals.clone().times("ldap", &VALUES, 60), Some(2));
        let corrected = ["ldap.example.com", "cn=quay", "the right password"];
        let moved = ["ldap.example.comcn=quay", "", "a wrong password"];
        assert_eq!(refusals.times("ldap", &corrected, 60), None);
        assert_eq!(refusals.times("ldap", &moved, 60), None);
        assert_eq!(refusals.times("smtp", &VALUES, 60), None);
    }

    #[test]
    fn who_insists_is_not_held_back_and_is_remembered() {
        let refusals = Refusals::remembering();
        let insisting = refusals.insisting();
        insisting.remember("ldap", &VALUES, 0);
        assert_eq!(insisting.times("ldap", &VALUES, 0), None);
        assert_eq!(refusals.times("ldap", &VALUES, 0), Some(1));
        insisting.forget("ldap", &VALUES, 0);
        assert_eq!(refusals.times("ldap", &VALUES, 0), None, "it was accepted meanwhile");
    }

    #[test]
    fn a_refusal_is_forgotten_in_time_and_when_there_are_many() {
        let refusals = Refusals::remembering();
        refusals.remember("ldap", &VALUES, 0);
        let end = i64::try_from(KEPT_SECONDS).unwrap();
        assert_eq!(refusals.times("ldap", &VALUES, end - 1), Some(1));
        assert_eq!(refusals.times("ldap", &VALUES, end), None);
        refusals.remember("ldap", &VALUES, end);
        for at in 1..KEPT_MAX {
            refusals.remember("smtp", &[&at.to_string()], end);
        }
        assert_eq!(refusals.times("ldap", &VALUES, end), Some(1));
        refusals.remember("smtp", &["one more"], end);
        assert_eq!(refusals.times("ldap", &VALUES, end), None);
    }

    #[test]
    fn without_a_memory_every_log_in_is_tried() {
        let refusals = Refusals::default();
        refusals.remember("ldap", &VALUES, 0);
        assert_eq!(refusals.times("ldap", &VALUES, 0), None);
    }
}
