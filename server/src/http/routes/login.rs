//! Logging in and out.

use crate::auth::entry::{Entry, attempt};
use crate::http::error::AppError;
use crate::http::guard::{LoggedIn, cookie, token};
use crate::http::render;
use crate::state::AppState;
use app::pages::login::{LoginFault, LoginPage};
use app::{paths, text};
use axum::Form;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use leptos::prelude::*;
use serde::Deserialize;
use std::net::{IpAddr, SocketAddr};

/// What the form sends.
#[derive(Deserialize)]
pub struct Credentials {
    user: String,
    password: String,
}

/// The form.
pub async fn show(State(state): State<AppState>, session: Option<LoggedIn>) -> Response {
    if session.is_some() {
        return Redirect::to(paths::OVERVIEW).into_response();
    }
    form(&state, StatusCode::OK, None)
}

/// Takes a user name and a password.
pub async fn enter(
    State(state): State<AppState>,
    ConnectInfo(address): ConnectInfo<SocketAddr>,
    Form(credentials): Form<Credentials>,
) -> Response {
    match try_enter(&state, address.ip(), credentials).await {
        Ok(response) => response,
        Err(error) => error.page(&state),
    }
}

async fn try_enter(
    state: &AppState,
    address: IpAddr,
    Credentials { user, password }: Credentials,
) -> Result<Response, AppError> {
    let (store, clock) = (state.store.as_ref(), state.clock.as_ref());
    match attempt(store, clock, &state.passwords, address, &user, password).await? {
        Entry::Throttled(seconds) => {
            let mut response =
                form(state, StatusCode::TOO_MANY_REQUESTS, Some(LoginFault::Throttled(seconds)));
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
            Ok(response)
        }
        Entry::Wrong => Ok(form(state, StatusCode::UNAUTHORIZED, Some(LoginFault::Wrong))),
        Entry::Granted => {
            let token = state.sessions.begin().await?;
            let cookie = cookie(Some(&token), state.tls);
            Ok(([(header::SET_COOKIE, cookie)], Redirect::to(paths::OVERVIEW)).into_response())
        }
    }
}

/// Ends the session.
pub async fn leave(State(state): State<AppState>, headers: HeaderMap) -> Response {
    if let Some(token) = token(&headers, state.tls)
        && let Err(error) = state.sessions.end(&token).await
    {
        return AppError::from(error).page(&state);
    }
    ([(header::SET_COOKIE, cookie(None, state.tls))], Redirect::to(paths::LOGIN)).into_response()
}

fn form(state: &AppState, status: StatusCode, fault: Option<LoginFault>) -> Response {
    render::page(state, status, text::page().log_in, false, move || {
        view! { <LoginPage fault=fault/> }.into_any()
    })
}
