//! An object of our own: written, read and deleted.

use super::OURS;
use super::answer::Meaning;
use super::bucket::Bucket;
use super::faults::{
    CONTENT_DIFFERS, ENCRYPTION_REFUSED, MAY_NOT_DELETE, MAY_NOT_READ, MAY_NOT_WRITE,
    OLD_VERSIONS_STAY, READ_REFUSED, UPLOADS_NOT_LISTED, WRITE_REFUSED,
};
use super::litter::Litter;
use super::store::Store;
use crate::checks::course::Done;
use crate::clients::sigv4::encoded;
use cluster::check::StageKind;
use http::{Method, StatusCode};

/// An object that is written for a check only.
pub(super) struct Object {
    /// Its name below the folder.
    pub(super) name: String,
    /// Its key in the bucket.
    pub(super) key: String,
    /// What is in it.
    pub(super) content: Vec<u8>,
}

impl Object {
    /// A new one in the folder of the bucket.
    pub(super) fn new(bucket: &Bucket) -> Self {
        let name = format!("{OURS}{}", uuid::Uuid::new_v4());
        let content = format!("{name}: written to see whether that works, and deleted at once.\n");
        Self { key: bucket.key(&name), name, content: content.into_bytes() }
    }

    /// One beside it with the same content.
    pub(super) fn beside(&self, end: &str) -> Self {
        Self {
            name: format!("{}-{end}", self.name),
            key: format!("{}-{end}", self.key),
            content: self.content.clone(),
        }
    }
}

/// Writes the object in one piece.
pub(super) async fn write(store: &mut Store<'_>, litter: &mut Litter, object: &Object) -> Done {
    let step = store.begin(StageKind::Permission, format!("write {}", object.key));
    let path = store.bucket.path(&object.key);
    let headers = store.bucket.upload_headers();
    litter.add(&object.key);
    let (step, reply) = store.ask(step, Method::PUT, &path, headers, &object.content).await?;
    litter.written(&object.key, &reply);
    if reply.is_good() {
        step.pass(format!("{} bytes", object.content.len()));
        return Ok(());
    }
    let odd = matches!(reply.meaning(), Meaning::Other | Meaning::Trouble);
    if odd && store.bucket.encrypts {
        // The same without the wish for encryption.
        litter.add(&object.key);
        let plain = store.quietly(Method::PUT, &path, &[], &object.content).await;
        if let Some(plain) = &plain {
            litter.written(&object.key, plain);
        }
        if plain.is_some_and(|plain| plain.is_good()) {
            return Err(step.fail(reply.words(), store.told(&ENCRYPTION_REFUSED)));
        }
    }
    Err(step.fail(reply.words(), store.refused(&reply, &MAY_NOT_WRITE, &WRITE_REFUSED)))
}

/// Reads an object and compares.
pub(super) async fn read(store: &mut Store<'_>, object: &Object) -> Done {
    let step = store.begin(StageKind::Permission, format!("read {}", object.key));
    let path = store.bucket.path(&object.key);
    let (step, reply) = store.ask(step, Method::GET, &path, &[], b"").await?;
    if reply.is(&object.content) {
        step.pass("as it was written");
        return Ok(());
    }
    let told = if reply.is_good() {
        store.told(&CONTENT_DIFFERS)
    } else {
        store.refused(&reply, &MAY_NOT_READ, &READ_REFUSED)
    };
    Err(step.fail(reply.words(), told))
}

/// Deletes everything that was written, and looks whether it is gone.
pub(super) async fn delete(store: &mut Store<'_>, litter: &mut Litter) -> Done {
    for key in litter.keys() {
        delete_one(store, litter, &key).await?;
    }
    if litter.has_versions() {
        let step = store.begin(StageKind::Service, "whether what is deleted makes room");
        step.warn("the bucket keeps versions", store.told(&OLD_VERSIONS_STAY));
    }
    Ok(())
}

async fn delete_one(store: &mut Store<'_>, litter: &mut Litter, key: &str) -> Done {
    let step = store.begin(StageKind::Permission, format!("delete {key}"));
    let path = store.bucket.path(key);
    let (step, reply) = store.ask(step, Method::DELETE, &path, &[], b"").await?;
    litter.add_version(key, &reply);
    if !reply.is_good() {
        let told = match reply.meaning() {
            Meaning::Denied | Meaning::Other => store.told(&MAY_NOT_DELETE),
            _ => store.refused(&reply, &WRITE_REFUSED, &WRITE_REFUSED),
        };
        return Err(step.fail(reply.words(), told));
    }
    let (step, left) = store.ask(step, Method::HEAD, &path, &[], b"").await?;
    if left.answer.status != StatusCode::NOT_FOUND {
        return Err(step.fail(left.words(), store.told(&MAY_NOT_DELETE)));
    }
    litter.remove(key);
    step.pass("deleted");
    Ok(())
}

/// Lists unfinished uploads, which Quay ends after some time.
pub(super) async fn list_uploads(store: &mut Store<'_>) -> Done {
    let tried = format!("list unfinished uploads in the folder {}", store.bucket.folder);
    let step = store.begin(StageKind::Permission, tried);
    if !store.bucket.habits.ends_uploads {
        step.skip("Quay does not clean up unfinished uploads");
        return Ok(());
    }
    let prefix = encoded(store.bucket.folder(), "");
    let path = format!("{}?uploads&max-uploads=1&prefix={prefix}", store.bucket.root());
    let (step, reply) = store.ask(step, Method::GET, &path, &[], b"").await?;
    if reply.is_good() {
        step.pass("a list came back");
    } else {
        step.warn(reply.words(), store.told(&UPLOADS_NOT_LISTED));
    }
    Ok(())
}
