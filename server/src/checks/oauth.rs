//! GitHub, GitLab, Google and Bitbucket: sites where users log in, or whose pushes set off builds.

mod application;
mod exchange;
mod github;

use super::course::{Course, Done};
use super::fault::faults;
use super::sign_in::visit::Visit;
use super::{Check, Planned, Settings};
use application::{Application, Kind, applications};
use cluster::check::StageKind;

/// Tries every site at which an application is registered for this registry.
pub const CHECK: Check = Check {
    name: "oauth",
    label: "GitHub, GitLab, Google, Bitbucket",
    reads: &[
        "GITHUB_LOGIN_CONFIG",
        "GOOGLE_LOGIN_CONFIG",
        "GITHUB_TRIGGER_CONFIG",
        "GITLAB_TRIGGER_CONFIG",
        "BITBUCKET_TRIGGER_CONFIG",
    ],
    matters: "Users log in with their accounts at this site, or pushes to it set off builds.",
    actions: &[],
    plan,
    writes: false,
    faults: FAULTS,
};

faults! {
    /// 401 or the site's own words for it.
    WRONG_CREDENTIALS: Error,
    "{site} refuses the client ID or its secret.",
    fix "Copy both anew from the page of the application at {site}, or make a new secret there.";

    /// Another address is registered.
    CALLBACK_UNKNOWN: Error,
    "{site} does not know the callback address of this registry for this application.",
    fix "Register it at {site}, exactly so: {callback}";

    /// The application is of a kind that may not do it.
    CODES_NOT_ALLOWED: Error,
    "{site} does not let this application log users in with a code.",
    fix "Look whether this is the ID of the right application, and whether it is one for web servers.";

    /// 404 where codes are exchanged.
    NOTHING_THERE: Error,
    "Nothing exchanges codes at {url}: it answers {status}.",
    fix "Correct the address of {site}. Try it: curl -X POST {quoted}";

    /// The header that every answer of GitHub has is missing.
    NOT_GITHUB: Error,
    "What answers at {url} is not GitHub's interface for programs.",
    fix "For github.com enter https://api.github.com/ as API address. For GitHub Enterprise leave it out, or enter the address of GitHub with /api/v3/ behind it.";

    /// 5xx.
    SITE_ILL: Error,
    "{site} has trouble of its own: it answers {status}.",
    fix "Look at the status page or the log of {site}, and check again later.";

    /// Any other answer, such as a limit of requests.
    NOT_JUDGED: Warning,
    "Whether client ID and secret are right cannot be told: {site} answers {status}.",
    why "Quay's own check at start may take such an answer for a mistake.",
    fix "Check again later. A site that counts requests by address refuses them when there were many.";

    /// 404 for an organization.
    NO_SUCH_ORGANIZATION: Error,
    "GitHub knows no organization {names}.",
    why "Only members of the listed organizations may log in, and nobody is a member of one that is not there.",
    fix "Enter each name as it stands in the address of the organization's page.";

    /// GitHub Enterprise may keep organizations to those who are logged in.
    ORGANIZATION_UNCLEAR: Warning,
    "Whether there is an organization {names} cannot be told: GitHub answers {status}.",
    why "Only members of the listed organizations may log in.",
    fix "Look at its page with a browser, and compare the name.";
}

fn plan(settings: &Settings<'_>) -> Vec<Planned> {
    let planned = applications(settings).into_iter().map(|application| match application {
        Ok(application) => {
            let (path, target) = (application.path.clone(), application.target());
            Planned::new(path, target, move |course| attempt(course, application))
        }
        Err((path, what)) => {
            let target = path.to_string();
            Planned::incomplete(path, target, what)
        }
    });
    planned.collect()
}

async fn attempt(course: Course, application: Application) -> Done {
    let step = course.begin(StageKind::Settings, "the callback address to register there");
    step.pass(&application.shown_callback);
    let mut visit = Visit::new(&course);
    match &application.kind {
        Kind::Github(github) => github::ask(&course, &mut visit, &application, github).await,
        Kind::Form(urls) => {
            for url in urls {
                exchange::in_form(&mut visit, &application, url).await?;
            }
            Ok(())
        }
        Kind::Header(url) => exchange::in_header(&mut visit, &application, url).await,
    }
}
