//! Organization mirroring: organizations that follow one in another registry.

use super::repo_mirror::FEATURE_REPO_MIRROR;
use crate::value::{AtLeast, Whole};

section! {
    /// A whole organization can follow one in another registry: its repositories are looked up
    /// there, made here and kept up to date. The workers of repository mirroring do it.
    "org-mirror", "Organization mirroring", Features;
    rules: [org_mirror_has_workers];

    /// Let organizations mirror one in another registry. Turn on repository mirroring too.
    FEATURE_ORG_MIRROR "Enable organization mirroring": bool = false;

    /// How long a worker waits before it looks again for organizations that are due.
    ORG_MIRROR_INTERVAL "Time between rounds": AtLeast<1> = 30, unit("seconds"), when(FEATURE_ORG_MIRROR, &["true"]);

    /// How many repositories a worker takes on at once.
    ORG_MIRROR_BATCH_SIZE "Repositories at once": Whole, when(FEATURE_ORG_MIRROR, &["true"]);

    /// How many repositories one organization may take over from another registry.
    ORG_MIRROR_MAX_REPOS_PER_ORG "Repositories of an organization": Whole, when(FEATURE_ORG_MIRROR, &["true"]);

    /// How long it may take to find out which repositories the other organization has. After
    /// that another worker may try.
    ORG_MIRROR_MAX_DISCOVERY_DURATION "Time limit for finding repositories": Whole = 1800, unit("seconds"), when(FEATURE_ORG_MIRROR, &["true"]);

    /// How long Quay waits for an answer of the other registry while it looks for repositories.
    ORG_MIRROR_DISCOVERY_TIMEOUT "Time limit for answers": Whole, unit("seconds"), when(FEATURE_ORG_MIRROR, &["true"]);

    /// How long the copying of one repository may take. After that another worker may try.
    ORG_MIRROR_MAX_SYNC_DURATION "Time limit for copying": Whole, unit("seconds"), when(FEATURE_ORG_MIRROR, &["true"]);

    /// How long the copying of one image may take, where the organization does not say. Raise it
    /// for large images or a slow line.
    ORG_MIRROR_DEFAULT_SKOPEO_TIMEOUT "Time limit for an image": Whole, unit("seconds"), when(FEATURE_ORG_MIRROR, &["true"]);

    /// How often the copying is tried again after a failure, before it waits for the next time
    /// the organization is due.
    ORG_MIRROR_MAX_RETRIES "Retries": Whole, when(FEATURE_ORG_MIRROR, &["true"]);
}

rule! {
    /// The workers give up at once where repository mirroring is off.
    org_mirror_has_workers: Warning,
    "Repository mirroring is off, and with it the workers that mirror organizations.",
    fix "Turn on Enable repository mirroring, or turn this off.";
    |subject, places| {
        let document = subject.document;
        let workers = document.effective(FEATURE_REPO_MIRROR) != Some(false);
        if !workers && document.effective(FEATURE_ORG_MIRROR) == Some(true) {
            places.at(FEATURE_ORG_MIRROR.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rule::testing::findings;

    #[test]
    fn mirroring_with_workers_is_accepted() {
        for text in [
            "FEATURE_ORG_MIRROR: false",
            "FEATURE_ORG_MIRROR: true\nFEATURE_REPO_MIRROR: true",
            "FEATURE_ORG_MIRROR: true\nFEATURE_REPO_MIRROR: true\nORG_MIRROR_INTERVAL: 60\n\
             ORG_MIRROR_MAX_RETRIES: 3\nORG_MIRROR_MAX_SYNC_DURATION: 43200\n\
             ORG_MIRROR_DEFAULT_SKOPEO_TIMEOUT: 300",
        ] {
            let report = findings(text);
            assert!(report.is_empty(), "{text}: {report:?}");
        }
    }

    #[test]
    fn mirroring_without_workers_is_warned_about() {
        for rest in ["", "\nFEATURE_REPO_MIRROR: false"] {
            assert_eq!(
                findings(&format!("FEATURE_ORG_MIRROR: true{rest}")),
                ["org_mirror_has_workers FEATURE_ORG_MIRROR"]
            );
        }
    }

    #[test]
    fn a_round_takes_time() {
        assert_eq!(
            findings("ORG_MIRROR_INTERVAL: 0"),
            ["value_is_of_its_type ORG_MIRROR_INTERVAL"]
        );
    }
}
