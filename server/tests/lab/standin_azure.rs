//! Stand-ins for stores of Azure that refuse for reasons which Azurite does not have.

use super::standin_web::{Asked, answering};
use super::web::Web;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};

/// An answer as Azure gives it when it refuses.
pub(crate) fn refusal(status: u16, code: &str, message: &str, detail: &str) -> Response {
    let status = StatusCode::from_u16(status).expect("a status");
    let detail = match detail {
        "" => String::new(),
        detail => format!("<AuthenticationErrorDetail>{detail}</AuthenticationErrorDetail>"),
    };
    let body = format!(
        "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>{code}</Code>\
         <Message>{message}\nRequestId:1\nTime:2026-11-18T11:06:40Z</Message>{detail}</Error>"
    );
    let headers = [("x-ms-error-code", code), ("x-ms-request-id", "1")];
    let headers = headers.map(|(name, value)| (name, value.to_owned()));
    (status, headers, body).into_response()
}

/// A store that refuses everything in this way.
pub(crate) async fn refusing(
    status: u16,
    code: &'static str,
    message: &'static str,
    detail: &'static str,
) -> Web {
    Web::start(answering(move |_: &Asked| refusal(status, code, message, detail))).await
}
