//! Masthead, navigation and the bar at the foot of every page.

use crate::form::search::SearchBox;
use crate::form::status::{DraftState, ErrorsLeft, SectionMark, UndoRedo};
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
    let foot = here.clone();
    view! {
        <a class="skip" href="#content">{t.skip_to_content}</a>
        <div class="pf-v6-c-page" inert=inert>
            <header class="pf-v6-c-masthead pf-m-display-inline">
                <div class="pf-v6-c-masthead__main">
                    <a class="brand" href=paths::OVERVIEW><Brand/><b>{t.product}</b></a>
                </div>
                <div class="pf-v6-c-masthead__content top">
                    <a class="nav-open" href="#navigation">{t.menu}</a>
                    <SearchBox/>
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
                    <Foot here=foot/>
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
        (Group::Advanced, t.group_advanced),
    ];
    let pages = [
        (paths::OVERVIEW, t.overview),
        (paths::CHECKS, text::checks().title),
        (paths::YAML, text::yaml().title),
        (paths::HISTORY, text::history().title),
        (paths::IMPORT, text::import().title),
        (paths::API, text::api().title),
    ];
    let pages = pages.into_iter().map(|(href, title)| page_item(href, title, &here)).collect_view();
    let lists = groups.into_iter().map(|(group, title)| {
        let items = SECTIONS
            .iter()
            .filter(|section| section.group == group)
            .map(|section| nav_item(section, &here))
            .collect_view();
        if group == Group::Advanced {
            let open = SECTIONS
                .iter()
                .any(|section| section.group == group && paths::section(section.id) == here);
            return view! {
                <details class="pf-v6-c-nav__section nav-more" open=open>
                    <summary class="pf-v6-c-nav__section-title">{title}</summary>
                    <ul class="pf-v6-c-nav__list" role="list">{items}</ul>
                </details>
            }
            .into_any();
        }
        view! {
            <section class="pf-v6-c-nav__section">
                <h2 class="pf-v6-c-nav__section-title">{title}</h2>
                <ul class="pf-v6-c-nav__list" role="list">{items}</ul>
            </section>
        }
        .into_any()
    });
    view! {
        <nav class="pf-v6-c-nav" aria-label=t.configuration>
                <a class="nav-close" href="#content">{t.menu_close}</a>
                <ul class="pf-v6-c-nav__list" role="list">{pages}</ul>
                {lists.collect_view()}
        </nav>
    }
}

fn page_item(href: &'static str, title: &'static str, here: &str) -> impl IntoView + use<> {
    let current = href == here;
    view! {
        <li class="pf-v6-c-nav__item">
            <a class="pf-v6-c-nav__link" class:pf-m-current=current href=href aria-current=current.then_some("page")>
                <span class="pf-v6-c-nav__link-text">{title}</span>
            </a>
        </li>
    }
}

fn nav_item(section: &'static Section, here: &str) -> impl IntoView + use<> {
    let href = paths::section(section.id);
    let current = href == here;
    view! {
        <li class="pf-v6-c-nav__item">
            <a class="pf-v6-c-nav__link" class:pf-m-current=current href=href aria-current=current.then_some("page")>
                <span class="pf-v6-c-nav__link-text">{section.title}</span>
                {section.keys.first().is_none_or(|key| !key.internal).then(|| view! { <SectionMark section=section.id.to_owned()/> })}
            </a>
        </li>
    }
}

#[component]
fn Foot(here: String) -> impl IntoView {
    let t = text::page();
    view! {
        <div class="foot">
            <UndoRedo here=here/>
            <DraftState/>
            <span class="top__grow"></span>
            <a class="pf-v6-c-button pf-m-link" href=paths::DISCARD>{t.discard}</a>
            <form method="post" action=paths::CHECKS>
                <input type="hidden" name="back" value=paths::REVIEW/>
                <button type="submit" class="pf-v6-c-button pf-m-primary">{t.validate}</button>
            </form>
        </div>
    }
}
