//! Uploads in parts, as each layer comes into the store, and how it gets to its place there.

use super::answer::Reply;
use super::bucket::Upload;
use super::faults::{
    ASSEMBLY_REFUSED, CONTENT_DIFFERS, COPY_REFUSED, MULTIPART_REFUSED, READ_REFUSED,
};
use super::litter::Litter;
use super::objects::Object;
use super::store::Store;
use crate::checks::course::{Done, Step, Stopped};
use crate::checks::fault::Fault;
use crate::clients::sigv4::encoded;
use cluster::check::StageKind;
use http::Method;

/// How the list of parts begins.
const LIST: &str = r#"<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">"#;

/// Brings an object into the store as Quay brings a layer.
pub(super) async fn upload(store: &mut Store<'_>, litter: &mut Litter, object: &Object) -> Done {
    let parts = object.beside("parts");
    let place = object.beside("whole");
    match store.bucket.upload {
        Upload::Assembled => {
            in_parts(store, litter, &parts).await?;
            assemble(store, litter, &parts, &place).await
        }
        Upload::Copied => {
            in_parts(store, litter, &parts).await?;
            copy(store, litter, &parts, &place).await
        }
        Upload::Whole => copy(store, litter, object, &place).await,
    }
}

/// Uploads an object in parts; one is enough.
async fn in_parts(store: &mut Store<'_>, litter: &mut Litter, object: &Object) -> Done {
    let tried = format!("upload {} in parts", object.key);
    let step = store.begin(StageKind::Service, tried);
    let fault = &MULTIPART_REFUSED;
    let (step, id) = begin(store, litter, step, object, fault).await?;
    let path = part_path(store, object, &id);
    let (step, reply) = store.ask(step, Method::PUT, &path, &[], &object.content).await?;
    if !reply.is_good() {
        return Err(refused(store, step, &reply, fault, "sending a part"));
    }
    let tag = reply.answer.header("etag").to_owned();
    let step = complete(store, litter, step, object, &id, &tag, fault).await?;
    compare(store, step, object).await
}

/// Lets the store make an object from parts of another.
async fn assemble(
    store: &mut Store<'_>,
    litter: &mut Litter,
    from: &Object,
    object: &Object,
) -> Done {
    let tried = format!("let the store assemble {}", object.key);
    let step = store.begin(StageKind::Service, tried);
    let fault = &ASSEMBLY_REFUSED;
    let (step, id) = begin(store, litter, step, object, fault).await?;
    let path = part_path(store, object, &id);
    let source = source(store, from);
    let range = format!("bytes=0-{}", from.content.len().saturating_sub(1));
    let headers =
        [("x-amz-copy-source", source.as_str()), ("x-amz-copy-source-range", range.as_str())];
    let (step, reply) = store.ask(step, Method::PUT, &path, &headers, b"").await?;
    let tag = reply.element("ETag").unwrap_or_default();
    if !reply.is_good() || tag.is_empty() {
        return Err(refused(store, step, &reply, fault, "copying a part"));
    }
    let step = complete(store, litter, step, object, &id, &tag, fault).await?;
    compare(store, step, object).await
}

/// Lets the store copy an object.
async fn copy(store: &mut Store<'_>, litter: &mut Litter, from: &Object, object: &Object) -> Done {
    let step = store.begin(StageKind::Service, format!("copy an object to {}", object.key));
    let path = store.bucket.path(&object.key);
    let source = source(store, from);
    litter.add(&object.key);
    let headers = [("x-amz-copy-source", source.as_str())];
    let (step, reply) = store.ask(step, Method::PUT, &path, &headers, b"").await?;
    litter.written(&object.key, &reply);
    if !reply.is_good() {
        return Err(refused(store, step, &reply, &COPY_REFUSED, "copying"));
    }
    compare(store, step, object).await
}

/// Begins an upload and gives its id.
async fn begin(
    store: &mut Store<'_>,
    litter: &mut Litter,
    step: Step,
    object: &Object,
    fault: &'static Fault,
) -> Result<(Step, String), Stopped> {
    let path = format!("{}?uploads", store.bucket.path(&object.key));
    let headers = store.bucket.upload_headers();
    litter.add_upload(&object.key);
    let (step, reply) = store.ask(step, Method::POST, &path, headers, b"").await?;
    let id = reply.element("UploadId").filter(|_| reply.is_good());
    litter.begun(&object.key, id.as_deref());
    match id {
        Some(id) => Ok((step, id)),
        None => Err(refused(store, step, &reply, fault, "beginning one")),
    }
}

/// Completes an upload of one part.
async fn complete(
    store: &mut Store<'_>,
    litter: &mut Litter,
    step: Step,
    object: &Object,
    id: &str,
    tag: &str,
    fault: &'static Fault,
) -> Result<Step, Stopped> {
    let tag = tag.replace('&', "&amp;").replace('<', "&lt;");
    let part = format!("<Part><PartNumber>1</PartNumber><ETag>{tag}</ETag></Part>");
    let list = format!("{LIST}{part}</CompleteMultipartUpload>");
    let path = format!("{}?uploadId={}", store.bucket.path(&object.key), encoded(id, ""));
    litter.add(&object.key);
    let (step, reply) = store.ask(step, Method::POST, &path, &[], list.as_bytes()).await?;
    litter.written(&object.key, &reply);
    if !reply.is_good() {
        return Err(refused(store, step, &reply, fault, "completing it"));
    }
    litter.remove_upload(id);
    Ok(step)
}

/// Reads what has been made.
async fn compare(store: &mut Store<'_>, step: Step, object: &Object) -> Done {
    let path = store.bucket.path(&object.key);
    let (step, reply) = store.ask(step, Method::GET, &path, &[], b"").await?;
    if reply.is(&object.content) {
        step.pass("it is there as it was written");
        return Ok(());
    }
    let told = if reply.is_good() {
        store.told(&CONTENT_DIFFERS)
    } else {
        store.refused(&reply, &READ_REFUSED, &READ_REFUSED)
    };
    Err(step.fail(reply.words(), told))
}

fn part_path(store: &Store<'_>, object: &Object, id: &str) -> String {
    let path = store.bucket.path(&object.key);
    format!("{path}?partNumber=1&uploadId={}", encoded(id, ""))
}

/// How an object is named where it is copied from.
fn source(store: &Store<'_>, object: &Object) -> String {
    format!("{}/{}", store.bucket.name, encoded(&object.key, "/"))
}

fn refused(
    store: &Store<'_>,
    step: Step,
    reply: &Reply,
    fault: &'static Fault,
    action: &str,
) -> Stopped {
    let told = store.refused_with(reply, fault, fault, &[("action", action)]);
    step.fail(reply.words(), told)
}
