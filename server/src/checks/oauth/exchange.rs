//! A made-up code is exchanged: whoever complains of the code has accepted who sent it.

use super::application::Application;
use super::{
    CALLBACK_UNKNOWN, CODES_NOT_ALLOWED, NOT_JUDGED, NOTHING_THERE, SITE_ILL, WRONG_CREDENTIALS,
};
use crate::checks::course::{Done, Step};
use crate::checks::fault::{Fault, Told};
use crate::checks::shell::shell_quoted;
use crate::checks::sign_in::verdict::Verdict;
use crate::checks::sign_in::visit::{Ask, Place, Visit};
use crate::checks::sign_in::{FORM, JSON, MADE_UP_CODE, form, said};
use crate::clients::http::Answer;
use cluster::check::StageKind;

/// What Bitbucket says of a wrong code.
const BITBUCKET_CODE: &str = "code is not valid";

/// Exchanges with ID and secret in the form.
pub(super) async fn in_form(visit: &mut Visit, application: &Application, place: &Place) -> Done {
    let body = form(&[
        ("grant_type", "authorization_code"),
        ("code", MADE_UP_CODE),
        ("redirect_uri", &application.callback),
        ("client_id", &application.client),
        ("client_secret", &application.secret),
    ]);
    let ask = Ask::post(StageKind::Authentication, tried(place), &[FORM, JSON], body);
    let (step, answer) = visit.ask(place, &ask).await?;
    end(step, &answer, Verdict::of(&answer), application, place)
}

/// Exchanges with key and secret in a header.
pub(super) async fn in_header(visit: &mut Visit, application: &Application, place: &Place) -> Done {
    let body = form(&[("grant_type", "authorization_code"), ("code", MADE_UP_CODE)]);
    let header = visit.basic(&application.client, &application.secret);
    let headers = [FORM, JSON, ("authorization", header.as_str())];
    let ask = Ask::post(StageKind::Authentication, tried(place), &headers, body);
    let (step, answer) = visit.ask(place, &ask).await?;
    let verdict = match Verdict::of(&answer) {
        // Bitbucket calls a wrong key or secret so.
        Verdict::NoCodes => Verdict::Refused,
        Verdict::Unclear if answer.text().contains(BITBUCKET_CODE) => Verdict::Accepted,
        other => other,
    };
    end(step, &answer, verdict, application, place)
}

fn tried(place: &Place) -> String {
    format!("exchange a made-up code at {place}")
}

/// Ends the stage of an exchange.
pub(super) fn end(
    step: Step,
    answer: &Answer,
    verdict: Verdict,
    application: &Application,
    place: &Place,
) -> Done {
    let fault = match verdict {
        Verdict::Accepted => {
            step.pass(format!("{}; so only the code is unknown", said(answer)));
            return Ok(());
        }
        Verdict::Unclear => {
            step.warn(said(answer), told(&NOT_JUDGED, answer, application, place));
            return Ok(());
        }
        Verdict::Refused => &WRONG_CREDENTIALS,
        Verdict::OtherAddress => &CALLBACK_UNKNOWN,
        Verdict::NoCodes => &CODES_NOT_ALLOWED,
        Verdict::NotThere => &NOTHING_THERE,
        Verdict::Ill => &SITE_ILL,
    };
    Err(step.fail(said(answer), told(fault, answer, application, place)))
}

/// A fault with what is known of the application and the answer.
pub(super) fn told(
    fault: &'static Fault,
    answer: &Answer,
    application: &Application,
    place: &Place,
) -> Told {
    let (url, status) = (place.to_string(), said(answer));
    fault.with(&[
        ("site", application.site),
        ("callback", application.shown_callback.as_str()),
        ("url", url.as_str()),
        ("quoted", shell_quoted(&url).as_str()),
        ("status", status.as_str()),
    ])
}
