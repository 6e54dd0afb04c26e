//! Leads to the place an address names: opens what is folded around it and focuses its control.

use leptos::ev;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, HtmlElement, ScrollIntoViewOptions, ScrollLogicalPosition, js_sys};
use std::time::Duration;

/// What takes the focus of a field whose own control is hidden, such as a secret that is set.
const CONTROLS: &str = ".pf-v6-c-form__group-control input, .pf-v6-c-form__group-control button";

/// Follows the address as the page begins, and whenever what is behind its `#` changes.
pub(super) fn follow_address() {
    let begin = || {
        // Who has begun to do something is not called away from it.
        if document().active_element().is_none_or(|active| active.tag_name() == "BODY") {
            reach();
        }
    };
    // Not before every control is alive.
    set_timeout(begin, Duration::ZERO);
    let changed = window_event_listener(ev::hashchange, |_| reach());
    on_cleanup(move || changed.remove());
}

/// Brings the page's own link into the navigation's view: the list is longer than a screen.
pub(super) fn show_place_in_navigation() {
    let here = document().query_selector("nav [aria-current=page]").ok().flatten();
    if let Some(here) = here {
        show(&here);
    }
}

/// Scrolls no further than it takes to see an element.
pub(super) fn show(element: &Element) {
    let options = ScrollIntoViewOptions::new();
    options.set_block(ScrollLogicalPosition::Nearest);
    element.scroll_into_view_with_scroll_into_view_options(&options);
}

/// Goes to the place that the address names.
fn reach() {
    let Some(id) = named() else { return };
    let document = document();
    let by_id = |ending: &str| document.get_element_by_id(&format!("{id}{ending}"));
    let Some(target) = by_id("").or_else(|| by_id("-choice")) else { return };
    while let Ok(Some(folded)) = target.closest("details:not([open])") {
        if folded.set_attribute("open", "").is_err() {
            return;
        }
    }
    let frame = by_id("-frame");
    frame.as_ref().unwrap_or(&target).scroll_into_view();
    let folded = target.tag_name() == "DETAILS";
    let taken = takes_focus(&target) || folded && child_takes_focus(&target, "summary");
    if let Some(frame) = frame.filter(|_| !taken) {
        child_takes_focus(&frame, CONTROLS);
    }
}

/// What stands behind the `#` of the address.
fn named() -> Option<String> {
    let hash = window().location().hash().ok()?;
    let id = js_sys::decode_uri_component(hash.strip_prefix('#')?).ok()?;
    Some(String::from(id)).filter(|id| !id.is_empty())
}

/// Gives one of these the focus, the first that takes it.
fn child_takes_focus(holder: &Element, selector: &str) -> bool {
    let Ok(found) = holder.query_selector_all(selector) else { return false };
    (0..found.length())
        .filter_map(|at| found.item(at)?.dyn_into::<Element>().ok())
        .any(|element| takes_focus(&element))
}

/// Gives an element the focus; one that is hidden does not take it.
fn takes_focus(element: &Element) -> bool {
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        let _ = element.focus();
    }
    document().active_element().as_ref() == Some(element)
}
