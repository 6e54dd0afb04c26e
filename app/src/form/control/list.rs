//! Any number of values, one to a row.

use super::{Place, text_of, value_of};
use crate::text;
use config_model::value::{Value, ValueKind};
use leptos::prelude::*;

/// A row of the list while it is edited; an empty one is not in the file.
#[derive(Clone, Copy)]
struct Row {
    key: usize,
    text: RwSignal<String>,
}

pub(super) fn control(place: &Place, item: &'static ValueKind) -> impl IntoView + use<> {
    let Place { draft, path, spec, .. } = place.clone();
    let value = draft.watch(path.clone());
    let t = text::live();
    let rows = RwSignal::new(rows_of(value.get_untracked().as_ref(), 0));
    let next = StoredValue::new(rows.with_untracked(Vec::len));
    let here = path.clone();
    let store = move || {
        let items: Vec<Value> = rows.with_untracked(|rows| {
            rows.iter()
                .map(|row| row.text.get_untracked())
                .filter(|text| !text.trim().is_empty())
                .map(|text| value_of(*item, &text))
                .collect()
        });
        draft.set_or_clear(&here, Value::List(items));
    };
    // A reset comes from outside: show what it left.
    Effect::new(move |_| {
        let items = value.get();
        let shown = rows.with_untracked(|rows| typed(rows, *item));
        if items.as_ref().and_then(Value::as_list).unwrap_or_default() != shown.as_slice() {
            let from = next.get_value();
            rows.set(rows_of(items.as_ref(), from));
            next.set_value(from + rows.with_untracked(Vec::len));
        }
    });
    let add = move |_| {
        let key = next.get_value();
        next.set_value(key + 1);
        rows.update(|rows| rows.push(Row { key, text: RwSignal::new(String::new()) }));
    };
    let (id, described_by, label) = (place.id(), place.described_by(), spec.label);
    let store = StoredValue::new(store);
    let (example, choices) = match item {
        ValueKind::Line(line) if !line.example.is_empty() => {
            (text::fill(t.example, [("value", line.example)]), None)
        }
        ValueKind::Choice(choices) => (String::new(), Some(*choices)),
        _ => (String::new(), None),
    };
    let row_view = move |(at, row): (ReadSignal<usize>, Row)| {
        let (described_by, example) = (described_by.clone(), example.clone());
        let item_label = move || {
            text::fill(t.item_label, [("label", label), ("n", &(at.get() + 1).to_string())])
        };
        let typed = move |event| {
            row.text.set(event_target_value(&event));
            store.with_value(|store| store());
        };
        let remove = move |_| {
            rows.update(|rows| rows.retain(|other| other.key != row.key));
            store.with_value(|store| store());
        };
        let input = match choices {
            Some(choices) => view! {
                <select aria-label=item_label aria-describedby=described_by prop:value=row.text on:change=typed>
                    <option value=""></option>
                    {choices.iter().map(|choice| view! {
                        <option value=choice.value selected=row.text.get_untracked() == choice.value>{choice.label}</option>
                    }).collect_view()}
                </select>
            }.into_any(),
            None => view! {
                <input type="text" aria-label=item_label aria-describedby=described_by placeholder=example
                    autocomplete="off" spellcheck="false" value=row.text.get_untracked()
                    prop:value=row.text on:input=typed/>
            }.into_any(),
        };
        view! {
            <li class="list__row">
                <span class="pf-v6-c-form-control">{input}</span>
                <button type="button" class="pf-v6-c-button pf-m-plain list__remove" on:click=remove
                    aria-label=move || text::fill(t.remove_item, [("item", &item_label())])><span aria-hidden="true">"×"</span></button>
            </li>
        }
    };
    view! {
        <div class="list" role="group" id=id.clone() tabindex="-1" aria-labelledby=format!("{id}-label")>
            <ul class="list__rows" role="list">
                <ForEnumerate each=move || rows.get() key=|row| row.key children=move |at, row| row_view((at, row))/>
            </ul>
            <button type="button" class="pf-v6-c-button pf-m-link pf-m-inline" on:click=add
                aria-label=format!("{} {}", t.add_item, label)>"+ "{t.add_item}</button>
        </div>
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
