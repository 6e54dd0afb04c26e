//! Pointers to other servers, which Quay's library follows by itself and without logging in.

use super::session::{REFERRALS_MAX, Search};
use super::{REFERRALS_BREAK_LOGIN, REFERRALS_FOLLOWED, Visit, filter};
use crate::checks::course::Done;
use cluster::check::StageKind;

/// A user name that nobody has: such a search gives the pointers alone, and all of them.
const NOBODY: &str = "quay-console-looks-for-nobody";
/// By this among its capabilities a server says that it is Active Directory.
const ACTIVE_DIRECTORY: &str = "1.2.840.113556.1.4.800";

impl Visit<'_> {
    /// Looks for a user who is not there, as Quay does at a log-in, and speaks of the pointers
    /// that come with the answer.
    pub(super) async fn see_referrals(&mut self) -> Done {
        let directory = self.directory;
        let written = filter::equal(&directory.uid, NOBODY);
        let Some(nobody) = filter::readable(&written) else { return Ok(()) };
        let tried = format!("find nobody, for pointers to other servers: {written}");
        let step = self.course.begin(StageKind::Service, tried);
        let mut referrals: Vec<String> = Vec::new();
        for place in self.places.clone() {
            match self.search(&place, Search::below(&place, &nobody, 1)).await {
                Ok(found) => referrals.extend(found.referrals),
                Err(failure) => return Err(self.end(step, failure)),
            }
        }
        referrals.sort();
        referrals.dedup();
        referrals.truncate(REFERRALS_MAX);
        if referrals.is_empty() {
            step.pass("there are none");
            return Ok(());
        }
        let shown = referrals.join(", ");
        if !directory.follows {
            step.pass(format!("{shown}; Quay leaves them alone"));
            return Ok(());
        }
        let capabilities = match self.session.about("supportedCapabilities").await {
            Ok(capabilities) => capabilities.unwrap_or_default(),
            Err(lost) => return Err(step.fail(lost.answer, *lost.told)),
        };
        let places = [("referrals", shown.as_str())];
        if capabilities.iter().any(|capability| capability == ACTIVE_DIRECTORY) {
            return Err(step.fail(&shown, REFERRALS_BREAK_LOGIN.with(&places)));
        }
        step.warn(&shown, REFERRALS_FOLLOWED.with(&places));
        Ok(())
    }
}
