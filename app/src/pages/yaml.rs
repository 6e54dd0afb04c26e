//! `config.yaml` as text: a page of its own, and a pane beside the forms.
//!
//! Without JavaScript it is a form. With it, `app/browser/yaml.ts` puts an editor in its place
//! and keeps the text and the forms in step.

use crate::error::UiError;
use crate::form::events;
use crate::{paths, text};
use config_model::mask::PLACEHOLDER;
use config_model::rule::Severity;
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use serde::Serialize;
use serde_json::json;

/// `config.yaml` as a browser may know it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RawText {
    /// The draft's version.
    pub version: i64,
    /// The text, with placeholders where secrets stand.
    pub text: String,
    /// What every rule says.
    pub findings: Vec<Mark>,
    /// Stands for the entries that a form shows: another one, and the form shows an older state.
    pub structure: String,
    /// The draft as the forms know it, as JSON.
    pub view: String,
}

/// A finding and its place in the text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mark {
    /// The line, from 1; none where the text has nothing of it.
    pub line: Option<usize>,
    /// The column, from 1.
    pub column: usize,
    /// How bad it is.
    pub severity: Severity,
    /// The key or file.
    pub path: String,
    /// Where its field is; empty when no form has it.
    pub href: String,
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    pub fix: String,
}

/// Why a text was not stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
    /// What is wrong there.
    pub what: String,
}

/// What came of a text that was sent as a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was stored.
    Stored,
    /// It cannot be read.
    Fault(Fault),
    /// The draft had been changed meanwhile.
    Conflict,
}

/// Everything a pane shows.
#[derive(Clone, Debug)]
pub struct Pane {
    /// The text.
    pub raw: RawText,
    /// The address of the program for it.
    pub script: String,
    /// The address of the page, without what it was asked for.
    pub here: String,
    /// The address that shows the page anew, where a form stands beside the text.
    pub beside: Option<String>,
    /// What came of the text that was sent.
    pub outcome: Option<Outcome>,
}

/// The page.
#[component]
pub fn YamlPage(
    /// What it shows.
    pane: Pane,
) -> impl IntoView {
    let t = text::yaml();
    view! {
        <section class="pf-v6-c-page__main-section head">
            <h1 class="pf-v6-c-title pf-m-xl">{t.title}</h1>
            <p class="head__lead">{t.lead}</p>
        </section>
        <section class="pf-v6-c-page__main-section"><YamlPane pane=pane/></section>
    }
}

/// The text, what is wrong with it, and whether it is saved.
#[component]
pub fn YamlPane(
    /// What it shows.
    pane: Pane,
) -> impl IntoView {
    let t = text::yaml();
    let setup = setup(&pane);
    let Pane { raw, script, here, beside, outcome } = pane;
    let stale = beside.map(|again| {
        view! { <p class="notice yaml__stale" hidden>{t.stale}" "<a href=again>{t.stale_reload}</a></p> }
    });
    view! {
        <section class="pf-v6-c-card yaml" aria-labelledby="yaml-title" data-yaml=setup>
            <div class="pf-v6-c-card__title"><h2 class="pf-v6-c-card__title-text" id="yaml-title">{t.file}</h2></div>
            <div class="pf-v6-c-card__body yaml__body">
                <p class="field__help" id="yaml-help">{t.secrets}</p>
                {outcome.map(said)}
                {stale}
                <PlainText text=raw.text version=raw.version/>
                <div class="yaml__editor" hidden></div>
                <div class="yaml__bar">
                    <p class="yaml__status" role="status"></p>
                    <button type="button" class="pf-v6-c-button pf-m-link pf-m-inline yaml__retry" hidden>{text::live().retry}</button>
                    <button type="button" class="pf-v6-c-button pf-m-secondary pf-m-small yaml__reload" hidden>{t.reload}</button>
                    <button type="button" class="pf-v6-c-button pf-m-link pf-m-small yaml__keep" hidden>{t.keep}</button>
                </div>
                <h3 class="yaml__title">{text::page().findings_title}</h3>
                <ul class="findings yaml__findings">{marks(&raw.findings, &here)}</ul>
            </div>
            <script type="module" nonce=use_nonce() src=script></script>
        </section>
    }
}

