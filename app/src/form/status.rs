//! The live parts around the form: navigation marks, error summary, progress, draft state.

use super::live::{Draft, SaveState, follow};
use super::sync;
use crate::{paths, text};
use config_model::progress::{SectionState, requirements, state};
use config_model::rule::Severity;
use config_model::sections;
use leptos::prelude::*;

/// Requirements listed before the rest is only counted.
const OPEN_SHOWN: usize = 6;

/// The mark beside a section in the navigation.
#[island]
pub fn SectionMark(
    /// Which section.
    section: String,
) -> impl IntoView {
    let draft = Draft::here();
    let t = text::live();
    let mark = Memo::new(move |_| {
        let section = sections::by_id(&section)?;
        Some(
            draft
                .report()
                .with(|report| draft.with(|view| state(section, &view.subject(), report))),
        )
    });
    let class = follow(move || {
        let kind = match mark.get() {
            None | Some(SectionState::Untouched) => "untouched",
            Some(SectionState::Complete) => "complete",
            Some(SectionState::Errors(_)) => "errors",
        };
        format!("mark mark--{kind}")
    });
    let sign = follow(move || match mark.get() {
        None | Some(SectionState::Untouched) => "–".to_owned(),
        Some(SectionState::Complete) => "✓".to_owned(),
        Some(SectionState::Errors(errors)) => errors.to_string(),
    });
    let words = follow(move || match mark.get() {
        None | Some(SectionState::Untouched) => t.untouched.to_owned(),
        Some(SectionState::Complete) => t.complete.to_owned(),
        Some(SectionState::Errors(n)) => text::errors(n),
    });
    view! {
        <span class=class>
            <span aria-hidden="true">{sign}</span><span class="pf-v6-screen-reader">{words}</span>
        </span>
    }
}

/// The list of what is wrong on a page, with links to the fields.
#[island]
pub fn ErrorSummary(
    /// Which section.
    section: String,
) -> impl IntoView {
    let draft = Draft::here();
    let t = text::live();
    let errors = Memo::new(move |_| {
        draft.report().with(|report| {
            report
                .errors()
                .filter(|finding| finding.section == section)
                .cloned()
                .collect::<Vec<_>>()
        })
    });
    let title = follow(move || match errors.with(Vec::len) {
        1 => t.errors_title_one.to_owned(),
        n => text::fill(t.errors_title, [("n", &n.to_string())]),
    });
    view! {
        <section class="pf-v6-c-alert pf-m-inline pf-m-danger summary" hidden=follow(move || errors.with(Vec::is_empty)) aria-labelledby="summary-title">
            <h2 class="pf-v6-c-alert__title" id="summary-title">{title}</h2>
            <ul class="pf-v6-c-alert__description summary__list">
                {move || errors.get().into_iter().map(|finding| view! {
                    <li><a href=format!("#{}", finding.path.html_id())>{finding.path.to_string()}</a>" "{finding.message}</li>
                }).collect_view()}
            </ul>
        </section>
    }
}

/// How much of what is required is there, and what is not.
#[island]
pub fn ReadyPanel() -> impl IntoView {
    let draft = Draft::here();
    let t = text::live();
    let needs = Memo::new(move |_| {
        draft.report().with(|report| draft.with(|view| requirements(&view.subject(), report)))
    });
    let count = Memo::new(move |_| {
        needs.with(|needs| (needs.iter().filter(|need| need.met).count(), needs.len()))
    });
    let words = follow(move || {
        let (done, all) = count.get();
        text::fill(t.ready_progress, [("done", &done.to_string()), ("all", &all.to_string())])
    });
    let open = move || {
        let open: Vec<_> = needs.get().into_iter().filter(|need| !need.met).collect();
        let more = open.len().saturating_sub(OPEN_SHOWN);
        let links = open
            .into_iter()
            .take(OPEN_SHOWN)
            .map(|need| {
                view! {
                    <li><a href=paths::field(need.section, &need.path)>{need.label}</a></li>
                }
            })
            .collect_view();
        let rest = (more > 0).then(|| view! { <li class="todo__more">{text::fill(t.ready_more, [("n", &more.to_string())])}</li> });
        view! { {links}{rest} }
    };
    view! {
        <section class="pf-v6-c-card ready" aria-labelledby="ready-title">
            <div class="pf-v6-c-card__title"><h2 class="pf-v6-c-card__title-text" id="ready-title">{t.ready_title}</h2></div>
            <div class="pf-v6-c-card__body">
                <progress class="bar" aria-labelledby="ready-title" value=follow(move || count.get().0.to_string()) max=follow(move || count.get().1.max(1).to_string())></progress>
                <p class="ready__words">{words}</p>
                <p class="ready__all" hidden=follow(move || count.get().0 < count.get().1)>{t.ready_all}</p>
                <ul class="todo">{open}</ul>
            </div>
        </section>
    }
}

/// How many errors are left in the whole configuration.
#[island]
pub fn ErrorsLeft() -> impl IntoView {
    let draft = Draft::here();
    let errors = Memo::new(move |_| {
        draft.report().with(|report| {
            report.findings().iter().filter(|finding| finding.severity == Severity::Error).count()
        })
    });
    view! {
        <a class="pill pill--error" href=paths::OVERVIEW hidden=follow(move || errors.get() == 0)>
            {follow(move || text::errors(errors.get()))}
        </a>
    }
}

/// The buttons that go a state of the draft back and forward.
#[island]
pub fn UndoRedo(
    /// The page to come back to.
    here: String,
) -> impl IntoView {
    let draft = Draft::here();
    let t = text::live();
    let no_undo = follow(move || draft.with(|view| !view.steps.undo));
    let no_redo = follow(move || draft.with(|view| !view.steps.redo));
    view! {
        <form method="post" action=paths::UNDO>
            <input type="hidden" name="back" value=here.clone()/>
            <button type="submit" class="pf-v6-c-button pf-m-link pf-m-small" disabled=no_undo>{t.undo}</button>
        </form>
        <form method="post" action=paths::REDO>
            <input type="hidden" name="back" value=here/>
            <button type="submit" class="pf-v6-c-button pf-m-link pf-m-small" disabled=no_redo>{t.redo}</button>
        </form>
    }
}

/// Whether the draft is saved.
#[island]
pub fn DraftState() -> impl IntoView {
    let draft = Draft::here();
    let t = text::live();
    let words = follow(move || match draft.state.get() {
        SaveState::Saved => {
            let age = draft.with(|view| view.now - view.saved_at);
            text::fill(t.saved, [("ago", &text::ago(age))])
        }
        SaveState::Waiting => t.unsaved.to_owned(),
        SaveState::Saving => t.saving.to_owned(),
        SaveState::Failed(why) => text::fill(t.save_failed, [("why", &why)]),
    });
    let failed = follow(move || matches!(draft.state.get(), SaveState::Failed(_)));
    let fine = follow(move || !failed.get());
    view! {
        <span class="draft-state" class:draft-state--failed=failed role="status">{words}</span>
        <button type="button" class="pf-v6-c-button pf-m-link pf-m-inline" hidden=fine on:click=move |_| sync::save_now(draft)>{t.retry}</button>
    }
}
