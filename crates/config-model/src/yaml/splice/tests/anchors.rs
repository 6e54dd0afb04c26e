//! Changes of what anchors, aliases and merge keys say.

use super::{changed, map, path, removed, set};
use crate::value::Value;

const ALIASES: &str = "a: &x 1\nb: *x # same\nc: *x\n";

#[test]
fn an_alias_that_says_something_else_becomes_a_value() {
    assert_eq!(set(ALIASES, "b", 2), "a: &x 1\nb: 2 # same\nc: *x\n");
    assert_eq!(set(ALIASES, "a", 2), "a: &x 2\nb: 1 # same\nc: 1\n");
    assert_eq!(removed(ALIASES, "a"), "b: 1 # same\nc: 1\n");
    let source = "a: &x\n  k: 1\nb: *x # same\nl: [*x, *x]\n";
    let text = set(source, "b.k", 2);
    assert_eq!(text, "a: &x\n  k: 1\nb: # same\n  k: 2\nl: [*x, *x]\n");
    assert_eq!(set(source, "l.1.k", 2), "a: &x\n  k: 1\nb: *x # same\nl: [*x, {k: 2}]\n");
    assert_eq!(set(source, "a.k", 2), "a: &x\n  k: 2\nb: # same\n  k: 1\nl: [{k: 1}, {k: 1}]\n");
}

#[test]
fn an_alias_that_still_says_the_same_stays() {
    let all = |source: &str, value: &Value| {
        changed(source, |document| {
            for name in ["a", "b", "c"] {
                document.set(&path(name), value.clone()).unwrap();
            }
        })
    };
    assert_eq!(all(ALIASES, &Value::from(2)), "a: &x 2\nb: *x # same\nc: *x\n");
    let block = "a: &x\n  k: 1\nb: *x\nc: *x\n";
    assert_eq!(all(block, &Value::from(5)), "a: &x 5\nb: *x\nc: *x\n");
    assert_eq!(all(block, &Value::from(["l"])), "a: &x\n  - l\nb: *x\nc: *x\n");
    let item = "l:\n- &x 1\n- *x\n";
    let text = set(item, "l.0", map([("k", Value::from(1))]));
    assert_eq!(text, "l:\n- &x\n  k: 1\n- 1\n");
}

#[test]
fn anchors_of_keys_and_of_what_does_not_count_stay() {
    let source = "&k a: 1\nb: *k\nc: &d x\nc: z\ne: *d\nf: 1\n";
    assert_eq!(set(source, "f", 2), "&k a: 1\nb: *k\nc: &d x\nc: z\ne: *d\nf: 2\n");
    assert_eq!(removed(source, "a"), "b: a\nc: &d x\nc: z\ne: *d\nf: 1\n");
}

const MERGED: &str = "base: &b\n  host: h\n  port: 1\nm:\n  <<: *b\n  port: 2\n";

#[test]
fn what_is_merged_is_overridden() {
    assert_eq!(
        set(MERGED, "m.host", "z"),
        "base: &b\n  host: h\n  port: 1\nm:\n  <<: *b\n  port: 2\n  host: z\n"
    );
    assert_eq!(
        set(MERGED, "base.host", "z"),
        "base: &b\n  host: z\n  port: 1\nm:\n  <<: *b\n  port: 2\n  host: h\n"
    );
    assert_eq!(
        set("base: &b {host: h}\nm: {<<: *b, ssl: true}\n", "m.host", "z"),
        "base: &b {host: h}\nm: {<<: *b, ssl: true, host: z}\n"
    );
    assert_eq!(
        set("base: &b {host: h}\nm:\n  <<: [*b, {port: 1}]\n", "m.port", 2),
        "base: &b {host: h}\nm:\n  <<: [*b, {port: 1}]\n  port: 2\n"
    );
}

#[test]
fn a_merge_that_brings_too_much_is_written_out() {
    assert_eq!(removed(MERGED, "m.host"), "base: &b\n  host: h\n  port: 1\nm:\n  port: 2\n");
    assert_eq!(removed(MERGED, "m.port"), "base: &b\n  host: h\n  port: 1\nm:\n  host: h\n");
    assert_eq!(removed(MERGED, "base"), "m:\n  port: 2\n  host: h\n");
    assert_eq!(
        set(MERGED, "base.ssl", true),
        "base: &b\n  host: h\n  port: 1\n  ssl: true\nm:\n  port: 2\n  host: h\n"
    );
}
