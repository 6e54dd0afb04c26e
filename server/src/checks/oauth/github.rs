//! GitHub and GitHub Enterprise: the interface for programs, the codes, the organizations.

use super::application::{Application, Github};
use super::exchange::{end, told};
use super::{
    NO_SUCH_ORGANIZATION, NOT_GITHUB, NOT_JUDGED, ORGANIZATION_UNCLEAR, SITE_ILL, WRONG_CREDENTIALS,
};
use crate::checks::INCOMPLETE;
use crate::checks::course::{Course, Done, Stopped};
use crate::checks::sign_in::verdict::Verdict;
use crate::checks::sign_in::visit::{Ask, Place, Visit};
use crate::checks::sign_in::{FORM, JSON, MADE_UP_CODE, below, form, said};
use crate::clients::http::Answer;
use crate::clients::sigv4::encoded;
use cluster::check::StageKind;
use http::StatusCode;

/// A header that every answer of GitHub has; Quay knows it by that.
const MARK: &str = "x-github-request-id";
/// What GitHub's interface is asked with.
const ACCEPT: (&str, &str) = ("accept", "application/vnd.github+json");
/// Organizations that are looked up.
const ORGANIZATIONS_MAX: usize = 20;

/// Tries one GitHub.
pub(super) async fn ask(
    course: &Course,
    visit: &mut Visit,
    application: &Application,
    github: &Github,
) -> Done {
    let header = visit.basic(&application.client, &application.secret);
    interface(course, visit, application, github, &header).await?;
    exchange(visit, application, github).await?;
    organizations(course, visit, github, &header).await
}

fn place(course: &Course, github: &Github, rest: &str) -> Result<Place, Stopped> {
    let url = below(&github.api, rest);
    Place::of(&url).ok_or_else(|| {
        let step = course.begin(StageKind::Settings, "the API address");
        step.fail(url, INCOMPLETE.with(&[("what", "the API address")]))
    })
}

/// Whether GitHub answers programs there, and knows ID and secret.
async fn interface(
    course: &Course,
    visit: &mut Visit,
    application: &Application,
    github: &Github,
    header: &str,
) -> Done {
    let root = place(course, github, "")?;
    let ask = Ask::get(StageKind::Service, format!("GET {root}: is it GitHub?"), &[ACCEPT]);
    let (step, answer) = visit.ask(&root, &ask).await?;
    if answer.status.is_server_error() {
        return Err(step.fail(said(&answer), told(&SITE_ILL, &answer, application, &root)));
    }
    if answer.header(MARK).is_empty() || answer.json().is_none() {
        return Err(step.fail(said(&answer), told(&NOT_GITHUB, &answer, application, &root)));
    }
    step.pass(answer.status.to_string());
    // GitHub looks up a token of the application: with the right ID and secret there is none of
    // this text, with wrong ones nobody is told.
    let tokens =
        place(course, github, &format!("applications/{}/token", encoded(&application.client, "")))?;
    let headers = [ACCEPT, ("content-type", "application/json"), ("authorization", header)];
    let body = serde_json::json!({ "access_token": MADE_UP_CODE }).to_string();
    let tried = format!("POST {tokens}: are ID and secret known?");
    let ask = Ask::post(StageKind::Authentication, tried, &headers, body);
    let (step, answer) = visit.ask(&tokens, &ask).await?;
    match answer.status {
        StatusCode::NOT_FOUND | StatusCode::UNPROCESSABLE_ENTITY if is_githubs(&answer) => {
            step.pass(format!("{}; so only the token is unknown", said(&answer)));
            Ok(())
        }
        StatusCode::UNAUTHORIZED => {
            Err(step.fail(said(&answer), told(&WRONG_CREDENTIALS, &answer, application, &tokens)))
        }
        status if status.is_server_error() => {
            Err(step.fail(said(&answer), told(&SITE_ILL, &answer, application, &tokens)))
        }
        _ => {
            step.warn(said(&answer), told(&NOT_JUDGED, &answer, application, &tokens));
            Ok(())
        }
    }
}

/// Whether an answer is one of the interface, and not of a proxy before it.
fn is_githubs(answer: &Answer) -> bool {
    answer.json().is_some_and(|json| json.get("message").is_some())
}

/// Whether GitHub exchanges codes for the callback address.
async fn exchange(visit: &mut Visit, application: &Application, github: &Github) -> Done {
    let body = form(&[
        ("code", MADE_UP_CODE),
        ("grant_type", "authorization_code"),
        ("redirect_uri", &application.callback),
        ("client_id", &application.client),
        ("client_secret", &application.secret),
    ]);
    let tried = format!("exchange a made-up code at {}", github.tokens);
    let ask = Ask::post(StageKind::Authentication, tried, &[FORM, JSON], body);
    let (step, answer) = visit.ask(&github.tokens, &ask).await?;
    let verdict = match Verdict::of(&answer) {
        // For an ID it does not know GitHub answers so, in JSON.
        Verdict::NotThere if answer.json().is_some() => Verdict::Refused,
        other => other,
    };
    end(step, &answer, verdict, application, &github.tokens)
}

/// Whether the organizations are there whose members may log in.
async fn organizations(course: &Course, visit: &Visit, github: &Github, header: &str) -> Done {
    let count = github.organizations.len().min(ORGANIZATIONS_MAX);
    let (names, rest) = github.organizations.split_at(count);
    if names.is_empty() {
        return Ok(());
    }
    let at = |name: &String| format!("orgs/{}", encoded(&name.to_lowercase(), ""));
    let places: Result<Vec<Place>, Stopped> =
        names.iter().map(|name| place(course, github, &at(name))).collect();
    let places = places?;
    let step = course.begin(StageKind::Service, "whether the organizations are there");
    let answers = visit.each_quietly(&places, &[ACCEPT, ("authorization", header)]).await;
    let (mut known, mut missing, mut unclear) = (Vec::new(), Vec::new(), Vec::new());
    let mut said_of_them = Vec::new();
    for (name, answer) in names.iter().zip(answers) {
        let (list, status) = match answer {
            None => (&mut unclear, Some("nothing in time".to_owned())),
            Some(answer) if answer.status == StatusCode::NOT_FOUND => (&mut missing, None),
            Some(answer) if answer.status.is_success() || answer.status.is_redirection() => {
                (&mut known, None)
            }
            Some(answer) => (&mut unclear, Some(said(&answer))),
        };
        list.push(name.as_str());
        said_of_them.extend(status);
    }
    let answer = format!("there: {}", known.join(", "));
    let done = if !missing.is_empty() {
        let names = missing.join(", ");
        Err(step.fail(answer, NO_SUCH_ORGANIZATION.with(&[("names", &names)])))
    } else if unclear.is_empty() {
        step.pass(answer);
        Ok(())
    } else {
        said_of_them.dedup();
        let (names, status) = (unclear.join(", "), said_of_them.join("; "));
        let places = [("names", names.as_str()), ("status", status.as_str())];
        step.warn(answer, ORGANIZATION_UNCLEAR.with(&places));
        Ok(())
    };
    if !rest.is_empty() {
        let tried = format!("the organizations behind the first {ORGANIZATIONS_MAX}");
        let step = course.begin(StageKind::Service, tried);
        step.skip(format!("not looked at: {}", rest.join(", ")));
    }
    done
}
