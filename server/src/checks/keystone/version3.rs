//! Version 3 of Keystone's interface, asked as Quay's library does.

use super::settings::Account;
use super::{
    KEYSTONE_ILL, NO_ADMIN_ADDRESS, NO_GROUPS, NO_PERMISSION, NO_USERS, NOT_LOGGED_IN,
    PROJECT_REFUSED, WRONG_PASSWORD,
};
use crate::checks::course::{Course, Done, Step, Stopped};
use crate::checks::shell::shell_quoted;
use crate::checks::sign_in::form;
use crate::checks::sign_in::visit::{Ask, Place, Visit};
use crate::clients::http::Answer;
use cluster::check::StageKind;
use http::{Method, StatusCode};
use serde_json::{Value as Json, json};

/// How a request is sent.
const SENT: (&str, &str) = ("content-type", "application/json");
/// Where the token of a log-in stands.
const TOKEN: &str = "x-subject-token";
/// Quay looks for users and projects in this domain.
const DOMAIN: &str = "default";

/// Logs in, alone and with the project, and looks up users.
pub(super) async fn ask(course: &Course, visit: &mut Visit, account: &Account) -> Done {
    let place = account.place(course, "auth/tokens")?;
    let alone = log_in(course, visit, account, &place).await?;
    course.hide(&alone);
    let (token, catalog) = enter(course, visit, account, &place, &alone).await?;
    let admin = admin_address(course, account, &place, &catalog)?;
    users(course, visit, account, &admin, &token).await
}

/// Name and password alone, as Quay does for its health check.
async fn log_in(
    course: &Course,
    visit: &mut Visit,
    account: &Account,
    place: &Place,
) -> Result<String, Stopped> {
    let tried = format!("log in as {}", account.user);
    account.spare(course, &tried)?;
    let ask = Ask::post(StageKind::Authentication, tried, &[SENT], body(account, None));
    let (step, answer) = visit.ask(place, &ask).await?;
    let token = answer.header(TOKEN).to_owned();
    match answer.status {
        StatusCode::CREATED if !token.is_empty() => {
            course.forget_refusal(&account.values());
            step.pass("accepted");
            Ok(token)
        }
        StatusCode::UNAUTHORIZED => {
            course.remember_refusal(&account.values());
            Err(account.fail(step, &WRONG_PASSWORD, &answer, place, ""))
        }
        _ => Err(odd(account, step, &answer, place)),
    }
}

fn odd(account: &Account, step: Step, answer: &Answer, place: &Place) -> Stopped {
    let ill = answer.status.is_server_error();
    let fault = if ill { &KEYSTONE_ILL } else { &NOT_LOGGED_IN };
    account.fail(step, fault, answer, place, "")
}

fn body(account: &Account, project: Option<&str>) -> String {
    let user = json!({
        "name": account.user,
        "password": account.password,
        "domain": { "id": DOMAIN },
    });
    let identity = json!({ "methods": ["password"], "password": { "user": user } });
    let auth = match project {
        Some(name) => {
            let project = json!({ "name": name, "domain": { "id": DOMAIN } });
            json!({ "identity": identity, "scope": { "project": project } })
        }
        None => json!({ "identity": identity }),
    };
    json!({ "auth": auth }).to_string()
}

/// Name, password and project, as Quay does for every look-up; gives the token and the services.
async fn enter(
    course: &Course,
    visit: &mut Visit,
    account: &Account,
    place: &Place,
    alone: &str,
) -> Result<(String, Json), Stopped> {
    let tried = format!("log in as {} to the project {}", account.user, account.project);
    let body = body(account, Some(&account.project));
    let ask = Ask::post(StageKind::Permission, tried, &[SENT], body);
    let (step, answer) = visit.ask(place, &ask).await?;
    let token = answer.header(TOKEN).to_owned();
    course.hide(&token);
    match answer.status {
        StatusCode::CREATED if !token.is_empty() => {
            step.pass("accepted");
            let json = answer.json().unwrap_or_default();
            Ok((token, json.pointer("/token/catalog").cloned().unwrap_or_default()))
        }
        // The password is right, as was seen before; so it is the project.
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            let there = projects(course, visit, account, alone).await?;
            Err(account.fail(step, &PROJECT_REFUSED, &answer, place, &there))
        }
        _ => Err(odd(account, step, &answer, place)),
    }
}

/// The projects in which the account has a role.
async fn projects(
    course: &Course,
    visit: &mut Visit,
    account: &Account,
    token: &str,
) -> Result<String, Stopped> {
    let place = account.place(course, "auth/projects")?;
    let headers = [("x-auth-token", token)];
    let answer = visit.quietly(&place, Method::GET, &headers, String::new()).await;
    let json = answer.and_then(|answer| answer.json()).unwrap_or_default();
    let projects = json.get("projects").and_then(Json::as_array);
    let names = projects.into_iter().flatten().filter_map(|project| project.get("name")?.as_str());
    let names: Vec<&str> = names.collect();
    Ok(if names.is_empty() { "none".to_owned() } else { names.join(", ") })
}

