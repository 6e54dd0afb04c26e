//! Changes to a text, collected in any order and made in one go.

/// A stretch of the text and what takes its place.
struct Edit {
    start: usize,
    end: usize,
    text: String,
}

/// All changes to a text.
#[derive(Default)]
pub(super) struct Edits(Vec<Edit>);

impl Edits {
    /// Puts `text` where `start` to `end` is; texts for one place keep the order of the calls.
    pub(super) fn push(&mut self, start: usize, end: usize, text: String) {
        if start < end || !text.is_empty() {
            self.0.push(Edit { start, end, text });
        }
    }

    /// The text with all changes; a stretch that lies in one that is taken out goes with it.
    pub(super) fn apply(mut self, text: &str) -> String {
        self.0.sort_by_key(|edit| (edit.start, edit.end));
        let mut changed = String::with_capacity(text.len());
        let mut at = 0;
        for edit in &self.0 {
            changed.push_str(text.get(at..edit.start).unwrap_or_default());
            changed.push_str(&edit.text);
            at = at.max(edit.end);
        }
        changed.push_str(text.get(at..).unwrap_or_default());
        changed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_made_in_the_order_of_their_places() {
        let mut edits = Edits::default();
        edits.push(4, 6, "E".to_owned());
        edits.push(0, 1, "A".to_owned());
        edits.push(4, 4, "x".to_owned());
        edits.push(4, 4, "y".to_owned());
        edits.push(2, 2, String::new());
        assert_eq!(edits.apply("abcdefg"), "AbcdxyEg");
    }
}
