//! The database's address: the manual's fields, and the address as one line.

use super::{Place, has_error, text_of};
use crate::form::live::{Draft, follow};
use crate::text;
use config_model::path::Path;
use config_model::redact::{mask, unmask};
use config_model::rule::Finding;
use config_model::value::{DatabaseKind, DatabaseUri, KEPT_PASSWORD, Value};
use leptos::prelude::*;

/// The address taken apart, and how a part is changed.
#[derive(Clone, Copy)]
struct Parts {
    draft: Draft,
    path: StoredValue<Path>,
    uri: Memo<DatabaseUri>,
    findings: Memo<Vec<Finding>>,
}

/// One part as a line of text.
struct Part {
    /// The end of the control's id.
    name: &'static str,
    label: Signal<String>,
    help: Signal<String>,
    /// Whether this kind of database does without it.
    hidden: Signal<bool>,
    read: fn(&DatabaseUri) -> String,
    write: fn(&mut DatabaseUri, String),
}

impl Parts {
    fn change(self, edit: impl FnOnce(&mut DatabaseUri)) {
        let mut uri = self.uri.get_untracked();
        uri.kind.get_or_insert(DatabaseKind::Postgresql);
        edit(&mut uri);
        self.path.with_value(|path| self.draft.set(path, Value::Text(uri.to_text())));
    }

    fn kind(self) -> DatabaseKind {
        self.uri.with(|uri| uri.kind).unwrap_or(DatabaseKind::Postgresql)
    }

    fn is_file(self) -> bool {
        self.kind() == DatabaseKind::Sqlite
    }

    fn line(self, id: &str, part: Part) -> impl IntoView + use<> {
        let id = format!("{id}-{}", part.name);
        let help_id = format!("{id}-help");
        let (read, write) = (part.read, part.write);
        view! {
            <div class="part" hidden=part.hidden>
                <label class="part__label" for=id.clone()>
                    {part.label}
                    <span class="pf-v6-c-form__label-required" aria-hidden="true">"\u{a0}*"</span>
                </label>
                <span class="pf-v6-c-form-control" class:pf-m-error=follow(move || has_error(self.findings))>
                    <input type="text" id=id autocomplete="off" spellcheck="false" autocapitalize="off"
                        aria-describedby=help_id.clone()
                        value=self.uri.with_untracked(read)
                        prop:value=follow(move || self.uri.with(read))
                        on:input=move |event| self.change(|uri| write(uri, event_target_value(&event)))/>
                </span>
                <p class="part__help" id=help_id>{part.help}</p>
            </div>
        }
    }

    fn kinds(self, id: &str) -> impl IntoView + use<> {
        let t = text::live();
        let kinds = [
            (DatabaseKind::Postgresql, t.db_postgresql),
            (DatabaseKind::Mysql, t.db_mysql),
            (DatabaseKind::Sqlite, t.db_sqlite),
        ];
        let name = format!("{id}-kind");
        let radios = kinds.into_iter().enumerate().map(|(at, (value, label))| {
            let id = format!("{name}-{at}");
            view! {
                <input type="radio" class="segments__input" name=name.clone() id=id.clone()
                    checked=untrack(|| self.kind()) == value
                    prop:checked=follow(move || self.kind() == value)
                    on:change=move |_| self.change(|uri| uri.kind = Some(value))/>
                <label class="segments__label" for=id>{label}</label>
            }
        });
        view! {
            <fieldset class="part part--wide segments">
                <legend class="part__label">{t.db_kind}</legend>
                {radios.collect_view()}
            </fieldset>
        }
    }

