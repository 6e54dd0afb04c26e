//! Each node of Quay, asked by itself: behind a load balancer nobody sees that one of them is gone.
//!
//! The nodes are not in Quay's configuration; whoever starts the console names them.

use super::course::reach::{Reached, not_connected};
use super::course::{Course, Done};
use super::fault::{Told, faults};
use super::registry::{Registry, Words, at, look};
use super::{Check, Planned, Settings};
use crate::clients::dial::{DialError, NameError};
use crate::clients::http::Origin;
use crate::clients::tls::TlsError;
use config_model::sections::server::{SERVER_HOSTNAME, quay_ends_tls};

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
    /// The name server says that it does not exist.
    NODE_UNKNOWN: Error,
    "No address was found for {host}, where {node} is to be.",
    fix "Correct it where the console is started: {node}=HOST. Or add the name to the DNS that this machine uses.";

    /// The machine answers, and the container is not there; or the port or the machine is another.
    NODE_STOPPED: Error,
    "Nothing listens on {node}, at {host} port {port}: Quay does not run there, or on another port.",
    fix "Look there whether its container runs and what it said last: podman ps --all and podman logs quay. If it listens on another port, start the console with {node}=HOST:PORT; if Quay was never deployed there, without this node.";

    /// The proxy in the container is there, and what is behind it is not, or not yet.
    NODE_STARTING: Error,
    "Something takes connections on {node}, but Quay does not answer: it is starting, or it could not start.",
    fix "Try again in a minute. Then look on the node what it said last: podman logs quay";

    /// It takes the connection and no more.
    NODE_HANGS: Error,
    "{node} takes connections on port {port}, and hangs.",
    fix "Look on the node what it said last and how busy it is: podman logs quay and podman stats. Restart it: podman restart quay";

    /// HTTPS is configured, and the node has no certificate.
    NODE_WITHOUT_TLS: Error,
    "Quay is to end TLS itself, but {node} does not speak TLS on port {port}.",
    fix "Give ssl.cert and ssl.key to the node and restart it. If another port is the one for HTTPS, start the console with {node}=HOST:PORT";

    /// Quay serves TLS as soon as it has a key; or the node has an older configuration.
    NODE_WITH_TLS: Error,
    "{node} wants TLS on port {port}, and by this configuration Quay takes plain connections.",
    why "A load balancer that ends TLS cannot speak with it, or users are sent in a circle.",
    fix "Take ssl.cert and ssl.key out of the configuration, deploy it and restart the node; or choose that Quay ends TLS. If another port is the plain one, start the console with {node}=HOST:PORT";

    /// A page, and not Quay's.
    NODE_IS_NOT_QUAY: Error,
    "What answers on {node} at port {port} is not Quay.",
    fix "Correct the address or the port where the console is started: {node}=HOST:PORT";

    /// Something stands before the node that lets through only what it knows.
    NODE_HEALTH_HIDDEN: Error,
    "{node} answers, but /health/instance does not get through to Quay on it.",
    why "Whether the node is well cannot be seen from here, nor by a load balancer that asks for it.",
    fix "Let /health/ through in whatever stands before Quay on port {port}, or name the port of Quay itself: {node}=HOST:PORT";

    /// The time of its certificate is over.
    NODE_CERTIFICATE_OVER: Error,
    "{node} serves a certificate that has expired on {until}.",
    why "Whoever the load balancer sends to this node is refused by browser, docker and podman.",
    fix "If the uploaded ssl.cert is a newer one, deploy it to the node and restart it. Otherwise renew it, upload it here, and deploy it to every node.";

    /// Its certificate is for somebody else.
    NODE_CERTIFICATE_NAME: Error,
    "{node} serves a certificate for {names}, and users ask for {name}.",
    why "Whoever the load balancer sends to this node is refused by browser, docker and podman.",
    fix "Deploy an ssl.cert for {name} to the node and restart it.";

    /// What it serves is not what was uploaded.
    NODE_WITH_ANOTHER_CERTIFICATE: Warning,
    "{node} does not serve the uploaded ssl.cert, but a certificate for {names} that ends on {until}.",
    why "The node has another file than this configuration, or was not restarted since.",
    fix "Deploy this configuration to the node and restart it.";

    /// The same, and the one that is served is older.
    NODE_WITH_OLDER_CERTIFICATE: Warning,
    "{node} still serves an older certificate, which ends on {until}; the uploaded ssl.cert lasts until {later}.",
    why "The node has another file than this configuration, or was not restarted since.",
    fix "Deploy this configuration to the node and restart it.";
}

const WORDS: &Words = &Words {
    gone: &NODE_STARTING,
    no_tls: &NODE_WITHOUT_TLS,
    tls_spoken: &NODE_WITH_TLS,
    to_https: &NODE_WITH_TLS,
    not_quay: &NODE_IS_NOT_QUAY,
    hidden: &NODE_HEALTH_HIDDEN,
    another: &NODE_WITH_ANOTHER_CERTIFICATE,
    older: &NODE_WITH_OLDER_CERTIFICATE,
    no_encryption: |error| match error {
        TlsError::Expired => Some(&NODE_CERTIFICATE_OVER),
        TlsError::OtherName => Some(&NODE_CERTIFICATE_NAME),
        TlsError::Silent => Some(&NODE_HANGS),
        _ => None,
    },
};

fn plan(settings: &Settings<'_>) -> Vec<Planned> {
    // Without a name of the registry nobody can be asked for; its own check says so.
    let Some(name) = settings.document.effective(SERVER_HOSTNAME) else { return Vec::new() };
    let tls = quay_ends_tls(settings.document);
    let usual = if tls { 443 } else { 80 };
    let planned = settings.nodes.all().iter().map(|node| {
        let is_v6 = node.host().contains(':');
        let host = if is_v6 { format!("[{}]", node.host()) } else { node.host().to_owned() };
        let place = Origin { tls, host, port: node.port().unwrap_or(usual) };
        let host = name.host().as_str().to_owned();
        let origin = Origin { tls, host, port: name.port().unwrap_or(usual) };
        let node = node.name().as_str().to_owned();
        let target = format!("{node} at {place}");
        let part = node.clone();
        let registry = Registry { origin, place, node, serves_own: tls, words: WORDS };
        let work = move |course| attempt(course, registry);
        Planned::new(SERVER_HOSTNAME.path(), target, work).part(part)
    });
    planned.collect()
}

/// Everything goes to the node, and under the name of the registry: certificates are for it.
async fn attempt(course: Course, registry: Registry) -> Done {
    let Origin { host, port, .. } = &registry.place;
    let means = |error: &DialError| no_way(error, &registry);
    let Reached { wire, address } = course.reach_or(host, host, *port, means).await?;
    let course = course.leading(&registry.origin, address);
    look(&course, &registry, wire).await
}

/// What it means that there is no connection.
fn no_way(error: &DialError, registry: &Registry) -> Told {
    match error {
        DialError::Unknown(NameError::NoAddress(_)) => at(registry, &NODE_UNKNOWN),
        DialError::Refused(_) => at(registry, &NODE_STOPPED),
        _ => not_connected(error, &registry.place.host, registry.place.port),
    }
}
