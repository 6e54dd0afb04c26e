//! A stand-in for Clair, of which there is no package. It answers as Clair's sources say, and
//! really looks at what is signed.

use super::certificates::Signed;
use super::web::Web;
use app::text::utc_stamp;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// Seconds by which what is signed may be over, as Clair has it.
const LEEWAY: i64 = 15;

/// How the matcher is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Matcher {
    /// It compares.
    Works,
    /// It fetches for the first time.
    Begins,
    /// It does not reach its database.
    Fails,
    /// It runs elsewhere.
    IsElsewhere,
}

/// What it is like.
#[derive(Clone, Debug)]
pub(crate) struct Clair {
    /// The key it wants what is signed with.
    pub(crate) key: Option<&'static [u8]>,
    /// What its clock shows.
    pub(crate) now: i64,
    /// Whether its indexer reaches its database.
    pub(crate) indexes: bool,
    /// How its matcher is.
    pub(crate) matcher: Matcher,
    /// When each source was last fetched, if it tells.
    pub(crate) updates: Option<&'static [&'static str]>,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    exp: i64,
}

impl Clair {
    /// One that works, with this key.
    pub(crate) fn with_key(key: Option<&'static [u8]>, now: i64) -> Self {
        let updates: &[_] = &["2026-11-18T03:00:00.25Z", "2026-11-17T12:00:00Z"];
        Self { key, now, indexes: true, matcher: Matcher::Works, updates: Some(updates) }
    }

    /// Runs it.
    pub(crate) async fn run(self) -> Web {
        Web::start(self.router()).await
    }

    /// Runs it with TLS.
    pub(crate) async fn run_tls(self, signed: &Signed) -> Web {
        Web::start_tls(self.router(), signed).await
    }

    fn router(self) -> Router {
        Router::new().fallback(answer).with_state(Arc::new(self))
    }

    /// Whether a request is signed with the key, by Quay, and not too long ago.
    fn lets_in(&self, request: &Request) -> bool {
        let Some(key) = self.key else { return true };
        let token = request.headers().get(header::AUTHORIZATION);
        let token = token.and_then(|token| token.to_str().ok()?.strip_prefix("Bearer "));
        let Some(token) = token else { return false };
        let mut validation = Validation::new(Algorithm::HS256);
        validation.validate_exp = false;
        validation.required_spec_claims.clear();
        let decoded = decode::<Claims>(token, &DecodingKey::from_secret(key), &validation);
        decoded
            .is_ok_and(|token| token.claims.iss == "quay" && token.claims.exp + LEEWAY >= self.now)
    }

    fn updates(&self) -> Response {
        let Some(dates) = self.updates else { return not_found() };
        if dates.is_empty() {
            return Value::Null.to_string().into_response();
        }
        let one = |(at, date): (usize, &&str)| {
            let update = json!({
                "ref": "1c6a3c0a-5d3d-4b0a-9d3c-0a5d3d4b0a9d", "updater": format!("source-{at}"),
                "fingerprint": "", "date": date, "kind": "vulnerability"
            });
            (format!("source-{at}"), json!([update]))
        };
        let all: serde_json::Map<String, Value> = dates.iter().enumerate().map(one).collect();
        Value::Object(all).to_string().into_response()
    }

    fn report(&self) -> Response {
        match self.matcher {
            Matcher::Works => {
                let message = "index report for manifest \"sha256:00\" not found";
                error(StatusCode::NOT_FOUND, "not-found", message)
            }
            Matcher::Begins => StatusCode::ACCEPTED.into_response(),
            Matcher::Fails => {
                let message = "failed to connect to `host=db`: connection refused";
                error(StatusCode::INTERNAL_SERVER_ERROR, "internal-server-error", message)
            }
            Matcher::IsElsewhere => not_found(),
        }
    }
}

async fn answer(State(clair): State<Arc<Clair>>, request: Request) -> Response {
    let answer = match request.uri().path() {
        _ if !clair.lets_in(&request) => StatusCode::UNAUTHORIZED.into_response(),
        "/indexer/api/v1/index_state" if clair.indexes => {
            json!({ "state": "77f09d7b6f3b0b6d" }).to_string().into_response()
        }
        "/indexer/api/v1/index_state" => {
            let message = "could not retrieve indexer state: the database is gone.";
            error(StatusCode::INTERNAL_SERVER_ERROR, "internal-server-error", message)
        }
        path if path.starts_with("/matcher/api/v1/vulnerability_report/sha256:") => clair.report(),
        "/matcher/api/v1/internal/update_operation" => clair.updates(),
        _ => not_found(),
    };
    ([(header::DATE, http_date(clair.now))], answer).into_response()
}

fn error(status: StatusCode, code: &str, message: &str) -> Response {
    (status, json!({ "code": code, "message": message }).to_string()).into_response()
}

/// What Go answers where nothing is.
fn not_found() -> Response {
    (StatusCode::NOT_FOUND, "404 page not found\n").into_response()
}

/// A moment as HTTP writes it.
fn http_date(seconds: i64) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    let index = |number: i64| usize::try_from(number).expect("it is small");
    let day = DAYS[index(seconds.div_euclid(86_400).rem_euclid(7))];
    let stamp = utc_stamp(seconds);
    let month = MONTHS[stamp[4..6].parse::<usize>().expect("two digits") - 1];
    let (year, date) = (&stamp[..4], &stamp[6..8]);
    let (hour, minute, second) = (&stamp[9..11], &stamp[11..13], &stamp[13..15]);
    format!("{day}, {date} {month} {year} {hour}:{minute}:{second} GMT")
}
