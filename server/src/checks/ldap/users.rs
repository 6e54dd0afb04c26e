//! The users: whether there are any, and whether Quay can read what it needs of them.

use super::places::Failure;
use super::session::Search;
use super::{
    ATTRIBUTE_CASE, ATTRIBUTE_UNREADABLE, EMAIL_MISSING, FILTER_ATTRIBUTE_UNKNOWN, FILTER_INVALID,
    FILTER_MATCHES_NOBODY, NOTHING_VISIBLE, SOME_WITHOUT_EMAIL, UID_ATTRIBUTE_UNKNOWN, Visit,
    filter,
};
use crate::checks::course::Done;
use crate::checks::fault::{Fault, Told};
use crate::checks::shell::shell_quoted;
use cluster::check::StageKind;
use config_model::sections::ldap::{LDAP_EMAIL_ATTR, LDAP_UID_ATTR, LDAP_USER_FILTER};

/// Users that are counted.
const USERS_MAX: u16 = 1000;
/// Entries that are counted where only some matter.
pub(super) const SOME_MAX: u16 = 100;
/// Attributes that may hold the user name, where the configured one does not.
const UID_CANDIDATES: [&str; 5] = ["uid", "sAMAccountName", "userPrincipalName", "cn", "mail"];
/// Matches every entry.
const EVERYTHING: &str = "(objectClass=*)";