/// The address at which Quay's library looks users up: the admin one in the list of services.
fn admin_address(
    course: &Course,
    account: &Account,
    place: &Place,
    catalog: &Json,
) -> Result<String, Stopped> {
    let step = course.begin(StageKind::Service, "Keystone's admin address in its list of services");
    let Some(url) = endpoint(catalog, "admin") else {
        let public = endpoint(catalog, "public").unwrap_or(account.url.as_str());
        let told = NO_ADMIN_ADDRESS.with(&[("url", shell_quoted(public).as_str())]);
        return Err(step.fail(format!("{} has none", place.origin), told));
    };
    step.pass(url);
    Ok(with_version(url))
}

/// The address of Keystone for this kind of use.
fn endpoint<'a>(catalog: &'a Json, interface: &str) -> Option<&'a str> {
    let mut services = catalog.as_array()?.iter();
    let service = services.find(|service| text(service, "type") == Some("identity"))?;
    let mut endpoints = service.get("endpoints")?.as_array()?.iter();
    let endpoint = endpoints.find(|endpoint| text(endpoint, "interface") == Some(interface))?;
    text(endpoint, "url")
}

fn text<'a>(json: &'a Json, name: &str) -> Option<&'a str> {
    json.get(name).and_then(Json::as_str)
}

/// Quay's library finds version 3 from the addresses that old installations have.
fn with_version(url: &str) -> String {
    let bare = url.trim_end_matches('/');
    let versioned = bare.strip_suffix("/v2.0").unwrap_or(bare);
    let has_path = versioned.split_once("://").is_some_and(|(_, rest)| rest.contains('/'));
    if has_path { versioned.to_owned() } else { format!("{versioned}/v3") }
}

/// Whether users can be found, and groups where teams follow them.
async fn users(
    course: &Course,
    visit: &mut Visit,
    account: &Account,
    admin: &str,
    token: &str,
) -> Done {
    let headers = [("x-auth-token", token)];
    let name = form(&[("name", account.user.as_str())]);
    let (tried, place) = page(course, admin, "users", &name)?;
    let ask = Ask::get_once(StageKind::Permission, tried, &headers);
    let (step, answer) = visit.ask(&place, &ask).await?;
    let found = account.looked_up(step, &answer, &place, &NO_PERMISSION)?;
    let step = course.begin(StageKind::Service, format!("whether {} is found", account.user));
    if found.get("users").and_then(Json::as_array).is_some_and(|users| !users.is_empty()) {
        step.pass("found");
    } else {
        step.warn("no user", NO_USERS.with(&[("user", account.user.as_str())]));
    }
    if account.groups {
        let (tried, place) = page(course, admin, "groups", "name=quay-console")?;
        let ask = Ask::get_once(StageKind::Permission, tried, &headers);
        let (step, answer) = visit.ask(&place, &ask).await?;
        account.looked_up(step, &answer, &place, &NO_GROUPS)?;
    }
    Ok(())
}

fn page(course: &Course, admin: &str, what: &str, query: &str) -> Result<(String, Place), Stopped> {
    let url = format!("{admin}/{what}?{query}");
    match Place::of(&url) {
        Some(place) => Ok((format!("GET {}: look up {what}", place.bare()), place)),
        None => {
            let step = course.begin(StageKind::Service, "the admin address");
            let told = NO_ADMIN_ADDRESS.with(&[("url", shell_quoted(admin).as_str())]);
            Err(step.fail(url, told))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_3_is_found_from_old_addresses() {
        for (listed, used) in [
            ("https://k:5000/v3", "https://k:5000/v3"),
            ("https://k:5000/v3/", "https://k:5000/v3"),
            ("https://k:35357", "https://k:35357/v3"),
            ("https://k:35357/v2.0", "https://k:35357/v3"),
            ("https://k/identity/v3", "https://k/identity/v3"),
        ] {
            assert_eq!(with_version(listed), used);
        }
    }

    #[test]
    fn an_address_is_found_in_the_list_of_services() {
        let catalog = json!([
            { "type": "compute", "endpoints": [{ "interface": "admin", "url": "https://c" }] },
            { "type": "identity", "endpoints": [
                { "interface": "public", "url": "https://public" },
                { "interface": "admin", "url": "https://admin" },
            ] },
        ]);
        assert_eq!(endpoint(&catalog, "admin"), Some("https://admin"));
        assert_eq!(endpoint(&catalog, "internal"), None);
        assert_eq!(endpoint(&json!(null), "admin"), None);
    }
}
