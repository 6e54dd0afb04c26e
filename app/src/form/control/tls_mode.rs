//! Where TLS ends: one choice that writes two keys.

use super::Place;
use crate::form::live::follow;
use crate::text;
use config_model::path::Path;
use config_model::value::Value;
use leptos::prelude::*;

/// The three ways of the manual's chapter 4.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Quay,
    Balancer,
    None,
}

impl Mode {
    /// The scheme users see, and whether something before Quay ends TLS.
    fn keys(self) -> (&'static str, bool) {
        match self {
            Self::Quay => ("https", false),
            Self::Balancer => ("https", true),
            Self::None => ("http", false),
        }
    }
}

pub(super) fn control(place: &Place) -> impl IntoView + use<> {
    let Place { draft, path, .. } = place.clone();
    let outside = Path::key("EXTERNAL_TLS_TERMINATION");
    let (scheme, external) = (draft.watch(path.clone()), draft.watch(outside.clone()));
    let t = text::live();
    let current = Memo::new(move |_| {
        let external = external.get().and_then(|value| value.as_bool()).unwrap_or(false);
        match scheme.get().as_ref().and_then(Value::as_str) {
            Some("https") if external => Some(Mode::Balancer),
            Some("https") => Some(Mode::Quay),
            Some("http") | None if !external => Some(Mode::None),
            Some("http") | None => Some(Mode::Balancer),
            Some(_) => None,
        }
    });
    let id = place.id();
    let described_by = place.described_by();
    let radios = [
        (Mode::Quay, t.tls_quay, t.tls_quay_help),
        (Mode::Balancer, t.tls_balancer, t.tls_balancer_help),
        (Mode::None, t.tls_none, t.tls_none_help),
    ]
    .into_iter()
    .enumerate()
    .map(|(at, (mode, label, help))| {
        let (path, outside) = (path.clone(), outside.clone());
        let radio = format!("{id}-{at}");
        view! {
            <div class="pf-v6-c-radio">
                <input class="pf-v6-c-radio__input" type="radio" name=id.clone() id=radio.clone()
                    aria-describedby=format!("{radio}-help")
                    checked=current.get_untracked() == Some(mode)
                    prop:checked=follow(move || current.get() == Some(mode))
                    on:change=move |_| {
                        let (scheme, external) = mode.keys();
                        draft.set(&path, Value::from(scheme));
                        draft.set(&outside, Value::Bool(external));
                    }/>
                <label class="pf-v6-c-radio__label" for=radio.clone()>{label}</label>
                <span class="pf-v6-c-radio__description" id=format!("{radio}-help")>{help}</span>
            </div>
        }
    })
    .collect_view();
    view! {
        <div class="radios" role="radiogroup" id=id.clone() tabindex="-1" aria-labelledby=format!("{id}-label") aria-describedby=described_by>{radios}</div>
    }
}
