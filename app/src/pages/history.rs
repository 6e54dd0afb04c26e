//! The revisions: who loaded, downloaded or saved what, when and why.

use super::differences::{Comparison, Differences};
use crate::{paths, text};
use leptos::prelude::*;

/// The longest reason that is taken and kept.
pub const REASON_CHARS_MAX: usize = 500;

/// A revision as the page lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevisionLine {
    /// Its number.
    pub id: i64,
    /// When, as UTC.
    pub made_at: i64,
    /// Who.
    pub author: String,
    /// The word for what was done.
    pub action: String,
    /// Why.
    pub reason: String,
}

/// Two sides that are compared, and what came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// The number of the first one.
    pub from: i64,
    /// The number of the second one; none stands for the draft.
    pub to: Option<i64>,
    /// What differs.
    pub comparison: Comparison,
}

/// The list, and a comparison.
#[component]
pub fn HistoryPage(
    /// The newest first.
    revisions: Vec<RevisionLine>,
    /// What is compared.
    compared: Option<Compared>,
) -> impl IntoView {
    let t = text::history();
    let from = compared.as_ref().map(|compared| compared.from);
    let to = compared.as_ref().and_then(|compared| compared.to);
    let newest = revisions.first().map(|revision| revision.id);
    let from = from.or(newest);
    let rows = revisions.into_iter().map(|revision| row(revision, from, to)).collect_view();
    view! {
        <section class="pf-v6-c-page__main-section head">
            <h1 class="pf-v6-c-title pf-m-xl">{t.title}</h1>
            <p class="head__lead">{t.lead}</p>
        </section>
        <section class="pf-v6-c-page__main-section stack">
            {compared.map(comparison_card)}
            <div class="pf-v6-c-card">
                <div class="pf-v6-c-card__body">
                    <form method="get" action=paths::HISTORY id="compare"></form>
                    <div class="scroll" tabindex="0" role="region" aria-label=t.title>
                        <table class="table history">
                            <thead><tr>
                                <th scope="col">{t.from}</th><th scope="col">{t.to}</th><th scope="col">{t.number}</th>
                                <th scope="col">{t.when}</th><th scope="col">{t.who}</th><th scope="col">{t.what}</th><th scope="col">{t.why}</th><th scope="col"><span class="pf-v6-screen-reader">{t.restore}</span></th>
                            </tr></thead>
                            <tbody>
                                <tr>
                                    <td></td>
                                    <td><input form="compare" type="radio" name="to" value="draft" checked=to.is_none() aria-label=text::fill(t.to_label, [("what", t.draft)])/></td>
                                    <td></td><td></td><td></td><td>{t.draft}</td><td class="dim">{t.draft_help}</td><td></td>
                                </tr>
                                {rows}
                            </tbody>
                        </table>
                    </div>
                    <button form="compare" class="pf-v6-c-button pf-m-secondary" type="submit">{t.compare}</button>
                </div>
            </div>
        </section>
    }
}

fn comparison_card(compared: Compared) -> impl IntoView {
    let t = text::history();
    let to = compared
        .to
        .map_or_else(|| t.draft.to_owned(), |id| text::fill(t.revision, [("n", &id.to_string())]));
    let from = text::fill(t.revision, [("n", &compared.from.to_string())]);
    let title = text::fill(t.compared, [("from", &from), ("to", &to)]);
    view! {
        <div class="pf-v6-c-card">
            <div class="pf-v6-c-card__title"><h2 class="pf-v6-c-card__title-text">{title}</h2></div>
            <div class="pf-v6-c-card__body stack"><Differences comparison=compared.comparison/></div>
        </div>
    }
}

fn row(revision: RevisionLine, from: Option<i64>, to: Option<i64>) -> impl IntoView {
    let t = text::history();
    let RevisionLine { id, made_at, author, action, reason } = revision;
    let name = text::fill(t.revision, [("n", &id.to_string())]);
    let what = match action.as_str() {
        "begin" => t.action_begin,
        "load" => t.action_load,
        "import" => t.action_import,
        "download" => t.action_download,
        "save" => t.action_save,
        _ => t.action_restore,
    };
    view! {
        <tr>
            <td><input form="compare" type="radio" name="from" value=id.to_string() checked=from == Some(id) aria-label=text::fill(t.from_label, [("what", &name)])/></td>
            <td><input form="compare" type="radio" name="to" value=id.to_string() checked=to == Some(id) aria-label=text::fill(t.to_label, [("what", &name)])/></td>
            <td>{id.to_string()}</td>
            <td><time>{text::utc_time(made_at)}</time></td>
            <td>{author}</td><td>{what}</td><td>{reason}</td>
            <td>
                <form method="post" action=paths::restore(id)>
                    <button class="pf-v6-c-button pf-m-link pf-m-inline" type="submit" aria-label=text::fill(t.restore_one, [("what", &name)])>{t.restore}</button>
                </form>
            </td>
        </tr>
    }
}

/// The field for the reason of a download or save.
#[component]
pub fn ReasonField(
    /// The id of the field.
    id: &'static str,
) -> impl IntoView {
    let t = text::history();
    view! {
        <span class="reason">
            <label class="part__label" for=id>{t.reason}</label>
            <span class="pf-v6-c-form-control"><input type="text" id=id name="reason" maxlength=REASON_CHARS_MAX.to_string() autocomplete="off" placeholder=t.reason_example/></span>
        </span>
    }
}
