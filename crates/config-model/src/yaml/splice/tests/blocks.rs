//! Changes in blocks.

use super::{changed, map, path, removed, set};
use crate::value::Value;

#[test]
fn a_new_key_is_a_line_behind_its_siblings() {
    let source = "a: 1 # one\nb:\n    x: 1\n# end\n";
    assert_eq!(set(source, "c", 2), "a: 1 # one\nb:\n    x: 1\nc: 2\n# end\n");
    assert_eq!(set(source, "b.y", 2), "a: 1 # one\nb:\n    x: 1\n    y: 2\n# end\n");
    assert_eq!(set(source, "d.e", 2), "a: 1 # one\nb:\n    x: 1\nd:\n  e: 2\n# end\n");
    assert_eq!(set("a: 1", "b", 2), "a: 1\nb: 2\n");
    assert_eq!(set("a: 1\r\n", "b", 2), "a: 1\r\nb: 2\r\n");
    assert_eq!(set("a: 1\n...\n", "b", 2), "a: 1\nb: 2\n...\n");
    assert_eq!(set("a: |\n  text\n\n\n", "b", 2), "a: |\n  text\nb: 2\n\n\n");
    assert_eq!(set("a:\n  x: 1\n  # y: 2\n", "b", 3), "a:\n  x: 1\n  # y: 2\nb: 3\n");
}

#[test]
fn keys_are_added_at_every_depth_of_a_file_without_a_last_break() {
    let text = changed("a:\n  b: 1", |document| {
        document.set(&path("a.c"), Value::from(2)).unwrap();
        document.set(&path("d"), Value::from(3)).unwrap();
    });
    assert_eq!(text, "a:\n  b: 1\n  c: 2\nd: 3\n");
}

#[test]
fn a_removed_key_takes_its_own_lines_with_it() {
    let source = "# top\na: 1\n# about b\nb: 2 # two\nc:\n  x: 1\n  y: 2\n";
    assert_eq!(removed(source, "a"), "# top\n# about b\nb: 2 # two\nc:\n  x: 1\n  y: 2\n");
    assert_eq!(removed(source, "b"), "# top\na: 1\n# about b\nc:\n  x: 1\n  y: 2\n");
    assert_eq!(removed(source, "c"), "# top\na: 1\n# about b\nb: 2 # two\n");
    assert_eq!(removed(source, "c.x"), "# top\na: 1\n# about b\nb: 2 # two\nc:\n  y: 2\n");
    assert_eq!(removed(source, "c.y"), "# top\na: 1\n# about b\nb: 2 # two\nc:\n  x: 1\n");
    assert_eq!(removed("a: 1\nb: 2", "b"), "a: 1\n");
}

#[test]
fn what_loses_its_last_part_is_empty() {
    assert_eq!(removed("# top\na: 1 # one\n# end\n", "a"), "# top\n{} # one\n# end\n");
    assert_eq!(set("a:\n  x: 1\nb: 2\n", "a", map([])), "a: {}\nb: 2\n");
    assert_eq!(set("a:\n- x\n- y\nb: 2\n", "a", Value::List(vec![])), "a: []\nb: 2\n");
    assert_eq!(set("a: # note\n  - x\n", "a", Value::List(vec![])), "a: [] # note\n");
    assert_eq!(set("l:\n- a: 1\n", "l.0", map([])), "l:\n- {}\n");
}

#[test]
fn items_are_added_and_removed_where_they_stand() {
    let source = "l:\n- a # one\n# two\n- b\n- c\n";
    assert_eq!(set(source, "l.3", "d"), "l:\n- a # one\n# two\n- b\n- c\n- d\n");
    assert_eq!(set(source, "l.1", "x"), "l:\n- a # one\n# two\n- x\n- c\n");
    assert_eq!(removed(source, "l.0"), "l:\n# two\n- b\n- c\n");
    assert_eq!(removed(source, "l.1"), "l:\n- a # one\n# two\n- c\n");
    assert_eq!(removed(source, "l.2"), "l:\n- a # one\n# two\n- b\n");
    let front = set(source, "l", ["n", "a", "b", "c"]);
    assert_eq!(front, "l:\n- n\n- a # one\n# two\n- b\n- c\n");
    let middle = set(source, "l", ["a", "n", "b", "c"]);
    assert_eq!(middle, "l:\n- a # one\n- n\n# two\n- b\n- c\n");
    assert_eq!(set(source, "l", ["c"]), "l:\n# two\n- c\n");
}

