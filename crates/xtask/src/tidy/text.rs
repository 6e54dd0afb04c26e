//! Checks of one file by itself.

/// The longest a source file may be, tests included.
const LINES_MAX: usize = 400;
/// Sources that may be longer, each with the reason.
const LONG: &[(&str, &str)] = &[];
/// Endings of files that people write by hand and that have a limit.
const SOURCES: [&str; 9] = ["rs", "js", "cjs", "mjs", "ts", "scss", "sh", "sql", "html"];
/// Files that programs write, or that are copied word for word.
const FOREIGN: [&str; 3] = ["Cargo.lock", "package-lock.json", "LICENSE"];

/// Marks of unfinished work. Taken apart, so that this file does not find itself.
const UNFINISHED: [&str; 4] = [
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("todo", "!("),
    concat!("unimplemented", "!("),
];
/// What hides a test that fails.
const IGNORED: &str = concat!("#[", "ignore");
/// What hides a warning without saying why.
const ALLOWED: [&str; 2] = [concat!("#[", "allow("), concat!("#![", "allow(")];
/// Places that exist on one machine only.
const MACHINES: [&str; 2] = [concat!("/ro", "ot/"), concat!("/ho", "me/")];

/// Everything that is wrong with a file.
pub(super) fn problems(name: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let own = name.rsplit('/').next().unwrap_or(name);
    if !text.is_empty() && !text.ends_with('\n') {
        found.push(format!("{name}:{}: end the file with a newline", text.lines().count()));
    }
    if FOREIGN.contains(&own) {
        return found;
    }
    if own == "mod.rs" {
        found.push(format!("{name}:1: name the file after its module instead of mod.rs"));
    }
    let ending = own.rsplit_once('.').map_or("", |(_, ending)| ending);
    if SOURCES.contains(&ending) {
        found.extend(length(name, text.lines().count()));
    }
    if ending == "rs" && !text.starts_with("//!") {
        found.push(format!("{name}:1: begin with a //! line that says what the file is for"));
    }
    for (at, line) in text.lines().enumerate() {
        if let Some(why) = fault(line, ending == "rs") {
            found.push(format!("{name}:{}: {why}", at + 1));
        }
    }
    found
}

/// What is wrong with the length of a source.
fn length(name: &str, lines: usize) -> Option<String> {
    let excused = LONG.iter().any(|(long, _)| *long == name);
    if lines > LINES_MAX && !excused {
        Some(format!("{name}:{LINES_MAX}: {lines} lines; split the file at {LINES_MAX}"))
    } else if lines <= LINES_MAX && excused {
        Some(format!("{name}:1: no longer too long; take it off the list in xtask's tidy"))
    } else {
        None
    }
}

/// What is wrong with a line.
fn fault(line: &str, rust: bool) -> Option<String> {
    if let Some(mark) = UNFINISHED.iter().find(|mark| line.contains(**mark)) {
        return Some(format!("{mark}: finish it, or open an issue and take the mark out"));
    }
    if let Some(place) = MACHINES.iter().find(|place| names_machine(line, place)) {
        return Some(format!("{place} is a place on one machine only; find it at run time"));
    }
    if rust && line.contains(IGNORED) {
        return Some("a test that is not run proves nothing; mend it or take it out".to_owned());
    }
    if rust && ALLOWED.iter().any(|mark| line.contains(mark)) {
        return Some("write #[expect(lint, reason = \"...\")] instead".to_owned());
    }
    None
}

/// Whether an absolute path begins in this line; `https://example.com/home/` holds none.
fn names_machine(line: &str, place: &str) -> bool {
    line.match_indices(place).any(|(at, _)| {
        !line[..at].ends_with(|before: char| before.is_alphanumeric() || "._-".contains(before))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_in_order_has_no_problems() {
        assert_eq!(problems("a/b.rs", "//! Something.\n\nfn f() {}\n"), [""; 0]);
        assert_eq!(problems("a.md", ""), [""; 0]);
        assert_eq!(problems("Cargo.lock", &"x\n".repeat(1000)), [""; 0]);
    }

    #[test]
    fn each_fault_is_named_with_its_line() {
        let text = format!("//! X.\n// {}: later\n", UNFINISHED[0]);
        let found = problems("a.rs", &text);
        assert!(found[0].starts_with("a.rs:2: "), "{found:?}");
        for bad in [
            "fn f() {}\n".to_owned(),
            "//! X.\nfn f() {}".to_owned(),
            format!("//! X.\n{IGNORED}]\nfn f() {{}}\n"),
            format!("//! X.\n{}dead_code)]\n", ALLOWED[0]),
            format!("//! X.\nconst A: &str = \"{}me\";\n", MACHINES[0]),
            format!("//! X.\n{}", "\n".repeat(LINES_MAX)),
        ] {
            assert_eq!(problems("a.rs", &bad).len(), 1, "{bad}");
        }
        assert_eq!(problems("a/mod.rs", "//! X.\n").len(), 1);
    }

    #[test]
    fn an_address_is_no_place_on_a_machine() {
        assert!(!names_machine(&format!("https://example.com{}", MACHINES[1]), MACHINES[1]));
        assert!(names_machine(&format!("cd {}me", MACHINES[1]), MACHINES[1]));
    }
}
