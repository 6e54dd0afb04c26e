//! Azure Blob Storage, with Microsoft's Azurite; stand-ins refuse what Azurite never does.

use crate::lab::azurite::{ACCOUNT, Azurite, GOOD, KEY, Token, token};
use crate::lab::certificates::Authority;
use crate::lab::process::free_port;
use crate::lab::standin::{Manner, StandIn};
use crate::lab::standin_azure::{refusal, refusing};
use crate::lab::standin_web;
use crate::lab::twist;
use crate::lab::web::Web;
use crate::support::{Proofs, Trial};
use axum::http::Method;
use axum::http::request::Parts;
use axum::response::Response;
use cluster::check::{Outcome, State};
use server::clock::{Clock as _, SystemClock};
use std::time::Duration;

/// The check's name.
const CHECK: &str = "storage";
/// Another key than the account's.
const OTHER_KEY: &str = "YW5vdGhlciBrZXk=";
/// What Azure says to a signature that it does not understand.
const UNKNOWN: &str = "Server failed to authenticate the request.";
/// What Azure says to an account that it knows and does not let in.
const REFUSED: &str = "This request is not authorized to perform this operation.";

/// A configuration with this engine, at the time it is: Azurite has no other.
fn engine(args: &str) -> Trial {
    let config = format!(
        "DISTRIBUTED_STORAGE_CONFIG:\n  blue: [AzureStorage, \
         {{azure_account_name: {ACCOUNT}, storage_path: /datastorage/registry, {args}}}]\n"
    );
    Trial::of(config).at(SystemClock.now())
}

fn keyed(address: &str, container: &str, key: &str) -> Trial {
    engine(&format!(
        "endpoint_url: '{address}', azure_container: {container}, azure_account_key: '{key}'"
    ))
}

/// What is found with the right key.
async fn tried(address: &str, container: &str) -> Outcome {
    keyed(address, container, KEY).run_one(CHECK).await
}

/// What is found with a token alone.
async fn by_token(azurite: &Azurite, token: &str) -> Outcome {
    let address = azurite.url();
    let args = format!("endpoint_url: '{address}', azure_container: quay, sas_token: '{token}'");
    engine(&args).run_one(CHECK).await
}