#[test]
fn the_first_part_may_stand_behind_a_dash() {
    assert_eq!(removed("l:\n  - a: 1\n    b: 2\n", "l.0.a"), "l:\n  - b: 2\n");
    assert_eq!(
        removed("l:\n  - a: 1\n    # about b\n    b: 2\n", "l.0.a"),
        "l:\n  -\n    # about b\n    b: 2\n"
    );
    assert_eq!(removed("l:\n  - - a\n    - b\n", "l.0.0"), "l:\n  - - b\n");
    assert_eq!(set("l:\n  - - a\n", "l.0", ["n", "a"]), "l:\n  - - n\n    - a\n");
    assert_eq!(set("l:\n  - a: 1\n", "l.0.b", 2), "l:\n  - a: 1\n    b: 2\n");
    assert_eq!(set("l:\n  - a: 1\n", "l.1.a", 2), "l:\n  - a: 1\n  - a: 2\n");
}

#[test]
fn a_value_may_become_one_of_another_kind() {
    assert_eq!(set("a: 1 # one\nb: 2\n", "a", ["x", "z"]), "a: # one\n  - x\n  - z\nb: 2\n");
    assert_eq!(set("a: 1 # one", "a", ["x"]), "a: # one\n  - x");
}

#[test]
fn an_empty_value_is_filled() {
    assert_eq!(set("a:\nb: 2\n", "a", "x"), "a: x\nb: 2\n");
    assert_eq!(set("a: # note\nb: 2\n", "a", "x"), "a: x # note\nb: 2\n");
    assert_eq!(set("a:\nb: 2\n", "a.x", 1), "a:\n  x: 1\nb: 2\n");
    assert_eq!(set("a: # note", "a.x", 1), "a: # note\n  x: 1");
    assert_eq!(set("a: []\n", "a.0", "x"), "a:\n  - x\n");
    assert_eq!(set("a: {} # none\n", "a.x", 1), "a: # none\n  x: 1\n");
    assert_eq!(set("l:\n-\n- b\n", "l.0", "a"), "l:\n- a\n- b\n");
}

#[test]
fn a_block_becomes_another_value() {
    assert_eq!(set("a: 5 # five\n", "a", Value::Null), "a: null # five\n");
    assert_eq!(set("a: # note\n  x: 1\nb: 2\n", "a", "t"), "a: t # note\nb: 2\n");
    assert_eq!(set("a:\n  x: 1\n  y: 2\n", "a", ["z"]), "a:\n  - z\n");
    let pair = map([("k", Value::from("v")), ("m", Value::from(["w"]))]);
    assert_eq!(
        set("l:\n  - 1 # one\n  - 2\n", "l.0", pair),
        "l:\n  - k: v # one\n    m:\n      - w\n  - 2\n"
    );
    assert_eq!(set("l:\n  - a: 1\n    b: 2\n  - 3\n", "l.0", "x"), "l:\n  - x\n  - 3\n");
}

#[test]
fn a_block_of_text_stays_one_while_it_has_lines() {
    let source = "a: |  # text\n  one\n  two\n\nb: 1\n";
    let lines = "three\n\n  four\n";
    assert_eq!(set(source, "a", lines), "a: |  # text\n  three\n\n    four\n\nb: 1\n");
    assert_eq!(set(source, "a", "x\ny"), "a: |-  # text\n  x\n  y\n\nb: 1\n");
    assert_eq!(set(source, "a", "x"), "a: x  # text\n\nb: 1\n");
    assert_eq!(set(source, "a", " x\ny\n"), "a: \" x\\ny\\n\"  # text\n\nb: 1\n");
    assert_eq!(set("a: >\n  one\n  two\nb: 1\n", "a", "x\ny"), "a: \"x\\ny\"\nb: 1\n");
    assert_eq!(
        set("l:\r\n- |\r\n  x\r\n- y\r\n", "l.0", "a\nb\n"),
        "l:\r\n- |\r\n  a\r\n  b\r\n- y\r\n"
    );
}

#[test]
fn quotes_are_kept_where_the_text_fits_in_them() {
    assert_eq!(set("a: 'x'\n", "a", "it's"), "a: 'it''s'\n");
    assert_eq!(set("a: \"x\"\n", "a", "say \"y\""), "a: \"say \\\"y\\\"\"\n");
    assert_eq!(set("a: 'x'\n", "a", "x\ny"), "a: \"x\\ny\"\n");
    assert_eq!(set("a: x\n", "a", "yes"), "a: 'yes'\n");
    assert_eq!(set("a: 'x'\n", "a", 5), "a: 5\n");
}
