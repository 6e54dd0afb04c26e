//! The island around an editor page: it holds the draft for everything inside.

use super::live::Draft;
use crate::draft::DraftView;
use leptos::prelude::*;

/// Holds the draft, saves it as it changes, and keeps unsaved edits from being left behind.
#[island]
pub fn Editor(
    /// What the server knows, secrets left out.
    draft: DraftView,
    /// The page.
    children: Children,
) -> impl IntoView {
    let draft = Draft::new(draft);
    provide_context(draft);
    #[cfg(feature = "hydrate")]
    {
        super::sync::take_up_early_typing();
        super::sync::watch_page(draft);
        super::reach::show_place_in_navigation();
        super::reach::follow_address();
        super::sync::watch_text(draft);
    }
    children()
}
