//! A store that answers some requests only: stand-ins, as no store of the lab holds anything back.

use super::{CHECK, at_port, engine, told};
use crate::lab::standin_s3::start_holding;
use crate::support::Proofs;
use axum::extract::Request;
use axum::http::Method;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

const KEYS: (&str, &str) = ("QUAYKEY", "quaysecret");

#[tokio::test]
async fn a_store_that_holds_back_is_called_by_what_it_holds_back() {
    let mut proofs = Proofs::of(CHECK, "storage-slow");
    let (writing, written) = start_holding(|asked| asked.method() == Method::PUT).await;
    let (parting, parted) = start_holding(|asked| asked.method() == Method::POST).await;
    let is_read =
        |asked: &Request| asked.method() == Method::GET && asked.uri().path().starts_with("/quay/");
    let (reading, read) = start_holding(is_read).await;
    let count = Arc::new(AtomicUsize::new(0));
    let is_sixth = move |_: &Request| count.fetch_add(1, Ordering::Relaxed) == 5;
    let (slow, _) = start_holding(is_sixth).await;
    let at = |port: u16| engine("RadosGWStorage", &at_port(port, "quay", KEYS));
    let outcomes = tokio::join!(
        told(at(writing.port)),
        told(at(parting.port)),
        told(at(reading.port)),
        told(at(slow.port).patience(Duration::from_secs(2))),
    );
    proofs.finds("reads are answered, and writes are not", &outcomes.0, "writes_hang");
    proofs.finds("no answer comes where an upload begins", &outcomes.1, "writes_hang");
    proofs.finds("a read is not answered", &outcomes.2, "no_answer");
    proofs.finds("the time is over before all is answered", &outcomes.3, "too_slow");
    for objects in [written, parted, read] {
        let left = objects.lock().expect("nobody panics there");
        assert!(left.is_empty(), "{left:?}");
    }
    proofs.end();
}
