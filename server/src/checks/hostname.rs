//! The registry's own name: where it leads, which certificate is served there, and who answers.

mod served;

use super::course::reach::{no_http, not_connected};
use super::course::{Course, Done, Step, Stopped};
use super::fault::{Fault, Told, faults};
use super::probe::expects_tls;
use super::talk::{in_short, says_tls};
use super::{Check, Planned, Settings};
use crate::clients::dial::DialError;
use crate::clients::http::{Answer, Http, HttpError, Origin};
use crate::clients::tls;
use crate::clients::wire::Wire;
use cluster::check::StageKind;
use config_model::sections::server::{
    PREFERRED_URL_SCHEME, SERVER_HOSTNAME, SSL_CERT, UrlScheme, quay_ends_tls,
};
use http::{Method, StatusCode};

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

    /// HTTPS is configured.
    NO_TLS: Error,
    "Addresses begin with https, but what answers at {host} port {port} does not speak TLS.",
    fix "Where Quay ends TLS, give ssl.cert and ssl.key to every node and restart it. Where a load balancer does, set TLS up there.";

    /// HTTP is configured.
    TLS_SPOKEN: Error,
    "Addresses begin with http, but what answers at {host} port {port} speaks TLS.",
    fix "Choose where TLS ends, so that Quay hands out addresses that begin with https.";

    /// Neither this machine nor an uploaded authority knows the signer.
    UNKNOWN_AUTHORITY: Warning,
    "The certificate of {host} goes back to {issuer}, whom nobody trusts here.",
    why "Clients have to trust it, and so do Clair and the mirror workers, which reach the registry by this name.",
    fix "Upload the certificate of the authority under Additional certificates, and install it wherever docker and podman run: /etc/containers/certs.d/{host}/ca.crt";

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

    /// A load balancer without a node behind it.
    NO_NODE_ANSWERS: Warning,
    "Something answers at {host} port {port}, but no node of Quay behind it.",
    why "Before the registry is deployed that is as it should be. Afterwards nobody can use it.",
    fix "Deploy the registry. If it runs already: look whether its nodes are up, and whether the load balancer finds them.";

    /// A page, and not Quay's.
    NOT_QUAY: Error,
    "What answers at {origin} is not Quay.",
    fix "Let the name lead to the registry: correct it here or in the DNS, or let the load balancer send this name to Quay.";

    /// A firewall or an ingress that lets through only what it knows. The registry is behind it.
    HEALTH_HIDDEN: Warning,
    "The registry answers at {origin}, but not when it is asked how it is: /health/instance does not get through to it.",
    why "Whether the registry is well cannot be seen from here, nor by anything else that watches it under this name.",
    fix "Let /health/ through to Quay in whatever stands before it, at least for this console. Or ask a node itself: curl -k https://NODE/health/instance";

    /// A redirection from http to https.
    SENDS_TO_HTTPS: Warning,
    "{origin} sends its visitors to {location}, and Quay hands out addresses that begin with http.",
    why "Each request takes a detour, and log-ins and pushes may fail on the way.",
    fix "Choose that TLS ends in the load balancer.";

    /// `503` with what is wrong.
    NOT_WELL: Error,
    "Quay answers, and says that these do not work: {services}.",
    fix "See what the checks say of these here. More stands in the logs of the node.";
}

/// What Quay says of itself.
const HEALTH: &str = "/health/instance";
/// Where images are pushed and pulled.
const REGISTRY: &str = "/v2/";
/// Where Quay sends those who push and pull for a token; other registries have other addresses.
const LOGIN: &str = "/v2/auth";

/// What is known of the registry's address.
struct Registry {
    origin: Origin,
    /// Whether Quay's own certificate is the one to be served.
    serves_own: bool,
}

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
    let registry = Registry { origin, serves_own: quay_ends_tls(settings.document) };
    vec![Planned::new(path, target, move |course| attempt(course, registry))]
}

async fn attempt(course: Course, registry: Registry) -> Done {
    let wire = connect(&course, &registry.origin).await?;
    if registry.origin.tls {
        served::certificate(&course, &registry.origin, wire).await?;
        if let Some(file) = course.file(SSL_CERT.name).filter(|_| registry.serves_own) {
            served::is_the_uploaded(&course, &registry.origin, file).await?;
        }
    } else {
        drop(wire);
    }
    health(&course, &registry.origin).await
}

