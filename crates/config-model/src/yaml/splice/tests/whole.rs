//! Whole files: what nobody touched stays, byte for byte.

use super::{changed, path, removed, set};
use crate::document::Document;
use crate::value::Value;
use crate::yaml::{read, splice, write};

/// As much of YAML as a file may hold that Quay reads.
const NASTY: &str = r#"%YAML 1.1
---
# The registry.
SERVER_HOSTNAME: quay.example.com   # public name
PREFERRED_URL_SCHEME:   "https"
REGISTRY_TITLE: 'Bob''s registry'
TESTING: no
AVATAR_KIND:

# Redis, three times.
redis: &redis
  host: redis.example.com
  port: 6379   # the default
  # password: in the vault
BUILDLOGS_REDIS:
    <<: *redis
    port: 6380
USER_EVENTS_REDIS: {<<: *redis, ssl: true}
COPY: *redis
SUPER_USERS:
- admin   # first
# the second one
- "ops"
-   &owner owner
OWNERS: [*owner, 'b', {name: c, roles: [x, y]},
  d]  # all
LDAP_USER_RDN:
  - ou=people
  -
    - nested
    - - deeper
  - name: é
    size: 0755

    kind: >-
      folded
      text
FOOTER: |
  Line one
    # not a comment

  Line two
NOTICE: |+   # keeps its breaks
  Kept

? explicit
: 12:30:45
!!str 5: five
"quoted key" : !!binary aGVsbG8=
7: seven
DATE: 2001-12-14
LIMITS: {
  "a": 1,   # one
  b: [1,
      2],
  c
  }
EMPTY: {}
MULTI: first
  second
# The end.
...
# Really.
"#;

/// The file as it may also come from an editor.
fn variants() -> [String; 5] {
    let crlf = NASTY.replace('\n', "\r\n");
    [
        NASTY.to_owned(),
        NASTY.trim_end().to_owned(),
        format!("\u{feff}{NASTY}"),
        format!("\u{feff}{crlf}"),
        crlf,
    ]
}

#[test]
fn a_file_that_is_not_changed_is_the_same_bytes() {
    let others = ["", "\n", "# only a comment", "{}", "---\n...\n", "a: {}", "\u{feff}a: 1"];
    for source in variants().into_iter().chain(others.map(str::to_owned)) {
        assert_eq!(splice(&source, &read(&source).unwrap()), source);
    }
}

#[test]
fn the_order_of_keys_alone_changes_nothing() {
    let source = "b: 1\na: 2\n";
    let target = read("a: 2\nb: 1\n").unwrap();
    assert_eq!(splice(source, &target), source);
}

#[test]
fn one_changed_value_changes_no_other_byte() {
    let changes: [(&str, Value, &str, &str); 19] = [
        ("SERVER_HOSTNAME", "quay.example.org".into(), "quay.example.com ", "quay.example.org "),
        ("PREFERRED_URL_SCHEME", "http".into(), "\"https\"", "\"http\""),
        ("REGISTRY_TITLE", "It's".into(), "'Bob''s registry'", "'It''s'"),
        ("TESTING", true.into(), "TESTING: no", "TESTING: true"),
        ("AVATAR_KIND", "local".into(), "AVATAR_KIND:", "AVATAR_KIND: local"),
        ("BUILDLOGS_REDIS.port", 6381.into(), "port: 6380", "port: 6381"),
        ("USER_EVENTS_REDIS.ssl", false.into(), "ssl: true", "ssl: false"),
        ("SUPER_USERS.0", "root".into(), "- admin ", "- root "),
        ("SUPER_USERS.1", "dev".into(), "- \"ops\"", "- \"dev\""),
        ("OWNERS.1", "B".into(), "'b'", "'B'"),
        ("OWNERS.2.roles.1", "z, z".into(), "[x, y]", "[x, 'z, z']"),
        ("LDAP_USER_RDN.1.1.0", "deep".into(), "- - deeper", "- - deep"),
        ("LDAP_USER_RDN.2.name", "ü".into(), "name: é", "name: 'ü'"),
        ("LDAP_USER_RDN.2.kind", "x".into(), ">-\n      folded\n      text", "x"),
        ("explicit", "late".into(), ": 12:30:45", ": late"),
        ("quoted key", Value::Null, "!!binary aGVsbG8=", "null"),
        ("LIMITS.a", 2.into(), "\"a\": 1,", "\"a\": 2,"),
        ("LIMITS.c", 3.into(), "],\n  c", "],\n  c: 3"),
        ("MULTI", "one".into(), "first\n  second", "one"),
    ];
    for source in variants() {
        let crlf = source.contains('\r');
        let native = |text: &str| if crlf { text.replace('\n', "\r\n") } else { text.to_owned() };
        for (at, value, before, after) in &changes {
            let expected = source.replacen(&native(before), &native(after), 1);
            assert_ne!(expected, source, "{at}");
            assert_eq!(set(&source, at, value.clone()), expected, "{at}");
        }
    }
}

#[test]
fn a_key_is_added_and_removed_in_the_middle_of_it_all() {
    let added = NASTY.replace("  second\n", "  second\nNEW: 1\n");
    assert_eq!(set(NASTY, "NEW", 1), added);
    let crlf = NASTY.replace('\n', "\r\n");
    assert_eq!(set(&crlf, "NEW", 1), added.replace('\n', "\r\n"));
    let footer = "FOOTER: |\n  Line one\n    # not a comment\n\n  Line two\n";
    assert_eq!(removed(NASTY, "FOOTER"), NASTY.replace(footer, ""));
    let notice = "NOTICE: |+   # keeps its breaks\n  Kept\n\n";
    assert_eq!(removed(NASTY, "NOTICE"), NASTY.replace(notice, ""));
}

#[test]
fn a_file_without_values_gets_them_below_its_comments() {
    assert_eq!(set("# Quay", "A", 1), "# Quay\nA: 1\n");
    assert_eq!(set("# Quay\r\n", "A", 1), "# Quay\r\nA: 1\r\n");
    assert_eq!(set("", "A", 1), "A: 1\n");
    assert_eq!(set("\u{feff}", "A", 1), "\u{feff}A: 1\n");
    assert_eq!(set("{}\n", "A", 1), "A: 1\n");
    assert_eq!(set("---\n# none\n", "A", 1), "---\n# none\nA: 1\n");
}

#[test]
fn what_cannot_be_changed_in_place_is_written_anew() {
    assert_eq!(set("# top\n? a\nb: 2 # two\n", "a", 1), "# top\na: 1\nb: 2 # two\n");
    let mut target = Document::default();
    target.set(&path("a"), Value::from(1)).unwrap();
    for source in ["a: [1", "- a\n", "a: 1\n---\nb: 2\n", "---\n...\n", "~"] {
        assert_eq!(splice(source, &target), write(&target), "{source}");
    }
}

#[test]
fn of_a_key_that_is_there_twice_the_last_one_counts() {
    assert_eq!(set("a: 1\na: 2\n", "a", 3), "a: 1\na: 3\n");
    assert_eq!(removed("a: 1\nb: 0\na: 2\n", "a"), "b: 0\n");
    assert_eq!(changed("a: 1\na: 2\n", |document| *document = Document::default()), "{}\n");
}
