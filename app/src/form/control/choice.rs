//! One of a few words.

use super::{Place, text_of};
use crate::form::live::follow;
use crate::text;
use config_model::value::{Choice, Value};
use leptos::prelude::*;

pub(super) fn control(place: &Place, choices: &'static [Choice]) -> impl IntoView + use<> {
    let Place { draft, path, spec, .. } = place.clone();
    let value = draft.watch(path.clone());
    let t = text::live();
    let default = spec.default.map(|default| text_of(Some(&default())));
    let label = |word: &str| {
        choices
            .iter()
            .find(|choice| choice.value == word)
            .map_or(word.to_owned(), |choice| choice.label.to_owned())
    };
    let empty = default.map_or(t.choose_none.to_owned(), |word| {
        text::fill(t.choose_default, [("value", &label(&word))])
    });
    let word = Memo::new(move |_| text_of(value.get().as_ref()));
    let start = word.get_untracked();
    // A word from the file that is none of the choices must not be lost by looking at it.
    let unlisted = (!start.is_empty() && choices.iter().all(|choice| choice.value != start))
        .then(|| start.clone());
    view! {
        <div class="input-row">
            <span class="pf-v6-c-form-control" class:pf-m-error=place.wrong()>
                <select
                    id=place.id()
                    aria-describedby=place.described_by()
                    aria-invalid=place.invalid()
                    prop:value=follow(move || word.get())
                    on:change=move |event| draft.set_or_clear(&path, Value::Text(event_target_value(&event)))
                >
                    <option value="">{empty}</option>
                    {choices.iter().map(|choice| view! {
                        <option value=choice.value selected=choice.value == start>{choice.label}</option>
                    }).collect_view()}
                    {unlisted.map(|word| view! { <option value=word.clone() selected=true>{word.clone()}</option> })}
                </select>
                <span class="pf-v6-c-form-control__utilities" aria-hidden="true">
                    <span class="pf-v6-c-form-control__toggle-icon caret"></span>
                </span>
            </span>
        </div>
    }
}
