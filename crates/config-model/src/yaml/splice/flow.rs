//! Insides of flow collections: parts that go, and parts that are added.

use super::changes::Splicer;
use super::source::Rest;
use super::tree::Part;

impl Splicer<'_, '_> {
    /// Takes out the parts that are not kept.
    pub(super) fn remove_flow(&mut self, parts: &[Part], kept: &[bool]) {
        let mut from = 0;
        while from < parts.len() {
            let gone = kept[from..].iter().take_while(|kept| !**kept).count();
            if gone > 0 {
                self.remove_run(parts, from, from + gone);
            }
            from += gone + 1;
        }
    }

    /// Takes out the parts from one place to before another, and as many commas.
    fn remove_run(&mut self, parts: &[Part], from: usize, to: usize) {
        let (start, end) = (parts[from].start, parts[to - 1].value.end);
        let whole = match self.source.rest(end) {
            Rest::Comma => true,
            Rest::Nothing => to == parts.len(),
            Rest::More => false,
        };
        match (self.source.own_line(start), parts.get(to)) {
            // A comma that is left before the bracket is allowed.
            (Some(line), _) if whole => {
                self.edits.push(line, self.source.next_line(end), String::new());
            }
            (_, Some(after)) => self.edits.push(start, after.start, String::new()),
            (_, None) if from > 0 => {
                self.edits.push(parts[from - 1].value.end, end, String::new());
            }
            (_, None) => self.stuck = true,
        }
    }

    /// Adds parts behind one that stays, or before the first one; on lines if the others are.
    pub(super) fn add_flow(&mut self, parts: &[Part], behind: Option<usize>, added: &[String]) {
        let Some(part) = parts.get(behind.unwrap_or_default()) else { return };
        let own = self.source.own_line(part.start);
        let margin = own.map_or("", |line| self.source.between(line, part.start));
        let separator = format!(",{}{margin}", self.line_break);
        let lines = added.join(separator.as_str());
        let (at, text) = match (behind, own) {
            (None, Some(_)) => (part.start, format!("{lines}{separator}")),
            (None, None) => (part.start, format!("{}, ", added.join(", "))),
            (Some(index), own) => {
                let end = part.value.end;
                let comma = match self.source.rest(end) {
                    Rest::Comma => Some(","),
                    Rest::Nothing if index + 1 == parts.len() => Some(""),
                    _ => None,
                };
                if let (Some(_), Some(comma)) = (own, comma) {
                    if comma.is_empty() {
                        self.edits.push(end, end, ",".to_owned());
                    }
                    let text = format!("{}{margin}{lines}{comma}", self.line_break);
                    (self.source.line_end(end), text)
                } else {
                    (end, format!(", {}", added.join(", ")))
                }
            }
        };
        self.edits.push(at, at, text);
    }
}
