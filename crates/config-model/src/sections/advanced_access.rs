//! What only Quay's code knows of users and of how they log in.

use crate::field::Key;
use crate::value::{NonNegative, Text};

section! {
    /// Settings of log-in that are in no manual. Most registries need none of them.
    "advanced-access", "Advanced: log-in", Advanced;
    rules: [group_stands_with_its_provider];

    /// Run just enough of Quay for superusers to put locked accounts in order. Users can neither
    /// push nor pull meanwhile.
    ACCOUNT_RECOVERY_MODE "Account recovery": bool = false, internal;

    /// How long the last visit of a user or robot must be past before the next is written down.
    LAST_ACCESSED_UPDATE_THRESHOLD_S "Note visits at most every": NonNegative = 60, unit("seconds"), internal;

    /// How long the last use of an application's token must be past before the next is written
    /// down.
    OAUTH_TOKEN_LAST_ACCESSED_UPDATE_THRESHOLD_S "Note use of tokens at most every": NonNegative = 60, unit("seconds"), internal;

    /// The attribute in the directory that names the groups of a user. Without it, `memberOf`.
    LDAP_MEMBEROF_ATTR "LDAP: attribute for groups": Text, internal;

    /// The longest life of an answer from the server that checks passwords. Without it, 5 minutes.
    JWT_AUTH_MAX_FRESH_S "JWT: answers are good for": NonNegative, unit("seconds"), internal;

    /// How long Quay waits for Keystone. Without it, 10 seconds.
    KEYSTONE_AUTH_TIMEOUT "Keystone: wait for an answer": NonNegative, unit("seconds"), internal;

    /// The group whose members are superusers after they log in through OpenID Connect. Quay reads
    /// it from the settings of the provider.
    SUPERUSER_GROUP "Group of superusers": Text, internal;

    /// The group whose members may see everything after they log in through OpenID Connect. Quay
    /// reads it from the settings of the provider.
    GLOBAL_READONLY_SUPERUSER_GROUP "Group of those who see everything": Text, internal;

    /// The one provider through which users log in, when there is no other way.
    INTERNAL_OIDC_SERVICE_ID "The only login provider": Text, internal;
}

/// Groups that belong among the settings of a provider.
const GROUPS: [Key<Text>; 2] = [SUPERUSER_GROUP, GLOBAL_READONLY_SUPERUSER_GROUP];

rule! {
    /// Quay looks for the group where it finds the provider, and nowhere else.
    group_stands_with_its_provider: Warning,
    "A group that stands by itself makes nobody a superuser.",
    fix "Put it into the settings of the OpenID Connect provider, and take it out here.";
    |subject, places| {
        for key in GROUPS {
            let group = subject.document.effective(key);
            if group.is_some_and(|Text(group)| !group.is_empty()) {
                places.at(key.path());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rule::testing::findings;

    #[test]
    fn sensible_values_are_accepted() {
        let report = findings(
            "ACCOUNT_RECOVERY_MODE: false\nLAST_ACCESSED_UPDATE_THRESHOLD_S: 0\n\
             LDAP_MEMBEROF_ATTR: isMemberOf\nJWT_AUTH_MAX_FRESH_S: 600\n\
             KEYSTONE_AUTH_TIMEOUT: 2.5\nSUPERUSER_GROUP: ''",
        );
        assert_eq!(report, [""; 0]);
    }

    #[test]
    fn a_wrong_type_is_refused() {
        assert_eq!(
            findings("KEYSTONE_AUTH_TIMEOUT: long"),
            ["value_is_of_its_type KEYSTONE_AUTH_TIMEOUT"]
        );
    }

    #[test]
    fn a_group_by_itself_is_warned_about() {
        assert_eq!(
            findings("SUPERUSER_GROUP: admins"),
            ["group_stands_with_its_provider SUPERUSER_GROUP"]
        );
    }
}
