//! `config.yaml` as Quay's own reader sees it: `PyYAML`'s safe loader, YAML 1.1.
//!
//! The tokens come from `saphyr-parser`; which plain scalar is a number, a boolean or text is
//! decided here by `PyYAML`'s rules, which no YAML 1.2 library follows.

mod indent;
mod locate;
mod read;
pub(crate) mod scalar;
mod splice;
mod write;

pub use locate::locate;
pub use read::{BYTES_MAX, NODES_MAX, YamlError, read, twice};
pub use splice::splice;
pub use write::{write, write_inline};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Value;
    use std::fmt::Write as _;

    fn round_trip(text: &str) -> String {
        write(&read(text).unwrap())
    }

    #[test]
    fn scalars_stay_what_they_were() {
        let text = "a: yes\nb: 0755\nc: 12:30:45\nd: 1e3\ne: 2001-12-14\nf: 123456789012345678901234567890\n\
                    g: '0755'\nh: \"yes\"\ni: ~\nj: 0.01\nk: 1000000\nl: .inf\nm: '12:30:45'\n";
        insta::assert_snapshot!(round_trip(text), @r"
        a: true
        b: 0755
        c: 12:30:45
        d: 1e3
        e: 2001-12-14
        f: 123456789012345678901234567890
        g: '0755'
        h: 'yes'
        i: null
        j: 0.01
        k: 1000000
        l: .inf
        m: '12:30:45'
        ");
    }

    #[test]
    fn anchors_and_merge_keys_are_followed() {
        let text = "base: &base {host: a, port: 1}\nother:\n  <<: *base\n  port: 2\n";
        let document = read(text).unwrap();
        let other = document.raw(&crate::path::Path::key("other")).unwrap();
        assert_eq!(other.entry("host"), Some(&Value::from("a")));
        assert_eq!(other.entry("port"), Some(&Value::from(2)));
    }

    #[test]
    fn a_key_that_stands_twice_is_found_with_its_line() {
        let text =
            "a: 1\nb: {c: 1, c: 2}\na: 2\nd: [{e: 1}, {e: 1,\n e: 2}]\nf: {<<: {g: 1}, g: 2}\n";
        let found: Vec<String> =
            twice(text).iter().map(|(path, line)| format!("{path} {line}")).collect();
        assert_eq!(found, ["b.c 2", "a 3", "d[1].e 5"]);
    }

    #[test]
    fn faults_are_named_with_line_and_column() {
        insta::assert_snapshot!(read("a: 1\nb: [1, 2\n").unwrap_err(), @"line 3, column 1: this is not YAML: while parsing a flow sequence, expected ',' or ']'");
        insta::assert_snapshot!(read("- a\n").unwrap_err(), @"line 1, column 1: the file must be a mapping of keys to values, and this is a list; write lines such as SERVER_HOSTNAME: quay.example.com");
        insta::assert_snapshot!(read("a: !!python/name:os.system x\n").unwrap_err(), @"line 1, column 4: the tag !!python/name:os.system means nothing to Quay's reader, which stops here; remove it");
        insta::assert_snapshot!(read("a: 1\n---\nb: 2\n").unwrap_err(), @"line 2, column 1: a second document begins here; Quay reads exactly one, so remove this --- line");
    }

    #[test]
    fn a_bomb_of_aliases_is_refused() {
        let mut text = "a0: &a0 [1,1,1,1,1,1,1,1,1,1]\n".to_owned();
        for level in 1..9 {
            let before = level - 1;
            let aliases = vec![format!("*a{before}"); 10].join(",");
            let _ = writeln!(text, "a{level}: &a{level} [{aliases}]");
        }
        insta::assert_snapshot!(read(&text).unwrap_err(), @"line 5, column 38: more than 100000 values once aliases are followed; it is not a Quay configuration");
    }
}
