//! Logins that a gateway of Ceph does not offer itself: with Keystone, real and stand-ins.

use super::{CHECK, Engine, first, gateway, login, tried};
use crate::lab::keystone::{ADMIN, Keystone, PASSWORD, PROJECT};
use crate::lab::rgw::Rgw;
use crate::lab::standin_keystone;
use crate::lab::standin_swift::{lists, names, third_only};
use crate::lab::standin_web;
use crate::lab::swift::{Account, Gateway};
use crate::support::{Proofs, is_full};
use cluster::check::{Outcome, State};

/// The password of everybody in a Keystone.
const WORD: &str = standin_keystone::PASSWORD;

/// What is found with a login at a Keystone.
async fn at_keystone(version: u8, port: u16, password: &str, options: &str) -> Outcome {
    let address = format!("http://127.0.0.1:{port}");
    let more = format!(", os_options: {{{options}}}");
    let engine = Engine { version, password, more: &more, ..first(&address, "quay") };
    engine.tried().await
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
    let outcome = at_keystone(2, today.port, WORD, "tenant_name: service").await;
    proofs.finds("version 2 at a Keystone of today", &outcome, "swift_other_version");
    let address = format!("http://127.0.0.1:{}/v3", today.port);
    let outcome = first(&address, "quay:swift").tried().await;
    proofs.finds("version 1 at a Keystone", &outcome, "swift_other_version");
    let unclear = standin_web::start(|_| standin_web::page(400, "Expecting to find domain")).await;
    proofs.hide(unclear.port, "5000");
    let outcome = at_keystone(3, unclear.port, WORD, "tenant_id: t1").await;
    proofs.finds("Keystone does not understand", &outcome, "swift_login_unclear");
    let store = format!("http://127.0.0.1:{}/swift/v1", rgw.port);
    let listed = standin_web::start(lists(store)).await;
    proofs.hide(listed.port, "5000");
    for version in [2, 3] {
        let options = "tenant_id: t1, region_name: RegionTwo";
        let outcome = at_keystone(version, listed.port, WORD, options).await;
        let situation = format!("the region is another, version {version}");
        proofs.finds(&situation, &outcome, "swift_no_endpoint");
        let options = "tenant_id: t1, auth_token: a-token-of-old";
        let outcome = at_keystone(version, listed.port, WORD, options).await;
        let situation = format!("a token is configured, version {version}");
        proofs.finds(&situation, &outcome, "swift_token_ends");
        let situation = format!("the store asks another login service, version {version}");
        proofs.finds(&situation, &outcome, "swift_token_refused");
    }
    let second = standin_web::start(standin_keystone::version_2).await;
    proofs.hide(second.port, "5000");
    for (situation, tenant, password, fault) in [
        ("there is no store in the catalogue", "service", WORD, "swift_no_store"),
        ("the tenant is another", "nobodys", WORD, "swift_project_refused"),
        ("the password is wrong, version 2", "service", "wrong", "swift_login_refused"),
    ] {
        let tenant = format!("tenant_name: {tenant}");
        let outcome = at_keystone(2, second.port, password, &tenant).await;
        proofs.finds(situation, &outcome, fault);
    }
    proofs.end();
}

/// A gateway that asks Keystone who somebody is.
fn joined(rgw: &Rgw, url: &str) -> Gateway {
    Gateway::start(
        rgw,
        &[
            ("rgw-keystone-url", url),
            ("rgw-keystone-api-version", "3"),
            ("rgw-keystone-admin-user", ADMIN),
            ("rgw-keystone-admin-password", PASSWORD),
            ("rgw-keystone-admin-domain", "Default"),
            ("rgw-keystone-admin-project", PROJECT),
            ("rgw-keystone-accepted-roles", "member"),
            ("rgw-swift-account-in-url", "true"),
        ],
    )
}

#[tokio::test]
async fn a_gateway_that_asks_keystone_is_tried() {
    if !is_full() {
        return;
    }
    let mut proofs = Proofs::of(CHECK, "storage-swift-keystone");
    let (rgw, keystone) = (gateway().await, Keystone::start());
    let url = format!("http://127.0.0.1:{}", keystone.port);
    let gateway = joined(&rgw, &url);
    keystone.add_project("registry").await;
    keystone.add_project("other").await;
    keystone.add_user("quay", WORD, "registry", "member").await;
    keystone.add_user("reader", WORD, "registry", "reader").await;
    let store = format!("http://127.0.0.1:{}/swift/v1/AUTH_%(tenant_id)s", gateway.port);
    keystone.add_service("object-store", &store).await;
    let (project, other) =
        (keystone.id("projects", "registry").await, keystone.id("projects", "other").await);
    for (text, as_) in [
        (keystone.port.to_string(), "5000"),
        (gateway.port.to_string(), "7480"),
        (project.clone(), "PROJECT"),
        (other.clone(), "OTHER"),
    ] {
        proofs.hide(text, as_);
    }
    let options = format!(", os_options: {{tenant_id: {project}, user_domain_name: Default}}");
    let good = Engine {
        version: 3,
        password: WORD,
        container: "mine",
        more: &options,
        ..first(&url, "quay")
    };
    proofs.finds("the container is missing", &good.tried().await, "swift_container_missing");
    let account = store.replace("%(tenant_id)s", &project);
    let account = Account::enter_project(&keystone.url(), "quay", WORD, &project, &account).await;
    account.put("mine", Vec::new()).await;
    proofs.passes("everything is right", &good.tried().await);
    let with = |from: &str, to: &str| options.replace(from, to);
    let domain = with("Default", "Other");
    let elsewhere = with(&project, &other);
    let region = with("}", ", region_name: Two}");
    let service = with("}", ", service_type: s3}");
    for (situation, engine, fault) in [
        (
            "the container is somebody else's",
            Engine { container: "registry", ..good },
            "swift_container_forbidden",
        ),
        ("the store takes no such role", Engine { user: "reader", ..good }, "swift_token_refused"),
        ("the user is unknown", Engine { user: "nobody", ..good }, "swift_login_refused"),
        ("the password is wrong", Engine { password: "wrong", ..good }, "swift_login_refused"),
        ("the domain is wrong", Engine { more: &domain, ..good }, "swift_login_refused"),
        ("the project is another", Engine { more: &elsewhere, ..good }, "swift_project_refused"),
        ("the region is wrong", Engine { more: &region, ..good }, "swift_no_endpoint"),
        ("the service is another", Engine { more: &service, ..good }, "swift_no_store"),
    ] {
        proofs.finds(situation, &engine.tried().await, fault);
    }
    let old = at_keystone(2, keystone.port, WORD, "tenant_name: registry").await;
    proofs.finds("version 2 is configured", &old, "swift_other_version");
    proofs.end();
}