    fn lines(self, id: &str) -> impl IntoView + use<> {
        let t = text::live();
        let said = |sentence: &'static str| follow(move || sentence.to_owned());
        let on_server = follow(move || self.is_file());
        let server_help = follow(move || {
            let port = self.kind().default_port().map(|port| port.to_string()).unwrap_or_default();
            text::fill(t.db_server_help, [("port", &port)])
        });
        let name_label =
            follow(move || (if self.is_file() { t.db_path } else { t.db_name }).to_owned());
        let server = Part {
            name: "server",
            label: said(t.db_server),
            help: server_help,
            hidden: on_server,
            read: |uri| uri.server.clone(),
            write: |uri, text| text.trim().clone_into(&mut uri.server),
        };
        let database = Part {
            name: "name",
            label: name_label,
            help: said(t.db_name_help),
            hidden: follow(|| false),
            read: |uri| uri.database.clone(),
            write: |uri, text| uri.database = text,
        };
        let user = Part {
            name: "user",
            label: said(t.db_user),
            help: said(t.db_user_help),
            hidden: on_server,
            read: |uri| uri.user.clone(),
            write: |uri, text| uri.user = text,
        };
        let write = move |text: String| self.change(|uri| uri.password = text);
        view! {
            {self.line(id, server)}
            {self.line(id, database)}
            {self.line(id, user)}
            {password(self.uri, on_server, id, write)}
        }
    }
}

pub(super) fn control(place: &Place) -> impl IntoView + use<> {
    let Place { draft, path, findings, .. } = place.clone();
    let raw = draft.watch(path.clone());
    let uri = Memo::new(move |_| DatabaseUri::from_text(&text_of(raw.get().as_ref())));
    let parts = Parts { draft, path: StoredValue::new(path.clone()), uri, findings };
    let id = place.id();
    let raw_id = format!("{id}-raw");
    let t = text::live();
    view! {
        <div class="parts" role="group" id=id.clone() tabindex="-1" aria-labelledby=format!("{id}-label")>
            {parts.kinds(&id)}
            {parts.lines(&id)}
            <details class="part part--wide">
                <summary>{t.db_raw}</summary>
                <label class="pf-v6-screen-reader" for=raw_id.clone()>{t.db_raw}</label>
                <span class="pf-v6-c-form-control">
                    <input type="text" id=raw_id autocomplete="off" spellcheck="false" autocapitalize="off"
                        aria-describedby=format!("{id}-raw-help")
                        value=mask(&text_of(raw.get_untracked().as_ref()))
                        prop:value=follow(move || mask(&text_of(raw.get().as_ref())))
                        on:input=move |event| {
                            let before = text_of(raw.get_untracked().as_ref());
                            let text = unmask(&event_target_value(&event), Some(&before));
                            draft.set_or_clear(&path, Value::Text(text));
                        }/>
                </span>
                <p class="part__help" id=format!("{id}-raw-help")>{t.db_raw_help}</p>
            </details>
        </div>
    }
}

/// The password inside the address: typed, never shown.
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
    // The stored password stays until another one is typed.
    let replacing = RwSignal::new(false);
    let kept = follow(move || uri.with(|uri| uri.password == KEPT_PASSWORD) && !replacing.get());
    let id = format!("{id}-password");
    view! {
        <div class="part" hidden=hidden>
            <label class="part__label" for=id.clone()>{t.db_password}</label>
            <div class="secret">
                <span class="pf-v6-c-form-control secret__input" hidden=kept>
                    <input type="password" id=id.clone() autocomplete="new-password"
                        aria-describedby=format!("{id}-help")
                        on:input=move |event| {
                            replacing.set(true);
                            write(event_target_value(&event));
                        }/>
                </span>
                <span class="secret__state secret__state--set" hidden=follow(move || !kept.get())>{t.set_secret}</span>
                <button type="button" class="pf-v6-c-button pf-m-secondary pf-m-small"
                    hidden=follow(move || !kept.get())
                    aria-label=format!("{} {}", t.replace, t.db_password)
                    on:click=move |_| replacing.set(true)>{t.replace}</button>
            </div>
            <p class="part__help" id=format!("{id}-help")>{t.db_password_help}</p>
        </div>
    }
}
