//! How clients talk to the registry: versions of the protocol, and limits.

use crate::value::{AtLeast, LayerSize, List, Text, Value};

section! {
    /// What clients such as Podman and Docker may ask of the registry.
    "protocol", "Registry protocol", Features;
    rules: [v1_push_is_restricted, current_protocol_is_offered];

    /// Refuse pushes over the old protocol, version 1, except into the organizations listed
    /// below. Leave it on: current clients use version 2.
    FEATURE_RESTRICTED_V1_PUSH "Restrict version 1 pushes": bool = false => true, legacy;

    /// Organizations that old clients may still push to.
    V1_PUSH_WHITELIST "Organizations with version 1 pushes": List<Text> = [], legacy, when(FEATURE_RESTRICTED_V1_PUSH, &["true"]);

    /// Versions of Docker that are sent to the old protocol, for example `<1.6.0`.
    BLACKLIST_V2_SPEC "Docker versions without version 2": Text = "<1.6.0", legacy;

    /// Tell clients that the registry speaks protocol version 2. Turn it off only for clients
    /// that know nothing but version 1.
    FEATURE_ADVERTISE_V2 "Offer protocol version 2": bool = true;

    /// Accept image names without an organization, as in `quay.example.com/nginx`. They belong
    /// to the organization `library`.
    FEATURE_LIBRARY_SUPPORT "Names without an organization": bool = true;

    /// How many tags or repositories a client is told in one answer. It asks again for the rest.
    V2_PAGINATION_SIZE "Entries per answer": AtLeast<1> = 50;

    /// The largest image layer that may be pushed, as a number and `G` or `M`. The load balancer
    /// must let as much through.
    MAXIMUM_LAYER_SIZE "Largest layer": LayerSize = "20G";

    /// Answer clients that ask for signatures and other artifacts that belong to an image.
    FEATURE_REFERRERS_API "Referrers": bool = true;

    /// List all public repositories to anyone who asks, logged in or not.
    FEATURE_PUBLIC_CATALOG "Public catalog": bool = false;

    /// Accept multi-platform images of which some platforms were not pushed.
    FEATURE_SPARSE_INDEX "Incomplete multi-platform images": bool = false;
}

rule! {
    /// Version 1 knows no checksums of layers, and nobody needs it any more.
    v1_push_is_restricted: Warning,
    "Every organization takes pushes over the old protocol, version 1.",
    fix "Turn on Restrict version 1 pushes.";
    |subject, places| {
        // Absent is no finding: current files do without the key.
        let written = subject.document.top(FEATURE_RESTRICTED_V1_PUSH.name());
        if written.and_then(Value::as_bool) == Some(false) {
            places.at(FEATURE_RESTRICTED_V1_PUSH.path());
        }
    }
}

rule! {
    /// Podman and current Docker give up when the registry does not speak version 2.
    current_protocol_is_offered: Warning,
    "Current clients cannot push or pull: they are not told of protocol version 2.",
    fix "Turn on Offer protocol version 2.";
    |subject, places| {
        if subject.document.effective(FEATURE_ADVERTISE_V2) == Some(false) {
            places.at(FEATURE_ADVERTISE_V2.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rule::testing::findings;

    #[test]
    fn what_a_new_configuration_starts_with_is_accepted() {
        let report = findings("FEATURE_RESTRICTED_V1_PUSH: true\nMAXIMUM_LAYER_SIZE: 100G");
        assert_eq!(report, [""; 0]);
    }

    #[test]
    fn unrestricted_old_pushes_are_warned_about() {
        let report = findings("FEATURE_RESTRICTED_V1_PUSH: false");
        assert!(
            report.contains(&"v1_push_is_restricted FEATURE_RESTRICTED_V1_PUSH".to_owned()),
            "{report:?}"
        );
        assert_eq!(findings("FEATURE_REFERRERS_API: true"), [""; 0]);
    }

    #[test]
    fn hiding_version_2_is_warned_about() {
        assert_eq!(
            findings("FEATURE_ADVERTISE_V2: false"),
            ["current_protocol_is_offered FEATURE_ADVERTISE_V2"]
        );
    }

    #[test]
    fn an_answer_has_at_least_one_entry() {
        assert_eq!(findings("V2_PAGINATION_SIZE: 0"), ["value_is_of_its_type V2_PAGINATION_SIZE"]);
    }
}
