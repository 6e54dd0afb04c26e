//! Stores that speak S3, from Amazon's own to Ceph's gateway: all that Quay does there.

use super::args::Args;
use super::bucket::{Bucket, Habits, Lack, Login, Upload};
use super::faults::SIGNATURE_UNKNOWN;
use super::litter::Litter;
use super::objects::{Object, delete, list_uploads, read, write};
use super::store::Store;
use super::uploads::upload;
use super::{cdn, downloads, entry, sts};
use crate::checks::course::{Course, Done};
use crate::checks::{Planned, Settings};
use cluster::check::StageKind;
use config_model::path::Path;
use config_model::sections::builds::FEATURE_BUILD_SUPPORT;
use config_model::sections::server::{PREFERRED_URL_SCHEME, SERVER_HOSTNAME, UrlScheme};
use config_model::sections::storage::{FEATURE_ENABLE_STALE_MPU_CLEANUP, FEATURE_PROXY_STORAGE};

/// Plans to try an engine of one of these kinds.
pub(super) fn plan(
    settings: &Settings<'_>,
    path: Path,
    name: &str,
    driver: &str,
    args: Args<'_>,
) -> Planned {
    match Bucket::of(driver, args, habits(settings)) {
        Ok(bucket) => attempt_of(path, bucket),
        Err(lack) => unusable(path, name, lack),
    }
}

/// Plans to try this bucket.
pub(super) fn attempt_of(path: Path, bucket: Bucket) -> Planned {
    let target = bucket.target();
    Planned::new(path, target, move |course| attempt(course, bucket))
}

/// Plans to say why an engine cannot be tried.
pub(super) fn unusable(path: Path, name: &str, lack: Lack) -> Planned {
    match lack {
        Lack::Missing(what) => Planned::incomplete(path, name, what),
        Lack::Signature(version) => Planned::new(path, name, move |course| async move {
            let step = course.begin(StageKind::Settings, "how requests are to be signed");
            let told = SIGNATURE_UNKNOWN.with(&[("version", version.as_str())]);
            Err(step.fail("", told))
        }),
    }
}

/// What Quay does with its engines under these settings.
pub(super) fn habits(settings: &Settings<'_>) -> Habits {
    let document = settings.document;
    let proxies = settings.is_on(FEATURE_PROXY_STORAGE);
    // Only pages about builds talk to the store themselves.
    let has_pages = settings.is_on(FEATURE_BUILD_SUPPORT) && !proxies;
    let pages = document.effective(SERVER_HOSTNAME).filter(|_| has_pages).map(|name| {
        let tls = document.effective(PREFERRED_URL_SCHEME) == Some(UrlScheme::Https);
        let scheme = if tls { "https" } else { "http" };
        let port = name.port().map(|port| format!(":{port}")).unwrap_or_default();
        format!("{scheme}://{}{port}", name.host().as_str())
    });
    Habits { proxies, ends_uploads: settings.is_on(FEATURE_ENABLE_STALE_MPU_CLEANUP), pages }
}

async fn attempt(course: Course, bucket: Bucket) -> Done {
    let keys = match &bucket.login {
        Login::Keys(keys) => Some(keys.clone()),
        Login::Role(role) => Some(sts::take_on(&course, role).await?),
        Login::Node => None,
    };
    let http = course.http(&bucket.origin).await?;
    let Some(keys) = keys else {
        let step = course.begin(StageKind::Authentication, "the keys");
        step.skip("none are configured: Quay takes those of its node, which this machine has not");
        return Ok(());
    };
    let mut store = Store::new(&course, bucket, keys, http);
    entry::enter(&mut store).await?;
    let mut litter = Litter::default();
    let done = exercise(&mut store, &mut litter).await;
    litter.sweep(&mut store).await;
    done
}

/// What Quay does with a layer, from its upload to its end.
async fn exercise(store: &mut Store<'_>, litter: &mut Litter) -> Done {
    let object = Object::new(&store.bucket);
    store.course.begin_to_write();
    write(store, litter, &object).await?;
    read(store, &object).await?;
    upload(store, litter, &object).await?;
    downloads::download(store, &object).await?;
    downloads::pages(store, &object).await?;
    for cdn in store.bucket.cdns.clone() {
        cdn::deliver(store, &cdn, &object).await?;
    }
    delete(store, litter).await?;
    if store.bucket.upload == Upload::Whole { Ok(()) } else { list_uploads(store).await }
}