impl Visit<'_> {
    /// Finds users, as many as may log in.
    pub(super) async fn find_users(&mut self) -> Done {
        let directory = self.directory;
        let written = directory.users();
        let step = self.course.begin(StageKind::Service, format!("find users: {written}"));
        let Some(users) = filter::readable(&written) else {
            let has_filter = directory.filter.is_some();
            let key = if has_filter { LDAP_USER_FILTER.name() } else { LDAP_UID_ATTR.name() };
            return Err(step.fail("", self.about_filter(&FILTER_INVALID, key, &written, "")));
        };
        match self.count(&users, USERS_MAX).await {
            Err(failure) => Err(self.end(step, failure)),
            Ok(count) if count.entries == 0 => Err(match self.why_nobody(&written).await {
                Ok((answer, told)) => step.fail(answer, told),
                Err(failure) => self.end(step, failure),
            }),
            Ok(count) => {
                step.pass(format!("{count} found"));
                Ok(())
            }
        }
    }

    /// Finds out why nobody was found.
    async fn why_nobody(&mut self, written: &str) -> Result<(String, Told), Failure> {
        let directory = self.directory;
        let all = filter::present(&directory.uid);
        let count = match filter::readable(&all) {
            Some(all) => Some(self.count(&all, SOME_MAX).await?).filter(|count| count.entries > 0),
            None => None,
        };
        if let (Some(own), Some(count)) = (&directory.filter, count) {
            if let Some(attribute) = self.unknown_attribute(own).await? {
                let told = FILTER_ATTRIBUTE_UNKNOWN.with(&[("attribute", &attribute)]);
                return Ok((format!("nobody; no entry has {attribute}"), told));
            }
            let count = count.to_string();
            let key = LDAP_USER_FILTER.name();
            let told = self.about_filter(&FILTER_MATCHES_NOBODY, key, written, &count);
            return Ok((format!("nobody; {count} have {}", directory.uid), told));
        }
        let visible = self.count_if_allowed(EVERYTHING, SOME_MAX).await?;
        if visible.is_some_and(|visible| visible.entries <= self.places.len()) {
            let shown = self.places.join(" and ");
            let places = [("place", shown.as_str()), ("name", directory.name.as_str())];
            return Ok(("no entry".to_owned(), NOTHING_VISIBLE.with(&places)));
        }
        let mut candidates = Vec::new();
        for candidate in UID_CANDIDATES {
            let found = self.count_if_allowed(&filter::present(candidate), 1).await?;
            if found.is_some_and(|found| found.entries > 0) {
                candidates.push(candidate);
            }
        }
        let candidates = if candidates.is_empty() {
            "none of the usual ones".to_owned()
        } else {
            candidates.join(", ")
        };
        let places = [("uid", directory.uid.as_str()), ("candidates", candidates.as_str())];
        let answer = format!("nobody; entries have {candidates}");
        Ok((answer, UID_ATTRIBUTE_UNKNOWN.with(&places)))
    }

    /// The first attribute of a filter that no entry has, as far as the directory lets one look.
    pub(super) async fn unknown_attribute(
        &mut self,
        filter: &str,
    ) -> Result<Option<String>, Failure> {
        for attribute in filter::attributes(filter) {
            let found = self.count_if_allowed(&filter::present(&attribute), 1).await?;
            if found.is_some_and(|found| found.entries == 0) {
                return Ok(Some(attribute));
            }
        }
        Ok(None)
    }

    /// A fault of a filter; what stands in its command is quoted for a shell.
    pub(super) fn about_filter(
        &self,
        fault: &'static Fault,
        key: &str,
        filter: &str,
        count: &str,
    ) -> Told {
        let directory = self.directory;
        fault.with(&[
            ("key", key),
            ("filter", &shell_quoted(filter)),
            ("count", count),
            ("base", &shell_quoted(self.places.first().unwrap_or(&directory.base))),
            ("name", &shell_quoted(&directory.name)),
            ("uri", &shell_quoted(&directory.uri)),
        ])
    }

    /// Reads the attributes of one user, without their values, and compares them as Quay does.
    pub(super) async fn read_one(&mut self) -> Done {
        let directory = self.directory;
        let mut wanted = vec![(LDAP_UID_ATTR.name(), directory.uid.as_str())];
        let mut written = directory.users();
        if let Some(email) = &directory.email {
            wanted.push((LDAP_EMAIL_ATTR.name(), email));
            written = filter::both(&written, &filter::present(email));
        }
        let attributes: Vec<_> = wanted.iter().map(|(_, attribute)| *attribute).collect();
        let tried = format!("read {} of a user", attributes.join(" and "));
        let step = self.course.begin(StageKind::Service, tried);
        let names = match filter::readable(&written) {
            Some(filter) => match self.names_of_one(&filter).await {
                Ok(names) => names,
                Err(failure) => return self.pass_over(step, failure),
            },
            None => None,
        };
        if let (Some(email), None) = (&directory.email, &names) {
            return Err(step.fail("no user", EMAIL_MISSING.with(&[("attribute", email)])));
        }
        let names = names.unwrap_or_default();
        for (key, attribute) in wanted {
            if let Some((answer, told)) = self.unlike(key, attribute, &names) {
                return Err(step.fail(answer, told));
            }
        }
        step.pass("they are there");
        match &directory.email {
            Some(email) => self.find_without(email).await,
            None => Ok(()),
        }
    }

    /// The names of the attributes of one entry that matches.
    async fn names_of_one(&mut self, filter: &str) -> Result<Option<Vec<String>>, Failure> {
        for place in self.places.clone() {
            let search = Search::below(&place, filter, 1).with_names();
            if let Some(entry) = self.search(&place, search).await?.first {
                return Ok(Some(entry.attrs.into_keys().collect()));
            }
        }
        Ok(None)
    }

    /// What is wrong when an attribute is not among these, letter by letter.
    fn unlike(&self, key: &str, attribute: &str, names: &[String]) -> Option<(String, Told)> {
        if names.iter().any(|name| name == attribute) {
            return None;
        }
        let mut places =
            vec![("key", key), ("attribute", attribute), ("name", self.directory.name.as_str())];
        match names.iter().find(|name| name.eq_ignore_ascii_case(attribute)) {
            Some(found) => {
                places.push(("found", found));
                Some((format!("it is written {found}"), ATTRIBUTE_CASE.with(&places)))
            }
            None => {
                let answer = format!("{attribute} is not shown");
                Some((answer, ATTRIBUTE_UNREADABLE.with(&places)))
            }
        }
    }

    /// Counts the users whom Quay lets not in because they have no address.
    async fn find_without(&mut self, email: &str) -> Done {
        let written = filter::both(&self.directory.users(), &filter::absent(email));
        let Some(filter) = filter::readable(&written) else { return Ok(()) };
        let step = self.course.begin(StageKind::Service, format!("find users without {email}"));
        match self.count(&filter, SOME_MAX).await {
            Err(failure) => self.pass_over(step, failure)?,
            Ok(count) if count.entries == 0 => step.pass("none"),
            Ok(count) => {
                let count = count.to_string();
                let places = [("attribute", email), ("count", count.as_str())];
                step.warn(&count, SOME_WITHOUT_EMAIL.with(&places));
            }
        }
        Ok(())
    }
}
