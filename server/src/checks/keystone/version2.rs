//! Version 2 of Keystone's interface, which only very old installations have.

use super::settings::Account;
use super::{
    KEYSTONE_ILL, NO_ADMIN_ADDRESS, NO_PERMISSION, NOT_LOGGED_IN, PROJECT_REFUSED, WRONG_PASSWORD,
};
use crate::checks::course::{Course, Done, Stopped};
use crate::checks::fault::Fault;
use crate::checks::shell::shell_quoted;
use crate::checks::sign_in::visit::{Ask, Place, Visit};
use cluster::check::StageKind;
use http::StatusCode;
use serde_json::{Value as Json, json};

/// How a request is sent.
const SENT: (&str, &str) = ("content-type", "application/json");

/// Logs in, alone and with the tenant, and looks up a user as every log-in does.
pub(super) async fn ask(course: &Course, visit: &mut Visit, account: &Account) -> Done {
    let place = account.place(course, "tokens")?;
    let credentials = json!({ "username": account.user, "password": account.password });
    let body = json!({ "auth": { "passwordCredentials": credentials } });
    let tried = format!("log in as {}", account.user);
    account.spare(course, &tried)?;
    let ask = Ask::post(StageKind::Authentication, tried, &[SENT], body.to_string());
    let alone = log_in(course, visit, account, &place, &ask, &WRONG_PASSWORD).await?;
    course.forget_refusal(&account.values());
    course.hide(text(&alone, "/token/id"));
    let whole = json!({
        "auth": { "passwordCredentials": credentials, "tenantName": account.project },
    });
    let tried = format!("log in as {} to the tenant {}", account.user, account.project);
    let ask = Ask::post(StageKind::Permission, tried, &[SENT], whole.to_string());
    let access = log_in(course, visit, account, &place, &ask, &PROJECT_REFUSED).await?;
    user(course, visit, account, &access).await
}

/// One log-in; gives what Keystone grants.
async fn log_in(
    course: &Course,
    visit: &mut Visit,
    account: &Account,
    place: &Place,
    ask: &Ask<'_>,
    refused: &'static Fault,
) -> Result<Json, Stopped> {
    let (step, answer) = visit.ask(place, ask).await?;
    let access = answer.json().and_then(|json| json.get("access").cloned());
    let fault = match (answer.status, access) {
        (StatusCode::OK, Some(access)) => {
            step.pass("accepted");
            return Ok(access);
        }
        (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN, _) => {
            if refused.name == WRONG_PASSWORD.name {
                course.remember_refusal(&account.values());
            }
            refused
        }
        (status, _) if status.is_server_error() => &KEYSTONE_ILL,
        _ => &NOT_LOGGED_IN,
    };
    Err(account.fail(step, fault, &answer, place, "it does not say"))
}

/// Looks the account itself up at the admin address.
async fn user(course: &Course, visit: &mut Visit, account: &Account, access: &Json) -> Done {
    let (token, id) = (text(access, "/token/id"), text(access, "/user/id"));
    course.hide(token);
    let services = access.get("serviceCatalog").and_then(Json::as_array);
    let identity = services
        .into_iter()
        .flatten()
        .find(|service| service.get("type").and_then(Json::as_str) == Some("identity"));
    let admin = identity.and_then(|service| service.pointer("/endpoints/0/adminURL")?.as_str());
    let place = admin.and_then(|url| Place::of(&format!("{}/users/{id}", bare(url))));
    let Some(place) = place else {
        let step = course.begin(StageKind::Service, "Keystone's admin address");
        let told = NO_ADMIN_ADDRESS.with(&[("url", shell_quoted(&account.url).as_str())]);
        return Err(step.fail("there is none", told));
    };
    let headers = [("x-auth-token", token)];
    let tried = format!("GET {}: look up a user", place.bare());
    let ask = Ask::get_once(StageKind::Permission, tried, &headers);
    let (step, answer) = visit.ask(&place, &ask).await?;
    account.looked_up(step, &answer, &place, &NO_PERMISSION).map(drop)
}

fn text<'a>(access: &'a Json, pointer: &str) -> &'a str {
    access.pointer(pointer).and_then(Json::as_str).unwrap_or_default()
}

fn bare(url: &str) -> &str {
    url.trim_end_matches('/')
}
