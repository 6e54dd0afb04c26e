//! The database: whether Quay gets in, may work there, and finds what it needs.

mod cells;
pub mod faults;
mod measures;
mod mysql;
mod postgres;
mod settings;

use super::course::{Course, Done};
use super::{Action, Check, Planned, Settings};
use cluster::check::StageKind;
use config_model::sections::database::DB_URI;
use config_model::value::DatabaseKind;
use settings::Server;

/// The action that makes the extension.
const CREATE_PG_TRGM: &str = "create_pg_trgm";

/// Tries the database that the configuration names.
pub const CHECK: Check = Check {
    name: "database",
    label: "Database",
    reads: &["DB_URI", "DB_CONNECTION_ARGS"],
    matters: "Quay keeps users, repositories and tags in the database, and does not start without it.",
    actions: &[Action {
        name: CREATE_PG_TRGM,
        label: "Create pg_trgm",
        help: "Creates the extension pg_trgm in the PostgreSQL database, as Quay's user.",
        asks: "",
        mends: &[&faults::PG_TRGM_MISSING],
    }],
    plan,
    writes: true,
    faults: faults::FAULTS,
};

fn plan(settings: &Settings<'_>) -> Vec<Planned> {
    let path = DB_URI.path();
    if settings.at(&path).is_none() {
        return Vec::new();
    }
    let creates = settings.asked_for(CREATE_PG_TRGM).is_some();
    let planned = match Server::of(settings) {
        Ok(server) => {
            let target = server.target();
            Planned::new(path, target, move |course| attempt(course, server, creates))
        }
        Err(what) => Planned::incomplete(path, "Database", what),
    };
    vec![planned]
}

async fn attempt(course: Course, server: Server, creates: bool) -> Done {
    match server.kind {
        DatabaseKind::Postgresql => postgres::attempt(&course, &server, creates).await,
        DatabaseKind::Mysql => mysql::attempt(&course, server).await,
        DatabaseKind::Sqlite => {
            let step = course.begin(StageKind::Service, "the file of the database");
            step.skip("it is inside Quay's container, where it cannot be tried from here; SQLite is for trials only");
            Ok(())
        }
    }
}
