//! OAuth applications: programs that act for users with tokens of this registry.

use crate::value::{AtLeast, List, Text};

section! {
    /// Programs that act for users with tokens of this registry.
    "oauth", "OAuth applications", Access;
    rules: [];

    /// Let administrators of an organization make a token of its applications for another user,
    /// who only has to accept it.
    FEATURE_ASSIGN_OAUTH_TOKEN "Tokens for other users": bool = true;

    /// How many tokens one application may have at a time. Leave it out for no limit.
    OAUTH_APPLICATION_MAXIMUM_TOKEN_COUNT "Tokens per application": AtLeast<1>;

    /// Client IDs of applications of this registry that get a token without asking the user.
    /// List only applications you run yourself.
    DIRECT_OAUTH_CLIENTID_WHITELIST "Applications that need not ask": List<Text> = [], unique;
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
    fn an_application_listed_twice_is_refused() {
        assert_eq!(
            findings("DIRECT_OAUTH_CLIENTID_WHITELIST: [a, b, a]"),
            ["items_are_different DIRECT_OAUTH_CLIENTID_WHITELIST[2]"]
        );
    }
}
