//! The page of one section: its files and fields, drawn from their declarations.

mod engines;
mod files;

use crate::draft::DraftView;
use crate::form::field::FieldFrame;
use crate::form::status::{ErrorSummary, ReadyPanel};
use crate::text;
use config_model::field::{Apply, FieldSpec};
use config_model::path::Path;
use config_model::sections::Section;
use config_model::value::{Value, ValueKind};
use leptos::prelude::*;

/// The form of a section.
#[component]
pub fn SectionPage(
    /// Which section.
    section: &'static Section,
    /// The draft, secrets left out.
    draft: DraftView,
) -> impl IntoView {
    let t = text::page();
    let lead = section.doc.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ");
    let fields = section
        .keys
        .iter()
        .filter(|field| field.drawn_with.is_none())
        .map(|field| draw(field, &Path::key(field.name), &draft, 0))
        .collect_view();
    view! {
        <section class="pf-v6-c-page__main-section head">
            <h1 class="pf-v6-c-title pf-m-xl">{section.title}</h1>
            <p class="head__lead">{lead}</p>
            <noscript><p class="notice">{t.noscript}</p></noscript>
        </section>
        <section class="pf-v6-c-page__main-section">
            <div class="columns">
                <div class="stack">
                    <ErrorSummary section=section.id.to_owned()/>
                    {(!section.keys.is_empty()).then(|| view! {
                        <div class="pf-v6-c-card"><div class="pf-v6-c-card__body"><div class="pf-v6-c-form fields">{fields}</div></div></div>
                    })}
                    {(!section.files.is_empty()).then(|| view! { <files::Files section=section draft=draft.clone()/> }.into_any())}
                </div>
                <aside class="side"><ReadyPanel/></aside>
            </div>
        </section>
    }
}

/// A field, the fields of an object, or the storage engines.
pub(super) fn draw(
    field: &'static FieldSpec,
    path: &Path,
    draft: &DraftView,
    depth: u8,
) -> AnyView {
    if field.kind == ValueKind::Engines {
        return engines::draw(field, path, draft);
    }
    let Some(object) = field.kind.object() else {
        return frame(field, path);
    };
    let fields = object
        .fields
        .iter()
        .filter(|field| field.drawn_with.is_none())
        .map(|field| draw(field, &path.field(field.name), draft, depth + 1))
        .collect_view();
    let value = draft.document.raw(path);
    let open = value.is_some_and(|value| differs(object.fields, value))
        || draft.report().within(path).next().is_some();
    let id = path.html_id();
    let head = view! {
        <span class="group__title">{field.label}</span>
        <code class="field__key">{path.to_string()}</code>
    };
    let help = view! { <p class="field__help">{help(field)}</p> };
    if field.required && field.when.is_none() {
        view! {
            <fieldset class="group" id=id><legend class="group__legend">{head}</legend>{help}{fields}</fieldset>
        }
        .into_any()
    } else {
        view! {
            <details class="group" id=id open=open><summary class="group__legend">{head}</summary>{help}{fields}</details>
        }
        .into_any()
    }
}

/// Whether an optional object holds more than a new configuration gives it.
fn differs(fields: &[&FieldSpec], value: &Value) -> bool {
    fields.iter().any(|field| {
        value.entry(field.name).is_some_and(|value| match field.setup {
            Some(setup) => *value != setup(),
            None => true,
        })
    })
}

fn frame(field: &'static FieldSpec, path: &Path) -> AnyView {
    view! { <FieldFrame path=path.clone()>{help(field)}</FieldFrame> }.into_any()
}

/// The help of a field, and what a change costs where that is more than usual.
fn help(field: &'static FieldSpec) -> String {
    let t = text::page();
    let mut help = field.help().replace('`', "");
    if field.apply == Apply::StopAll {
        help.push(' ');
        help.push_str(t.restart_all);
    }
    help
}
