//! What must not be in any text that a check tells.

use crate::clients::sigv4::encoded;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use config_model::document::Document;
use config_model::redact;

/// Letters of a text that are shown.
const CHARS_MAX: usize = 300;
/// Bytes of a text that are looked at: a service may answer with a long page.
const LOOKED_AT_BYTES_MAX: usize = 64 * 1024;
/// What stands for a secret.
const HIDDEN: &str = "•••";
/// Shorter texts are not looked for: they stand everywhere by chance.
const SECRET_CHARS_MIN: usize = 4;

/// Texts that are secret, in each form in which they are sent to services; the longest first, as
/// a secret may be part of another one.
#[derive(Clone, Default)]
pub(in crate::checks) struct Secrets(Vec<String>);

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Secrets({})", self.0.len())
    }
}

impl Secrets {
    /// Those of a configuration.
    pub(in crate::checks) fn of(document: &Document) -> Self {
        let mut all = Self::default();
        for secret in redact::secrets(document) {
            all.0.extend(forms(&secret));
        }
        all.sort();
        all
    }

    /// One more.
    pub(super) fn add(&mut self, secret: &str) {
        self.0.extend(forms(secret));
        self.sort();
    }

    fn sort(&mut self) {
        self.0.sort_unstable_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        self.0.dedup();
    }

    /// A text as it may be shown: short, on one line, and without any of these.
    ///
    /// They are taken out of the text as it came: on one line, one with a line end in it would not
    /// be found, and of one that is cut in two the first part would be shown.
    pub(in crate::checks) fn clean(&self, text: &str) -> String {
        let beginning = &text[..text.floor_char_boundary(LOOKED_AT_BYTES_MAX)];
        let mut shown = self.hide(beginning.to_owned());
        if beginning.len() < text.len() {
            // The end may be the first part of a secret.
            let longest = self.0.first().map_or(0, String::len);
            shown.truncate(shown.floor_char_boundary(shown.len().saturating_sub(longest)));
        }
        // What a service has put on one line by itself is found now.
        let shown = self.hide(one_line(&shown));
        match shown.char_indices().nth(CHARS_MAX) {
            Some((end, _)) => format!("{}...", &shown[..end]),
            None => shown,
        }
    }

    fn hide(&self, mut text: String) -> String {
        for secret in &self.0 {
            if text.contains(secret.as_str()) {
                text = text.replace(secret.as_str(), HIDDEN);
            }
        }
        text
    }
}

/// The forms in which a secret is sent to services, and may come back.
fn forms(secret: &str) -> Vec<String> {
    if secret.chars().count() < SECRET_CHARS_MIN {
        return Vec::new();
    }
    let json = serde_json::Value::from(secret).to_string();
    let quoted = json.strip_prefix('"').and_then(|json| json.strip_suffix('"'));
    let mut forms = vec![
        secret.to_owned(),
        one_line(secret),
        encoded(secret, ""),
        quoted.unwrap_or(&json).to_owned(),
        STANDARD.encode(secret),
    ];
    forms.retain(|form| form.chars().count() >= SECRET_CHARS_MIN);
    forms
}

/// A text in words, with one blank between them.
fn one_line(text: &str) -> String {
    let mut words = String::new();
    for word in text.split(|letter: char| letter.is_whitespace() || letter.is_control()) {
        if !word.is_empty() {
            if !words.is_empty() {
                words.push(' ');
            }
            words.push_str(word);
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(secret: &str) -> Secrets {
        let mut secrets = Secrets::default();
        secrets.add(secret);
        secrets
    }

    #[test]
    fn a_secret_is_hidden_in_each_form_in_which_it_is_sent() {
        let secrets = of("a \"word\"/1");
        for text in ["a \"word\"/1", "a%20%22word%22%2F1", "a \\\"word\\\"/1", "YSAid29yZCIvMQ=="] {
            assert_eq!(secrets.clean(&format!("it said {text}, twice")), "it said •••, twice");
        }
    }

    #[test]
    fn a_secret_with_more_than_one_blank_in_a_row_is_hidden() {
        for secret in ["two  blanks", "a\ttab and", "a line\nend", "at the end\n", "\u{1b}[1mbold"]
        {
            let secrets = of(secret);
            let whole = format!("it said {secret}, twice");
            assert_eq!(secrets.clean(&whole), "it said •••, twice", "{secret:?}");
            let shown = secrets.clean(&one_line(&whole));
            assert!(!shown.contains(&one_line(secret)), "{secret:?}: {shown}");
        }
    }

    #[test]
    fn a_secret_that_would_be_cut_in_two_is_hidden() {
        let secrets = of("secret-of-twenty-one");
        for before in CHARS_MAX - 25..=CHARS_MAX {
            let shown = secrets.clean(&format!("{}secret-of-twenty-one", "x".repeat(before)));
            assert!(!shown.contains("secr"), "{before}: {shown}");
        }
        for before in LOOKED_AT_BYTES_MAX - 25..=LOOKED_AT_BYTES_MAX {
            let shown = secrets.clean(&format!("{}secret-of-twenty-one", " ".repeat(before)));
            assert!(!shown.contains("secr"), "{before}: {shown}");
        }
    }

    #[test]
    fn a_secret_that_is_part_of_another_leaves_nothing_of_that() {
        let mut secrets = of("hunter22");
        secrets.add("token-hunter22-x");
        assert_eq!(secrets.clean("it said token-hunter22-x and hunter22"), "it said ••• and •••");
        assert_eq!(of("    ").clean("four letters"), "four letters");
    }

    #[test]
    fn what_is_shown_is_short_and_on_one_line() {
        let shown = Secrets::default().clean(&"line\r\n\u{1b}[31m ".repeat(200));
        assert!(shown.chars().count() <= CHARS_MAX + 3 && shown.ends_with("..."), "{shown}");
        assert!(!shown.contains(char::is_control), "{shown}");
    }
}
