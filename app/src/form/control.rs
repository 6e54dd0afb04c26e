//! A control for each kind of value; a control draws only the value.

mod choice;
mod database;
mod host_and_port;
mod line;
mod list;
mod pairs;
mod secret;
mod tls_mode;
mod toggle;

use super::live::{Draft, follow};
use config_model::field::FieldSpec;
use config_model::path::Path;
use config_model::rule::{Finding, Severity};
use config_model::value::{Value, ValueKind};
use config_model::yaml::write_inline;
use leptos::prelude::*;

/// What every control is given.
#[derive(Clone)]
pub(super) struct Place {
    pub(super) draft: Draft,
    pub(super) path: Path,
    pub(super) spec: &'static FieldSpec,
    pub(super) findings: Memo<Vec<Finding>>,
}

impl Place {
    /// Whether a mapping stands where a list is edited: its other shape, or a mistake.
    fn holds_mapping(&self) -> bool {
        let read = |view: &crate::draft::DraftView| {
            view.document
                .raw(&self.path)
                .is_some_and(|value| matches!(value, Value::Map(_) | Value::Hidden))
        };
        self.draft.with_untracked(read)
    }

    /// The HTML id of the control.
    fn id(&self) -> String {
        self.path.html_id()
    }

    /// The ids of the help and the messages.
    fn described_by(&self) -> String {
        let id = self.id();
        format!("{id}-messages {id}-help")
    }

    /// Whether something is wrong with the value, as ARIA spells it.
    fn invalid(&self) -> Signal<String> {
        let findings = self.findings;
        follow(move || has_error(findings).to_string())
    }

    /// Whether something is wrong with the value.
    fn wrong(&self) -> Signal<bool> {
        let findings = self.findings;
        follow(move || has_error(findings))
    }
}

fn has_error(findings: Memo<Vec<Finding>>) -> bool {
    findings.with(|findings| findings.iter().any(|finding| finding.severity == Severity::Error))
}

/// The control for the field's kind.
#[component]
pub(super) fn Control(
    path: Path,
    spec: &'static FieldSpec,
    findings: Memo<Vec<Finding>>,
) -> impl IntoView {
    let place = Place { draft: Draft::here(), path, spec, findings };
    match spec.kind {
        ValueKind::Toggle => toggle::control(&place).into_any(),
        ValueKind::Choice(choices) => choice::control(&place, choices).into_any(),
        ValueKind::Secret => secret::control(&place).into_any(),
        ValueKind::List(_) if place.holds_mapping() => {
            view! { <p class="notice">{crate::text::live().edit_as_text}</p> }.into_any()
        }
        ValueKind::List(item) => list::control(&place, item).into_any(),
        ValueKind::Mapping(entry) => pairs::control(&place, entry).into_any(),
        ValueKind::HostAndPort => host_and_port::control(&place).into_any(),
        ValueKind::DatabaseUri => database::control(&place).into_any(),
        ValueKind::TlsMode => tls_mode::control(&place).into_any(),
        _ => line::control(&place).into_any(),
    }
}

/// The text a control shows for a value.
pub(super) fn text_of(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null | Value::Hidden) => String::new(),
        Some(Value::Text(text)) => text.clone(),
        Some(other) => write_inline(other),
    }
}

/// The value that typed text stands for; what cannot be one stays as text, so nothing is lost.
pub(super) fn value_of(kind: ValueKind, text: &str) -> Value {
    match kind {
        ValueKind::Number => {
            Value::decimal(text.trim()).unwrap_or_else(|| Value::Text(text.to_owned()))
        }
        _ => Value::Text(text.to_owned()),
    }
}
