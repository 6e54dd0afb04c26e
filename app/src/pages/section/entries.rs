//! Lists and mappings whose entries have fields of their own, and values that begin with a word.

use super::draw_kind;
use crate::draft::DraftView;
use crate::form::field::PlaceMessages;
use crate::{paths, text};
use config_model::field::FieldSpec;
use config_model::path::Path;
use config_model::sections::{Family, Section};
use config_model::value::{Value, ValueKind, Variant};
use leptos::prelude::*;

/// A list or mapping: its entries as cards, and a form that adds one.
pub(super) fn draw(
    field: &'static FieldSpec,
    entry: ValueKind,
    path: &Path,
    draft: &DraftView,
) -> AnyView {
    let places = entries_of(draft.document.raw(path), path);
    let none = places.is_empty();
    let cards = places
        .into_iter()
        .enumerate()
        .map(|(at, (name, place))| {
            let name = name.unwrap_or_else(|| format!("{} {}", field.label, at + 1));
            let id = match entry {
                ValueKind::Object(_) | ValueKind::Tagged(_) => place.html_id(),
                // The field inside has the id of the place.
                _ => format!("{}-entry", place.html_id()),
            };
            card(&name, &place, id, draw_kind(entry, &place, draft))
        })
        .collect_view();
    let named = matches!(field.kind, ValueKind::Mapping(_));
    let lead = lead(field);
    view! {
        <div class="engines" id=path.html_id() tabindex="-1" role="group" aria-label=field.label>
            {head(field, path)}
            {lead}
            <PlaceMessages path=path.clone()/>
            {none.then(|| view! { <p class="engines__none">{text::entries().none}</p> })}
            {cards}
            {add_form(field, path, named, entry)}
        </div>
    }
    .into_any()
}

/// A value that begins with a word: which one, and its arguments.
pub(super) fn tagged(
    field: &'static FieldSpec,
    variants: &'static [Variant],
    path: &Path,
    draft: &DraftView,
) -> AnyView {
    let chosen = draft.document.raw(path).and_then(|value| Variant::of(value, variants));
    let inner = chosen.map(|(variant, _)| {
        let fields = draw_kind(ValueKind::Tagged(variants), path, draft);
        card(variant.label, path, path.html_id(), fields)
    });
    let t = text::entries();
    let id = format!("{}-word", path.html_id());
    view! {
        <div class="engines" id=format!("{}-choice", path.html_id()) tabindex="-1" role="group" aria-label=field.label>
            {head(field, path)}
            {lead(field)}
            <PlaceMessages path=path.clone()/>
            {inner}
            <form method="post" action=paths::ENTRIES class="engine-add">
                {hidden("choose", path)}
                <div class="engine-add__field">
                    <label class="part__label" for=id.clone()>{t.kind}</label>
                    {words(&id, variants, chosen.map(|(variant, _)| variant.word))}
                </div>
                <button class="pf-v6-c-button pf-m-secondary" type="submit">{if chosen.is_some() { t.change } else { t.choose }}</button>
            </form>
        </div>
    }
    .into_any()
}

/// The keys of a family, and a form that adds one.
pub(super) fn family(
    section: &'static Section,
    family: &'static Family,
    draft: &DraftView,
) -> AnyView {
    let t = text::entries();
    let keys: Vec<String> = draft
        .document
        .entries()
        .keys()
        .filter_map(|key| key.as_str())
        .filter(|key| family.name_in(key).is_some())
        .map(str::to_owned)
        .collect();
    let none = keys.is_empty();
    let cards = keys
        .into_iter()
        .map(|key| {
            let path = Path::key(&key);
            let fields = draw_kind(family.spec.kind, &path, draft);
            card(family.name_in(&key).unwrap_or(&key), &path, path.html_id(), fields)
        })
        .collect_view();
    let id = format!("{}-add", section.id);
    view! {
        <div class="engines">
            {none.then(|| view! { <p class="engines__none">{t.none}</p> })}
            {cards}
            <form method="post" action=paths::ENTRIES class="engine-add">
                <input type="hidden" name="action" value="add-key"/>
                <input type="hidden" name="ending" value=family.ending/>
                <h2 class="engine-add__title">{text::fill(t.add, [("what", family.spec.label)])}</h2>
                <div class="engine-add__field">
                    <label class="part__label" for=id.clone()>{t.name}</label>
                    <span class="pf-v6-c-form-control"><input type="text" id=id.clone() name="name" required pattern="[A-Z0-9_]+" maxlength="64" autocomplete="off" aria-describedby=format!("{id}-help")/></span>
                    <p class="part__help" id=format!("{id}-help")>{text::fill(t.key_help, [("ending", family.ending)])}</p>
                </div>
                <button class="pf-v6-c-button pf-m-secondary" type="submit">{t.add_button}</button>
            </form>
        </div>
    }
    .into_any()
}

