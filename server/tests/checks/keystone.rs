//! Keystone: a real one, which takes long to start, and a stand-in for version 2.

use crate::lab::keystone::{ADMIN, Keystone, PASSWORD, PROJECT};
use crate::lab::process::free_port;
use crate::lab::standin::{Manner, StandIn};
use crate::lab::standin_keystone::{
    PASSWORD as OLD_PASSWORD, TENANT as OLD_TENANT, USER as OLD_USER, version_2,
};
use crate::lab::standin_web::{Asked, json, page, start};
use crate::support::{Proofs, Trial, is_full};
use axum::http::HeaderValue;
use axum::response::Response;
use cluster::check::{Outcome, State};
use serde_json::{Value, json as value};
use std::time::Duration;

/// The check's name.
const CHECK: &str = "keystone";

/// A registry that asks this Keystone with this account.
fn config(version: u8, url: &str, (user, password, project): (&str, &str, &str)) -> String {
    format!(
        "AUTHENTICATION_TYPE: Keystone\nKEYSTONE_AUTH_VERSION: {version}\nKEYSTONE_AUTH_URL: {url}\n\
         KEYSTONE_ADMIN_USERNAME: {user}\nKEYSTONE_ADMIN_PASSWORD: {password}\n\
         KEYSTONE_ADMIN_TENANT: {project}\n"
    )
}

async fn tried(config: String) -> Outcome {
    Trial::of(config).run_one(CHECK).await
}

#[tokio::test]
async fn keystone_is_called_by_what_is_wrong_with_it() {
    if !is_full() {
        return;
    }
    let keystone = Keystone::start();
    keystone.add_project("service").await;
    keystone.add_user("reader", "readerword", "service", "member").await;
    let mut proofs = Proofs::of(CHECK, CHECK);
    proofs.hide(keystone.port, "5000");
    let url = keystone.url();
    let good = (ADMIN, PASSWORD, PROJECT);
    proofs.passes("everything is right", &tried(config(3, &url, good)).await);
    let syncing = "FEATURE_TEAM_SYNCING: true\n";
    let both = format!("{}{syncing}", config(3, &url, good));
    proofs.passes("teams are synchronized", &tried(both).await);
    let root = url.trim_end_matches("/v3").to_owned();
    let reader = ("reader", "readerword", "service");
    for (situation, config, fault) in [
        ("the password is wrong", config(3, &url, (ADMIN, "wrong", PROJECT)), "wrong_password"),
        ("the name is wrong", config(3, &url, ("nobody", PASSWORD, PROJECT)), "wrong_password"),
        ("there is no such project", config(3, &url, (ADMIN, PASSWORD, "acme")), "project_refused"),
        (
            "the account has no role in the project",
            config(3, &url, ("reader", "readerword", PROJECT)),
            "project_refused",
        ),
        ("the account may not look up users", config(3, &url, reader), "no_permission"),
        ("the address has no version", config(3, &root, good), "other_version"),
        ("version 2 is chosen", config(2, &url, good), "other_version"),
        ("version 2 is gone", config(2, &format!("{root}/v2.0"), good), "no_keystone"),
        ("the path is wrong", config(3, &format!("{root}/identity/v3"), good), "no_keystone"),
    ] {
        proofs.finds(situation, &tried(config).await, fault);
    }
    change_admin_address(&keystone, &mut proofs).await;
    proofs.end();
}

/// Keystone's own list of services has an admin address, and Quay's library wants it.
async fn change_admin_address(keystone: &Keystone, proofs: &mut Proofs) {
    let good = || config(3, &keystone.url(), (ADMIN, PASSWORD, PROJECT));
    let found = keystone.call("GET", "endpoints?interface=admin", &Value::Null).await;
    let id = found.pointer("/endpoints/0/id").and_then(Value::as_str).expect("there is one");
    let closed = free_port();
    proofs.hide(closed, "35357");
    for (situation, url, fault) in [
        (
            "the admin address is wrong",
            format!("{}/identity", keystone.url()),
            "admin_address_wrong",
        ),
        (
            "nothing listens at the admin address",
            format!("http://127.0.0.1:{closed}/v3"),
            "connection_refused",
        ),
    ] {
        let endpoint = value!({ "endpoint": { "url": url } });
        keystone.call("PATCH", &format!("endpoints/{id}"), &endpoint).await;
        proofs.finds(situation, &tried(good()).await, fault);
    }
    keystone.call("DELETE", &format!("endpoints/{id}"), &Value::Null).await;
    proofs.finds("there is no admin address", &tried(good()).await, "no_admin_address");
}

