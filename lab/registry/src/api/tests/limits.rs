//! Who sends nothing does not keep others from sending.

use super::{Client, UPLOADS, body, text};
use crate::api::place::Digest;
use crate::registry::Limits;
use axum::body::Body;
use axum::http::{Method, StatusCode};
use bytes::Bytes;
use futures_util::stream::{StreamExt as _, iter, pending};
use std::io;
use std::time::Duration;

/// A time that is over at once.
const SHORT: Duration = Duration::from_millis(5);

/// Each way to send something long: to the upload with this address, or past it.
fn ways(upload: &str) -> [(Method, String); 4] {
    let digest = Digest::of(b"hello");
    [
        (Method::PATCH, upload.to_owned()),
        (Method::PUT, format!("{upload}&digest={digest}")),
        (Method::POST, format!("{UPLOADS}?digest={digest}")),
        (Method::PUT, "/v2/acme/app/manifests/1.0".to_owned()),
    ]
}

/// A body that begins and never ends.
fn stalled() -> Body {
    let begun = iter([Ok::<_, io::Error>(Bytes::from_static(b"he"))]);
    Body::from_stream(begun.chain(pending()))
}

#[tokio::test]
async fn a_body_that_does_not_arrive_ends_its_turn() {
    for limits in [
        Limits { bytes_time: SHORT, ..Limits::USUAL },
        Limits { piece_time: SHORT, ..Limits::USUAL },
        Limits { body_time: SHORT, ..Limits::USUAL },
    ] {
        let client = Client::with("", limits);
        let turns = client.registry.bodies.available_permits();
        let begun = client.ask(Method::POST, UPLOADS, b"").await;
        for (method, path) in ways(&text(&begun, "location")) {
            let refused = client.send(method.clone(), &path, stalled()).await;
            assert_eq!(refused.status(), StatusCode::REQUEST_TIMEOUT, "{method} {path}");
            let said = String::from_utf8(body(refused).await).unwrap();
            assert!(said.contains("did not arrive in time"), "{said}");
            assert_eq!(client.registry.bodies.available_permits(), turns);
        }
    }
}

#[tokio::test]
async fn who_gets_no_turn_is_told_so() {
    let client = Client::with("", Limits { turn_time: SHORT, ..Limits::USUAL });
    let begun = client.ask(Method::POST, UPLOADS, b"").await;
    let turns = client.registry.bodies.available_permits();
    assert_eq!(client.registry.bodies.forget_permits(turns), turns);
    for (method, path) in ways(&text(&begun, "location")) {
        let refused = client.ask(method.clone(), &path, b"hello").await;
        assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE, "{method} {path}");
        let said = String::from_utf8(body(refused).await).unwrap();
        assert!(said.contains("too many clients are sending at once"), "{said}");
    }
}
