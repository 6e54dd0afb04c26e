//! Pictures that say nothing by themselves: the words stand beside them.

use leptos::prelude::*;

/// A glass to look through.
#[component]
pub fn Magnifier() -> impl IntoView {
    view! {
        <svg width="16" height="16" viewBox="0 0 16 16" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" aria-hidden="true">
            <circle cx="6.8" cy="6.8" r="4.6"/>
            <path d="M10.3 10.3 14 14"/>
        </svg>
    }
}

/// The product's mark.
#[component]
pub fn Brand() -> impl IntoView {
    view! {
        <svg class="brand__mark" width="26" height="26" viewBox="0 0 26 26" aria-hidden="true">
            <rect x="1" y="1" width="24" height="24" rx="6" fill="#06c"/>
            <path d="M7 9h12M7 13h12M7 17h7" stroke="#fff" stroke-width="2.2" stroke-linecap="round"/>
        </svg>
    }
}
