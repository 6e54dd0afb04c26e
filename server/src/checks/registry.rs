//! The registry as its users meet it, under its name or on one of its nodes: which certificate is
//! served there, and who answers.

mod served;

use super::course::reach::no_http;
use super::course::{Course, Done, Step};
use super::fault::{Fault, Told, faults};
use super::probe::expects_tls;
use super::talk::{in_short, says_tls};
use crate::clients::http::{Answer, Http, HttpError, Origin};
use crate::clients::tls::{self, TlsError};
use crate::clients::wire::Wire;
use cluster::check::StageKind;
use config_model::sections::server::SSL_CERT;
use http::{Method, StatusCode};

faults! {
    /// Neither this machine nor an uploaded authority knows the signer.
    UNKNOWN_AUTHORITY: Warning,
    "The certificate of {host} goes back to {issuer}, whom nobody trusts here.",
    why "Clients have to trust it, and so do Clair and the mirror workers, which reach the registry by this name.",
    fix "Upload the certificate of the authority under Additional certificates, and install it wherever docker and podman run: /etc/containers/certs.d/{host}/ca.crt";

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
pub(super) struct Registry {
    /// Under which name it is asked. Of a node, connections to this name lead to the node.
    pub(super) origin: Origin,
    /// What is really asked: the same, or a node.
    pub(super) place: Origin,
    /// The name of the node; empty for all of them together.
    pub(super) node: String,
    /// Whether Quay's own certificate is the one to be served.
    pub(super) serves_own: bool,
    /// What is said where it is another thing for a node than for all of them.
    pub(super) words: &'static Words,
}

/// What some things mean, which is another thing for a node than for all of them.
pub(super) struct Words {
    /// Something takes connections, and Quay is not there.
    pub(super) gone: &'static Fault,
    /// TLS is configured, and not spoken.
    pub(super) no_tls: &'static Fault,
    /// TLS is spoken, and not configured.
    pub(super) tls_spoken: &'static Fault,
    /// Visitors are sent to HTTPS, which is not configured.
    pub(super) to_https: &'static Fault,
    /// Something else is there.
    pub(super) not_quay: &'static Fault,
    /// The registry is there, and its health is not told.
    pub(super) hidden: &'static Fault,
    /// Quay ends TLS, and what it serves is not what was uploaded.
    pub(super) another: &'static Fault,
    /// The same, and the one that is served is older.
    pub(super) older: &'static Fault,
    /// Encryption that fails, where it has sentences of its own.
    pub(super) no_encryption: fn(&TlsError) -> Option<&'static Fault>,
}

/// Looks at the certificate and at who answers.
pub(super) async fn look(course: &Course, registry: &Registry, wire: Wire) -> Done {
    if registry.origin.tls {
        served::certificate(course, registry, wire).await?;
        if let Some(file) = course.file(SSL_CERT.name).filter(|_| registry.serves_own) {
            served::is_the_uploaded(course, registry, file).await?;
        }
    } else {
        drop(wire);
    }
    health(course, registry).await
}

/// A fault of the registry at its address.
pub(super) fn at(registry: &Registry, fault: &'static Fault) -> Told {
    told(registry, fault, &[])
}

/// The same, with what else is known.
fn told(registry: &Registry, fault: &'static Fault, more: &[(&str, &str)]) -> Told {
    let Registry { origin, place, node, .. } = registry;
    let (port, whole) = (place.port.to_string(), place.to_string());
    let (host, name) = (place.host.as_str(), origin.host.as_str());
    let own = [("host", host), ("port", &port), ("origin", &whole), ("node", node), ("name", name)];
    fault.with(&[&own, more].concat())
}

/// Who answers under the name.
async fn health(course: &Course, registry: &Registry) -> Done {
    let Registry { origin, place, words, .. } = registry;
    let step = course.begin(StageKind::Service, format!("{place}{HEALTH}: is it Quay, and well?"));
    let Some(mut http) = open(course, origin).await else {
        return Err(step.fail("no second connection", at(registry, words.gone)));
    };
    let answer = match http.send(Method::GET, HEALTH, &[], "").await {
        Ok(answer) => answer,
        Err(error) => {
            let told = unanswered(course, registry, &error).await;
            return Err(step.fail(error.to_string(), told));
        }
    };
    if !origin.tls && says_tls(&answer) {
        return Err(step.fail(in_short(&answer), at(registry, words.tls_spoken)));
    }
    let location = answer.header("location").to_owned();
    if !origin.tls && answer.status.is_redirection() && location.starts_with("https:") {
        let told = told(registry, words.to_https, &[("location", &location)]);
        return Err(step.fail(answer.status.to_string(), told));
    }
    judge(step, registry, &mut http, &answer).await
}

/// What it means that a connection stands, and nothing in HTTP comes.
async fn unanswered(course: &Course, registry: &Registry, error: &HttpError) -> Told {
    let Registry { origin, words, .. } = registry;
    let is_odd = matches!(error, HttpError::Closed | HttpError::NotHttp);
    if is_odd && !origin.tls && expects_tls(course, &origin.host, origin.port).await {
        return at(registry, words.tls_spoken);
    }
    match error {
        // A load balancer that knows nothing of HTTP takes connections for nodes that are gone.
        HttpError::Closed => at(registry, words.gone),
        _ => no_http(error, &registry.place),
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
async fn judge(step: Step, registry: &Registry, http: &mut Http, answer: &Answer) -> Done {
    let words = registry.words;
    let json = answer.json();
    let services = json.as_ref().and_then(|json| json.pointer("/data/services")?.as_object());
    let Some(services) = services else {
        let gone =
            [StatusCode::BAD_GATEWAY, StatusCode::SERVICE_UNAVAILABLE, StatusCode::GATEWAY_TIMEOUT];
        let fault = if gone.contains(&answer.status) {
            words.gone
        } else if is_registry(http).await {
            words.hidden
        } else {
            words.not_quay
        };
        return Err(step.fail(in_short(answer), at(registry, fault)));
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
