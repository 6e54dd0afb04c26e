//! Text that goes to the server and never comes back.

use super::Place;
use crate::form::live::follow;
use crate::text;
use config_model::value::Value;
use leptos::prelude::*;

pub(super) fn control(place: &Place) -> impl IntoView + use<> {
    let Place { draft, path, spec, .. } = place.clone();
    let value = draft.watch(path.clone());
    let t = text::live();
    let set = Memo::new(move |_| {
        value.with(|value| value.as_ref().is_some_and(|value| !value.is_blank()))
    });
    let typing = RwSignal::new(false);
    let generated = RwSignal::new(false);
    let input = NodeRef::<leptos::html::Input>::new();
    let replace = move |_| {
        typing.set(true);
        generated.set(false);
        request_animation_frame(move || {
            if let Some(input) = input.get_untracked() {
                let _ = input.focus();
            }
        });
    };
    let (at_input, at_generate, at_clear) = (path.clone(), path.clone(), path);
    let enter = follow(move || (if set.get() { t.replace } else { t.set }).to_owned());
    let state = follow(move || {
        let words = match (set.get(), generated.get()) {
            (true, true) => t.generated,
            (true, false) => t.set_secret,
            (false, _) => t.not_set,
        };
        words.to_owned()
    });
    view! {
        <div class="secret">
            <span class="pf-v6-c-form-control secret__input" hidden=follow(move || !typing.get())>
                <input
                    type="password"
                    id=place.id()
                    node_ref=input
                    autocomplete="new-password"
                    aria-describedby=place.described_by()
                    aria-invalid=place.invalid()
                    on:input=move |event| {
                        draft.set_or_clear(&at_input, Value::Text(event_target_value(&event)));
                    }
                />
            </span>
            <span class="secret__state" class:secret__state--set=follow(move || set.get()) hidden=follow(move || typing.get())>{state}</span>
            <span class="secret__actions">
                <button type="button" class="pf-v6-c-button pf-m-secondary pf-m-small" hidden=follow(move || typing.get()) on:click=replace
                    aria-label=follow(move || format!("{} {}", enter.get(), spec.label))>{enter}</button>
                {spec.generated.then(|| view! {
                    <button type="button" class="pf-v6-c-button pf-m-link pf-m-small"
                        aria-label=format!("{} {}", t.generate, spec.label)
                        on:click=move |_| { draft.generate(&at_generate); typing.set(false); generated.set(true); }>{t.generate}</button>
                })}
                <button type="button" class="pf-v6-c-button pf-m-link pf-m-small" hidden=follow(move || !set.get())
                    aria-label=format!("{} {}", t.clear, spec.label)
                    on:click=move |_| { draft.clear(&at_clear); typing.set(false); }>{t.clear}</button>
            </span>
        </div>
    }
}
