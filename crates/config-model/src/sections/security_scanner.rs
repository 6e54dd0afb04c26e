//! The security scanner: where Clair is, and how Quay works with it.

use crate::document::Document;
use crate::field::Key;
use crate::value::{AtLeast, HttpUrl, LayerSize, List, Secret, Text, Value, Whole};

section! {
    /// Clair looks for known faults in the packages of every image.
    "security-scanner", "Security scanner", Features;
    rules: [scanner_has_an_address, scanner_is_clair_4, scanner_key_is_base64];

    /// Have images searched for known faults by Clair.
    FEATURE_SECURITY_SCANNER "Enable security scanning": bool = false, also(&["Clair", "vulnerabilities", "CVE"]);

    /// Address of Clair, for instance `http://clair:8081`, as every Quay node reaches it.
    SECURITY_SCANNER_V4_ENDPOINT "Clair address": HttpUrl, when(FEATURE_SECURITY_SCANNER, &["true"]), also(&["Security scanner endpoint", "Clair URL"]);

    /// Key shared with Clair, in base64, the same as in Clair's own configuration. Leave it out
    /// where Clair asks for none.
    SECURITY_SCANNER_V4_PSK "Key shared with Clair": Secret, when(FEATURE_SECURITY_SCANNER, &["true"]), also(&["Clair PSK", "pre-shared key"]);

    /// Send notifications when a fault is found in an image.
    FEATURE_SECURITY_NOTIFICATIONS "Notify of faults": bool = false, when(FEATURE_SECURITY_SCANNER, &["true"]);

    /// Send notifications for images that are searched for the first time as well.
    FEATURE_SECURITY_SCANNER_NOTIFY_ON_NEW_INDEX "Notify of faults in new images": bool = true, when(FEATURE_SECURITY_SCANNER, &["true"]);

    /// Hand images to Clair in the background.
    SECURITY_SCANNER_V4_INDEXING "Scan in the background": bool = true, when(FEATURE_SECURITY_SCANNER, &["true"]);

    /// Time between two rounds in which images are handed to Clair.
    SECURITY_SCANNER_INDEXING_INTERVAL "Time between rounds": AtLeast<1> = 30, unit("seconds"), when(FEATURE_SECURITY_SCANNER, &["true"]);

    /// How often an image is tried again after Clair has failed on it.
    SECURITY_SCANNER_MAX_SCAN_RETRIES "Retries": Whole = 5, when(FEATURE_SECURITY_SCANNER, &["true"]);

    /// Images with a layer larger than this are not scanned. Without it, every layer is.
    SECURITY_SCANNER_V4_INDEX_MAX_LAYER_SIZE "Largest layer to scan": LayerSize, when(FEATURE_SECURITY_SCANNER, &["true"]);

    /// Tell Clair to forget an image when Quay has removed it.
    SECURITY_SCANNER_V4_MANIFEST_CLEANUP "Forget removed images": bool = true, when(FEATURE_SECURITY_SCANNER, &["true"]);

    /// Organizations and users whose images are scanned by Clair 4 first.
    SECURITY_SCANNER_V4_NAMESPACE_WHITELIST "Scan with Clair 4 first": List<Text>, when(FEATURE_SECURITY_SCANNER, &["true"]);

    /// Keep showing what Clair 2 found in the past.
    FEATURE_SECURITY_SCANNER_V2 "Clair 2": bool = false;

    /// How many images are handed to Clair 2 at once.
    SECURITY_SCANNER_V2_BATCH_SIZE "Clair 2: images at once": AtLeast<1> = 50, when(FEATURE_SECURITY_SCANNER_V2, &["true"]);

    /// Time between two rounds in which images are handed to Clair 2.
    SECURITY_SCANNER_V2_INDEXING_INTERVAL "Clair 2: time between rounds": AtLeast<1> = 30, unit("seconds"), when(FEATURE_SECURITY_SCANNER_V2, &["true"]);

    /// Address of Clair 2, which nobody maintains any more.
    SECURITY_SCANNER_ENDPOINT "Clair 2 address": HttpUrl, legacy;

    /// A switch of old releases for notifications. Notify of faults stands in its place.
    SECURITY_SCANNER_NOTIFICATIONS "Notifications (old name)": bool, legacy;
}

fn is_given<T>(document: &Document, key: Key<T>) -> bool {
    document.top(key.name()).is_some_and(|value| !Value::is_blank(value))
}

/// Whether `text` is base64 as Quay reads it: the usual alphabet, padded. White space does not
/// count, as in the two lines that `openssl rand -base64 64` prints.
fn is_base64(text: &str) -> bool {
    let text: String = text.split_whitespace().collect();
    let body = text.trim_end_matches('=');
    let sign = |byte: u8| byte.is_ascii_alphanumeric() || b"+/".contains(&byte);
    !body.is_empty()
        && text.len() - body.len() <= 2
        && text.len().is_multiple_of(4)
        && body.bytes().all(sign)
}

