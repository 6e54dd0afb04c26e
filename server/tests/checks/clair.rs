//! Clair, as far as a stand-in goes that looks at what is signed.

use crate::lab::certificates::Authority;
use crate::lab::process::free_port;
use crate::lab::standin::{Manner, StandIn};
use crate::lab::standin_clair::{Clair, Matcher};
use crate::lab::standin_web::{Asked, page, start};
use crate::support::{NOW, Proofs, Trial};
use cluster::check::{Outcome, State};
use std::time::Duration;

/// The check's name.
const CHECK: &str = "clair";
/// The key that Clair has, and the same in base64.
const KEY: &[u8] = b"shared with Clair";
const KEY_TEXT: &str = "c2hhcmVkIHdpdGggQ2xhaXI=";

fn at(address: &str, more: &str) -> Trial {
    Trial::of(format!(
        "FEATURE_SECURITY_SCANNER: true\nSECURITY_SCANNER_V4_ENDPOINT: {address}\n{more}"
    ))
}

fn keyed(port: u16) -> Trial {
    at(&format!("http://127.0.0.1:{port}"), &format!("SECURITY_SCANNER_V4_PSK: {KEY_TEXT}"))
}

/// What is found at a Clair with the right key.
async fn tried(clair: Clair) -> Outcome {
    let web = clair.run().await;
    keyed(web.port).run_one(CHECK).await
}

fn good() -> Clair {
    Clair::with_key(Some(KEY), NOW)
}

#[tokio::test]
async fn the_key_of_clair_is_tried() {
    let mut proofs = Proofs::of(CHECK, CHECK);
    let web = good().run().await;
    proofs.hide(web.port, "6060");
    let address = format!("http://127.0.0.1:{}", web.port);
    proofs.passes("everything is right", &keyed(web.port).run_one(CHECK).await);
    let key = |text: &str| at(&address, &format!("SECURITY_SCANNER_V4_PSK: {text}"));
    let lines = key("|\n  c2hhcmVkIHdp\n  dGggQ2xhaXI=\n").run_one(CHECK).await;
    proofs.passes("the key has line ends in it", &lines);
    let other = key("YW5vdGhlciBrZXk=").run_one(CHECK).await;
    proofs.finds("the key is another", &other, "key_refused");
    let none = at(&address, "").run_one(CHECK).await;
    proofs.finds("no key is configured", &none, "key_missing");
    proofs.finds("the key is no base64", &key("'n o'").run_one(CHECK).await, "key_unreadable");
    let open = tried(Clair::with_key(None, NOW)).await;
    proofs.finds("Clair wants no key", &open, "key_not_wanted");
    let open = Clair::with_key(None, NOW).run().await;
    let outcome = at(&format!("http://127.0.0.1:{}", open.port), "").run_one(CHECK).await;
    proofs.passes("there is no key on either side", &outcome);
    let ahead = tried(Clair { now: NOW + 10 * 60, ..good() }).await;
    proofs.finds("its clock is far ahead", &ahead, "clock_ahead");
    let apart = tried(Clair { now: NOW + 100, ..good() }).await;
    proofs.finds("its clock is a little ahead", &apart, "clocks_differ");
    let behind = tried(Clair { now: NOW - 3600, ..good() }).await;
    proofs.finds("its clock is behind", &behind, "clocks_differ");
    proofs.end();
}

#[tokio::test]
async fn clair_is_called_by_what_is_wrong_with_it() {
    let mut proofs = Proofs::of(CHECK, "clair-service");
    let fails = tried(Clair { indexes: false, ..good() }).await;
    proofs.finds("its indexer fails", &fails, "clair_in_trouble");
    for (situation, matcher, fault) in [
        ("its matcher runs elsewhere", Matcher::IsElsewhere, "no_matcher"),
        ("its matcher fails", Matcher::Fails, "clair_in_trouble"),
        ("it has just been set up", Matcher::Begins, "not_ready"),
    ] {
        let web = Clair { matcher, ..good() }.run().await;
        proofs.hide(web.port, "6060");
        proofs.finds(situation, &keyed(web.port).run_one(CHECK).await, fault);
    }
    let never = tried(Clair { updates: Some(&[]), ..good() }).await;
    proofs.finds("it has never fetched anything", &never, "never_updated");
    let old = tried(Clair { updates: Some(&["2026-11-11T08:00:00Z"]), ..good() }).await;
    proofs.finds("it has fetched nothing for a week", &old, "outdated");
    let mute = tried(Clair { updates: None, ..good() }).await;
    proofs.passes("it does not tell what it has fetched", &mute);
    proofs.end();
}

