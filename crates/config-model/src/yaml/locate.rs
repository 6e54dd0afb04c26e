//! On which line of a text a value stands.

use super::indent::Indented;
use crate::path::{DEPTH_MAX, Path, Step};
use saphyr_parser::{Event, Parser, Span, StrInput};
use std::collections::HashMap;

/// What stands in a mapping or a list.
type Places = HashMap<Step, Place>;

/// One key or item.
struct Place {
    /// Its line, from 1.
    line: usize,
    /// What stands in its value.
    inside: Places,
}

/// The line, from 1, of the key or item that each path leads to.
///
/// Where the text does not have it, the line of the nearest thing it would stand in; `None` when
/// there is not even its top-level key. A text that cannot be read is looked at up to its fault.
pub fn locate(text: &str, paths: &[Path]) -> Vec<Option<usize>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let indented = Indented::new(text);
    let mut survey = Survey { parser: Parser::new_from_str(&indented.text) };
    let mut top = Places::new();
    while let Some((event, _)) = survey.next() {
        match event {
            Event::StreamStart | Event::DocumentStart(_) | Event::Nothing => {}
            Event::MappingStart(..) => {
                // A fault ends the search; what was found before it counts.
                let _ = survey.mapping(0, &mut top);
                break;
            }
            _ => break,
        }
    }
    paths.iter().map(|path| line_of(&top, path)).collect()
}

fn line_of(top: &Places, path: &Path) -> Option<usize> {
    let (mut at, mut line) = (top, None);
    for step in path.steps() {
        let Some(place) = at.get(step) else { break };
        (at, line) = (&place.inside, Some(place.line));
    }
    line
}

/// One reading of the text.
struct Survey<'a> {
    parser: Parser<'a, StrInput<'a>>,
}

impl<'a> Survey<'a> {
    /// The next event, `None` at the end and at a fault.
    fn next(&mut self) -> Option<(Event<'a>, Span)> {
        self.parser.next_event()?.ok()
    }

    /// Reads the value that begins with `event`; `None` where the text cannot be read.
    fn value(&mut self, event: &Event<'a>, depth: usize, inside: &mut Places) -> Option<()> {
        if depth > DEPTH_MAX {
            return None;
        }
        match event {
            Event::Scalar(..) | Event::Alias(_) => Some(()),
            Event::SequenceStart(..) => self.sequence(depth, inside),
            Event::MappingStart(..) => self.mapping(depth, inside),
            _ => None,
        }
    }

    fn sequence(&mut self, depth: usize, items: &mut Places) -> Option<()> {
        for index in 0.. {
            let (event, span) = self.next()?;
            if event == Event::SequenceEnd {
                break;
            }
            self.place(Step::Item(index), span.start.line(), (&event, depth), items)?;
        }
        Some(())
    }

    fn mapping(&mut self, depth: usize, entries: &mut Places) -> Option<()> {
        loop {
            let (key, span) = self.next()?;
            let name = match &key {
                Event::MappingEnd => return Some(()),
                Event::Scalar(name, ..) => name.to_string(),
                // No path leads through a key that is no word.
                other => {
                    self.value(other, depth + 1, &mut Places::new())?;
                    let (event, _) = self.next()?;
                    self.value(&event, depth + 1, &mut Places::new())?;
                    continue;
                }
            };
            let (event, _) = self.next()?;
            self.place(Step::Field(name), span.start.line(), (&event, depth), entries)?;
        }
    }

    /// Notes one key or item, with what of its value could be read.
    fn place(
        &mut self,
        step: Step,
        line: usize,
        (event, depth): (&Event<'a>, usize),
        places: &mut Places,
    ) -> Option<()> {
        let mut inside = Places::new();
        let read = self.value(event, depth + 1, &mut inside);
        places.insert(step, Place { line, inside });
        read
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# a comment\nSERVER_HOSTNAME: quay\n\nBUILDLOGS_REDIS: &redis\n  host: a\n  \
        port: 1\nUSER_EVENTS_REDIS: *redis\nDISTRIBUTED_STORAGE_CONFIG:\n  default:\n    - \
        RadosGWStorage\n    - hostname: ceph\n      port: 7480\nSUPER_USERS: [a,\n  b]\nLAST:\n";

    fn lines(text: &str, paths: &[Path]) -> String {
        let words = |line: Option<usize>| line.map_or("-".to_owned(), |line| line.to_string());
        locate(text, paths).into_iter().map(words).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn keys_and_items_are_found_on_their_lines() {
        let engine = Path::key("DISTRIBUTED_STORAGE_CONFIG").field("default");
        let paths = [
            Path::key("SERVER_HOSTNAME"),
            Path::key("BUILDLOGS_REDIS").field("port"),
            engine.clone(),
            engine.item(0),
            engine.item(1).field("port"),
            Path::key("SUPER_USERS").item(0),
            Path::key("SUPER_USERS").item(1),
            Path::key("LAST"),
        ];
        assert_eq!(lines(TEXT, &paths), "2 6 9 10 12 13 14 15");
    }

    #[test]
    fn what_is_absent_is_where_it_would_stand() {
        let paths = [
            Path::key("BUILDLOGS_REDIS").field("password"),
            Path::key("USER_EVENTS_REDIS").field("port"),
            Path::key("DISTRIBUTED_STORAGE_CONFIG").field("other").item(1).field("port"),
            Path::key("SUPER_USERS").item(7),
            Path::key("SECRET_KEY"),
        ];
        assert_eq!(lines(TEXT, &paths), "4 7 8 13 -");
    }

    #[test]
    fn a_text_with_a_fault_is_looked_at_up_to_it() {
        let paths = [Path::key("A"), Path::key("B"), Path::key("C")];
        assert_eq!(lines("A: 1\nB: [1, 2\nC: 3\n", &paths), "1 2 -");
        assert_eq!(lines("", &paths), "- - -");
        assert_eq!(lines("- A\n", &paths), "- - -");
        assert_eq!(lines(&"[".repeat(100_000), &paths), "- - -");
        assert_eq!(lines(&"A: {".repeat(1000), &paths), "1 - -");
    }

    #[test]
    fn of_a_key_that_stands_twice_the_last_one_counts_as_it_does_for_quay() {
        let paths = [Path::key("A").field("b"), Path::key("A").field("c")];
        assert_eq!(lines("A: {b: 1}\nA:\n  c: 1\n", &paths), "2 3");
    }
}