rule! {
    /// There is nobody to hand images to.
    scanner_has_an_address: Error,
    "Scanning is on, but the address of Clair is missing.",
    fix "Enter the address of Clair, or turn scanning off.";
    |subject, places| {
        let document = subject.document;
        let on = document.effective(FEATURE_SECURITY_SCANNER) == Some(true);
        let known = is_given(document, SECURITY_SCANNER_V4_ENDPOINT)
            || is_given(document, SECURITY_SCANNER_ENDPOINT);
        if on && !known {
            places.at(SECURITY_SCANNER_V4_ENDPOINT.path());
        }
    }
}

rule! {
    /// Quay no longer hands images to Clair 2.
    scanner_is_clair_4: Warning,
    "Only the address of Clair 2 is set, so new images are not scanned.",
    fix "Set up Clair 4 and enter its address.";
    |subject, places| {
        let document = subject.document;
        let on = document.effective(FEATURE_SECURITY_SCANNER) == Some(true);
        let old = is_given(document, SECURITY_SCANNER_ENDPOINT);
        if on && old && !is_given(document, SECURITY_SCANNER_V4_ENDPOINT) {
            places.at(SECURITY_SCANNER_V4_ENDPOINT.path());
        }
    }
}

rule! {
    /// Quay and Clair decode the key before they use it, and fail where it cannot be decoded.
    scanner_key_is_base64: Error,
    "The key shared with Clair is not base64.",
    fix "Enter the key as it stands in Clair's configuration, or make one with openssl rand -base64 32.";
    |subject, places| {
        let document = subject.document;
        let on = document.effective(FEATURE_SECURITY_SCANNER) == Some(true);
        let used = on && is_given(document, SECURITY_SCANNER_V4_ENDPOINT);
        let key = document.effective(SECURITY_SCANNER_V4_PSK).filter(|_| used);
        let text = key.as_ref().and_then(Secret::reveal).filter(|text| !text.is_empty());
        if text.is_some_and(|text| !is_base64(text)) {
            places.at(SECURITY_SCANNER_V4_PSK.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_base64;
    use crate::rule::testing::findings;

    #[test]
    fn clair_4_with_a_key_is_accepted() {
        let report = findings(
            "FEATURE_SECURITY_SCANNER: true\nSECURITY_SCANNER_V4_ENDPOINT: http://clair:8081\n\
             SECURITY_SCANNER_V4_PSK: c2hhcmVkIHdpdGggQ2xhaXI=\n\
             SECURITY_SCANNER_V4_INDEX_MAX_LAYER_SIZE: 8G",
        );
        assert!(report.is_empty(), "{report:?}");
        assert!(findings("FEATURE_SECURITY_SCANNER: false").is_empty());
    }

    #[test]
    fn scanning_without_an_address_is_refused() {
        for text in ["", "\nSECURITY_SCANNER_V4_ENDPOINT: null"] {
            assert_eq!(
                findings(&format!("FEATURE_SECURITY_SCANNER: true{text}")),
                ["scanner_has_an_address SECURITY_SCANNER_V4_ENDPOINT"]
            );
        }
    }

    #[test]
    fn clair_2_alone_is_warned_about() {
        assert_eq!(
            findings(
                "FEATURE_SECURITY_SCANNER: true\nSECURITY_SCANNER_ENDPOINT: http://clair:6060"
            ),
            [
                "scanner_is_clair_4 SECURITY_SCANNER_V4_ENDPOINT",
                "legacy_key_is_not_needed SECURITY_SCANNER_ENDPOINT"
            ]
        );
    }

    #[test]
    fn a_key_that_clair_cannot_decode_is_refused() {
        let clair =
            "FEATURE_SECURITY_SCANNER: true\nSECURITY_SCANNER_V4_ENDPOINT: http://clair:8081";
        assert_eq!(
            findings(&format!("{clair}\nSECURITY_SCANNER_V4_PSK: not base64")),
            ["scanner_key_is_base64 SECURITY_SCANNER_V4_PSK"]
        );
        assert_eq!(findings("SECURITY_SCANNER_V4_PSK: not base64"), [""; 0]);
    }

    #[test]
    fn base64_is_padded_to_four() {
        for good in ["YQ==", "YWI=", "YWJj", "+/+/", "YQ==\n", "YWJj\nYWJj\n", "YWJj YQ=="] {
            assert!(is_base64(good), "{good}");
        }
        for bad in ["", "\n", "=", "====", "Y===", "YQ", "YW J", "YWJ-"] {
            assert!(!is_base64(bad), "{bad}");
        }
    }
}