#[tokio::test]
async fn what_is_signed_is_not_told_if_a_proxy_sends_it_back() {
    let echo = start(|asked: &Asked| page(502, asked.header("authorization"))).await;
    let shown = format!("{:?}", keyed(echo.port).run_one(CHECK).await);
    assert!(shown.contains("Bearer •••") && !shown.contains("eyJ"), "{shown}");
}

#[tokio::test]
async fn the_address_of_clair_is_tried() {
    let authority = Authority::new("lab authority");
    let mut proofs = Proofs::of(CHECK, "clair-address");
    let web = good().run().await;
    let secret = format!("SECURITY_SCANNER_V4_PSK: {KEY_TEXT}");
    proofs.hide(web.port, "6060");
    let under = at(&format!("http://127.0.0.1:{}/clair", web.port), &secret).run_one(CHECK).await;
    proofs.finds("the address has a path", &under, "path_is_dropped");
    let encrypted = good().run_tls(&authority.sign(&["localhost"])).await;
    proofs.hide(encrypted.port, "6060");
    let address = format!("https://localhost:{}", encrypted.port);
    let trial = at(&address, &secret).file("extra_ca_certs/lab.crt", authority.pem());
    proofs.passes("it speaks TLS", &trial.run_one(CHECK).await);
    let stranger = at(&address, &secret).run_one(CHECK).await;
    proofs.finds("nobody knows its authority", &stranger, "certificate_untrusted");
    let clear = keyed(encrypted.port).run_one(CHECK).await;
    proofs.finds("it speaks TLS, and the address is for none", &clear, "tls_wanted");
    let plain = at(&format!("https://127.0.0.1:{}", web.port), &secret).run_one(CHECK).await;
    proofs.finds("the address is for TLS, and it speaks none", &plain, "tls_not_spoken");
    let closed = free_port();
    proofs.hide(closed, "6060");
    let closed = keyed(closed).run_one(CHECK).await;
    proofs.finds("nothing listens on the port", &closed, "connection_refused");
    for (situation, manner, fault) in [
        ("it hangs", Manner::Hangs, "no_answer"),
        ("it is another service", Manner::Garbage, "other_protocol"),
        ("it hangs up", Manner::Closes, "connection_closed"),
    ] {
        let other = StandIn::start(manner).await;
        proofs.hide(other.port, "6060");
        let outcome = keyed(other.port).patience(Duration::from_secs(4)).run_one(CHECK).await;
        proofs.finds(situation, &outcome, fault);
    }
    let only_old = "FEATURE_SECURITY_SCANNER: true\nSECURITY_SCANNER_ENDPOINT: http://clair:6060";
    let outcome = Trial::of(only_old).run_one(CHECK).await;
    proofs.finds("only the address of Clair 2 is there", &outcome, "only_clair_2");
    proofs.end();
}

#[tokio::test]
async fn another_site_is_no_clair() {
    let mut proofs = Proofs::of(CHECK, "clair-other");
    let site = crate::lab::web::Web::start(axum::Router::new()).await;
    proofs.hide(site.port, "6060");
    proofs.finds("it is another site", &keyed(site.port).run_one(CHECK).await, "no_indexer");
    proofs.end();
    assert!(Trial::of("FEATURE_SECURITY_SCANNER: false").run(CHECK).await.is_empty());
    let lacking = Trial::of("FEATURE_SECURITY_SCANNER: true").run_one(CHECK).await;
    assert_eq!(lacking.state, State::Failed);
}
