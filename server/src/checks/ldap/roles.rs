//! Roles that filters give, and groups that teams follow.

use super::users::SOME_MAX;
use super::{
    FILTER_INVALID, GROUPS_UNKNOWN, ROLE_ATTRIBUTE_UNKNOWN, ROLE_MATCHES_NOBODY, Visit, filter,
};
use crate::checks::course::Done;
use cluster::check::StageKind;

impl Visit<'_> {
    /// Finds those who have a role.
    pub(super) async fn find_roles(&mut self) -> Done {
        let directory = self.directory;
        for role in &directory.roles {
            let written = filter::both(&directory.users(), &role.filter);
            let tried = format!("{}: {}", role.key, role.filter);
            let step = self.course.begin(StageKind::Service, tried);
            let Some(filter) = filter::readable(&written) else {
                let told = self.about_filter(&FILTER_INVALID, role.key, &written, "");
                return Err(step.fail("", told));
            };
            match self.count(&filter, SOME_MAX).await {
                Err(failure) => self.pass_over(step, failure)?,
                Ok(count) if count.entries > 0 => step.pass(format!("{count} found")),
                Ok(_) => match self.unknown_attribute(&role.filter).await {
                    Err(failure) => return Err(self.end(step, failure)),
                    Ok(Some(attribute)) => {
                        let places = [("key", role.key), ("attribute", attribute.as_str())];
                        let answer = format!("nobody; no entry has {attribute}");
                        step.warn(answer, ROLE_ATTRIBUTE_UNKNOWN.with(&places));
                    }
                    Ok(None) => {
                        let told = self.about_filter(&ROLE_MATCHES_NOBODY, role.key, &written, "");
                        step.warn("nobody", told);
                    }
                },
            }
        }
        Ok(())
    }

    /// Finds out whether groups can be read from users, where teams follow groups.
    pub(super) async fn find_groups(&mut self) -> Done {
        let Some(attribute) = &self.directory.groups else { return Ok(()) };
        let step = self.course.begin(StageKind::Service, format!("find users with {attribute}"));
        match self.count(&filter::present(attribute), 1).await {
            Err(failure) => self.pass_over(step, failure)?,
            Ok(count) if count.entries > 0 => step.pass("there are some"),
            Ok(_) => {
                step.warn("nobody", GROUPS_UNKNOWN.with(&[("attribute", attribute.as_str())]));
            }
        }
        Ok(())
    }
}
