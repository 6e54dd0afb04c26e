//! Taking over a configuration that is there already.

use crate::pages::history::ReasonField;
use crate::{paths, text};
use leptos::prelude::*;

/// The form, and what an upload left out.
#[component]
pub fn ImportPage(
    /// Names of files in the last upload that Quay does not read.
    left_out: Vec<String>,
    /// Whether an upload has just been taken over.
    done: bool,
) -> impl IntoView {
    let t = text::import();
    let left_out = (!left_out.is_empty()).then(|| {
        view! {
            <div class="notice">
                <p>{t.left_out}</p>
                <ul class="keys">{left_out.into_iter().map(|name| view! { <li><code>{name}</code></li> }).collect_view()}</ul>
            </div>
        }
    });
    view! {
        <section class="pf-v6-c-page__main-section head">
            <h1 class="pf-v6-c-title pf-m-xl">{t.title}</h1>
            <p class="head__lead">{t.lead}</p>
        </section>
        <section class="pf-v6-c-page__main-section stack">
            {done.then(|| view! {
                <div class="pf-v6-c-alert pf-m-inline pf-m-success"><p class="pf-v6-c-alert__title">{t.done}" "<a href=paths::OVERVIEW>{t.go_on}</a></p></div>
            })}
            {left_out}
            <div class="pf-v6-c-card"><div class="pf-v6-c-card__body">
                <form method="post" action=paths::IMPORT enctype="multipart/form-data" class="fields">
                    <div class="field">
                        <label class="pf-v6-c-form__label" for="import-file"><span class="pf-v6-c-form__label-text">{t.file}</span></label>
                        <input type="file" id="import-file" name="file" required accept=".gz,.tgz,.yaml,.yml" class="file__input" aria-describedby="import-help"/>
                        <p class="field__help" id="import-help">{t.file_help}</p>
                    </div>
                    <ReasonField id="import-reason"/>
                    <div><button class="pf-v6-c-button pf-m-primary" type="submit">{t.submit}</button></div>
                </form>
            </div></div>
        </section>
    }
}
