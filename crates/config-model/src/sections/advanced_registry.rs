//! What only Quay's code knows of the registry itself: its keys, its formats, its clean-up.

use crate::value::{Duration, List, NonNegative, Text, TextUpTo};

section! {
    /// Settings of the registry itself that are in no manual. Most registries need none of them.
    "advanced-registry", "Advanced: registry", Advanced;
    rules: [service_key_is_renewed_in_time, reserved_prefix_ends_with_a_dot, label_ages_leave_room];

    /// The name under which the nodes know each other's keys.
    INSTANCE_SERVICE_KEY_SERVICE "Name of the nodes' keys": Text = "quay", internal, stop_all;

    /// File in the container that holds the ID of the node's key. Quay writes it into its own
    /// folder otherwise.
    INSTANCE_SERVICE_KEY_KID_LOCATION "File of the key's ID": Text, internal;

    /// File in the container that holds the node's private key. Quay writes it into its own folder
    /// otherwise.
    INSTANCE_SERVICE_KEY_LOCATION "File of the private key": Text, internal;

    /// How long the key of a node is good when it is not renewed.
    INSTANCE_SERVICE_KEY_EXPIRATION "A node's key is good for": NonNegative = 120, unit("minutes"), internal;

    /// Time after which a node renews its key. A little less than half the time the key is good for
    /// serves well.
    INSTANCE_SERVICE_KEY_REFRESH "A node renews its key every": NonNegative = 55, unit("minutes"), internal;

    /// How long the key of another service may wait for an administrator's approval.
    UNAPPROVED_SERVICE_KEY_TTL_SEC "Wait for a key's approval": NonNegative = 86_400, unit("seconds"), internal;

    /// How long the key of another service is kept after its end.
    EXPIRED_SERVICE_KEY_TTL_SEC "Keep expired keys for": NonNegative = 604_800, unit("seconds"), internal;

    /// The oldest token with which clients may push and pull.
    REGISTRY_JWT_AUTH_MAX_FRESH_S "Registry tokens are good for": NonNegative = 3660, unit("seconds"), internal;

    /// How long a push or pull in the old registry protocol may take after the client logged in.
    SIGNED_GRANT_EXPIRATION_SEC "Old-style grants are good for": NonNegative = 86_400, unit("seconds"), internal;

    /// How long layers of an unfinished push are kept from the clean-up.
    PUSH_TEMP_TAG_EXPIRATION_SEC "Keep layers of a push for": NonNegative = 3600, unit("seconds"), internal;

    /// The organization that is meant when a client names a repository only. Docker knows no other
    /// than `library`.
    LIBRARY_NAMESPACE "Organization of nameless images": TextUpTo<255> = "library", internal;

    /// Organizations whose layers are always fetched through the content delivery network.
    CDN_SPECIFIC_NAMESPACES "Always through the delivery network": List<Text> = [], internal;

    /// Take images and other artifacts in the formats of the Open Container Initiative.
    FEATURE_GENERAL_OCI_SUPPORT "OCI formats": bool = true, internal;

    /// Take Helm charts that are pushed like images.
    FEATURE_HELM_OCI_SUPPORT "Helm charts as images": bool = true, internal;

    /// Organizations that may push OCI formats while all others may not.
    OCI_NAMESPACE_WHITELIST "OCI formats for": List<Text>, internal;

    /// Organizations that may not push images of Docker's second format. Left over from an old
    /// release.
    V22_NAMESPACE_BLACKLIST "No second format for": List<Text>, internal, legacy;

    /// How repositories were moved to the third release of Quay. It is not needed any more.
    V3_UPGRADE_MODE "Upgrade mode": Text, internal, legacy;

    /// Remove deleted organizations and users for good in the background.
    FEATURE_NAMESPACE_GARBAGE_COLLECTION "Clean up deleted organizations": bool = true, internal;

    /// Remove deleted repositories for good in the background.
    FEATURE_REPOSITORY_GARBAGE_COLLECTION "Clean up deleted repositories": bool = true, internal;

    /// How long a deleted organization waits before it is removed for good.
    NAMESPACE_GC_GRACE_PERIOD_SECONDS "Respite for deleted organizations": NonNegative = 0, unit("seconds"), internal;

    /// The organizations and users to which the respite for deleted ones applies.
    NAMESPACE_GC_GRACE_PERIOD_ALLOWLIST "Organizations with respite": List<Text> = [], internal;

    /// Beginnings of labels that users may not set, beside Quay's own list. Each ends with a dot,
    /// as in `com.example.`.
    LABEL_KEY_RESERVED_PREFIXES "Reserved labels": List<Text> = [], internal;

    /// The shortest life that the label or date of a tag can give it, such as `1h`. A shorter one
    /// is made this long.
    LABELED_EXPIRATION_MINIMUM "Shortest life of a tag": Duration, internal;

    /// The longest life that the label or date of a tag can give it, such as `104w`. A longer one
    /// is cut to this.
    LABELED_EXPIRATION_MAXIMUM "Longest life of a tag": Duration, internal;

    /// Have the health check of the whole cluster try every storage engine.
    DISTRIBUTED_STORAGE_VALIDATE_ENDTOEND "Check every storage engine": bool, internal;

    /// Whether all storage engines must answer for Quay to count as healthy.
    DISTRIBUTED_STORAGE_REQUIRES_ALL_AVAILABLE "All engines must answer": bool, internal;
}

