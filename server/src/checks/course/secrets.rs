//! What must not be in any text that a check tells.

use crate::clients::sigv4::encoded;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use config_model::document::Document;
use config_model::redact;

/// Letters of a text that are shown.
const CHARS_MAX: usize = 300;
/// What stands for a secret.
const HIDDEN: &str = "•••";
/// Shorter texts are not looked for: they stand everywhere by chance.
const SECRET_CHARS_MIN: usize = 4;

/// Texts that are secret, in each form in which they are sent to services.
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
            all.add(&secret);
        }
        all
    }

    /// One more.
    pub(super) fn add(&mut self, secret: &str) {
        if secret.chars().count() < SECRET_CHARS_MIN {
            return;
        }
        let json = serde_json::Value::from(secret).to_string();
        let forms = [
            secret.to_owned(),
            encoded(secret, ""),
            json.trim_matches('"').to_owned(),
            STANDARD.encode(secret),
        ];
        self.0.extend(forms);
        // The longest first: a secret may begin with another one.
        self.0.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        self.0.dedup();
    }

    /// A text as it may be shown: short, on one line, and without any of these.
    pub(in crate::checks) fn clean(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for secret in &self.0 {
            if text.contains(secret.as_str()) {
                text = text.replace(secret.as_str(), HIDDEN);
            }
        }
        let mut words = String::new();
        for word in text.split(|letter: char| letter.is_whitespace() || letter.is_control()) {
            if !word.is_empty() {
                if !words.is_empty() {
                    words.push(' ');
                }
                words.push_str(word);
            }
        }
        match words.char_indices().nth(CHARS_MAX) {
            Some((end, _)) => format!("{}...", &words[..end]),
            None => words,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_hidden_in_each_form_in_which_it_is_sent() {
        let mut secrets = Secrets::default();
        secrets.add("a \"word\"/1");
        for text in ["a \"word\"/1", "a%20%22word%22%2F1", "a \\\"word\\\"/1", "YSAid29yZCIvMQ=="] {
            assert_eq!(secrets.clean(&format!("it said {text}, twice")), "it said •••, twice");
        }
    }

    #[test]
    fn what_is_shown_is_short_and_on_one_line() {
        let shown = Secrets::default().clean(&"line\r\n\u{1b}[31m ".repeat(200));
        assert!(shown.chars().count() <= CHARS_MAX + 3 && shown.ends_with("..."), "{shown}");
        assert!(!shown.contains(char::is_control), "{shown}");
    }
}
