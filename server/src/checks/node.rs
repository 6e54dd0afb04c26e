//! Each node of Quay, asked by itself: behind a load balancer nobody sees that one of them is gone.
//!
//! The nodes are not in Quay's configuration; whoever starts the console names them.

use super::course::reach::not_connected;
use super::course::{Course, Done, Stopped};
use super::fault::faults;
use super::registry::{Registry, Words, look};
use super::{Check, Planned, Settings};
use crate::clients::dial::DialError;
use crate::clients::http::Origin;
use crate::clients::wire::Wire;
use cluster::check::StageKind;
use cluster::inventory::Node;
use config_model::sections::server::{SERVER_HOSTNAME, quay_ends_tls};
use std::net::SocketAddr;

/// Tries each node as the load balancer does.
pub const CHECK: Check = Check {
    name: "node",
    label: "Quay node",
    reads: &["SERVER_HOSTNAME", "PREFERRED_URL_SCHEME", "EXTERNAL_TLS_TERMINATION"],
    matters: "The load balancer leaves out a node that is not well, and the others carry its load: nobody notices until the next one fails.",
    actions: &[],
    plan,
    writes: false,
    faults: FAULTS,
};

faults! {
    /// The machine answers, and the container is not there; or the machine is another one.
    NODE_STOPPED: Error,
    "Quay does not run on {node}: nothing listens at {host} port {port}.",
    fix "Look there whether its container runs and what it said last: podman ps --all and podman logs quay. If Quay was never deployed on it, deploy it, and start the console without this node until then.";

    /// The proxy in the container is there, and what is behind it is not, or not yet.
    NODE_STARTING: Error,
    "Something takes connections on {node}, but Quay does not answer: it is starting, or it could not start.",
    fix "Try again in a minute. Then look on the node what it said last: podman logs quay";

    /// HTTPS is configured, and the node has no certificate.
    NODE_WITHOUT_TLS: Error,
    "Quay is to end TLS itself, but {node} does not speak TLS on port {port}.",
    fix "Give ssl.cert and ssl.key to the node and restart it. If another port is the one for HTTPS, name it where the console is started: {node}=HOST:PORT";

    /// TLS ends before Quay, and the node has the configuration of a time when it did not.
    NODE_WITH_TLS: Error,
    "TLS is to end before Quay, but {node} wants TLS from whoever asks it on port {port}.",
    why "The load balancer cannot speak with it, or users come in a circle.",
    fix "Deploy this configuration to the node and restart it.";

    /// A page, and not Quay's.
    NODE_IS_NOT_QUAY: Error,
    "What answers on {node} at port {port} is not Quay.",
    fix "Correct the address or the port where the console is started: {node}=HOST:PORT";
}

const WORDS: &Words = &Words {
    gone: &NODE_STARTING,
    no_tls: &NODE_WITHOUT_TLS,
    tls_spoken: &NODE_WITH_TLS,
    to_https: &NODE_WITH_TLS,
    not_quay: &NODE_IS_NOT_QUAY,
};

fn plan(settings: &Settings<'_>) -> Vec<Planned> {
    // Without a name of the registry nobody can be asked for; its own check says so.
    let Some(name) = settings.document.effective(SERVER_HOSTNAME) else { return Vec::new() };
    let tls = quay_ends_tls(settings.document);
    let planned = settings.nodes.all().iter().map(|node| {
        let port = node.port().unwrap_or(if tls { 443 } else { 80 });
        let target = Origin { tls, host: node.host().to_owned(), port };
        let node_name = node.name().as_str().to_owned();
        let origin = Origin { host: name.host().as_str().to_owned(), ..target.clone() };
        let registry = Registry { origin, node: node_name.clone(), serves_own: tls, words: WORDS };
        let shown = format!("{node_name} at {target}");
        let node = node.clone();
        Planned::new(SERVER_HOSTNAME.path(), shown, move |course| attempt(course, node, registry))
            .part(node_name)
    });
    planned.collect()
}

/// Everything goes to the node, and under the name of the registry: certificates are for it.
async fn attempt(course: Course, node: Node, registry: Registry) -> Done {
    let (addresses, wire) = connect(&course, &node, registry.origin.port).await?;
    let course = course.leading(&registry.origin, addresses);
    look(&course, &registry, wire).await
}

async fn connect(
    course: &Course,
    node: &Node,
    port: u16,
) -> Result<(Vec<SocketAddr>, Wire), Stopped> {
    let host = node.host();
    let addresses = course.find(host, port).await?;
    let step = course.begin(StageKind::Connection, format!("{host} port {port}"));
    match course.net().connect(&addresses).await {
        Ok((wire, address)) => {
            step.pass(format!("connected to {address}"));
            Ok((addresses, wire))
        }
        Err(error @ DialError::Refused(_)) => {
            let port = port.to_string();
            let places = [("node", node.name().as_str()), ("host", host), ("port", port.as_str())];
            Err(step.fail(error.to_string(), NODE_STOPPED.with(&places)))
        }
        Err(error) => Err(step.fail(error.to_string(), not_connected(&error, host, port))),
    }
}
