//! Images: what is pushed through one node is pulled through another.

use crate::client::{Answer, Client};
use crate::lab::s3::Owner;
use crate::node::Plan;
use crate::services::{BUCKET, FOLDER, Services, bucket, gateway};
use reqwest::Method;
use serde_json::{Value, json};
use server::hex;
use sha2::{Digest as _, Sha256};

/// A repository.
const APP: &str = "acme/app";
/// Another one.
const OTHER: &str = "acme/other";
/// What kind of manifest is pushed.
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
/// What kind of configuration and layer it names.
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar";
/// The configuration of the image.
const SETTINGS: &[u8] = br#"{"architecture":"amd64","os":"linux"}"#;
/// The sizes of a layer's pieces: together more than the nodes fetch from the store at once.
const PIECES: [usize; 3] = [700_000, 600_000, 100_000];
/// The size of a blob that a store takes in parts.
const LARGE: usize = 9 * 1024 * 1024;

/// The digest of some bytes.
pub(crate) fn digest(bytes: &[u8]) -> String {
    format!("sha256:{}", hex::encode(&Sha256::digest(bytes)))
}

/// Where uploads to a repository begin.
pub(crate) fn uploads(repository: &str) -> String {
    format!("/v2/{repository}/blobs/uploads/")
}

/// An address with one thing more in its query.
pub(crate) fn with(address: &str, name: &str, value: &str) -> String {
    let sign = if address.contains('?') { '&' } else { '?' };
    format!("{address}{sign}{name}={value}")
}

/// So many bytes, others for each size.
fn bytes(size: usize) -> Vec<u8> {
    (size..2 * size).map(|at| u8::try_from(at % 251).expect("it is below 256")).collect()
}

/// A part of an image, as its manifest names it.
fn part(kind: &str, bytes: &[u8]) -> Value {
    json!({"mediaType": kind, "digest": digest(bytes), "size": bytes.len()})
}

/// The manifest of an image with this layer.
fn manifest(layer: &[u8]) -> Vec<u8> {
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": part(CONFIG, SETTINGS),
        "layers": [part(LAYER, layer)],
    });
    manifest.to_string().into_bytes()
}

/// A blob is there now, and the client is told where.
fn is_created(answer: &Answer, repository: &str, bytes: &[u8]) {
    assert_eq!(answer.status, 201, "{}", answer.text());
    let digest = digest(bytes);
    assert_eq!(answer.header("docker-content-digest"), digest);
    assert_eq!(answer.location(), format!("/v2/{repository}/blobs/{digest}"));
}

/// Whether a blob is there, as clients ask before they push it.
async fn has(client: &Client, repository: &str, bytes: &[u8]) -> bool {
    let path = format!("/v2/{repository}/blobs/{}", digest(bytes));
    let answer = client.ask(Method::HEAD, &path).await;
    if answer.status == 200 {
        assert_eq!(answer.header("content-length"), bytes.len().to_string());
        assert_eq!(answer.header("docker-content-digest"), digest(bytes));
        assert!(answer.body.is_empty(), "only its size is told");
    }
    assert!([200, 404].contains(&answer.status), "{path}: {}", answer.status);
    answer.status == 200
}

/// Pushes a blob with one request, and one with two.
async fn push_whole(client: &Client) {
    assert!(!has(client, APP, SETTINGS).await);
    let at_once = with(&uploads(APP), "digest", &digest(SETTINGS));
    is_created(&client.send(Method::POST, &at_once, &[], SETTINGS).await, APP, SETTINGS);
    assert!(has(client, APP, SETTINGS).await);
    let bytes = b"one piece";
    let begun = client.ask(Method::POST, &uploads(APP)).await;
    assert_eq!(begun.status, 202, "{}", begun.text());
    let end = with(&begun.location(), "digest", &digest(bytes));
    is_created(&client.send(Method::PUT, &end, &[], bytes).await, APP, bytes);
}

