//! Pictures that say nothing by themselves: the words stand beside them.

use leptos::prelude::*;

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
