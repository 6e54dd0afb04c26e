//! Sending edits to the server: soon after typing stops, and before the page is left.

/// How long typing must pause before the draft is saved.
#[cfg(feature = "hydrate")]
const PAUSE: std::time::Duration = std::time::Duration::from_millis(300);

/// On the server nothing is edited.
#[cfg(not(feature = "hydrate"))]
pub(super) fn save_soon(_: super::live::Draft) {}

/// On the server nothing is sent.
#[cfg(not(feature = "hydrate"))]
pub(super) fn save_now(_: super::live::Draft) {}

#[cfg(feature = "hydrate")]
pub(super) use browser::{save_now, save_soon, take_up_early_typing, watch_page, watch_text};

#[cfg(feature = "hydrate")]
mod browser {
    use super::PAUSE;
    use crate::form::events;
    use crate::form::live::{Draft, SaveState};
    use crate::rpc::save_edits;
    use leptos::ev;
    use leptos::prelude::*;
    use leptos::task::spawn_local;
    use leptos::wasm_bindgen::JsCast;
    use leptos::web_sys;

    thread_local! {
        /// The timer that runs while typing pauses.
        static TIMER: std::cell::Cell<Option<TimeoutHandle>> = const { std::cell::Cell::new(None) };
    }

    /// Saves once typing has paused.
    pub(in super::super) fn save_soon(draft: Draft) {
        let timer = set_timeout_with_handle(move || save_now(draft), PAUSE).ok();
        if let Some(earlier) = TIMER.replace(timer) {
            earlier.clear();
        }
    }

    /// Saves what is waiting.
    pub(in super::super) fn save_now(draft: Draft) {
        spawn_local(async move {
            flush(draft).await;
        });
    }

    /// Sends everything that waits; true when nothing is left.
    async fn flush(draft: Draft) -> bool {
        if draft.state.with_untracked(|state| *state == SaveState::Saving) {
            // The request under way starts the next one when it ends.
            return false;
        }
        loop {
            let edits = draft.take_pending();
            if edits.is_empty() {
                return true;
            }
            draft.state.set(SaveState::Saving);
            match save_edits(edits.clone()).await {
                Ok(saved) => {
                    draft.was_saved(saved);
                    announce();
                }
                Err(error) => {
                    draft.put_back(edits);
                    draft.state.set(SaveState::Failed(error.to_string()));
                    return false;
                }
            }
        }
    }

    /// Tells the text beside the forms that there is something new.
    fn announce() {
        if let Ok(event) = web_sys::Event::new(events::SAVED) {
            let _ = window().dispatch_event(&event);
        }
    }

    /// Takes over what was saved as text, unless something typed here is on its way.
    pub(in super::super) fn watch_text(draft: Draft) {
        let replaced = window_event_listener_untyped(events::REPLACED, move |event| {
            let detail = event.dyn_ref::<web_sys::CustomEvent>().map(web_sys::CustomEvent::detail);
            let json = detail.and_then(|detail| detail.as_string());
            let view = json.and_then(|json| serde_json::from_str(&json).ok());
            if let Some(view) = view
                && !draft.is_dirty()
            {
                draft.replace(view);
                event.prevent_default();
            }
        });
        on_cleanup(move || replaced.remove());
    }

    /// What was typed before the program ran: taken up once every control is listening.
    ///
    /// A control that comes alive shows what the server knew, so the rest must be noted first.
    pub(in super::super) fn take_up_early_typing() {
        let Ok(found) = document().query_selector_all(".fields input, .fields select") else {
            return;
        };
        let typed: Vec<_> = (0..found.length())
            .filter_map(|at| found.item(at))
            .filter_map(|node| node.dyn_into::<web_sys::HtmlElement>().ok())
            .filter_map(|element| early(&element).map(|typed| (element, typed)))
            .collect();
        if typed.is_empty() {
            return;
        }
        set_timeout(move || typed.into_iter().for_each(replay), std::time::Duration::ZERO);
    }

    /// What a person did to a control.
    enum Early {
        Text(String),
        Checked(bool),
        Chosen(String),
    }

