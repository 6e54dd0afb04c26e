//! `AzureStorage`: the account, its container, and all that Quay does there.

mod answer;
mod blobs;
pub mod faults;
mod session;
mod settings;
mod sign;
mod token;

use super::OURS;
use crate::checks::course::{Course, Done, Stopped};
use crate::checks::{Planned, Settings};
use crate::clients::http::Answer;
use answer::{Refusal, ahead, is_azures, shown};
use bytes::Bytes;
use cluster::check::StageKind;
use config_model::path::Path;
pub use faults::FAULTS;
use faults::{
    AZURE_ACCOUNT_NOT_IN_ADDRESS, AZURE_CLOCKS_DIFFER, AZURE_CONTAINER_PUBLIC,
    AZURE_KEY_UNREADABLE, AZURE_MAY_NOT_READ, AZURE_OTHER_ACCOUNT, AZURE_PAGES_REFUSED,
    AZURE_REFUSES, AZURE_TOKEN_NOT_USED,
};
use http::Method;
use session::{Session, Target};
use settings::{Credential, Engine};
use sign::AccountKey;

/// Seconds by which clocks may differ without a word.
const APART_SECONDS_MAX: i64 = 30;

/// Plans to try the engine `name`, whose entry stands at `path`.
pub(super) fn plan(settings: &Settings<'_>, path: Path, name: &str) -> Planned {
    match Engine::of(settings, &path.item(1)) {
        Ok(engine) => Planned::new(path, engine.target(), move |course| attempt(course, engine)),
        Err(what) => Planned::incomplete(path, name, what),
    }
}

async fn attempt(course: Course, engine: Engine) -> Done {
    let key = match &engine.credential {
        Credential::Key(key) => Some((read_key(&course, &engine, key)?, signer(&course, &engine)?)),
        Credential::Token(token) => {
            token::look_at(&course, &engine, token)?;
            None
        }
    };
    let has_key = key.is_some();
    let http = course.http(&engine.origin).await?;
    let mut session = Session::over(&course, &engine, http, key);
    if has_key {
        container(&mut session).await?;
    } else {
        by_token(&mut session).await?;
    }
    let id = uuid::Uuid::new_v4().to_string();
    let done = exercise(&mut session, &id, has_key).await;
    if done.is_err() {
        session.sweep().await;
        return done;
    }
    if let Err(stopped) = session.delete().await {
        session.sweep().await;
        return Err(stopped);
    }
    if has_key { Ok(()) } else { without_credential(&mut session, &id).await }
}

/// What Quay does with blobs, apart from deleting them.
async fn exercise(session: &mut Session<'_>, id: &str, has_key: bool) -> Done {
    session.course.begin_to_write();
    let blob = session.write_and_read(id).await?;
    session.push(id).await?;
    if has_key {
        session.download(&blob).await?;
        pages(session, &blob).await;
    }
    Ok(())
}

/// The key itself, before anything is dialled.
fn read_key(course: &Course, engine: &Engine, key: &str) -> Result<AccountKey, Stopped> {
    let step = course.begin(StageKind::Settings, "the account key");
    let Some(key) = AccountKey::of(key) else {
        let places = [("account", engine.account.as_str())];
        return Err(step.fail("", AZURE_KEY_UNREADABLE.with(&places)));
    };
    step.pass("it is base64");
    Ok(key)
}

/// The account that requests are signed for.
fn signer(course: &Course, engine: &Engine) -> Result<String, Stopped> {
    if !engine.has_address {
        return Ok(engine.account.clone());
    }
    let address = format!("{}{}", engine.origin, engine.base);
    let step = course.begin(StageKind::Settings, format!("which account {address} belongs to"));
    let other = engine.signer().unwrap_or_default();
    let places =
        [("address", address.as_str()), ("account", engine.account.as_str()), ("other", other)];
    if other.is_empty() {
        return Err(step.fail("", AZURE_ACCOUNT_NOT_IN_ADDRESS.with(&places)));
    }
    if other != engine.account {
        return Err(step.fail(other, AZURE_OTHER_ACCOUNT.with(&places)));
    }
    step.pass(other);
    Ok(other.to_owned())
}

