//! What only Quay's code knows of its web server and pages.

use crate::field::Key;
use crate::value::{AnyUrl, AnyValue, List, NonNegative, Secret, Text, Whole};

section! {
    /// Settings of Quay's web server and of its pages that are in no manual. Most registries need
    /// none of them.
    "advanced-web", "Advanced: web server", Advanced;
    rules: [
        same_site_is_known, page_token_key_is_a_key, key_cannot_stand_in_a_file, log_level_is_known,
    ];

    /// Name of the cookie that keeps users logged in. After a change everybody must log in again.
    SESSION_COOKIE_NAME "Name of the log-in cookie": Text = "_csrf_token", internal, stop_all;

    /// Hide the log-in cookie from scripts in the page. Leave it on.
    SESSION_COOKIE_HTTPONLY "Hide the log-in cookie from scripts": bool = true, internal;

    /// Whether browsers send the log-in cookie along when another site leads to the registry:
    /// `Lax`, `Strict` or `None`.
    SESSION_COOKIE_SAMESITE "Log-in cookie and other sites": Text = "Lax", internal;

    /// Let the log-in cookie travel over plain connections although addresses begin with https.
    /// For trials only.
    FORCE_NONSECURE_SESSION_COOKIE "Log-in cookie without TLS": bool, internal;

    /// How long browsers may keep static files such as scripts and pictures.
    SEND_FILE_MAX_AGE_DEFAULT "Keep static files for": NonNegative = 0, unit("seconds"), internal;

    /// Answer programs with JSON that is indented for people to read.
    JSONIFY_PRETTYPRINT_REGULAR "Indent JSON answers": bool = false, internal;

    /// Whether a proxy stands before Quay's own web server, which is the case in the container.
    /// Enter 0 only where none does.
    PROXY_COUNT "Proxies before Quay": Whole, internal;

    /// Networks of the load balancers whose word on a client's address is believed. Without it,
    /// everybody's word is.
    TRUSTED_PROXY_CIDR "Trusted load balancers": List<Text>, internal, also(&["real ip", "X-Forwarded-For"]);

    /// The load balancer tells the client's address by the proxy protocol.
    FEATURE_PROXY_PROTOCOL "Proxy protocol": bool, internal;

    /// Organizations and users whose repositories are left out when requests are limited.
    NON_RATE_LIMITED_NAMESPACES "No limits for": List<Text>, internal, also(&["rate limit"]);

    /// Ciphers for TLS 1.3 in the words of OpenSSL. Leave it out to use Quay's own list.
    SSL_CIPHERSUITES "Ciphers for TLS 1.3": List<Text>, internal;

    /// A second host name under which only clients of the old registry protocol are served.
    V1_ONLY_DOMAIN "Host name for the old protocol": Text, internal;

    /// A version of a programming interface that Quay's code can be told. Leave it out unless
    /// Quay's support asks for it.
    API_VERSION "API version": AnyValue, internal;

    /// Have the scripts in the pages write what they do to the browser's console.
    DEBUGGING "Debug the pages": bool, internal;

    /// How much Quay writes to its own log, for instance `DEBUG` or `INFO`. The container's
    /// environment variable DEBUGLOG is what usually decides.
    LOGGING_LEVEL "Log level": Text = "DEBUG", internal;

    /// Count, for the metrics, how often Quay changes between the requests it works on.
    GREENLET_TRACING "Trace greenlets": bool = true, internal;

    /// Hides record numbers in the addresses of further pages of long lists. Quay's built-in key is
    /// known to everybody, so a key of your own is better: 32 random bytes in URL-safe base64.
    PAGE_TOKEN_KEY "Key for page addresses": Secret, internal, stop_all;

    /// The pages that users see first: `react` for the new ones, `angular` for the old ones.
    DEFAULT_UI "Pages shown first": Text = "react", internal;

    /// Address of a logo for dark pages. Without it, the usual logo is shown.
    ENTERPRISE_LOGO_URL_DARK "Logo for dark pages": AnyUrl, internal;

    /// Where the pages that advertise the service are kept, for hosted registries.
    STATIC_SITE_BUCKET "Bucket of the public site": Text, internal;

    /// Where users are sent when they make an access token for an application in the registry
    /// itself.
    LOCAL_OAUTH_HANDLER "Address for own access tokens": Text = "/oauth/localapp", internal;

    /// Folder in the container in which Quay looks for the services whose logs it shows.
    SYSTEM_SERVICES_PATH "Folder of the services": Text, internal;

    /// Services whose logs Quay does not show.
    SYSTEM_SERVICE_BLACKLIST "Services left out": List<Text>, internal;

    /// Have a node's health check also write to the storage engine that is first in the order of
    /// preference.
    HEALTH_CHECKER_INSTANCE_CHECK_PREFERRED_STORAGE "Health check with storage": bool, internal;

    /// The part of Quay that calls other servers. Quay makes it itself, and a file cannot hold it.
    HTTPCLIENT "Client for other servers": Text, internal;

    /// The part of Quay that begins work in the database. Quay makes it itself, and a file cannot
    /// hold it.
    DB_TRANSACTION_FACTORY "Maker of transactions": Text, internal;
}

