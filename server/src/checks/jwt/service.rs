//! The pages of the service: what they answer to somebody who shows no password.

use super::token::{self, Wanted};
use super::{
    HEALTH_FAILS, NOT_ASKED_WHO, NOT_WITH_GET, NOTHING_THERE, SEARCH_REFUSED, SERVICE_ILL,
};
use crate::checks::Settings;
use crate::checks::course::{Course, Done};
use crate::checks::shell::shell_quoted;
use crate::checks::sign_in::said;
use crate::checks::sign_in::visit::{Ask, Place, Visit};
use crate::clients::http::Answer;
use cluster::check::StageKind;
use config_model::sections::advanced_access::JWT_AUTH_MAX_FRESH_S;
use config_model::sections::jwt::JWT_AUTH_ISSUER;
use config_model::value::{Text, Value};
use http::StatusCode;

/// How long tokens may be good for where nothing is configured, in seconds.
const FRESH_SECONDS: i64 = 300;
/// What is searched for: nobody is called so.
const NOBODY: &str = "query=quay-console&limit=1";

/// What Quay uses a page for.
#[derive(Clone, Debug)]
pub(super) enum Use {
    /// It checks a password.
    Passwords,
    /// It looks up a user, and is asked by the health check.
    Health,
    /// It searches for users.
    Search(Search),
}

/// What the tokens of the service must be like.
#[derive(Clone, Debug)]
pub(super) struct Search {
    issuer: Option<String>,
    fresh: i64,
}

impl Search {
    /// As it is configured.
    pub(super) fn of(settings: &Settings<'_>) -> Self {
        let fresh = match settings.at(&JWT_AUTH_MAX_FRESH_S.path()) {
            Some(Value::Number(number)) => number.as_i64().unwrap_or(FRESH_SECONDS),
            _ => FRESH_SECONDS,
        };
        let issuer = settings.document.effective(JWT_AUTH_ISSUER).map(|Text(text)| text);
        Self { issuer, fresh }
    }
}

/// A page of the service.
pub(super) struct Service {
    /// Where it is.
    pub(super) place: Place,
    purpose: Use,
}

impl Service {
    /// The page at this URL.
    pub(super) fn at(url: &str, purpose: Use) -> Option<Self> {
        Some(Self { place: Place::of(url)?, purpose })
    }

    /// Asks it.
    pub(super) async fn attempt(self, course: Course) -> Done {
        let mut visit = Visit::new(&course);
        match &self.purpose {
            Use::Search(search) => self.search(&course, &mut visit, search).await,
            Use::Passwords | Use::Health => self.ask(&mut visit).await,
        }
    }

    /// A question without a password, which has to be answered with 4xx.
    async fn ask(&self, visit: &mut Visit) -> Done {
        let tried = format!("GET {}, without a password", self.place.bare());
        let (step, answer) =
            visit.ask(&self.place, &Ask::get(StageKind::Authentication, tried, &[])).await?;
        let (url, status) = (self.place.bare(), said(&answer));
        let quoted = shell_quoted(&url);
        let places = [("url", url.as_str()), ("quoted", &quoted), ("status", &status)];
        let fault = match answer.status {
            StatusCode::NOT_FOUND => {
                step.warn(&status, NOTHING_THERE.with(&places));
                return Ok(());
            }
            StatusCode::METHOD_NOT_ALLOWED => &NOT_WITH_GET,
            answered if answered.is_client_error() => {
                step.pass(format!("{status}; it asks who one is"));
                return Ok(());
            }
            answered if answered.is_server_error() => &SERVICE_ILL,
            _ if matches!(self.purpose, Use::Health) => &HEALTH_FAILS,
            _ => &NOT_ASKED_WHO,
        };
        Err(step.fail(&status, fault.with(&places)))
    }

    /// A search, which needs no password; what comes back is checked as Quay does.
    async fn search(&self, course: &Course, visit: &mut Visit, search: &Search) -> Done {
        let place = self.place.with_query(NOBODY);
        let tried = format!("GET {place}: search for a user");
        let (step, answer) = visit.ask(&place, &Ask::get(StageKind::Service, tried, &[])).await?;
        let (url, status) = (self.place.bare(), said(&answer));
        let quoted = shell_quoted(&url);
        let places = [("url", url.as_str()), ("quoted", &quoted), ("status", &status)];
        match answer.status {
            StatusCode::OK => step.pass(&status),
            StatusCode::NOT_FOUND => {
                step.warn(&status, NOTHING_THERE.with(&places));
                return Ok(());
            }
            StatusCode::METHOD_NOT_ALLOWED => {
                return Err(step.fail(&status, NOT_WITH_GET.with(&places)));
            }
            answered if answered.is_server_error() => {
                return Err(step.fail(&status, SERVICE_ILL.with(&places)));
            }
            _ => {
                step.warn(&status, SEARCH_REFUSED.with(&places));
                return Ok(());
            }
        }
        read(course, &answer, search)
    }
}

/// Checks the token in the answer to a search.
fn read(course: &Course, answer: &Answer, search: &Search) -> Done {
    let step = course.begin(StageKind::Service, "the token in the answer: key, issuer, times");
    let Ok((key, _)) = super::key::read(course) else {
        // That is told where the key is looked at.
        step.skip("the public key of the service cannot be used");
        return Ok(());
    };
    let wanted = Wanted {
        key: &key,
        issuer: search.issuer.as_deref().unwrap_or_default(),
        fresh: search.fresh,
        now: course.now(),
    };
    match token::check(answer, &wanted) {
        Ok(()) => {
            step.pass("signed with the uploaded key, and as Quay wants it");
            Ok(())
        }
        Err(told) => Err(step.fail("", told)),
    }
}
