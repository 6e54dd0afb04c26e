//! The extension `pg_trgm`, without which Quay does not start.

use super::session::Session;
use super::{Facts, NO_RIGHT, code, failed};
use crate::checks::course::{Course, Done};
use crate::checks::database::faults::{
    PG_TRGM_HIDDEN, PG_TRGM_MISSING, PG_TRGM_NO_RIGHT, PG_TRGM_NOT_ALLOWED, PG_TRGM_UNAVAILABLE,
};
use crate::checks::database::settings::Server;
use cluster::check::StageKind;

/// Its version, where it is, and whether its operators are found without naming that place.
const INSTALLED: &str = "SELECT e.extversion::text, n.nspname::text, \
    EXISTS (SELECT 1 FROM pg_opclass o \
    WHERE o.opcname = 'gin_trgm_ops' AND pg_opclass_is_visible(o.oid))::text \
    FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace \
    WHERE e.extname = 'pg_trgm'";

/// The version that can be created, and whether the provider allows it: Azure keeps a list, which
/// is in its server's settings and in no other's.
const AVAILABLE: &str = "SELECT default_version::text, \
    coalesce(current_setting('azure.extensions', true) ILIKE '%pg_trgm%', true)::text \
    FROM pg_available_extensions WHERE name = 'pg_trgm'";

/// Classes of `SQLSTATE` that say nothing of an extension: connection, writing, room, the end of
/// the server.
const ELSEWHERE: [&str; 4] = ["08", "25", "53", "57"];

/// Creates it.
pub(super) async fn create(course: &Course, server: &Server, session: &mut Session) -> Done {
    let step = course.begin(StageKind::Service, "CREATE EXTENSION IF NOT EXISTS pg_trgm");
    match session.run("CREATE EXTENSION IF NOT EXISTS pg_trgm").await {
        Ok(()) => {
            step.pass("done");
            Ok(())
        }
        Err(error) => {
            let told = match code(&error) {
                NO_RIGHT => server.tell(&PG_TRGM_NO_RIGHT, &[]),
                code if code.get(..2).is_none_or(|class| ELSEWHERE.contains(&class)) => {
                    session.told(server, &error)
                }
                // One code may mean that it is not installed, or that the provider keeps it back.
                _ => match session.row(AVAILABLE).await {
                    Ok(Some(_)) => server.tell(&PG_TRGM_NOT_ALLOWED, &[]),
                    Ok(None) => server.tell(&PG_TRGM_UNAVAILABLE, &[]),
                    Err(other) => session.told(server, &other),
                },
            };
            Err(step.fail(session.words(&error), told))
        }
    }
}

/// Looks whether it is there; if not, whether it could be.
pub(super) async fn look(
    course: &Course,
    server: &Server,
    session: &mut Session,
    facts: &Facts,
) -> Done {
    let step = course.begin(StageKind::Service, "the extension pg_trgm");
    let installed = match session.row(INSTALLED).await {
        Ok(installed) => installed,
        Err(error) => return Err(failed(step, server, session, &error)),
    };
    if let Some(installed) = installed {
        let (version, schema) = (installed.text(0), installed.text(1));
        let answer = format!("version {version}, in the schema {schema}");
        if installed.is(2) {
            step.pass(answer);
            return Ok(());
        }
        let places = [("schema", schema.as_str()), ("current", facts.schema.as_str())];
        return Err(step.fail(answer, server.tell(&PG_TRGM_HIDDEN, &places)));
    }
    let available = match session.row(AVAILABLE).await {
        Ok(available) => available,
        Err(error) => return Err(failed(step, server, session, &error)),
    };
    let Some(available) = available else {
        let told = server.tell(&PG_TRGM_UNAVAILABLE, &[]);
        return Err(step.fail("not created, and not installed on the server", told));
    };
    if !available.is(1) {
        let told = server.tell(&PG_TRGM_NOT_ALLOWED, &[]);
        return Err(step.fail("not created, and not in the list azure.extensions", told));
    }
    let answer = format!("not created; version {} could be", available.text(0));
    let fault = if facts.may_create_extension { &PG_TRGM_MISSING } else { &PG_TRGM_NO_RIGHT };
    Err(step.fail(answer, server.tell(fault, &[])))
}