/// How Python calls how much is written to a log.
const LEVELS: [&str; 7] = ["DEBUG", "INFO", "WARN", "WARNING", "ERROR", "CRITICAL", "FATAL"];

rule! {
    /// Python knows no other words, and goes by what the container says.
    log_level_is_known: Warning,
    "{word} is no level of Python's logs.",
    fix "Enter DEBUG, INFO, WARNING, ERROR or CRITICAL.";
    |subject, places| {
        let Some(Text(word)) = subject.document.effective(LOGGING_LEVEL) else { return };
        if !word.is_empty() && !LEVELS.contains(&word.as_str()) {
            places.at_with(LOGGING_LEVEL.path(), [("word", word)]);
        }
    }
}

/// What a browser understands, whatever the case of the letters.
const SAME_SITE: [&str; 3] = ["lax", "strict", "none"];

rule! {
    /// The web server fails whenever it should set a cookie with any other word.
    same_site_is_known: Error,
    "{word} is no word for what browsers do with the cookie.",
    fix "Enter Lax, Strict or None.";
    |subject, places| {
        let Some(Text(word)) = subject.document.effective(SESSION_COOKIE_SAMESITE) else { return };
        if !word.is_empty() && !SAME_SITE.contains(&word.to_lowercase().as_str()) {
            places.at_with(SESSION_COOKIE_SAMESITE.path(), [("word", word)]);
        }
    }
}

/// How many signs of base64 make 32 bytes; one more fills up.
const KEY_SIGNS: usize = 43;

/// Whether `text` is a key of 32 bytes as Quay's cipher reads it, which skips other signs.
fn is_cipher_key(text: &str) -> bool {
    let sign = |letter: &char| letter.is_ascii_alphanumeric() || "-_+/".contains(*letter);
    text.split_once('=').is_some_and(|(key, _)| key.chars().filter(sign).count() == KEY_SIGNS)
}

rule! {
    /// Quay cannot make the address of the second page of a list with any other key.
    page_token_key_is_a_key: Error,
    "The key is not 32 bytes in URL-safe base64, so users cannot turn pages.",
    fix "Enter a key of 43 signs and an equals sign, or leave it out.";
    |subject, places| {
        let key = subject.document.effective(PAGE_TOKEN_KEY);
        let text = key.as_ref().and_then(Secret::reveal).filter(|text| !text.is_empty());
        if text.is_some_and(|text| !is_cipher_key(text)) {
            places.at(PAGE_TOKEN_KEY.path());
        }
    }
}

/// Parts of the running program that Quay keeps beside its settings.
const PARTS: [Key<Text>; 2] = [HTTPCLIENT, DB_TRANSACTION_FACTORY];

rule! {
    /// What the file says replaces a part of the program, and whatever uses that part fails.
    key_cannot_stand_in_a_file: Warning,
    "Quay makes this part itself, and what the file says in its place cannot work.",
    fix "Reset the field to take the key out of the file.";
    |subject, places| {
        for key in PARTS {
            if subject.document.top(key.name()).is_some() {
                places.at(key.path());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_cipher_key;
    use crate::rule::testing::findings;

    #[test]
    fn an_unknown_log_level_is_warned_about() {
        assert_eq!(findings("LOGGING_LEVEL: loud"), ["log_level_is_known LOGGING_LEVEL"]);
        assert_eq!(findings("LOGGING_LEVEL: WARN"), [""; 0]);
    }

    #[test]
    fn sensible_values_are_accepted() {
        let report = findings(
            "SESSION_COOKIE_SAMESITE: strict\nPROXY_COUNT: 0\nTRUSTED_PROXY_CIDR: [10.0.0.0/8]\n\
             DEFAULT_UI: angular\nAPI_VERSION: 2\nSEND_FILE_MAX_AGE_DEFAULT: 0.5\n\
             SSL_CIPHERSUITES: [TLS_AES_256_GCM_SHA384]\nV1_ONLY_DOMAIN: null\n\
             ENTERPRISE_LOGO_URL_DARK: /static/img/dark.svg",
        );
        assert_eq!(report, [""; 0]);
    }

    #[test]
    fn a_wrong_type_is_refused() {
        assert_eq!(
            findings("SESSION_COOKIE_HTTPONLY: sometimes"),
            ["value_is_of_its_type SESSION_COOKIE_HTTPONLY"]
        );
    }

    #[test]
    fn an_odd_same_site_is_refused() {
        assert_eq!(
            findings("SESSION_COOKIE_SAMESITE: loose"),
            ["same_site_is_known SESSION_COOKIE_SAMESITE"]
        );
    }

    #[test]
    fn a_page_token_key_is_32_bytes() {
        let key = "a".repeat(43);
        assert!(is_cipher_key(&format!("{key}=")) && is_cipher_key(&format!("{key}=\n")));
        assert!(!is_cipher_key(&key) && !is_cipher_key("word="));
        assert_eq!(findings("PAGE_TOKEN_KEY: word"), ["page_token_key_is_a_key PAGE_TOKEN_KEY"]);
    }

    #[test]
    fn a_part_of_the_program_is_no_setting() {
        assert_eq!(findings("HTTPCLIENT: requests"), ["key_cannot_stand_in_a_file HTTPCLIENT"]);
    }
}
