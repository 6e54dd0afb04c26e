//! One line of text or a number.

use super::{Place, text_of, value_of};
use crate::form::live::follow;
use crate::text;
use config_model::value::ValueKind;
use leptos::prelude::*;

pub(super) fn control(place: &Place) -> impl IntoView + use<> {
    let Place { draft, path, spec, .. } = place.clone();
    let value = draft.watch(path.clone());
    let kind = spec.kind;
    let (example, mode) = match kind {
        ValueKind::Line(line) => (line.example, line.input_mode),
        _ => ("", "decimal"),
    };
    let placeholder = match spec.default {
        Some(default) => text_of(Some(&default())),
        None if example.is_empty() => String::new(),
        None => text::fill(text::live().example, [("value", example)]),
    };
    let width =
        if matches!(kind, ValueKind::Number) { "input-row input-row--short" } else { "input-row" };
    view! {
        <div class=width>
            <span class="pf-v6-c-form-control" class:pf-m-error=place.wrong()>
                <input
                    type="text"
                    id=place.id()
                    inputmode=mode
                    placeholder=placeholder
                    autocomplete="off"
                    spellcheck="false"
                    autocapitalize="off"
                    aria-describedby=place.described_by()
                    aria-invalid=place.invalid()
                    value=text_of(value.get_untracked().as_ref())
                    prop:value=follow(move || text_of(value.get().as_ref()))
                    on:input=move |event| draft.set_or_clear(&path, value_of(kind, &event_target_value(&event)))
                />
            </span>
            {(!spec.unit.is_empty()).then(|| view! { <span class="input-row__unit">{spec.unit}</span> })}
        </div>
    }
}
