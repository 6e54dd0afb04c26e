//! Sessions and log-in security: how browsers stay logged in, and what may call the registry.

use crate::sections::access::{FEATURE_SUPER_USERS, SESSION_TIMEOUT};
use crate::sections::email::{FEATURE_MAILING, MAIL_USE_TLS};
use crate::value::{AtLeast, List, Origins, Secret, Text, Value};

section! {
    /// How browsers stay logged in, which pages may call the registry, and how programs are kept
    /// from posing as people.
    "sessions", "Sessions and log-in security", Access;
    rules: [
        session_lifetime_is_set_once, fips_mail_is_encrypted, fips_mail_says_so,
        origins_are_a_list, origin_has_a_scheme, config_dump_has_a_reader,
    ];

    /// Keep people logged in when they close the browser, until their log-in ends. Otherwise they
    /// log in again each time.
    FEATURE_PERMANENT_SESSIONS "Stay logged in": bool = true;

    /// How long a log-in lasts, in the words of old releases: 31 days without it. Current ones
    /// take Log-in lasts from the section Access in its place.
    PERMANENT_SESSION_LIFETIME "Log-in lasts (old name)": AtLeast<1>, unit("seconds"), when(FEATURE_PERMANENT_SESSIONS, &["true"]);

    /// Count the time anew with everything a user does, so that only the idle are logged out. It
    /// is on without a value.
    SESSION_REFRESH_EACH_REQUEST "Use prolongs the log-in": bool, when(FEATURE_PERMANENT_SESSIONS, &["true"]);

    /// Answer browsers only when a script asks, so that a link on another page cannot show users
    /// what it likes. Turn it off where people open addresses of Quay's interface for programs in
    /// their browser.
    BROWSER_API_CALLS_XHR_ONLY "Answer browsers' scripts only": bool = true, also(&["API", "CSRF"]);

    /// Web pages elsewhere whose scripts may call this registry, each by its address without a
    /// path. Without it any page may, but not in the name of a user who is logged in.
    CORS_ORIGIN "Pages that may call the registry": Origins = "*", also(&["cross-origin"]), may_be_empty;

    /// Ask people who make an account or an organization to prove that they are no program. It
    /// needs Google's reCAPTCHA, which their browsers must be able to reach.
    FEATURE_RECAPTCHA "Keep programs from making accounts": bool = false, also(&["captcha", "bot"]);

    /// Site key that Google gave you for this registry. Browsers see it.
    RECAPTCHA_SITE_KEY "Site key": Text, required, when(FEATURE_RECAPTCHA, &["true"]);

    /// Secret key that belongs to the site key.
    RECAPTCHA_SECRET_KEY "Secret key": Secret, required, when(FEATURE_RECAPTCHA, &["true"]);

    /// User names whose programs may make accounts and organizations without that proof.
    RECAPTCHA_WHITELISTED_USERS "Users who need no proof": List<Text> = [], when(FEATURE_RECAPTCHA, &["true"]), unique;

    /// Use only methods that the FIPS standard of the United States allows. The machines must run
    /// in FIPS mode as well.
    FEATURE_FIPS "FIPS mode": bool = false;

    /// Let administrators read the running configuration through Quay's interface for programs.
    /// Quay hides only some of the secrets in it, so turn it on for as long as it takes.
    FEATURE_SUPERUSER_CONFIGDUMP "Administrators can read the configuration": bool = false, when(FEATURE_SUPER_USERS, &["true"]);
}

/// Whether `text` can be what a browser sends as the origin of a page.
fn is_origin(text: &str) -> bool {
    let host = text.split_once("://").map(|(_, host)| host);
    text == "*" || host.is_some_and(|host| !host.is_empty() && !host.contains('/'))
}

rule! {
    /// Current releases overwrite the old key with the new one, or with its default.
    session_lifetime_is_set_once: Warning,
    "Current releases do not look at this: a log-in lasts {seconds} seconds.",
    fix "Enter the span under Log-in lasts in the section Access, and reset this field.";
    |subject, places| {
        let written = subject.document.effective(PERMANENT_SESSION_LIFETIME);
        let taken = subject.document.effective(SESSION_TIMEOUT);
        if let (Some(AtLeast(written)), Some(taken)) = (written, taken)
            && written != taken.seconds()
        {
            let seconds = taken.seconds().to_string();
            places.at_with(PERMANENT_SESSION_LIFETIME.path(), [("seconds", seconds)]);
        }
    }
}

/// Whether mail and FIPS mode are both turned on in the file.
fn has_fips_mail(subject: &crate::rule::Subject<'_>) -> bool {
    let mailing = subject.document.top(FEATURE_MAILING.name()).and_then(Value::as_bool);
    mailing == Some(true) && subject.document.effective(FEATURE_FIPS) == Some(true)
}

rule! {
    /// Quay's own checker keeps Quay from starting.
    fips_mail_is_encrypted: Error,
    "In FIPS mode mail must be sent over TLS.",
    fix "Turn on Use TLS, or turn off FIPS mode or mail.";
    |subject, places| {
        let encrypted = subject.document.effective(MAIL_USE_TLS);
        if has_fips_mail(subject) && encrypted == Some(false) {
            places.at(MAIL_USE_TLS.path());
        }
    }
}

