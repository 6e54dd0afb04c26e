//! `SwiftStorage`: the login, the store it names, the container, and all that Quay does there.

mod download;
pub mod faults;
mod keystone;
mod login;
mod reach;
mod segments;
mod settings;
mod store;

use crate::checks::course::{Course, Done};
use crate::checks::{Planned, Settings};
use cluster::check::StageKind;
use config_model::path::Path;
pub use faults::FAULTS;
use faults::SWIFT_TOKEN_ENDS;
use settings::Engine;
use store::Store;

/// Plans to try the engine `name`, whose entry stands at `path`.
pub(super) fn plan(settings: &Settings<'_>, path: Path, name: &str) -> Planned {
    match Engine::of(settings, &path.item(1)) {
        Ok(engine) => Planned::new(path, engine.target(), move |course| attempt(course, engine)),
        Err(what) => Planned::incomplete(path, name, what),
    }
}

async fn attempt(course: Course, engine: Engine) -> Done {
    if engine.options.has_token {
        let step = course.begin(StageKind::Settings, "the token among the login options");
        step.warn("it is left out here", SWIFT_TOKEN_ENDS.told());
    }
    let login = login::log_in(&course, &engine).await?;
    let mut store = Store::reach(&course, &engine, login).await?;
    let container = store.container().await?;
    store.quota(&container).await;
    let mut done = exercise(&mut store).await;
    if done.is_ok() {
        done = store.delete().await;
    }
    if done.is_err() {
        store.sweep().await;
    }
    done
}

/// What Quay does with a blob, apart from deleting it.
async fn exercise(store: &mut Store<'_>) -> Done {
    let id = uuid::Uuid::new_v4().to_string();
    store.course.begin_to_write();
    let object = store.write_and_read(&id).await?;
    download::attempt(store, &object).await?;
    segments::attempt(store, &id).await
}
