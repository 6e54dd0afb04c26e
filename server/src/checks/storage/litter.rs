//! What a check has put into a store and has to take out again.

use super::OURS;
use super::answer::Reply;
use super::faults::LEFT_BEHIND;
use super::store::Store;
use crate::checks::course::Course;
use crate::clients::sigv4::encoded;
use cluster::check::StageKind;
use http::{Method, StatusCode};

/// Requests without an answer after which it is of no use to go on tidying up.
const SILENT_MAX: usize = 2;

/// How tidying up goes.
#[derive(Default)]
pub(super) struct Tally {
    left: usize,
    silent: usize,
}

impl Tally {
    /// Whether nothing more has to be asked for.
    pub(super) fn is_vain(&self) -> bool {
        self.silent >= SILENT_MAX
    }

    /// Counts what the store says to a deletion; `None` where it says nothing, or is not asked.
    pub(super) fn count(&mut self, status: Option<StatusCode>) {
        let is_gone =
            status.is_some_and(|status| status.is_success() || status == StatusCode::NOT_FOUND);
        self.silent += usize::from(status.is_none());
        self.left += usize::from(!is_gone);
    }

    /// Tells what stays: in `place`, where `command` shows it.
    pub(super) fn tell(&self, course: &Course, place: &str, command: &str) {
        if self.left == 0 {
            return;
        }
        if course.is_given_up() {
            tracing::warn!(place, command, "a check could not delete all that it has written");
        }
        let step = course.begin(StageKind::Permission, "delete what was written");
        let places = [("place", place), ("command", command)];
        step.warn(format!("left there: {}", self.left), LEFT_BEHIND.with(&places));
    }
}

/// Objects, versions of objects and unfinished uploads.
#[derive(Default)]
pub(super) struct Litter {
    keys: Vec<String>,
    versions: Vec<(String, String)>,
    /// An id is known once the store has answered.
    uploads: Vec<(String, Option<String>)>,
}

impl Litter {
    /// An object that is about to be written.
    pub(super) fn add(&mut self, key: &str) {
        self.keys.push(key.to_owned());
    }

    /// What the store answers to that: which version it is, or that it takes nothing.
    pub(super) fn written(&mut self, key: &str, reply: &Reply) {
        self.add_version(key, reply);
        if reply.answer.status.is_client_error() {
            self.remove(key);
        }
    }

    /// The version that an answer speaks of, if there is one.
    pub(super) fn add_version(&mut self, key: &str, reply: &Reply) {
        let version = reply.answer.header("x-amz-version-id");
        if !version.is_empty() && version != "null" {
            self.versions.push((key.to_owned(), version.to_owned()));
        }
    }

    /// An upload that is about to begin.
    pub(super) fn add_upload(&mut self, key: &str) {
        self.uploads.push((key.to_owned(), None));
    }

    /// The store has answered: the upload has this id, or there is none.
    pub(super) fn begun(&mut self, key: &str, id: Option<&str>) {
        self.uploads.retain(|(known, id)| known != key || id.is_some());
        self.uploads.extend(id.map(|id| (key.to_owned(), Some(id.to_owned()))));
    }

    /// An upload that is no more.
    pub(super) fn remove_upload(&mut self, upload: &str) {
        self.uploads.retain(|(_, known)| known.as_deref() != Some(upload));
    }

    /// The objects.
    pub(super) fn keys(&self) -> Vec<String> {
        self.keys.clone()
    }

    /// An object that is no more.
    pub(super) fn remove(&mut self, key: &str) {
        self.keys.retain(|known| known != key);
    }

    /// Whether the bucket keeps versions.
    pub(super) fn has_versions(&self) -> bool {
        !self.versions.is_empty()
    }

    /// Takes everything out that is still there, as far as the store lets us, and tells what
    /// stays.
    pub(super) async fn sweep(mut self, store: &mut Store<'_>) {
        let mut tally = Tally::default();
        for (key, upload) in std::mem::take(&mut self.uploads) {
            end_upload(store, &mut tally, &key, upload).await;
        }
        for key in self.keys() {
            let path = store.bucket.path(&key);
            if let Some(reply) = delete(store, &mut tally, &path).await {
                self.add_version(&key, &reply);
            }
        }
        for (key, version) in self.versions {
            let path = format!("{}?versionId={}", store.bucket.path(&key), encoded(&version, ""));
            delete(store, &mut tally, &path).await;
        }
        let place = format!("the bucket {}", store.bucket.name);
        let command = format!(
            "aws {} s3api list-object-versions --bucket {} --prefix {}",
            store.way(),
            store.bucket.name,
            store.bucket.key(OURS)
        );
        tally.tell(store.course, &place, &command);
    }
}

/// Ends an upload. Where the store has not said which one it is, it is looked for.
async fn end_upload(store: &mut Store<'_>, tally: &mut Tally, key: &str, id: Option<String>) {
    let id = match id {
        Some(id) => Some(id),
        None if tally.is_vain() => return tally.count(None),
        None => {
            let prefix = encoded(key, "");
            let path = format!("{}?uploads&max-uploads=1&prefix={prefix}", store.bucket.root());
            let listed = store.quietly(Method::GET, &path, &[], b"").await;
            let Some(list) = listed.as_ref().filter(|list| list.is_good()) else {
                return tally.count(listed.map(|list| list.answer.status));
            };
            list.element("UploadId")
        }
    };
    if let Some(id) = id {
        let path = format!("{}?uploadId={}", store.bucket.path(key), encoded(&id, ""));
        delete(store, tally, &path).await;
    }
}

/// Deletes something.
async fn delete(store: &mut Store<'_>, tally: &mut Tally, path: &str) -> Option<Reply> {
    let reply =
        if tally.is_vain() { None } else { store.quietly(Method::DELETE, path, &[], b"").await };
    tally.count(reply.as_ref().map(|reply| reply.answer.status));
    reply
}
