//! The health of a node, which hangs on the services behind it and on nothing else.

use crate::client::{Client, envelope};
use crate::lab::certificates::Authority;
use crate::lab::slapd::{PASSWORD, Slapd};
use crate::node::Plan;
use crate::services::{Services, bucket, gateway};

/// What a node is asked for; Redis and the storage it leaves to the others.
const OF_NODE: [&str; 6] =
    ["registry_gunicorn", "web_gunicorn", "service_key", "disk_space", "database", "auth"];
/// What all nodes share.
const SHARED: [&str; 4] = ["database", "redis", "storage", "auth"];
/// What somebody should look after.
const WARNING: [&str; 1] = ["disk_space_warning"];

/// The lines of a configuration whose users are in this directory.
fn directory(slapd: &Slapd) -> String {
    format!(
        "AUTHENTICATION_TYPE: LDAP\n\
         LDAP_URI: ldaps://localhost:{}\n\
         LDAP_BASE_DN: [dc=example, dc=org]\n\
         LDAP_USER_RDN: [ou=People]\n\
         LDAP_ADMIN_DN: 'uid=quay,ou=Services,dc=example,dc=org'\n\
         LDAP_ADMIN_PASSWD: {PASSWORD}\n",
        slapd.tls_port
    )
}

/// All three answers come to miss these services, and no other.
async fn misses(client: &Client, stopped: &[&str]) {
    for (name, parts) in
        [("instance", &OF_NODE[..]), ("endtoend", &SHARED[..]), ("warning", &WARNING[..])]
    {
        client.health_comes_to(name, &envelope(parts, stopped)).await;
    }
}

#[tokio::test]
async fn a_node_misses_the_services_that_are_stopped_and_no_other() {
    let authority = Authority::new("lab authority");
    let slapd = Slapd::start(&authority.sign(&["localhost", "127.0.0.1"]), "", "");
    let (gateway, _) = gateway().await;
    let services = Services::start();
    let config = services.config(&bucket(&gateway), &directory(&slapd));
    let node = Plan::of(config).file("ldap.crt", authority.pem()).serve(&["registry"]).await;
    let client = Client::of(&node);
    misses(&client, &[]).await;
    let Services { postgres, redis } = services;
    drop(redis);
    misses(&client, &["redis"]).await;
    drop(postgres);
    misses(&client, &["redis", "database"]).await;
    drop(slapd);
    misses(&client, &["redis", "database", "auth"]).await;
    drop(gateway);
    misses(&client, &["redis", "database", "auth", "storage"]).await;
}

#[tokio::test]
async fn without_a_database_the_other_services_are_not_missed() {
    let (gateway, _) = gateway().await;
    let services = Services::start();
    let config = services.config(&bucket(&gateway), "AUTHENTICATION_TYPE: Database\n");
    let node = Plan::of(config).serve(&["registry"]).await;
    let client = Client::of(&node);
    misses(&client, &[]).await;
    let Services { postgres, redis: _redis } = services;
    drop(postgres);
    misses(&client, &["database"]).await;
}
