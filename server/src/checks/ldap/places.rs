//! Places in the directory: whether they are there, and what a search in them gives.

use super::bind::said;
use super::session::{Found, Lost, SIZE_LIMIT, Search};
use super::{
    BASE_MISSING, LIMIT_EXCEEDED, LOGIN_REFUSED, NO_PERMISSION, PLACE_INVALID, PLACE_MISSING,
    REFERRED, SECOND_PLACE_MISSING, UNAVAILABLE, Visit,
};
use crate::checks::course::{Done, Step, Stopped};
use cluster::check::StageKind;
use ldap3::LdapResult;
use std::fmt;

/// Result: there is no such entry.
const NO_SUCH_OBJECT: u32 = 32;

/// How many entries a search has found in all places.
pub(super) struct Count {
    pub(super) entries: usize,
    /// Whether there are more.
    is_cut: bool,
    /// Where else some may be.
    pub(super) referrals: Vec<String>,
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_cut {
            f.write_str("more than ")?;
        }
        write!(f, "{}", self.entries)
    }
}

/// Why a search has not been done.
pub(super) enum Failure {
    /// There was no answer that can be used.
    Lost(Lost),
    /// The directory does not want to, at this place.
    Refused(String, Box<LdapResult>),
}

impl Visit<'_> {
    /// Looks for the places of users; those that are there are searched afterwards.
    pub(super) async fn find_places(&mut self) -> Done {
        let directory = self.directory;
        for (at, place) in directory.places.iter().enumerate() {
            let step = self.course.begin(StageKind::Permission, format!("find {place}"));
            let found = match self.session.search(Search::entry(place)).await {
                Ok(found) => found,
                Err(lost) => return Err(step.fail(lost.answer, *lost.told)),
            };
            let answer = said(&found.result);
            let base_is_there =
                found.result.rc != NO_SUCH_OBJECT || self.is_there(&directory.base).await;
            match found.result.rc {
                0 if found.count == 0 => step.pass("its own entry may not be read"),
                0 => step.pass("it is there"),
                NO_SUCH_OBJECT if !base_is_there => {
                    return Err(self.without_base(step, &answer).await);
                }
                NO_SUCH_OBJECT if at == 0 => {
                    let places = [("place", place.as_str()), ("base", &directory.base)];
                    return Err(step.fail(answer, PLACE_MISSING.with(&places)));
                }
                NO_SUCH_OBJECT => {
                    let places = [("place", place.as_str())];
                    step.warn(answer, SECOND_PLACE_MISSING.with(&places));
                    continue;
                }
                _ => {
                    return Err(
                        self.end(step, Failure::Refused(place.clone(), Box::new(found.result)))
                    );
                }
            }
            self.places.push(place.clone());
        }
        Ok(())
    }

    async fn is_there(&mut self, name: &str) -> bool {
        let found = self.session.search(Search::entry(name)).await;
        !found.is_ok_and(|found| found.result.rc == NO_SUCH_OBJECT)
    }

    async fn without_base(&mut self, step: Step, answer: &str) -> Stopped {
        let contexts = self.session.about("namingContexts").await.ok().flatten();
        let contexts = contexts.filter(|contexts| !contexts.is_empty());
        let contexts = contexts.map_or("it does not say".to_owned(), |names| names.join(", "));
        let directory = self.directory;
        let places = [
            ("base", directory.base.as_str()),
            ("uri", directory.uri.as_str()),
            ("contexts", contexts.as_str()),
        ];
        step.fail(answer, BASE_MISSING.with(&places))
    }

    /// Counts what matches in all places, up to `limit`.
    pub(super) async fn count(&mut self, filter: &str, limit: u16) -> Result<Count, Failure> {
        let mut count = Count { entries: 0, is_cut: false, referrals: Vec::new() };
        for place in self.places.clone() {
            let known = u16::try_from(count.entries).unwrap_or(u16::MAX);
            let left = limit.saturating_sub(known).max(1);
            let found = self.search(&place, Search::below(&place, filter, left)).await?;
            count.entries += found.count;
            count.is_cut |= found.result.rc == SIZE_LIMIT;
            count.referrals.extend(found.referrals);
            if count.is_cut && count.entries >= usize::from(limit) {
                break;
            }
        }
        Ok(count)
    }

    /// Searches a place.
    pub(super) async fn search(&mut self, place: &str, search: Search) -> Result<Found, Failure> {
        match self.session.search(search).await {
            Ok(found) if matches!(found.result.rc, 0 | SIZE_LIMIT) => Ok(found),
            Ok(found) => Err(Failure::Refused(place.to_owned(), Box::new(found.result))),
            Err(lost) => Err(Failure::Lost(lost)),
        }
    }

    /// Ends a stage with why a search has not been done.
    pub(super) fn end(&self, step: Step, failure: Failure) -> Stopped {
        let (place, result) = match failure {
            Failure::Refused(place, result) => (place, result),
            Failure::Lost(lost) => return step.fail(lost.answer, *lost.told),
        };
        let directory = self.directory;
        let referral = result.refs.first().map_or("another server", String::as_str);
        let places = [
            ("place", place.as_str()),
            ("name", directory.name.as_str()),
            ("uid", directory.uid.as_str()),
            ("referral", referral),
        ];
        let fault = match result.rc {
            3 | 11 => &LIMIT_EXCEEDED,
            7 | 8 | 13 => &LOGIN_REFUSED,
            10 => &REFERRED,
            34 => &PLACE_INVALID,
            50 => &NO_PERMISSION,
            _ => &UNAVAILABLE,
        };
        step.fail(said(&result), fault.with(&places))
    }
}