#[tokio::test]
async fn version_2_and_odd_answers_are_understood() {
    let mut proofs = Proofs::of(CHECK, "keystone-standins");
    let old = start(version_2).await;
    proofs.hide(old.port, "5000");
    let url = format!("http://127.0.0.1:{}/v2.0", old.port);
    let good = (OLD_USER, OLD_PASSWORD, OLD_TENANT);
    proofs.passes("version 2: everything is right", &tried(config(2, &url, good)).await);
    for (situation, config, fault) in [
        (
            "version 2: the password is wrong",
            config(2, &url, (OLD_USER, "wrong", OLD_TENANT)),
            "wrong_password",
        ),
        (
            "version 2: the tenant is wrong",
            config(2, &url, (OLD_USER, OLD_PASSWORD, "acme")),
            "project_refused",
        ),
        ("version 3 is chosen at version 2", config(3, &url, good), "other_version"),
    ] {
        proofs.finds(situation, &tried(config).await, fault);
    }
    for (situation, path, status, fault) in [
        ("version 2: users may not be looked up", "/v2.0/users/1", 403, "no_permission"),
        ("version 2: Keystone breaks", "/v2.0/users/1", 500, "keystone_ill"),
        ("version 2: it wants something else", "/v2.0/users/1", 400, "not_found_out"),
        ("version 2: log-ins are not taken", "/v2.0/tokens", 400, "not_logged_in"),
        ("it is down behind a proxy", "/v2.0", 502, "keystone_ill"),
        ("it is a page for people", "/v2.0", 200, "no_keystone"),
    ] {
        let answer = move |asked: &Asked| {
            if asked.path == path { page(status, "stand-in") } else { version_2(asked) }
        };
        let outcome = old_one(&mut proofs, answer).await;
        proofs.finds(situation, &outcome, fault);
    }
    let other = |asked: &Asked| {
        let is_user = asked.path == "/v2.0/users/1";
        if is_user { page(200, "<h1>Welcome</h1>") } else { version_2(asked) }
    };
    let outcome = old_one(&mut proofs, other).await;
    proofs.finds("a page for people is at the admin address", &outcome, "other_protocol");
    proofs.end();
}

/// What is found about a stand-in for version 2 that answers so.
async fn old_one(
    proofs: &mut Proofs,
    answer: impl Fn(&Asked) -> Response + Clone + Send + Sync + 'static,
) -> Outcome {
    let web = start(answer).await;
    proofs.hide(web.port, "5000");
    let url = format!("http://127.0.0.1:{}/v2.0", web.port);
    tried(config(2, &url, (OLD_USER, OLD_PASSWORD, OLD_TENANT))).await
}

/// A stand-in for version 3 in which the account may do this and that.
fn version_3(asked: &Asked, groups: u16, users: &Value) -> Response {
    let admin = format!("http://{}/v3", asked.header("host"));
    match asked.path.as_str() {
        "/v3" => json(200, &value!({ "version": { "id": "v3.14" } })),
        "/v3/auth/tokens" => logged_in("admin", &admin),
        "/v3/users" => json(200, &value!({ "users": users })),
        _ => json(groups, &value!({ "groups": [] })),
    }
}

/// What is answered to a log-in: a token, and an address of Keystone for this use.
fn logged_in(interface: &str, url: &str) -> Response {
    let endpoint = value!({ "interface": interface, "url": url });
    let catalog = value!([{ "type": "identity", "endpoints": [endpoint] }]);
    let mut answer = json(201, &value!({ "token": { "catalog": catalog } }));
    let token = HeaderValue::from_static("token-of-the-lab");
    answer.headers_mut().insert("x-subject-token", token);
    answer
}

#[tokio::test]
async fn groups_and_missing_users_are_told_apart() {
    let mut proofs = Proofs::of(CHECK, "keystone-users");
    for (situation, groups, users, fault) in [
        ("the account may not look up groups", 403, value!([{ "id": "1" }]), "no_groups"),
        ("no user is found", 200, value!([]), "no_users"),
    ] {
        let web = start(move |asked: &Asked| version_3(asked, groups, &users)).await;
        proofs.hide(web.port, "5000");
        let url = format!("http://127.0.0.1:{}/v3", web.port);
        let config = config(3, &url, (OLD_USER, OLD_PASSWORD, OLD_TENANT));
        let outcome = tried(format!("{config}FEATURE_TEAM_SYNCING: true\n")).await;
        proofs.finds(situation, &outcome, fault);
    }
    let web = start(|asked: &Asked| {
        if asked.path == "/v3/auth/tokens" {
            logged_in("public", "http://keystone.example.com/v3;id")
        } else {
            version_3(asked, 200, &value!([]))
        }
    })
    .await;
    let url = format!("http://127.0.0.1:{}/v3", web.port);
    let outcome = tried(config(3, &url, (OLD_USER, OLD_PASSWORD, OLD_TENANT))).await;
    proofs.finds("the public address is nothing for a shell", &outcome, "no_admin_address");
    let hanging = StandIn::start(Manner::Hangs).await;
    let url = format!("http://127.0.0.1:{}/v3", hanging.port);
    let trial = Trial::of(config(3, &url, (OLD_USER, OLD_PASSWORD, OLD_TENANT)));
    let outcome = trial.patience(Duration::from_secs(2)).run_one(CHECK).await;
    proofs.finds("it hangs", &outcome, "no_answer");
    proofs.end();
}

#[tokio::test]
async fn keystone_is_tried_while_it_checks_passwords_and_its_secrets_stay() {
    let old = start(version_2).await;
    let url = format!("http://127.0.0.1:{}/v2.0", old.port);
    let text = config(2, &url, ("hunter21", "hunter22", OLD_TENANT));
    let outcome = tried(text.clone()).await;
    assert_eq!(outcome.state, State::Failed, "{outcome:#?}");
    assert!(!format!("{outcome:?}").contains("hunter22"), "{outcome:?}");
    let off = text.replace("TYPE: Keystone", "TYPE: Database");
    assert!(Trial::of(off).run(CHECK).await.is_empty());
    let half = tried("AUTHENTICATION_TYPE: Keystone".to_owned()).await;
    assert_eq!(half.failure().expect("the address is missing").fault, "incomplete");
}
