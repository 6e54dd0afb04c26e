//! Repository mirroring: repositories that follow one in another registry.

use crate::document::Document;
use crate::value::{AtLeast, List, ServerAddress, ServerHostName, Text};

section! {
    /// Repositories can follow one in another registry. It takes mirroring workers beside the
    /// Quay nodes.
    "repo-mirror", "Repository mirroring", Features;
    rules: [workers_push_to_a_host, name_for_workers_is_whole, mirror_checks_certificates];

    /// Let repositories mirror one in another registry.
    FEATURE_REPO_MIRROR "Enable repository mirroring": bool = false, also(&["replicate", "sync"]);

    /// Talk to other registries over HTTPS only, and check their certificates.
    REPO_MIRROR_TLS_VERIFY "Require HTTPS and verify certificates": bool = true, when(FEATURE_REPO_MIRROR, &["true"]), also(&["SSL", "self-signed"]);

    /// How long a worker waits before it looks again for repositories that are due.
    REPO_MIRROR_INTERVAL "Time between rounds": AtLeast<1> = 30, unit("seconds"), when(FEATURE_REPO_MIRROR, &["true"]);

    /// Name under which the workers push to this registry, where it differs from that of the
    /// registry.
    REPO_MIRROR_SERVER_HOSTNAME "Host name for workers": Text, when(FEATURE_REPO_MIRROR, &["true"]);

    /// Put a repository back as it was when mirroring it fails half-way.
    REPO_MIRROR_ROLLBACK "Roll back after a failure": bool = false, when(FEATURE_REPO_MIRROR, &["true"]);

    /// The largest list of platforms (manifest list) that is mirrored.
    REPO_MIRROR_MAX_MANIFEST_LIST_SIZE "Largest manifest list": AtLeast<1> = 10_485_760, unit("bytes"), when(FEATURE_REPO_MIRROR, &["true"]);

    /// How many entries such a list may have.
    REPO_MIRROR_MAX_MANIFEST_ENTRIES "Entries in a manifest list": AtLeast<1> = 1000, when(FEATURE_REPO_MIRROR, &["true"]);

    /// Machines in your own network that Quay may call although their addresses are internal, such
    /// as a registry to mirror from.
    SSRF_ALLOWED_HOSTS "Internal hosts that may be called": List<Text> = [], unique;
}

rule! {
    /// The workers find no registry under it. While nothing mirrors, nobody looks.
    workers_push_to_a_host: Error,
    "This is no host name.",
    fix "Enter a name such as quay.example.com, with a port where it needs one, or take it out.";
    |subject, places| {
        if odd_name(subject.document).is_some_and(|name| ServerAddress::from_text(&name).is_none()) {
            places.at(REPO_MIRROR_SERVER_HOSTNAME.path());
        }
    }
}

rule! {
    /// Such a name means something inside the cluster only, and no certificate is made out to it.
    name_for_workers_is_whole: Warning,
    "This is not a full host name.",
    fix "Make sure that every worker finds the registry under it, or enter a name such as quay.example.com.";
    |subject, places| {
        if odd_name(subject.document).is_some_and(|name| ServerAddress::from_text(&name).is_some()) {
            places.at(REPO_MIRROR_SERVER_HOSTNAME.path());
        }
    }
}

/// The name for the workers, where it is used and is not like that of a registry.
fn odd_name(document: &Document) -> Option<String> {
    let on = document.effective(FEATURE_REPO_MIRROR) == Some(true);
    let Text(name) = document.effective(REPO_MIRROR_SERVER_HOSTNAME).filter(|_| on)?;
    let odd = !name.is_empty() && ServerHostName::from_text(&name).is_none();
    odd.then_some(name)
}

rule! {
    /// Without the check anybody on the way can put other images into the mirror.
    mirror_checks_certificates: Warning,
    "Mirrors take images from any server that answers under the registry's name.",
    fix "Turn on Require HTTPS and verify certificates, and add the authorities of your registries to the extra certificates.";
    |subject, places| {
        let on = subject.document.effective(FEATURE_REPO_MIRROR) == Some(true);
        if on && subject.document.effective(REPO_MIRROR_TLS_VERIFY) == Some(false) {
            places.at(REPO_MIRROR_TLS_VERIFY.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rule::testing::findings;

    #[test]
    fn the_manuals_mirroring_is_accepted() {
        let report = findings(
            "FEATURE_REPO_MIRROR: true\nREPO_MIRROR_TLS_VERIFY: true\n\
             REPO_MIRROR_SERVER_HOSTNAME: null\nSSRF_ALLOWED_HOSTS: [registry.internal]",
        );
        assert!(report.is_empty(), "{report:?}");
    }

    #[test]
    fn the_workers_name_is_a_host_name() {
        assert_eq!(
            findings("FEATURE_REPO_MIRROR: true\nREPO_MIRROR_SERVER_HOSTNAME: 'https://quay'"),
            ["workers_push_to_a_host REPO_MIRROR_SERVER_HOSTNAME"]
        );
    }

    #[test]
    fn a_name_within_the_cluster_is_warned_about() {
        let text = "FEATURE_REPO_MIRROR: true\nREPO_MIRROR_SERVER_HOSTNAME: ";
        for name in ["openshift-quay-service", "quay:8443"] {
            assert_eq!(
                findings(&format!("{text}{name}")),
                ["name_for_workers_is_whole REPO_MIRROR_SERVER_HOSTNAME"]
            );
        }
    }

    #[test]
    fn unchecked_certificates_are_warned_about() {
        assert_eq!(
            findings("FEATURE_REPO_MIRROR: true\nREPO_MIRROR_TLS_VERIFY: false"),
            ["mirror_checks_certificates REPO_MIRROR_TLS_VERIFY"]
        );
        assert!(findings("REPO_MIRROR_TLS_VERIFY: false").is_empty());
    }
}
