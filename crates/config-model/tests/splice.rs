//! Whatever a file looks like and whatever changes: it is read back as wanted, and what was not
//! changed is still there.

use config_model::document::Document;
use config_model::path::Path;
use config_model::value::{Map, MapKey, Value};
use config_model::yaml::{read, splice, write};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use std::fmt::Write as _;
use std::process::{Command, Stdio};

/// Changed files that `PyYAML` compares, in one run of Python.
const DOCUMENTS: usize = 1000;

/// Prints the first pair of texts that are not the same values to `PyYAML`.
const COMPARE: &str = r"
import json, sys, yaml
def shape(value):
    if isinstance(value, dict):
        return {'map': sorted((repr(key), shape(item)) for key, item in value.items())}
    if isinstance(value, list):
        return [shape(item) for item in value]
    return repr(value)
def load(text):
    try:
        return shape(yaml.safe_load(text))
    except Exception as error:
        return 'fails: %s' % error
for line in open(sys.argv[1], encoding='utf-8'):
    spliced, written = json.loads(line)
    if load(spliced) != load(written):
        print(json.dumps([spliced, written, str(load(spliced)), str(load(written))])); break
";

/// Parts of a file, each readable by itself; comments have no blank in them.
const FRAGMENTS: &[&str] = &[
    "plain: text   #c1\n",
    "#c2\nquoted: 'it''s' #c3\n",
    "double: \"a\\tb\"  #c4\n",
    "number:   0755\n\n",
    "nothing:\n",
    "nothing2: #c5\n",
    "apart: #c6\n  #c7\n  value #c8\n",
    "long: one\n  two\n  three\n",
    "map:\n    a: 1 #c9\n    #c10\n    b: 2\n    #c11\n",
    "deep:\n  a:\n    b:\n      c: 1 #c12\n      #c13\n  d: 2\n",
    "list:\n- a #c14\n#c15\n- b\n-   c\n",
    "list2:\n  - - a\n    - b\n  -\n    - c\n  - #c16\n    d\n  -\n",
    "maps:\n  - name: a #c17\n    port: 1\n  #c18\n  - name: b\n",
    "maps2:\n  -   name: a\n      #c19\n      port: 1\n",
    "flow: {a: 1, 'b': two, c, \"d\":4, e: } #c20\n",
    "flow2: [a, 'b', \"c\", {d: [e, f]}, g: h] #c21\n",
    "lines: [\n  a,  #c22\n  b,  #c23\n  c   #c24\n  ]\n",
    "lines2: {\n  a: 1,\n  #c25\n  'b': 2, #c26\n  }\n",
    "empty: []\nempty2: {} #c27\n",
    "block: |  #c28\n  one\n    two\n\n  three\n",
    "block2: >-\n  one\n  two\n\n",
    "block3: |+\n  one\n\n\n",
    "block4:\n  - |2\n      one\n  - two\n",
    "anchor: &a1 text #c29\nalias: *a1 #c30\nalias2: [*a1, *a1]\n",
    "base: &b1\n  host: h #c31\n  port: 1\nmerged: #c32\n  <<: *b1\n  port: 2 #c33\n",
    "copy: &b2 {k: v}\ncopied: *b2 #c34\nmore: {<<: *b2, l: 1}\nlast:\n  - *b2 #c35\n",
    "sources: [&s1 {a: 1}, &s2 {b: 2}]\nboth:\n  <<: [*s1, *s2]\n  c: 3 #c36\n",
    "inner:\n  - &i1 a\n  - *i1\n  - &i2\n    k: *i1\n  - *i2\n",
    "inline:\n  <<: {x: 1}\n  y: 2\n",
    "&k1 anchored: 1\nby: *k1\n",
    "twice: 1 #c37\ntwice: 2 #c38\n",
    "? explicit\n: 1 #c39\n",
    "tagged: !!str 5 #c40\nbinary: !!binary aGVsbG8=\n",
    "1: a\nyes: b\n2001-12-14: c\n~: d\n",
    "\"odd key\" : 'é' #c41\n",
    "date: 2001-12-14 21:59:43\nbase60: 12:30:45\n",
];

