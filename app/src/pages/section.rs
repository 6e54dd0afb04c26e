//! The page of one section: its files and fields, drawn from their declarations.

mod engines;
mod entries;
pub mod files;
mod plain;

use crate::checks::Board;
use crate::draft::DraftView;
use crate::form::field::{FieldFrame, ObjectAddress, WhileActive, WhileUnused};
use crate::form::status::{ErrorSummary, ReadyPanel};
use crate::pages::checks::ChecksCard;
use crate::pages::yaml::{Pane, YamlPane};
use crate::{paths, text};
use config_model::field::{Apply, FieldSpec};
use config_model::path::Path;
use config_model::sections::{Section, section_of};
use config_model::value::{ObjectSpec, Value, ValueKind, Variant};
use leptos::prelude::*;

/// The form of a section.
#[component]
pub fn SectionPage(
    /// Which section.
    section: &'static Section,
    /// The draft, secrets left out.
    draft: DraftView,
    /// The key that was asked for, or `all`: shown even if it is not set.
    shown: Option<String>,
    /// The text beside the form, where that is asked for.
    yaml: Option<Pane>,
    /// The live checks of what the section is about.
    checks: Board,
    /// Where the script is that follows them.
    script: String,
) -> impl IntoView {
    let t = text::page();
    let columns = if yaml.is_some() { "columns columns--yaml" } else { "columns" };
    let toggle = yaml_toggle(section, yaml.is_some());
    let side = match yaml {
        Some(pane) => view! { <YamlPane pane=pane/> }.into_any(),
        None => {
            let checks = checks.offered.then(|| view! { <ChecksCard board=checks script=script/> });
            view! { <div class="side">{checks}<ReadyPanel/></div> }.into_any()
        }
    };
    let lead = section.doc.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ");
    view! {
        <section class="pf-v6-c-page__main-section head">
            <div class="head__row"><h1 class="pf-v6-c-title pf-m-xl">{section.title}</h1>{toggle}</div>
            <p class="head__lead">{lead}</p>
            <noscript><p class="notice">{t.noscript}</p></noscript>
        </section>
        <section class="pf-v6-c-page__main-section">
            <div class=columns>
                <div class="stack">
                    <ErrorSummary section=section.id.to_owned()/>
                    {unused_note(section)}
                    {fields_card(section, &draft, shown.as_deref())}
                    {section.family.map(|family| entries::family(section, family, &draft))}
                    {(!section.files.is_empty()).then(|| view! { <files::Files section=section draft=draft.clone()/> }.into_any())}
                </div>
                {side}
            </div>
        </section>
    }
}

/// The link that puts the text beside the form, or takes it away.
fn yaml_toggle(section: &Section, shown: bool) -> impl IntoView + use<> {
    let t = text::yaml();
    let (href, words) = if shown {
        (paths::section(section.id), t.hide)
    } else {
        (paths::section_yaml(section.id), t.show)
    };
    view! { <a class="pf-v6-c-button pf-m-secondary pf-m-small" href=href>{words}</a> }
}

/// The card with a section's fields; hidden while none of them matters.
fn fields_card(
    section: &'static Section,
    draft: &DraftView,
    shown: Option<&str>,
) -> Option<AnyView> {
    let first = section.keys.first()?;
    let fields = section
        .keys
        .iter()
        .filter(|field| field.drawn_with.is_none() && is_shown(field, draft, shown))
        .map(|field| {
            if field.internal {
                plain::draw(field, draft)
            } else {
                draw(field, &Path::key(field.name), draft)
            }
        })
        .collect_view();
    let left_out = section.keys.iter().filter(|field| !is_shown(field, draft, shown)).count();
    let more = (left_out > 0).then(|| {
        let t = text::entries();
        view! {
            <p class="notice">{text::fill(t.internal, [("n", &left_out.to_string())])}" "
                <a href=paths::section_with(section.id, "all")>{t.show_internal}</a></p>
        }
    });
    let card = view! {
        <div class="pf-v6-c-card">
            <div class="pf-v6-c-card__body"><div class="pf-v6-c-form fields">{more}{fields}</div></div>
        </div>
    };
    if is_used_elsewhere(section) {
        let path = Path::key(first.name);
        Some(view! { <WhileActive path=path>{card}</WhileActive> }.into_any())
    } else {
        Some(card.into_any())
    }
}

/// Whether a key is drawn: one that only Quay's code knows is when it is set or asked for.
fn is_shown(field: &FieldSpec, draft: &DraftView, shown: Option<&str>) -> bool {
    let asked = shown.is_some_and(|shown| shown == "all" || shown == field.name);
    !field.internal || asked || draft.document.top(field.name).is_some()
}

