//! Names of the administrator's own, each with a value on one line.

use super::{Place, text_of, value_of};
use crate::form::live::{Draft, follow};
use crate::text;
use config_model::path::Path;
use config_model::value::{EntryKind, Map, MapKey, Value, ValueKind};
use leptos::prelude::*;

/// A row while it is edited; one without a name is not in the file.
#[derive(Clone, Copy)]
struct Row {
    key: usize,
    name: RwSignal<String>,
    text: RwSignal<String>,
}

/// The rows of one mapping, and what is done with them.
#[derive(Clone, Copy)]
struct Rows {
    draft: Draft,
    path: StoredValue<Path>,
    kind: ValueKind,
    shown: RwSignal<Vec<Row>>,
    next_key: StoredValue<usize>,
}

impl Rows {
    fn store(self) {
        let map = self.shown.with_untracked(|rows| typed(rows, self.kind));
        self.path.with_value(|path| self.draft.set_or_clear(path, Value::Map(map)));
    }

    /// Shows a value that came from elsewhere, such as a reset.
    fn follow(self, value: Option<&Value>) {
        let on_page = self.shown.with_untracked(|rows| typed(rows, self.kind));
        if value.and_then(Value::as_map).cloned().unwrap_or_default() != on_page {
            let from = self.next_key.get_value();
            let rows = rows_of(value, from);
            self.next_key.set_value(from + rows.len());
            self.shown.set(rows);
        }
    }

    fn add(self) {
        let key = self.next_key.get_value();
        self.next_key.set_value(key + 1);
        let empty = || RwSignal::new(String::new());
        self.shown.update(|rows| rows.push(Row { key, name: empty(), text: empty() }));
    }

    fn remove(self, row: Row) {
        self.shown.update(|rows| rows.retain(|other| other.key != row.key));
        self.store();
    }
}

pub(super) fn control(place: &Place, entry: EntryKind) -> impl IntoView + use<> {
    let value = place.draft.watch(place.path.clone());
    let rows = rows_of(value.get_untracked().as_ref(), 0);
    let rows = Rows {
        draft: place.draft,
        path: StoredValue::new(place.path.clone()),
        kind: entry.0.kind,
        next_key: StoredValue::new(rows.len()),
        shown: RwSignal::new(rows),
    };
    Effect::new(move |_| value.with(|value| rows.follow(value.as_ref())));
    let t = text::live();
    let (id, described_by, label) = (place.id(), place.described_by(), place.spec.label);
    view! {
        <div class="list" role="group" id=id.clone() tabindex="-1" aria-labelledby=format!("{id}-label")>
            <ul class="list__rows list__rows--wide" role="list">
                {move || rows.shown.get().into_iter().enumerate().map(|(at, row)| row_view(rows, row, at, label, described_by.clone())).collect_view()}
            </ul>
            <button type="button" class="pf-v6-c-button pf-m-link pf-m-inline" on:click=move |_| rows.add()
                aria-label=format!("{} {}", t.add_item, label)>"+ "{t.add_item}</button>
        </div>
    }
}

fn row_view(
    rows: Rows,
    row: Row,
    at: usize,
    label: &'static str,
    described_by: String,
) -> impl IntoView {
    let t = text::live();
    let item = text::fill(t.item_label, [("label", label), ("n", &(at + 1).to_string())]);
    let remove_label = text::fill(t.remove_item, [("item", &item)]);
    let input = |text: RwSignal<String>, what: &'static str| {
        let shown = follow(move || text.get());
        let typed = move |event| {
            text.set(event_target_value(&event));
            rows.store();
        };
        view! {
            <span class="pf-v6-c-form-control">
                <input type="text" aria-label=format!("{item}: {what}") aria-describedby=described_by.clone() placeholder=what
                    autocomplete="off" spellcheck="false" value=text.get_untracked() prop:value=shown on:input=typed/>
            </span>
        }
    };
    view! {
        <li class="list__row">
            {input(row.name, t.pair_name)}
            {input(row.text, t.pair_value)}
            <button type="button" class="pf-v6-c-button pf-m-plain list__remove" aria-label=remove_label
                on:click=move |_| rows.remove(row)><span aria-hidden="true">"×"</span></button>
        </li>
    }
}

fn rows_of(value: Option<&Value>, first_key: usize) -> Vec<Row> {
    value
        .and_then(Value::as_map)
        .into_iter()
        .flatten()
        .enumerate()
        .map(|(at, (name, value))| Row {
            key: first_key + at,
            name: RwSignal::new(name.as_str().unwrap_or_default().to_owned()),
            text: RwSignal::new(text_of(Some(value))),
        })
        .collect()
}

/// The entries that the rows stand for, rows without a name left out.
fn typed(rows: &[Row], kind: ValueKind) -> Map {
    rows.iter()
        .map(|row| (row.name.get_untracked(), row.text.get_untracked()))
        .filter(|(name, _)| !name.trim().is_empty())
        .map(|(name, text)| (MapKey::from(name.as_str()), value_of(kind, &text)))
        .collect()
}
