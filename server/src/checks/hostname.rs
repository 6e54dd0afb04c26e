//! The registry's own name: where it leads, which certificate is served there, and who answers.

use super::course::reach::not_connected;
use super::course::{Course, Done};
use super::fault::{Told, faults};
use super::registry::{Registry, Words, at, look};
use super::{Check, Planned, Settings};
use crate::clients::dial::DialError;
use crate::clients::http::Origin;
use cluster::check::StageKind;
use config_model::sections::server::{
    PREFERRED_URL_SCHEME, SERVER_HOSTNAME, UrlScheme, quay_ends_tls,
};

/// Tries the registry under its own name.
pub const CHECK: Check = Check {
    name: "hostname",
    label: "Server host name",
    reads: &["SERVER_HOSTNAME", "PREFERRED_URL_SCHEME", "EXTERNAL_TLS_TERMINATION"],
    matters: "Browsers, docker and podman reach the registry by this name only, and Quay puts it into every address it hands out.",
    actions: &[],
    plan,
    writes: false,
    faults: FAULTS,
};

faults! {
    /// Before the first deployment; or nothing runs.
    NOTHING_ANSWERS_YET: Warning,
    "Nothing answers yet at {host} port {port}.",
    why "Before the registry is deployed that is as it should be. Afterwards nobody can use it.",
    fix "Deploy the registry. If it runs already: let the name lead to its load balancer, and open port {port} there.";

    /// A load balancer without a node behind it.
    NO_NODE_ANSWERS: Warning,
    "Something answers at {host} port {port}, but no node of Quay behind it.",
    why "Before the registry is deployed that is as it should be. Afterwards nobody can use it.",
    fix "Deploy the registry. If it runs already: look whether its nodes are up, and whether the load balancer finds them.";

    /// HTTPS is configured.
    NO_TLS: Error,
    "Addresses begin with https, but what answers at {host} port {port} does not speak TLS.",
    fix "Where Quay ends TLS, give ssl.cert and ssl.key to every node and restart it. Where a load balancer does, set TLS up there.";

    /// HTTP is configured.
    TLS_SPOKEN: Error,
    "Addresses begin with http, but what answers at {host} port {port} speaks TLS.",
    fix "Choose where TLS ends, so that Quay hands out addresses that begin with https.";

    /// A redirection from http to https.
    SENDS_TO_HTTPS: Warning,
    "{origin} sends its visitors to {location}, and Quay hands out addresses that begin with http.",
    why "Each request takes a detour, and log-ins and pushes may fail on the way.",
    fix "Choose that TLS ends in the load balancer.";

    /// Quay ends TLS itself, and what is served is not what was uploaded.
    ANOTHER_CERTIFICATE: Warning,
    "{host} does not serve the uploaded ssl.cert, but a certificate for {names} that ends on {until}.",
    why "The nodes have another file than this configuration.",
    fix "Deploy this configuration to every node and restart it. If a load balancer ends TLS, choose so under TLS.";

    /// The same, and the one that is served is older.
    OLDER_CERTIFICATE: Warning,
    "{host} still serves an older certificate, which ends on {until}; the uploaded ssl.cert lasts until {later}.",
    why "The nodes have another file than this configuration, or were not restarted since.",
    fix "Deploy this configuration to every node and restart it.";

    /// A page, and not Quay's.
    NOT_QUAY: Error,
    "What answers at {origin} is not Quay.",
    fix "Let the name lead to the registry: correct it here or in the DNS, or let the load balancer send this name to Quay.";

    /// A firewall or an ingress that lets through only what it knows. The registry is behind it.
    HEALTH_HIDDEN: Warning,
    "The registry answers at {origin}, but not when it is asked how it is: /health/instance does not get through to it.",
    why "Whether the registry is well cannot be seen from here, nor by anything else that watches it under this name.",
    fix "Let /health/ through to Quay in whatever stands before it, at least for this console. Or ask a node itself: curl -k https://NODE/health/instance";
}

const WORDS: &Words = &Words {
    gone: &NO_NODE_ANSWERS,
    no_tls: &NO_TLS,
    tls_spoken: &TLS_SPOKEN,
    to_https: &SENDS_TO_HTTPS,
    not_quay: &NOT_QUAY,
    hidden: &HEALTH_HIDDEN,
    another: &ANOTHER_CERTIFICATE,
    older: &OLDER_CERTIFICATE,
    no_encryption: |_| None,
};

fn plan(settings: &Settings<'_>) -> Vec<Planned> {
    let path = SERVER_HOSTNAME.path();
    if settings.at(&path).is_none() {
        return Vec::new();
    }
    let Some(name) = settings.document.effective(SERVER_HOSTNAME) else {
        return vec![Planned::incomplete(path, "the registry", "the server host name")];
    };
    let tls = settings.document.effective(PREFERRED_URL_SCHEME) == Some(UrlScheme::Https);
    let usual = if tls { 443 } else { 80 };
    let origin =
        Origin { tls, host: name.host().as_str().to_owned(), port: name.port().unwrap_or(usual) };
    let target = origin.to_string();
    if name.host().is_loopback() {
        return vec![Planned::new(path, target, |course| async move {
            let step = course.begin(StageKind::Settings, "where the name leads");
            step.skip("to another machine for everybody who asks, so nothing can be tried");
            Ok(())
        })];
    }
    let serves_own = quay_ends_tls(settings.document);
    let registry =
        Registry { place: origin.clone(), origin, node: String::new(), serves_own, words: WORDS };
    vec![Planned::new(path, target, move |course| attempt(course, registry))]
}

async fn attempt(course: Course, registry: Registry) -> Done {
    let Origin { host, port, .. } = &registry.origin;
    let means = |error: &DialError| no_way(error, &registry);
    let reached = course.reach_or(host, host, *port, means).await?;
    look(&course, &registry, reached.wire).await
}

/// What it means that there is no connection. That nobody listens is no fault before the first
/// deployment.
fn no_way(error: &DialError, registry: &Registry) -> Told {
    match error {
        DialError::Unknown(_) | DialError::Unreachable(..) => {
            not_connected(error, &registry.origin.host, registry.origin.port)
        }
        _ => at(registry, &NOTHING_ANSWERS_YET),
    }
}