rule! {
    /// Quay sends over TLS by default, but its own checker thinks that it does not.
    fips_mail_says_so: Warning,
    "In FIPS mode Quay's own checker wants to see in the file that mail is sent over TLS.",
    fix "Turn on Use TLS, so that it is written down.";
    |subject, places| {
        if has_fips_mail(subject) && subject.document.top(MAIL_USE_TLS.name()).is_none() {
            places.at(MAIL_USE_TLS.path());
        }
    }
}

rule! {
    /// In a text, Quay looks for the origin of the page anywhere, so that parts of it match too.
    origins_are_a_list: Warning,
    "Pages whose address is a part of this one may call the registry as well.",
    fix "Write the address as the only item of a list.";
    |subject, places| {
        let text = subject.document.top(CORS_ORIGIN.name()).and_then(Value::as_str);
        if text.is_some_and(|text| !text.is_empty() && text != "*") {
            places.at(CORS_ORIGIN.path());
        }
    }
}

rule! {
    /// Browsers name the page with its scheme and without a path, and Quay compares the texts.
    origin_has_a_scheme: Warning,
    "No browser names a page as {origin}, so it allows nothing.",
    fix "Enter scheme, host and port only, as in https://ui.example.com.";
    |subject, places| {
        let origins = subject.document.top(CORS_ORIGIN.name()).and_then(Value::as_list);
        for (at, origin) in origins.unwrap_or_default().iter().enumerate() {
            if let Some(origin) = origin.as_str().filter(|origin| !is_origin(origin)) {
                places.at_with(CORS_ORIGIN.path().item(at), [("origin", origin.to_owned())]);
            }
        }
    }
}

rule! {
    /// Only administrators may ask for it, on pages they do not have then.
    config_dump_has_a_reader: Warning,
    "Nobody can read the configuration, because administrators have no pages of their own.",
    fix "Turn on Administrators have their own pages, or turn this off.";
    |subject, places| {
        let on = subject.document.effective(FEATURE_SUPERUSER_CONFIGDUMP) == Some(true);
        if on && subject.document.effective(FEATURE_SUPER_USERS) == Some(false) {
            places.at(FEATURE_SUPERUSER_CONFIGDUMP.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_origin;
    use crate::rule::testing::findings;

    #[test]
    fn usual_settings_are_accepted() {
        for text in [
            "FEATURE_PERMANENT_SESSIONS: true\nPERMANENT_SESSION_LIFETIME: 43200\n\
             SESSION_TIMEOUT: 12h\nSESSION_REFRESH_EACH_REQUEST: false\nSUPER_USERS: [admin]",
            "BROWSER_API_CALLS_XHR_ONLY: false\nCORS_ORIGIN: '*'",
            "CORS_ORIGIN: ['https://ui.example.com', 'http://localhost:9000']",
            "FEATURE_RECAPTCHA: true\nRECAPTCHA_SITE_KEY: site\nRECAPTCHA_SECRET_KEY: word\n\
             RECAPTCHA_WHITELISTED_USERS: [admin]",
            "FEATURE_FIPS: true\nFEATURE_SUPERUSER_CONFIGDUMP: true",
            "FEATURE_FIPS: true\nFEATURE_MAILING: true\nMAIL_SERVER: relay\nMAIL_USE_TLS: true",
            "FEATURE_FIPS: true\nFEATURE_MAILING: false\nMAIL_USE_TLS: false",
        ] {
            assert_eq!(findings(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn an_old_lifetime_that_is_not_taken_is_warned_about() {
        assert_eq!(
            findings("PERMANENT_SESSION_LIFETIME: 3600"),
            ["session_lifetime_is_set_once PERMANENT_SESSION_LIFETIME"]
        );
        assert_eq!(findings("PERMANENT_SESSION_LIFETIME: 2678400"), [""; 0]);
    }

    #[test]
    fn the_proof_needs_both_keys() {
        assert_eq!(
            findings("FEATURE_RECAPTCHA: true"),
            [
                "required_value_is_set RECAPTCHA_SITE_KEY",
                "required_value_is_set RECAPTCHA_SECRET_KEY"
            ]
        );
    }

    #[test]
    fn fips_mail_in_clear_is_refused() {
        let mail = "FEATURE_FIPS: true\nFEATURE_MAILING: true\nMAIL_SERVER: relay";
        assert_eq!(
            findings(&format!("{mail}\nMAIL_USE_TLS: false")),
            ["fips_mail_is_encrypted MAIL_USE_TLS"]
        );
        assert_eq!(findings(mail), ["fips_mail_says_so MAIL_USE_TLS"]);
    }

    #[test]
    fn one_origin_as_a_text_is_warned_about() {
        assert_eq!(
            findings("CORS_ORIGIN: https://ui.example.com"),
            ["origins_are_a_list CORS_ORIGIN"]
        );
    }

    #[test]
    fn an_origin_no_browser_sends_is_warned_about() {
        assert_eq!(
            findings("CORS_ORIGIN: ['https://ui.example.com', 'localhost:9000']"),
            ["origin_has_a_scheme CORS_ORIGIN[1]"]
        );
        for bad in ["", "https://", "https://ui.example.com/", "ui.example.com"] {
            assert!(!is_origin(bad), "{bad}");
        }
    }

    #[test]
    fn a_configuration_nobody_can_read_is_warned_about() {
        assert_eq!(
            findings("FEATURE_SUPERUSER_CONFIGDUMP: true\nFEATURE_SUPER_USERS: false"),
            ["config_dump_has_a_reader FEATURE_SUPERUSER_CONFIGDUMP"]
        );
    }
}
