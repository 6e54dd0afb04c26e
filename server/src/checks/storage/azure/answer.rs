//! What it means that Azure does not do something.

use super::faults::{
    AZURE_ACCOUNT_OFF, AZURE_ACCOUNT_UNKNOWN, AZURE_CLOCK_REFUSED, AZURE_CONTAINER_GOING,
    AZURE_CONTAINER_MISSING, AZURE_CONTAINER_NAME, AZURE_FAILS, AZURE_HTTPS_WANTED,
    AZURE_IMMUTABLE, AZURE_KEYS_NOT_TAKEN, AZURE_NETWORK_REFUSED, AZURE_OTHER_SERVICE,
    AZURE_REFUSES, AZURE_TOKEN_OTHER_PLACE, AZURE_TOKEN_REFUSED, AZURE_WRONG_KEY,
};
use super::settings::{Credential, Engine};
use crate::checks::fault::{Fault, Told};
use crate::clients::date;
use crate::clients::http::Answer;
use roxmltree::Document;

/// Minutes that Azure lets clocks differ.
const APART_MINUTES_MAX: i64 = 15;

/// What Azure says of a request that it refuses.
pub(super) struct Refusal {
    /// Its word for it, empty where there is none.
    pub(super) code: String,
    message: String,
    detail: String,
}

impl Refusal {
    pub(super) fn of(answer: &Answer) -> Self {
        let text = answer.text();
        let xml = Document::parse(&text).ok();
        let get = |name: &str| {
            let nodes = xml.iter().flat_map(Document::descendants);
            let found = nodes.filter(|node| node.has_tag_name(name)).find_map(|node| node.text());
            found.unwrap_or_default().trim().to_owned()
        };
        let code = Some(answer.header("x-ms-error-code").to_owned());
        Self {
            code: code.filter(|code| !code.is_empty()).unwrap_or_else(|| get("Code")),
            message: get("Message"),
            detail: get("AuthenticationErrorDetail"),
        }
    }

    /// Whether it is not known who asks. Azurite says it with another code.
    fn is_unknown(&self) -> bool {
        let codes = ["AuthenticationFailed", "InvalidAuthenticationInfo"];
        codes.contains(&self.code.as_str()) || self.message.contains("failed to authenticate")
    }
}

/// An answer, for a person: its status, its code, and the first line of what it says.
pub(super) fn shown(answer: &Answer) -> String {
    let refusal = Refusal::of(answer);
    let line = refusal.message.lines().next().unwrap_or_default();
    let parts = [answer.status.to_string(), refusal.code, line.to_owned(), refusal.detail];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ")
}

/// The same as part of a sentence.
pub(super) fn clause(answer: &Answer) -> String {
    shown(answer).trim_end_matches('.').to_owned()
}

/// How far clocks are apart, for a person; where the header does not show it, Azure has said so.
pub(super) fn difference(minutes: i64) -> String {
    match minutes {
        0 => format!("more than {APART_MINUTES_MAX} minutes"),
        1 => "a minute".to_owned(),
        minutes => format!("{minutes} minutes"),
    }
}

/// Whether an answer is from a blob store of Azure, or from something that does as if it were.
pub(super) fn is_azures(answer: &Answer) -> bool {
    !answer.header("x-ms-request-id").is_empty() || !answer.header("x-ms-error-code").is_empty()
}

/// By how many seconds the clock of whoever answered is ahead.
pub(super) fn ahead(answer: &Answer, now: i64) -> Option<i64> {
    Some(date::of_http(answer.header("date"))? - now)
}

/// What was to be done when Azure refused.
#[derive(Clone, Copy)]
pub(super) struct Aim<'a> {
    /// What the store does not do, after "does not".
    pub(super) action: &'a str,
    /// The blob.
    pub(super) object: &'a str,
    /// What it means that the credential does not reach so far.
    pub(super) forbidden: &'static Fault,
}

/// What it means that an answer is not a good one.
pub(super) fn meaning(engine: &Engine, answer: &Answer, now: i64, aim: Aim<'_>) -> Told {
    let refusal = Refusal::of(answer);
    let (status, apart) = (clause(answer), ahead(answer, now).unwrap_or_default().abs() / 60);
    let difference = difference(apart);
    let places = [
        ("account", engine.account.as_str()),
        ("container", engine.container.as_str()),
        ("host", engine.origin.host.as_str()),
        ("object", aim.object),
        ("action", aim.action),
        ("status", status.as_str()),
        ("difference", difference.as_str()),
    ];
    let fault: &'static Fault = if !is_azures(answer) {
        &AZURE_OTHER_SERVICE
    } else if refusal.is_unknown() {
        let by_clock = refusal.detail.contains("date header") || apart >= APART_MINUTES_MAX;
        match engine.credential {
            _ if by_clock => &AZURE_CLOCK_REFUSED,
            Credential::Key(_) => &AZURE_WRONG_KEY,
            Credential::Token(_) => &AZURE_TOKEN_REFUSED,
        }
    } else {
        by_code(&refusal.code, aim.forbidden).unwrap_or(if answer.status.is_server_error() {
            &AZURE_FAILS
        } else {
            &AZURE_REFUSES
        })
    };
    fault.with(&places)
}

fn by_code(code: &str, forbidden: &'static Fault) -> Option<&'static Fault> {
    let fault: &'static Fault = match code {
        "AuthorizationPermissionMismatch"
        | "AuthorizationResourceTypeMismatch"
        | "AuthorizationServiceMismatch"
        | "InsufficientAccountPermissions" => forbidden,
        "AuthorizationFailure" => &AZURE_NETWORK_REFUSED,
        "AuthorizationSourceIPMismatch" => &AZURE_TOKEN_OTHER_PLACE,
        "AuthorizationProtocolMismatch" | "AccountRequiresHttps" => &AZURE_HTTPS_WANTED,
        "KeyBasedAuthenticationNotPermitted" => &AZURE_KEYS_NOT_TAKEN,
        "AccountIsDisabled" => &AZURE_ACCOUNT_OFF,
        "ResourceNotFound" => &AZURE_ACCOUNT_UNKNOWN,
        "ContainerNotFound" => &AZURE_CONTAINER_MISSING,
        "ContainerBeingDeleted" => &AZURE_CONTAINER_GOING,
        "InvalidResourceName" | "OutOfRangeInput" => &AZURE_CONTAINER_NAME,
        code if code.contains("Immutable") => &AZURE_IMMUTABLE,
        _ => return None,
    };
    Some(fault)
}