/// Whether the key is taken, and the container there.
async fn container(session: &mut Session<'_>) -> Done {
    let (course, engine) = (session.course, session.engine);
    let tried = format!("ask for the container {}, signed with the key", engine.container);
    let step = course.begin(StageKind::Authentication, tried);
    let target = Target { blob: "", query: &[("restype", "container")] };
    let (step, answer) = session.ask(step, Method::GET, target, &[], Bytes::new()).await?;
    if !answer.status.is_success() || !is_azures(&answer) {
        let action = "show the container";
        return Err(session.refused(step, &answer, &AZURE_REFUSES, action, ""));
    }
    let access = answer.header("x-ms-blob-public-access");
    if access.is_empty() {
        step.pass("it is there");
    } else {
        let places =
            [("container", engine.container.as_str()), ("account", engine.account.as_str())];
        let answer = format!("it is there, open to anybody: {access}");
        step.warn(answer, AZURE_CONTAINER_PUBLIC.with(&places));
    }
    clocks(course, &answer);
    Ok(())
}

/// Whether the token is taken: a blob is asked for that is not there.
async fn by_token(session: &mut Session<'_>) -> Done {
    let (course, engine) = (session.course, session.engine);
    let tried = format!("ask for a blob in the container {} with the token", engine.container);
    let step = course.begin(StageKind::Authentication, tried);
    let blob = engine.blob(&format!("{OURS}{}", uuid::Uuid::new_v4()));
    let target = Target::blob(&blob);
    let (step, answer) = session.ask(step, Method::GET, target, &[], Bytes::new()).await?;
    if Refusal::of(&answer).code != "BlobNotFound" {
        let action = "say whether a blob is there";
        return Err(session.refused(step, &answer, &AZURE_MAY_NOT_READ, action, &blob));
    }
    step.pass("there is none, as expected");
    clocks(course, &answer);
    Ok(())
}

fn clocks(course: &Course, answer: &Answer) {
    let Some(ahead) = ahead(answer, course.now()) else { return };
    let step = course.begin(StageKind::Service, "what time it is there");
    let seconds = ahead.abs().to_string();
    if ahead.abs() > APART_SECONDS_MAX {
        let side = if ahead > 0 { "ahead" } else { "behind" };
        let answer = format!("{seconds} seconds {side}");
        step.warn(answer, AZURE_CLOCKS_DIFFER.with(&[("seconds", &seconds)]));
    } else {
        step.pass("the same as here");
    }
}

/// Quay with a token alone: its requests carry nothing at all.
async fn without_credential(session: &mut Session<'_>, id: &str) -> Done {
    let engine = session.engine;
    let step = session.course.begin(StageKind::Service, "write without a credential, as Quay does");
    let blob = engine.blob(&format!("{OURS}{id}-anybody"));
    session.written.push(blob.clone());
    let path = session.path(&blob);
    let headers =
        [("x-ms-blob-type", "BlockBlob"), ("x-ms-version", sign::VERSION), ("content-length", "0")];
    let sent = session.as_anybody(Method::PUT, &path, &headers, Bytes::new()).await;
    if let Ok(answer) = &sent {
        session.not_written(answer);
    }
    session.sweep().await;
    let answer = match &sent {
        Ok(answer) if answer.status.is_success() => {
            "written; but no download can be signed".to_owned()
        }
        Ok(answer) => shown(answer),
        Err(error) => error.to_string(),
    };
    let places = [("account", engine.account.as_str())];
    Err(step.fail(answer, AZURE_TOKEN_NOT_USED.with(&places)))
}

/// Whether pages of the registry may read from the store.
async fn pages(session: &mut Session<'_>, blob: &str) {
    let engine = session.engine;
    let Some(page) = &engine.pages else { return };
    let tried = format!("whether pages of {page} may read from it (CORS)");
    let step = session.course.begin(StageKind::Permission, tried);
    let headers = [("origin", page.as_str()), ("access-control-request-method", "GET")];
    let path = session.path(blob);
    let answer = match session.as_anybody(Method::OPTIONS, &path, &headers, Bytes::new()).await {
        Ok(answer) => answer,
        Err(error) => return step.skip(error.to_string()),
    };
    let allowed = answer.header("access-control-allow-origin");
    if answer.status.is_success() && (allowed == "*" || allowed == page) {
        return step.pass(format!("allowed for {allowed}"));
    }
    let places = [("page", page.as_str()), ("account", engine.account.as_str())];
    step.warn(shown(&answer), AZURE_PAGES_REFUSED.with(&places));
}
