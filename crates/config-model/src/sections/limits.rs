//! Rate limits and load: what the registry refuses so that it stays well.

use crate::value::{FilePath, ParseError, Parsed, Text, Value, ValueKind, Whole};

/// A span of time as the web server in front of Quay reads it, such as `5m` or `1h30m`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebServerTime(String);

/// The units the web server knows; a number without one means seconds.
const WEB_SERVER_UNITS: [&str; 9] = ["", "ms", "s", "m", "h", "d", "w", "M", "y"];

/// Whether `text` is numbers with a unit of the web server behind each.
fn is_web_server_time(text: &str) -> bool {
    let mut rest = text;
    while !rest.is_empty() {
        let unit = rest.trim_start_matches(|letter: char| letter.is_ascii_digit());
        let next = unit.trim_start_matches(|letter: char| letter.is_ascii_alphabetic());
        let word = &unit[..unit.len() - next.len()];
        if unit.len() == rest.len() || !WEB_SERVER_UNITS.contains(&word) {
            return false;
        }
        rest = next;
    }
    !text.is_empty()
}

impl Parsed for WebServerTime {
    const KIND: ValueKind = ValueKind::line("5m");

    fn parse(value: &Value) -> Result<Self, ParseError> {
        let seconds = Whole::parse(value).ok().map(|Whole(seconds)| seconds.to_string());
        let text = value.as_str().filter(|text| is_web_server_time(text)).map(str::to_owned);
        seconds
            .or(text)
            .map(Self)
            .ok_or(ParseError { expected: "a number and a unit: ms, s, m, h or d, for example 5m" })
    }
}

section! {
    /// What the registry does when too much is asked of it, or the wrong thing.
    "limits", "Rate limits and load", Operations;
    rules: [pushes_are_taken, spam_checksum_is_complete];

    /// Refuse clients that ask too much in a short time, so that one of them cannot slow down the
    /// others. They are told to try again later.
    FEATURE_RATE_LIMITS "Limit the rate of requests": bool = false, also(&["throttling", "429"]);

    /// Take no pushes, while everything else goes on: pulls, log-ins and changes of settings.
    /// Meant for maintenance of the storage.
    DISABLE_PUSHES "Refuse pushes": bool = false;

    /// How long a pull or push waits for the description of an image (the manifest). Raise it
    /// where large multi-platform images fail. Without it the web server's usual limit holds.
    MANIFESTS_ENDPOINT_READ_TIMEOUT "Time limit for manifests": WebServerTime;

    /// Look at the description of a repository when it is made or changed, and refuse what looks
    /// like advertising. Meant for registries that are open to strangers.
    FEATURE_SPAM_DETECTION "Look for spam in descriptions": bool = false;

    /// Only write down in the log what would be refused. Turn it off when you are content with
    /// what you see there.
    SPAM_DETECTION_DRY_RUN "Only log spam": bool = true, when(FEATURE_SPAM_DETECTION, &["true"]);

    /// Let descriptions pass when the word file cannot be read. Otherwise no description can be
    /// changed until it is mended.
    SPAM_DETECTION_FAIL_OPEN "Let pass when the check fails": bool = true, when(FEATURE_SPAM_DETECTION, &["true"]);

    /// Path in the container of the word file: a JSON file with the words of good and of bad
    /// descriptions. Every node needs the same.
    SPAM_DETECTION_CLASSIFIER_PATH "Word file": FilePath = "/conf/spam-detection/classifier.json", when(FEATURE_SPAM_DETECTION, &["true"]), also(&["classifier"]), may_be_empty;

    /// The version the word file must say it has. Without it any version is taken.
    SPAM_DETECTION_CLASSIFIER_VERSION "Version of the word file": Text, when(FEATURE_SPAM_DETECTION, &["true"]);

    /// SHA-256 checksum of the word file, 64 digits from 0 to f. Without it the file is not
    /// checked.
    SPAM_DETECTION_CLASSIFIER_SHA256 "Checksum of the word file": Text, when(FEATURE_SPAM_DETECTION, &["true"]);
}

/// The hexadecimal digits of a SHA-256 checksum.
const SHA256_DIGITS: usize = 64;

rule! {
    /// Meant for maintenance, and easily forgotten afterwards.
    pushes_are_taken: Warning,
    "Nobody can push: neither people nor builds nor mirrors.",
    fix "Turn off Refuse pushes when the maintenance is over.";
    |subject, places| {
        if subject.document.effective(DISABLE_PUSHES) == Some(true) {
            places.at(DISABLE_PUSHES.path());
        }
    }
}

rule! {
    /// No file has such a checksum, so the check never takes place.
    spam_checksum_is_complete: Warning,
    "This is no SHA-256 checksum, so the word file is never taken.",
    fix "Enter the 64 digits that sha256sum prints for the file.";
    |subject, places| {
        let document = subject.document;
        let on = document.effective(FEATURE_SPAM_DETECTION) == Some(true);
        let digits = |text: &str| {
            text.len() == SHA256_DIGITS && text.bytes().all(|byte| byte.is_ascii_hexdigit())
        };
        let checksum = document.effective(SPAM_DETECTION_CLASSIFIER_SHA256);
        if on && checksum.is_some_and(|Text(text)| !text.is_empty() && !digits(&text)) {
            places.at(SPAM_DETECTION_CLASSIFIER_SHA256.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_web_server_time;
    use crate::rule::testing::findings;

    #[test]
    fn limits_with_a_complete_spam_check_are_accepted() {
        let checksum = "0123456789abcdef".repeat(4);
        let report = findings(&format!(
            "FEATURE_RATE_LIMITS: true\nDISABLE_PUSHES: false\n\
             MANIFESTS_ENDPOINT_READ_TIMEOUT: 5m\nFEATURE_SPAM_DETECTION: true\n\
             SPAM_DETECTION_DRY_RUN: false\nSPAM_DETECTION_CLASSIFIER_VERSION: null\n\
             SPAM_DETECTION_CLASSIFIER_PATH: /quay-registry/conf/stack/words.json\n\
             SPAM_DETECTION_CLASSIFIER_SHA256: {checksum}"
        ));
        assert!(report.is_empty(), "{report:?}");
    }

    #[test]
    fn a_time_is_one_of_the_web_server() {
        for good in ["5m", "300", "300s", "500ms", "1h30m", "1h30", "1d"] {
            assert!(is_web_server_time(good), "{good}");
        }
        for bad in ["", "m", "5 m", "5min", "-5m", "5m;", "1.5h", "5m 30s", "５m"] {
            assert!(!is_web_server_time(bad), "{bad}");
        }
        assert!(findings("MANIFESTS_ENDPOINT_READ_TIMEOUT: 300").is_empty());
        assert_eq!(
            findings("MANIFESTS_ENDPOINT_READ_TIMEOUT: five minutes"),
            ["value_is_of_its_type MANIFESTS_ENDPOINT_READ_TIMEOUT"]
        );
    }

    #[test]
    fn refused_pushes_are_warned_about() {
        assert_eq!(findings("DISABLE_PUSHES: true"), ["pushes_are_taken DISABLE_PUSHES"]);
    }

    #[test]
    fn half_a_checksum_is_warned_about() {
        let text = "SPAM_DETECTION_CLASSIFIER_SHA256: abc123";
        assert_eq!(
            findings(&format!("FEATURE_SPAM_DETECTION: true\n{text}")),
            ["spam_checksum_is_complete SPAM_DETECTION_CLASSIFIER_SHA256"]
        );
        assert!(findings(text).is_empty());
    }
}
