//! Places in the directory: whether they are there, and what a search in them gives.

use super::bind::said;
use super::session::{Found, Lost, SIZE_LIMIT, Search};
use super::{
    BASE_MISSING, LIMIT_EXCEEDED, LOGIN_REFUSED, NO_PERMISSION, PLACE_INVALID, PLACE_MISSING,
    REFERRED, SECOND_PLACE_MISSING, UNAVAILABLE, Visit,
};
use crate::checks::course::{Done, Step, Stopped};
use crate::checks::shell::shell_quoted;
use cluster::check::StageKind;
use ldap3::LdapResult;
use std::fmt;

/// Result: there is no such entry.
const NO_SUCH_OBJECT: u32 = 32;
/// Results: the search would take longer than it may, or look at more than it may.
const TOO_MUCH_WORK: [u32; 2] = [3, 11];
/// Results of a directory that does not do for us what it does for Quay, which never counts:
/// those two, no permission, and unwilling.
const NOT_COUNTED: [u32; 4] = [3, 11, 50, 53];
/// What is said of a place that is there, as far as one can see.
const UNREADABLE: &str = "its own entry may not be read";

/// How many entries a search has found in all places.
pub(super) struct Count {
    pub(super) entries: usize,
    /// Whether there are more.
    is_cut: bool,
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

impl Failure {
    fn refused(place: &str, found: Found) -> Self {
        Self::Refused(place.to_owned(), Box::new(found.result))
    }
}

impl Visit<'_> {
    /// Looks for the places of users; those that are there are searched afterwards.
    pub(super) async fn find_places(&mut self) -> Done {
        let directory = self.directory;
        let [first, others @ ..] = directory.places.as_slice() else { return Ok(()) };
        self.find_first(first).await?;
        if others.is_empty() { Ok(()) } else { self.find_others(others).await }
    }

    async fn find_first(&mut self, place: &str) -> Done {
        let directory = self.directory;
        let step = self.course.begin(StageKind::Permission, format!("find {place}"));
        let found = match self.session.search(Search::entry(place)).await {
            Ok(found) => found,
            Err(lost) => return Err(step.fail(lost.answer, *lost.told)),
        };
        let answer = said(&found.result);
        match found.result.rc {
            0 if found.count == 0 => step.pass(UNREADABLE),
            0 => step.pass("it is there"),
            NO_SUCH_OBJECT => {
                if !self.is_there(&directory.base).await {
                    return Err(self.without_base(step, &answer).await);
                }
                let places = [("place", place), ("base", &directory.base)];
                return Err(step.fail(answer, PLACE_MISSING.with(&places)));
            }
            result if NOT_COUNTED.contains(&result) => {
                step.skip(format!("{UNREADABLE}: {answer}"));
            }
            _ => return Err(self.end(step, Failure::refused(place, found))),
        }
        self.places.push(place.to_owned());
        Ok(())
    }

    /// The other places, all in one stage: there may be many.
    async fn find_others(&mut self, places: &[String]) -> Done {
        let tried = format!("find {} more places with users", places.len());
        let step = self.course.begin(StageKind::Permission, tried);
        let mut missing = Vec::new();
        for place in places {
            let found = match self.session.search(Search::entry(place)).await {
                Ok(found) => found,
                Err(lost) => return Err(step.fail(lost.answer, *lost.told)),
            };
            match found.result.rc {
                NO_SUCH_OBJECT => missing.push(place.as_str()),
                result if result == 0 || NOT_COUNTED.contains(&result) => {
                    self.places.push(place.clone());
                }
                _ => return Err(self.end(step, Failure::refused(place, found))),
            }
        }
        if missing.is_empty() {
            step.pass("they are there");
        } else {
            let told = SECOND_PLACE_MISSING.with(&[("places", &missing.join(" and "))]);
            step.warn(format!("not there: {}", missing.len()), told);
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
        let uri = shell_quoted(&directory.uri);
        let places = [
            ("base", directory.base.as_str()),
            ("uri", uri.as_str()),
            ("contexts", contexts.as_str()),
        ];
        step.fail(answer, BASE_MISSING.with(&places))
    }

    /// Counts what matches in all places, up to `limit`.
    pub(super) async fn count(&mut self, filter: &str, limit: u16) -> Result<Count, Failure> {
        let mut count = Count { entries: 0, is_cut: false };
        for place in self.places.clone() {
            let known = u16::try_from(count.entries).unwrap_or(u16::MAX);
            let left = limit.saturating_sub(known).max(1);
            let found = self.search(&place, Search::below(&place, filter, left)).await?;
            count.entries += found.count;
            count.is_cut |= found.result.rc != 0;
            if count.is_cut && count.entries >= usize::from(limit) {
                break;
            }
        }
        Ok(count)
    }

    /// Counts what matches; `None` where the directory refuses that.
    pub(super) async fn count_if_allowed(
        &mut self,
        filter: &str,
        limit: u16,
    ) -> Result<Option<Count>, Failure> {
        match self.count(filter, limit).await {
            Ok(count) => Ok(Some(count)),
            Err(Failure::Refused(..)) => Ok(None),
            Err(lost) => Err(lost),
        }
    }

    /// Searches a place. A search that is broken off has found what it has found.
    pub(super) async fn search(&mut self, place: &str, search: Search) -> Result<Found, Failure> {
        match self.session.search(search).await {
            Ok(found) if matches!(found.result.rc, 0 | SIZE_LIMIT) => Ok(found),
            Ok(found) if found.count > 0 && TOO_MUCH_WORK.contains(&found.result.rc) => Ok(found),
            Ok(found) => Err(Failure::refused(place, found)),
            Err(lost) => Err(Failure::Lost(lost)),
        }
    }

    /// Ends a stage with a search that Quay does not do: the directory may refuse it.
    pub(super) fn pass_over(&self, step: Step, failure: Failure) -> Done {
        match failure {
            Failure::Refused(_, result) if NOT_COUNTED.contains(&result.rc) => {
                let answer = said(&result);
                step.skip(format!("the directory does not let this be counted: {answer}"));
                Ok(())
            }
            failure => Err(self.end(step, failure)),
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