fn shown(outcome: &Outcome) -> String {
    let answers = outcome.stages.iter().map(|stage| format!("{} {}", stage.tried, stage.answer));
    answers.collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn an_azure_engine_is_called_by_what_is_wrong_with_it() {
    let mut proofs = Proofs::of(CHECK, "storage-azure");
    let azurite = Azurite::start();
    azurite.make_container("quay", "").await;
    azurite.make_container("open", "blob").await;
    let url = azurite.url();
    let host = format!("http://127.0.0.1:{}", azurite.port);
    proofs.hide(azurite.port, "10000");
    let good = tried(&url, "quay").await;
    proofs.passes("everything is right", &good);
    assert!(!shown(&good).contains(KEY));
    for (situation, trial, fault) in [
        ("the key is another", keyed(&url, "quay", OTHER_KEY), "azure_wrong_key"),
        ("the key is no base64", keyed(&url, "quay", "abcde"), "azure_key_unreadable"),
        ("the container is missing", keyed(&url, "nothing", KEY), "azure_container_missing"),
        ("the container has no good name", keyed(&url, "q", KEY), "azure_container_name"),
        ("the container is open to anybody", keyed(&url, "open", KEY), "azure_container_public"),
        ("the address has no account", keyed(&host, "quay", KEY), "azure_account_not_in_address"),
        (
            "the address has another name than the node's own",
            keyed("http://azurite.example.com:10000/quayacct", "quay", KEY),
            "azure_account_not_in_address",
        ),
        (
            "the address is another account's",
            keyed("https://other.blob.core.windows.net", "quay", KEY),
            "azure_other_account",
        ),
        (
            "the name is unknown",
            keyed(&format!("https://{ACCOUNT}.blob.core.nowhere.invalid"), "quay", KEY),
            "name_unknown",
        ),
        ("there is no key", engine("azure_container: quay"), "incomplete"),
    ] {
        proofs.finds(situation, &trial.run_one(CHECK).await, fault);
    }
    let nobody = format!(
        "DISTRIBUTED_STORAGE_CONFIG:\n  blue: [AzureStorage, {{azure_account_name: nobody, \
         storage_path: /datastorage/registry, endpoint_url: '{host}/nobody', \
         azure_container: quay, azure_account_key: '{KEY}'}}]\n"
    );
    let nobody = Trial::of(nobody).at(SystemClock.now()).run_one(CHECK).await;
    proofs.finds("there is no such account", &nobody, "azure_account_unknown");
    let now = SystemClock.now();
    let late = keyed(&url, "quay", KEY).at(now - 24 * 3600).run_one(CHECK).await;
    proofs.finds("the clocks are a day apart", &late, "azure_clock_refused");
    for seconds in ["46", "47"] {
        proofs.hide(format!("{seconds} seconds"), "45 seconds");
    }
    let late = keyed(&url, "quay", KEY).at(SystemClock.now() - 45).run_one(CHECK).await;
    proofs.finds("the clocks are a little apart", &late, "azure_clocks_differ");
    assert_eq!(late.state, State::Warned, "{late:#?}");
    let pages = "FEATURE_BUILD_SUPPORT: true\nPREFERRED_URL_SCHEME: https\n\
                 SERVER_HOSTNAME: quay.example.com\n";
    let with_pages = || {
        let config = format!(
            "{pages}DISTRIBUTED_STORAGE_CONFIG:\n  blue: [AzureStorage, {{azure_account_name: \
             {ACCOUNT}, storage_path: /datastorage/registry, endpoint_url: '{url}', \
             azure_container: quay, azure_account_key: '{KEY}'}}]\n"
        );
        Trial::of(config).at(SystemClock.now()).run_one(CHECK)
    };
    proofs.finds("pages may not read", &with_pages().await, "azure_pages_refused");
    azurite.let_pages_read().await;
    proofs.passes("pages may read", &with_pages().await);
    assert_eq!(azurite.blobs("quay").await, "", "something is left");
    proofs.end();
}

#[tokio::test]
async fn a_shared_access_token_is_looked_at_and_tried() {
    let mut proofs = Proofs::of(CHECK, "storage-azure-token");
    let azurite = Azurite::start();
    azurite.make_container("quay", "").await;
    proofs.hide(azurite.port, "10000");
    let good = token("quay", GOOD);
    for (situation, token, fault) in [
        ("there is a token alone", format!("?{good}"), "azure_token_not_used"),
        ("the token is a word", "hunter22".to_owned(), "azure_token_unreadable"),
        (
            "the token has expired",
            token("quay", Token { until: "2020-01-01T00:00:00Z", ..GOOD }),
            "azure_token_expired",
        ),
        (
            "the token is for later",
            token("quay", Token { from: "2089-01-01T00:00:00Z", ..GOOD }),
            "azure_token_not_yet",
        ),
        (
            "the token allows to read only",
            token("quay", Token { allowed: "rl", ..GOOD }),
            "azure_token_lacks",
        ),
        ("the token is for a single blob", good.replace("sr=c", "sr=b"), "azure_token_elsewhere"),
        ("the token is another container's", token("other", GOOD), "azure_token_refused"),
        (
            "the token is for encrypted requests",
            token("quay", Token { protocol: "https", ..GOOD }),
            "azure_https_wanted",
        ),
    ] {
        proofs.finds(situation, &by_token(&azurite, &token).await, fault);
    }
    let day = app::text::utc_date(SystemClock.now() + 5 * 24 * 3600);
    proofs.hide(&day, "2026-11-23");
    let until = format!("{day}T00:00:00Z");
    let soon = by_token(&azurite, &token("quay", Token { until: &until, ..GOOD })).await;
    proofs.finds("the token expires soon", &soon, "azure_token_expires_soon");
    for (situation, allowed, fault) in [
        ("a policy allows to read only", "r", "azure_may_not_write"),
        ("a policy allows to write only", "w", "azure_may_not_read"),
        ("a policy does not allow to delete", "rw", "azure_may_not_delete"),
    ] {
        azurite.set_policy("quay", "policy", allowed).await;
        let token = token("quay", Token { allowed: "", policy: "policy", ..GOOD });
        let outcome = by_token(&azurite, &token).await;
        hide_what_is_left(&mut proofs, &outcome);
        proofs.finds(situation, &outcome, fault);
    }
    let secret = by_token(&azurite, &good.replace("sig=", "sig=hunter22")).await;
    assert!(!format!("{secret:?}").contains("hunter22"), "{secret:?}");
    proofs.end();
}

/// What is left in a container has another name each time.
fn hide_what_is_left(proofs: &mut Proofs, outcome: &Outcome) {
    for problem in outcome.problems() {
        let named = problem.message.split_once("quay-console-check-");
        if let Some(left) = named.and_then(|(_, rest)| rest.split(' ').next()) {
            proofs.hide(left, "ID");
        }
    }
}

#[tokio::test]
async fn the_certificate_of_an_azure_store_is_checked() {
    let authority = Authority::new("lab authority");
    let mut proofs = Proofs::of(CHECK, "storage-azure-tls");
    let azurite = Azurite::start_tls(&authority, &authority.sign(&["127.0.0.1"]));
    azurite.make_container("quay", "").await;
    proofs.hide(azurite.port, "10000");
    let url = format!("https://127.0.0.1:{}/{ACCOUNT}", azurite.port);
    let trial = keyed(&url, "quay", KEY).file("extra_ca_certs/lab.crt", authority.pem());
    proofs.passes("the authority is among the additional ones", &trial.run_one(CHECK).await);
    proofs.finds(
        "nobody trusts the authority",
        &tried(&url, "quay").await,
        "certificate_untrusted",
    );
    let plain = url.replace("https", "http");
    let plain = tried(&plain, "quay").await;
    assert_eq!(plain.state, State::Failed, "{plain:#?}");
    proofs.end();
}

/// What is found at Azurite behind a proxy that answers some requests itself.
async fn twisted(
    proofs: &mut Proofs,
    azurite: &Azurite,
    twist: fn(&Parts) -> Option<Response>,
) -> Outcome {
    let proxy = twist::before(([127, 0, 0, 1], azurite.port).into(), twist).await;
    proofs.hide(proxy.port, "10000");
    tried(&format!("http://127.0.0.1:{}/{ACCOUNT}", proxy.port), "quay").await
}

/// Whether the check sends a request, and not Azurite to itself.
fn is_ours(parts: &Parts) -> bool {
    let agent = parts.headers.get("user-agent").and_then(|agent| agent.to_str().ok());
    agent.is_some_and(|agent| agent.starts_with("quay-console"))
}

fn is_signed(parts: &Parts) -> bool {
    parts.headers.contains_key("authorization")
}

/// What the store does in place of what it should, and the fault that is found.
type Case = (&'static str, fn(&Parts) -> Option<Response>, &'static str);

#[tokio::test]
async fn a_store_that_does_all_but_one_thing_is_found_out() {
    let mut proofs = Proofs::of(CHECK, "storage-azure-refusals");
    let azurite = Azurite::start();
    azurite.make_container("quay", "").await;
    let cases: [Case; 6] = [
        (
            "what is read is not what was written",
            |parts| {
                let reads = parts.method == Method::GET && !parts.uri.path().ends_with("quay");
                (reads && is_signed(parts)).then(|| refusal(200, "", "", ""))
            },
            "azure_not_read_back",
        ),
        (
            "the store does not copy",
            |parts| {
                let copies = parts.headers.contains_key("x-ms-copy-source");
                copies.then(|| refusal(403, "CannotVerifyCopySource", REFUSED, ""))
            },
            "azure_not_copied",
        ),
        (
            "signed addresses are refused",
            |parts| {
                let is_open = parts.uri.query().is_some_and(|query| query.contains("sig="));
                (is_open && is_ours(parts))
                    .then(|| refusal(403, "AuthorizationFailure", REFUSED, ""))
            },
            "azure_download_refused",
        ),
        (
            "nothing may be deleted",
            |parts| {
                let code = "BlobImmutableDueToPolicy";
                (parts.method == Method::DELETE).then(|| refusal(409, code, REFUSED, ""))
            },
            "azure_immutable",
        ),
        (
            "the store is overloaded",
            |parts| (parts.method == Method::PUT).then(|| refusal(503, "ServerBusy", "Busy.", "")),
            "azure_fails",
        ),
        (
            "the store refuses for another reason",
            |parts| {
                let code = "ConditionNotMet";
                (parts.method == Method::PUT).then(|| refusal(412, code, "Not met.", ""))
            },
            "azure_refuses",
        ),
    ];
    for (situation, twist, fault) in cases {
        let outcome = twisted(&mut proofs, &azurite, twist).await;
        hide_what_is_left(&mut proofs, &outcome);
        proofs.finds(situation, &outcome, fault);
    }
    proofs.end();
}

#[tokio::test]
async fn a_store_that_refuses_everything_is_called_by_why() {
    let mut proofs = Proofs::of(CHECK, "storage-azure-account");
    let clock = "Request date header too old: 'Wed, 18 Nov 2026 09:06:40 GMT'";
    for (situation, status, code, message, detail, fault) in [
        ("the network rules refuse", 403, "AuthorizationFailure", REFUSED, "", "network_refused"),
        ("the signature is wrong", 403, "AuthenticationFailed", UNKNOWN, "", "wrong_key"),
        ("the clock is wrong", 403, "AuthenticationFailed", UNKNOWN, clock, "clock_refused"),
        (
            "the account takes no keys",
            403,
            "KeyBasedAuthenticationNotPermitted",
            "Key based authentication is not permitted on this storage account.",
            "",
            "keys_not_taken",
        ),
        ("the account is off", 403, "AccountIsDisabled", "It is disabled.", "", "account_off"),
        ("the account wants TLS", 400, "AccountRequiresHttps", "No http.", "", "https_wanted"),
        ("the container goes", 409, "ContainerBeingDeleted", "Going.", "", "container_going"),
        ("the store is down", 500, "InternalError", "Try later.", "", "fails"),
    ] {
        let web = refusing(status, code, message, detail).await;
        let outcome = at(&mut proofs, &web, KEY).await;
        proofs.finds(situation, &outcome, &format!("azure_{fault}"));
    }
    let web = refusing(403, "AuthorizationSourceIPMismatch", REFUSED, "").await;
    proofs.hide(web.port, "10000");
    let address = format!("http://127.0.0.1:{}/{ACCOUNT}", web.port);
    let sas = token("quay", GOOD);
    let args = format!("endpoint_url: '{address}', azure_container: quay, sas_token: '{sas}'");
    let outcome = engine(&args).run_one(CHECK).await;
    proofs.finds("the token is for other machines", &outcome, "azure_token_other_place");
    let web = standin_web::start(|_| standin_web::page(200, "<h1>It works</h1>")).await;
    let outcome = at(&mut proofs, &web, KEY).await;
    proofs.finds("it is another web server", &outcome, "azure_other_service");
    for (situation, manner, fault) in [
        ("it hangs", Manner::Hangs, "no_answer"),
        ("it is another service", Manner::Garbage, "other_protocol"),
        ("it hangs up", Manner::Closes, "connection_closed"),
    ] {
        let other = StandIn::start(manner).await;
        proofs.hide(other.port, "10000");
        let address = format!("http://127.0.0.1:{}/{ACCOUNT}", other.port);
        let trial = keyed(&address, "quay", KEY).patience(Duration::from_secs(2));
        proofs.finds(situation, &trial.run_one(CHECK).await, fault);
    }
    let closed = free_port();
    proofs.hide(closed, "10000");
    let outcome = tried(&format!("http://127.0.0.1:{closed}/{ACCOUNT}"), "quay").await;
    proofs.finds("nothing listens on the port", &outcome, "connection_refused");
    proofs.end();
}

/// What is found at a stand-in, at the time that it shows.
async fn at(proofs: &mut Proofs, web: &Web, key: &str) -> Outcome {
    proofs.hide(web.port, "10000");
    let address = format!("http://127.0.0.1:{}/{ACCOUNT}", web.port);
    keyed(&address, "quay", key).at(crate::support::NOW).run_one(CHECK).await
}
