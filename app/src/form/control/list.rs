//! Any number of values, one to a row.

use super::{Place, text_of, value_of};
use crate::form::live::{Draft, follow};
use crate::text;
use config_model::path::Path;
use config_model::value::{Value, ValueKind};
use leptos::prelude::*;

/// A row of the list while it is edited; an empty one is not in the file.
#[derive(Clone, Copy)]
struct Row {
    key: usize,
    text: RwSignal<String>,
}

/// The rows of one list, and what is done with them.
#[derive(Clone, Copy)]
struct Rows {
    draft: Draft,
    path: StoredValue<Path>,
    item: &'static ValueKind,
    shown: RwSignal<Vec<Row>>,
    next_key: StoredValue<usize>,
}

impl Rows {
    fn new(place: &Place, item: &'static ValueKind, value: Option<&Value>) -> Self {
        let rows = rows_of(value, 0);
        let next_key = StoredValue::new(rows.len());
        let path = StoredValue::new(place.path.clone());
        Self { draft: place.draft, path, item, shown: RwSignal::new(rows), next_key }
    }

    /// Puts the rows into the draft.
    fn store(self) {
        let items = self.shown.with_untracked(|rows| typed(rows, *self.item));
        self.path.with_value(|path| self.draft.set_or_clear(path, Value::List(items)));
    }

    /// Shows a value that came from elsewhere, such as a reset.
    fn follow(self, value: Option<&Value>) {
        let on_page = self.shown.with_untracked(|rows| typed(rows, *self.item));
        if value.and_then(Value::as_list).unwrap_or_default() != on_page.as_slice() {
            let from = self.next_key.get_value();
            let rows = rows_of(value, from);
            self.next_key.set_value(from + rows.len());
            self.shown.set(rows);
        }
    }

    fn add(self) {
        let key = self.next_key.get_value();
        self.next_key.set_value(key + 1);
        self.shown.update(|rows| rows.push(Row { key, text: RwSignal::new(String::new()) }));
    }

    fn remove(self, row: Row) {
        self.shown.update(|rows| rows.retain(|other| other.key != row.key));
        self.store();
    }
}

pub(super) fn control(place: &Place, item: &'static ValueKind) -> impl IntoView + use<> {
    let value = place.draft.watch(place.path.clone());
    let rows = Rows::new(place, item, value.get_untracked().as_ref());
    Effect::new(move |_| value.with(|value| rows.follow(value.as_ref())));
    let t = text::live();
    let (id, described_by, label) = (place.id(), place.described_by(), place.spec.label);
    view! {
        <div class="list" role="group" id=id.clone() tabindex="-1" aria-labelledby=format!("{id}-label")>
            <ul class="list__rows" role="list">
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
    let item_label = text::fill(t.item_label, [("label", label), ("n", &(at + 1).to_string())]);
    let remove_label = text::fill(t.remove_item, [("item", &item_label)]);
    let shown = follow(move || row.text.get());
    let typed = move |event| {
        row.text.set(event_target_value(&event));
        rows.store();
    };
    let input = match rows.item {
        ValueKind::Choice(choices) => view! {
            <select aria-label=item_label aria-describedby=described_by prop:value=shown on:change=typed>
                <option value=""></option>
                {choices.iter().map(|choice| view! {
                    <option value=choice.value selected=row.text.get_untracked() == choice.value>{choice.label}</option>
                }).collect_view()}
            </select>
        }
        .into_any(),
        item => view! {
            <input type="text" aria-label=item_label aria-describedby=described_by placeholder=example(*item)
                autocomplete="off" spellcheck="false" value=row.text.get_untracked()
                prop:value=shown on:input=typed/>
        }
        .into_any(),
    };
    view! {
        <li class="list__row">
            <span class="pf-v6-c-form-control">{input}</span>
            <button type="button" class="pf-v6-c-button pf-m-plain list__remove" aria-label=remove_label
                on:click=move |_| rows.remove(row)><span aria-hidden="true">"×"</span></button>
        </li>
    }
}

fn example(item: ValueKind) -> String {
    match item {
        ValueKind::Line(line) if !line.example.is_empty() => {
            text::fill(text::live().example, [("value", line.example)])
        }
        _ => String::new(),
    }
}

fn rows_of(value: Option<&Value>, first_key: usize) -> Vec<Row> {
    value
        .and_then(Value::as_list)
        .unwrap_or_default()
        .iter()
        .enumerate()
        .map(|(at, item)| Row { key: first_key + at, text: RwSignal::new(text_of(Some(item))) })
        .collect()
}

/// The values that the rows stand for, empty rows left out.
fn typed(rows: &[Row], item: ValueKind) -> Vec<Value> {
    rows.iter()
        .map(|row| row.text.get_untracked())
        .filter(|text| !text.trim().is_empty())
        .map(|text| value_of(item, &text))
        .collect()
}
