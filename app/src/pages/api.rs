//! The API for programs, as a page: every route with what it takes, what it answers, an example.

use crate::{paths, text};
use leptos::prelude::*;

/// A route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiRoute {
    /// How it is asked, for example `GET`.
    pub method: &'static str,
    /// Its address.
    pub path: String,
    /// What it is for, in a few words.
    pub summary: String,
    /// What it does.
    pub description: String,
    /// What may stand behind the address.
    pub parameters: Vec<ApiParameter>,
    /// What it answers.
    pub responses: Vec<ApiResponse>,
    /// What a person types in a shell.
    pub example: String,
}

/// Something that may stand behind an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiParameter {
    /// Its name.
    pub name: String,
    /// Whether nothing is answered without it.
    pub required: bool,
    /// What it is for.
    pub description: String,
}

/// One of the answers of a route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiResponse {
    /// The status.
    pub code: String,
    /// When it is given.
    pub description: String,
}

/// Every route.
#[component]
pub fn ApiPage(
    /// The routes, in the order to show them.
    routes: Vec<ApiRoute>,
) -> impl IntoView {
    let t = text::api();
    view! {
        <section class="pf-v6-c-page__main-section head">
            <h1 class="pf-v6-c-title pf-m-xl">{t.title}</h1>
            <p class="head__lead">{t.lead}</p>
            <p class="head__lead"><a href=paths::API_DOCUMENT>{t.document}</a></p>
        </section>
        <section class="pf-v6-c-page__main-section">
            <div class="stack">{routes.into_iter().map(route_card).collect_view()}</div>
        </section>
    }
}

fn route_card(route: ApiRoute) -> impl IntoView {
    let t = text::api();
    let name = format!("{} {}", route.method, route.path);
    // Each region that scrolls is named, and differently.
    let label = |what: &str| format!("{what}: {name}");
    let (asked, answered, shown) = (label(t.parameters), label(t.answers), label(t.example));
    let answers: Vec<(String, String)> =
        route.responses.into_iter().map(|response| (response.code, response.description)).collect();
    let parameters: Vec<(String, String)> = route.parameters.into_iter().map(parameter).collect();
    view! {
        <section class="pf-v6-c-card">
            <div class="pf-v6-c-card__title">
                <h2 class="pf-v6-c-card__title-text">{route.summary}</h2>
                <code>{name}</code>
            </div>
            <div class="pf-v6-c-card__body">
                <p>{route.description}</p>
                {(!parameters.is_empty()).then(|| table(t.parameters, asked, t.parameter, parameters))}
                {table(t.answers, answered, t.code, answers)}
                <h3>{t.example}</h3>
                <div class="scroll" role="region" aria-label=shown tabindex="0">
                    <pre><code>{route.example}</code></pre>
                </div>
            </div>
        </section>
    }
}

/// The name of a parameter, and what it is for.
fn parameter(parameter: ApiParameter) -> (String, String) {
    let live = text::live();
    let word = if parameter.required { live.required } else { live.optional };
    (format!("{} ({word})", parameter.name), parameter.description)
}

/// A heading, and a table of names and what they mean.
fn table(
    title: &'static str,
    label: String,
    column: &'static str,
    rows: Vec<(String, String)>,
) -> impl IntoView {
    let t = text::api();
    let rows = rows.into_iter().map(|(name, meaning)| {
        view! {
            <tr>
                <td><code>{name}</code></td>
                <td>{meaning}</td>
            </tr>
        }
    });
    view! {
        <h3>{title}</h3>
        <div class="scroll" role="region" aria-label=label tabindex="0">
            <table class="table">
                <thead><tr><th scope="col">{column}</th><th scope="col">{t.meaning}</th></tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
}