/// Pushes a layer piece by piece, each through another node, as behind a load balancer.
async fn push_in_pieces(one: &Client, other: &Client, pieces: &[Vec<u8>]) {
    let [first, second, last] = pieces else { panic!("three pieces") };
    let begun = one.ask(Method::POST, &uploads(APP)).await;
    assert_eq!(begun.status, 202, "{}", begun.text());
    let range = format!("0-{}", first.len() - 1);
    let headers = [("content-range", range.as_str())];
    let more = other.send(Method::PATCH, &begun.location(), &headers, first).await;
    assert_eq!((more.status, more.header("range")), (202, range.as_str()), "{}", more.text());
    let asked = one.ask(Method::GET, &more.location()).await;
    assert_eq!((asked.status, asked.header("range")), (204, range.as_str()), "{}", asked.text());
    let more = one.send(Method::PATCH, &more.location(), &[], second).await;
    let range = format!("0-{}", first.len() + second.len() - 1);
    assert_eq!((more.status, more.header("range")), (202, range.as_str()), "{}", more.text());
    let whole = pieces.concat();
    let end = with(&more.location(), "digest", &digest(&whole));
    is_created(&other.send(Method::PUT, &end, &[], last).await, APP, &whole);
}

/// Pushes a large blob through one node, and pulls it through another.
async fn pass_on(one: &Client, other: &Client, blob: &[u8]) {
    let at_once = with(&uploads(APP), "digest", &digest(blob));
    let done = one.send(Method::POST, &at_once, &[], blob).await;
    is_created(&done, APP, blob);
    let found = other.ask(Method::GET, &done.location()).await;
    assert_eq!((found.status, found.body.len()), (200, blob.len()));
    assert!(found.body == blob, "the bytes are those that were pushed");
}

/// Blobs lie in the bucket as Quay lays them out, and nothing is left of what they came in.
async fn look_into(owner: &Owner, blobs: &[&[u8]]) {
    let all = owner.list(BUCKET, "").await;
    for blob in blobs {
        let digest = digest(blob);
        let digits = digest.trim_start_matches("sha256:");
        let key = format!("{FOLDER}/sha256/{}/{digits}", &digits[..2]);
        assert!(all.contains(&key), "no {key} in {all:?}");
    }
    let left: Vec<_> = all.iter().filter(|key| key.contains("/uploads/")).collect();
    assert!(left.is_empty(), "{left:?}");
}

/// Puts a manifest under a tag.
async fn tag(client: &Client, repository: &str, tag: &str, manifest: &[u8]) {
    let path = format!("/v2/{repository}/manifests/{tag}");
    let done = client.send(Method::PUT, &path, &[("content-type", MANIFEST)], manifest).await;
    assert_eq!(done.status, 201, "{}", done.text());
    let digest = digest(manifest);
    assert_eq!(done.header("docker-content-digest"), digest);
    assert_eq!(done.location(), format!("/v2/{repository}/manifests/{digest}"));
}

/// Pulls an image by its tag and by its digest, with all that belongs to it.
async fn pull(client: &Client, repository: &str, tag: &str, wanted: &[u8]) {
    let named = digest(wanted);
    for reference in [tag, named.as_str()] {
        let path = format!("/v2/{repository}/manifests/{reference}");
        let found = client.ask(Method::GET, &path).await;
        assert_eq!((found.status, found.body.as_slice()), (200, wanted), "{path}");
        let asked = client.ask(Method::HEAD, &path).await;
        assert_eq!((asked.status, asked.body.len()), (200, 0), "{path}");
        for answer in [found, asked] {
            assert_eq!(answer.header("content-type"), MANIFEST);
            assert_eq!(answer.header("content-length"), wanted.len().to_string());
            assert_eq!(answer.header("docker-content-digest"), named);
        }
    }
    let manifest: Value = serde_json::from_slice(wanted).expect("a manifest is JSON");
    for part in [&manifest["config"], &manifest["layers"][0]] {
        let named = part["digest"].as_str().expect("a part has a digest");
        let found = client.ask(Method::GET, &format!("/v2/{repository}/blobs/{named}")).await;
        assert_eq!((found.status, found.header("docker-content-digest")), (200, named));
        assert_eq!(part["size"], found.body.len());
        assert_eq!(digest(&found.body), named, "the bytes are those that were pushed");
    }
}

