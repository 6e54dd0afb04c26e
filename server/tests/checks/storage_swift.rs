//! Swift as a gateway of Ceph speaks it; with Keystone where slow services are tried as well.

mod logins;
mod refusals;

use crate::lab::certificates::Authority;
use crate::lab::process::free_port;
use crate::lab::rgw::Rgw;
use crate::lab::standin::{Manner, StandIn};
use crate::lab::swift::{Account, Gateway, KEY, add_account};
use crate::lab::twist;
use crate::support::{Proofs, Trial, net};
use axum::http::request::Parts;
use cluster::check::{Outcome, State};
use server::clock::{Clock as _, SystemClock};
use std::time::Duration;

/// The check's name.
const CHECK: &str = "storage";

/// An engine that is tried.
#[derive(Clone, Copy)]
struct Engine<'a> {
    version: u8,
    address: &'a str,
    user: &'a str,
    password: &'a str,
    container: &'a str,
    more: &'a str,
}

impl Engine<'_> {
    /// A configuration with it, at the time it is: signed addresses end by a real clock.
    fn trial(self) -> Trial {
        let Engine { version, address, user, password, container, more } = self;
        let config = format!(
            "DISTRIBUTED_STORAGE_CONFIG:\n  blue: [SwiftStorage, \
             {{storage_path: /datastorage/registry, auth_version: {version}, \
             auth_url: '{address}', swift_user: '{user}', swift_password: '{password}', \
             swift_container: {container}{more}}}]\n"
        );
        Trial::of(config).at(SystemClock.now())
    }

    async fn tried(self) -> Outcome {
        self.trial().run_one(CHECK).await
    }
}

/// With a login of version 1 at this address.
fn first<'a>(address: &'a str, user: &'a str) -> Engine<'a> {
    Engine { version: 1, address, user, password: KEY, container: "registry", more: "" }
}

/// What is found at a gateway, with more arguments.
async fn tried(port: u16, user: &str, more: &str) -> Outcome {
    Engine { more, ..first(&login(port), user) }.tried().await
}

fn login(port: u16) -> String {
    format!("http://127.0.0.1:{port}/auth/v1.0")
}

/// A gateway with the accounts of the tests, and a container in that of `quay`.
async fn gateway() -> Rgw {
    let rgw = Rgw::start();
    rgw.add_user("small", "SMALLKEY", "smallsecret");
    for (user, name, access) in [
        ("quay", "swift", "full"),
        ("quay", "reader", "read"),
        ("quay", "writer", "write"),
        ("small", "swift", "full"),
    ] {
        add_account(&rgw, user, name, access);
    }
    Account::enter(rgw.port, "quay:swift").await.put("registry", Vec::new()).await;
    rgw
}

#[tokio::test]
async fn a_swift_engine_is_called_by_what_is_wrong_with_it() {
    let mut proofs = Proofs::of(CHECK, "storage-swift");
    let rgw = gateway().await;
    let port = rgw.port;
    proofs.hide(port, "7480");
    let good = tried(port, "quay:swift", "").await;
    proofs.passes("everything is right", &good);
    assert!(!format!("{good:?}").contains("AUTH_rgwtk"), "{good:#?}");
    let simple = tried(port, "quay:swift", ", simple_path_concat: true").await;
    proofs.passes("names are joined without a slash", &simple);
    let address = login(port);
    let wrong = format!("http://127.0.0.1:{port}/nothing/here");
    let good = first(&address, "quay:swift");
    let tenant = ", os_options: {tenant_id: t1}";
    for (situation, engine, fault) in [
        ("the password is wrong", Engine { password: "another", ..good }, "swift_login_refused"),
        ("the user is unknown", Engine { user: "nobody:swift", ..good }, "swift_user_unknown"),
        ("the login address is wrong", Engine { address: &wrong, ..good }, "swift_no_login"),
        (
            "the version is another",
            Engine { version: 3, user: "quay", more: tenant, ..good },
            "swift_no_login",
        ),
        (
            "the container is missing",
            Engine { container: "nothing", ..good },
            "swift_container_missing",
        ),
        (
            "the container is somebody else's",
            Engine { user: "small:swift", ..good },
            "swift_container_forbidden",
        ),
        ("the user may only read", Engine { user: "quay:reader", ..good }, "swift_may_not_write"),
        (
            "the user may only write",
            Engine { user: "quay:writer", ..good },
            "swift_container_forbidden",
        ),
        ("there is no tenant", Engine { version: 2, user: "quay", ..good }, "incomplete"),
    ] {
        proofs.finds(situation, &engine.tried().await, fault);
    }
    let closed = free_port();
    proofs.hide(closed, "7480");
    let outcome = tried(closed, "quay:swift", "").await;
    proofs.finds("nothing listens on the port", &outcome, "connection_refused");
    for (situation, manner, fault) in [
        ("it hangs", Manner::Hangs, "no_answer"),
        ("it is another service", Manner::Garbage, "other_protocol"),
        ("it hangs up", Manner::Closes, "connection_closed"),
    ] {
        let other = StandIn::start(manner).await;
        proofs.hide(other.port, "7480");
        let trial = first(&login(other.port), "quay:swift").trial();
        let outcome = trial.patience(Duration::from_secs(2)).run_one(CHECK).await;
        proofs.finds(situation, &outcome, fault);
    }
    let left = Account::enter(port, "quay:swift").await.list("registry").await;
    assert_eq!(left, "", "something is left");
    proofs.end();
}