    fn early(element: &web_sys::HtmlElement) -> Option<Early> {
        if let Some(select) = element.dyn_ref::<web_sys::HtmlSelectElement>() {
            let at = u32::try_from(select.selected_index()).ok()?;
            let option =
                select.options().item(at)?.dyn_into::<web_sys::HtmlOptionElement>().ok()?;
            let first = at == 0 && select.query_selector("option[selected]").ok()?.is_none();
            return (!option.default_selected() && !first).then(|| Early::Chosen(select.value()));
        }
        let input = element.dyn_ref::<web_sys::HtmlInputElement>()?;
        match input.type_().as_str() {
            "checkbox" => (input.checked() != input.default_checked())
                .then(|| Early::Checked(input.checked())),
            "radio" => {
                (input.checked() && !input.default_checked()).then_some(Early::Checked(true))
            }
            "text" | "password" => {
                (input.value() != input.default_value()).then(|| Early::Text(input.value()))
            }
            _ => None,
        }
    }

    /// Does it again, now that somebody listens.
    fn replay((element, early): (web_sys::HtmlElement, Early)) {
        let input = element.dyn_ref::<web_sys::HtmlInputElement>();
        let name = match (early, input) {
            (Early::Text(text), Some(input)) => {
                input.set_value(&text);
                "input"
            }
            (Early::Checked(on), Some(input)) => {
                input.set_checked(on);
                "change"
            }
            (Early::Chosen(word), _) => {
                if let Some(select) = element.dyn_ref::<web_sys::HtmlSelectElement>() {
                    select.set_value(&word);
                }
                "change"
            }
            _ => return,
        };
        let bubbling = web_sys::EventInit::new();
        bubbling.set_bubbles(true);
        if let Ok(event) = web_sys::Event::new_with_event_init_dict(name, &bubbling) {
            let _ = element.dispatch_event(&event);
        }
    }

    /// Follows a link or sends a form only after what was typed has been saved.
    pub(in super::super) fn watch_page(draft: Draft) {
        let click = window_event_listener(ev::click, move |event| {
            let link = event
                .target()
                .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
                .and_then(|target| target.closest("a[href]").ok().flatten());
            let plain = event.button() == 0
                && !(event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key());
            let Some(href) = link.and_then(|link| link.get_attribute("href")) else { return };
            if !plain || event.default_prevented() || href.starts_with('#') || !draft.is_dirty() {
                return;
            }
            event.prevent_default();
            when_saved(draft, move || {
                let _ = window().location().assign(&href);
            });
        });
        let submit = window_event_listener(ev::submit, move |event| {
            if !draft.is_dirty() {
                return;
            }
            let Some(form) = event
                .target()
                .and_then(|target| target.dyn_into::<web_sys::HtmlFormElement>().ok())
            else {
                return;
            };
            event.prevent_default();
            let submitter = event
                .submitter()
                .and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok());
            when_saved(draft, move || {
                let _ = match &submitter {
                    Some(button) => form.request_submit_with_submitter(Some(button)),
                    None => form.request_submit(),
                };
            });
        });
        let leave = window_event_listener(ev::pagehide, move |_| send_beacon(draft));
        on_cleanup(move || {
            click.remove();
            submit.remove();
            leave.remove();
        });
    }

    /// Runs `then` once nothing waits; when saving fails the page stays and says why.
    fn when_saved(draft: Draft, then: impl FnOnce() + 'static) {
        if draft.state.with_untracked(|state| *state == SaveState::Saving) {
            let waiting = StoredValue::new_local(Some(then));
            Effect::new(move |_| {
                if draft.state.with(|state| *state != SaveState::Saving)
                    && let Some(then) = waiting.try_update_value(Option::take).flatten()
                {
                    when_saved(draft, then);
                }
            });
            return;
        }
        spawn_local(async move {
            if flush(draft).await {
                then();
            }
        });
    }

    /// The last resort when a tab is closed while something waits.
    fn send_beacon(draft: Draft) {
        let edits = draft.take_pending();
        if edits.is_empty() {
            return;
        }
        let Ok(body) = serde_json::to_string(&serde_json::json!({ "edits": edits })) else {
            return;
        };
        let parts = leptos::web_sys::js_sys::Array::of1(&body.into());
        let options = web_sys::BlobPropertyBag::new();
        options.set_type("application/json");
        if let Ok(blob) = web_sys::Blob::new_with_str_sequence_and_options(&parts, &options) {
            let url = format!("{}/save_edits", crate::paths::RPC);
            let _ = window().navigator().send_beacon_with_opt_blob(&url, Some(&blob));
        }
    }
}
