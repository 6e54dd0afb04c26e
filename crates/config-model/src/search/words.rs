//! Words as they are compared: small letters and no signs; and how alike two of them are.

/// How alike a word that was asked for and a known one are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Likeness {
    /// They are the same.
    Same,
    /// The known word begins with the other one.
    Begins,
    /// The known word has the other one inside.
    Inside,
    /// They are the same but for a slip of the hand.
    Nearly,
}

/// Letters from which on a word may have a slip in it.
const ONE_SLIP: usize = 4;
/// Letters from which on it may have two.
const TWO_SLIPS: usize = 8;
/// Letters from which on a slip in the beginning of a longer word is looked for.
const BEGINNING: usize = 5;
/// Letters of a word that is looked for inside others; one or two stand in nearly all.
const INSIDE: usize = 3;

/// A word, and what tells quickly that another one is far from it.
#[derive(Debug, Default)]
pub(super) struct Word {
    text: String,
    letters: usize,
    /// One bit for each letter that is in it.
    signs: u64,
}

impl Word {
    /// The word of this text, which [`tokens`] has made.
    pub(super) fn new(text: String) -> Self {
        let signs = text.chars().fold(0, |signs, letter| signs | (1 << (u32::from(letter) % 64)));
        Self { letters: text.chars().count(), signs, text }
    }

    /// Its text.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Whether `known` is this word or begins with it.
    pub(super) fn leads(&self, known: &Self) -> Option<Likeness> {
        let rest = known.text.strip_prefix(self.text.as_str());
        // The singular of a word that was asked for in the plural will do.
        let singular = self.text.strip_suffix('s').filter(|_| self.letters > ONE_SLIP);
        match rest {
            Some("") => Some(Likeness::Same),
            Some(_) => Some(Likeness::Begins),
            None => (singular == Some(known.text.as_str())).then_some(Likeness::Begins),
        }
    }

    /// Whether this word stands inside `known`.
    pub(super) fn is_inside(&self, known: &Self) -> Option<Likeness> {
        let telling = self.letters >= INSIDE || !self.text.is_ascii();
        (telling && known.text.contains(self.text.as_str())).then_some(Likeness::Inside)
    }

    /// Whether this word is `known`, or the beginning of it, with a slip or two.
    pub(super) fn is_slip_of(&self, known: &Self) -> Option<Likeness> {
        let slips = match self.letters {
            ..ONE_SLIP => return None,
            ONE_SLIP..TWO_SLIPS => 1,
            _ => 2,
        };
        // Each slip brings in at most one letter that does not belong there.
        let strange = (self.signs & !known.signs).count_ones();
        if usize::try_from(strange).is_ok_and(|strange| strange > slips) {
            return None;
        }
        let distance = if self.letters.abs_diff(known.letters) <= slips {
            strsim::osa_distance(&self.text, &known.text)
        } else if self.letters >= BEGINNING && known.letters > self.letters {
            let beginning: String = known.text.chars().take(self.letters).collect();
            strsim::osa_distance(&self.text, &beginning)
        } else {
            return None;
        };
        (distance <= slips).then_some(Likeness::Nearly)
    }
}

/// The words of a text, in small letters.
pub(super) fn tokens(text: &str) -> Vec<String> {
    text.to_lowercase()
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// A text with nothing but its letters and digits.
pub(super) fn squeeze(text: &str) -> String {
    tokens(text).concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slip(asked: &str, known: &str) -> bool {
        Word::new(asked.to_owned()).is_slip_of(&Word::new(known.to_owned())).is_some()
    }

    #[test]
    fn a_text_becomes_words_in_any_language() {
        assert_eq!(tokens("LDAP_BASE_DN[0], `Log-in`"), ["ldap", "base", "dn", "0", "log", "in"]);
        assert_eq!(tokens("ストレージ・エンジン"), ["ストレージ", "エンジン"]);
        assert_eq!(squeeze("E-Mail"), "email");
        assert!(tokens("._- ").is_empty());
    }

    #[test]
    fn longer_words_may_have_more_slips() {
        for (asked, known) in [
            ("bukcet", "bucket"),
            ("databse", "database"),
            ("elasitc", "elasticsearch"),
            ("athentcation", "authentication"),
            ("ladp", "ldap"),
            ("ストレージィ", "ストレージ"),
        ] {
            assert!(slip(asked, known), "{asked} {known}");
        }
        for (asked, known) in
            [("dns", "dn"), ("port", "proxy"), ("mailer", "trailing"), ("abcd", "dcba")]
        {
            assert!(!slip(asked, known), "{asked} {known}");
        }
    }
}