/// Whether a field of an object is drawn: what is obsolete or internal only when it is set.
fn is_part_drawn(field: &FieldSpec, object: Option<&Value>) -> bool {
    let set = object.is_some_and(|object| object.entry(field.name).is_some());
    field.drawn_with.is_none() && (set || !(field.internal || field.legacy))
}

/// Whether everything on the page hangs on a choice made on another one.
fn is_used_elsewhere(section: &Section) -> bool {
    section.keys.iter().all(|key| key.when.is_some())
}

/// A field, the fields of an object, or the storage engines.
pub(super) fn draw(field: &'static FieldSpec, path: &Path, draft: &DraftView) -> AnyView {
    match field.kind {
        ValueKind::Engines => return engines::draw(field, path, draft),
        ValueKind::Tagged(variants) => return entries::tagged(field, variants, path, draft),
        kind => {
            if let Some(entry) = kind.entries() {
                return entries::draw(field, entry, path, draft);
            }
        }
    }
    let Some(object) = field.kind.object() else {
        return frame(field, path);
    };
    if object.is_opaque() && draft.document.raw(path).is_none() {
        return ().into_any();
    }
    let value = draft.document.raw(path);
    let fields = object
        .fields()
        .filter(|field| is_part_drawn(field, value))
        .map(|field| draw(field, &path.field(field.name), draft))
        .collect_view();
    let open = value.is_some_and(|value| differs(object, value))
        || draft.report().within(path).next().is_some()
        || stands_alone(path);
    let id = path.html_id();
    let head = view! {
        <span class="group__title">{field.label}</span>
        <code class="field__key">{path.to_string()}</code>
    };
    let help = view! { <p class="field__help">{help(field)}</p> };
    let address = object.address.map(|_| view! { <ObjectAddress path=path.clone()/> });
    if field.required && field.when.is_none() {
        view! {
            <fieldset class="group" id=id><legend class="group__legend">{head}</legend>{help}{address}{fields}</fieldset>
        }
        .into_any()
    } else {
        view! {
            <WhileActive path=path.clone()>
                <details class="group" id=id open=open>
                    <summary class="group__legend">{head}</summary>{help}{address}{fields}
                </details>
            </WhileActive>
        }
        .into_any()
    }
}

/// The fields of an entry, without the frame around them.
fn draw_kind(kind: ValueKind, path: &Path, draft: &DraftView) -> AnyView {
    let fields_at = |object: &'static ObjectSpec, base: &Path| {
        let value = draft.document.raw(base);
        object
            .fields()
            .filter(|field| is_part_drawn(field, value))
            .map(|field| draw(field, &base.field(field.name), draft))
            .collect_view()
            .into_any()
    };
    match kind {
        ValueKind::Object(object) => fields_at(object.0, path),
        ValueKind::Tagged(variants) => {
            let variant = draft.document.raw(path).and_then(|value| Variant::of(value, variants));
            variant.map_or_else(
                || ().into_any(),
                |(variant, _)| fields_at(variant.fields, &path.item(1)),
            )
        }
        // An entry that is a list or a line by itself: the mapping's own entry field.
        _ => view! { <FieldFrame path=path.clone()>{String::new()}</FieldFrame> }.into_any(),
    }
}

/// Whether a top-level key is the only one on its page.
fn stands_alone(path: &Path) -> bool {
    path.parent().is_none()
        && section_of(path.root()).is_some_and(|section| section.keys.len() == 1)
}

/// Says what must be chosen elsewhere before anything on this page matters.
fn unused_note(section: &'static Section) -> Option<AnyView> {
    let first = section.keys.first()?;
    let condition = first.when?;
    if !is_used_elsewhere(section) {
        return None;
    }
    let t = text::page();
    let home = section_of(condition.field.name)?;
    let href = paths::field(home.id, &Path::key(condition.field.name));
    let value = choice_label(condition.field, condition.one_of.first()?);
    view! {
        <WhileUnused path=Path::key(first.name)>
            <p class="notice">
                {t.unused_when}" "<a href=href>{format!("{}: {}", home.title, condition.field.label)}</a>
                " "{text::fill(t.unused_is, [("value", &value)])}
            </p>
        </WhileUnused>
    }
    .into_any()
    .into()
}

/// What a person reads for a value of a field.
fn choice_label(field: &FieldSpec, value: &str) -> String {
    match field.kind {
        ValueKind::Choice(choices) => choices
            .iter()
            .find(|choice| choice.value == value)
            .map_or_else(|| value.to_owned(), |choice| choice.label.to_owned()),
        ValueKind::Toggle if value == "true" => text::live().on.to_owned(),
        ValueKind::Toggle => text::live().off.to_owned(),
        _ => value.to_owned(),
    }
}

/// Whether an optional object holds more than a new configuration gives it.
fn differs(object: &ObjectSpec, value: &Value) -> bool {
    object.fields().any(|field| {
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
