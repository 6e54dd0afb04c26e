//! What a check has made in a cluster and has to take out again.

use super::NOT_DELETED;
use super::session::{Session, reason};
use crate::checks::course::Course;
use crate::checks::fault::Told;
use crate::checks::shell::shell_quoted;
use cluster::check::StageKind;
use http::StatusCode;

/// What it means that something is not found, and what was to make it has not been answered.
const LATER: &str = "it is not there yet, and nothing says that it will not be made";

/// Templates and indices.
#[derive(Default)]
pub(super) struct Litter(Vec<Thing>);

/// One of them.
struct Thing {
    /// `the index`, `the template`.
    kind: &'static str,
    path: String,
    made: Made,
}

/// Whether it is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Made {
    /// No answer has come so far.
    Unknown,
    /// It is, or it is not because of trouble over there.
    Likely,
    /// It was refused, though perhaps too late.
    Hardly,
}

impl Litter {
    /// Something that is about to be made.
    pub(super) fn add(&mut self, kind: &'static str, path: &str) {
        self.0.push(Thing { kind, path: path.to_owned(), made: Made::Unknown });
    }

    /// What is answered to that.
    pub(super) fn answered(&mut self, path: &str, status: StatusCode) {
        let made = if status.is_client_error() { Made::Hardly } else { Made::Likely };
        for thing in self.0.iter_mut().filter(|thing| thing.path == path) {
            thing.made = made;
        }
    }

    /// Deletes something; else says why it may still be there, in short and as a fault.
    pub(super) async fn delete(
        &mut self,
        session: &mut Session,
        path: &str,
    ) -> Result<(), (String, Told)> {
        match self.0.iter().position(|thing| thing.path == path) {
            Some(at) => self.0.swap_remove(at).delete(session).await,
            None => Ok(()),
        }
    }

    /// Deletes everything that may still be there, and tells what stays.
    pub(super) async fn sweep(self, course: &Course, session: &mut Session) {
        for thing in self.0 {
            if thing.made == Made::Hardly {
                let _ = thing.delete(session).await;
                continue;
            }
            let step = course.begin(StageKind::Permission, format!("delete {}", thing.in_words()));
            match thing.delete(session).await {
                Ok(()) => step.pass("it is gone"),
                Err((reason, told)) => step.warn(reason, told),
            }
        }
    }
}

impl Thing {
    fn in_words(&self) -> String {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        format!("{} {name}", self.kind)
    }

    async fn delete(&self, session: &mut Session) -> Result<(), (String, Told)> {
        let reason = match session.delete(&self.path).await {
            Ok(answer) if answer.status.is_success() => return Ok(()),
            Ok(answer) if answer.status == StatusCode::NOT_FOUND && self.made != Made::Unknown => {
                return Ok(());
            }
            Ok(answer) if answer.status == StatusCode::NOT_FOUND => LATER.to_owned(),
            Ok(answer) => format!("{}: {}", answer.status, reason(&answer)),
            Err(error) => error,
        };
        let quoted = shell_quoted(&format!("{}{}", session.origin(), self.path));
        let thing = self.in_words();
        if session.is_given_up() && self.made != Made::Hardly {
            tracing::warn!(thing, reason, "a check could not delete what it has made");
        }
        let places =
            [("thing", thing.as_str()), ("reason", reason.as_str()), ("quoted", quoted.as_str())];
        let told = session.told(&NOT_DELETED, &places);
        Err((reason, told))
    }
}