rule! {
    /// Between its end and the renewal the other nodes refuse what the node has signed.
    service_key_is_renewed_in_time: Warning,
    "A node's key ends before it is renewed.",
    fix "Renew the key a little sooner than half the time it is good for.";
    |subject, places| {
        let good = subject.document.effective(INSTANCE_SERVICE_KEY_EXPIRATION);
        let renewed = subject.document.effective(INSTANCE_SERVICE_KEY_REFRESH);
        if renewed >= good && good.is_some() {
            places.at(INSTANCE_SERVICE_KEY_REFRESH.path());
        }
    }
}

rule! {
    /// Quay stops at start.
    reserved_prefix_ends_with_a_dot: Error,
    "The beginning {prefix} does not end with a dot.", fix "Put a dot at its end.";
    |subject, places| {
        let Some(List(prefixes)) = subject.document.effective(LABEL_KEY_RESERVED_PREFIXES) else {
            return;
        };
        for (at, Text(prefix)) in prefixes.into_iter().enumerate() {
            if !prefix.ends_with('.') {
                let path = LABEL_KEY_RESERVED_PREFIXES.path().item(at);
                places.at_with(path, [("prefix", prefix)]);
            }
        }
    }
}

rule! {
    /// No life is both as long as the one and as short as the other.
    label_ages_leave_room: Warning,
    "The longest life of a tag is shorter than the shortest.",
    fix "Make the longest life longer, or the shortest shorter.";
    |subject, places| {
        let shortest = subject.document.effective(LABELED_EXPIRATION_MINIMUM);
        let longest = subject.document.effective(LABELED_EXPIRATION_MAXIMUM);
        if longest.is_some() && shortest > longest {
            places.at(LABELED_EXPIRATION_MAXIMUM.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rule::testing::findings;

    #[test]
    fn sensible_values_are_accepted() {
        let report = findings(
            "INSTANCE_SERVICE_KEY_EXPIRATION: 240\nINSTANCE_SERVICE_KEY_REFRESH: 110\n\
             LABEL_KEY_RESERVED_PREFIXES: [com.example.]\nLABELED_EXPIRATION_MINIMUM: 1h\n\
             LABELED_EXPIRATION_MAXIMUM: 104w\nCDN_SPECIFIC_NAMESPACES: [acme]\n\
             INSTANCE_SERVICE_KEY_LOCATION: /conf/quay.pem\nFEATURE_HELM_OCI_SUPPORT: false",
        );
        assert_eq!(report, [""; 0]);
    }

    #[test]
    fn a_wrong_type_is_refused() {
        assert_eq!(
            findings("LABELED_EXPIRATION_MINIMUM: 3600"),
            ["value_is_of_its_type LABELED_EXPIRATION_MINIMUM"]
        );
    }

    #[test]
    fn a_key_that_ends_too_soon_is_warned_about() {
        assert_eq!(
            findings("INSTANCE_SERVICE_KEY_EXPIRATION: 30"),
            ["service_key_is_renewed_in_time INSTANCE_SERVICE_KEY_REFRESH"]
        );
    }

    #[test]
    fn a_reserved_prefix_ends_with_a_dot() {
        assert_eq!(
            findings("LABEL_KEY_RESERVED_PREFIXES: [com.example., org]"),
            ["reserved_prefix_ends_with_a_dot LABEL_KEY_RESERVED_PREFIXES[1]"]
        );
    }

    #[test]
    fn the_longest_life_is_longer_than_the_shortest() {
        assert_eq!(
            findings("LABELED_EXPIRATION_MINIMUM: 2w\nLABELED_EXPIRATION_MAXIMUM: 1w"),
            ["label_ages_leave_room LABELED_EXPIRATION_MAXIMUM"]
        );
    }
}