/// What the program for the pane is told, its sentences among it.
fn setup(pane: &Pane) -> String {
    let (t, live) = (text::yaml(), text::live());
    json!({
        "version": pane.raw.version,
        "findings": pane.raw.findings,
        "structure": pane.raw.structure,
        "here": pane.here,
        "address": paths::YAML_TEXT,
        "events": { "saved": events::SAVED, "replaced": events::REPLACED },
        "placeholder": [PLACEHOLDER.0, PLACEHOLDER.1],
        "words": {
            "label": t.label,
            "saved": t.saved,
            "saving": t.saving,
            "unsaved": live.unsaved,
            "failed": live.save_failed,
            "unreachable": UiError::Unreachable.to_string(),
            "fault": t.fault,
            "conflict": t.conflict,
            "error": live.error,
            "warning": live.warning,
            "fix": text::page().fix,
            "line": t.line,
            "fine": text::page().no_findings,
        },
    })
    .to_string()
}

/// The form for a browser without JavaScript, with numbered lines.
#[component]
fn PlainText(text: String, version: i64) -> impl IntoView {
    let t = text::yaml();
    let lines = text.lines().count().max(1) + 1;
    let numbers = (1..=lines).map(|line| line.to_string()).collect::<Vec<_>>().join("\n");
    view! {
        <form method="post" action=paths::YAML class="yaml__form">
            <input type="hidden" name="version" value=version.to_string()/>
            <div class="yaml__plain">
                <pre class="yaml__numbers" aria-hidden="true">{numbers}</pre>
                <textarea class="yaml__text" name="text" rows=lines.to_string() wrap="off" autocomplete="off" spellcheck="false" autocapitalize="off" aria-label=t.label aria-describedby="yaml-help" inner_html=inside(&text)></textarea>
            </div>
            <button class="pf-v6-c-button pf-m-primary" type="submit">{t.save}</button>
        </form>
    }
}

/// The text as it stands between the tags of a text area, where nothing else escapes it.
///
/// A browser drops the first line break after the tag, so there is one more.
fn inside(text: &str) -> String {
    format!("\n{}", text.replace('&', "&amp;").replace('<', "&lt;"))
}

/// What came of the text that was sent.
fn said(outcome: Outcome) -> AnyView {
    let t = text::yaml();
    let (class, words) = match outcome {
        Outcome::Stored => ("pf-v6-c-alert pf-m-inline pf-m-success", t.saved.to_owned()),
        Outcome::Conflict => ("pf-v6-c-alert pf-m-inline pf-m-warning", t.kept.to_owned()),
        Outcome::Fault(Fault { line, column, what }) => {
            let (line, column) = (line.to_string(), column.to_string());
            let words =
                text::fill(t.fault, [("line", &line), ("column", &column), ("what", &what)]);
            ("pf-v6-c-alert pf-m-inline pf-m-danger", words)
        }
    };
    view! { <div class=class role="alert"><p class="pf-v6-c-alert__title">{words}</p></div> }
        .into_any()
}

/// What every rule says, each with its line and a link to its field.
fn marks(findings: &[Mark], here: &str) -> AnyView {
    if findings.is_empty() {
        return view! { <li class="yaml__fine">{text::page().no_findings}</li> }.into_any();
    }
    let (t, live) = (text::yaml(), text::live());
    let items = findings.iter().map(|mark| {
        let error = mark.severity == Severity::Error;
        let class = if error { "finding finding--error" } else { "finding finding--warning" };
        let word = if error { live.error } else { live.warning };
        let prefix = mark.line.map(|line| text::fill(t.line, [("line", &line.to_string())]) + " ");
        let path = view! { <code>{mark.path.clone()}</code> };
        let place = match mark.href.strip_prefix(here).filter(|rest| rest.starts_with('#')) {
            _ if mark.href.is_empty() => path.into_any(),
            Some(own) => view! { <a href=own.to_owned()>{path}</a> }.into_any(),
            None => view! { <a href=mark.href.clone()>{path}</a> }.into_any(),
        };
        let fix = format!("{} {}", text::page().fix, mark.fix);
        view! {
            <li class=class><b>{word}</b>" "{prefix}{place}" "{mark.message.clone()}<span class="finding__fix">{fix}</span></li>
        }
    });
    items.collect_view().into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_cannot_end_its_text_area() {
        assert_eq!(inside("a: </textarea>&lt;"), "\na: &lt;/textarea>&amp;lt;");
    }
}
