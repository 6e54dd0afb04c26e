//! Turns a page into HTML, with a nonce of its own and no trace of it in any cache.

use crate::state::AppState;
use app::pages::message::MessagePage;
use app::shell::{Shell, ShellProps, content_security_policy};
use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use leptos::nonce::Nonce;
use leptos::prelude::*;
use std::sync::Arc;

/// Renders a page. `live` pages load the browser's program, the others do without.
pub fn page(
    state: &AppState,
    status: StatusCode,
    title: &str,
    live: bool,
    content: impl FnOnce() -> AnyView + Send + 'static,
) -> Response {
    let options =
        LeptosOptions::builder().output_name("console").site_pkg_dir(state.assets.folder()).build();
    let title = title.to_owned();
    let owner = Owner::new_root(Some(Arc::new(hydration_context::SsrSharedContext::new_islands())));
    let (html, policy) = owner.with(|| {
        provide_context(Nonce::new());
        let policy = content_security_policy();
        let children = Box::new(content) as Children;
        let mut html = Shell(ShellProps { title, options, live, children }).to_html();
        // The mark after the outermost view, which no island looks for.
        html.truncate(html.trim_end_matches("<!>").len());
        (html, policy)
    });
    owner.cleanup();
    let mut response = Response::new(Body::from(html));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// Renders a part of a page, without any island in it.
pub fn fragment(draw: impl FnOnce() -> String) -> String {
    let owner = Owner::new_root(None);
    let html = owner.with(draw);
    owner.cleanup();
    html
}

/// Renders a page that only says something.
pub fn message(state: &AppState, status: StatusCode, title: &str, message: &str) -> Response {
    let (own_title, own_message) = (title.to_owned(), message.to_owned());
    page(state, status, title, false, move || {
        view! { <MessagePage title=own_title message=own_message/> }.into_any()
    })
}
