//! The pages of the editor.

use super::{checks, yaml};
use crate::auth::USER;
use crate::backend::compare::compare;
use crate::backend::draft::{Draft, DraftError, Origin};
use crate::http::error::AppError;
use crate::http::guard::LoggedIn;
use crate::http::render;
use crate::state::AppState;
use app::draft::DraftView;
use app::form::editor::Editor;
use app::layout::frame::EditorFrame;
use app::pages::discard::DiscardDialog;
use app::pages::history::Compared;
use app::pages::overview::OverviewPage;
use app::pages::review::ReviewDialog;
use app::pages::section::SectionPage;
use app::{paths, text};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use config_model::sections;
use leptos::prelude::*;
use serde::Deserialize;

/// What a page was just told.
#[derive(Deserialize)]
pub struct Notice {
    saved: Option<String>,
}

/// What a section's page should show besides: an internal key, the text beside the form.
#[derive(Deserialize)]
pub struct Asked {
    show: Option<String>,
    view: Option<String>,
}

/// The checklist.
pub async fn overview(
    _: LoggedIn,
    State(state): State<AppState>,
    Query(notice): Query<Notice>,
) -> Response {
    with_draft(&state, |draft, view| {
        overview_page(&state, &draft, view, notice.saved.is_some(), None)
    })
    .await
}

/// A section's form.
pub async fn section(
    _: LoggedIn,
    State(state): State<AppState>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    let Some(section) = sections::by_id(&id) else { return AppError::NotFound.page(&state) };
    with_draft(&state, |draft, view| {
        let here = paths::section(section.id);
        let again = paths::section_yaml(section.id);
        let wanted = asked.view.as_deref() == Some("yaml");
        let pane = wanted.then(|| yaml::pane(&state, &draft, &here, Some(again))).transpose();
        let pane = match pane {
            Ok(pane) => pane,
            Err(error) => return error.page(&state),
        };
        let checks = checks::board(&state, &draft, Some(section.id));
        let script = checks::script(&state);
        let draft = view.clone();
        editor_page(&state, section.title, here, view, None, move || {
            view! { <SectionPage section=section draft=draft shown=asked.show yaml=pane checks=checks script=script/> }
                .into_any()
        })
    })
    .await
}

/// The dialogue after Validate Configuration Changes.
pub async fn review(_: LoggedIn, State(state): State<AppState>) -> Response {
    let compared = match since_in_use(&state).await {
        Ok(compared) => compared,
        Err(error) => return AppError::from(error).page(&state),
    };
    with_draft(&state, |draft, view| {
        let findings = state.drafts.report(&draft).findings().to_vec();
        let config_dir = state.drafts.config_dir();
        let (checks, script) = (checks::board(&state, &draft, None), checks::script(&state));
        let shown = view.clone();
        let dialog = move || {
            view! { <ReviewDialog draft=shown findings=findings config_dir=config_dir compared=compared checks=checks script=script/> }
                .into_any()
        };
        overview_page(&state, &draft, view, false, Some(Box::new(dialog)))
    })
    .await
}

/// What the draft changes of the newest revision that nodes may be running.
async fn since_in_use(state: &AppState) -> Result<Option<Compared>, DraftError> {
    let revision = match state.drafts.in_use().await {
        Ok(Some(revision)) => revision,
        Ok(None) => return Ok(None),
        // A revision that cannot be read must not keep the draft from leaving.
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "could not read a revision");
            return Ok(None);
        }
    };
    let draft = state.drafts.load().await?;
    let comparison = compare(&revision.bundle, &draft.bundle());
    Ok(Some(Compared { from: revision.row.id, to: None, comparison }))
}

/// Asks before the draft is thrown away.
pub async fn ask_discard(_: LoggedIn, State(state): State<AppState>) -> Response {
    with_draft(&state, |draft, view| {
        let dialog = || view! { <DiscardDialog/> }.into_any();
        overview_page(&state, &draft, view, false, Some(Box::new(dialog)))
    })
    .await
}

/// Throws the draft away.
pub async fn discard(_: LoggedIn, State(state): State<AppState>) -> Response {
    match state.drafts.discard().await {
        Ok(()) => Redirect::to(paths::OVERVIEW).into_response(),
        Err(error) => AppError::from(error).page(&state),
    }
}

/// What stands over a page, made when the page is.
type Dialog = Box<dyn FnOnce() -> AnyView + Send>;

pub(super) async fn with_draft(
    state: &AppState,
    show: impl FnOnce(Draft, DraftView) -> Response,
) -> Response {
    match state.drafts.load().await {
        Ok(draft) => {
            let view = state.drafts.view(&draft);
            show(draft, view)
        }
        Err(error) => AppError::from(error).page(state),
    }
}

fn overview_page(
    state: &AppState,
    draft: &Draft,
    view: DraftView,
    saved: bool,
    dialog: Option<Dialog>,
) -> Response {
    let t = text::page();
    let origin = match &draft.origin {
        Origin::Setup => app::pages::overview::Origin::Setup,
        Origin::Import { name } => app::pages::overview::Origin::Loaded(name.clone()),
        Origin::Folder { place, .. } => app::pages::overview::Origin::Loaded(place.clone()),
    };
    let place = state.drafts.config_dir().unwrap_or_default();
    let notice = saved.then(|| text::fill(t.review_saved, [("place", &place)]));
    let shown = view.clone();
    editor_page(state, t.overview, paths::OVERVIEW.to_owned(), view, dialog, move || {
        view! { <OverviewPage draft=shown origin=origin notice=notice/> }.into_any()
    })
}

pub(super) fn editor_page(
    state: &AppState,
    title: &str,
    here: String,
    draft: DraftView,
    dialog: Option<Dialog>,
    content: impl FnOnce() -> AnyView + Send + 'static,
) -> Response {
    render::page(state, StatusCode::OK, title, true, move || {
        view! {
            <Editor draft=draft>
                <EditorFrame here=here user=USER.to_owned() dialog=dialog.map(|dialog| dialog())>{content()}</EditorFrame>
            </Editor>
        }
        .into_any()
    })
}