#[tokio::test]
async fn what_fills_up_and_what_is_signed_is_found_out() {
    let mut proofs = Proofs::of(CHECK, "storage-swift-downloads");
    let rgw = gateway().await;
    let port = rgw.port;
    proofs.hide(port, "7480");
    let signed = ", temp_url_key: key-for-downloads";
    let unset = tried(port, "quay:swift", signed).await;
    proofs.finds("the store has no download key", &unset, "swift_download_key_unset");
    let key = |key: &str| rgw.admin(&["user", "modify", "--uid", "quay", "--temp-url-key", key]);
    key("another-key");
    let other = tried(port, "quay:swift", signed).await;
    proofs.finds("the store has another download key", &other, "swift_download_key_other");
    key("key-for-downloads");
    let good = tried(port, "quay:swift", signed).await;
    proofs.passes("downloads are signed with the store's key", &good);
    let hour = SystemClock.now() - 3600;
    for seconds in 3601..3610 {
        proofs.hide(format!("{seconds} seconds"), "3600 seconds");
    }
    let address = login(port);
    let late = Engine { more: signed, ..first(&address, "quay:swift") };
    let late = late.trial().at(hour).run_one(CHECK).await;
    proofs.finds("the clocks are an hour apart", &late, "swift_clocks_differ");
    let small = Account::enter(port, "small:swift").await;
    small.put("small", Vec::new()).await;
    small.put("small/layer", vec![0; 972_800]).await;
    // Else the gateway takes minutes to notice what is used.
    rgw.admin(&["user", "stats", "--uid", "small", "--sync-stats"]);
    rgw.limit("small", "1M");
    let of_small = Engine { container: "small", ..first(&address, "small:swift") };
    let nearly = of_small.tried().await;
    proofs.finds("most of the quota is used", &nearly, "swift_nearly_full");
    assert_eq!(nearly.state, State::Warned, "{nearly:#?}");
    rgw.limit("small", "500K");
    proofs.finds("the quota is used up", &of_small.tried().await, "swift_full");
    proofs.end();
}

#[tokio::test]
async fn the_address_that_a_login_names_is_looked_at() {
    let mut proofs = Proofs::of(CHECK, "storage-swift-address");
    let rgw = gateway().await;
    proofs.hide(rgw.port, "7480");
    let closed = free_port();
    proofs.hide(closed, "9");
    let store = format!("http://127.0.0.1:{closed}");
    let lost = Gateway::start(&rgw, &[("rgw-swift-url", &store)]);
    let outcome = tried(lost.port, "quay:swift", "").await;
    proofs.finds("the store's address leads nowhere", &outcome, "swift_store_unreachable");
    let nowhere = "http://store.invalid:8080";
    let unknown = Gateway::start(&rgw, &[("rgw-swift-url", nowhere)]);
    let outcome = tried(unknown.port, "quay:swift", "").await;
    proofs.finds("the store's name is unknown", &outcome, "swift_store_unreachable");
    let direct = format!("http://127.0.0.1:{}/swift/v1", rgw.port);
    let configured = format!(", os_options: {{object_storage_url: '{direct}'}}");
    let outcome = tried(unknown.port, "quay:swift", &configured).await;
    proofs.passes("the store's address is configured instead", &outcome);
    let store = format!("http://127.0.0.1:{}", rgw.port);
    let here = Gateway::start(&rgw, &[("rgw-swift-url", &store)]);
    let named = first("http://swift.example.com/auth/v1.0", "quay:swift").trial();
    let named = named.net(net(&[("swift.example.com", 80, here.port)]));
    let outcome = named.run_one(CHECK).await;
    proofs.finds("the store's address is each node's own", &outcome, "swift_store_is_local");
    let authority = Authority::new("lab authority");
    let service = ([127, 0, 0, 1], here.port).into();
    let signed = authority.sign(&["127.0.0.1"]);
    let proxy = twist::before_tls(service, &signed, |_: &Parts| None).await;
    let address = format!("https://127.0.0.1:{}/auth/v1.0", proxy.port);
    let more = ", ca_cert_path: conf/stack/swift.cert";
    let trial = || Engine { more, ..first(&address, "quay:swift") }.trial();
    let outcome = trial().file("swift.cert", authority.pem()).run_one(CHECK).await;
    proofs.finds("the login is encrypted alone", &outcome, "swift_store_in_clear");
    let outcome = trial().run_one(CHECK).await;
    proofs.finds("the authorities file is missing", &outcome, "file_missing");
    let other = Authority::new("another authority");
    let outcome = trial().file("swift.cert", other.pem()).run_one(CHECK).await;
    proofs.finds("the authorities file has another", &outcome, "certificate_untrusted");
    proofs.end();
}
