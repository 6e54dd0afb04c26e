//! OAuth applications: programs that act for users with tokens of this registry.

use crate::value::{AtLeast, List, Text};

section! {
    /// Programs that act for users with tokens of this registry.
    "oauth", "OAuth applications", Access;
    rules: [oauth_application_is_listed_once];

    /// Let administrators of an organization make a token of its applications for another user,
    /// who only has to accept it.
    FEATURE_ASSIGN_OAUTH_TOKEN "Tokens for other users": bool = true;

    /// How many tokens one application may have at a time. Leave it out for no limit.
    OAUTH_APPLICATION_MAXIMUM_TOKEN_COUNT "Tokens per application": AtLeast<1>;

    /// Client IDs of applications of this registry that get a token without asking the user.
    /// List only applications you run yourself.
    DIRECT_OAUTH_CLIENTID_WHITELIST "Applications that need not ask": List<Text> = [];
}

rule! {
    /// Quay's schema takes each item once.
    oauth_application_is_listed_once: Warning,
    "This application is listed twice.", fix "Take one of the two out.";
    |subject, places| {
        let listed = subject.document.effective(DIRECT_OAUTH_CLIENTID_WHITELIST);
        let listed = listed.map(|list| list.0).unwrap_or_default();
        for (index, id) in listed.iter().enumerate() {
            if listed.iter().take(index).any(|earlier| earlier == id) {
                places.at(DIRECT_OAUTH_CLIENTID_WHITELIST.path().item(index));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rule::testing::findings;

    #[test]
    fn a_good_configuration_is_accepted() {
        assert_eq!(
            findings(
                "FEATURE_ASSIGN_OAUTH_TOKEN: false\nOAUTH_APPLICATION_MAXIMUM_TOKEN_COUNT: 1\n\
                 DIRECT_OAUTH_CLIENTID_WHITELIST: [a, b]"
            ),
            [""; 0]
        );
        assert_eq!(findings("OAUTH_APPLICATION_MAXIMUM_TOKEN_COUNT: null"), [""; 0]);
    }

    #[test]
    fn no_tokens_at_all_is_refused() {
        for bad in ["0", "-1", "'1'"] {
            assert_eq!(
                findings(&format!("OAUTH_APPLICATION_MAXIMUM_TOKEN_COUNT: {bad}")),
                ["value_is_of_its_type OAUTH_APPLICATION_MAXIMUM_TOKEN_COUNT"],
                "{bad}"
            );
        }
    }

    #[test]
    fn an_application_listed_twice_is_warned_about() {
        assert_eq!(
            findings("DIRECT_OAUTH_CLIENTID_WHITELIST: [a, b, a]"),
            ["oauth_application_is_listed_once DIRECT_OAUTH_CLIENTID_WHITELIST[2]"]
        );
    }
}
