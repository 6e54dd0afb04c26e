//! The search: settings that fit a query or are in a certain state, section by section.

use crate::{paths, text};
use config_model::QUERY_CHARS_MAX;
use leptos::prelude::*;

/// Which settings are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    /// Whatever fits the query.
    All,
    /// What differs from the configuration in use.
    Changed,
    /// What stands in the file.
    Set,
    /// What Quay cannot do without.
    Required,
    /// What has an error.
    Error,
}

impl Show {
    /// Each of them, in the order of the page.
    pub const EACH: [Self; 5] = [Self::All, Self::Changed, Self::Set, Self::Required, Self::Error];

    /// The word in addresses.
    pub const fn word(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Changed => "changed",
            Self::Set => "set",
            Self::Required => "required",
            Self::Error => "error",
        }
    }

    /// The one with this word; all for any other.
    pub fn of(word: &str) -> Self {
        Self::EACH.into_iter().find(|show| show.word() == word).unwrap_or(Self::All)
    }

    fn label(self) -> &'static str {
        let t = text::search();
        match self {
            Self::All => t.all,
            Self::Changed => t.changed,
            Self::Set => t.set,
            Self::Required => t.required,
            Self::Error => t.error,
        }
    }
}

/// What was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// What was asked for.
    pub query: String,
    /// The filter.
    pub show: Show,
    /// The settings, by section.
    pub groups: Vec<Group>,
    /// How many of them are shown.
    pub shown: usize,
    /// How many there are.
    pub total: usize,
    /// Whether there is a configuration in use to compare with.
    pub is_compared: bool,
}

/// The settings of one section that were found.
#[derive(Clone, Debug)]
pub struct Group {
    /// The title of the section; empty for what no section has.
    pub title: String,
    /// The address of its page.
    pub href: String,
    /// The settings.
    pub rows: Vec<Row>,
}

/// A setting that was found; its value is not in it.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its label, with that of what it stands in.
    pub label: String,
    /// Its key, path or file name; empty for a page.
    pub key: String,
    /// The beginning of its help.
    pub help: String,
    /// Its address.
    pub href: String,
    /// What state it is in.
    pub state: State,
    /// Why the link leads elsewhere.
    pub detour: Option<Detour>,
}

/// Why a link does not lead to the setting itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detour {
    /// It does not matter until the setting with this label is changed.
    Unused(&'static str),
    /// What it stands in has to be added first.
    Missing,
}

/// What state a setting is in.
#[expect(clippy::struct_excessive_bools, reason = "each is shown by a mark of its own")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// It stands in the file.
    pub set: bool,
    /// It differs from the configuration in use.
    pub changed: bool,
    /// Quay cannot do without it.
    pub required: bool,
    /// Only Quay's code knows it.
    pub internal: bool,
    /// How many errors are in it.
    pub errors: usize,
}

/// The page.
#[component]
pub fn SearchPage(
    /// What was found.
    found: Found,
) -> impl IntoView {
    let t = text::search();
    let Found { query, show, groups, shown, total, is_compared } = found;
    let words = match total {
        _ if query.is_empty() && show == Show::All => t.begin.to_owned(),
        0 if show == Show::Changed && !is_compared => t.nothing_in_use.to_owned(),
        0 => t.none.to_owned(),
        1 => t.one.to_owned(),
        n => text::fill(t.many, [("n", &n.to_string())]),
    };
    let more = (shown < total).then(|| text::fill(t.more, [("n", &shown.to_string())]));
    let filters = filters(&query, show);
    let groups = groups.into_iter().map(group).collect_view();
    view! {
        <section class="pf-v6-c-page__main-section head">
            <h1 class="pf-v6-c-title pf-m-xl">{t.title}</h1>
            <p class="head__lead">{t.lead}</p>
        </section>
        <section class="pf-v6-c-page__main-section stack found">
            <form method="get" action=paths::SEARCH role="search" class="found__form">
                <input type="hidden" name="show" value=show.word()/>
                <span class="pf-v6-c-form-control">
                    <input type="search" name="q" id="search-query" value=query aria-label=text::live().search_label
                        maxlength=QUERY_CHARS_MAX.to_string() autocomplete="off" autocapitalize="off" spellcheck="false"/>
                </span>
                <button class="pf-v6-c-button pf-m-primary" type="submit">{t.submit}</button>
            </form>
            {filters}
            <p class="found__words" role="status">{words}" "{more}</p>
            {groups}
        </section>
    }
}

/// The filters as links, so that each is one step away without a script.
fn filters(query: &str, show: Show) -> impl IntoView + use<> {
    let links = Show::EACH.map(|other| {
        let current = other == show;
        view! {
            <li><a class="filter" class:filter--current=current href=paths::search(query, other.word())
                aria-current=current.then_some("page")>{other.label()}</a></li>
        }
    });
    view! {
        <nav aria-label=text::search().filter>
            <ul class="filters" role="list">{links.into_iter().collect_view()}</ul>
        </nav>
    }
}

fn group(group: Group) -> impl IntoView {
    let Group { title, href, rows } = group;
    let title = if title.is_empty() { text::search().elsewhere.to_owned() } else { title };
    let rows = rows.into_iter().map(row).collect_view();
    view! {
        <div class="pf-v6-c-card">
            <div class="pf-v6-c-card__title"><h2 class="pf-v6-c-card__title-text"><a class="found__section" href=href>{title}</a></h2></div>
            <div class="pf-v6-c-card__body"><ul class="found__rows" role="list">{rows}</ul></div>
        </div>
    }
}

fn row(row: Row) -> impl IntoView {
    let t = text::search();
    let Row { label, key, help, href, state, detour } = row;
    let detour = detour.map(|detour| match detour {
        Detour::Unused(label) => text::fill(t.not_in_use, [("label", label)]),
        Detour::Missing => t.add_first.to_owned(),
    });
    let key = (!key.is_empty()).then(|| view! { <code class="field__key">{key}</code> });
    view! {
        <li class="found__row">
            <div class="field__head"><a class="found__label" href=href>{label}</a>{key}{chips(state)}</div>
            <p class="field__help">{help}</p>
            {detour.map(|detour| view! { <p class="found__detour">{detour}</p> })}
        </li>
    }
}

/// The marks of a state: words, so that no colour has to be seen.
fn chips(state: State) -> impl IntoView {
    let t = text::search();
    let State { set, changed, required, internal, errors } = state;
    let plain = [
        (set, t.is_set),
        (changed, t.is_changed),
        (required, t.is_required),
        (internal, t.is_internal),
    ];
    let plain = plain.into_iter().filter(|(shown, _)| *shown).map(|(_, word)| {
        view! { <span class="chip">{word}</span>" " }
    });
    let errors = (errors > 0).then(|| {
        view! { <span class="chip chip--error">{text::errors(errors)}</span> }
    });
    view! { <span class="chips">{plain.collect_view()}{errors}</span> }
}
