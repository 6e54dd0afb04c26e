//! On or off.

use super::Place;
use crate::form::live::follow;
use crate::text;
use config_model::value::Value;
use leptos::prelude::*;

pub(super) fn control(place: &Place) -> impl IntoView + use<> {
    let Place { draft, path, spec, .. } = place.clone();
    let value = draft.watch(path.clone());
    let default = spec.default.and_then(|default| default().as_bool()).unwrap_or(false);
    let on = Memo::new(move |_| {
        value.with(|value| value.as_ref().and_then(Value::as_bool)).unwrap_or(default)
    });
    let t = text::live();
    view! {
        <label class="pf-v6-c-switch" for=place.id()>
            <input
                class="pf-v6-c-switch__input"
                type="checkbox"
                role="switch"
                id=place.id()
                aria-labelledby=format!("{}-label", place.id())
                aria-describedby=place.described_by()
                aria-invalid=place.invalid()
                checked=on.get_untracked()
                prop:checked=follow(move || on.get())
                on:change=move |event| draft.set(&path, Value::Bool(event_target_checked(&event)))
            />
            <span class="pf-v6-c-switch__toggle"></span>
            <span class="pf-v6-c-switch__label">{follow(move || (if on.get() { t.on } else { t.off }).to_owned())}</span>
        </label>
    }
}
