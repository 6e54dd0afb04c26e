//! A host name and a port that stand in the file as a list of two.

use super::{Place, text_of};
use crate::form::live::follow;
use crate::text;
use config_model::value::Value;
use leptos::prelude::*;

pub(super) fn control(place: &Place) -> impl IntoView + use<> {
    let Place { draft, path, .. } = place.clone();
    let value = draft.watch(path.clone());
    let part =
        move |at: usize| follow(move || value.with(|value| text_of(item(value.as_ref(), at))));
    let (name, number) = (part(0), part(1));
    let store = move |name: String, number: String| {
        if name.is_empty() && number.is_empty() {
            draft.clear(&path);
        } else {
            let second = Value::decimal(number.trim()).unwrap_or(Value::Text(number));
            draft.set(&path, Value::List(vec![Value::Text(name), second]));
        }
    };
    let store_port = store.clone();
    let t = text::live();
    let id = place.id();
    let described_by = place.described_by();
    view! {
        <div class="list" role="group" id=id.clone() tabindex="-1" aria-labelledby=format!("{id}-label")>
            <div class="list__row">
                <span class="pf-v6-c-form-control">
                    <input type="text" aria-label=t.host aria-describedby=described_by.clone() placeholder=t.host autocomplete="off" spellcheck="false"
                        value=name.get_untracked() prop:value=name
                        on:input=move |event| store(event_target_value(&event), number.get_untracked())/>
                </span>
                <span class="pf-v6-c-form-control">
                    <input type="text" inputmode="decimal" aria-label=t.port aria-describedby=described_by placeholder=t.port autocomplete="off"
                        value=number.get_untracked() prop:value=number
                        on:input=move |event| store_port(name.get_untracked(), event_target_value(&event))/>
                </span>
            </div>
        </div>
    }
}

fn item(value: Option<&Value>, at: usize) -> Option<&Value> {
    value.and_then(Value::as_list)?.get(at)
}
