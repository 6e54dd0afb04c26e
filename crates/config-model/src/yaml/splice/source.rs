//! Where the lines of a text begin and end, and what stands in them.

/// What separates words in a line.
const BLANKS: [char; 2] = [' ', '\t'];
/// What ends a line.
const BREAKS: [char; 2] = ['\n', '\r'];

/// The text that is to be changed.
#[derive(Clone, Copy)]
pub(super) struct Source<'s>(pub(super) &'s str);

/// What follows a part of a flow collection in its line, blanks and comments left out.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Rest {
    Nothing,
    Comma,
    More,
}

impl<'s> Source<'s> {
    /// What stands between two places, nothing when there is no such stretch.
    pub(super) fn between(self, start: usize, end: usize) -> &'s str {
        self.0.get(start..end).unwrap_or_default()
    }

    /// What stands from a place to the end.
    pub(super) fn after(self, start: usize) -> &'s str {
        self.between(start, self.0.len())
    }

    /// The break that ends its first line.
    pub(super) fn line_break(self) -> &'static str {
        let first = self.0.split_once('\n').map_or("", |(first, _)| first);
        if first.ends_with('\r') { "\r\n" } else { "\n" }
    }

    /// Whether the last line has text and no break.
    pub(super) fn is_open(self) -> bool {
        !self.0.is_empty() && !self.0.ends_with(BREAKS)
    }

    /// Where the line of `at` ends, its break left out.
    pub(super) fn line_end(self, at: usize) -> usize {
        let rest = self.after(at);
        at + rest.find(BREAKS).unwrap_or(rest.len())
    }

    /// Where the line after that of `at` begins.
    pub(super) fn next_line(self, at: usize) -> usize {
        let end = self.line_end(at);
        let rest = self.after(end);
        end + if rest.starts_with("\r\n") { 2 } else { usize::from(!rest.is_empty()) }
    }

    /// Where the line before `at` ends, when a line begins at `at`.
    pub(super) fn line_before(self, at: usize) -> usize {
        let before = self.between(0, at);
        let rest = before.strip_suffix("\r\n").or_else(|| before.strip_suffix(BREAKS));
        rest.map_or(at, str::len)
    }

    /// Where the line of `at` begins when only blanks stand before `at`.
    pub(super) fn own_line(self, at: usize) -> Option<usize> {
        let before = self.between(0, at).trim_end_matches(BLANKS);
        (before.is_empty() || before.ends_with(BREAKS)).then_some(before.len())
    }

    /// How many characters stand before `at` in its line.
    pub(super) fn column(self, at: usize) -> usize {
        let before = self.between(0, at);
        let line = before.rfind(BREAKS).map_or(0, |end| end + 1);
        self.between(line, at).chars().count()
    }

    /// Where what belongs to a part that ends at `end` ends: behind its line and the comments below
    /// that are indented deeper than `column`.
    pub(super) fn behind(self, end: usize, column: usize) -> usize {
        let mut at = self.next_line(end);
        loop {
            let line = self.between(at, self.line_end(at));
            let ink = line.trim_start_matches(BLANKS);
            if !ink.starts_with('#') || line.len() - ink.len() <= column {
                return at;
            }
            at = self.next_line(at);
        }
    }

    /// What follows in the line of `at`.
    pub(super) fn rest(self, at: usize) -> Rest {
        let rest = self.after(at).trim_start_matches(BLANKS);
        let (found, rest) = match rest.strip_prefix(',') {
            Some(behind) => (Rest::Comma, behind.trim_start_matches(BLANKS)),
            None => (Rest::Nothing, rest),
        };
        let ends = rest.is_empty() || rest.starts_with(BREAKS) || rest.starts_with('#');
        if ends { found } else { Rest::More }
    }

    /// The first place from `at` on that is no blank, break or comment.
    pub(super) fn skip(self, at: usize) -> usize {
        let mut rest = self.after(at);
        loop {
            rest = rest.trim_start_matches(|letter: char| {
                BLANKS.contains(&letter) || BREAKS.contains(&letter)
            });
            if !rest.starts_with('#') {
                return self.0.len() - rest.len();
            }
            rest = &rest[rest.find(BREAKS).unwrap_or(rest.len())..];
        }
    }
}