/// Takes over blobs of one repository into another, without sending them again.
async fn mount(client: &Client, blobs: &[&[u8]]) {
    for blob in blobs {
        let path = with(&with(&uploads(OTHER), "mount", &digest(blob)), "from", APP);
        is_created(&client.ask(Method::POST, &path).await, OTHER, blob);
        assert!(has(client, OTHER, blob).await);
    }
    // What is not there has to be sent after all.
    let path = with(&with(&uploads(OTHER), "mount", &digest(b"nothing")), "from", APP);
    let begun = client.ask(Method::POST, &path).await;
    assert_eq!(begun.status, 202, "{}", begun.text());
    assert!(begun.location().starts_with(&uploads(OTHER)));
}

/// Lists what there is, all of it and page by page.
async fn list(client: &Client) {
    let tags = client.ask(Method::GET, &format!("/v2/{APP}/tags/list")).await;
    let wanted = json!({"name": APP, "tags": ["1.0", "latest"]});
    assert_eq!((tags.status, tags.json()), (200, wanted));
    let all = client.ask(Method::GET, "/v2/_catalog").await;
    assert_eq!((all.status, all.json()), (200, json!({"repositories": [APP, OTHER]})));
    assert_eq!(all.header("link"), "", "there is no more");
    let page = client.ask(Method::GET, "/v2/_catalog?n=1").await;
    assert_eq!((page.status, page.json()), (200, json!({"repositories": [APP]})));
    let link = page.header("link");
    let next = link.strip_prefix('<').and_then(|link| link.strip_suffix(">; rel=\"next\""));
    let page = client.ask(Method::GET, next.expect("there is more")).await;
    assert_eq!((page.status, page.json()), (200, json!({"repositories": [OTHER]})));
    assert_eq!(page.header("link"), "", "there is no more");
}

#[tokio::test]
async fn what_is_pushed_through_one_node_is_pulled_through_another() {
    let (gateway, owner) = gateway().await;
    let services = Services::start();
    let plan = Plan::of(services.config(&bucket(&gateway), ""));
    let [first, second] = [plan.serve(&["registry"]).await, plan.serve(&["registry"]).await];
    let (one, other) = (Client::of(&first), Client::of(&second));
    let pieces = PIECES.map(bytes);
    let layer = pieces.concat();

    push_whole(&one).await;
    push_in_pieces(&one, &other, &pieces).await;
    let large = bytes(LARGE);
    pass_on(&one, &other, &large).await;
    look_into(&owner, &[SETTINGS, &layer, &large]).await;
    mount(&one, &[SETTINGS, &layer]).await;
    let manifest = manifest(&layer);
    for (repository, name) in [(APP, "latest"), (APP, "1.0"), (OTHER, "1.0")] {
        tag(&one, repository, name, &manifest).await;
        pull(&other, repository, name, &manifest).await;
    }
    list(&other).await;

    // One that starts later finds all of it.
    drop((first, second));
    let third = plan.serve(&["registry"]).await;
    pull(&Client::of(&third), APP, "latest", &manifest).await;
    let metrics = Client::of_metrics(&third);
    let pulls = metrics.metric("quay_registry_image_pulls_total", "status=\"200\"").await;
    assert_eq!(pulls, ["1", "1"], "once by tag, and once by digest");
    let pulled = metrics.metric("quay_registry_image_pulled_estimated_bytes_total", "").await;
    assert_eq!(pulled, [(SETTINGS.len() + layer.len()).to_string()]);
}
