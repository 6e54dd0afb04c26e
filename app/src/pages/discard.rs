//! Asks before a draft is thrown away.

use crate::{paths, text};
use leptos::prelude::*;

/// The question, as a dialogue.
#[component]
pub fn DiscardDialog() -> impl IntoView {
    let t = text::page();
    view! {
        <div class="pf-v6-c-backdrop"></div>
        <div class="pf-v6-c-modal-box pf-m-sm dialog" role="dialog" aria-modal="true" aria-labelledby="dialog-title">
            <header class="pf-v6-c-modal-box__header"><h1 class="pf-v6-c-modal-box__title" id="dialog-title">{t.discard_title}</h1></header>
            <div class="pf-v6-c-modal-box__body">{t.discard_question}</div>
            <footer class="pf-v6-c-modal-box__footer">
                <form method="post" action=paths::DISCARD>
                    <button class="pf-v6-c-button pf-m-danger" type="submit">{t.discard_confirm}</button>
                </form>
                <a class="pf-v6-c-button pf-m-link" href=paths::OVERVIEW>{t.keep}</a>
            </footer>
        </div>
    }
}
