//! What differs between two configurations: setting by setting, and as text.

use crate::{paths, text};
use config_model::change::{Difference, Side};
use leptos::prelude::*;

/// Two configurations compared; no secret is in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// The settings that differ.
    pub settings: Vec<Difference>,
    /// The files that differ.
    pub files: Vec<(String, FileDifference)>,
    /// The lines of `config.yaml` around what differs.
    pub lines: Vec<DiffLine>,
}

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileDifference {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// Its content is another.
    Changed,
}

/// A line of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DiffLine {
    /// It stands in both.
    Same(String),
    /// It is new.
    Added(String),
    /// It is gone.
    Removed(String),
    /// Lines that are the same are left out here.
    Gap,
}

impl Comparison {
    /// Whether nothing differs at all.
    pub fn is_empty(&self) -> bool {
        self.settings.is_empty() && self.files.is_empty() && self.lines.is_empty()
    }
}

/// The comparison as a table and as text.
#[component]
pub fn Differences(
    /// What was compared.
    comparison: Comparison,
) -> impl IntoView {
    let t = text::history();
    if comparison.is_empty() {
        return view! { <p>{t.no_difference}</p> }.into_any();
    }
    let Comparison { settings, files, lines } = comparison;
    let stop_all = settings.iter().any(|setting| setting.stop_all);
    let restart = if stop_all { t.restart_all } else { t.restart_rolling };
    let rows = settings.into_iter().map(setting_row).collect_view();
    let file_rows = files.into_iter().map(file_row).collect_view();
    view! {
        <p class="differences__restart">{restart}</p>
        <div class="scroll" tabindex="0" role="region" aria-label=t.differences>
            <table class="table differences">
                <thead><tr><th scope="col">{t.setting}</th><th scope="col">{t.before}</th><th scope="col">{t.after}</th><th scope="col">{t.restart}</th></tr></thead>
                <tbody>{rows}{file_rows}</tbody>
            </table>
        </div>
        <details class="group">
            <summary class="group__legend"><span class="group__title">{t.as_text}</span></summary>
            <TextDifference lines=lines/>
        </details>
    }
    .into_any()
}

fn setting_row(setting: Difference) -> impl IntoView {
    let t = text::history();
    let Difference { section, path, label, before, after, stop_all } = setting;
    let place = path.to_string();
    let name = if section.is_empty() {
        view! { <code>{place}</code> }.into_any()
    } else {
        view! { <a href=paths::field(&section, &path)>{label}</a>" "<code class="field__key">{place}</code> }.into_any()
    };
    let restart = if stop_all { t.all_nodes } else { t.one_by_one };
    view! { <tr><th scope="row">{name}</th><td>{side(before)}</td><td>{side(after)}</td><td>{restart}</td></tr> }
}

fn file_row((name, difference): (String, FileDifference)) -> impl IntoView {
    let t = text::history();
    let (before, after) = match difference {
        FileDifference::Added => (t.absent, t.uploaded),
        FileDifference::Removed => (t.uploaded, t.absent),
        FileDifference::Changed => (t.uploaded, t.replaced),
    };
    view! { <tr><th scope="row"><code>{name}</code></th><td class="dim">{before}</td><td>{after}</td><td>{t.one_by_one}</td></tr> }
}

fn side(side: Side) -> AnyView {
    let t = text::history();
    match side {
        Side::Absent => view! { <span class="dim">{t.absent}</span> }.into_any(),
        Side::Secret => view! { <span class="dim">{t.secret}</span> }.into_any(),
        Side::Value(text) => view! { <code class="differences__value">{text}</code> }.into_any(),
    }
}

#[component]
fn TextDifference(lines: Vec<DiffLine>) -> impl IntoView {
    let t = text::history();
    let lines = lines.into_iter().map(|line| {
        let (class, sign, word, text) = match line {
            DiffLine::Same(text) => ("diff__line", " ", "", text),
            DiffLine::Added(text) => ("diff__line diff__line--added", "+", t.line_added, text),
            DiffLine::Removed(text) => ("diff__line diff__line--removed", "-", t.line_removed, text),
            DiffLine::Gap => ("diff__line diff__line--gap", "⋯", t.line_gap, String::new()),
        };
        view! {
            <div class=class><span aria-hidden="true">{sign}" "</span><span class="pf-v6-screen-reader">{word}</span>{text}</div>
        }
    });
    view! { <div class="diff" tabindex="0" role="region" aria-label=t.as_text>{lines.collect_view()}</div> }
}
