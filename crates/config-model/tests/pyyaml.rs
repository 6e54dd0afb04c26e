//! Quay reads its configuration with `PyYAML`: what we write must be to it what it was before.

use config_model::document::Document;
use config_model::value::{Map, MapKey, Value};
use config_model::yaml;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use std::io::Write as _;
use std::process::{Command, Stdio};

/// Documents of each kind, in one run of Python.
const DOCUMENTS: usize = 10_000;

/// Scalars that look like something they are not, or are something they do not look like.
const NASTY: &[&str] = &[
    "yes",
    "No",
    "on",
    "OFF",
    "y",
    "n",
    "true",
    "~",
    "null",
    "Null",
    "",
    "0755",
    "0o17",
    "08",
    "0x1F",
    "0b11",
    "1_000",
    "12:30:45",
    "1:2",
    "190:20:30",
    "190:20:30.15",
    "1e3",
    "1.5e3",
    "1.5e+3",
    "1.",
    ".5",
    "-.inf",
    ".NaN",
    "+12",
    "-",
    "+",
    ".",
    "=",
    "<<",
    "2001-12-14",
    "2001-12-14 21:59:43.10 -5",
    "2001-12-14t21:59:43Z",
    "2001-1-1",
    "2001-1-1 1:00:00",
    "2001-12-14T21:59:43.1 +5:30",
    "2001-12-14T21:59:43 ",
    "1:60",
    "1:59.",
    "0:1.5",
    "1__0",
    "_1",
    "0_7",
    "0b",
    "0x_",
    "-0x1f",
    "+.5",
    "-.5",
    "1e+3",
    "1.e+3",
    "1._5",
    "0.1.2",
    ".e+3",
    "._",
    "00:10",
    "09:10",
    "-12:30",
    "12:5",
    "12:05:60",
    "123456789012345678901234567890",
    "a: b",
    "a #b",
    "#a",
    "- a",
    "? a",
    "a:",
    ":a",
    "@a",
    "`a",
    "%a",
    "!a",
    "&a",
    "*a",
    "|",
    ">",
    "{a",
    "[a",
    "}",
    "]",
    ",",
    "'",
    "\"",
    "it's",
    "a\nb",
    "a\n",
    "\n",
    "\ta",
    " a",
    "a ",
    "\u{85}",
    "\u{2028}",
    "\u{feff}",
    "\u{7f}",
    "\u{1b}",
    "日本語",
    "🐙",
    "é",
    "---",
    "...",
    "--- a",
    "postgresql://u:p%40@h/d?x=y",
    "C:\\x",
    "1.2.3.4",
    "::1",
    "16777216",
    "-0",
    "0",
];

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(NASTY).prop_map(str::to_owned),
        "[ -~]{0,12}",
        "\\PC{0,8}",
        "[\\x00-\\x7f]{0,6}",
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        text().prop_map(Value::Text),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::int),
        Just(Value::Null),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::List),
            prop::collection::vec((text(), inner), 0..4).prop_map(|entries| {
                Value::Map(
                    entries.into_iter().map(|(key, value)| (MapKey::Text(key), value)).collect(),
                )
            }),
        ]
    })
}

/// The value as JSON, which Python reads into the same objects.
fn json(value: &Value) -> serde_json::Value {
    match value {
        Value::Null | Value::Hidden => serde_json::Value::Null,
        Value::Bool(on) => (*on).into(),
        Value::Number(number) => {
            number.as_i64().expect("only 64-bit integers are made here").into()
        }
        Value::Text(text) => text.clone().into(),
        Value::Other(_) => unreachable!("none is made here"),
        Value::List(items) => items.iter().map(json).collect(),
        Value::Map(map) => serde_json::Value::Object(
            map.iter()
                .map(|(key, value)| (key.as_str().unwrap_or_default().to_owned(), json(value)))
                .collect(),
        ),
    }
}

