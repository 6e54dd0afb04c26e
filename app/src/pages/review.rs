//! The dialogue after Validate Configuration Changes: what is wrong, or the download.

use crate::checks::Board;
use crate::draft::DraftView;
use crate::pages::checks::Checks;
use crate::pages::differences::Differences;
use crate::pages::history::{Compared, ReasonField};
use crate::{paths, text};
use config_model::bundle::ARCHIVE_NAME;
use config_model::rule::{Finding, Severity};
use leptos::prelude::*;

/// What the server found, and what may be done with it.
#[component]
pub fn ReviewDialog(
    /// The draft, secrets left out.
    draft: DraftView,
    /// What every rule says on the server.
    findings: Vec<Finding>,
    /// The configuration folder, where there is one.
    config_dir: Option<String>,
    /// What changed since the revision of this number.
    compared: Option<Compared>,
    /// The live checks.
    checks: Board,
    /// Where the script is that follows them.
    script: String,
) -> impl IntoView {
    let t = text::page();
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    let warnings = findings.len() - errors;
    let valid = errors == 0;
    let (title, lead) = match errors {
        0 => (t.review_title_valid, t.review_valid.to_owned()),
        1 => (t.review_title_errors, t.review_errors_one.to_owned()),
        n => (t.review_title_errors, text::fill(t.review_errors, [("n", &n.to_string())])),
    };
    let warned = match warnings {
        0 => None,
        1 => Some(t.review_warnings_one.to_owned()),
        n => Some(text::fill(t.review_warnings, [("n", &n.to_string())])),
    };
    let names: Vec<String> =
        std::iter::once("config.yaml".to_owned()).chain(draft.files.keys().cloned()).collect();
    let alert = if valid {
        "pf-v6-c-alert pf-m-inline pf-m-success"
    } else {
        "pf-v6-c-alert pf-m-inline pf-m-danger"
    };
    let checks = view! {
        <section class="checks checks--brief" aria-labelledby="checks-title">
            <h2 class="dialog__title" id="checks-title">{text::checks().review_title}</h2>
            <p>{text::checks().review_lead}" "<a href=paths::CHECKS>{text::checks().all_checks}</a></p>
            <Checks board=checks back=paths::REVIEW.to_owned() script=script/>
        </section>
    }
    .into_any();
    // What is wrong with the settings comes first; then what is wrong outside.
    let (before, after) = if valid { (Some(checks), None) } else { (None, Some(checks)) };
    view! {
        <div class="pf-v6-c-backdrop"></div>
        <div class="pf-v6-c-modal-box pf-m-md dialog" role="dialog" aria-modal="true" aria-labelledby="dialog-title">
            <header class="pf-v6-c-modal-box__header"><h1 class="pf-v6-c-modal-box__title" id="dialog-title">{title}</h1></header>
            <div class="pf-v6-c-modal-box__body dialog__body" tabindex="0" role="region" aria-labelledby="dialog-title">
                <div class=alert><p class="pf-v6-c-alert__title">{lead}</p></div>
                {before}
                {warned.map(|warned| view! { <p>{warned}</p> })}
                {(!findings.is_empty()).then(|| view! { <FindingList findings=findings/> })}
                {after}
                {valid.then(|| view! {
                    <p>{text::fill(t.review_how, [("archive", ARCHIVE_NAME)])}</p>
                })}
                {compared.map(|compared| {
                    let since = text::fill(text::history().since, [("n", &compared.from.to_string())]);
                    view! { <h2 class="dialog__title">{since}</h2><Differences comparison=compared.comparison/> }
                })}
                <p>{t.review_contents}</p>
                <ul class="keys">{names.into_iter().map(|name| view! { <li><code>{name}</code></li> }).collect_view()}</ul>
            </div>
            <footer class="pf-v6-c-modal-box__footer dialog__foot">
                <Actions valid=valid config_dir=config_dir/>
            </footer>
        </div>
    }
}

/// Download and save; with errors left, only after a deliberate second step.
#[component]
fn Actions(valid: bool, config_dir: Option<String>) -> impl IntoView {
    let t = text::page();
    let class = if valid { "pf-v6-c-button pf-m-primary" } else { "pf-v6-c-button pf-m-warning" };
    let save_class =
        if valid { "pf-v6-c-button pf-m-secondary" } else { "pf-v6-c-button pf-m-warning" };
    let accept = (!valid).then(|| {
        view! {
            <span class="pf-v6-c-check accept">
                <input class="pf-v6-c-check__input" type="checkbox" id="accept-errors" name="accept_errors" value="yes" required/>
                <label class="pf-v6-c-check__label" for="accept-errors">{t.review_accept}</label>
            </span>
        }
    });
    let save = config_dir.map(|place| {
        let note = view! {
            <p class="dialog__note" id="save-help">{text::fill(t.review_save_help, [("place", &place)])}</p>
        };
        let button = view! {
            <button class=save_class type="submit" formaction=paths::SAVE aria-describedby="save-help">{t.save}</button>
        };
        (button, note)
    });
    let (save, note) = save.unzip();
    view! {
        <form method="post" action=paths::DOWNLOAD class="dialog__action">
            <ReasonField id="reason"/>
            {accept}
            <div class="dialog__buttons">
                <button class=class type="submit">{t.download}</button>
                {save}
                <a class="pf-v6-c-button pf-m-link" href=paths::OVERVIEW>{t.review_back}</a>
            </div>
            {note}
        </form>
    }
}

/// Findings with links to their fields.
#[component]
pub fn FindingList(
    /// The findings, in the order to show them.
    findings: Vec<Finding>,
) -> impl IntoView {
    let t = text::page();
    let live = text::live();
    if findings.is_empty() {
        return view! { <p>{t.no_findings}</p> }.into_any();
    }
    let items = findings.into_iter().map(|finding| {
        let error = finding.severity == Severity::Error;
        let class = if error { "finding finding--error" } else { "finding finding--warning" };
        let word = if error { live.error } else { live.warning };
        let place = if finding.section.is_empty() {
            view! { <code>{finding.path.to_string()}</code> }.into_any()
        } else {
            view! { <a href=paths::field(&finding.section, &finding.path)><code>{finding.path.to_string()}</code></a> }.into_any()
        };
        view! {
            <li class=class><b>{word}</b>" "{place}" "{finding.message}<span class="finding__fix">{t.fix}" "{finding.fix}</span></li>
        }
    });
    view! { <ul class="findings">{items.collect_view()}</ul> }.into_any()
}
