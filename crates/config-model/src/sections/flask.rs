//! The web framework under Quay: settings of Flask that Quay hands through.

use crate::value::{Text, Whole};

section! {
    /// Settings of Flask, the framework Quay is written with. They are for the people who develop
    /// Quay; a registry needs Testing mode turned off and nothing else.
    "web-framework", "Web framework", Advanced;
    rules: [testing_is_off, debugging_is_off, files_are_sent_by_quay];

    /// A mode for the people who develop Quay: no mail is sent, and the nodes of a cluster do not
    /// wait for each other. Without a value it is on, so turn it off.
    TESTING "Testing mode": bool = true => false;

    /// Show the inner workings of Quay when something goes wrong. It is off without a value.
    DEBUG "Debugging mode": bool;

    /// Hand errors inside Quay on to the server around it, which writes them to the log.
    PROPAGATE_EXCEPTIONS "Hand errors on": bool = true;

    /// Treat an answer such as not found as an error inside Quay. It is off without a value.
    TRAP_HTTP_EXCEPTIONS "Treat refusals as errors": bool;

    /// Write to the log where each page template is looked for. It is off without a value.
    EXPLAIN_TEMPLATE_LOADING "Log the search for templates": bool;

    /// Leave it to the web server to send files. It is off without a value, and the web server
    /// that comes with Quay does not know how.
    USE_X_SENDFILE "Let the web server send files": bool;

    /// Path on the host under which Quay stands: `/` without a value, and in every usual registry.
    APPLICATION_ROOT "Path of the registry": Text;

    /// Warn in the log about larger cookies, which browsers may ignore: 4093 without a value; 0
    /// for no warning.
    MAX_COOKIE_SIZE "Largest cookie": Whole, unit("bytes");
}

rule! {
    /// Quay goes without mail and without locks between nodes then, and says so only in its log.
    testing_is_off: Warning,
    "Quay runs in testing mode: it sends no mail, and nodes may do the same work at once.",
    fix "Turn off Testing mode in the section Web framework.";
    |subject, places| {
        if subject.document.effective(TESTING) == Some(true) {
            places.at(TESTING.path());
        }
    }
}

rule! {
    /// What helps a developer helps an attacker too.
    debugging_is_off: Warning,
    "Whoever sees an error page learns how Quay works inside.",
    fix "Turn off Debugging mode.";
    |subject, places| {
        if subject.document.effective(DEBUG) == Some(true) {
            places.at(DEBUG.path());
        }
    }
}

rule! {
    /// Quay's web server knows another header, so that browsers are sent empty files.
    files_are_sent_by_quay: Warning,
    "The web server that comes with Quay does not send files this way.",
    fix "Turn off Let the web server send files.";
    |subject, places| {
        if subject.document.effective(USE_X_SENDFILE) == Some(true) {
            places.at(USE_X_SENDFILE.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rule::testing::findings;

    #[test]
    fn everything_that_helps_developers_may_be_off() {
        let report = findings(
            "TESTING: false\nDEBUG: false\nPROPAGATE_EXCEPTIONS: true\n\
             TRAP_HTTP_EXCEPTIONS: false\nEXPLAIN_TEMPLATE_LOADING: false\n\
             USE_X_SENDFILE: false\nAPPLICATION_ROOT: /\nMAX_COOKIE_SIZE: 0",
        );
        assert_eq!(report, [""; 0]);
    }

    #[test]
    fn testing_mode_is_warned_about() {
        assert_eq!(findings("TESTING: true"), ["testing_is_off TESTING"]);
        assert_eq!(findings("DEBUG: false"), ["testing_is_off TESTING"]);
    }

    #[test]
    fn debugging_mode_is_warned_about() {
        assert_eq!(findings("TESTING: false\nDEBUG: true"), ["debugging_is_off DEBUG"]);
    }

    #[test]
    fn files_left_to_the_web_server_are_warned_about() {
        assert_eq!(
            findings("TESTING: false\nUSE_X_SENDFILE: true"),
            ["files_are_sent_by_quay USE_X_SENDFILE"]
        );
    }
}
