//! A page that only says something: not found, refused, failed.

use crate::layout::frame::PlainFrame;
use crate::{paths, text};
use leptos::prelude::*;

/// A title, a sentence, and the way back.
#[component]
pub fn MessagePage(
    /// What happened.
    title: String,
    /// Why, and what to do.
    message: String,
) -> impl IntoView {
    let t = text::page();
    view! {
        <PlainFrame>
            <section class="pf-v6-c-card message-page">
                <div class="pf-v6-c-card__title"><h1 class="pf-v6-c-title pf-m-xl">{title}</h1></div>
                <div class="pf-v6-c-card__body">
                    <p>{message}</p>
                    <p><a class="pf-v6-c-button pf-m-primary" href=paths::OVERVIEW>{t.back_home}</a></p>
                </div>
            </section>
        </PlainFrame>
    }
}
