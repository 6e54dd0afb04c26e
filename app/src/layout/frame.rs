//! Masthead, navigation and the bar at the foot of every page.

use crate::form::status::{DraftState, ErrorsLeft, SectionMark};
use crate::ui::icon::Brand;
use crate::{paths, text};
use config_model::sections::{Group, SECTIONS, Section};
use leptos::prelude::*;

/// A page of the editor.
#[component]
pub fn EditorFrame(
    /// The page's own address, to mark it in the navigation.
    here: String,
    /// Who is logged in.
    user: String,
    /// What is asked or said over the page; the page cannot be used meanwhile.
    #[prop(optional_no_strip)]
    dialog: Option<AnyView>,
    /// The page.
    children: Children,
) -> impl IntoView {
    let t = text::page();
    let inert = dialog.is_some();
    view! {
        <a class="skip" href="#content">{t.skip_to_content}</a>
        <div class="pf-v6-c-page" inert=inert>
            <header class="pf-v6-c-masthead pf-m-display-inline">
                <div class="pf-v6-c-masthead__main">
                    <a class="brand" href=paths::OVERVIEW><Brand/><b>{t.product}</b></a>
                </div>
                <div class="pf-v6-c-masthead__content top">
                    <a class="nav-open" href="#navigation">{t.menu}</a>
                    <span class="top__grow"></span>
                    <ErrorsLeft/>
                    <span class="top__user">{text::fill(t.signed_in_as, [("user", &user)])}</span>
                    <form method="post" action=paths::LOGOUT>
                        <button class="pf-v6-c-button pf-m-link pf-m-small" type="submit">{t.log_out}</button>
                    </form>
                </div>
            </header>
            <div class="pf-v6-c-page__sidebar" id="navigation">
                <div class="pf-v6-c-page__sidebar-body"><Navigation here=here/></div>
            </div>
            <div class="pf-v6-c-page__main-container">
                <main class="pf-v6-c-page__main" id="content" tabindex="-1">
                    {children()}
                    <Foot/>
                </main>
            </div>
        </div>
        {dialog}
    }
}

/// A page without a draft: log-in and errors.
#[component]
pub fn PlainFrame(
    /// The page.
    children: Children,
) -> impl IntoView {
    let t = text::page();
    view! {
        <div class="plain">
            <header class="plain__head"><span class="brand"><Brand/><b>{t.product}</b></span></header>
            <main class="plain__main" id="content">{children()}</main>
        </div>
    }
}

#[component]
fn Navigation(here: String) -> impl IntoView {
    let t = text::page();
    let groups = [
        (Group::Essentials, t.group_essentials),
        (Group::Access, t.group_access),
        (Group::Features, t.group_features),
        (Group::Operations, t.group_operations),
    ];
    let at_overview = here == paths::OVERVIEW;
    let lists = groups.into_iter().map(|(group, title)| {
        let items = SECTIONS
            .iter()
            .filter(|section| section.group == group)
            .map(|section| nav_item(section, &here))
            .collect_view();
        view! {
            <section class="pf-v6-c-nav__section">
                <h2 class="pf-v6-c-nav__section-title">{title}</h2>
                <ul class="pf-v6-c-nav__list" role="list">{items}</ul>
            </section>
        }
    });
    view! {
        <nav class="pf-v6-c-nav" aria-label=t.configuration>
                <a class="nav-close" href="#content">{t.menu_close}</a>
                <ul class="pf-v6-c-nav__list" role="list">
                    <li class="pf-v6-c-nav__item">
                        <a class="pf-v6-c-nav__link" class:pf-m-current=at_overview href=paths::OVERVIEW
                            aria-current=at_overview.then_some("page")>
                            <span class="pf-v6-c-nav__link-text">{t.overview}</span>
                        </a>
                    </li>
                </ul>
                {lists.collect_view()}
        </nav>
    }
}

fn nav_item(section: &'static Section, here: &str) -> impl IntoView + use<> {
    let href = paths::section(section.id);
    let current = href == here;
    view! {
        <li class="pf-v6-c-nav__item">
            <a class="pf-v6-c-nav__link" class:pf-m-current=current href=href aria-current=current.then_some("page")>
                <span class="pf-v6-c-nav__link-text">{section.title}</span>
                <SectionMark section=section.id.to_owned()/>
            </a>
        </li>
    }
}

#[component]
fn Foot() -> impl IntoView {
    let t = text::page();
    view! {
        <div class="foot">
            <DraftState/>
            <span class="top__grow"></span>
            <a class="pf-v6-c-button pf-m-link" href=paths::DISCARD>{t.discard}</a>
            <a class="pf-v6-c-button pf-m-primary" href=paths::REVIEW>{t.validate}</a>
        </div>
    }
}
