//! The search box over every page: what is typed is looked up on the server, the best hit first.

use super::live::follow;
use crate::search::HitLine;
use crate::ui::icon::Magnifier;
use crate::{paths, rpc, text};
use config_model::QUERY_CHARS_MAX;
use leptos::ev::{KeyboardEvent, MouseEvent};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::HtmlElement;
use std::time::Duration;

/// How long typing must pause before the server is asked.
const PAUSE: Duration = Duration::from_millis(120);

/// The box while the page is open.
#[derive(Clone, Copy)]
struct Search {
    dialog: NodeRef<html::Dialog>,
    hits: RwSignal<Vec<HitLine>>,
    /// How many there are, or why there are none.
    words: RwSignal<String>,
    /// The hit that the arrows have reached.
    chosen: RwSignal<Option<usize>>,
    /// Counts what was asked, so that a late answer to an earlier question is dropped.
    asked: StoredValue<usize>,
}

impl Search {
    fn new() -> Self {
        Self {
            dialog: NodeRef::new(),
            hits: RwSignal::new(Vec::new()),
            words: RwSignal::new(String::new()),
            chosen: RwSignal::new(None),
            asked: StoredValue::new(0),
        }
    }

    fn open(self) {
        if let Some(dialog) = self.dialog.get_untracked()
            && !dialog.open()
        {
            let _ = dialog.show_modal();
        }
    }

    fn close(self) {
        if let Some(dialog) = self.dialog.get_untracked() {
            dialog.close();
        }
    }

    /// Opens it instead of the page that the link leads to, unless that is wanted elsewhere.
    fn open_instead(self, event: &MouseEvent) {
        if !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
            event.prevent_default();
            self.open();
        }
    }

    /// Closes it when what was clicked is beside it.
    fn close_beside(self, event: &MouseEvent) {
        if event.target() == event.current_target() {
            self.close();
        }
    }

    /// Looks something up once typing has paused.
    fn ask(self, query: String) {
        let number = self.asked.get_value() + 1;
        self.asked.set_value(number);
        if query.trim().is_empty() {
            self.show(Vec::new(), String::new());
            return;
        }
        let is_latest = move || self.asked.get_value() == number;
        let look = move || {
            if is_latest() {
                spawn_local(async move {
                    let answer = rpc::search(query).await;
                    if is_latest() {
                        match answer {
                            Ok(hits) => self.show_all(hits),
                            Err(error) => self.show(Vec::new(), error.to_string()),
                        }
                    }
                });
            }
        };
        set_timeout(look, PAUSE);
    }

    fn show_all(self, hits: Vec<HitLine>) {
        let t = text::live();
        let words = match hits.len() {
            0 => t.search_none.to_owned(),
            1 => t.search_one.to_owned(),
            n => text::fill(t.search_many, [("n", &n.to_string())]),
        };
        self.show(hits, words);
    }

    fn show(self, hits: Vec<HitLine>, words: String) {
        self.chosen.set(None);
        self.hits.set(hits);
        self.words.set(words);
    }

    /// Goes through the hits with the arrows and takes one with Enter; without one, the form is
    /// sent, and the page with all of them answers.
    fn press(self, event: &KeyboardEvent) {
        let count = self.hits.with_untracked(Vec::len);
        if count == 0 || event.is_composing() {
            return;
        }
        let next = match (event.key().as_str(), self.chosen.get_untracked()) {
            ("ArrowDown", None) | ("Home", Some(_)) => 0,
            ("ArrowDown", Some(at)) => (at + 1) % count,
            ("ArrowUp", None | Some(0)) | ("End", Some(_)) => count - 1,
            ("ArrowUp", Some(at)) => at - 1,
            ("Enter", Some(at)) => {
                event.prevent_default();
                if let Some(link) = hit(at) {
                    link.click();
                }
                return;
            }
            _ => return,
        };
        event.prevent_default();
        self.chosen.set(Some(next));
        if let Some(link) = hit(next) {
            keep_in_view(&link);
        }
    }
}

fn hit_id(at: usize) -> String {
    format!("search-hit-{at}")
}

/// The link of a hit.
fn hit(at: usize) -> Option<HtmlElement> {
    document().get_element_by_id(&hit_id(at))?.dyn_into().ok()
}

#[cfg(not(feature = "hydrate"))]
fn keep_in_view(_: &HtmlElement) {}

#[cfg(feature = "hydrate")]
fn keep_in_view(link: &HtmlElement) {
    super::reach::show(link);
}

/// Opens the box with Ctrl-K.
#[cfg(feature = "hydrate")]
fn watch_keys(search: Search) {
    let keys = window_event_listener(leptos::ev::keydown, move |event| {
        // What fills in passwords sends events of this name that have no key.
        if !event.is_instance_of::<KeyboardEvent>() || event.alt_key() {
            return;
        }
        let with_ctrl = event.ctrl_key() || event.meta_key();
        let wanted = match event.key().as_str() {
            "k" | "K" => with_ctrl && !event.shift_key(),
            _ => false,
        };
        if wanted {
            event.prevent_default();
            search.open();
        }
    });
    on_cleanup(move || keys.remove());
}

/// A link to the search, and the box that opens in its place where the program runs.
#[island]
pub fn SearchBox() -> impl IntoView {
    let t = text::live();
    let search = Search::new();
    #[cfg(feature = "hydrate")]
    watch_keys(search);
    let none = follow(move || search.hits.with(Vec::is_empty));
    let expanded = follow(move || (!none.get()).to_string());
    let active = follow(move || search.chosen.get().map(hit_id));
    let line = move |(at, line): (usize, HitLine)| {
        let selected = follow(move || (search.chosen.get() == Some(at)).to_string());
        view! {
            <a class="hit" role="option" tabindex="-1" id=hit_id(at) href=line.href aria-selected=selected on:click=move |_| search.close()>
                <span class="hit__label">{line.label}</span>" "
                <span class="hit__section">{line.section}</span>" "
                <code class="hit__key">{line.key}</code>
            </a>
        }
    };
    view! {
        <a class="search-open" href=paths::SEARCH aria-keyshortcuts="Control+K Meta+K" on:click=move |event| search.open_instead(&event)>
            <Magnifier/><span class="search-open__words">{t.search_open}</span><kbd class="search-open__keys" aria-hidden="true">{t.search_keys}</kbd>
        </a>
        <dialog class="search-box" node_ref=search.dialog aria-label=t.search_open on:click=move |event| search.close_beside(&event)>
            <div class="search-box__inner">
                <form method="get" action=paths::SEARCH class="search-box__form">
                    <span class="pf-v6-c-form-control">
                        <input type="text" name="q" role="combobox" aria-label=t.search_label aria-autocomplete="list" aria-controls="search-hits"
                            aria-expanded=expanded aria-activedescendant=active placeholder=t.search_label maxlength=QUERY_CHARS_MAX.to_string()
                            autocomplete="off" autocapitalize="off" spellcheck="false"
                            on:input=move |event| search.ask(event_target_value(&event))
                            on:keydown=move |event| search.press(&event)/>
                    </span>
                    <button type="button" class="pf-v6-c-button pf-m-link pf-m-small" on:click=move |_| search.close()>{t.search_close}</button>
                </form>
                <p class="search-box__words" role="status">{search.words}</p>
                <div class="search-box__hits" id="search-hits" role="listbox" aria-label=t.search_hits hidden=none>
                    {move || search.hits.get().into_iter().enumerate().map(line).collect_view()}
                </div>
            </div>
        </dialog>
    }
}