fn source() -> impl Strategy<Value = String> {
    let fragments = prop::sample::subsequence(FRAGMENTS, 1..=FRAGMENTS.len()).prop_shuffle();
    (fragments, any::<[bool; 4]>()).prop_map(|(fragments, [crlf, mark, framed, open])| {
        let mut text = fragments.concat();
        if framed {
            text = format!("%YAML 1.1\n---\n{text}#c50\n...\n#c51\n");
        }
        if open {
            text.truncate(text.trim_end().len());
        }
        if crlf {
            text = text.replace('\n', "\r\n");
        }
        if mark {
            text.insert(0, '\u{feff}');
        }
        text
    })
}

fn text() -> impl Strategy<Value = String> {
    let nasty = [
        "",
        "yes",
        "null",
        "~",
        "0755",
        "1e3",
        "12:30",
        "2001-12-14",
        "=",
        "<<",
        "- a",
        "a: b",
        "a, b",
        "a #b",
        "#a",
        "[a",
        "}",
        "'",
        "\"",
        "it's",
        "&a",
        "*a",
        "!a",
        "|",
        "a\nb\n",
        "a\n\n  b",
        " a",
        "a ",
        "\n",
        "\t",
        "é",
        "\u{feff}",
        "\u{2028}",
        "\u{85}",
        "---",
        "...",
        "https://a/b?c=d,e",
        "C:\\x",
    ];
    prop_oneof![
        prop::sample::select(nasty.to_vec()).prop_map(str::to_owned),
        "[ -~]{0,12}",
        "\\PC{0,8}",
    ]
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => text().prop_map(Value::Text),
        1 => any::<bool>().prop_map(Value::Bool),
        1 => any::<i64>().prop_map(Value::int),
        1 => Just(Value::Null),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    scalar().prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::List),
            prop::collection::vec((text(), inner), 0..4).prop_map(|entries| {
                let entries = entries.into_iter().map(|(key, value)| (MapKey::Text(key), value));
                Value::Map(entries.collect::<Map>())
            }),
        ]
    })
}

/// One thing that an editor does at some place.
#[derive(Clone, Debug)]
enum Edit {
    Set(Value),
    Remove,
    /// A new key in a mapping, a new last item in a list, or another value.
    Add(String, Value),
    /// The items of a list without some, and in another order if `reversed`.
    Sift {
        kept: u8,
        reversed: bool,
    },
}

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        3 => value().prop_map(Edit::Set),
        3 => Just(Edit::Remove),
        3 => (text(), value()).prop_map(|(key, value)| Edit::Add(key, value)),
        1 => any::<(u8, bool)>().prop_map(|(kept, reversed)| Edit::Sift { kept, reversed }),
    ]
}

/// Every place that a path can name.
fn places(document: &Document) -> Vec<Path> {
    let mut found = Vec::new();
    for (key, value) in document.entries() {
        if let Some(name) = key.as_str() {
            collect(Path::key(name), value, &mut found);
        }
    }
    found
}

fn collect(path: Path, value: &Value, found: &mut Vec<Path>) {
    for (index, item) in value.as_list().unwrap_or_default().iter().enumerate() {
        collect(path.item(index), item, found);
    }
    for (key, value) in value.as_map().into_iter().flatten() {
        if let Some(name) = key.as_str() {
            collect(path.field(name), value, found);
        }
    }
    found.push(path);
}

fn apply(document: &mut Document, place: Index, edit: Edit) {
    let all = places(document);
    if all.is_empty() {
        return;
    }
    let path = place.get(&all);
    let here = document.raw(path).expect("the path was found in this document").clone();
    let done = match (edit, here) {
        (Edit::Remove, _) => {
            document.remove(path);
            Ok(())
        }
        (Edit::Add(key, value), Value::Map(_)) => document.set(&path.field(&key), value),
        (Edit::Add(_, value), Value::List(items)) => document.set(&path.item(items.len()), value),
        (Edit::Set(value) | Edit::Add(_, value), _) => document.set(path, value),
        (Edit::Sift { kept, reversed }, Value::List(items)) => {
            let bits = items.into_iter().zip((0..8_u32).cycle());
            let mut items: Vec<Value> =
                bits.filter(|(_, bit)| (kept >> bit) & 1 == 1).map(|(item, _)| item).collect();
            if reversed {
                items.reverse();
            }
            document.set(path, Value::List(items))
        }
        (Edit::Sift { .. }, _) => Ok(()),
    };
    done.expect("the place is there");
}

/// The comments of a file; none of the texts in it looks like one.
fn comments(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace().filter(|word| word.starts_with("#c"))
}

