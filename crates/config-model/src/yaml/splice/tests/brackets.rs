//! Changes between brackets.

use super::{map, removed, set};
use crate::value::Value;

#[test]
fn entries_change_on_their_line() {
    let source = "m: {a: 1, b: two} # both\n";
    assert_eq!(set(source, "m.a", 3), "m: {a: 3, b: two} # both\n");
    assert_eq!(set(source, "m.c", "x"), "m: {a: 1, b: two, c: x} # both\n");
    assert_eq!(set(source, "m.c.d", "x: y"), "m: {a: 1, b: two, c: {d: 'x: y'}} # both\n");
    assert_eq!(removed(source, "m.a"), "m: {b: two} # both\n");
    assert_eq!(removed(source, "m.b"), "m: {a: 1} # both\n");
    assert_eq!(set(source, "m", map([])), "m: {} # both\n");
    let other = map([("a", Value::from(1)), ("c", Value::from(2))]);
    assert_eq!(set(source, "m", other), "m: {a: 1, c: 2} # both\n");
    assert_eq!(set("m: {a, b: , c: 1}\n", "m.a", "x"), "m: {a: x, b: , c: 1}\n");
    assert_eq!(set("m: {a, b: , c: 1}\n", "m.b", "x"), "m: {a, b: x , c: 1}\n");
}

#[test]
fn items_change_on_their_line() {
    let source = "l: [a, 'b', \"c\"]\n";
    assert_eq!(removed(source, "l.0"), "l: ['b', \"c\"]\n");
    assert_eq!(removed(source, "l.1"), "l: [a, \"c\"]\n");
    assert_eq!(removed(source, "l.2"), "l: [a, 'b']\n");
    assert_eq!(set(source, "l.1", "x"), "l: [a, 'x', \"c\"]\n");
    assert_eq!(set(source, "l.3", "d,e"), "l: [a, 'b', \"c\", 'd,e']\n");
    assert_eq!(set(source, "l", ["n", "a", "b", "c"]), "l: [n, a, 'b', \"c\"]\n");
    assert_eq!(set(source, "l", ["a", "c", "z"]), "l: [a, \"c\", z]\n");
    assert_eq!(set("l: [a]\n", "l", Value::List(vec![])), "l: []\n");
}

#[test]
fn parts_on_lines_stay_on_lines() {
    let json = "{\n  \"a\": 1,\n  \"b\": \"x\"\n}\n";
    assert_eq!(set(json, "b", "z"), "{\n  \"a\": 1,\n  \"b\": \"z\"\n}\n");
    assert_eq!(set(json, "c", 3), "{\n  \"a\": 1,\n  \"b\": \"x\",\n  c: 3\n}\n");
    assert_eq!(removed(json, "a"), "{\n  \"b\": \"x\"\n}\n");
    assert_eq!(removed(json, "b"), "{\n  \"a\": 1,\n}\n");
    let list = "l: [\n  a,  # one\n  b,  # two\n  ]\n";
    assert_eq!(set(list, "l.2", "c"), "l: [\n  a,  # one\n  b,  # two\n  c,\n  ]\n");
    assert_eq!(set(list, "l", ["n", "a", "b"]), "l: [\n  n,\n  a,  # one\n  b,  # two\n  ]\n");
    assert_eq!(removed(list, "l.0"), "l: [\n  b,  # two\n  ]\n");
    let open = "l: [\n  a,\n  b  # two\n  ]\n";
    assert_eq!(set(open, "l.2", "c"), "l: [\n  a,\n  b,  # two\n  c\n  ]\n");
    assert_eq!(removed(open, "l.1"), "l: [\n  a,\n  ]\n");
}

#[test]
fn a_whole_file_may_stand_in_brackets() {
    assert_eq!(set("{a: 1}\n", "b", 2), "{a: 1, b: 2}\n");
    assert_eq!(set("{a: 1}", "a", 2), "{a: 2}");
    assert_eq!(removed("{a: 1}\n", "a"), "{}\n");
}

#[test]
fn a_pair_without_braces_gets_them_when_it_needs_them() {
    assert_eq!(set("l: [a: 1, b]\n", "l.0.a", 2), "l: [a: 2, b]\n");
    assert_eq!(set("l: [a: 1, b]\n", "l.0.c", 3), "l: [{a: 1, c: 3}, b]\n");
    assert_eq!(set("l: [a: 1, b]\n", "l.0", "x"), "l: [x, b]\n");
}