/// Name and connection. That nobody listens is no fault before the first deployment.
async fn connect(course: &Course, origin: &Origin) -> Result<Wire, Stopped> {
    let Origin { host, port, .. } = origin;
    let addresses = course.find(host, *port).await?;
    let step = course.begin(StageKind::Connection, format!("{host} port {port}"));
    match course.net().connect(&addresses).await {
        Ok((wire, address)) => {
            step.pass(format!("connected to {address}"));
            Ok(wire)
        }
        Err(error @ DialError::Unreachable(..)) => {
            Err(step.fail(error.to_string(), not_connected(&error, host, *port)))
        }
        Err(error) => Err(step.fail(error.to_string(), at(origin, &NOTHING_ANSWERS_YET))),
    }
}

/// A fault at this address.
fn at(origin: &Origin, fault: &'static Fault) -> Told {
    let (port, whole) = (origin.port.to_string(), origin.to_string());
    fault.with(&[("host", origin.host.as_str()), ("port", &port), ("origin", &whole)])
}

/// Who answers under the name.
async fn health(course: &Course, origin: &Origin) -> Done {
    let step = course.begin(StageKind::Service, format!("{origin}{HEALTH}: is it Quay, and well?"));
    let Some(mut http) = open(course, origin).await else {
        return Err(step.fail("no second connection", at(origin, &NO_NODE_ANSWERS)));
    };
    let answer = match http.send(Method::GET, HEALTH, &[], "").await {
        Ok(answer) => answer,
        Err(error) => {
            let told = unanswered(course, origin, &error).await;
            return Err(step.fail(error.to_string(), told));
        }
    };
    if !origin.tls && says_tls(&answer) {
        return Err(step.fail(in_short(&answer), at(origin, &TLS_SPOKEN)));
    }
    let location = answer.header("location").to_owned();
    if !origin.tls && answer.status.is_redirection() && location.starts_with("https:") {
        let whole = origin.to_string();
        let places = [("origin", whole.as_str()), ("location", location.as_str())];
        return Err(step.fail(answer.status.to_string(), SENDS_TO_HTTPS.with(&places)));
    }
    judge(step, origin, &mut http, &answer).await
}

/// What it means that a connection stands, and nothing in HTTP comes.
async fn unanswered(course: &Course, origin: &Origin, error: &HttpError) -> Told {
    let is_odd = matches!(error, HttpError::Closed | HttpError::NotHttp);
    if is_odd && !origin.tls && expects_tls(course, &origin.host, origin.port).await {
        return at(origin, &TLS_SPOKEN);
    }
    match error {
        // A load balancer that knows nothing of HTTP takes connections for nodes that are gone.
        HttpError::Closed => at(origin, &NO_NODE_ANSWERS),
        _ => no_http(error, origin),
    }
}

/// Another connection to it. Its certificate has been looked at; who answers matters also where
/// that is bad.
async fn open(course: &Course, origin: &Origin) -> Option<Http> {
    let (net, now) = (course.net(), course.now());
    let addresses = net.resolve(&origin.host, origin.port).await.ok()?;
    let (mut wire, address) = net.connect(&addresses).await.ok()?;
    let tls = origin.tls.then(|| served::any_certificate(course, &origin.host));
    if let Some(tls) = &tls {
        wire = tls::secure(net, wire, tls, now).await.ok()?.wire;
    }
    Http::over(net.clone(), origin.clone(), address, tls, now, wire).await.ok()
}

/// What an answer says of the registry.
async fn judge(step: Step, origin: &Origin, http: &mut Http, answer: &Answer) -> Done {
    let json = answer.json();
    let services = json.as_ref().and_then(|json| json.pointer("/data/services")?.as_object());
    let Some(services) = services else {
        let gone =
            [StatusCode::BAD_GATEWAY, StatusCode::SERVICE_UNAVAILABLE, StatusCode::GATEWAY_TIMEOUT];
        let fault = if gone.contains(&answer.status) {
            &NO_NODE_ANSWERS
        } else if is_registry(http).await {
            &HEALTH_HIDDEN
        } else {
            &NOT_QUAY
        };
        return Err(step.fail(in_short(answer), at(origin, fault)));
    };
    let bad: Vec<_> = services
        .iter()
        .filter(|(_, works)| works.as_bool() != Some(true))
        .map(|(name, _)| name.replace('_', " "))
        .collect();
    if bad.is_empty() {
        step.pass(format!("Quay, with {} parts that work", services.len()));
        return Ok(());
    }
    Err(step.fail(answer.status.to_string(), NOT_WELL.with(&[("services", &bad.join(", "))])))
}

/// Whether Quay answers where images are pushed and pulled. It sends everybody to its own log-in.
async fn is_registry(http: &mut Http) -> bool {
    let Ok(answer) = http.send(Method::GET, REGISTRY, &[], "").await else { return false };
    let login = answer.header("www-authenticate");
    if login.is_empty() {
        !answer.header("docker-distribution-api-version").is_empty()
    } else {
        login.contains(LOGIN)
    }
}