fn head(field: &'static FieldSpec, path: &Path) -> impl IntoView + use<> {
    view! {
        <div class="field__head"><span class="pf-v6-c-form__label-text">{field.label}</span><code class="field__key">{path.to_string()}</code></div>
    }
}

fn lead(field: &'static FieldSpec) -> impl IntoView {
    view! { <p class="field__help">{super::help(field)}</p> }
}

/// One entry, with a button that takes it out.
fn card(name: &str, place: &Path, id: String, fields: AnyView) -> AnyView {
    let t = text::entries();
    view! {
        <fieldset class="group engine" id=id tabindex="-1">
            <legend class="group__legend"><span class="group__title">{name.to_owned()}</span><code class="field__key">{place.to_string()}</code></legend>
            <div class="engine__actions">
                <form method="post" action=paths::ENTRIES>
                    {hidden("remove", place)}
                    <button class="pf-v6-c-button pf-m-plain pf-m-small" type="submit" aria-label=text::fill(t.remove, [("name", name)])><span aria-hidden="true">"×"</span></button>
                </form>
            </div>
            {fields}
        </fieldset>
    }
    .into_any()
}

fn add_form(
    field: &'static FieldSpec,
    path: &Path,
    named: bool,
    entry: ValueKind,
) -> impl IntoView + use<> {
    let t = text::entries();
    let id = path.html_id();
    let (name_id, word_id) = (format!("{id}-new-name"), format!("{id}-new-word"));
    let word = if let ValueKind::Tagged(variants) = entry { Some(variants) } else { None };
    view! {
        <form method="post" action=paths::ENTRIES class="engine-add">
            {hidden("add", path)}
            <h2 class="engine-add__title">{text::fill(t.add, [("what", field.label)])}</h2>
            {word.map(|variants| view! {
                <div class="engine-add__field">
                    <label class="part__label" for=word_id.clone()>{t.kind}</label>
                    {words(&word_id, variants, None)}
                </div>
            })}
            {named.then(|| view! {
                <div class="engine-add__field">
                    <label class="part__label" for=name_id.clone()>{t.name}</label>
                    <span class="pf-v6-c-form-control"><input type="text" id=name_id name="name" required maxlength="255" autocomplete="off"/></span>
                </div>
            })}
            <button class="pf-v6-c-button pf-m-secondary" type="submit" aria-label=text::fill(t.add, [("what", field.label)])>{t.add_button}</button>
        </form>
    }
}

/// A choice of words.
fn words(
    id: &str,
    variants: &'static [Variant],
    chosen: Option<&'static str>,
) -> impl IntoView + use<> {
    let options = variants.iter().map(|variant| {
        let label = format!("{} ({})", variant.label, variant.word);
        view! { <option value=variant.word selected=chosen == Some(variant.word)>{label}</option> }
    });
    view! {
        <span class="pf-v6-c-form-control">
            <select id=id.to_owned() name="word">{options.collect_view()}</select>
            <span class="pf-v6-c-form-control__utilities" aria-hidden="true"><span class="pf-v6-c-form-control__toggle-icon caret"></span></span>
        </span>
    }
}

/// What a form says of itself.
fn hidden(action: &'static str, path: &Path) -> impl IntoView + use<> {
    let path = serde_json::to_string(path).unwrap_or_default();
    view! {
        <input type="hidden" name="action" value=action/>
        <input type="hidden" name="path" value=path/>
    }
}

/// The entries of a list or mapping, each with its name where it has one.
fn entries_of(value: Option<&Value>, path: &Path) -> Vec<(Option<String>, Path)> {
    match value {
        Some(Value::List(items)) => (0..items.len()).map(|at| (None, path.item(at))).collect(),
        Some(Value::Map(map)) => map
            .keys()
            .filter_map(|name| name.as_str())
            .map(|name| (Some(name.to_owned()), path.field(name)))
            .collect(),
        _ => Vec::new(),
    }
}
