//! What clients and browsers do with the store: they follow signed addresses, and pages use it.

use super::faults::{CORS_MISSING, DOWNLOAD_REFUSED, KEYS_UNUSABLE, OLD_DOWNLOADS_REFUSED};
use super::objects::Object;
use super::signature::Signature;
use super::store::Store;
use crate::checks::course::Done;
use cluster::check::StageKind;
use http::Method;

/// Fetches the object as a client does that was sent to it: with an address and no keys.
pub(super) async fn download(store: &mut Store<'_>, object: &Object) -> Done {
    let who = if store.bucket.habits.proxies { "Quay's proxy does" } else { "clients do" };
    let way = store.bucket.hands_out;
    let tried = match way {
        Signature::V4 => format!("download with a signed address and no keys, as {who}"),
        Signature::V2 => {
            format!("download with an address signed in the old way and no keys, as {who}")
        }
    };
    let step = store.begin(StageKind::Service, tried);
    let address = match store.handed_out(&object.key, way) {
        Ok(address) => address,
        Err(reason) => {
            let told = KEYS_UNUSABLE.with(&[("reason", reason.as_str())]);
            return Err(step.fail("", told));
        }
    };
    let (step, reply) = store.send(step, Method::GET, &address, &[], b"").await?;
    if reply.is(&object.content) {
        step.pass(format!("{} bytes, as they were written", object.content.len()));
        return Ok(());
    }
    if let Some(told) = store.is_over(&reply) {
        return Err(step.fail(reply.words(), told));
    }
    // Would it have been right in the new way?
    let newer = store.handed_out(&object.key, Signature::V4);
    let Some(address) = newer.ok().filter(|_| way == Signature::V2) else {
        return Err(step.fail(reply.words(), store.told(&DOWNLOAD_REFUSED)));
    };
    let (step, newer) = store.send(step, Method::GET, &address, &[], b"").await?;
    let is_old = newer.is(&object.content);
    let fault = if is_old { &OLD_DOWNLOADS_REFUSED } else { &DOWNLOAD_REFUSED };
    Err(step.fail(reply.words(), store.told(fault)))
}

/// Asks as a browser does before a page of the registry may use the store.
pub(super) async fn pages(store: &mut Store<'_>, object: &Object) -> Done {
    let Some(pages) = store.bucket.habits.pages.clone().filter(|_| store.bucket.serves_pages)
    else {
        return Ok(());
    };
    let path = store.bucket.path(&object.key);
    for method in ["GET", "PUT"] {
        let tried = format!("ask as a browser whether pages of {pages} may use it: {method}");
        let step = store.begin(StageKind::Service, tried);
        let headers = [
            ("origin", pages.as_str()),
            ("access-control-request-method", method),
            ("access-control-request-headers", "content-type"),
        ];
        let (step, reply) = store.send(step, Method::OPTIONS, &path, &headers, b"").await?;
        let allowed = reply.answer.header("access-control-allow-origin");
        let methods = reply.answer.header("access-control-allow-methods");
        let is_allowed = |list: &str, one: &str| {
            list.split(',').map(str::trim).any(|item| item == "*" || item.eq_ignore_ascii_case(one))
        };
        if reply.is_good() && is_allowed(allowed, &pages) && is_allowed(methods, method) {
            step.pass("they may");
        } else {
            let places = [("pages", pages.as_str()), ("method", method)];
            step.warn(reply.words(), store.told_with(&CORS_MISSING, &places));
            return Ok(());
        }
    }
    Ok(())
}
