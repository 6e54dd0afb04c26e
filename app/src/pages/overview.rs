//! The overview: where the configuration comes from, what is still required, what is wrong.

use super::review::FindingList;
use crate::draft::DraftView;
use crate::form::status::ReadyPanel;
use crate::{paths, text};
use config_model::progress::{requirements, unknown_keys};
use config_model::sections;
use leptos::prelude::*;

/// Where the draft began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A set-up session: nothing was there.
    Setup,
    /// A configuration folder, by its path.
    Loaded(String),
}

/// The checklist.
#[component]
pub fn OverviewPage(
    /// The draft, secrets left out.
    draft: DraftView,
    /// Where it began.
    origin: Origin,
    /// Something that was just done.
    notice: Option<String>,
) -> impl IntoView {
    let t = text::page();
    let report = draft.report();
    let needs = requirements(&draft.subject(), &report);
    let to_errors = (!report.is_valid()).then(|| {
        view! { <p><a href=paths::search("", "error")>{text::search().show_errors}</a></p> }
    });
    let unknown: Vec<String> = unknown_keys(&draft.document).map(str::to_owned).collect();
    let origin = match origin {
        Origin::Setup => t.origin_setup.to_owned(),
        Origin::Loaded(place) => text::fill(t.origin_loaded, [("place", &place)]),
    };
    let rows = needs.into_iter().map(|need| {
        let title = sections::by_id(need.section).map_or("", |section| section.title);
        let (class, state) = if need.met { ("state state--met", t.state_met) } else { ("state state--open", t.state_open) };
        view! {
            <tr>
                <td><a href=paths::field(need.section, &need.path)>{need.label}</a><code class="field__key">{need.path.to_string()}</code></td>
                <td>{title}</td>
                <td><span class=class>{state}</span></td>
            </tr>
        }
    });
    view! {
        <section class="pf-v6-c-page__main-section head">
            <h1 class="pf-v6-c-title pf-m-xl">{t.overview}</h1>
            <p class="head__lead">{t.overview_lead}</p>
            <p class="head__lead">{origin}</p>
            <noscript><p class="notice">{t.noscript}</p></noscript>
            {notice.map(|notice| view! {
                <div class="pf-v6-c-alert pf-m-inline pf-m-success" role="status"><p class="pf-v6-c-alert__title">{notice}</p></div>
            })}
        </section>
        <section class="pf-v6-c-page__main-section">
            <div class="columns">
                <div class="stack">
                    <div class="pf-v6-c-card">
                        <div class="pf-v6-c-card__title"><h2 class="pf-v6-c-card__title-text">{t.required_title}</h2></div>
                        <div class="pf-v6-c-card__body">
                            <p>{t.required_lead}</p>
                            <div class="scroll" role="region" aria-label=t.required_title tabindex="0">
                                <table class="table">
                                    <thead><tr><th scope="col">{t.column_setting}</th><th scope="col">{t.column_section}</th><th scope="col">{t.column_state}</th></tr></thead>
                                    <tbody>{rows.collect_view()}</tbody>
                                </table>
                            </div>
                        </div>
                    </div>
                    <div class="pf-v6-c-card">
                        <div class="pf-v6-c-card__title"><h2 class="pf-v6-c-card__title-text">{t.findings_title}</h2></div>
                        <div class="pf-v6-c-card__body"><FindingList findings=report.findings().to_vec()/>{to_errors}</div>
                    </div>
                    {(!unknown.is_empty()).then(|| view! {
                        <div class="pf-v6-c-card">
                            <div class="pf-v6-c-card__title"><h2 class="pf-v6-c-card__title-text">{t.unknown_title}</h2></div>
                            <div class="pf-v6-c-card__body">
                                <p>{t.unknown_lead}</p>
                                <ul class="keys">{unknown.into_iter().map(|key| view! { <li><code>{key}</code></li> }).collect_view()}</ul>
                            </div>
                        </div>
                    })}
                </div>
                <div class="side"><ReadyPanel/></div>
            </div>
        </section>
    }
}
