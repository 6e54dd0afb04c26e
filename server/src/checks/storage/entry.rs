//! The first questions to a store: whether it knows the keys, and whether the bucket is there.

use super::answer::{Meaning, Reply};
use super::bucket::Upload;
use super::faults::{
    CLOCK_DIFFERS, KEYS_REFUSED, MAY_NOT_LIST, NO_ACCESS, NO_OBJECT_STORE, REGION_CORRECTED,
    REQUEST_REFUSED, TLS_EXPECTED, TOKEN_REFUSED,
};
use super::store::{Store, apart, in_words};
use crate::checks::course::{Done, Step, Stopped};
use crate::checks::talk::says_tls;
use crate::clients::sigv4::encoded;
use cluster::check::StageKind;
use http::{Method, StatusCode};

/// From this difference on it is worth a word.
const CLOCK_SECONDS: i64 = 30;
/// Stores that send their answer elsewhere are followed this often.
const MOVES_MAX: usize = 2;

/// Keys, bucket, clock and list.
pub(super) async fn enter(store: &mut Store<'_>) -> Done {
    let mut moves = 0;
    let reply = loop {
        match knock(store, moves < MOVES_MAX).await? {
            Some(reply) => break reply,
            None => moves += 1,
        }
    };
    clocks(store, &reply);
    list(store).await
}

/// Asks for the bucket, as Quay does before anything else. Nothing comes back where the store
/// sends us to another address, and we are connected to that.
async fn knock(store: &mut Store<'_>, may_move: bool) -> Result<Option<Reply>, Stopped> {
    let root = store.bucket.root().to_owned();
    let tried = format!("the keys, by asking for the bucket {}", store.bucket.name);
    let step = store.begin(StageKind::Authentication, tried);
    let (step, reply) = store.ask(step, Method::HEAD, &root, &[], b"").await?;
    if reply.is_good() {
        step.pass(reply.words());
        return Ok(Some(reply));
    }
    // The answer to HEAD has no room for a reason.
    let list = format!("{root}?max-keys=1");
    let (step, why) = store.ask(step, Method::GET, &list, &[], b"").await?;
    if why.is_good() {
        let is_denied = reply.answer.status == StatusCode::FORBIDDEN;
        let fault = if is_denied { &NO_ACCESS } else { &NO_OBJECT_STORE };
        return Err(step.fail(reply.words(), store.told(fault)));
    }
    match why.meaning() {
        Meaning::Elsewhere => follow(store, step, &reply, &why, may_move).await,
        Meaning::Denied => Err(denied(store, step, &why).await),
        Meaning::NoStore if says_tls(&why.answer) => {
            Err(step.fail(why.words(), store.told(&TLS_EXPECTED)))
        }
        Meaning::Other if store.has_token() && why.code() == "InvalidArgument" => {
            Err(step.fail(why.words(), store.told(&TOKEN_REFUSED)))
        }
        Meaning::Other => {
            let told = store.told_with(&REQUEST_REFUSED, &[("code", why.code())]);
            Err(step.fail(why.words(), told))
        }
        _ => Err(step.fail(why.words(), store.refused(&why, &NO_ACCESS, &NO_OBJECT_STORE))),
    }
}

/// The store names another region. Quay's library asks again as far as that helps.
async fn follow(
    store: &mut Store<'_>,
    step: Step,
    reply: &Reply,
    why: &Reply,
    may_move: bool,
) -> Result<Option<Reply>, Stopped> {
    let refused = store.refused(why, &NO_ACCESS, &NO_OBJECT_STORE);
    let Some(region) = why.region().or_else(|| reply.region()).map(str::to_owned) else {
        return Err(step.fail(why.words(), refused));
    };
    let corrected = store.told_with(&REGION_CORRECTED, &[("region", region.as_str())]);
    if why.code() == "AuthorizationHeaderMalformed" {
        store.sign_for(&region);
        let root = store.bucket.root().to_owned();
        let (step, again) = store.ask(step, Method::HEAD, &root, &[], b"").await?;
        if again.is_good() {
            step.warn(why.words(), corrected);
            return Ok(Some(again));
        }
        return Err(step.fail(why.words(), refused));
    }
    if !store.bucket.is_global || !may_move {
        return Err(step.fail(why.words(), refused));
    }
    step.warn(why.words(), corrected);
    let moved = store.bucket.moved_to(&region);
    store.sign_for(&region);
    store.move_to(moved).await?;
    Ok(None)
}

/// The store says no more than that it may not be: because of the keys, or of the bucket?
async fn denied(store: &mut Store<'_>, step: Step, why: &Reply) -> Stopped {
    let mut fault = &NO_ACCESS;
    if why.is_before_the_bucket() {
        // Whoever is known may see a list of buckets, be it empty.
        let own = store.quietly(Method::GET, "/", &[], b"").await;
        if !own.is_some_and(|own| own.is_good()) {
            fault = &KEYS_REFUSED;
        }
    }
    step.fail(why.words(), store.told(fault))
}

/// How far the clocks are apart.
fn clocks(store: &Store<'_>, reply: &Reply) {
    let Some((seconds, is_ahead)) = apart(reply, store.course.clock()) else { return };
    let step = store.begin(StageKind::Service, "the clock of the store");
    let (difference, direction) = in_words(seconds, is_ahead);
    let answer = match seconds {
        0 => "the same as this machine's".to_owned(),
        _ => format!("{difference} {direction} this machine's"),
    };
    if seconds < CLOCK_SECONDS {
        step.pass(answer);
        return;
    }
    if let Some(told) = store.is_over(reply) {
        // What else there is to know is tried all the same.
        let Stopped = step.fail(answer, told);
        return;
    }
    let places = [("difference", difference.as_str()), ("direction", direction)];
    step.warn(answer, store.told_with(&CLOCK_DIFFERS, &places));
}

/// Lists the folder. Only a store answers that with a list.
async fn list(store: &mut Store<'_>) -> Done {
    let version = if store.bucket.upload == Upload::Whole { "" } else { "list-type=2&" };
    let prefix = encoded(store.bucket.folder(), "");
    let path = format!("{}?{version}max-keys=1&prefix={prefix}", store.bucket.root());
    let tried = format!("list what is in the folder {}", store.bucket.folder);
    let step = store.begin(StageKind::Permission, tried);
    let (step, reply) = store.ask(step, Method::GET, &path, &[], b"").await?;
    if reply.is_good() && reply.is_document("ListBucketResult") {
        step.pass("a list came back");
        return Ok(());
    }
    match reply.meaning() {
        Meaning::Denied | Meaning::Other => {
            step.warn(reply.words(), store.told(&MAY_NOT_LIST));
            Ok(())
        }
        _ => Err(step.fail(reply.words(), store.refused(&reply, &MAY_NOT_LIST, &NO_OBJECT_STORE))),
    }
}
