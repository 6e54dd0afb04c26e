//! Lines of blocks: parts that go, and parts that are added.

use super::changes::Splicer;
use super::tree::Part;

impl Splicer<'_, '_> {
    /// Takes out the lines of the parts that are not kept; comments above them stay.
    pub(super) fn remove_lines(&mut self, parts: &[Part], kept: &[bool], column: usize) {
        for (index, part) in parts.iter().enumerate() {
            if kept[index] {
                continue;
            }
            if let Some(line) = self.source.own_line(part.start) {
                let end = self.source.behind(part.value.end, column);
                self.edits.push(line, end, String::new());
            } else {
                self.remove_first(parts, kept, index);
            }
        }
    }

    /// Takes out a part that begins in the line of a dash; the part after it moves up there.
    fn remove_first(&mut self, parts: &[Part], kept: &[bool], index: usize) {
        let Some(heir) = (index..parts.len()).find(|index| kept[*index]) else {
            self.stuck = true;
            return;
        };
        let bare = parts[index..=heir].windows(2).all(|pair| {
            let end = self.source.line_end(pair[0].value.end);
            self.source.between(end, pair[1].start).trim().is_empty()
        });
        let part = &parts[index];
        if bare {
            self.edits.push(part.start, parts[heir].start, String::new());
        } else {
            // Comments are in between, and stay: the dash stands alone above them.
            let start = self.source.between(0, part.start).trim_end_matches(' ').len();
            let end = self.source.line_end(part.value.end);
            self.edits.push(start, end, String::new());
        }
    }

    /// Adds lines behind a part that stays, or before the first one.
    pub(super) fn add_lines(
        &mut self,
        parts: &[Part],
        behind: Option<usize>,
        column: usize,
        lines: &str,
    ) {
        let Some(part) = parts.get(behind.unwrap_or_default()) else { return };
        let mut lines = lines.replace('\n', self.line_break);
        let at = match (behind, self.source.own_line(part.start)) {
            (Some(_), _) => self.source.behind(part.value.end, column),
            (None, Some(line)) => line,
            (None, None) => {
                // The first line has its indentation already, and the old part needs one.
                lines.push_str(&" ".repeat(column));
                lines.replace_range(..column, "");
                part.start
            }
        };
        if self.open && at == self.source.0.len() {
            lines.insert_str(0, self.line_break);
            self.open = false;
        }
        self.edits.push(at, at, lines);
    }
}
