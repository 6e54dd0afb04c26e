//! Large layers: parts in a folder of their own, and an empty object whose header names them.

use super::faults::SWIFT_PARTS_NOT_JOINED;
use super::store::Store;
use crate::checks::course::Done;
use crate::checks::storage::OURS;
use crate::clients::sigv4::encoded;
use cluster::check::StageKind;

/// What is written in parts.
const PARTS: [&[u8]; 2] = [b"quay-console has written this ", b"in two parts."];

/// Writes an object in parts, as Quay does when a layer is pushed, and reads it as one.
pub(super) async fn attempt(store: &mut Store<'_>, id: &str) -> Done {
    let engine = store.engine;
    let mut step =
        store.course.begin(StageKind::Service, "write in two parts with a manifest, read as one");
    let folder = engine.object(&format!("segments/{OURS}{id}"));
    for (at, part) in PARTS.into_iter().enumerate() {
        step = store.write(step, &format!("{folder}/{at:09}"), &[], part).await?;
    }
    let object = engine.object(&format!("{OURS}{id}-parts"));
    let parts = format!("{}/{}", encoded(&engine.container, "/"), encoded(&folder, "/"));
    step = store.write(step, &object, &[("x-object-manifest", &parts)], b"").await?;
    let (step, body) = store.read(step, &object).await?;
    let whole = PARTS.concat();
    if body != whole {
        let answer = format!("{} of {} bytes came back", body.len(), whole.len());
        return Err(step.fail(answer, SWIFT_PARTS_NOT_JOINED.told()));
    }
    step.pass("joined");
    Ok(())
}
