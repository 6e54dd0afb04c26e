//! What a check has put into a bucket and has to take out again.

use super::answer::Reply;
use super::store::Store;
use crate::clients::sigv4::encoded;
use http::Method;

/// Objects, versions of objects and unfinished uploads.
#[derive(Default)]
pub(super) struct Litter {
    keys: Vec<String>,
    versions: Vec<(String, String)>,
    uploads: Vec<(String, String)>,
}

impl Litter {
    /// An object that is about to be written.
    pub(super) fn add(&mut self, key: &str) {
        self.keys.push(key.to_owned());
    }

    /// The version that an answer speaks of, if there is one.
    pub(super) fn add_version(&mut self, key: &str, reply: &Reply) {
        let version = reply.answer.header("x-amz-version-id");
        if !version.is_empty() && version != "null" {
            self.versions.push((key.to_owned(), version.to_owned()));
        }
    }

    /// An upload that has begun.
    pub(super) fn add_upload(&mut self, key: &str, upload: &str) {
        self.uploads.push((key.to_owned(), upload.to_owned()));
    }

    /// An upload that is no more.
    pub(super) fn remove_upload(&mut self, upload: &str) {
        self.uploads.retain(|(_, known)| known != upload);
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

    /// Takes everything out that is still there, as far as the store lets us.
    pub(super) async fn sweep(mut self, store: &mut Store<'_>) {
        for (key, upload) in std::mem::take(&mut self.uploads) {
            let path = format!("{}?uploadId={}", store.bucket.path(&key), encoded(&upload, ""));
            store.quietly(Method::DELETE, &path, &[], b"").await;
        }
        for key in self.keys() {
            let path = store.bucket.path(&key);
            if let Some(reply) = store.quietly(Method::DELETE, &path, &[], b"").await {
                self.add_version(&key, &reply);
            }
        }
        for (key, version) in self.versions {
            let path = format!("{}?versionId={}", store.bucket.path(&key), encoded(&version, ""));
            store.quietly(Method::DELETE, &path, &[], b"").await;
        }
    }
}
