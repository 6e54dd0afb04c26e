//! The page about the API, made from its OpenAPI document.

use super::document::{ARCHIVE, openapi};
use crate::auth::USER;
use crate::http::guard::LoggedIn;
use crate::http::routes::editor::{editor_page, with_draft};
use crate::state::AppState;
use app::pages::api::{ApiPage, ApiParameter, ApiResponse, ApiRoute};
use app::{paths, text};
use axum::extract::State;
use axum::response::Response;
use config_model::bundle::ARCHIVE_NAME;
use leptos::prelude::*;
use utoipa::openapi::path::{Operation, Parameter};
use utoipa::openapi::{OpenApi, RefOr, Required, Schema};

/// Where the examples find the console.
const EXAMPLE_ORIGIN: &str = "http://localhost:8080";
/// The file the examples keep a bundle in.
const EXAMPLE_FILE: &str = "bundle.json";

/// The page.
pub async fn show(_: LoggedIn, State(state): State<AppState>) -> Response {
    with_draft(&state, |_, view| {
        let title = text::api().title;
        let routes = routes(&openapi());
        editor_page(&state, title, paths::API.to_owned(), view, None, move || {
            view! { <ApiPage routes=routes/> }.into_any()
        })
    })
    .await
}

/// Every route of the document, in its order.
fn routes(document: &OpenApi) -> Vec<ApiRoute> {
    let items = document.paths.paths.iter();
    items
        .flat_map(|(path, item)| {
            let operations = [("GET", &item.get), ("POST", &item.post)];
            operations.into_iter().filter_map(move |(method, operation)| {
                operation.as_ref().map(|operation| route(method, path, operation))
            })
        })
        .collect()
}

fn route(method: &'static str, path: &str, operation: &Operation) -> ApiRoute {
    let parameters = parameters(operation);
    ApiRoute {
        method,
        path: path.to_owned(),
        summary: operation.summary.clone().unwrap_or_default(),
        description: operation.description.clone().unwrap_or_default(),
        example: example(path, operation, &parameters),
        parameters: parameters
            .into_iter()
            .map(|parameter| ApiParameter {
                name: parameter.name.clone(),
                required: parameter.required == Required::True,
                description: parameter.description.clone().unwrap_or_default(),
            })
            .collect(),
        responses: responses(operation),
    }
}

fn parameters(operation: &Operation) -> Vec<&Parameter> {
    let all = operation.parameters.iter().flatten();
    all.filter_map(|parameter| match parameter {
        RefOr::T(parameter) => Some(parameter),
        RefOr::Ref(_) => None,
    })
    .collect()
}

fn responses(operation: &Operation) -> Vec<ApiResponse> {
    let all = operation.responses.responses.iter();
    all.map(|(code, response)| ApiResponse {
        code: code.clone(),
        description: match response {
            RefOr::T(response) => response.description.clone(),
            RefOr::Ref(other) => other.description.clone(),
        },
    })
    .collect()
}

/// What a person types in a shell.
fn example(path: &str, operation: &Operation, parameters: &[&Parameter]) -> String {
    let mut words = vec!["curl".to_owned()];
    if operation.security.is_some() {
        words.push(format!("-u {USER}"));
    }
    if operation.request_body.is_some() {
        words.push("-H 'Content-Type: application/json'".to_owned());
        words.push(format!("--data-binary @{EXAMPLE_FILE}"));
    }
    if gives(operation, ARCHIVE) {
        words.push(format!("--output {ARCHIVE_NAME}"));
    } else if operation.security.is_some() && operation.request_body.is_none() {
        words.push(format!("--output {EXAMPLE_FILE}"));
    }
    let query: Vec<String> = parameters
        .iter()
        .filter_map(|parameter| Some(format!("{}={}", parameter.name, usual(parameter)?)))
        .collect();
    let mark = if query.is_empty() { "" } else { "?" };
    words.push(format!("'{EXAMPLE_ORIGIN}{path}{mark}{}'", query.join("&")));
    words.join(" ")
}

/// Whether a body of this type can be answered.
fn gives(operation: &Operation, kind: &str) -> bool {
    operation.responses.responses.values().any(
        |response| matches!(response, RefOr::T(response) if response.content.contains_key(kind)),
    )
}

/// What is taken for a parameter that is left out.
fn usual(parameter: &Parameter) -> Option<&str> {
    match parameter.schema.as_ref()? {
        RefOr::T(Schema::Object(object)) => object.default.as_ref()?.as_str(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_shows_every_route_of_the_document_with_an_example() {
        let routes = routes(&openapi());
        let shown: Vec<(&str, &str)> =
            routes.iter().map(|route| (route.method, route.path.as_str())).collect();
        assert_eq!(
            shown,
            [
                ("GET", paths::API_CONFIG),
                ("POST", paths::API_DOWNLOAD),
                ("POST", paths::API_OPERATOR),
                ("POST", paths::API_VALIDATE),
            ]
        );
        let examples: Vec<&str> = routes.iter().map(|route| route.example.as_str()).collect();
        assert_eq!(
            examples,
            [
                "curl -u quayconfig --output bundle.json 'http://localhost:8080/api/v1/config'",
                "curl -u quayconfig -H 'Content-Type: application/json' --data-binary @bundle.json --output quay-config.tar.gz 'http://localhost:8080/api/v1/config/download'",
                "curl 'http://localhost:8080/api/v1/config/operator'",
                "curl -u quayconfig -H 'Content-Type: application/json' --data-binary @bundle.json 'http://localhost:8080/api/v1/config/validate?mode=online'",
            ]
        );
        for route in &routes {
            assert!(!route.summary.is_empty() && !route.description.is_empty(), "{}", route.path);
            assert!(!route.responses.is_empty(), "{}", route.path);
        }
    }
}
