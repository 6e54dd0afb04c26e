//! The login with Keystone, versions 2 and 3: what is sent, and what the catalogue says.

use super::settings::{Engine, Named, Version};
use crate::clients::http::Answer;
use serde_json::{Value as Json, json};

/// Projects of a user that are named.
const KNOWN_MAX: usize = 8;

/// The address of the service with its version, as Quay's client completes it.
pub(super) fn base(engine: &Engine) -> String {
    let bare = engine.login.trim_end_matches('/');
    let last = bare.rsplit('/').next().unwrap_or_default();
    if matches!(last, "v2" | "v2.0" | "v3" | "v3.0") {
        return bare.to_owned();
    }
    let version = if engine.version == Version::V2 { "v2.0" } else { "v3" };
    format!("{bare}/{version}")
}

/// The path of a login address without its version: where Keystone says which it speaks.
pub(super) fn root_of(path: &str) -> &str {
    let path = path.trim_end_matches("/auth/tokens").trim_end_matches("/tokens");
    path.rfind('/').map_or("/", |at| &path[..=at])
}

fn reference(named: &Named) -> Json {
    if named.id.is_empty() { json!({"name": named.name}) } else { json!({"id": named.id}) }
}

/// What is sent to log in, to the project of the engine or to none.
pub(super) fn login(engine: &Engine, scoped: bool) -> String {
    let auth = match engine.version {
        Version::V2 => login_2(engine, scoped),
        Version::V1 | Version::V3 => login_3(engine, scoped),
    };
    json!({"auth": auth}).to_string()
}

fn login_2(engine: &Engine, scoped: bool) -> Json {
    let project = &engine.options.project;
    let credentials = json!({"username": engine.user, "password": engine.password});
    let mut auth = json!({"passwordCredentials": credentials});
    if scoped {
        let name = if project.id.is_empty() { "tenantName" } else { "tenantId" };
        auth[name] = project.shown().into();
    }
    auth
}

fn login_3(engine: &Engine, scoped: bool) -> Json {
    let options = &engine.options;
    let mut user = if options.user_id.is_empty() {
        json!({"name": engine.user, "domain": reference(&options.user_domain)})
    } else {
        json!({"id": options.user_id})
    };
    user["password"] = engine.password.as_str().into();
    let mut auth = json!({"identity": {"methods": ["password"], "password": {"user": user}}});
    if scoped {
        let mut scope = reference(&options.project);
        if options.project.id.is_empty() {
            scope["domain"] = reference(&options.project_domain);
        }
        auth["scope"] = json!({"project": scope});
    }
    auth
}

/// The token in an answer, empty if there is none.
pub(super) fn token(version: Version, answer: &Answer) -> String {
    if version == Version::V3 {
        return answer.header("x-subject-token").to_owned();
    }
    let body = answer.json().unwrap_or_default();
    body["access"]["token"]["id"].as_str().unwrap_or_default().to_owned()
}

/// An address of the store, as a catalogue lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Endpoint {
    /// The word for its type, without `URL` at the end.
    pub(super) interface: String,
    pub(super) region: String,
    pub(super) address: String,
}

/// The addresses of a type of service in an answer; `None` where it has no catalogue at all.
pub(super) fn endpoints(version: Version, body: &Json, service: &str) -> Option<Vec<Endpoint>> {
    let catalogue = if version == Version::V3 {
        &body["token"]["catalog"]
    } else {
        &body["access"]["serviceCatalog"]
    };
    let text = |of: &Json, name: &str| of[name].as_str().unwrap_or_default().to_owned();
    let services = catalogue.as_array()?.iter().filter(|entry| entry["type"] == service);
    let mut found = Vec::new();
    for endpoint in services.filter_map(|entry| entry["endpoints"].as_array()).flatten() {
        let region = text(endpoint, "region");
        if version == Version::V3 {
            let (interface, address) = (text(endpoint, "interface"), text(endpoint, "url"));
            found.push(Endpoint { interface, region, address });
            continue;
        }
        for interface in ["public", "internal", "admin"] {
            let address = text(endpoint, &format!("{interface}URL"));
            if !address.is_empty() {
                let (interface, region) = (interface.to_owned(), region.clone());
                found.push(Endpoint { interface, region, address });
            }
        }
    }
    Some(found)
}

/// The one of them that Quay's client takes.
pub(super) fn chosen<'a>(engine: &Engine, endpoints: &'a [Endpoint]) -> Option<&'a Endpoint> {
    let wanted = engine.options.interface.trim_end_matches("URL");
    let region = &engine.options.region;
    endpoints.iter().find(|endpoint| {
        endpoint.interface == wanted && (region.is_empty() || endpoint.region == *region)
    })
}

/// The endpoints, for a person.
pub(super) fn listed(endpoints: &[Endpoint]) -> String {
    let one = |endpoint: &Endpoint| format!("{} in {}", endpoint.interface, endpoint.region);
    endpoints.iter().take(KNOWN_MAX).map(one).collect::<Vec<_>>().join(", ")
}

/// The projects in an answer, for a person; nothing where it is no list of them.
pub(super) fn projects(body: &Json) -> Option<String> {
    let listed = body["projects"].as_array().or_else(|| body["tenants"].as_array())?;
    let one = |project: &Json| {
        let (name, id) = (project["name"].as_str()?, project["id"].as_str()?);
        Some(format!("{name} ({id})"))
    };
    let shown: Vec<_> = listed.iter().take(KNOWN_MAX).filter_map(one).collect();
    Some(if shown.is_empty() { "none".to_owned() } else { shown.join(", ") })
}

/// The versions that an answer of Keystone names, none where it is another.
pub(super) fn versions(body: &Json) -> Vec<String> {
    let many = body["versions"]["values"].as_array().or_else(|| body["versions"].as_array());
    let one = body.get("version").into_iter();
    let all = many.into_iter().flatten().chain(one);
    all.filter_map(|version| version["id"].as_str()).map(str::to_owned).take(KNOWN_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_found_where_keystone_lists_it() {
        let many = json!({"versions": {"values": [{"id": "v3.14"}, {"id": "v2.0"}]}});
        assert_eq!(versions(&many), ["v3.14", "v2.0"]);
        assert_eq!(versions(&json!({"version": {"id": "v3.14"}})), ["v3.14"]);
        assert!(versions(&json!([])).is_empty());
        assert_eq!(root_of("/v3/auth/tokens"), "/");
        assert_eq!(root_of("/identity/v2.0/tokens"), "/identity/");
    }

    #[test]
    fn both_kinds_of_catalogue_are_read() {
        let third = json!({"token": {"catalog": [
            {"type": "identity", "endpoints": [{"interface": "public", "url": "http://k"}]},
            {"type": "object-store", "endpoints": [
                {"interface": "internal", "region": "One", "url": "http://i"},
                {"interface": "public", "region": "One", "url": "http://p"}]}]}});
        let found = endpoints(Version::V3, &third, "object-store").unwrap();
        assert_eq!(listed(&found), "internal in One, public in One");
        let second = json!({"access": {"serviceCatalog": [{"type": "object-store", "endpoints": [
            {"region": "One", "publicURL": "http://p", "internalURL": "http://i"}]}]}});
        let found = endpoints(Version::V2, &second, "object-store").unwrap();
        assert_eq!(found[0].address, "http://p");
        assert_eq!(endpoints(Version::V3, &second, "object-store"), None);
        assert!(endpoints(Version::V2, &second, "volume").unwrap().is_empty());
    }
}
