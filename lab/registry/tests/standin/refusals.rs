//! What a node refuses, each with the code that clients of a registry know.

use crate::client::{Answer, Client};
use crate::images::{digest, uploads, with};
use crate::node::Plan;
use crate::services::{Services, bucket, gateway};
use reqwest::Method;
use serde_json::json;
use uuid::Uuid;

/// A repository.
const APP: &str = "acme/app";
/// Bytes that somebody sends.
const BYTES: &[u8] = b"something";
/// Bytes that nobody sends.
const OTHER: &[u8] = b"something else";

/// It is refused with this status and code.
fn is(answer: &Answer, status: u16, code: &str) {
    assert_eq!(answer.refusal(), (status, code.to_owned()), "{}", answer.text());
}

/// An upload of which one piece has arrived: where it goes on.
async fn begun(client: &Client) -> String {
    let begun = client.ask(Method::POST, &uploads(APP)).await;
    assert_eq!(begun.status, 202, "{}", begun.text());
    let more = client.send(Method::PATCH, &begun.location(), &[], BYTES).await;
    assert_eq!(more.status, 202, "{}", more.text());
    more.location()
}

/// The end of an upload that goes on at this address, with nothing more to send.
async fn end(client: &Client, at: &str, bytes: &[u8]) -> Answer {
    client.ask(Method::PUT, &with(at, "digest", &digest(bytes))).await
}

/// Nothing is kept under a digest that is not that of the bytes.
async fn digests(client: &Client) {
    let at_once = with(&uploads(APP), "digest", &digest(OTHER));
    is(&client.send(Method::POST, &at_once, &[], BYTES).await, 400, "DIGEST_INVALID");
    let at = begun(client).await;
    is(&end(client, &at, OTHER).await, 400, "DIGEST_INVALID");
    let nonsense = with(&at, "digest", "sha256:12");
    is(&client.ask(Method::PUT, &nonsense).await, 400, "DIGEST_INVALID");
    let manifest = format!("/v2/{APP}/manifests/{}", digest(OTHER));
    is(&client.send(Method::PUT, &manifest, &[], b"{}").await, 400, "DIGEST_INVALID");
    for bytes in [BYTES, OTHER] {
        let blob = format!("/v2/{APP}/blobs/{}", digest(bytes));
        is(&client.ask(Method::GET, &blob).await, 404, "BLOB_UNKNOWN");
    }
}

/// Uploads that are over, given up or were never begun.
async fn unknown_uploads(client: &Client) {
    let unknown = "BLOB_UPLOAD_UNKNOWN";
    let given_up = begun(client).await;
    assert_eq!(client.ask(Method::DELETE, &given_up).await.status, 204);
    is(&end(client, &given_up, BYTES).await, 404, unknown);
    let over = begun(client).await;
    assert_eq!(end(client, &over, BYTES).await.status, 201);
    // Somebody asks again to whom the first answer has not come.
    assert_eq!(end(client, &over, BYTES).await.status, 201);
    is(&end(client, &over, OTHER).await, 404, unknown);
    // The address of an upload under way, with the name of one that is not.
    let at = begun(client).await;
    let query = at.split_once('?').map_or_else(String::new, |(_, query)| format!("?{query}"));
    let id = Uuid::new_v4();
    let never = format!("{}{id}{query}", uploads(APP));
    is(&end(client, &never, OTHER).await, 404, unknown);
    for name in [id.to_string(), "nonsense".to_owned()] {
        let nobodys = format!("{}{name}", uploads(APP));
        for method in [Method::GET, Method::PATCH, Method::DELETE] {
            is(&client.send(method, &nobodys, &[], BYTES).await, 404, unknown);
        }
        is(&end(client, &nobodys, OTHER).await, 404, unknown);
    }
}

/// Manifests that nobody has pushed, and some that nobody may push.
async fn manifests(client: &Client) {
    let tagged = format!("/v2/{APP}/manifests/1.0");
    is(&client.ask(Method::GET, &tagged).await, 404, "MANIFEST_UNKNOWN");
    let named = format!("/v2/{APP}/manifests/{}", digest(OTHER));
    is(&client.ask(Method::GET, &named).await, 404, "MANIFEST_UNKNOWN");
    let incomplete = json!({"schemaVersion": 2, "layers": [{"digest": digest(OTHER)}]});
    let sent = client.send(Method::PUT, &tagged, &[], incomplete.to_string().as_bytes()).await;
    is(&sent, 404, "MANIFEST_BLOB_UNKNOWN");
    is(&client.send(Method::PUT, &tagged, &[], b"no JSON").await, 400, "MANIFEST_INVALID");
    is(&client.ask(Method::GET, &format!("/v2/{APP}/tags/list")).await, 404, "NAME_UNKNOWN");
    let all = client.ask(Method::GET, "/v2/_catalog").await;
    assert_eq!((all.status, all.json()), (200, json!({"repositories": []})));
}

#[tokio::test]
async fn what_a_registry_refuses_is_refused_with_its_code() {
    let (gateway, _) = gateway().await;
    let services = Services::start();
    let node = Plan::of(services.config(&bucket(&gateway), "")).serve(&["registry"]).await;
    let client = Client::of(&node);
    digests(&client).await;
    manifests(&client).await;
    unknown_uploads(&client).await;
}
