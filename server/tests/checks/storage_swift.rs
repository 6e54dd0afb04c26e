//! Swift as a gateway of Ceph speaks it; with Keystone where slow services are tried as well.

use crate::lab::certificates::Authority;
use crate::lab::keystone::{self, Keystone};
use crate::lab::process::free_port;
use crate::lab::rgw::Rgw;
use crate::lab::standin::{Manner, StandIn};
use crate::lab::standin_keystone;
use crate::lab::standin_swift::{lists, names, third_only};
use crate::lab::standin_web;
use crate::lab::swift::{Account, Gateway, KEY, add_account};
use crate::lab::twist;
use crate::support::{Proofs, Trial, is_full, net};
use axum::http::Method;
use axum::http::request::Parts;
use axum::response::Response;
use cluster::check::{Outcome, State};
use server::clock::{Clock as _, SystemClock};
use std::time::Duration;

/// The check's name.
const CHECK: &str = "storage";

/// A configuration with this engine, at the time it is: signed addresses end by a real clock.
fn engine(args: &str) -> Trial {
    let config = format!(
        "DISTRIBUTED_STORAGE_CONFIG:\n  blue: [SwiftStorage, \
         {{storage_path: /datastorage/registry, {args}}}]\n"
    );
    Trial::of(config).at(SystemClock.now())
}

/// With a login of version 1 at this address.
fn first(address: &str, user: &str, more: &str) -> Trial {
    engine(&format!(
        "auth_version: 1, auth_url: '{address}', swift_user: '{user}', swift_password: {KEY}, \
         swift_container: registry{more}"
    ))
}

/// What is found at a gateway.
async fn tried(port: u16, user: &str, more: &str) -> Outcome {
    first(&login(port), user, more).run_one(CHECK).await
}

fn login(port: u16) -> String {
    format!("http://127.0.0.1:{port}/auth/v1.0")
}

