//! The frame of a field: label, key, reset, control, and what is wrong with it.

use super::control::Control;
use super::live::{Draft, follow};
use crate::text;
use config_model::field::FieldSpec;
use config_model::path::Path;
use config_model::rule::{Finding, Severity};
use config_model::value::{Value, ValueKind};
use config_model::walk;
use config_model::yaml::write_inline;
use leptos::prelude::*;

/// One field with everything around it; the help is the server's, inside.
#[island]
pub fn FieldFrame(
    /// Which field.
    path: Path,
    /// The help, which the browser's program does not carry.
    children: Children,
) -> impl IntoView {
    let draft = Draft::here();
    let Some(spec) = draft.with_untracked(|view| walk::field_at(&view.document, &path)) else {
        return ().into_any();
    };
    let id = path.html_id();
    let findings = findings_at(draft, path.clone(), true);
    let shown = {
        let path = path.clone();
        Memo::new(move |_| draft.is_active(&path))
    };
    let set = draft.watch(path.clone());
    let can_reset = !spec.required || spec.setup.is_some();
    let reset = {
        let path = path.clone();
        move |_| draft.reset(&path)
    };
    let is_reset = Memo::new(move |_| set.get() == spec.setup.map(|setup| setup()));
    let t = text::live();
    let (label, keys, default_line) = (label(spec, &id), keys(spec, &path), default_line(spec));
    view! {
        <div class="pf-v6-c-form__group field" id=format!("{id}-frame") hidden=follow(move || !shown.get())>
            <div class="field__head">
                {label}
                <code class="field__key">{keys}</code>
                <span class="field__grow"></span>
                <button
                    type="button"
                    class="pf-v6-c-button pf-m-link pf-m-inline field__reset"
                    hidden=follow(move || !can_reset || is_reset.get())
                    aria-label=text::fill(t.reset_to, [("label", spec.label)])
                    on:click=reset
                >{t.reset}</button>
            </div>
            <div class="pf-v6-c-form__group-control">
                <Control path=path spec=spec findings=findings/>
                <Messages id=format!("{id}-messages") findings=findings/>
                <div class="field__help" id=format!("{id}-help")><span>{children()}</span>{default_line}</div>
            </div>
        </div>
    }
    .into_any()
}

/// The label; a group of controls is labelled by its id, a single control by a real label.
fn label(spec: &FieldSpec, id: &str) -> AnyView {
    let words = view! {
        <span class="pf-v6-c-form__label-text">{spec.label}</span>
        {spec.required.then(|| view! {
            <span class="pf-v6-c-form__label-required" aria-hidden="true">"\u{a0}*"</span>
            <span class="pf-v6-screen-reader">{format!(" ({})", text::live().required)}</span>
        })}
    };
    let label_id = format!("{id}-label");
    if matches!(
        spec.kind,
        ValueKind::TlsMode
            | ValueKind::DatabaseUri
            | ValueKind::List(_)
            | ValueKind::Mapping(_)
            | ValueKind::HostAndPort
    ) {
        view! { <span class="pf-v6-c-form__label" id=label_id>{words}</span> }.into_any()
    } else {
        let id = id.to_owned();
        view! { <label class="pf-v6-c-form__label" id=label_id for=id>{words}</label> }.into_any()
    }
}

/// The keys that the control writes.
fn keys(spec: &FieldSpec, path: &Path) -> String {
    let also = config_model::sections::section_of(path.root())
        .into_iter()
        .flat_map(|section| section.keys)
        .filter(|other| path.parent().is_none() && other.drawn_with == Some(spec.name))
        .map(|other| format!(", {}", other.name));
    std::iter::once(path.to_string()).chain(also).collect()
}

/// What Quay takes without a value, where that says something.
fn default_line(spec: &FieldSpec) -> Option<impl IntoView + use<>> {
    let t = text::live();
    let default = spec.default.filter(|_| spec.kind != ValueKind::TlsMode)?();
    let words = match default {
        Value::Bool(on) => (if on { t.on } else { t.off }).to_owned(),
        value if value.is_blank() => return None,
        value => write_inline(&value),
    };
    Some(
        view! { <span class="field__default">{text::fill(t.default_is, [("value", &words)])}</span> },
    )
}

/// Whatever stands around a field's own group: hidden while the field does not matter.
#[island]
pub fn WhileActive(
    /// Which field.
    path: Path,
    /// What is shown.
    children: Children,
) -> impl IntoView {
    let draft = Draft::here();
    let shown = Memo::new(move |_| draft.is_active(&path));
    view! { <div hidden=follow(move || !shown.get())>{children()}</div> }
}

/// The reverse: shown while the field does not matter.
#[island]
pub fn WhileUnused(
    /// Which field.
    path: Path,
    /// What is shown.
    children: Children,
) -> impl IntoView {
    let draft = Draft::here();
    let shown = Memo::new(move |_| !draft.is_active(&path));
    view! { <div hidden=follow(move || !shown.get())>{children()}</div> }
}

/// An object written as one address, as it changes.
#[island]
pub fn ObjectAddress(
    /// Which object.
    path: Path,
) -> impl IntoView {
    let draft = Draft::here();
    let field = draft.with_untracked(|view| walk::field_at(&view.document, &path));
    let Some(address) =
        field.and_then(|field| field.kind.object()).and_then(|object| object.address)
    else {
        return ().into_any();
    };
    let value = draft.watch(path);
    let text = follow(move || value.get().as_ref().map(address).unwrap_or_default());
    view! {
        <p class="address" hidden=follow(move || value.with(Option::is_none))>
            <span class="dim">{text::live().as_address}</span>" "<code>{text}</code>
        </p>
    }
    .into_any()
}

/// What is wrong with a place as a whole, above what stands in it.
#[island]
pub fn PlaceMessages(
    /// Which place.
    path: Path,
) -> impl IntoView {
    let id = format!("{}-messages", path.html_id());
    let findings = findings_at(Draft::here(), path, false);
    view! { <Messages id=id findings=findings/> }
}

/// The findings about a field: about its exact place, or anywhere inside it.
pub(super) fn findings_at(draft: Draft, path: Path, inside: bool) -> Memo<Vec<Finding>> {
    Memo::new(move |_| {
        draft.report().with(|report| {
            report.within(&path).filter(|finding| inside || finding.path == path).cloned().collect()
        })
    })
}

/// What is wrong, and how to mend it.
#[component]
pub(super) fn Messages(
    /// The element's id, which the control refers to.
    id: String,
    /// What is wrong.
    findings: Memo<Vec<Finding>>,
) -> impl IntoView {
    let t = text::live();
    view! {
        <div class="field__messages" id=id aria-live="polite">
            {move || findings.get().into_iter().map(|finding| {
                let error = finding.severity == Severity::Error;
                let class = if error { "message message--error" } else { "message message--warning" };
                let word = if error { t.error } else { t.warning };
                view! {
                    <p class=class><b>{word}</b>" "{finding.message}" "{finding.fix}</p>
                }
            }).collect_view()}
        </div>
    }
}