#[test]
fn every_fragment_can_be_read() {
    for fragment in FRAGMENTS {
        for text in [(*fragment).to_owned(), fragment.replace('\n', "\r\n")] {
            assert!(read(&text).is_ok(), "{text}: {:?}", read(&text));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn what_was_wanted_is_read_back(
        source in source(),
        edits in prop::collection::vec((any::<Index>(), edit()), 1..4),
    ) {
        let before = read(&source).expect("fragments can be put together");
        prop_assert_eq!(&splice(&source, &before), &source);
        let mut target = before;
        for (place, edit) in edits {
            apply(&mut target, place, edit);
        }
        let spliced = splice(&source, &target);
        let found = read(&spliced);
        prop_assert!(
            found.as_ref() == Ok(&target),
            "{source}\nbecame\n{spliced}\nand should hold\n{}",
            write(&target)
        );
        prop_assert_eq!(splice(&spliced, &target), spliced);
    }

    #[test]
    fn one_changed_scalar_leaves_all_comments(
        source in source(),
        place in any::<Index>(),
        value in scalar(),
    ) {
        let mut target = read(&source).expect("fragments can be put together");
        let scalars: Vec<Path> = places(&target)
            .into_iter()
            .filter(|path| {
                let value = target.raw(path);
                value.is_some_and(|value| value.as_list().is_none() && value.as_map().is_none())
            })
            .collect();
        prop_assume!(!scalars.is_empty());
        let path = place.get(&scalars);
        target.set(path, value).expect("the place is there");
        let spliced = splice(&source, &target);
        for comment in comments(&source) {
            prop_assert!(spliced.contains(comment), "{comment} of\n{source}\nis not in\n{spliced}");
        }
    }

    #[test]
    fn any_text_at_all_is_taken(
        source in "[a-c:\\-?#&*!|>'\"{}\\[\\], \n\r\t%@é]{0,60}",
        value in value(),
    ) {
        let mut target = read(&source).unwrap_or_default();
        target.set(&Path::key("a"), value).expect("a top-level key can be set");
        let spliced = splice(&source, &target);
        prop_assert!(read(&spliced).as_ref() == Ok(&target), "{source:?} became {spliced:?}");
    }
}

#[test]
fn pyyaml_reads_a_changed_file_like_one_that_was_written_anew() {
    let mut runner = TestRunner::deterministic();
    let strategy = (source(), prop::collection::vec((any::<Index>(), edit()), 1..4));
    let mut lines = String::new();
    for _ in 0..DOCUMENTS {
        let (mut source, edits) = strategy.new_tree(&mut runner).expect("it is made").current();
        // PyYAML takes another last break from a block of text whose last line has none.
        if !source.ends_with('\n') {
            source.push('\n');
        }
        let mut target = read(&source).expect("fragments can be put together");
        for (place, edit) in edits {
            apply(&mut target, place, edit);
        }
        let pair = serde_json::json!([splice(&source, &target), write(&target)]);
        let _ = writeln!(lines, "{pair}");
    }
    let path = std::env::temp_dir().join(format!("quay-splice-{}.jsonl", std::process::id()));
    std::fs::write(&path, lines).expect("there is room for a small file");
    let python =
        std::env::var("QUAY_CONSOLE_PYTHON").unwrap_or_else(|_| "/usr/bin/python3".to_owned());
    let done = Command::new(&python)
        .args(["-c", COMPARE])
        .arg(&path)
        .stdin(Stdio::null())
        .output()
        .expect("Python with PyYAML is installed by `cargo xtask install --test`");
    let _ = std::fs::remove_file(&path);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    assert_eq!(String::from_utf8_lossy(&done.stdout), "");
}

#[test]
fn one_change_in_a_large_file_is_one_change() {
    let mut text = String::from("first: 1\nlist:\n");
    for number in 0..10_000 {
        let _ = writeln!(text, "  - name: item{number} # {number}\n    port: {number}");
    }
    let mut target = read(&text).expect("it is a configuration");
    target.set(&Path::key("first"), Value::from(2)).expect("it is there");
    target.remove(&Path::key("list").item(5_000));
    let gone = "  - name: item5000 # 5000\n    port: 5000\n";
    let expected = text.replacen("first: 1", "first: 2", 1).replacen(gone, "", 1);
    assert!(splice(&text, &target) == expected);
}
