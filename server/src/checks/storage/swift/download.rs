//! Downloads: an address that Quay signs, and that clients of the registry are sent to.

use super::faults::{
    SWIFT_CLOCKS_DIFFER, SWIFT_DIGEST_NOT_TAKEN, SWIFT_DOWNLOAD_KEY_OTHER,
    SWIFT_DOWNLOAD_KEY_UNSET, SWIFT_DOWNLOAD_REFUSED, SWIFT_DOWNLOADS_NOT_OFFERED,
};
use super::store::{Store, WORDS};
use crate::checks::course::Done;
use crate::checks::course::reach::no_http;
use crate::checks::fault::Told;
use crate::checks::talk::in_short;
use crate::clients::date;
use crate::clients::http::Answer;
use crate::hex;
use bytes::Bytes;
use cluster::check::StageKind;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::Method;
use serde_json::Value as Json;
use sha1::Sha1;

/// For how many seconds Quay lets an address be good.
const LIFE_SECONDS: i64 = 60;
/// The headers in which an account or a container shows its keys.
const KEYS: [&str; 4] = [
    "x-account-meta-temp-url-key",
    "x-account-meta-temp-url-key-2",
    "x-container-meta-temp-url-key",
    "x-container-meta-temp-url-key-2",
];

/// Reads an object as a client of the registry does; only where Quay signs addresses.
pub(super) async fn attempt(store: &mut Store<'_>, object: &str) -> Done {
    let engine = store.engine;
    if engine.download_key.is_empty() {
        return Ok(());
    }
    let tried = "read it without a login, at an address signed as Quay signs it";
    let step = store.course.begin(StageKind::Service, tried);
    let expires = store.course.now() + LIFE_SECONDS;
    let path = format!("{}/{}/{object}", store.account(), engine.container);
    let signature = sign(&engine.download_key, "GET", expires, &path);
    let query = format!("temp_url_sig={signature}&temp_url_expires={expires}");
    let target = format!("{}?{query}", store.object_path(object));
    let answer = match store.send(Method::GET, &target, &[], Bytes::new(), false).await {
        Ok(answer) => answer,
        Err(error) => return Err(step.fail(error.to_string(), no_http(&error, store.origin()))),
    };
    if answer.status.is_success() && answer.body == WORDS {
        step.pass("the same");
        return Ok(());
    }
    let told = reason(store, &answer).await;
    Err(step.fail(in_short(&answer), told))
}

/// Why an address is refused.
async fn reason(store: &mut Store<'_>, answer: &Answer) -> Told {
    if let Some(told) = not_offered(store).await {
        return told;
    }
    let apart = date::of_http(answer.header("date")).map(|there| there - store.course.now());
    if let Some(apart) = apart.filter(|apart| apart.abs() >= LIFE_SECONDS) {
        return SWIFT_CLOCKS_DIFFER.with(&[("seconds", &apart.abs().to_string())]);
    }
    let (account, container) = (store.account().to_owned(), store.container_path());
    let mut keys = Vec::new();
    let mut is_shown = false;
    for path in [account, container] {
        let sent = store.send(Method::HEAD, &path, &[], Bytes::new(), true).await;
        let Some(shown) = sent.ok().filter(|answer| answer.status.is_success()) else { continue };
        is_shown |= shown.headers.contains_key("x-account-bytes-used");
        let found = KEYS.iter().map(|name| shown.header(name)).filter(|key| !key.is_empty());
        keys.extend(found.map(str::to_owned));
    }
    if keys.contains(&store.engine.download_key) || (keys.is_empty() && !is_shown) {
        SWIFT_DOWNLOAD_REFUSED.told()
    } else if keys.is_empty() {
        SWIFT_DOWNLOAD_KEY_UNSET.told()
    } else {
        SWIFT_DOWNLOAD_KEY_OTHER.told()
    }
}

/// Whether the store takes such addresses at all, by the list of what it can do.
async fn not_offered(store: &mut Store<'_>) -> Option<Told> {
    let account = store.account();
    let root = account.find("/v1").map_or(account, |at| &account[..at]);
    let path = format!("{root}/info");
    let answer = store.send(Method::GET, &path, &[], Bytes::new(), false).await.ok()?;
    let info = answer.json().filter(|info| info.get("swift").is_some())?;
    let Some(offered) = info.get("tempurl") else {
        return Some(SWIFT_DOWNLOADS_NOT_OFFERED.told());
    };
    let digests = offered.get("allowed_digests").and_then(Json::as_array)?;
    let is_taken = digests.iter().any(|digest| digest == "sha1");
    (!is_taken).then(|| SWIFT_DIGEST_NOT_TAKEN.told())
}

/// What Quay signs: the method, when it ends and the path, not encoded.
fn sign(key: &str, method: &str, expires: i64, path: &str) -> String {
    let mut mac =
        Hmac::<Sha1>::new_from_slice(key.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(format!("{method}\n{expires}\n{path}").as_bytes());
    hex::encode(mac.finalize().into_bytes().as_slice())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_signed_as_openssl_does_it() {
        // printf 'GET\n1440619048\n/v1/AUTH_account/container/object' | openssl dgst -sha1 -hmac mykey
        assert_eq!(
            sign("mykey", "GET", 1_440_619_048, "/v1/AUTH_account/container/object"),
            "da720a7e11f9f2c7b0fe46039811229c1c7a9cb4"
        );
    }
}
