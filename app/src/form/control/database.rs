//! The database's address: the manual's fields, and the address as one line.

use super::{Place, has_error, text_of};
use crate::text;
use config_model::value::{DatabaseKind, DatabaseUri, KEPT_PASSWORD, Value};
use leptos::prelude::*;

pub(super) fn control(place: &Place) -> impl IntoView + use<> {
    let Place { draft, path, findings, .. } = place.clone();
    let raw = draft.watch(path.clone());
    let uri = Memo::new(move |_| DatabaseUri::from_text(&text_of(raw.get().as_ref())));
    let kind = Memo::new(move |_| uri.with(|uri| uri.kind).unwrap_or(DatabaseKind::Postgresql));
    let is_file = move || kind.get() == DatabaseKind::Sqlite;
    let at = path.clone();
    let change = move |edit: &dyn Fn(&mut DatabaseUri)| {
        let mut uri = uri.get_untracked();
        uri.kind.get_or_insert(DatabaseKind::Postgresql);
        edit(&mut uri);
        draft.set(&at, Value::Text(uri.to_text()));
    };
    let change = StoredValue::new(change);
    let id = place.id();
    let t = text::live();
    let line = move |name: &'static str,
                     label: &'static str,
                     help: Signal<String>,
                     hidden: Signal<bool>,
                     read: fn(&DatabaseUri) -> String,
                     write: fn(&mut DatabaseUri, String)| {
        let id = format!("{}-{name}", place.path.html_id());
        let help_id = format!("{id}-help");
        view! {
            <div class="part" hidden=move || hidden.get()>
                <label class="part__label" for=id.clone()>{label}<span class="pf-v6-c-form__label-required" aria-hidden="true">"\u{a0}*"</span></label>
                <span class="pf-v6-c-form-control" class:pf-m-error=move || has_error(findings)>
                    <input type="text" id=id autocomplete="off" spellcheck="false" autocapitalize="off"
                        aria-describedby=help_id.clone()
                        value=uri.with_untracked(read)
                        prop:value=move || uri.with(read)
                        on:input=move |event| {
                            let text = event_target_value(&event);
                            change.with_value(|change| change(&|uri| write(uri, text.clone())));
                        }/>
                </span>
                <p class="part__help" id=help_id>{move || help.get()}</p>
            </div>
        }
    };
    let server_help = Signal::derive(move || {
        let port = kind.get().default_port().map(|port| port.to_string()).unwrap_or_default();
        text::fill(t.db_server_help, [("port", &port)])
    });
    let plain = |sentence: &'static str| Signal::derive(move || sentence.to_owned());
    let on_server = Signal::derive(is_file);
    let name_label = move || if is_file() { t.db_path } else { t.db_name };
    let kinds = [
        (DatabaseKind::Postgresql, t.db_postgresql),
        (DatabaseKind::Mysql, t.db_mysql),
        (DatabaseKind::Sqlite, t.db_sqlite),
    ];
    let name_id = format!("{id}-name");
    let raw_id = format!("{id}-raw");
    let raw_path = path;
    view! {
        <div class="parts" role="group" id=id.clone() tabindex="-1" aria-labelledby=format!("{id}-label")>
            <fieldset class="part part--wide segments">
                <legend class="part__label">{t.db_kind}</legend>
                {kinds.into_iter().enumerate().map(|(at, (value, label))| {
                    let radio = format!("{id}-kind-{at}");
                    view! {
                        <input type="radio" class="segments__input" name=format!("{id}-kind") id=radio.clone()
                            checked=kind.get_untracked() == value
                            prop:checked=move || kind.get() == value
                            on:change=move |_| change.with_value(|change| change(&|uri| uri.kind = Some(value)))/>
                        <label class="segments__label" for=radio>{label}</label>
                    }
                }).collect_view()}
            </fieldset>
            {line("server", t.db_server, server_help, on_server, |uri| uri.server.clone(), |uri, text| uri.server = text.trim().to_owned())}
            <div class="part">
                <label class="part__label" for=name_id.clone()>{name_label}<span class="pf-v6-c-form__label-required" aria-hidden="true">"\u{a0}*"</span></label>
                <span class="pf-v6-c-form-control" class:pf-m-error=move || has_error(findings)>
                    <input type="text" id=name_id autocomplete="off" spellcheck="false" autocapitalize="off"
                        aria-describedby=format!("{id}-name-help")
                        value=uri.with_untracked(|uri| uri.database.clone())
                        prop:value=move || uri.with(|uri| uri.database.clone())
                        on:input=move |event| {
                            let text = event_target_value(&event);
                            change.with_value(|change| change(&|uri| uri.database.clone_from(&text)));
                        }/>
                </span>
                <p class="part__help" id=format!("{id}-name-help")>{t.db_name_help}</p>
            </div>
            {line("user", t.db_user, plain(t.db_user_help), on_server, |uri| uri.user.clone(), |uri, text| uri.user = text)}
            {password(uri, on_server, &id, move |text| change.with_value(|change| change(&|uri| uri.password.clone_from(&text))))}
            <details class="part part--wide">
                <summary>{t.db_raw}</summary>
                <label class="pf-v6-screen-reader" for=raw_id.clone()>{t.db_raw}</label>
                <span class="pf-v6-c-form-control">
                    <input type="text" id=raw_id autocomplete="off" spellcheck="false" autocapitalize="off"
                        aria-describedby=format!("{id}-raw-help")
                        value=text_of(raw.get_untracked().as_ref())
                        prop:value=move || text_of(raw.get().as_ref())
                        on:input=move |event| draft.set_or_clear(&raw_path, Value::Text(event_target_value(&event)))/>
                </span>
                <p class="part__help" id=format!("{id}-raw-help")>{t.db_raw_help}</p>
            </details>
        </div>
    }
}

/// The password inside the address: typed, cleared, never shown.
fn password<F>(
    uri: Memo<DatabaseUri>,
    hidden: Signal<bool>,
    id: &str,
    write: F,
) -> impl IntoView + use<F>
where
    F: Fn(String) + Copy + Send + Sync + 'static,
{
    let t = text::live();
    let kept = Memo::new(move |_| uri.with(|uri| uri.password == KEPT_PASSWORD));
    let id = format!("{id}-password");
    view! {
        <div class="part" hidden=move || hidden.get()>
            <label class="part__label" for=id.clone()>{t.db_password}</label>
            <div class="secret">
                <span class="pf-v6-c-form-control secret__input" hidden=move || kept.get()>
                    <input type="password" id=id.clone() autocomplete="new-password" aria-describedby=format!("{id}-help")
                        on:input=move |event| write(event_target_value(&event))/>
                </span>
                <span class="secret__state secret__state--set" hidden=move || !kept.get()>{t.set_secret}</span>
                <button type="button" class="pf-v6-c-button pf-m-secondary pf-m-small" hidden=move || !kept.get()
                    aria-label=format!("{} {}", t.replace, t.db_password)
                    on:click=move |_| write(String::new())>{t.replace}</button>
            </div>
            <p class="part__help" id=format!("{id}-help")>{t.db_password_help}</p>
        </div>
    }
}
