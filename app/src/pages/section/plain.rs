//! Keys that only Quay's own code knows: plain forms, drawn and answered by the server.
//!
//! They are set once in a blue moon, so the browser's program carries nothing of them.

use super::help;
use crate::draft::DraftView;
use crate::{paths, text};
use config_model::field::FieldSpec;
use config_model::path::Path;
use config_model::rule::Severity;
use config_model::value::{Choice, Value, ValueKind};
use config_model::yaml::write_inline;
use leptos::prelude::*;

/// One key with its form.
pub(super) fn draw(field: &'static FieldSpec, draft: &DraftView) -> AnyView {
    let path = Path::key(field.name);
    let id = path.html_id();
    let value = draft.document.top(field.name);
    let (t, live) = (text::entries(), text::live());
    let report = draft.report();
    let messages = report.within(&path).map(|finding| {
        let error = finding.severity == Severity::Error;
        let class = if error { "message message--error" } else { "message message--warning" };
        let word = if error { live.error } else { live.warning };
        view! { <p class=class><b>{word}</b>" "{finding.message.clone()}" "{finding.fix.clone()}</p> }
    });
    let default = field.default.map(|default| default()).filter(|default| !default.is_blank());
    let default =
        default.map(|default| text::fill(live.default_is, [("value", &write_inline(&default))]));
    let reset = value.is_some().then(|| {
        view! { <button class="pf-v6-c-button pf-m-link" type="submit" name="action" value="reset" formnovalidate aria-label=text::fill(live.reset_to, [("label", field.label)])>{live.reset}</button> }
    });
    view! {
        <form method="post" action=paths::VALUES class="pf-v6-c-form__group field" id=format!("{id}-frame")>
            <input type="hidden" name="key" value=field.name/>
            <div class="field__head">
                <label class="pf-v6-c-form__label" for=id.clone()><span class="pf-v6-c-form__label-text">{field.label}</span></label>
                <code class="field__key">{field.name}</code>
            </div>
            <div class="pf-v6-c-form__group-control">
                <div class="plain-value">
                    {control(field, value, &id)}
                    <button class="pf-v6-c-button pf-m-secondary" type="submit" name="action" value="set" aria-label=format!("{} {}", t.store, field.label)>{t.store}</button>
                    {reset}
                </div>
                <div class="field__messages" id=format!("{id}-messages")>{messages.collect_view()}</div>
                <div class="field__help" id=format!("{id}-help")>{help(field)}<span class="field__default">{default}</span></div>
            </div>
        </form>
    }
    .into_any()
}

fn control(field: &'static FieldSpec, value: Option<&Value>, id: &str) -> AnyView {
    const SWITCH: &[Choice] =
        &[Choice { value: "true", label: "true" }, Choice { value: "false", label: "false" }];
    let described = format!("{id}-messages {id}-help");
    let id = id.to_owned();
    match field.kind {
        ValueKind::Toggle => {
            let now = value.and_then(Value::as_bool).map(|on| on.to_string()).unwrap_or_default();
            select(id, described, SWITCH, &now)
        }
        ValueKind::Choice(choices) => {
            select(id, described, choices, value.and_then(Value::as_str).unwrap_or_default())
        }
        ValueKind::Secret => {
            let state =
                if value.is_some() { text::live().set_secret } else { text::live().not_set };
            view! {
                <span class="pf-v6-c-form-control"><input type="password" id=id name="value" autocomplete="new-password" placeholder=state aria-describedby=described/></span>
            }
            .into_any()
        }
        ValueKind::List(_) => {
            let lines: Vec<String> =
                value.and_then(Value::as_list).unwrap_or_default().iter().map(shown).collect();
            view! {
                <span class="pf-v6-c-form-control"><textarea id=id name="value" rows="3" aria-describedby=described placeholder=text::entries().one_per_line>{lines.join("\n")}</textarea></span>
            }
            .into_any()
        }
        kind => {
            let mode = if kind == ValueKind::Number { "decimal" } else { "text" };
            view! {
                <span class="pf-v6-c-form-control"><input type="text" id=id name="value" inputmode=mode autocomplete="off" spellcheck="false" value=value.map(shown).unwrap_or_default() aria-describedby=described/></span>
            }
            .into_any()
        }
    }
}

fn select(id: String, described: String, choices: &'static [Choice], now: &str) -> AnyView {
    let options = choices.iter().map(|choice| {
        view! { <option value=choice.value selected=choice.value == now>{choice.label}</option> }
    });
    view! {
        <span class="pf-v6-c-form-control">
            <select id=id name="value" aria-describedby=described><option value="" selected=now.is_empty()>{text::live().choose_none}</option>{options.collect_view()}</select>
            <span class="pf-v6-c-form-control__utilities" aria-hidden="true"><span class="pf-v6-c-form-control__toggle-icon caret"></span></span>
        </span>
    }
    .into_any()
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| write_inline(value), str::to_owned)
}