/// Runs a Python program over lines of JSON; it prints what is wrong, and nothing when all is well.
fn python(program: &str, lines: &[serde_json::Value]) -> String {
    let python =
        std::env::var("QUAY_CONSOLE_PYTHON").unwrap_or_else(|_| "/usr/bin/python3".to_owned());
    let mut child = Command::new(&python)
        .args(["-c", program])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("Python with PyYAML is installed by `cargo xtask install --test`");
    let mut input = child.stdin.take().expect("it was asked for");
    let lines = lines.to_vec();
    let writer =
        std::thread::spawn(move || lines.iter().try_for_each(|line| writeln!(input, "{line}")));
    let done = child.wait_with_output().expect("Python ends when its input does");
    writer.join().expect("the writer does not panic").expect("Python reads all of its input");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).expect("Python prints UTF-8")
}

#[test]
fn every_text_and_number_is_read_back_as_what_it_was() {
    let mut runner = TestRunner::deterministic();
    let strategy = prop::collection::vec((text(), value()), 0..5);
    let lines: Vec<serde_json::Value> = (0..DOCUMENTS)
        .map(|_| {
            let entries = strategy.new_tree(&mut runner).expect("a value can be made").current();
            let map: Map =
                entries.into_iter().map(|(key, value)| (MapKey::Text(key), value)).collect();
            let expected = json(&Value::Map(map.clone()));
            serde_json::json!({ "yaml": yaml::write(&Document::new(map)), "expected": expected })
        })
        .collect();
    let wrong = python(
        r"
import json, sys, yaml
for line in sys.stdin:
    case = json.loads(line)
    try:
        got = yaml.safe_load(case['yaml'])
    except Exception as error:
        got = repr(error)
    if repr(got) != repr(case['expected']):
        print(json.dumps([case, repr(got)])); break
",
        &lines,
    );
    assert_eq!(wrong, "");
}

#[test]
fn every_plain_scalar_survives_import_and_export() {
    let mut texts: Vec<String> = Vec::new();
    for scalar in
        NASTY.iter().filter(|text| !text.contains(['\n', '\u{feff}', '\u{2028}', '\u{85}']))
    {
        texts.push(format!("a: {scalar}\n"));
        texts.push(format!("a: [{scalar}, 1]\n"));
        texts.push(format!("{scalar}: 1\nb: 2\n"));
        texts.push(format!("a: !!str {scalar}\n"));
    }
    for document in [
        "a: &x [1]\nb: *x\n",
        "x: &x {a: 1}\ny: {<<: *x, b: 2}\n",
        "a: |\n  x\n  y\nb: >-\n  x\n  y\n",
        "a: !!binary aGVsbG8=\n",
        "1: a\nyes: b\n2001-12-14: c\n~: d\n",
        "a: 'it''s'\nb: \"\\u263A\\n\"\n",
    ] {
        texts.push(document.to_owned());
    }
    // The tokenizer refuses these two, which nobody writes: a lone dash in a flow sequence, and an
    // anchor whose name ends in a colon.
    texts.retain(|text| !["a: [-, 1]\n", "&a: 1\nb: 2\n"].contains(&text.as_str()));
    let mut taken = 0;
    let lines: Vec<serde_json::Value> = texts
        .iter()
        .map(|text| {
            let written = yaml::read(text).ok().map(|document| yaml::write(&document));
            taken += usize::from(written.is_some());
            serde_json::json!({ "before": text, "after": written })
        })
        .collect();
    assert!(taken > texts.len() / 2, "only {taken} of {} are read", texts.len());
    let wrong = python(
        r"
import json, sys, yaml
def load(text):
    try:
        value = yaml.safe_load(text)
        return repr(value) if isinstance(value, dict) else None
    except Exception:
        return None
for line in sys.stdin:
    case = json.loads(line)
    before = load(case['before'])
    after = load(case['after']) if case['after'] is not None else None
    # What Quay cannot read we may refuse; what it can read must come back the same.
    if before is not None and before != after:
        print(json.dumps([case, before, after]))
",
        &lines,
    );
    assert_eq!(wrong, "");
}
