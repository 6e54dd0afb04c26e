//! Text in brackets that is indented less than the tokenizer wants.
//!
//! `PyYAML` takes what stands in brackets at any column; `saphyr-parser` wants it indented more
//! than the key before it, and says "invalid indentation" of a `]` at the beginning of a line.
//! Such lines are given blanks before they are read, and lose them again in what is written.

use saphyr_parser::{Parser, ScanError, StrInput};
use std::borrow::Cow;

/// What the tokenizer says.
const COMPLAINT: &str = "invalid indentation";
/// Lines that are mended in one text.
const LINES_MAX: usize = 2_000;
/// Bytes that are read again for all of them.
const WORK_BYTES_MAX: usize = 8 * 1024 * 1024;

/// A text that the tokenizer reads as `PyYAML` reads the original.
pub(super) struct Indented<'a> {
    /// The text.
    pub(super) text: Cow<'a, str>,
    /// How many blanks stand before a line that was mended: more than before any other.
    blanks: usize,
}

impl<'a> Indented<'a> {
    /// Mends what has to be mended; a text with another fault stays as it is there.
    pub(super) fn new(text: &'a str) -> Self {
        let mut mended = Self { text: Cow::Borrowed(text), blanks: 0 };
        let tries = (WORK_BYTES_MAX / text.len().max(1)).min(LINES_MAX);
        for _ in 0..tries {
            let Some(at) = complaint(&mended.text) else { break };
            if mended.blanks == 0 {
                let widest = text.lines().map(|line| line.len() - line.trim_start().len()).max();
                mended.blanks = widest.unwrap_or_default() + 8;
            }
            mended.text.to_mut().insert_str(at, &" ".repeat(mended.blanks));
        }
        mended
    }

    /// A text that was made from this one, without the blanks.
    pub(super) fn undo(&self, text: &str) -> String {
        if self.blanks == 0 {
            return text.to_owned();
        }
        let blanks = " ".repeat(self.blanks);
        text.split_inclusive('\n').map(|line| line.strip_prefix(&blanks).unwrap_or(line)).collect()
    }
}

/// The byte at which the tokenizer complains of the indentation.
fn complaint(text: &str) -> Option<usize> {
    let mut parser = Parser::<StrInput<'_>>::new_from_str(text);
    let error: ScanError = loop {
        match parser.next_event()? {
            Ok(_) => {}
            Err(error) => break error,
        }
    };
    if error.info() != COMPLAINT {
        return None;
    }
    let line = error.marker().line().checked_sub(1)?;
    let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    let rest = text.get(start..)?;
    // The blanks go to the beginning of the line: what stands there is blank up to the fault.
    let before: String = rest.chars().take(error.marker().col()).collect();
    before.trim().is_empty().then_some(start)
}

#[cfg(test)]
mod tests {
    use crate::document::Document;
    use crate::path::Path;
    use crate::value::Value;
    use crate::yaml::{read, splice};

    #[test]
    fn brackets_may_end_at_the_beginning_of_a_line() {
        for text in [
            "A: [\n  \"x\"\n]\nB: 1\n",
            "A: [\n\"x\",\n'y'\n]\nB: 1\n",
            "A: {\n\"x\": 1\n}\nB: 1\n",
            "A: {\nx: [\n\"y\"\n], z: 1}\nB: 1\n",
            "C:\n  D: [\n    \"x\" # one\n  ]\nB: 1\n",
        ] {
            let document = read(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(document.top("B"), Some(&Value::from(1)), "{text}");
        }
    }

    #[test]
    fn an_edit_leaves_such_lines_as_they_were() {
        let text = "A: [\n\"x\", # one\n'y'\n]\nB: 1\n";
        let mut document: Document = read(text).unwrap();
        document.set(&Path::key("B"), Value::from(2)).unwrap();
        assert_eq!(splice(text, &document), text.replace("B: 1", "B: 2"));
        document.set(&Path::key("A").item(0), Value::from("z")).unwrap();
        let changed = text.replace("B: 1", "B: 2").replace("\"x\"", "\"z\"");
        assert_eq!(splice(text, &document), changed);
    }

    #[test]
    fn what_is_wrong_stays_wrong() {
        for text in ["A: [\n\"x\"\n", "A: 'x\nB: 1\n", "A:\n    b: 1\n  c: 2\n", "A: [\"x\"]]\n"] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
