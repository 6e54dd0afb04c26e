//! Uploads from their beginning to their end, and those that never began.

use super::{Client, UPLOADS, body, text};
use crate::api::place::Digest;
use crate::registry::Limits;
use axum::body::Body;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream::iter;
use std::{fs, io};

/// Limits that short bodies reach.
const NARROW: Limits = Limits { piece_bytes: 4, blob_bytes_max: 12, ..Limits::USUAL };

/// An upload that nobody has begun.
const NEVER: &str = "/v2/acme/app/blobs/uploads/00000000-0000-0000-0000-000000000000";

async fn begin(client: &Client) -> Response {
    let begun = client.ask(Method::POST, UPLOADS, b"").await;
    assert_eq!(begun.status(), StatusCode::ACCEPTED);
    begun
}

/// The end of an upload that has come so far.
fn end(response: &Response, digest: &Digest) -> String {
    format!("{}&digest={digest}", text(response, "location"))
}

/// What lies in the storage of the upload that this answer is about.
fn left(client: &Client, response: &Response) -> Vec<String> {
    let folder = client.folder.path().join("uploads").join(text(response, "docker-upload-uuid"));
    let names = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

async fn code(response: Response) -> (StatusCode, String) {
    let status = response.status();
    let said: serde_json::Value = serde_json::from_slice(&body(response).await).unwrap();
    (status, said["errors"][0]["code"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn a_body_is_cut_into_pieces_which_are_joined_and_taken_away() {
    let client = Client::with("", NARROW);
    let begun = begin(&client).await;
    assert_eq!(left(&client, &begun), ["begun"]);
    let more = client.ask(Method::PATCH, &text(&begun, "location"), b"hello worl").await;
    assert_eq!((more.status(), text(&more, "range").as_str()), (StatusCode::ACCEPTED, "0-9"));
    assert!(text(&more, "location").ends_with("?pieces=3&bytes=10"));
    assert_eq!(left(&client, &begun), ["0", "1", "2", "begun"]);
    let how_far = client.ask(Method::GET, &text(&more, "location"), b"").await;
    assert_eq!(how_far.status(), StatusCode::NO_CONTENT);
    assert_eq!(text(&how_far, "range"), "0-9");
    let digest = Digest::of(b"hello world!");
    let done = client.ask(Method::PUT, &end(&more, &digest), b"d!").await;
    assert_eq!(done.status(), StatusCode::CREATED);
    assert!(left(&client, &begun).is_empty());
    let found = client.ask(Method::GET, &text(&done, "location"), b"").await;
    assert_eq!(body(found).await, b"hello world!");
}

#[tokio::test]
async fn a_blob_in_one_request_may_be_longer_than_a_piece() {
    let client = Client::with("", NARROW);
    let digest = Digest::of(b"hello world!");
    let path = format!("{UPLOADS}?digest={digest}");
    let done = client.ask(Method::POST, &path, b"hello world!").await;
    assert_eq!(done.status(), StatusCode::CREATED);
    let found = client.ask(Method::GET, &text(&done, "location"), b"").await;
    assert_eq!(body(found).await, b"hello world!");
}

#[tokio::test]
async fn a_blob_that_is_too_large_leaves_nothing_behind() {
    let client = Client::with("", NARROW);
    let begun = begin(&client).await;
    let path = text(&begun, "location");
    let refused = client.ask(Method::PATCH, &path, b"hello wo rld!").await;
    assert_eq!(code(refused).await, (StatusCode::PAYLOAD_TOO_LARGE, "SIZE_INVALID".to_owned()));
    assert_eq!(left(&client, &begun), ["begun"]);
    let more = client.ask(Method::PATCH, &path, b"hello wor").await;
    assert_eq!(more.status(), StatusCode::ACCEPTED);
    let refused = client.ask(Method::PATCH, &text(&more, "location"), b"ld!!").await;
    assert_eq!(refused.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(left(&client, &begun), ["0", "1", "2", "begun"], "what had arrived is kept");
    // An address in which less stands than there is does not make a blob larger than it may be.
    let digest = Digest::of(b"hello world!!");
    let false_path = end(&more, &digest).replace("bytes=9", "bytes=0");
    let refused = client.ask(Method::PUT, &false_path, b"ld!!").await;
    assert_eq!(refused.status(), StatusCode::PAYLOAD_TOO_LARGE);
    let whole = format!("{UPLOADS}?digest={digest}");
    let refused = client.ask(Method::POST, &whole, b"hello world!!").await;
    assert_eq!(refused.status(), StatusCode::PAYLOAD_TOO_LARGE);
    let missing = format!("/v2/acme/app/blobs/{digest}");
    assert_eq!(client.ask(Method::HEAD, &missing, b"").await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_body_that_breaks_off_leaves_no_piece_behind() {
    let client = Client::with("", NARROW);
    let begun = begin(&client).await;
    let frames = [Ok(Bytes::from_static(b"hello")), Err(io::Error::other("gone"))];
    let broken = Body::from_stream(iter(frames));
    let refused = client.send(Method::PATCH, &text(&begun, "location"), broken).await;
    assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
    assert_eq!(left(&client, &begun), ["begun"]);
}

#[tokio::test]
async fn an_upload_that_never_began_or_was_given_up_is_unknown() {
    let client = Client::new("");
    let begun = begin(&client).await;
    let path = text(&begun, "location");
    let more = client.ask(Method::PATCH, &path, b"hello").await;
    let given_up = client.ask(Method::DELETE, &text(&more, "location"), b"").await;
    assert_eq!(given_up.status(), StatusCode::NO_CONTENT);
    assert!(left(&client, &begun).is_empty());
    let digest = Digest::of(b"");
    for address in [NEVER, path.as_str()] {
        let sign = if address.contains('?') { '&' } else { '?' };
        let last = format!("{address}{sign}digest={digest}");
        for (method, path) in [
            (Method::GET, address),
            (Method::PATCH, address),
            (Method::PUT, last.as_str()),
            (Method::DELETE, address),
        ] {
            let refused = client.ask(method.clone(), path, b"").await;
            let wanted = (StatusCode::NOT_FOUND, "BLOB_UPLOAD_UNKNOWN".to_owned());
            assert_eq!(code(refused).await, wanted, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn who_ends_an_upload_again_finds_the_blob_there() {
    let client = Client::new("");
    let begun = begin(&client).await;
    let more = client.ask(Method::PATCH, &text(&begun, "location"), b"hello ").await;
    let digest = Digest::of(b"hello world");
    for _ in 0..2 {
        let done = client.ask(Method::PUT, &end(&more, &digest), b"world").await;
        assert_eq!(done.status(), StatusCode::CREATED);
        assert_eq!(text(&done, "docker-content-digest"), digest.to_string());
    }
    let other = end(&more, &Digest::of(b"something else"));
    let refused = client.ask(Method::PUT, &other, b"world").await;
    assert_eq!(refused.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn pieces_that_are_gone_do_not_matter_once_the_blob_is_there() {
    let client = Client::new("");
    let begun = begin(&client).await;
    let more = client.ask(Method::PATCH, &text(&begun, "location"), b"hello").await;
    let id = text(&begun, "docker-upload-uuid");
    fs::remove_file(client.folder.path().join(format!("uploads/{id}/0"))).unwrap();
    let digest = Digest::of(b"hello");
    let lost = client.ask(Method::PUT, &end(&more, &digest), b"").await;
    assert_eq!(lost.status(), StatusCode::NOT_FOUND);
    client.registry.storage.put(&digest.key(), Bytes::from_static(b"hello")).await.unwrap();
    let done = client.ask(Method::PUT, &end(&more, &digest), b"").await;
    assert_eq!(done.status(), StatusCode::CREATED);
}

#[tokio::test]
async fn a_blob_is_there_although_its_upload_cannot_be_taken_away() {
    let client = Client::new("");
    let begun = begin(&client).await;
    let more = client.ask(Method::PATCH, &text(&begun, "location"), b"hello").await;
    let id = text(&begun, "docker-upload-uuid");
    let marker = client.folder.path().join(format!("uploads/{id}/begun"));
    fs::remove_file(&marker).unwrap();
    // A folder is there as well, and is no file that can be removed.
    fs::create_dir(&marker).unwrap();
    let digest = Digest::of(b"hello");
    for _ in 0..2 {
        let done = client.ask(Method::PUT, &end(&more, &digest), b"").await;
        assert_eq!(done.status(), StatusCode::CREATED);
    }
    assert_eq!(left(&client, &begun), ["0", "begun"]);
}
