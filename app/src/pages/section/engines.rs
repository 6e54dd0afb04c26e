//! The storage engines: add, reorder, remove; the first one is preferred.

use super::draw as draw_field;
use crate::draft::DraftView;
use crate::{paths, text};
use config_model::field::FieldSpec;
use config_model::path::Path;
use config_model::rule::Severity;
use config_model::storage::{self, engines::ENGINES};
use config_model::value::Value;
use leptos::prelude::*;

pub(super) fn draw(field: &'static FieldSpec, path: &Path, draft: &DraftView) -> AnyView {
    let t = text::page();
    let live = text::live();
    let names = in_order(draft, path);
    let last = names.len().saturating_sub(1);
    let cards = names
        .iter()
        .enumerate()
        .map(|(at, name)| engine(name, at, last, path, draft))
        .collect_view();
    let messages = draft
        .report()
        .findings()
        .iter()
        .filter(|finding| finding.path == *path || finding.key == "DISTRIBUTED_STORAGE_PREFERENCE" || finding.key == "DISTRIBUTED_STORAGE_DEFAULT_LOCATIONS")
        .cloned()
        .map(|finding| {
            let error = finding.severity == Severity::Error;
            let class = if error { "message message--error" } else { "message message--warning" };
            view! { <p class=class><b>{if error { live.error } else { live.warning }}</b>" "{finding.message}" "{finding.fix}</p> }
        })
        .collect_view();
    view! {
        <div class="engines" id=path.html_id() tabindex="-1" role="group" aria-label=field.label>
            <div class="field__head"><span class="pf-v6-c-form__label-text">{field.label}</span><code class="field__key">{path.to_string()}</code></div>
            <p class="field__help">{field.help().replace('`', "")}</p>
            <div id="DISTRIBUTED_STORAGE_PREFERENCE" tabindex="-1">{messages}</div>
            {names.is_empty().then(|| view! { <p class="engines__none">{t.engines_none}</p> })}
            {cards}
            <Add first=names.is_empty()/>
        </div>
    }
    .into_any()
}

/// The engines' names: preferred ones first, then the rest as the file has them.
fn in_order(draft: &DraftView, path: &Path) -> Vec<String> {
    let all: Vec<String> = draft
        .document
        .raw(path)
        .and_then(Value::as_map)
        .into_iter()
        .flat_map(|map| map.keys().filter_map(|key| key.as_str()).map(str::to_owned))
        .collect();
    let mut names: Vec<String> = listed(draft, "DISTRIBUTED_STORAGE_PREFERENCE")
        .into_iter()
        .filter(|name| all.contains(name))
        .collect();
    names.extend(all.into_iter().filter(|name| !names.contains(name)).collect::<Vec<_>>());
    names
}

fn listed(draft: &DraftView, key: &str) -> Vec<String> {
    draft
        .document
        .top(key)
        .and_then(Value::as_list)
        .unwrap_or_default()
        .iter()
        .filter_map(|name| name.as_str().map(str::to_owned))
        .collect()
}

fn engine(name: &str, at: usize, last: usize, path: &Path, draft: &DraftView) -> AnyView {
    let t = text::page();
    let place = path.field(name);
    let driver =
        draft.document.raw(&place.item(0)).and_then(Value::as_str).unwrap_or_default().to_owned();
    let spec = storage::by_driver(&driver);
    let label = spec.map_or(driver.clone(), |spec| spec.label.to_owned());
    let fields = match spec {
        Some(spec) => spec
            .fields
            .fields()
            .map(|field| draw_field(field, &place.item(1).field(field.name), draft))
            .collect_view()
            .into_any(),
        None => view! { <p>{text::fill(t.engine_unknown, [("driver", &driver)])}</p> }.into_any(),
    };
    let help = spec.map(|spec| {
        spec.doc.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ").replace('`', "")
    });
    let is_default = listed(draft, "DISTRIBUTED_STORAGE_DEFAULT_LOCATIONS")
        .iter()
        .any(|location| location == name);
    let act = |action: &'static str, label: String, sign: &'static str, off: bool| {
        view! {
            <form method="post" action=paths::ENGINES>
                <input type="hidden" name="action" value=action/>
                <input type="hidden" name="name" value=name.to_owned()/>
                <button class="pf-v6-c-button pf-m-plain pf-m-small" type="submit" disabled=off aria-label=label><span aria-hidden="true">{sign}</span></button>
            </form>
        }
    };
    let copies = if is_default { "uncopy" } else { "copy" };
    view! {
        <fieldset class="group engine" id=place.html_id() tabindex="-1">
            <legend class="group__legend">
                <span class="group__title">{name.to_owned()}</span><span class="engine__driver">{label}</span>
                {(at == 0).then(|| view! { <span class="pill">{t.engine_preferred}</span> })}
            </legend>
            <div class="engine__actions">
                {act("up", text::fill(t.engine_move_up, [("name", name)]), "↑", at == 0)}
                {act("down", text::fill(t.engine_move_down, [("name", name)]), "↓", at == last)}
                {act("remove", text::fill(t.engine_remove, [("name", name)]), "×", false)}
            </div>
            {help.map(|help| view! { <p class="field__help">{help}</p> })}
            {fields}
            <form method="post" action=paths::ENGINES class="engine__copies">
                <input type="hidden" name="action" value=copies/>
                <input type="hidden" name="name" value=name.to_owned()/>
                <button class="pf-v6-c-button pf-m-link pf-m-inline" type="submit" role="switch" aria-checked=is_default.to_string()>
                    <span class="tick" aria-hidden="true">{if is_default { "☑" } else { "☐" }}</span>" "{t.engine_default_location}</button>
                <code class="field__key">"DISTRIBUTED_STORAGE_DEFAULT_LOCATIONS"</code>
            </form>
        </fieldset>
    }
    .into_any()
}

#[component]
fn Add(first: bool) -> impl IntoView {
    let t = text::page();
    let name = if first { "default" } else { "" };
    let options = ENGINES.iter().map(|engine| {
        let label = format!("{} ({})", engine.label, engine.word);
        view! { <option value=engine.word>{label}</option> }
    });
    view! {
        <form method="post" action=paths::ENGINES class="engine-add">
            <input type="hidden" name="action" value="add"/>
            <h3 class="engine-add__title">{t.engines_add}</h3>
            <div class="engine-add__field">
                <label class="part__label" for="engine-driver">{t.engine_driver}</label>
                <span class="pf-v6-c-form-control">
                    <select id="engine-driver" name="driver">{options.collect_view()}</select>
                    <span class="pf-v6-c-form-control__utilities" aria-hidden="true"><span class="pf-v6-c-form-control__toggle-icon caret"></span></span>
                </span>
            </div>
            <div class="engine-add__field">
                <label class="part__label" for="engine-name">{t.engine_name}</label>
                <span class="pf-v6-c-form-control">
                    <input type="text" id="engine-name" name="name" value=name required pattern="[A-Za-z0-9_\\-]+" maxlength="64" autocomplete="off" aria-describedby="engine-name-help"/>
                </span>
                <p class="part__help" id="engine-name-help">{t.engine_name_help}</p>
            </div>
            <button class="pf-v6-c-button pf-m-secondary" type="submit">{t.engines_add}</button>
        </form>
    }
}