/// A gateway with the accounts of the tests, and a container in that of `quay`.
async fn gateway() -> Rgw {
    let rgw = Rgw::start();
    for (user, name, access) in [
        ("quay", "swift", "full"),
        ("quay", "reader", "read"),
        ("quay", "writer", "write"),
        ("small", "swift", "full"),
    ] {
        if user == "small" {
            rgw.add_user("small", "SMALLKEY", "smallsecret");
        }
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
    let wrong = format!("http://127.0.0.1:{port}/nothing/here");
    for (situation, trial, fault) in [
        (
            "the password is wrong",
            first(&login(port), "quay:swift", "").replaced(KEY, "another"),
            "swift_login_refused",
        ),
        ("the user is unknown", first(&login(port), "nobody:swift", ""), "swift_user_unknown"),
        ("the login address is wrong", first(&wrong, "quay:swift", ""), "swift_no_login"),
        (
            "the version is another",
            engine(&format!(
                "auth_version: 3, auth_url: '{}', swift_user: quay, swift_password: {KEY}, \
                 swift_container: registry, os_options: {{tenant_id: t1}}",
                login(port)
            )),
            "swift_no_login",
        ),
        (
            "the container is missing",
            first(&login(port), "quay:swift", "").replaced("registry}", "nothing}"),
            "swift_container_missing",
        ),
        (
            "the container is somebody else's",
            first(&login(port), "small:swift", ""),
            "swift_container_forbidden",
        ),
        ("the user may only read", first(&login(port), "quay:reader", ""), "swift_may_not_write"),
        (
            "the user may only write",
            first(&login(port), "quay:writer", ""),
            "swift_container_forbidden",
        ),
        ("there is no tenant", engine(&second("quay", "")), "incomplete"),
    ] {
        proofs.finds(situation, &trial.run_one(CHECK).await, fault);
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
        let trial = first(&login(other.port), "quay:swift", "").patience(Duration::from_secs(2));
        proofs.finds(situation, &trial.run_one(CHECK).await, fault);
    }
    let left = Account::enter(port, "quay:swift").await.list("registry").await;
    assert_eq!(left, "", "something is left");
    proofs.end();
}

/// The arguments of a login of version 2, at no address that matters.
fn second(user: &str, options: &str) -> String {
    format!(
        "auth_version: 2, auth_url: 'http://127.0.0.1:9', swift_user: '{user}', \
         swift_password: {KEY}, swift_container: registry, os_options: {{{options}}}"
    )
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
    let late = first(&login(port), "quay:swift", signed).at(hour).run_one(CHECK).await;
    proofs.finds("the clocks are an hour apart", &late, "swift_clocks_differ");
    let small = Account::enter(port, "small:swift").await;
    small.put("small", Vec::new()).await;
    small.put("small/layer", vec![0; 972_800]).await;
    rgw.limit("small", "1M");
    let of_small =
        || first(&login(port), "small:swift", "").replaced("registry}", "small}").run_one(CHECK);
    let nearly = of_small().await;
    proofs.finds("most of the quota is used", &nearly, "swift_nearly_full");
    assert_eq!(nearly.state, State::Warned, "{nearly:#?}");
    rgw.limit("small", "500K");
    proofs.finds("the quota is used up", &of_small().await, "swift_full");
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
    let named = first("http://swift.example.com/auth/v1.0", "quay:swift", "");
    let named = named.net(net(&[("swift.example.com", 80, here.port)]));
    let outcome = named.run_one(CHECK).await;
    proofs.finds("the store's address is each node's own", &outcome, "swift_store_is_local");
    let authority = Authority::new("lab authority");
    let service = ([127, 0, 0, 1], here.port).into();
    let signed = authority.sign(&["127.0.0.1"]);
    let proxy = twist::before_tls(service, &signed, |_: &Parts| None).await;
    let address = format!("https://127.0.0.1:{}/auth/v1.0", proxy.port);
    let trial = || first(&address, "quay:swift", ", ca_cert_path: conf/stack/swift.cert");
    let outcome = trial().file("swift.cert", authority.pem()).run_one(CHECK).await;
    proofs.finds("the login is encrypted alone", &outcome, "swift_store_in_clear");
    let outcome = trial().run_one(CHECK).await;
    proofs.finds("the authorities file is missing", &outcome, "file_missing");
    let other = Authority::new("another authority");
    let outcome = trial().file("swift.cert", other.pem()).run_one(CHECK).await;
    proofs.finds("the authorities file has another", &outcome, "certificate_untrusted");
    proofs.end();
}

/// What is found at a gateway behind a proxy that answers some requests itself.
async fn twisted(
    proofs: &mut Proofs,
    rgw: &Rgw,
    twist: fn(&Parts) -> Option<Response>,
) -> Outcome {
    let proxy = twist::before(([127, 0, 0, 1], rgw.port).into(), twist).await;
    proofs.hide(proxy.port, "7480");
    let outcome = tried(proxy.port, "quay:swift", ", temp_url_key: key-for-downloads").await;
    for problem in outcome.problems() {
        let named = problem.message.split_once("quay-console-check-");
        if let Some(left) = named.and_then(|(_, rest)| rest.split(' ').next()) {
            proofs.hide(left, "ID");
        }
    }
    outcome
}

/// Whether a request is for an object, and as who we are.
fn is_object(parts: &Parts, method: &Method) -> bool {
    parts.method == method
        && parts.uri.path().contains("/registry/")
        && parts.headers.contains_key("x-auth-token")
}

#[tokio::test]
async fn a_store_that_does_all_but_one_thing_is_found_out() {
    let mut proofs = Proofs::of(CHECK, "storage-swift-refusals");
    let rgw = gateway().await;
    rgw.admin(&["user", "modify", "--uid", "quay", "--temp-url-key", "key-for-downloads"]);
    let cases: [(&str, fn(&Parts) -> Option<Response>, &str); 12] = [
        (
            "nothing may be read",
            |parts| is_object(parts, &Method::GET).then(|| twist::refusal(403, "Forbidden")),
            "swift_may_not_read",
        ),
        (
            "nothing may be deleted",
            |parts| is_object(parts, &Method::DELETE).then(|| twist::refusal(403, "Forbidden")),
            "swift_may_not_delete",
        ),
        (
            "what was written is not there",
            |parts| is_object(parts, &Method::GET).then(|| twist::refusal(404, "Not Found")),
            "swift_not_read_back",
        ),
        (
            "parts are not joined",
            |parts| {
                let whole = parts.uri.path().ends_with("-parts");
                (whole && parts.method == Method::GET).then(|| twist::refusal(200, ""))
            },
            "swift_parts_not_joined",
        ),
        (
            "requests are limited",
            |parts| is_object(parts, &Method::PUT).then(|| twist::refusal(429, "Slow Down")),
            "swift_slowed_down",
        ),
        (
            "the store fails",
            |parts| is_object(parts, &Method::PUT).then(|| twist::refusal(503, "Unavailable")),
            "swift_store_fails",
        ),
        (
            "the disks are full",
            |parts| is_object(parts, &Method::PUT).then(|| twist::refusal(507, "No space")),
            "swift_full",
        ),
        (
            "signed addresses are refused",
            |parts| {
                let query = parts.uri.query().unwrap_or_default();
                query.contains("temp_url_sig").then(|| twist::refusal(401, "Temp URL invalid"))
            },
            "swift_download_refused",
        ),
        (
            "signed addresses are not offered",
            |parts| knows(parts, r#"{"swift": {}}"#),
            "swift_downloads_not_offered",
        ),
        (
            "signed addresses are taken with SHA-256 only",
            |parts| {
                knows(parts, r#"{"swift": {}, "tempurl": {"allowed_digests": ["sha256"]}}"#)
            },
            "swift_digest_not_taken",
        ),
        (
            "the login fails",
            |parts| parts.uri.path().starts_with("/auth").then(|| twist::refusal(500, "Oh")),
            "swift_login_fails",
        ),
        (
            "the token is not taken",
            |parts| {
                parts.headers.contains_key("x-auth-token").then(|| twist::refusal(401, "Who?"))
            },
            "swift_token_refused",
        ),
    ];
    for (situation, twist, fault) in cases {
        let outcome = twisted(&mut proofs, &rgw, twist).await;
        proofs.finds(situation, &outcome, fault);
    }
    proofs.end();
}

/// A store that can do this, and takes no signed addresses.
fn knows(parts: &Parts, info: &str) -> Option<Response> {
    if parts.uri.path().ends_with("/info") {
        return Some(twist::refusal(200, info));
    }
    let query = parts.uri.query().unwrap_or_default();
    query.contains("temp_url_sig").then(|| twist::refusal(401, "Temp URL invalid"))
}

/// The arguments of a login with a Keystone.
fn at_keystone(version: u8, port: u16, user: &str, options: &str) -> Trial {
    engine(&format!(
        "auth_version: {version}, auth_url: 'http://127.0.0.1:{port}', swift_user: '{user}', \
         swift_password: {}, swift_container: registry, os_options: {{{options}}}",
        standin_keystone::PASSWORD
    ))
}

#[tokio::test]
async fn logins_that_no_gateway_offers_are_understood() {
    let mut proofs = Proofs::of(CHECK, "storage-swift-logins");
    let named = standin_web::start(names("store".to_owned())).await;
    proofs.hide(named.port, "5000");
    let outcome = tried(named.port, "quay:swift", "").await;
    proofs.finds("the store's address is none", &outcome, "swift_address_unusable");
    let circle = standin_web::start(|asked| standin_web::redirect(&asked.path)).await;
    proofs.hide(circle.port, "5000");
    let outcome = tried(circle.port, "quay:swift", "").await;
    proofs.finds("the login leads in a circle", &outcome, "swift_login_circle");
    let rgw = gateway().await;
    proofs.hide(rgw.port, "7480");
    let to = login(rgw.port);
    let moved = standin_web::start(move |_| standin_web::redirect(&to)).await;
    proofs.hide(moved.port, "5000");
    let outcome = tried(moved.port, "quay:swift", "").await;
    proofs.finds("the login has moved", &outcome, "swift_login_moved");
    assert_eq!(outcome.state, State::Warned, "{outcome:#?}");
    let today = standin_web::start(third_only).await;
    proofs.hide(today.port, "5000");
    let tenant = "tenant_name: service";
    let outcome = at_keystone(2, today.port, "quay", tenant).run_one(CHECK).await;
    proofs.finds("version 2 at a Keystone of today", &outcome, "swift_other_version");
    let address = format!("http://127.0.0.1:{}/v3", today.port);
    let outcome = first(&address, "quay:swift", "").run_one(CHECK).await;
    proofs.finds("version 1 at a Keystone", &outcome, "swift_other_version");
    let unclear = standin_web::start(|_| standin_web::page(400, "Expecting to find domain")).await;
    proofs.hide(unclear.port, "5000");
    let outcome = at_keystone(3, unclear.port, "quay", "tenant_id: t1").run_one(CHECK).await;
    proofs.finds("Keystone does not understand", &outcome, "swift_login_unclear");
    let store = format!("http://127.0.0.1:{}/swift/v1", rgw.port);
    let listed = standin_web::start(lists(store)).await;
    proofs.hide(listed.port, "5000");
    for version in [2, 3] {
        let options = "tenant_id: t1, region_name: RegionTwo";
        let outcome = at_keystone(version, listed.port, "quay", options).run_one(CHECK).await;
        let situation = format!("the region is another, version {version}");
        proofs.finds(&situation, &outcome, "swift_no_endpoint");
        let options = "tenant_id: t1, auth_token: a-token-of-old";
        let outcome = at_keystone(version, listed.port, "quay", options).run_one(CHECK).await;
        let situation = format!("a token is configured, version {version}");
        proofs.finds(&situation, &outcome, "swift_token_ends");
        let situation = format!("the store asks another login service, version {version}");
        proofs.finds(&situation, &outcome, "swift_token_refused");
    }
    let second = standin_web::start(standin_keystone::version_2).await;
    proofs.hide(second.port, "5000");
    for (situation, tenant, password, fault) in [
        ("there is no store in the catalogue", "service", "", "swift_no_store"),
        ("the tenant is another", "nobodys", "", "swift_project_refused"),
        ("the password is wrong, version 2", "service", "wrong", "swift_login_refused"),
    ] {
        let tenant = format!("tenant_name: {tenant}");
        let mut trial = at_keystone(2, second.port, "quay", &tenant);
        if !password.is_empty() {
            trial = trial.replaced(standin_keystone::PASSWORD, password);
        }
        proofs.finds(situation, &trial.run_one(CHECK).await, fault);
    }
    proofs.end();
}

#[tokio::test]
async fn a_gateway_that_asks_keystone_is_tried() {
    if !is_full() {
        return;
    }
    let mut proofs = Proofs::of(CHECK, "storage-swift-keystone");
    let (rgw, keystone) = (gateway().await, Keystone::start());
    let url = format!("http://127.0.0.1:{}", keystone.port);
    let gateway = Gateway::start(
        &rgw,
        &[
            ("rgw-keystone-url", &url),
            ("rgw-keystone-api-version", "3"),
            ("rgw-keystone-admin-user", keystone::ADMIN),
            ("rgw-keystone-admin-password", keystone::PASSWORD),
            ("rgw-keystone-admin-domain", "Default"),
            ("rgw-keystone-admin-project", keystone::PROJECT),
            ("rgw-keystone-accepted-roles", "member"),
            ("rgw-swift-account-in-url", "true"),
        ],
    );
    keystone.add_project("registry").await;
    keystone.add_project("other").await;
    let word = standin_keystone::PASSWORD;
    keystone.add_user("quay", word, "registry", "member").await;
    keystone.add_user("reader", word, "registry", "reader").await;
    let store = format!("http://127.0.0.1:{}/swift/v1/AUTH_%(tenant_id)s", gateway.port);
    keystone.add_service("object-store", &store).await;
    let (project, other) =
        (keystone.id("projects", "registry").await, keystone.id("projects", "other").await);
    proofs.hide(keystone.port, "5000");
    proofs.hide(gateway.port, "7480");
    proofs.hide(&project, "PROJECT");
    proofs.hide(&other, "OTHER");
    let at = |user: &str, options: &str| at_keystone(3, keystone.port, user, options);
    let good = format!("tenant_id: {project}, user_domain_name: Default");
    let mine = |trial: Trial| trial.replaced("registry,", "mine,");
    let missing = mine(at("quay", &good)).run_one(CHECK).await;
    proofs.finds("the container is missing", &missing, "swift_container_missing");
    let token = keystone.token_of("quay", word, &project).await;
    let account = store.replace("%(tenant_id)s", &project);
    Account::with_token(&account, &token).put("mine", Vec::new()).await;
    proofs.passes("everything is right", &mine(at("quay", &good)).run_one(CHECK).await);
    for (situation, user, options, fault) in [
        ("the container is somebody else's", "quay", good.clone(), "swift_container_forbidden"),
        ("the store takes no such role", "reader", good.clone(), "swift_token_refused"),
        ("the user is unknown", "nobody", good.clone(), "swift_login_refused"),
        (
            "the domain is wrong",
            "quay",
            good.replace("Default", "Other"),
            "swift_login_refused",
        ),
        ("the project is another", "quay", good.replace(&project, &other), "swift_project_refused"),
        ("the region is wrong", "quay", format!("{good}, region_name: Two"), "swift_no_endpoint"),
        ("the service is another", "quay", format!("{good}, service_type: s3"), "swift_no_store"),
    ] {
        proofs.finds(situation, &at(user, &options).run_one(CHECK).await, fault);
    }
    let wrong = at("quay", &good).replaced(word, "another").run_one(CHECK).await;
    proofs.finds("the password is wrong", &wrong, "swift_login_refused");
    let old = at_keystone(2, keystone.port, "quay", "tenant_name: registry").run_one(CHECK).await;
    proofs.finds("version 2 is configured", &old, "swift_other_version");
    proofs.end();
}
